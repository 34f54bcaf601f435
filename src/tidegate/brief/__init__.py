"""News stories in, one page out: what they name, which measures they speak of, what has changed."""

from tidegate.brief.page import write_page
from tidegate.brief.report import Brief, MeasureLine, StoryBrief, brief_stories

__all__ = ["Brief", "MeasureLine", "StoryBrief", "brief_stories", "write_page"]

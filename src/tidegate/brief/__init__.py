"""Stories in, one page out: what they assert, on whose word, what is new and what the ledger knows better."""

from tidegate.brief.page import write_page
from tidegate.brief.record import Brief, ClaimLine, Fact, MeasureLine, StoryBrief
from tidegate.brief.report import brief_readings, brief_stories

__all__ = [
    "Brief", "ClaimLine", "Fact", "MeasureLine", "StoryBrief", "brief_readings", "brief_stories", "write_page",
]  # fmt: skip

"""One page out of all of it: a day, what changed and who is hit; stories, what they assert and what the ledger knows."""

from tidegate.brief.day import day_brief
from tidegate.brief.day_record import DayBrief
from tidegate.brief.page import write_page
from tidegate.brief.record import Brief, ClaimLine, Fact, MeasureLine, StoryBrief
from tidegate.brief.report import brief_readings, brief_stories
from tidegate.brief.writing import check_out, day_only, write_brief

__all__ = [
    "Brief", "ClaimLine", "DayBrief", "Fact", "MeasureLine", "StoryBrief", "brief_readings", "brief_stories",
    "check_out", "day_brief", "day_only", "write_brief", "write_page",
]  # fmt: skip

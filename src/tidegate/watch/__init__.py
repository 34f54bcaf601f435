"""Questions asked again: what an answer comes to, what changed in it, since when, on whose word, and telling it."""

from tidegate.watch.course import Course, change_days, changes_over
from tidegate.watch.facts import Answer, Change, Fact, Word, changes_between
from tidegate.watch.feed import Feed, feed_of
from tidegate.watch.measures import MeasuresCourse
from tidegate.watch.party import PartyCourse
from tidegate.watch.questions import read_questions
from tidegate.watch.run import Round, Watched, run_round
from tidegate.watch.shipment import ShipmentCourse
from tidegate.watch.talks import TalksCourse

__all__ = [
    "Answer", "Change", "Course", "Fact", "Feed", "MeasuresCourse", "PartyCourse", "Round", "ShipmentCourse",
    "TalksCourse", "Watched", "Word", "change_days", "changes_between", "changes_over", "feed_of", "read_questions",
    "run_round",
]  # fmt: skip

"""What prices did around a measure: event studies tied to the ledger, session by session of each exchange."""

from tidegate.markets.asked import StudyAnswer, StudyQuestion, answer_study
from tidegate.markets.design import Design
from tidegate.markets.event_study import Study, study
from tidegate.markets.events import Event, events_of_ledger, read_events
from tidegate.markets.targets import replicate

__all__ = [
    "Design",
    "Event",
    "Study",
    "StudyAnswer",
    "StudyQuestion",
    "answer_study",
    "events_of_ledger",
    "read_events",
    "replicate",
    "study",
]

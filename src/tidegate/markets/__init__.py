"""What prices did around a measure: event studies tied to the ledger, session by session of each exchange."""

from tidegate.markets.asked import StudyAnswer, StudyQuestion, answer_study
from tidegate.markets.design import Design
from tidegate.markets.event_study import Study, study
from tidegate.markets.events import Event, read_events
from tidegate.markets.known import named_events, shipped_events, shipped_news
from tidegate.markets.ledger_events import events_of_ledger
from tidegate.markets.moves import compare_moves, read_moves
from tidegate.markets.targets import replicate

__all__ = [
    "Design",
    "Event",
    "Study",
    "StudyAnswer",
    "StudyQuestion",
    "answer_study",
    "compare_moves",
    "events_of_ledger",
    "named_events",
    "read_events",
    "read_moves",
    "replicate",
    "shipped_events",
    "shipped_news",
    "study",
]

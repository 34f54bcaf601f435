"""What prices did around a measure: event studies tied to the ledger, session by session of each exchange."""

from tidegate.markets.design import Design
from tidegate.markets.event_study import Study, study
from tidegate.markets.events import Event, events_of_ledger, read_events
from tidegate.markets.targets import replicate

__all__ = ["Design", "Event", "Study", "events_of_ledger", "read_events", "replicate", "study"]

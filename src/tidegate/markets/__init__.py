"""What prices did around a measure, session by session of each exchange, and whose revenue a measure touches."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidegate.markets.asked import StudyAnswer, StudyQuestion, answer_study
    from tidegate.markets.company_exposure import CompanyExposure, Exposure, exposure, exposures
    from tidegate.markets.design import Design
    from tidegate.markets.event_study import Study, study
    from tidegate.markets.events import Event, read_events
    from tidegate.markets.exposure_change import ExposureChange, compare
    from tidegate.markets.exposure_panel import exposure_share, exposure_shares
    from tidegate.markets.known import named_events, shipped_events, shipped_news
    from tidegate.markets.ledger_events import events_of_ledger
    from tidegate.markets.moves import compare_moves, read_moves
    from tidegate.markets.targets import replicate

__all__ = [
    "CompanyExposure",
    "Design",
    "Event",
    "Exposure",
    "ExposureChange",
    "Study",
    "StudyAnswer",
    "StudyQuestion",
    "answer_study",
    "compare",
    "compare_moves",
    "events_of_ledger",
    "exposure",
    "exposure_share",
    "exposure_shares",
    "exposures",
    "named_events",
    "read_events",
    "read_moves",
    "replicate",
    "shipped_events",
    "shipped_news",
    "study",
]

_MODULES = {
    "CompanyExposure": "company_exposure",
    "Design": "design",
    "Event": "events",
    "Exposure": "company_exposure",
    "ExposureChange": "exposure_change",
    "Study": "event_study",
    "StudyAnswer": "asked",
    "StudyQuestion": "asked",
    "answer_study": "asked",
    "compare": "exposure_change",
    "compare_moves": "moves",
    "events_of_ledger": "ledger_events",
    "exposure": "company_exposure",
    "exposure_share": "exposure_panel",
    "exposure_shares": "exposure_panel",
    "exposures": "company_exposure",
    "named_events": "known",
    "read_events": "events",
    "read_moves": "moves",
    "replicate": "targets",
    "shipped_events": "known",
    "shipped_news": "known",
    "study": "event_study",
}
"""Where each name lives. Loaded when it is asked for: a study needs NumPy and SciPy, an exposure neither."""


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _MODULES:
        raise AttributeError(f"module 'tidegate.markets' has no attribute '{name}'")
    return getattr(importlib.import_module(f"tidegate.markets.{_MODULES[name]}"), name)

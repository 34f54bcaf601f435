"""What prices did around a measure, session by session of each exchange, and whose revenue a measure touches."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidegate.markets.company_exposure import CompanyExposure, Exposure, exposure, exposures
    from tidegate.markets.design import Design
    from tidegate.markets.event_study import Study, study
    from tidegate.markets.events import Event, events_of_ledger, read_events
    from tidegate.markets.exposure_change import ExposureChange, compare
    from tidegate.markets.exposure_panel import exposure_share, exposure_shares
    from tidegate.markets.targets import replicate

__all__ = [
    "CompanyExposure",
    "Design",
    "Event",
    "Exposure",
    "ExposureChange",
    "Study",
    "compare",
    "events_of_ledger",
    "exposure",
    "exposure_share",
    "exposure_shares",
    "exposures",
    "read_events",
    "replicate",
    "study",
]

_MODULES = {
    "CompanyExposure": "company_exposure",
    "Design": "design",
    "Event": "events",
    "Exposure": "company_exposure",
    "ExposureChange": "exposure_change",
    "Study": "event_study",
    "compare": "exposure_change",
    "events_of_ledger": "events",
    "exposure": "company_exposure",
    "exposure_share": "exposure_panel",
    "exposure_shares": "exposure_panel",
    "exposures": "company_exposure",
    "read_events": "events",
    "replicate": "targets",
    "study": "event_study",
}
"""Where each name lives. Loaded when it is asked for: a study needs NumPy and SciPy, an exposure neither."""


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _MODULES:
        raise AttributeError(f"module 'tidegate.markets' has no attribute '{name}'")
    return getattr(importlib.import_module(f"tidegate.markets.{_MODULES[name]}"), name)

"""The tide gauge as it stands on the first page: one band over the months, and where the asked one lies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.licensing.tide import LAST, START, Point, Tide, tide
from tidegate.web.question import Site

__all__ = ["SmallGauge", "small_gauge"]

TARGET = "CN"
"""The country of the small gauge: the one that most of the record is about. The page of the gauge has the others."""

_WIDE, _HIGH = 600.0, 120.0


@dataclass(frozen=True, slots=True)
class SmallGauge:
    """A gauge and its drawing in a box of `width` by `height`, tightness upward.

    now: the month asked about, all together. lines: each government's point of it, tightest first. band, middle:
    corners of the band and of the line in its middle. x: where the month stands. years: where each begins.
    """

    gauge: Tide
    now: Point
    lines: tuple[Point, ...]
    band: str
    middle: str
    x: str
    years: tuple[tuple[str, str], ...]
    width: float = _WIDE
    height: float = _HIGH


def small_gauge(site: Site, day: dt.date) -> SmallGauge | None:
    """Return the gauge at the end of a day's month; None for a day that the shipped gauge does not reach."""
    month = day.isoformat()[:7]
    if not START <= month <= LAST:
        return None
    gauge = tide(site.ledger, TARGET)
    place = list(gauge.days).index(month)
    points = gauge.line()
    lines = [gauge.line(government)[place] for government in gauge.governments if government != TARGET]
    step = _WIDE / len(points)
    return SmallGauge(
        gauge, points[place],
        tuple(sorted((p for p in lines if p.high), key=lambda p: (-p.tightness, p.government))),
        " ".join([*_stairs([p.high for p in points], step), *reversed(_stairs([p.low for p in points], step))]),
        " ".join(_stairs([p.tightness for p in points], step)),
        f"{(place + 0.5) * step:.1f}",
        tuple((name[:4], f"{k * step:.1f}") for k, name in enumerate(gauge.days) if name.endswith("-01")),
    )  # fmt: skip


def _stairs(values: Sequence[float], step: float) -> list[str]:
    """Corners of a line that stands level within each month."""
    return [f"{x * step:.1f},{_HIGH * (1 - value):.1f}" for k, value in enumerate(values) for x in (k, k + 1)]

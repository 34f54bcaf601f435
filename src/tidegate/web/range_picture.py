"""A published number as a mark beside the band of the model, on a line of 100 percent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Ranges", "draw_ranges"]

_BEYOND = 1e6
"""A bound from which on a span is open at that end."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Places on the line, in percent. band: where the model counts as agreeing; own: its 80 percent band and median.

    marks: the published number, or the ends of the published span; told: the same in words. zero: where nought lies,
    if it is on the line.
    """

    band: tuple[float, float] | None
    own: tuple[float, float, float]
    marks: tuple[float, ...]
    told: str
    zero: float | None


def draw_ranges(row: Mapping[str, Any]) -> Ranges | None:
    """Return the drawing of a row of `compare_published`; None where the model has no answer."""
    if row["model"] is None:
        return None
    band = [min(end, _BEYOND) for end in row["band"]] if row["band"] else None
    published = row["published"]
    ends = published if isinstance(published, list) else [published]
    marks = [end for end in ends if isinstance(end, int | float)]
    seen = [row["low"], row["high"], *marks, *(e for e in band or () if e < _BEYOND)]
    low, high = min(seen), max(seen)
    room = (high - low) * 0.08 or 1.0
    low, high = low - room, high + room

    def place(value: float) -> float:
        return float(round(100 * (min(max(value, low), high) - low) / (high - low), 2))

    return Ranges(
        (place(band[0]), place(band[1])) if band else None,
        (place(row["low"]), place(row["model"]), place(row["high"])),
        tuple(place(mark) for mark in marks),
        " to ".join(f"{end:.3g}" if isinstance(end, int | float) else str(end) for end in ends),
        place(0.0) if low < 0 < high else None,
    )

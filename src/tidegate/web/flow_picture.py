"""One good of the supply network as ribbons: makers on the left, buyers on the right, widths as the flows."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate.catalog import load_catalog
from tidegate.supply.calibration import Calibration

__all__ = ["Box", "Flow", "Ribbon", "draw_flow"]

_LEFT, _RIGHT, _BAR, _GAP, _LEAST = 310.0, 690.0, 12.0, 6.0, 0.8
_TALL = 340.0


@dataclass(frozen=True, slots=True)
class Box:
    """A maker or a buyer. y, height: of its bar. words: its name. share: of all flows of the good."""

    key: str
    words: str
    country: str
    y: float
    height: float
    share: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A flow: its outline as an SVG path, whose it is, and its words."""

    path: str
    country: str
    words: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The drawing of a good. value: billion USD a quarter. left, right: where the bars stand; bar: how wide."""

    good: str
    value: float
    makers: tuple[Box, ...]
    buyers: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]
    height: float
    left: float = _LEFT
    right: float = _RIGHT
    bar: float = _BAR


def draw_flow(calibration: Calibration, good: str) -> Flow:
    """Return the flows of a good in the base year, makers by country, largest first. Raises: KeyError."""
    flows, rows = calibration.network.flows[good], calibration.of_good(good)
    whole = float(flows.sum())
    names = {row["buyer"]: row["name"] for row in calibration.buyers}
    by_country: dict[str, float] = {}
    for row, values in zip(rows, flows, strict=True):
        by_country[row["country"]] = by_country.get(row["country"], 0.0) + float(values.sum())
    makers = sorted(
        range(len(rows)), key=lambda i: (-by_country[rows[i]["country"]], rows[i]["country"], -flows[i].sum())
    )
    buyers = sorted(
        (j for j in range(len(names)) if flows[:, j].sum() > 0), key=lambda j: -float(flows[:, j].sum())
    )
    left = _stack([float(flows[i].sum()) / whole for i in makers])
    right = _stack([float(flows[:, j].sum()) / whole for j in buyers])
    told = [_maker(rows[i]["company"], rows[i]["country"], names) for i in makers]
    reached = [y for y, _ in left]
    taken = {j: right[place][0] for place, j in enumerate(buyers)}
    ribbons = []
    for place, i in enumerate(makers):
        for j in buyers:
            share = float(flows[i, j]) / whole
            thick = share * _TALL
            if thick > 0.05:
                buyer = calibration.buyer_ids[j]
                ribbons.append(Ribbon(
                    _outline(reached[place], taken[j], max(thick, 0.3)), rows[i]["country"],
                    f"{told[place]} to {names[buyer]}: {float(flows[i, j]):.2g} billion USD a quarter",
                ))  # fmt: skip
            reached[place] += thick
            taken[j] += thick
    ends = [(y + height) for y, height in (*left, *right)]
    return Flow(
        good, whole,
        tuple(
            Box(rows[i]["company"] or "", words, rows[i]["country"], y, height, float(flows[i].sum()) / whole)
            for i, words, (y, height) in zip(makers, told, left, strict=True)
        ),
        tuple(
            Box(
                calibration.buyer_ids[j], names[calibration.buyer_ids[j]], calibration.buyer_ids[j], y, height,
                float(flows[:, j].sum()) / whole,
            )
            for j, (y, height) in zip(buyers, right, strict=True)
        ),
        tuple(ribbons), max(ends) + 10,
    )  # fmt: skip


def _stack(shares: list[float]) -> list[tuple[float, float]]:
    """Top and height of bars one under the other, each with room for its name."""
    found, y = [], 4.0
    for share in shares:
        height = max(share * _TALL, _LEAST)
        found.append((y, height))
        y += max(height + _GAP, 17.0)
    return found


def _outline(start: float, end: float, thick: float) -> str:
    a, b, middle = _LEFT + _BAR, _RIGHT, (_LEFT + _BAR + _RIGHT) / 2
    return (
        f"M{a:.1f} {start:.1f}C{middle:.1f} {start:.1f} {middle:.1f} {end:.1f} {b:.1f} {end:.1f}"
        f"V{end + thick:.1f}C{middle:.1f} {end + thick:.1f} {middle:.1f} {start + thick:.1f} {a:.1f} {start + thick:.1f}Z"
    )


def _maker(company: str | None, country: str, buyers: dict[str, str]) -> str:
    if company:
        found = load_catalog().parties.get(company)
        return found.name if found else company.replace("-", " ").title()
    countries = load_catalog().countries
    place = countries[country].name if country in countries else buyers.get(country, country)
    return f"others, {place}"

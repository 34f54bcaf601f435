"""Ensembles as tables (Arrow, Polars, pandas, JSON, CSV) and as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.tables import Table

if TYPE_CHECKING:
    from tidegate.supply.ensemble import Ensemble

__all__ = ["band_table", "headline_text", "sample_table"]

_NAMES = ("low", "median", "high")


def band_table(ensemble: Ensemble, band: float = 0.8) -> Table:
    """Return a row per outcome and quarter: the median over draws and the band that holds `band` of them.

    Raises: BadInputError: if the band is not between 0 and 1.
    """
    if not 0 < band < 1:
        raise BadInputError(f"band {band}: a share between 0 and 1, as 0.8.")
    quantiles = ensemble.quantiles(((1 - band) / 2, 0.5, (1 + band) / 2))
    rows = tuple(
        {"outcome": str(outcome), "unit": _unit(ensemble, place), "quarter": quarter}
        | dict(zip(_NAMES, (float(value) for value in quantiles[place, time]), strict=True))
        for place, outcome in enumerate(ensemble.outcomes)
        for time, quarter in enumerate(ensemble.quarters)
    )
    about = {"effect": ensemble.effect, "draws": ensemble.draws, "seed": ensemble.seed, "band": band}
    return Table(rows, ("outcome", "unit", "quarter", *_NAMES), about, "bands")


def sample_table(ensemble: Ensemble, outcome: str) -> Table:
    """Return a row per draw and quarter of one outcome. Raises: BadInputError: if only a sketch was kept."""
    if ensemble.samples is None:
        raise BadInputError("only a sketch was kept: simulate with keep='samples'.")
    values = ensemble.samples[ensemble.position(outcome)]
    rows = tuple(
        {"draw": draw, "quarter": quarter, "value": float(values[draw, time])}
        for draw in range(ensemble.draws)
        for time, quarter in enumerate(ensemble.quarters)
    )
    return Table(rows, ("draw", "quarter", "value"), {"outcome": outcome, "seed": ensemble.seed}, "samples")


def headline_text(ensemble: Ensemble, quarters: Sequence[str] | None = None, band: float = 0.8) -> str:
    """Return a line per outcome and quarter (the last, unless named), as a person reads it."""
    wanted = set(quarters or ensemble.quarters[-1:])
    lines = []
    for row in band_table(ensemble, band):
        if row["quarter"] in wanted:
            numbers = "{median:.4g} ({low:.4g} to {high:.4g})".format(**row)
            lines.append(f"{row['quarter']}  {row['outcome']}  {numbers} {row['unit']}")
    return "\n".join(lines)


def _unit(ensemble: Ensemble, place: int) -> str:
    return "percent" if ensemble.effect == "percent" else ensemble.outcomes[place].unit

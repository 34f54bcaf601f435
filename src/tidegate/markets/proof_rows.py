"""The record of a ranking as plain rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.markets.books import best
from tidegate.markets.estimates import estimate
from tidegate.markets.proof import Line, Proof
from tidegate.markets.scores import Scores

__all__ = ["carried_rows", "drawdown", "month_rows", "part_rows", "per_year", "proof_rows"]

Floats = NDArray[np.float64]

CARRIED = 5
"""Names shown at either end."""


def drawdown(returns: Floats) -> float | None:
    """Return the largest loss from a high to a later low, at month ends, as a negative share."""
    held = returns[np.isfinite(returns)]
    if not len(held):
        return None
    import empyrical

    return float(empyrical.max_drawdown(held))


def per_year(returns: Floats) -> float | None:
    """Return the yearly return that the months compound to."""
    held = returns[np.isfinite(returns)]
    return float(np.prod(1 + held) ** (12 / len(held)) - 1) if len(held) else None


def proof_rows(proof: Proof) -> list[dict[str, Any]]:
    """Return the record as plain rows: the score, each factor alone, equal weights, the benchmark; in percent."""
    rows = []
    for line in (*proof.lines, proof.equal):
        book = line.book
        row: dict[str, Any] = {"name": line.name, "months": len(proof.months)}
        row |= {f"ic_{key}": value for key, value in asdict(line.skill).items() if key != "months"}
        row["ic_p_corrected"] = line.p_corrected
        row["spread_percent"] = _percent(line.spread.mean)
        row["spread_t"] = line.spread.t
        row["quantile_turnover"] = line.quantile_turnover
        row["replaced"] = _mean(book.replaced) if book else None
        row["traded"] = _mean(book.traded[1:]) if book else None
        row["excess_p_corrected"] = line.excess_p_corrected
        row["unpriced"] = book.unpriced if book else None
        row["net"] = [_net(line, proof, cost) for cost in proof.costs]
        rows.append(row)
    if proof.benchmark is not None:
        name, returns = proof.benchmark
        empty = dict.fromkeys(rows[0])
        bought = {
            "per_year_percent": _percent(per_year(returns)),
            "drawdown_percent": _percent(drawdown(returns)),
        }
        rows.append(
            {
                **empty,
                "name": name,
                "months": int(np.isfinite(returns).sum()),
                "net": [{"cost": 0.0, **bought}],
            }
        )
    return rows


def part_rows(proof: Proof, holdout: str) -> list[dict[str, Any]]:
    """Return information coefficient and excess of each line before and from a month on, and by year."""
    years = proof.months.astype("datetime64[Y]")
    late = proof.months >= np.datetime64(holdout, "M")
    parts = [(f"before {holdout}", ~late), (f"from {holdout}", late)]
    parts += [(str(year), years == year) for year in np.unique(years)]
    rows = []
    for name, own in parts:
        for line in proof.lines:
            skill = estimate(line.ic[own], proof.level)
            cost = proof.costs[0]
            gain = estimate((line.net[cost] - proof.equal.net[cost])[own], proof.level)
            rows.append(
                {
                    "part": name,
                    "name": line.name,
                    **{
                        f"ic_{key}": value
                        for key, value in asdict(skill).items()
                        if key not in ("lags", "months")
                    },
                    "months": skill.months,
                    "excess_per_year_percent": _percent(gain.mean, 12),
                    "excess_t": gain.t,
                }
            )
    return rows


def month_rows(proof: Proof) -> list[dict[str, Any]]:
    """Return a row for each month at whose end names were ranked; returns are those of the month that follows."""
    cost = proof.costs[0]
    line = proof.score
    drawn = {
        name: _drawn(returns) for name, returns in (("top", line.net[cost]), ("equal", proof.equal.net[cost]))
    }
    rows = []
    for at, month in enumerate(proof.months):
        row = {
            "month": str(month),
            "names": int(proof.names[at]),
            "top_net_percent": _round(100 * line.net[cost][at]),
            "equal_net_percent": _round(100 * proof.equal.net[cost][at]),
            "top_drawdown_percent": _round(drawn["top"][at]),
            "equal_drawdown_percent": _round(drawn["equal"][at]),
        }
        row |= {f"{one.name}_ic": _round(one.ic[at]) for one in proof.lines}
        if proof.benchmark is not None:
            row["benchmark_percent"] = _round(100 * proof.benchmark[1][at])
        rows.append(row)
    return rows


def carried_rows(scores: Scores, proof: Proof) -> list[dict[str, Any]]:
    """Return the names that gave most, and those that gave least, of the excess of the top before costs.

    A name gives its return less the mean of all ranked ones, over the names held, each month it is held.
    """
    at = np.searchsorted(scores.ends.months, proof.months)
    ahead = scores.ends.ahead[:, at]
    values = scores.total[:, at]
    held = best(values, proof.top) & np.isfinite(ahead)
    known = np.where(np.isfinite(values) & np.isfinite(ahead), ahead, np.nan)
    over = (known - np.nanmean(known, axis=0)) / np.maximum(held.sum(axis=0), 1)
    given = 1200 * np.where(held, over, 0).sum(axis=1) / len(at)
    order = [row for row in np.argsort(-given, kind="stable") if held[row].any()]
    shown = order if len(order) <= 2 * CARRIED else [*order[:CARRIED], *order[-CARRIED:]]
    return [
        {
            "ticker": scores.ends.tickers[row],
            "points_a_year": round(float(given[row]), 6),
            "months": int(held[row].sum()),
        }
        for row in shown
    ]


def _drawn(returns: Floats) -> Floats:
    """How far below its highest the portfolio is at the end of each month, in percent."""
    worth = np.cumprod(1 + np.where(np.isfinite(returns), returns, 0))
    found: Floats = 100 * (worth / np.maximum.accumulate(np.maximum(worth, 1)) - 1)
    return found


def _round(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def _net(line: Line, proof: Proof, cost: float) -> dict[str, Any]:
    found = {
        "cost": cost,
        "per_year_percent": _percent(per_year(line.net[cost])),
        "drawdown_percent": _percent(drawdown(line.net[cost])),
    }
    if cost in line.excess:
        one = line.excess[cost]
        found |= {
            "excess_per_year_percent": _percent(one.mean, 12),
            "excess_low_percent": _percent(one.low, 12),
            "excess_high_percent": _percent(one.high, 12),
            "excess_t": one.t,
            "excess_p": one.p,
        }
    return found


def _percent(value: float | None, times: int = 1) -> float | None:
    return None if value is None else 100 * times * value


def _mean(values: Floats) -> float | None:
    held = values[np.isfinite(values)]
    return float(held.mean()) if len(held) else None

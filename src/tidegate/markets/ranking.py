"""A monthly ranking with its record: who ranks where at the end of a month and why, and whether it ever helped."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from tidegate.errors import BadInputError, need_extra
from tidegate.markets.factors import FACTORS, Sources
from tidegate.markets.market_value import approximation, leaps
from tidegate.markets.month_ends import month_ends
from tidegate.markets.proof import Proof, prove
from tidegate.markets.proof_rows import carried_rows, month_rows, part_rows, proof_rows
from tidegate.markets.ranking_plan import Plan
from tidegate.markets.scores import Scores, score
from tidegate.markets.survivors import Survivors, survivors
from tidegate.markets.universe import ALL, Universe
from tidegate.markets.verdict import verdict
from tidegate.tables import Table, Tabular

__all__ = ["NOT", "Plan", "Ranking", "rank"]

NOT = (
    "No advice: what ranked well has often gone on to do badly, costs and taxes differ, and nothing here knows your "
    "means or aims. A record over the past is no promise."
)


CHOSEN = (
    "Factors, signs and equal weights were fixed before any result was seen, so every month is out of sample. If you "
    "tried other ways first, say how many with --tried."
)
CHOSEN_BY_YOU = (
    "The factors or weights are your choice: months are out of sample only if you chose before you looked. Say how many "
    "ways you tried with --tried."
)


@dataclass(frozen=True, eq=False)
class Ranking(Tabular):
    """A ranking of one month, and the record of the same way of ranking over all months before.

    about: what was asked and what it rests on. verdict: the sentences that come first. rows: the names, the best
    first, then those without a rank with the reason. scores, proof, survivors: what they are from.
    """

    about: Mapping[str, Any]
    verdict: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    scores: Scores
    proof: Proof
    survivors: Survivors
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Return the names with rank, score, factors and reasons; the record stands beside them in JSON."""
        names = [one.name for one in self.scores.factors]
        columns = ("rank", "ticker", "sector", "score", *(f"{name}_z" for name in names), *names, "why")
        return Table(self.rows, columns, self.record())

    def record(self) -> dict[str, Any]:
        """Return all but the names as plain values."""
        return {
            "verdict": list(self.verdict),
            **self.about,
            "record": proof_rows(self.proof),
            "parts": part_rows(self.proof, self.about["holdout"]),
            "carried": carried_rows(self.scores, self.proof),
            "by_month": month_rows(self.proof),
            "survivors": asdict(self.survivors),
            "notes": list(self.notes),
            "not": NOT,
        }


def rank(universe: Universe, sources: Sources, plan: Plan | None = None) -> Ranking:
    """Return the ranking of a universe at the end of a month, with the record of that way of ranking.

    Everything is taken as it was known at the end of each month, and the record ends with the month before `on`:
    nothing later is looked at. Raises: BadInputError: if a month is not in the prices, a factor cannot be
    worked out, or no month has enough names. MissingExtraError: without the extra `ranking`.
    """
    need_extra("ranking", "alphalens", "exchange_calendars", "scipy", "statsmodels")
    plan = plan or Plan()
    last = plan.last_day
    # What names are held against is not one of them.
    universe = replace(universe, tickers=tuple(name for name in universe.tickers if name != plan.benchmark))
    scores = score(universe, sources, plan.factors, plan.weights, last)
    months = scores.ends.months
    if plan.on and (not len(months) or str(months[-1]) != plan.on):
        raise BadInputError(
            f"{sources.prices.path} does not reach the end of {plan.on}: its last whole month is {months[-1]}. Name "
            "that, or give longer prices."
        )
    here = len(months) - 1
    order = scores.ranks(here).tolist()
    if not order:
        raise BadInputError(_nobody(scores, here))
    top = plan.top or max(5, len(order) // 10)
    asked = np.flatnonzero(
        (months >= np.datetime64(plan.start or "0001-01", "M"))
        & (months <= np.datetime64(plan.end or "9999-12", "M"))
    )
    benchmark = _benchmark(plan.benchmark, sources, scores, last)
    proof = prove(
        scores, asked, top, plan.costs,
        quantiles=plan.quantiles, level=plan.level, tried=plan.tried, benchmark=benchmark,
    )  # fmt: skip
    held = survivors(scores, proof)
    notes = _notes(plan, universe, sources, scores, proof)
    return Ranking(
        _about(plan, universe, sources, scores, proof, here),
        verdict(proof, held),
        tuple(_rows(scores, here, order)),
        scores,
        proof,
        held,
        notes,
    )


def _rows(scores: Scores, month: int, order: Sequence[int]) -> list[dict[str, Any]]:
    found = []
    place = {row: number for number, row in enumerate(order, start=1)}
    members = np.flatnonzero(scores.member[:, month]).tolist()
    for row in [*order, *(row for row in members if row not in place)]:
        z = {one.name: _plain(scores.z[one.name][row, month]) for one in scores.factors}
        line: dict[str, Any] = {
            "rank": place.get(row),
            "ticker": scores.ends.tickers[row],
            "sector": scores.sectors[row],
            "score": _plain(scores.total[row, month]),
        }
        line |= {f"{name}_z": value for name, value in z.items()}
        line |= {one.name: _plain(one.raw[row, month]) for one in scores.factors}
        if row in place:
            parts = sorted(
                ((scores.weights[name] * (value or 0), name) for name, value in z.items()),
                key=lambda part: -abs(part[0]),
            )
            line["why"] = ", ".join(f"{name} {share:+.2f}" for share, name in parts)
        else:
            line["why"] = "unknown: " + "; ".join(scores.why_not(row, month))
        found.append(line)
    empty = dict.fromkeys(found[0])
    found.extend(
        {
            **empty,
            "ticker": ticker,
            "sector": scores.universe.sector(ticker),
            "why": "unknown: the price file does not have it",
        }
        for ticker in scores.absent(month)
    )
    return found


def _about(
    plan: Plan, universe: Universe, sources: Sources, scores: Scores, proof: Proof, here: int
) -> dict[str, Any]:
    members = int(scores.member[:, here].sum()) + len(scores.absent(here))
    ranked = int(np.isfinite(scores.total[:, here]).sum())
    middle = str(proof.months[len(proof.months) // 2])
    return {
        "on": str(scores.ends.months[here]),
        "day": str(scores.ends.days[here]),
        "prices": sources.prices.path,
        "fundamentals": [file.path for file in sources.fundamentals],
        "universe": universe.path,
        "names": len(universe.tickers),
        "members": members,
        "ranked": ranked,
        "unknown": members - ranked,
        "without": {
            one.name: int((scores.member[:, here] & ~np.isfinite(scores.z[one.name][:, here])).sum())
            for one in scores.factors
        },
        "factors": {
            one.name: {
                "what": FACTORS[one.name].what,
                "source": FACTORS[one.name].source,
                "weight": scores.weights[one.name],
                "better": "less" if one.name == "exposure" else "more",
            }
            for one in scores.factors
        },
        "top": proof.top,
        "costs": list(proof.costs),
        "quantiles": proof.quantiles,
        "level": proof.level,
        "tried": proof.tried,
        "first": str(proof.months[0]),
        "last": str(proof.months[-1]),
        "months": len(proof.months),
        "least_names": int(proof.names.min()),
        "most_names": int(proof.names.max()),
        "holdout": plan.holdout or middle,
    }


def _notes(plan: Plan, universe: Universe, sources: Sources, scores: Scores, proof: Proof) -> tuple[str, ...]:
    notes = [CHOSEN if not plan.factors and plan.weights is None else CHOSEN_BY_YOU]
    notes += [*scores.skipped, *sources.prices.notes]
    notes.extend(note for file in sources.fundamentals for note in file.notes)
    absent = [ticker for ticker in universe.tickers if ticker not in sources.prices]
    if absent:
        notes.append(
            f"{len(absent)} names have no prices in the file: {', '.join(absent[:8])}{' ...' if len(absent) > 8 else ''}."
        )
    if not universe.sectors:
        notes.append("No sectors are given: names are compared with all others, not within sectors.")
    elif set(universe.sectors.values()) != {ALL}:
        notes.append(
            "Sectors are those of today's file in every month: a company that changed sector is misplaced before."
        )
    if unpriced := proof.score.book.unpriced if proof.score.book else 0:
        notes.append(
            f"{unpriced} times a name held had no price in the month that followed: it was left out of that mean, and "
            "whatever it lost is not in the figures."
        )
    if 2 * proof.top > proof.names.min():
        notes.append(
            f"In the month with the fewest there are {proof.names.min()} names: the top {proof.top} are more than half "
            "of them, so that they cannot differ much from all. Give a smaller --top."
        )
    if plan.benchmark and proof.benchmark is None:
        notes.append(
            f"The prices have no benchmark {plan.benchmark}, so none stands beside. Name one with --benchmark."
        )
    if any(one.name in ("value", "book") for one in scores.factors) and sources.splits is not None:
        notes.append(approximation(sources.prices))
        notes.append("Figures and prices of a name are taken to be in one currency: the files do not say.")
        notes.extend(filter(None, [leaps(sources.fundamentals, sources.splits)]))
    ends = scores.ends
    final = ends.days[-1].item()
    notes.extend(
        str(split) for split in sources.prices.splits() if split.ticker in ends.tickers and split.day <= final
    )
    return tuple(dict.fromkeys(notes))


def _benchmark(
    name: str | None, sources: Sources, scores: Scores, last: dt.date | None
) -> tuple[str, Any] | None:
    if name is None or name not in sources.prices:
        return None
    ends = month_ends(sources.prices, [name], last)
    ahead = dict(zip(ends.months.tolist(), ends.ahead[0].tolist(), strict=True))
    return name, np.array([ahead.get(month, math.nan) for month in scores.ends.months.tolist()])


def _nobody(scores: Scores, month: int) -> str:
    members = np.flatnonzero(scores.member[:, month])
    why = (
        scores.why_not(int(members[0]), month)
        if len(members)
        else ["no name was a member of the universe then"]
    )
    first = f"{scores.ends.tickers[members[0]]}: " if len(members) else ""
    return (
        f"Nobody can be ranked at the end of {scores.ends.months[month]}. {first}{'; '.join(why)}. Leave out the factor "
        "that is not known (--factors), or give figures that reach that month."
    )


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)

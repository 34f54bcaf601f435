"""A scenario from end to end as plain values: what it changes, by quarter, beside another, and why.

What a page shows and a file keeps. It comes in steps, the effects first: whoever waits is told each as it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.ledger.scenario import apply_scenario_text
from tidegate.supply.calibration import load_calibration
from tidegate.supply.course import START
from tidegate.supply.effects import Effects, check_span
from tidegate.supply.outcomes import parse_outcome
from tidegate.supply.quarters import quarter_of_month, quarters_between

__all__ = [
    "EXPLAINED_DRAWS", "MOST_QUARTERS", "Tell", "check_question", "report_record", "report_scenario", "span_of",
]  # fmt: skip

EXPLAINED_DRAWS = 60
"""Draws at most of an explanation, which runs the model once for each measure and for each set of channels, and of the
runs by source."""

MOST_QUARTERS = 24
"""Quarters from the start of the model that a report may reach beyond the span that history covers: six years."""

Tell = Callable[[str, int, int, Mapping[str, Any] | None], None]
"""Is told what is being done, how much of it is done, of how much, and what there is to see so far."""


def span_of(ledger: Ledger, what_if: Ledger) -> tuple[str, str]:
    """Return the quarter in which a scenario first departs from a ledger, and that four quarters later."""
    days = []
    for name in {measure.id for measure in (*ledger, *what_if)}:
        old, new = (one[name].entries if name in one else () for one in (ledger, what_if))
        days += [entry.when.first for entry in (*old, *new) if entry not in old or entry not in new]
    first = max(START, quarter_of_month((min(days).year, min(days).month))) if days else START
    return first, f"{int(first[:4]) + 1}{first[4:]}"


def check_question(first: str, last: str, outcome: str | None = None, *, most: int = MOST_QUARTERS) -> None:
    """Raise BadInputError for a span, or an outcome, that the model cannot answer; it takes no time.

    Raises: BadInputError: naming what is wrong and the mend.
    """
    quarters = check_span(first, last)
    if len(quarters_between(START, last)) > len(quarters_between(START, "2026Q4")) + most:
        raise BadInputError(f"{last} is too far away for a base year of 2022. Ask for a quarter before 2033.")
    if len(quarters) > most:
        raise BadInputError(f"{first} to {last} is {len(quarters)} quarters. Ask for {most} at most.")
    if outcome is not None:
        parse_outcome(outcome, load_calibration().network)


def report_scenario(
    ledger: Ledger, texts: Sequence[str], first: str, last: str, tell: Tell, *, draws: int = 200, seed: int = 0,
    outcome: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what one scenario changes against a ledger, or two side by side, and what carries the effect.

    texts: one scenario or two, as YAML. first, last: quarters. outcome: the one that is explained; without, the
    largest effect on imports or sales of the (second) scenario.
    Raises: LedgerError: if a scenario makes no sense. BadInputError: for a span or outcome that is not known.
    """
    from tidegate.supply.compare import compare
    from tidegate.supply.effects import effects_of

    what_ifs = [apply_scenario_text(ledger, text, "scenario") for text in texts]
    if len(what_ifs) not in (1, 2):
        raise BadInputError(f"{len(what_ifs)} scenarios are given. Give one, or two to compare.")
    tell("asking the law", 0, 0, None)
    how: dict[str, Any] = {"draws": draws, "seed": seed, "progress": partial(_draws, tell)}
    if len(what_ifs) == 2:
        both = compare(what_ifs[0], what_ifs[1], ledger, first, last, **how)
        runs, comparison = [both.first, both.second], both.table().to_dict()
    else:
        runs, comparison = [effects_of(what_ifs[0], ledger, first, last, **how)], None
    found: dict[str, Any] = {
        "runs": [_run(one) for one in runs], "comparison": comparison, "by_source": None, "why": [], "explained": None,
    }  # fmt: skip
    last_run, what_if = runs[-1], what_ifs[-1]
    chosen = outcome or _telling(last_run)
    if chosen and last_run.measures:
        from tidegate.supply.causes import explain_effect
        from tidegate.supply.disputes import disputes_of

        tell("running it with the parameters of each source", 0, 0, found)
        disputed = disputes_of(
            what_if, ledger, chosen, first, last, draws=min(draws, EXPLAINED_DRAWS), seed=seed,
            progress=partial(_shared, tell, "source", found),
        )  # fmt: skip
        found["by_source"] = disputed.table().to_dict()
        for by in ("measure", "channel"):
            tell(f"sharing the effect out by {by}", 0, 0, found)
            causes = explain_effect(
                what_if, ledger, chosen, first, last, by=by, draws=min(draws, EXPLAINED_DRAWS), seed=seed,
                progress=partial(_shared, tell, by, found),
            )  # fmt: skip
            found["explained"] = chosen
            found["why"].append({**causes.table().to_dict(), "by": by, "draws": min(draws, EXPLAINED_DRAWS)})
    return found


def report_record(ledger: Ledger, tell: Tell, *, draws: int = 200, seed: int = 0) -> dict[str, Any]:
    """Return how far the model was from what came, and from what others published, as plain values.

    published: as `compare_published` gives it. hindcast: on the observations that ship with tidegate, verified ones
    that began after the start; `tolerances` says how near counts as near.
    """
    from tidegate.supply.hindcast import hindcast
    from tidegate.supply.published import compare_published
    from tidegate.supply.shipped_targets import TOLERANCES, shipped_targets

    tell("putting published shocks on the flows", 0, 0, None)
    found: dict[str, Any] = {"published": compare_published(draws=draws, seed=seed).table().to_dict()}
    tell("running from 2022Q3 with what was known then", 0, 0, found)
    calibration = load_calibration()
    came = hindcast(shipped_targets(calibration), ledger, calibration=calibration, draws=draws, seed=seed)
    return {**found, "hindcast": {**came.table().to_dict(), "tolerances": dict(TOLERANCES)}}


def _draws(tell: Tell, done: int, whole: int) -> None:
    tell("draws", done, whole, None)


def _shared(tell: Tell, by: str, so_far: Mapping[str, Any], done: int, whole: int) -> None:
    doing = (
        "running it with the parameters of each source"
        if by == "source"
        else f"sharing the effect out by {by}"
    )
    tell(doing, done, whole, so_far)


def _run(effects: Effects) -> dict[str, Any]:
    """One scenario with its picture, where there is anything to draw."""
    from tidegate.supply.picture import specification

    drawn = any(row["low"] or row["high"] for row in effects.rows)
    return {**effects.table().to_dict(), "picture": specification(effects) if drawn else None}


def _telling(effects: Effects) -> str | None:
    """The outcome that is explained unasked: the largest change of trade that was there before."""
    for kinds in (("imports", "sales"), ("output", "domestic", "capacity")):
        for row in effects.rows:
            if row["outcome"].split(":")[0] in kinds and row["unit"] != "USD_bn" and row["effect"]:
                return str(row["outcome"])
    return effects.rows[0]["outcome"] if effects.rows else None

"""Rows of a trace: one for each third country and code, with the evidence of both legs and a verdict in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegate.diversion import evidence
from tidegate.diversion.changepoint import find_break
from tidegate.diversion.control import Control
from tidegate.diversion.discovery import LEG_METHOD, corrected, route_values
from tidegate.diversion.expectation import FEWEST_DONORS, LEAST_KNOWN
from tidegate.diversion.legs import Floats, Leg
from tidegate.diversion.placebo import SMALL, LegTest, Plan

__all__ = [
    "PATH_COLUMNS",
    "ROUTE_COLUMNS",
    "VERDICTS",
    "Tested",
    "false_alarms",
    "path_rows",
    "quiet_values",
    "route_rows",
]

BOTH = "rises beyond expectation on both legs"
INTO = "one leg only: into the country"
ONWARD = "one leg only: on to the target"
KNOWN = "rises beyond expectation on the one leg that is known"
QUIET = "not beyond expectation on the one leg that is asked about"
NO_SIGN = "no sign"
UNKNOWN = "unknown"
VERDICTS = (BOTH, INTO, ONWARD, KNOWN, QUIET, NO_SIGN, UNKNOWN)

_LEG_COLUMNS = (
    "reported_by", "model", "before", "actual", "expected", "ratio", "excess", "excess_low", "excess_high", "p", "q",
    "p_space", "missing", "other_models", "share_before", "share_after", "share_z", "break_at", "break_first",
    "break_last", "break_step", "break_months", "break_after", "unit_value", "mirror",
)  # fmt: skip

ROUTE_COLUMNS = (
    "rank", "hs", "hub", "verdict", "because", "p", "q", "money", "money_low", "money_high", "lag", "lag_correlation",
    *(f"in_{name}" for name in _LEG_COLUMNS), *(f"out_{name}" for name in _LEG_COLUMNS),
    "kept_before", "kept_after", "kept_trend",
)  # fmt: skip
"""Money in USD over the window; ratios are actual over expected; months count from the day in force."""

PATH_COLUMNS = ("hs", "hub", "leg", "period", "actual", "expected", "low", "high")


@dataclass(frozen=True, eq=False)
class Tested:
    """A code with its two legs and their tests; the second is None where no target is named.

    paths: the expectation 'share' over all periods, from those before the control was known; steps and lags are looked
    for in what differs from it. Shapes (units, periods).
    """

    hs: str
    periods: tuple[dt.date, ...]
    legs: tuple[Leg, Leg | None]
    tests: tuple[LegTest, LegTest | None]
    paths: tuple[Floats, Floats | None]


def route_rows(
    tested: Sequence[Tested], plan: Plan, control: Control, hubs: Sequence[str] | None,
    method: str, fdr: float, quiet: tuple[Floats, Floats],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return a row for each country and code, strongest first.

    hubs: the countries asked about; None: all. method, fdr: correction over all of them, and the rate that a
    verdict is given at. quiet: p values of all countries in the placebo windows.
    """
    places = [
        (number, unit)
        for number, one in enumerate(tested)
        for unit, place in enumerate(one.legs[0].units)
        if hubs is None or place in hubs
    ]
    chances = [_along(tested, places, side) for side in (0, 1)]
    leg_values = [corrected(side, LEG_METHOD.get(method, method)) for side in chances]
    both = route_values(chances[0], chances[1], method, quiet)
    rows = []
    for at, (number, unit) in enumerate(places):
        one = tested[number]
        row = _row(one, plan, unit, control)
        row |= {
            "in_q": _plain(leg_values[0][at]),
            "out_q": _plain(leg_values[1][at]),
            "p": _plain(max(chances[0][at], chances[1][at])) if np.isfinite(both[at]) else None,
            "q": _plain(both[at]),
        }
        row["verdict"], row["because"] = _verdict(one, plan, unit, row, fdr)
        rows.append(row)
    rows.sort(key=_order)
    return [
        {name: ({**row, "rank": rank})[name] for name in ROUTE_COLUMNS} for rank, row in enumerate(rows, 1)
    ]


def quiet_values(tested: Sequence[Tested], hubs: Sequence[str] | None) -> tuple[Floats, Floats]:
    """Return the p values of both legs in the placebo windows, each of shape (countries and codes, windows)."""
    sides = []
    for side in (0, 1):
        parts = []
        for one in tested:
            keep = [hubs is None or place in hubs for place in one.legs[0].units]
            test, first = one.tests[side], one.tests[0]
            parts.append((test or first).placebo_p[keep] * (1.0 if test else np.nan))
        sides.append(np.concatenate(parts))
    return sides[0], sides[1]


def false_alarms(
    asked: tuple[Floats, Floats], quiet: tuple[Floats, Floats], method: str, fdr: float
) -> dict[str, Any]:
    """Return what the same procedure would have named in the placebo windows, where no control came.

    asked: p values there of the countries asked about. quiet: those of all.
    """
    one_leg = not np.isfinite(quiet[1]).any()
    found = [
        corrected(first, LEG_METHOD.get(method, method))
        if one_leg
        else route_values(first, second, method, quiet)
        for first, second in zip(asked[0].T, asked[1].T, strict=True)
    ]
    named = [int((values <= fdr).sum()) for values in found]
    return {
        "windows": len(found),
        "windows_with_a_name": sum(count > 0 for count in named),
        "named": sum(named),
        "asked": sum(int(np.isfinite(values).sum()) for values in found),
    }


def path_rows(
    tested: Sequence[Tested], plan: Plan, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return flow and expectation period by period of some routes; the band is what single placebo periods missed by."""
    by_code = {one.hs: one for one in tested}
    found = []
    for row in rows:
        one = by_code[row["hs"]]
        for side, name in enumerate(("in", "out")):
            leg, test = one.legs[side], one.tests[side]
            if leg is None or test is None:
                continue
            unit = leg.units.index(row["hub"])
            small = _offset(test, plan, leg)
            for period in range(plan.fit.start, plan.window[1]):
                inside = period - plan.window[0]
                hoped = test.path[unit, inside] if inside >= 0 else np.nan
                low, high = (
                    max((hoped + small) * np.exp(bound) - small, 0.0) if np.isfinite(hoped) else np.nan
                    for bound in test.miss
                )
                found.append(
                    {
                        "hs": row["hs"],
                        "hub": row["hub"],
                        "leg": name,
                        "period": one.periods[period].isoformat(),
                        "actual": _plain(leg.value[unit, period]),
                        "expected": _plain(hoped),
                        "low": _plain(low),
                        "high": _plain(high),
                    }
                )
    return found


def _row(one: Tested, plan: Plan, unit: int, control: Control) -> dict[str, Any]:
    leg_in, leg_out = one.legs
    row: dict[str, Any] = {"hs": one.hs, "hub": leg_in.units[unit]}
    excess = []
    for side, name in enumerate(("in", "out")):
        found = _leg_row(one, side, plan, unit, control)
        row |= {f"{name}_{key}": found.get(key) for key in _LEG_COLUMNS}
        excess.append(found)
    # What can have gone the whole way is no more than the smaller of the two.
    for key in ("", "_low", "_high"):
        parts = [found.get(f"excess{key}") for found in excess]
        row[f"money{key}"] = None if None in parts else max(0.0, min(parts))  # type: ignore[type-var]
    row["lag"], row["lag_correlation"] = (None, None)
    if leg_out is not None and one.paths[1] is not None:
        span = slice(plan.fit.start, plan.window[1])
        row["lag"], row["lag_correlation"] = evidence.lag(
            *(
                leg.value[unit, span] - path[unit, span]
                for leg, path in ((leg_in, one.paths[0]), (leg_out, one.paths[1]))
            )
        )
    return row | evidence.orphan_growth(leg_in.bought[unit], leg_in.sold[unit], plan)


def _leg_row(one: Tested, side: int, plan: Plan, unit: int, control: Control) -> dict[str, Any]:
    leg, test, path = one.legs[side], one.tests[side], one.paths[side]
    if leg is None or test is None or path is None:
        return {}
    actual, hoped = _plain(test.actual[unit]), _plain(test.expected[unit])
    low, high = _plain(test.low[unit]), _plain(test.high[unit])
    before = leg.value[unit, plan.fit]
    found: dict[str, Any] = {
        "reported_by": "importer" if leg.by_importer[unit] else "exporter",
        "model": test.model,
        "before": float(before.sum()) if np.isfinite(before).all() else None,
        "actual": actual,
        "expected": hoped,
        "ratio": _plain(test.ratio[unit]),
        "excess": None if actual is None or hoped is None else actual - hoped,
        "excess_low": None if actual is None or high is None else actual - high,
        "excess_high": None if actual is None or low is None else actual - low,
        "p": _plain(test.p[unit]),
        "p_space": _plain(test.p_space[unit]),
        "missing": _missing(leg, plan, unit),
        "other_models": {name: _plain(ratio[unit]) for name, ratio in test.others.items()},
        "unit_value": evidence.unit_value_jump(leg, plan, unit),
        "mirror": evidence.mirror_gap(leg, plan, unit),
        **evidence.share_shift(leg, plan, unit),
    }
    # A step is looked for where there is something to date.
    if found["p"] is not None and found["p"] <= 0.1:
        stop = plan.window[1]
        step = find_break(_log_ratio(leg.value[unit, :stop], path[unit]), one.periods[:stop])
        if step is not None:
            found |= {
                "break_at": step.at.isoformat(),
                "break_first": step.first.isoformat(),
                "break_last": step.last.isoformat(),
                "break_step": step.step,
                "break_months": (step.at.year - control.since.year) * 12
                + step.at.month
                - control.since.month,
                "break_after": control.last_before(step.at),
            }
    return found


def _verdict(
    one: Tested, plan: Plan, unit: int, row: Mapping[str, Any], fdr: float
) -> tuple[str, str | None]:
    """The verdict, and for one that is unknown or rests on size the reason."""
    states: list[tuple[bool | None, str]] = []
    for side, name in enumerate(("in", "out")):
        leg, test = one.legs[side], one.tests[side]
        if leg is None or test is None:
            states.append((None, "no target is named"))
        elif row[f"{name}_q"] is not None:
            states.append((row[f"{name}_q"] <= fdr, ""))
        elif np.isfinite(test.actual[unit]) and not test.counted[unit]:
            states.append((False, "small"))
        else:
            states.append((None, _why(leg, test, plan, unit)))
    (into, why_in), (onward, why_out) = states
    if row["q"] is not None and row["q"] <= fdr:
        return BOTH, None
    if into is None and onward is None:
        return UNKNOWN, why_in if why_in == why_out else f"first leg: {why_in}; second leg: {why_out}"
    if into is None or onward is None:
        why = f"first leg: {why_in}" if into is None else f"second leg: {why_out}"
        quiet = QUIET if one.legs[1] is None else UNKNOWN
        return (KNOWN if into or onward else quiet), why
    if into and onward:
        # Each leg stands out alone, yet not enough for both over all that was asked.
        return INTO if row["in_p"] <= row["out_p"] else ONWARD, "the other leg is less sure"
    if into or onward:
        return (INTO if into else ONWARD), None
    return NO_SIGN, f"under {SMALL:.1%} of the leg" if "small" in (why_in, why_out) else None


def _missing(leg: Leg, plan: Plan, unit: int) -> int:
    spans = np.r_[plan.fit, slice(*plan.window)]
    return int((~np.isfinite(leg.value[unit, spans])).sum())


def _why(leg: Leg, test: LegTest, plan: Plan, unit: int) -> str:
    """Why nothing can be said of a leg."""
    known = np.isfinite(leg.value[unit])
    if min(known[plan.fit].mean(), known[slice(*plan.window)].mean()) < LEAST_KNOWN:
        return f"{_missing(leg, plan, unit)} of {plan.before + plan.length} periods are missing"
    if not np.isfinite(test.floor):
        return "no placebo window fits before the control: bring earlier periods"
    return f"fewer than {FEWEST_DONORS} other countries are known in the same periods"


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    def late(value: float | None) -> float:
        return np.inf if value is None else value

    place = {BOTH: 0, INTO: 1, ONWARD: 1, KNOWN: 1, QUIET: 2, NO_SIGN: 2, UNKNOWN: 3}[row["verdict"]]
    single = min(late(row["in_p"]), late(row["out_p"]))
    return place, late(row["q"]), late(row["p"]), single, -(row["money"] or 0.0), row["hub"], row["hs"]


def _along(tested: Sequence[Tested], places: Sequence[tuple[int, int]], side: int) -> Floats:
    found = []
    for number, unit in places:
        test = tested[number].tests[side]
        found.append(test.p[unit] if test is not None else np.nan)
    return np.asarray(found, dtype=np.float64)


def _log_ratio(flow: Floats, hoped: Floats) -> Floats:
    # A twentieth of the mean flow keeps a single empty month from being the largest step there is.
    small = 0.05 * np.nanmean(flow) if np.isfinite(flow).any() else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log((flow + small) / (hoped + small))
    return np.where(np.isfinite(found), found, np.nan)


def _offset(test: LegTest, plan: Plan, leg: Leg) -> float:
    return SMALL * float(np.nansum(leg.value[:, : plan.known_from])) / max(plan.known_from, 1)


def _plain(value: Any) -> float | None:  # noqa: ANN401
    return float(value) if np.isfinite(value) else None

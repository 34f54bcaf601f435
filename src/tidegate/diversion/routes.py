"""Rows of a trace: one for each third country and code, with the evidence of both legs and a verdict in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegate.diversion import evidence
from tidegate.diversion.changepoint import find_break
from tidegate.diversion.discovery import corrected, route_values
from tidegate.diversion.expectation import FEWEST_DONORS, expected
from tidegate.diversion.legs import Cube, Floats, Leg
from tidegate.diversion.placebo import SMALL, LegTest, Plan

__all__ = ["PATH_COLUMNS", "ROUTE_COLUMNS", "VERDICTS", "Tested", "false_alarms", "path_rows", "route_rows"]

BOTH = "rises beyond expectation on both legs"
INTO = "one leg only: into the country"
ONWARD = "one leg only: on to the target"
NO_SIGN = "no sign"
UNKNOWN = "unknown"
VERDICTS = (BOTH, INTO, ONWARD, UNKNOWN, NO_SIGN)

_LEG_COLUMNS = (
    "reported_by", "model", "before", "actual", "expected", "ratio", "excess", "excess_low", "excess_high", "p", "q",
    "p_space", "other_models", "share_before", "share_after", "share_z", "break_at", "break_first", "break_last",
    "break_step", "break_months", "unit_value", "mirror",
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
    """A code with its two legs and their tests; the second is None where no target is named."""

    hs: str
    cube: Cube
    legs: tuple[Leg, Leg | None]
    tests: tuple[LegTest, LegTest | None]


def route_rows(
    tested: Sequence[Tested], plan: Plan, periods: Sequence[dt.date], since: dt.date, hubs: Sequence[str] | None,
    method: str, fdr: float,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return a row for each country and code, strongest first.

    hubs: the countries asked about; None: all. method, fdr: correction over all of them, and the rate that a
    verdict is given at.
    """
    places = [
        (number, unit)
        for number, one in enumerate(tested)
        for unit, place in enumerate(one.legs[0].units)
        if hubs is None or place in hubs
    ]
    chances = [_along(tested, places, side) for side in (0, 1)]
    by_leg = "fdr_bh" if method == "adafilter" else method
    leg_values = [corrected(side, by_leg) for side in chances]
    both = route_values(*chances, method)
    rows = []
    for at, (number, unit) in enumerate(places):
        one = tested[number]
        row = _row(one, plan, unit, periods, since)
        row |= {
            "in_q": _plain(leg_values[0][at]),
            "out_q": _plain(leg_values[1][at]),
            "p": _plain(max(chances[0][at], chances[1][at])) if np.isfinite(both[at]) else None,
            "q": _plain(both[at]),
        }
        row["verdict"], row["because"] = _verdict(one, plan, unit, row, fdr)
        rows.append(row)
    rows.sort(key=_order)
    return [{name: ({**row, "rank": rank})[name] for name in ROUTE_COLUMNS} for rank, row in enumerate(rows, 1)]


def false_alarms(tested: Sequence[Tested], hubs: Sequence[str] | None, method: str, fdr: float) -> dict[str, Any]:
    """Return what the same procedure would have named in the placebo windows, where no control came."""
    named, windows, asked = [], 0, 0
    shapes = [one.tests[0].placebo_p.shape[1] for one in tested if one.tests[0].placebo_p.ndim == 2]
    for window in range(min(shapes, default=0)):
        chances = []
        for side in (0, 1):
            parts = []
            for one in tested:
                test = one.tests[side]
                keep = [hubs is None or place in hubs for place in one.legs[0].units]
                parts.append(
                    test.placebo_p[keep, window] if test is not None else np.full(sum(keep), np.nan)
                )
            chances.append(np.concatenate(parts))
        if any(one.tests[1] is not None for one in tested):
            found = route_values(*chances, method)
        else:
            found = corrected(chances[0], "fdr_bh" if method == "adafilter" else method)
        windows += 1
        asked += int(np.isfinite(found).sum())
        named.append(int((found <= fdr).sum()))
    return {
        "windows": windows,
        "windows_with_a_name": sum(count > 0 for count in named),
        "named": sum(named),
        "asked": asked,
    }


def path_rows(tested: Sequence[Tested], plan: Plan, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
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
                    max((hoped + small) * np.exp(bound) - small, 0.0) if np.isfinite(hoped) else np.nan for bound in test.miss
                )
                found.append(
                    {
                        "hs": row["hs"],
                        "hub": row["hub"],
                        "leg": name,
                        "period": one.cube.periods[period].isoformat(),
                        "actual": _plain(leg.value[unit, period]),
                        "expected": _plain(hoped),
                        "low": _plain(low),
                        "high": _plain(high),
                    }
                )
    return found


def _row(one: Tested, plan: Plan, unit: int, periods: Sequence[dt.date], since: dt.date) -> dict[str, Any]:
    leg_in, leg_out = one.legs
    row: dict[str, Any] = {"hs": one.hs, "hub": leg_in.units[unit]}
    excess = []
    for name, leg, test in zip(("in", "out"), one.legs, one.tests, strict=True):
        found = _leg_row(leg, test, plan, unit, periods, since) if leg is not None and test is not None else {}
        row |= {f"{name}_{key}": found.get(key) for key in _LEG_COLUMNS}
        excess.append(found)
    # What can have gone the whole way is no more than the smaller of the two.
    for key in ("", "_low", "_high"):
        parts = [found.get(f"excess{key}") for found in excess]
        row[f"money{key}"] = None if None in parts else max(0.0, min(parts))  # type: ignore[type-var]
    row["lag"], row["lag_correlation"] = (None, None)
    if leg_out is not None and one.tests[1] is not None:
        row["lag"], row["lag_correlation"] = evidence.lag(
            *(_residual(leg, plan, unit) for leg in (leg_in, leg_out))
        )
    at = one.cube.places.index(leg_in.units[unit])
    value = one.cube.chosen_value
    row |= evidence.orphan_growth(_others(value[:, at, :], at), _others(value[at], at), plan)
    return row


def _leg_row(
    leg: Leg, test: LegTest, plan: Plan, unit: int, periods: Sequence[dt.date], since: dt.date
) -> dict[str, Any]:
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
        "other_models": {name: _plain(ratio[unit]) for name, ratio in test.others.items()},
        "unit_value": evidence.unit_value_jump(leg, plan, unit),
        "mirror": evidence.mirror_gap(leg, plan, unit),
        **evidence.share_shift(leg, plan, unit),
    }
    # A step is looked for where there is something to date.
    if found["p"] is not None and found["p"] <= 0.1:
        step = find_break(_log_ratio(leg, plan, unit), periods[: plan.window[1]])
        if step is not None:
            found |= {
                "break_at": step.at.isoformat(),
                "break_first": step.first.isoformat(),
                "break_last": step.last.isoformat(),
                "break_step": step.step,
                "break_months": (step.at.year - since.year) * 12 + step.at.month - since.month,
            }
    return found


def _verdict(one: Tested, plan: Plan, unit: int, row: Mapping[str, Any], fdr: float) -> tuple[str, str | None]:
    """The verdict, and for one that is unknown or rests on size the reason."""
    states = []
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
    if into is None or onward is None:
        reasons = [f"{which}: {why}" for which, why, known in (("first leg", why_in, into), ("second leg", why_out, onward)) if known is None]
        if len(reasons) == 2 and why_in == why_out:
            reasons = [why_in]
        rises = [word for word, is_ in (("the first leg rises beyond expectation", into), ("the second leg rises beyond expectation", onward)) if is_]
        return UNKNOWN, "; ".join([*reasons, *rises])
    if into and onward:
        # Each leg stands out alone, yet not enough for both over all that was asked.
        return INTO if row["in_p"] <= row["out_p"] else ONWARD, "the other leg is less sure"
    if into or onward:
        return (INTO if into else ONWARD), None
    return NO_SIGN, f"under {SMALL:.1%} of the leg" if "small" in (why_in, why_out) else None


def _why(leg: Leg, test: LegTest, plan: Plan, unit: int) -> str:
    """Why nothing can be said of a leg."""
    spans = np.r_[plan.fit, slice(*plan.window)]
    missing = int((~np.isfinite(leg.value[unit, spans])).sum())
    if missing:
        return f"{missing} of {len(spans)} periods are missing"
    if not np.isfinite(test.floor):
        return "no placebo window fits before the control: bring earlier periods"
    return f"fewer than {FEWEST_DONORS} other countries are known in the same periods"


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    def late(value: float | None) -> float:
        return np.inf if value is None else value

    rises = row["verdict"] == UNKNOWN and "rises" in (row["because"] or "")
    place = 2.5 if rises else {BOTH: 0, INTO: 1, ONWARD: 1, NO_SIGN: 3, UNKNOWN: 4}[row["verdict"]]
    single = min(late(row["in_p"]), late(row["out_p"]))
    return place, late(row["q"]), late(row["p"]), single, -(row["money"] or 0.0), row["hub"], row["hs"]


def _along(tested: Sequence[Tested], places: Sequence[tuple[int, int]], side: int) -> Floats:
    found = []
    for number, unit in places:
        test = tested[number].tests[side]
        found.append(test.p[unit] if test is not None else np.nan)
    return np.asarray(found, dtype=np.float64)


def _path(leg: Leg, plan: Plan) -> Floats:
    return expected(leg, "share", slice(0, plan.known_from), slice(0, plan.window[1]))


def _residual(leg: Leg, plan: Plan, unit: int) -> Floats:
    span = slice(plan.fit.start, plan.window[1])
    return (leg.value[:, : plan.window[1]] - _path(leg, plan))[unit, span]


def _log_ratio(leg: Leg, plan: Plan, unit: int) -> Floats:
    flow, hoped = leg.value[unit, : plan.window[1]], _path(leg, plan)[unit]
    small = 0.05 * np.nanmean(flow) if np.isfinite(flow).any() else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log((flow + small) / (hoped + small))
    return np.where(np.isfinite(found), found, np.nan)


def _offset(test: LegTest, plan: Plan, leg: Leg) -> float:
    return SMALL * float(np.nansum(leg.value[:, : plan.known_from])) / max(plan.known_from, 1)


def _others(flows: Floats, own: int) -> Floats:
    """Sum over partners, the country itself left out; not known where one of them is not."""
    return np.asarray(np.delete(flows, own, axis=0).sum(0))


def _plain(value: Any) -> float | None:  # noqa: ANN401
    return float(value) if np.isfinite(value) else None

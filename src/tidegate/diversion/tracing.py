"""Where trade flows round a control: third countries whose trade rises beyond expectation on both legs of a detour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tidegate.diversion.control import Control
from tidegate.diversion.discovery import CORRECTIONS, fitting_method, together
from tidegate.diversion.evidence import CIF_FACTORS, MOST_LAG
from tidegate.diversion.expectation import MODELS, expected
from tidegate.diversion.legs import Cube, added, codes_of, cube_of, legs_of
from tidegate.diversion.placebo import SMALL, Plan, leg_test
from tidegate.diversion.routes import (
    PATH_COLUMNS,
    ROUTE_COLUMNS,
    VERDICTS,
    Tested,
    false_alarms,
    path_rows,
    quiet_values,
    route_rows,
)
from tidegate.errors import BadInputError
from tidegate.tables import Table, Tabular, need

if TYPE_CHECKING:
    from tidegate.sources.flows import Flows

__all__ = ["EXPLANATIONS", "Trace", "trace"]

EXPLANATIONS = (
    "A rise on both legs is a pattern, no finding about any shipment or firm.",
    "It also comes from a country's own demand (a data-centre boom), new plants, moved warehouses, prices, billing "
    "through a country that the goods never reach, a change of how customs books them, or a code that is a basket.",
    "What moves under another code, another origin or no declaration at all is not in these files.",
)
"""What a reader has to hold beside the table."""

_FEWEST = {"M": 3, "A": 1}
_MOST_PATHS = 12
_ALL = "all"
_FITS = 1600
_WINDOWS = (12, 48)


@dataclass(frozen=True, eq=False)
class Trace(Tabular):
    """Third countries and codes, strongest evidence first.

    control: what was traced. routes: rows of `ROUTE_COLUMNS`. paths: rows of `PATH_COLUMNS`, of the first routes. about:
    windows, expectations, base rate and false alarms. notes: what was left open.
    """

    control: Control
    about: Mapping[str, Any]
    routes: tuple[Mapping[str, Any], ...]
    paths: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...] = ()

    def table(self) -> Table:
        """Return a row for each country and code with all the evidence."""
        about = {
            **self.about,
            "notes": list(self.notes),
            "explanations": list(EXPLANATIONS),
            "paths": [dict(row) for row in self.paths],
        }
        return Table(self.routes, ROUTE_COLUMNS, about, "routes")

    def path_table(self) -> Table:
        """Return flow and expectation period by period, of the first routes."""
        return Table(self.paths, PATH_COLUMNS, self.about, "paths")

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON shows."""
        return self.table().to_dict()


def trace(
    flows: Flows,
    control: Control,
    hs: Iterable[str],
    *,
    hubs: Sequence[str] | None = None,
    window: int = 12,
    before: int = 12,
    model: str = "auto",
    correct: str = "adafilter",
    fdr: float = 0.05,
    notes: Mapping[str, Sequence[str]] | None = None,
) -> Trace:
    """Return third countries and codes whose trade rises beyond expectation after a control.

    flows: of `tidegate.sources.flows.read_flows`. control: of `control_of`. hs: codes, or what they begin with. hubs:
    country codes asked about, instead of every third country; false discoveries are counted among these. window: months
    from the first whole month in force. before: months that the expectation rests on, which end before
    the control was known. model: one of `MODELS`, or 'auto'. correct, fdr: correction over all countries and codes, of
    `CORRECTIONS`, and the rate that verdicts are given at. notes: what is to be said of a code, '' for all, as
    `codes_for` gives it. Raises: BadInputError: if the files do not reach over the control, or a word is not known.
    MissingExtraError: without the extra `diversion`.
    """
    need("polars")
    _check(window, before, model, correct, fdr)
    wanted = tuple(dict.fromkeys(hs))
    codes = codes_of(flows, wanted)
    freq, periods = _periods(flows, codes)
    plan, told = _plan(control, freq, periods, window, before)
    places = _places(flows, codes, freq)
    missing = [place for place in control.controller if place not in places]
    if missing:
        raise BadInputError(
            f"No flow of {', '.join(missing)} is in the files, neither as reporter nor as partner. Bring its exports, or "
            "name others with --controller."
        )
    aims = tuple(place for place in control.target if place in places)
    if aims != control.target:
        gone = ", ".join(place for place in control.target if place not in places)
        told.append(f"{gone}: no flow in the files; left out of the target.")
        control = replace(control, target=aims)
    if hubs is not None:
        unknown = [hub for hub in hubs if hub not in places or hub in (*control.controller, *aims)]
        if unknown:
            raise BadInputError(
                f"{', '.join(unknown)}: no third country of the files. Name others with --hub."
            )
    # Each country costs a fit in each placebo window: many countries make up for fewer windows.
    plan = replace(plan, most=max(_WINDOWS[0], min(_WINDOWS[1], _FITS // len(places))))
    absent = [code for code in wanted if not any(one.startswith(code.replace(".", "")) for one in codes)]
    if absent:
        told.append(f"No flow of {', '.join(absent)} is in the files.")
    tested, direct = [], []
    whole: Cube | None = None
    for code in codes:
        # One code at a time in memory: a world of months is a hundred megabytes.
        cube = cube_of(flows, code, freq, periods, places)
        tested.append(_tested(cube, control.controller, aims, plan, model))
        direct.append(_direct(cube, control.controller, aims, plan))
        if len(codes) > 1:
            whole = cube if whole is None else added(whole, cube)
    if whole is not None:
        tested.append(_tested(whole, control.controller, aims, plan, model, _ALL))
    # How legs move together is asked of all countries: two or three say too little.
    quiet = quiet_values(tested, None)
    moving = together(*quiet)
    used = fitting_method(correct, quiet)
    if used != correct:
        told.append(
            f"In placebo windows the two legs of a country move together (correlation {moving:.2f}): adafilter takes "
            "them as independent, so fdr_bh, which finds less, stands in. Gravity takes out what a country's whole trade "
            "has in common; it needs flows between more countries."
        )
    rows = route_rows(tested, plan, control, hubs, used, fdr, quiet)
    about_codes = [
        note
        for code, lines in (notes or {}).items()
        if not code or any(one.startswith(code) or code.startswith(one) for one in codes)
        for note in lines
    ]
    told = [*about_codes, *control.notes, *told, *flows.notes, *_base_notes(rows, tested, fdr, freq)]
    about = {
        "control": control.row(),
        "hs": list(codes),
        "hubs": list(hubs) if hubs is not None else None,
        "freq": freq,
        "window": [periods[plan.window[0]].isoformat(), periods[plan.window[1] - 1].isoformat()],
        "before": [periods[plan.fit.start].isoformat(), periods[plan.fit.stop - 1].isoformat()],
        "left_between": plan.gap,
        "placebo_windows": len(plan.placebos),
        "models": [
            {
                "hs": one.hs,
                "leg": leg,
                "model": test.model,
                "placebo_error": test.errors,
                "least_p": _number(test.floor),
            }
            for one in tested
            for leg, test in zip(("in", "out"), one.tests, strict=True)
            if test is not None
        ],
        "direct": direct,
        "correction": used,
        "legs_together": moving,
        "fdr": fdr,
        "small_share": SMALL,
        "cif_factors": list(CIF_FACTORS),
        "lags": [0, MOST_LAG],
        "tests": sum(row["p"] is not None for row in rows),
        "verdicts": {word: sum(row["verdict"] == word for row in rows) for word in VERDICTS},
        "placebo_alarms": false_alarms(quiet_values(tested, hubs), quiet, used, fdr),
        "currency": flows.currency,
        "sources": [source._asdict() for source in flows.sources],
    }
    return Trace(
        control,
        about,
        tuple(rows),
        tuple(path_rows(tested, plan, rows[:_MOST_PATHS])),
        tuple(dict.fromkeys(told)),
    )


def _tested(
    cube: Cube,
    controller: Sequence[str],
    target: Sequence[str],
    plan: Plan,
    model: str,
    name: str | None = None,
) -> Tested:
    legs = legs_of(cube, controller, target)
    first, second = legs
    tests = (leg_test(first, plan, model), leg_test(second, plan, model) if second is not None else None)
    whole = slice(0, plan.known_from), slice(0, plan.window[1])
    paths = (
        expected(first, "share", *whole),
        expected(second, "share", *whole) if second is not None else None,
    )
    return Tested(name or cube.hs, cube.periods, legs, tests, paths)


def _direct(cube: Cube, controller: Sequence[str], target: Sequence[str], plan: Plan) -> dict[str, Any]:
    """The flow that the control binds, a period before and after."""
    own, aim = ([cube.places.index(place) for place in side] for side in (controller, target))
    flow = cube.chosen_value[np.ix_(own, aim)].sum((0, 1)) if aim else np.full(len(cube.periods), np.nan)
    means = [float(flow[span].mean()) for span in (plan.fit, slice(*plan.window))]
    return {"hs": cube.hs, "before": _number(means[0]), "after": _number(means[1])}


def _periods(flows: Flows, codes: Sequence[str]) -> tuple[str, tuple[dt.date, ...]]:
    """Months where the files have any of these codes, else years, from the first to the last without gaps."""
    pl = need("polars")
    mine = flows.table.filter(pl.col("hs").is_in(list(codes)))
    freq = "M" if (mine["freq"] == "M").any() else "A"
    there: list[dt.date] = mine.filter(pl.col("freq") == freq)["period"].unique().to_list()
    first, last = min(there), max(there)
    if freq == "A":
        return freq, tuple(dt.date(year, 1, 1) for year in range(first.year, last.year + 1))
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return freq, tuple(
        dt.date(first.year + (first.month - 1 + step) // 12, (first.month - 1 + step) % 12 + 1, 1)
        for step in range(count)
    )


def _plan(
    control: Control, freq: str, periods: Sequence[dt.date], window: int, before: int
) -> tuple[Plan, list[str]]:
    notes = []
    span = f"{periods[0]:%Y-%m} to {periods[-1]:%Y-%m}"
    if freq == "A":
        window, before = max(1, window // 12), max(2, before // 12)
        notes.append(
            "The files are yearly: the year in which the control came is left out, lags and dates within a year cannot "
            "be told, and there are few placebo windows. Bring monthly files."
        )
    start = next((at for at, period in enumerate(periods) if period >= control.since), None)
    unit = "month" if freq == "M" else "year"
    if start is None or len(periods) - start < _FEWEST[freq]:
        raise BadInputError(
            f"The files hold {span}; the first whole {unit} after {control.since} and the ones that follow are needed, "
            f"at least {_FEWEST[freq]}. Bring later files."
        )
    known = min(max((at for at, period in enumerate(periods) if period <= control.known), default=-1), start)
    if known < before:
        raise BadInputError(
            f"The files hold {span}; the expectation rests on {before} {unit}s that end before {control.known}, when the "
            "control became known. Bring earlier files, or fewer with --before."
        )
    stop = min(start + window, len(periods))
    if stop - start < window:
        notes.append(f"The files end after {stop - start} of {window} {unit}s: the window is that long.")
    return Plan(before, (start, stop), known), notes


def _places(flows: Flows, codes: Sequence[str], freq: str) -> tuple[str, ...]:
    pl = need("polars")
    mine = flows.table.filter(pl.col("hs").is_in(list(codes)), pl.col("freq") == freq)
    return tuple(sorted({*mine["reporter"].to_list(), *mine["partner"].to_list()}))


def _base_notes(
    rows: Sequence[Mapping[str, Any]], tested: Sequence[Tested], fdr: float, freq: str
) -> list[str]:
    """What chance alone would show, and whether it could be told from something at all."""
    notes = []
    for side, word in ((0, "first"), (1, "second")):
        name = "in_p" if side == 0 else "out_p"
        known = [row[name] for row in rows if row[name] is not None]
        if known:
            seen = sum(one <= 0.05 for one in known)
            notes.append(
                f"{word} leg: {seen} of {len(known)} p values are 0.05 or less; chance alone makes about "
                f"{0.05 * len(known):.0f}."
            )
    floors = [
        test.floor for one in tested for test in one.tests if test is not None and np.isfinite(test.floor)
    ]
    least = max(floors, default=0.0)
    earlier = f"Bring earlier {'months' if freq == 'M' else 'years'}."
    if least > fdr:
        notes.append(
            f"So few placebo windows allow no p value below {least:.3f}: nothing can be named at {fdr:g}. {earlier}"
        )
    elif least * len(rows) * np.log(max(len(rows), 3)) > fdr:
        notes.append(
            f"So few placebo windows allow no p value below {least:.4f}: a single leg of {len(rows)} can hardly be "
            f"named at {fdr:g}. {earlier}"
        )
    if any(test is not None and test.model != "gravity" for one in tested for test in one.tests):
        notes.append(
            "An expectation by 'share' or 'synthetic' does not take out a boom of all that a country buys or sells; "
            "other_models has what gravity says where the files carry it."
        )
    return notes


def _check(window: int, before: int, model: str, correct: str, fdr: float) -> None:
    for name, value, least in (("window", window, 3), ("before", before, 6)):
        if value < least:
            raise BadInputError(f"--{name} {value} is too short. Give {least} months or more.")
    for word, known, what in ((model, ("auto", *MODELS), "model"), (correct, CORRECTIONS, "correction")):
        if word not in known:
            raise BadInputError(f"The {what} '{word}' is not known. Write one of: {', '.join(known)}.")
    if not 0 < fdr < 1:
        raise BadInputError(f"--fdr {fdr} is no rate. Give one between 0 and 1, usually 0.05.")


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None

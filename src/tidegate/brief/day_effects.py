"""Who is hit, and by how much: the chosen changes through the supply model, with bands, and what each number rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from tidegate.brief.day_record import Due, EffectLine, Effects, Moved, Talk, WhatIf
from tidegate.brief.day_watch import scenarios_about
from tidegate.brief.day_whatifs import Question, choose, next_quarter, questions_of, weigh
from tidegate.brief.word import link_of
from tidegate.dates import Day
from tidegate.errors import MissingExtraError
from tidegate.kept import digest, known, learn
from tidegate.ledger import Ledger
from tidegate.ledger.digest import ledger_digest
from tidegate.ledger.hindsight import ledger_as_known
from tidegate.ledger.scenario import apply_scenario_text
from tidegate.supply.calibration import START, Calibration, class_of, load_calibration
from tidegate.supply.course import Course
from tidegate.supply.quarters import quarter_of_month

__all__ = ["EQUATIONS", "MOST", "effects_on", "span_after"]

MOST = 3
"""Changes that are run: what one page can show, and a reader with five minutes can weigh."""

EACH = 2
"""Lines of each kind that a change shows: the largest."""

SMALLEST = 0.05
"""Effect below which a line is left out, in percent, points or whatever its unit is: it would read 0.0."""

LAST_YEAR = 2032
"""The last year about which a model with a base year of 2022 is asked (`tidegate.supply.report.check_question`)."""

EQUATIONS: Mapping[str, tuple[str, str]] = {
    "sales": ("equation (4), summed as in 9", "4-prices-market"),
    "imports": ("equation (4), summed as in 9", "9-accounts-path-trade-outcomes"),
    "domestic": ("equation (4), as a share in 9", "9-accounts-path-trade-outcomes"),
    "detour": ("wedges of 2, summed as in 9", "2-wedges-wedge-diversion"),
    "stock": ("equations (5) to (7)", "5-stocks-orders-and-anticipation-stocks-unease-plans"),
    "output": ("equation (8)", "6-users-output"),
    "capacity": ("equation (9)", "7-capacity-capacity"),
}
"""By kind of outcome: the equation in docs/supply.md that gives it, and the heading under which it stands."""

Tell = Callable[[str, int, int], None]


def span_after(on: Day) -> tuple[str, str]:
    """Return the four quarters after that of a day."""
    first = next_quarter(on)
    quarter = quarter_of_month((first.year, first.month))
    last = first.replace(year=first.year + 1, month=first.month)
    place = last.year * 4 + (last.month - 1) // 3 - 1
    return quarter, f"{place // 4}Q{place % 4 + 1}"


def effects_on(
    ledger: Ledger, since: Day, on: Day, moved: Sequence[Moved], due: Sequence[Due], talk: Sequence[Talk], *,
    draws: int, seed: int, tell: Tell,
) -> Effects:  # fmt: skip
    """Return who is hit by what changed, by what is due and by what is talked about, over the four quarters after a day.

    Everything is asked of the ledger as known on the day. moved, due, talk: of that ledger.
    """
    first, last = span_after(on)
    if first < START or on.year >= LAST_YEAR:
        return Effects(left_out=f"the supply model runs from {START} to the year {LAST_YEAR}")
    calibration = load_calibration()
    then = ledger_as_known(ledger, on)
    asked, not_asked = questions_of(then, calibration, since, on, moved, due, talk)
    try:
        reach, none = weigh(then, calibration, asked, partial(tell, "weighing changes"))
        chosen = choose(reach, MOST)
        found = _run(then, calibration, chosen, (first, last), draws, seed, partial(tell, "draws"))
    except MissingExtraError as error:
        return Effects(left_out=str(error))
    tell("holding the model against what came", 0, 0)
    return Effects(
        first=first, last=last, draws=draws, seed=seed, reached=len(reach), what_ifs=tuple(found),
        not_modelled=(*not_asked, *none), record=_record(ledger, calibration, draws, seed),
    )  # fmt: skip


def _run(
    ledger: Ledger, calibration: Calibration, chosen: Sequence[Question], span: tuple[str, str], draws: int,
    seed: int, progress: Callable[[int, int], None],
) -> list[WhatIf]:  # fmt: skip
    """The chosen changes in the same draws; the record is run once, for all of them."""
    from tidegate.supply.course import differing
    from tidegate.supply.effects import effects_of
    from tidegate.supply.headlines import headline_outcomes

    others = [apply_scenario_text(ledger, one.text, "scenario") for one in chosen]
    record = Course(calibration, ledger, span[1])
    touched: list[set[str]] = []
    for place, other in enumerate(others):
        progress(place, 0)
        touched.append({good for _, good in differing(record, Course(calibration, other, span[1]))})
    names = headline_outcomes(calibration, set().union(*touched)) if others else ()
    found = []
    for one, other, goods in zip(chosen, others, touched, strict=True):
        after, before = (ledger, other) if one.in_record else (other, ledger)
        effects = effects_of(
            after,
            before,
            *span,
            draws=draws,
            seed=seed,
            outcomes=names,
            calibration=calibration,
            progress=progress,
        )
        own = set(headline_outcomes(calibration, goods))
        lines = [_line(calibration, row, goods) for row in effects.rows if row["outcome"] in own]
        shipped = scenarios_about(one.measures)
        found.append(
            WhatIf(
                one.sort, one.label, one.against, one.measures, one.titles, one.text, one.in_record, one.lots, one.trade,
                _largest(lines), effects.unchanged, shipped[0].name if shipped else None,
            )
        )  # fmt: skip
    return found


def _largest(lines: Sequence[EffectLine]) -> tuple[EffectLine, ...]:
    """The largest of each kind, companies first; those that round to nothing are left out.

    lines: in the order of `tidegate.supply.scale.in_order`.
    """
    real = [line for line in lines if abs(line.effect) >= SMALLEST]
    kinds = ("companies", "countries", "goods")
    return tuple(line for kind in kinds for line in [one for one in real if one.kind == kind][:EACH])


def _line(calibration: Calibration, row: Mapping[str, Any], goods: set[str]) -> EffectLine:
    kind, *parts = str(row["outcome"]).split(":")
    equation, anchor = EQUATIONS[kind]
    rests_on, source = _evidence(calibration, kind, parts, goods)
    is_firm = kind == "sales" and parts[0].islower()
    by_good = kind in ("imports", "stock", "detour")
    return EffectLine(
        outcome=row["outcome"], label=row["label"], kind="companies" if is_firm else "goods" if by_good else "countries",
        unit=row["unit"], effect=row["effect"], low=row["low"], high=row["high"], baseline=row["baseline"],
        equation=equation, anchor=anchor, rests_on=rests_on, source=source,
    )  # fmt: skip


def _evidence(
    calibration: Calibration, kind: str, parts: Sequence[str], goods: set[str]
) -> tuple[str, str | None]:
    """What the number of the base year behind an outcome rests on, and its source: the largest row of the calibration."""
    if kind in ("output", "capacity"):
        own = [row for row in calibration.demand if row["buyer"] == parts[0]]
        # Chips are what users make their goods of, tools what plants are built of.
        own = [row for row in own if row["class"] == ("tools" if kind == "capacity" else "chips")] or own
        rows = sorted(own, key=lambda row: -row["value"])
    elif kind == "sales" and parts[0].islower():
        own = [row for row in calibration.suppliers if row["company"] == parts[0]]
        rows = sorted(own, key=lambda row: (row["good"] not in goods, -row["revenue"]))
    else:
        good = parts[0] if kind in ("stock", "detour") else parts[1]
        buyer = parts[1] if kind in ("stock", "detour") else parts[0]
        demand = [
            row for row in calibration.demand if row["buyer"] == buyer and row["class"] == class_of(good)
        ]
        rows = [*demand, *sorted(calibration.of_good(good), key=lambda row: -row["revenue"])]
    if not rows:
        return "an assumption", None
    return rows[0]["kind"], link_of(rows[0]["source"])


def _record(ledger: Ledger, calibration: Calibration, draws: int, seed: int) -> dict[str, Any]:
    """How far the model was from what came, kept by all that it follows from."""
    from tidegate.supply.hindcast import hindcast
    from tidegate.supply.shipped_targets import shipped_targets

    files = [path.read_bytes() for path in sorted(calibration.folder.glob("*.*"))]
    key = digest("model record", ledger_digest(ledger), *files, f"{draws} {seed}")
    raw = known([key]).get(key)
    if raw is None:
        came = hindcast(shipped_targets(calibration), ledger, calibration=calibration, draws=draws, seed=seed)
        raw = msgspec.json.encode({**came.summary(), "start": came.about()["start"], "draws": draws})
        learn({key: raw})
    found: dict[str, Any] = msgspec.json.decode(raw)
    return found

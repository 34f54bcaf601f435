"""What-ifs: a list of edits that gives another ledger and leaves this one as it is.

title: Japan adopts the servicing limits
edits:
  - set: jp-servicing-talks        # from this day the measure has this stage; what the record
    stage: in_force                # says of later days is set aside
    on: 2025-06-01
  - move: us-2025-05-23-eda-letters  # the recorded entry of this stage happens on another day,
    stage: lifted                    # or `never`
    on: never
  - mirror: us-2022-10-07-us-persons # another government does the same
    by: JP
    on: 2025-06-01
  - drop: us-2025-05-15-gulf-ai-chip-approvals   # as if it had never been
  - add: {id: ..., title: ...}     # a whole measure, as in a ledger file
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day, parse_when
from tidegate.errors import BadInputError, LedgerError, Problem
from tidegate.ledger.check import check_records
from tidegate.ledger.ledger import Ledger
from tidegate.ledger.model import Entry, Limb, Measure, Review, WrittenStage
from tidegate.ledger.predicate import parse_predicate
from tidegate.records import YamlRecord, read_yaml_records, read_yaml_text_records

__all__ = ["apply_scenario", "apply_scenario_records", "apply_scenario_text"]

_FIELDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    # edit: (fields it must have, fields it may have)
    "set": (frozenset({"stage", "on"}), frozenset({"note"})),
    "move": (frozenset({"stage", "on"}), frozenset({"note"})),
    "mirror": (frozenset({"by", "on"}), frozenset({"stage", "id", "title", "note"})),
    "drop": (frozenset(), frozenset({"note"})),
    "add": (frozenset(), frozenset()),
}


def apply_scenario(ledger: Ledger, path: str | Path) -> Ledger:
    """Return the ledger with the edits of a scenario file; the given ledger is not changed.

    Raises: LedgerError: with file:line for every edit that makes no sense.
    """
    return apply_scenario_records(ledger, read_yaml_records(Path(path)), str(path))


def apply_scenario_text(ledger: Ledger, text: str, name: str) -> Ledger:
    """Return the ledger with the edits of a scenario given as YAML text. name: what messages call it.

    Raises: LedgerError: with name:line for every edit that makes no sense.
    """
    return apply_scenario_records(ledger, read_yaml_text_records(text, name), name)


def apply_scenario_records(ledger: Ledger, records: Sequence[YamlRecord], path: str) -> Ledger:
    """Return the ledger with the edits of a scenario that was read already. path: what messages call its file.

    Raises: LedgerError: with path:line, as the lines of the record say, for every edit that makes no sense.
    """
    if len(records) != 1:
        raise LedgerError([Problem(path, 1, "not-a-scenario", "One scenario is expected.", "Split it.")])
    record = records[0]
    extra = set(record.data) - {"title", "about", "edits"}
    if extra or not isinstance(record.data.get("edits"), list) or not record.data.get("title"):
        what = f"'{min(extra)}' is no field." if extra else "A title and a list of edits are expected."
        mend = "A scenario has title, about and edits."
        raise LedgerError(
            [Problem(record.path, record.line(*sorted(extra)[:1]), "not-a-scenario", what, mend)]
        )
    measures = {measure.id: measure for measure in ledger}
    title = str(record.data["title"])
    problems: list[Problem] = []
    for index in range(len(record.data["edits"])):
        try:
            _apply(measures, record, index, title, ledger)
        except LedgerError as error:
            problems += error.problems
    if problems:
        raise LedgerError(problems)
    return Ledger(tuple(measures.values()), ledger.read_to, title, ledger.starts)


def _apply(measures: dict[str, Measure], record: YamlRecord, index: int, title: str, ledger: Ledger) -> None:
    edit = record.data["edits"][index]
    if not isinstance(edit, dict):
        raise _error(record, index, (), "not-an-edit", "An edit is `key: value` lines.", _MEND)
    kinds = [kind for kind in _FIELDS if kind in edit]
    if len(kinds) != 1:
        raise _error(record, index, (), "not-an-edit", "An edit has one verb.", _MEND)
    kind = kinds[0]
    needed, allowed = _FIELDS[kind]
    for field in edit:
        if field not in needed | allowed | {kind}:
            mend = f"'{kind}' takes {', '.join(sorted(needed | allowed)) or 'nothing else'}."
            raise _error(record, index, (field,), "unknown-key", f"'{field}' is no field of '{kind}'.", mend)
    for field in sorted(needed):
        if field not in edit:
            raise _error(record, index, (kind,), "missing-key", f"'{kind}' needs '{field}'.", f"Add {field}.")
    if kind == "add":
        _add(measures, record, index, ledger)
        return
    name = str(edit[kind])
    if name not in measures:
        from rapidfuzz import process

        near = process.extractOne(name, list(measures))
        mend = f"Did you mean '{near[0]}'?" if near else "Check the id."
        raise _error(record, index, (kind,), "unknown-measure", f"'{name}' is no measure.", mend)
    measure = measures[name]
    for text in (edit.get("stage"), edit.get("note"), edit.get("id"), edit.get("title")):
        if text is not None and not isinstance(text, str):
            raise _error(record, index, (), "wrong-type", f"{text!r} is not text.", "Quote it.")
    if kind == "drop":
        del measures[name]
        return

    def fail(field: str, rule: str, message: str, mend: str) -> LedgerError:
        return _error(record, index, (field,), rule, message, mend)

    edited = {"set": _set, "move": _move, "mirror": _mirror}[kind](measure, edit, title, fail)
    if kind == "mirror" and edited.id in measures:
        raise fail("mirror", "doubled-id", f"'{edited.id}' is taken.", "Give another `id`.")
    measures[edited.id] = edited


_MEND = f"The verbs are {', '.join(_FIELDS)}."
_Fail = Callable[[str, str, str, str], LedgerError]
_STAGES = frozenset(WrittenStage.__args__)  # type: ignore[attr-defined]


def _set(measure: Measure, edit: Mapping[str, Any], title: str, fail: _Fail) -> Measure:
    entry = _entry(edit, title, edit["stage"], fail)
    _check_after_start(measure, entry, fail, "Give a later day, or `add` a measure.")

    def kept(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(e for e in entries if e.when.first < entry.when.first or e.role != "change")

    limbs = tuple(
        msgspec.structs.replace(limb, history=kept(limb.history), scheduled=()) for limb in measure.limbs
    )
    history = sorted((*kept(measure.history), entry), key=lambda e: e.when.first)
    scheduled = tuple(plan for plan in measure.scheduled if plan.stage is None)
    return msgspec.structs.replace(measure, history=tuple(history), limbs=limbs, scheduled=scheduled)


def _move(measure: Measure, edit: Mapping[str, Any], title: str, fail: _Fail) -> Measure:
    stage = _stage(edit["stage"], fail)
    parts = [measure.history, *(limb.history for limb in measure.limbs)]
    places = [
        (number, place)
        for number, part in enumerate(parts)
        for place, e in enumerate(part)
        if e.stage == stage and e.role == "change"
    ]
    if not places:
        message = f"'{measure.id}' never was '{stage}'."
        raise fail("stage", "no-such-stage", message, "Use `set` to give it a new stage.")
    number, place = places[-1]
    old = parts[number][place]
    rest = tuple(e for index, e in enumerate(parts[number]) if index != place)
    if edit["on"] != "never":
        entry = _entry(edit, title, stage, fail)
        _check_after_start(measure, entry, fail, "Give a later day.")
        entry = msgspec.structs.replace(entry, until=None, then=None, printed=old.printed)
        rest = tuple(sorted((*rest, entry), key=lambda e: e.when.first))
    if not rest and number == 0:
        message = f"Without it '{measure.id}' has no history."
        raise fail("move", "no-history", message, "Use `drop`.")
    if number == 0:
        return msgspec.structs.replace(measure, history=rest)
    limbs = list(measure.limbs)
    limbs[number - 1] = msgspec.structs.replace(limbs[number - 1], history=rest)
    return msgspec.structs.replace(measure, limbs=tuple(limbs))


def _mirror(measure: Measure, edit: Mapping[str, Any], title: str, fail: _Fail) -> Measure:
    try:
        by = load_catalog().find(str(edit["by"]), "country")
    except LookupError as error:
        raise fail("by", "unknown-place", str(error), "Write an ISO code.") from None
    if by == measure.jurisdiction:
        raise fail("by", "mirrors-itself", f"{by} made '{measure.id}' itself.", "Name another government.")
    entry = _entry(edit, title, edit.get("stage", "in_force"), fail)
    _check_after_start(measure, entry, fail, "Give a later day.")
    new_id = edit.get("id") or f"{by.lower()}-mirror-of-{measure.id}"
    if not re.fullmatch(rf"{by.lower()}-[a-z0-9]+(-[a-z0-9]+)*", new_id) or len(new_id) > 80:
        mend = f"Write words after '{by.lower()}-', joined by '-', 80 characters at most."
        raise fail("mirror", "bad-id", f"The id '{new_id}' is not well formed.", mend)
    day = entry.when.first
    limbs = tuple(
        Limb(
            limb=limb.limb, title=limb.title, when=_as_law_of(by, measure.scope_on(day, limb.limb)), effect=limb.effect,
            licence_policy=limb.licence_policy, reviews=_reviews_as_law_of(by, limb.reviews, day), quota=limb.quota,
        )
        for limb in measure.limbs
    )  # fmt: skip
    return msgspec.structs.replace(
        measure,
        id=new_id,
        title=(edit.get("title") or f"{by} mirrors: {measure.title}")[:160],
        jurisdiction=by,
        authority="scenario",
        legal_form="scenario",
        citation=None,
        official_url=None,
        known_as=(),
        binds=(),
        when=None if limbs else _as_law_of(by, measure.scope_on(day)),
        reviews=_reviews_as_law_of(by, measure.reviews, day),
        lifts=(),
        mirrors=(measure.id,),
        supersedes=(), amends=(), suspends=(), overlaps=(), answers=(), counterpart=(),
        remarks=None, open_question=None, scheduled=(), limbs=limbs, history=(entry,),
    )  # fmt: skip


def _check_after_start(measure: Measure, entry: Entry, fail: _Fail, mend: str) -> None:
    first, written = min((e.when.first, e.on) for e in measure.entries)
    if entry.when.first < first:
        message = f"{entry.on} is before '{measure.id}' exists: its record starts on {written}."
        raise fail("on", "before-the-measure", message, mend)


def _reviews_as_law_of(by: str, reviews: tuple[Review, ...], day: Day) -> tuple[Review, ...]:
    found = []
    for review in reviews:
        starts = [] if isinstance(review.when, str) else [s for s in review.when if parse_day(s) <= day]
        text = review.when if isinstance(review.when, str) else review.when[max(starts)] if starts else None
        if (rewritten := _as_law_of(by, text)) is not None:
            found.append(Review(policy=review.policy, when=rewritten))
    return tuple(found)


def _as_law_of(by: str, scope: str | None) -> str | None:
    """Rewrite a scope so that what ties it to its maker's territory ties it to `by` instead."""
    if scope is None:
        return None
    from sqlglot import exp, parse_one
    from sqlglot.optimizer.simplify import simplify

    home = parse_one(f"exporter_country = '{by}'")

    def rewrite(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name in (
            "subject_to_ear",
            "us_person",
            "us_technology",
        ):
            return home.copy()
        if isinstance(node, exp.EQ | exp.In) and isinstance(node.this, exp.Column):
            if node.this.name in ("exporter", "exporter_country"):
                return home.copy()
            if node.this.name == "us_person_employer_headquarters":
                return exp.false()
        return node

    rewritten = parse_predicate(scope).copy().transform(rewrite)
    text: str = simplify(rewritten, dialect="duckdb").sql(dialect="duckdb")
    return text


def _add(measures: dict[str, Measure], record: YamlRecord, index: int, ledger: Ledger) -> None:
    data = record.data["edits"][index]["add"]
    if not isinstance(data, dict):
        raise _error(record, index, ("add",), "not-a-record", "A measure is expected.", "Write its fields.")
    here = ("edits", index, "add")
    lines = {key[3:]: line for key, line in record.lines.items() if key[:3] == here}
    problems = check_records([YamlRecord(record.path, data, lines)], ledger)
    if problems:
        raise LedgerError(problems)
    measure = msgspec.convert(data, Measure)
    if measure.id in measures:
        raise _error(record, index, ("add", "id"), "doubled-id", f"'{measure.id}' is taken.", "Rename it.")
    measures[measure.id] = measure


def _entry(edit: Mapping[str, Any], title: str, stage: object, fail: _Fail) -> Entry:
    written = _stage(stage, fail)
    text = str(edit["on"])
    try:
        parse_when(text)
    except BadInputError as error:
        message, _, mend = str(error).partition(". ")
        raise fail("on", "bad-date", f"{message}.", mend) from None
    note = str(edit.get("note") or "assumed by the scenario")
    return Entry(on=text, stage=written, note=note, source=f"note: scenario '{title}'"[:600], verified=False)


def _stage(stage: object, fail: _Fail) -> WrittenStage:
    if stage not in _STAGES:
        mend = f"Stages: {', '.join(sorted(_STAGES))}."
        raise fail("stage", "bad-word", f"stage '{stage}' is not known.", mend)
    return stage  # type: ignore[return-value]


def _error(
    record: YamlRecord, index: int, path: tuple[str, ...], rule: str, message: str, mend: str
) -> LedgerError:
    return LedgerError([Problem(record.path, record.line("edits", index, *path), rule, message, mend)])

"""Every rule a measure must keep, and the message for each way of breaking it.

Two passes: the shape of a record against the JSON Schema made from `model.Measure`, then what the schema
cannot say (dates in order, names that the catalog knows, scopes that parse). docs/validation.md lists
the rules; tests/data/broken holds one broken record for each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.catalog import load_catalog
from tidegate.dates import parse_day, parse_when
from tidegate.errors import BadInputError, Problem
from tidegate.ledger.model import Effect, Entry, Limb, Measure, Relation, Scheduled, Scope
from tidegate.ledger.predicate import PredicateError, columns, parse_predicate, predicate_names
from tidegate.ledger.schema import Path, did_you_mean, problem, shape_problems
from tidegate.records import YamlRecord

if TYPE_CHECKING:
    from tidegate.ledger.ledger import Ledger

__all__ = ["RULES", "check_records"]

RULES = {
    "announced-end-without-end": "An announced end needs an entry whose own end it extends.",
    "bad-date": "A date is 2025, 2025-02, 2025-02-25 or a range of those; ends are whole days.",
    "bad-id": "An id is jurisdiction, date and words, joined by '-'.",
    "bad-key": "A key is plain text.",
    "bad-length": "Texts and lists keep their bounds; a history has at least one entry.",
    "bad-scope": "A scope is one SQL expression.",
    "bad-source": "A source is an http(s) address, or press:, note: or law: and a citation.",
    "bad-word": "A field with a closed list of words holds one of them.",
    "doubled-id": "No two measures share an id, the shipped ones included.",
    "doubled-key": "No key stands twice in one mapping.",
    "doubled-limb": "No two limbs of a measure share a name.",
    "empty-file": "A file holds at least one record.",
    "exception-effect": "The name of an exception stands with `effect: except`, and only there.",
    "history-order": "A history is sorted by date, oldest first.",
    "id-jurisdiction": "The id starts with the jurisdiction.",
    "licence-policy": "A licence policy stands with `effect: require`, and only there.",
    "missing-key": "Every required field is there.",
    "no-scope": "A measure has a scope, or a word on why it has none.",
    "not-a-predicate": "A scope is built from comparisons, IN, BETWEEN, IS NULL, AND, OR, NOT and NULL.",
    "not-a-record": "A file holds a mapping or a list of mappings.",
    "not-utf8": "A file is UTF-8.",
    "not-yaml": "A file is YAML.",
    "printed-repeats": "`printed` stands only where the printed text differs from what is enforced.",
    "reviews-effect": "Licence policies by condition stand with `effect: require`, and only there.",
    "too-deep": "Records are not nested without end.",
    "too-large": "A file has at most 16 MiB.",
    "unknown-column": "A scope uses the columns of docs/columns.md.",
    "unknown-function": "A scope uses GROUP, CLASS and CODES.",
    "unknown-group": "A country group is one of the catalog.",
    "unknown-item": "An item is one of the catalog.",
    "unknown-key": "There are no fields but those of the schema.",
    "unknown-measure": "A relation, or `lifts`, names another measure that exists, and its limb.",
    "unknown-party": "A party is one of the catalog.",
    "unknown-place": "A destination is an ISO code, `world` or a group.",
    "unreadable": "A file can be read.",
    "until-before-start": "A stage ends after it starts.",
    "until-then": "`until` and `then` stand together.",
    "wrong-literal": "A column is compared with a value of its own type, or one of its words.",
    "wrong-type": "A field has the type of the schema; a year alone is quoted.",
}
"""Every rule by its name. docs/validation.md is made from this."""


def check_records(records: Sequence[YamlRecord], base: Ledger | None = None) -> list[Problem]:
    """Return every broken rule in the records; none is a valid set of measures.

    base: a ledger whose measures the records may refer to and whose ids they may not take.
    """
    problems: list[Problem] = []
    measures: list[tuple[YamlRecord, Measure]] = []
    for record in records:
        found = shape_problems(record)
        if not found:
            try:
                measures.append((record, msgspec.convert(record.data, Measure)))
            except (msgspec.ValidationError, BadInputError) as error:
                found = [Problem(record.path, record.line(), "wrong-type", f"{error}.", "Mend it.")]
        problems += found
    known = {measure.id for measure in base} if base else set()
    own: dict[str, YamlRecord] = {}
    for record, measure in measures:
        if measure.id in known or measure.id in own:
            first = own.get(measure.id)
            where = f"in {first.path}:{first.line('id')}" if first else "in the shipped ledger"
            message = f"The id '{measure.id}' is taken {where}."
            problems.append(problem(record, ("id",), "doubled-id", message, "Give it another id."))
        own.setdefault(measure.id, record)
    known |= set(own)
    for record, measure in measures:
        problems += _meaning_problems(record, measure, known)
    return sorted(set(problems), key=lambda problem: (problem.path, problem.line, problem.rule))


def _meaning_problems(record: YamlRecord, measure: Measure, known: set[str]) -> Iterator[Problem]:
    if not measure.id.startswith(f"{measure.jurisdiction.lower()}-"):
        message = f"The id '{measure.id}' does not start with '{measure.jurisdiction.lower()}-'."
        yield problem(record, ("id",), "id-jurisdiction", message, "Let id and jurisdiction agree.")
    yield from _name_problems(record, measure, known)
    yield from _effect_problems(record, measure)
    yield from _scope_problems(record, ("when",), measure.when)
    yield from _deciding_problems(record, (), measure, measure.effect, known)
    yield from _history_problems(record, ("history",), measure.history)
    yield from _date_problems(record, ("scheduled",), measure.scheduled)
    seen: set[str] = set()
    for index, limb in enumerate(measure.limbs):
        if limb.limb in seen:
            message = f"The limb '{limb.limb}' stands twice."
            yield problem(record, ("limbs", index), "doubled-limb", message, "Rename one.")
        seen.add(limb.limb)
        yield from _limb_problems(record, index, limb)
        yield from _deciding_problems(record, ("limbs", index), limb, limb.effect or measure.effect, known)
    announced = next((e for e in measure.entries if e.until_announced), None)
    if announced and not any(entry.until for entry in measure.entries):
        message = "An announced end is given and no entry has an end by its text."
        mend = "Add `until` to the entry whose end was extended."
        yield problem(record, ("history",), "announced-end-without-end", message, mend)


def _limb_problems(record: YamlRecord, index: int, limb: Limb) -> Iterator[Problem]:
    yield from _scope_problems(record, ("limbs", index, "when"), limb.when)
    yield from _history_problems(record, ("limbs", index, "history"), limb.history)
    yield from _date_problems(record, ("limbs", index, "scheduled"), limb.scheduled)


def _deciding_problems(
    record: YamlRecord, path: Path, part: Measure | Limb, effect: Effect, known: set[str]
) -> Iterator[Problem]:
    """What a determination rests on: conditions, exceptions, what gives way, quotas."""
    for index, review in enumerate(part.reviews):
        yield from _scope_problems(record, (*path, "reviews", index, "when"), review.when)
    if part.reviews and effect != "require":
        yield problem(
            record, (*path, "reviews"), "reviews-effect", f"Its effect is '{effect}'.", "Drop the reviews."
        )
    if part.exception and effect != "except":
        yield problem(record, (*path, "exception"), "exception-effect", f"Its effect is '{effect}'.",
                       "Write `effect: except`, or drop the name.")  # fmt: skip
    for index, other in enumerate(part.lifts):
        if other.partition("/")[0] not in known:
            yield problem(record, (*path, "lifts", index), "unknown-measure",
                           f"lifts names '{other}', which is no measure.", did_you_mean(other, known))  # fmt: skip
    if part.quota:
        quota = part.quota
        for name in (quota.fills, quota.amount, *quota.per):
            if name not in columns():
                yield problem(record, (*path, "quota"), "unknown-column", f"'{name}' is no column.",
                               did_you_mean(name, columns()))  # fmt: skip
        if quota.against:
            yield from _scope_problems(record, (*path, "quota", "against"), quota.against)


def _name_problems(record: YamlRecord, measure: Measure, known: set[str]) -> Iterator[Problem]:
    catalog = load_catalog()
    names: list[tuple[str, Iterable[str], Mapping[str, Any], str]] = [
        ("items", measure.items, catalog.items, "item"),
        *((role, getattr(measure, role), catalog.parties, "party") for role in ("binds", "targets", "names")),
    ]
    for field, values, register, kind in names:
        for index, value in enumerate(values):
            if value not in register:
                yield problem(record, (field, index), f"unknown-{kind}", f"'{value}' is no {kind}.",
                               did_you_mean(value, register, "Or add it to the catalog."))  # fmt: skip
    for index, place in enumerate(measure.destinations):
        bare = place.removeprefix("!")
        if bare != "world" and bare not in catalog.countries and bare not in catalog.groups:
            yield problem(record, ("destinations", index), "unknown-place", f"'{bare}' is no place.",
                           "Write an ISO code or a group of docs/catalog.md.")  # fmt: skip
    for relation in Relation:
        for index, other in enumerate(measure.related(relation)):
            if other == measure.id or other not in known:
                what = "itself" if other == measure.id else f"'{other}', which is no measure"
                yield problem(record, (relation.value, index), "unknown-measure",
                               f"{relation.value} names {what}.", did_you_mean(other, known))  # fmt: skip


def _effect_problems(record: YamlRecord, measure: Measure) -> Iterator[Problem]:
    needs_policy = measure.effect == "require"
    if needs_policy != (measure.licence_policy is not None):
        message = "A licence policy stands with `effect: require`, and only there."
        mend = "Add licence_policy (not_stated where the text is silent)." if needs_policy else "Drop it."
        yield problem(record, ("effect",), "licence-policy", message, mend)
    scopes = [measure.when, *(limb.when for limb in measure.limbs)]
    if not any(scopes) and measure.scope_note is None:
        message = "There is neither a scope nor a word on why there is none."
        mend = "Add `when`, or `scope_note` with the reason."
        yield problem(record, ("effect",), "no-scope", message, mend)


def _scope_problems(record: YamlRecord, path: Path, scope: Scope | None) -> Iterator[Problem]:
    if scope is None:
        return
    parts: list[tuple[Path, str]] = (
        [(path, scope)] if isinstance(scope, str) else [((*path, day), text) for day, text in scope.items()]
    )
    catalog = load_catalog()
    registers = {"GROUP": ("group", catalog.groups), "CLASS": ("item", catalog.items)}
    for place, text in parts:
        try:
            tree = parse_predicate(text)
        except PredicateError as error:
            yield problem(record, place, error.rule, error.message, error.mend)
            continue
        for function, _, name in predicate_names(tree):
            if function in registers and name not in registers[function][1]:
                kind, register = registers[function]
                yield problem(record, place, f"unknown-{kind}", f"{function}('{name}') is not known.",
                               did_you_mean(name, register))  # fmt: skip


def _history_problems(record: YamlRecord, path: Path, entries: Sequence[Entry]) -> Iterator[Problem]:
    yield from _date_problems(record, path, entries)
    try:
        firsts = [parse_when(entry.on).first for entry in entries]
    except BadInputError:
        return
    for index, entry in enumerate(entries):
        place = (*path, index)
        if index and firsts[index] < firsts[index - 1]:
            message = f"'{entry.on}' stands after a later date."
            yield problem(record, (*place, "on"), "history-order", message, "Sort by date, oldest first.")
        if entry.until and _day(entry.until) <= firsts[index]:
            message = f"The end {entry.until} is not after the start {entry.on}."
            yield problem(record, (*place, "until"), "until-before-start", message, "Mend one of them.")
        if bool(entry.until) != bool(entry.then):
            message = "`until` and `then` stand together."
            yield problem(record, place, "until-then", message, "Add the other, or drop both.")
        if entry.printed == entry.stage:
            message = "`printed` repeats the stage."
            yield problem(record, (*place, "printed"), "printed-repeats", message, "Drop it.")


def _date_problems(record: YamlRecord, path: Path, entries: Sequence[Entry | Scheduled]) -> Iterator[Problem]:
    for index, entry in enumerate(entries):
        for field in ("on", "known_by", "until", "until_announced"):
            text = getattr(entry, field, None)
            if text is None:
                continue
            try:
                (parse_when if field == "on" else parse_day)(text)
            except BadInputError as error:
                message, _, mend = str(error).partition(". ")
                yield problem(record, (*path, index, field), "bad-date", f"{message}.", mend)


def _day(text: str) -> dt.date:
    try:
        return parse_day(text)
    except BadInputError:
        return dt.date.max

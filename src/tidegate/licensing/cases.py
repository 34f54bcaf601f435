"""Case files: determinations with a question, nested facts and, where known, the expected answers.

The layout is that of docs/check.md: `date`, `activity`, `exporter_country`, `destination`, `end_use`, and the
groups `item`, `origin`, `end_user` and `actor`. Facts that are absent are not given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate import data
from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.ledger.predicate import columns
from tidegate.licensing.decide import Decider
from tidegate.licensing.decision import Decision
from tidegate.licensing.values import FieldError
from tidegate.records import read_yaml, read_yaml_fast

if TYPE_CHECKING:
    from tidegate.licensing.parties import Parties

__all__ = ["Case", "CaseAnswer", "decide_cases", "facts_of_end_use", "read_cases"]

_GROUPS = ("item", "origin", "end_user", "actor")
_TOP = frozenset(
    ("date", "activity", "exporter_country", "destination", "end_use", "via", "value_usd", "quantity")
)
_ASIDE = frozenset((
    "id", "question", "expected", "missing", "why", "basis", "source", "source_more", "seen", "grade", "doubt",
    "licence_state", "note",
))  # fmt: skip

_END_USES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (r"logic_?(?P<facility_logic_node_nm>\d+)_?nm.*", {"end_use_fab": True, "facility_product": "logic"}),
    (r"nand_?(?P<facility_nand_layers>\d+)(_layers?)?.*", {"end_use_fab": True, "facility_product": "nand"}),
    (r"dram_?(?P<facility_dram_half_pitch_nm>\d+)_?nm.*", {"end_use_fab": True, "facility_product": "dram"}),
    (r"(?P<facility_product>logic|nand|dram)(_.*)?", {"end_use_fab": True}),
    (r"(fab|wafer_fab|chip_production|chip_fab|wafer_production|ic_production)(_.*)?", {"end_use_fab": True}),
    (r".*(supercomput|exascale).*", {"end_use_supercomputer": True}),
    (r"(tool|sme|equipment)_(making|production|development|manufacturing).*", {"end_use_tool_making": True}),
    (r"military(?!_intelligence).*", {"end_user_military": True}),
    (r"(wmd|weapons|nuclear_weapons|missile).*", {"end_use_wmd": True, "end_use_wmd_or_intelligence": True}),
    (r"military_intelligence.*", {"end_use_wmd_or_intelligence": True}),
)
"""What the words of an end use say of the facility; anything else says nothing of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case. facts: by column. ignored: fields that are no column and no note.

    error: why it cannot be decided. expected: the answer by government, where the file has one.
    """

    id: str
    on: Day | None
    facts: Mapping[str, Any]
    names: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    expected: Mapping[str, str] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """The decision of a case, or the error that stands in its place."""

    case: Case
    decision: Decision | None
    error: str | None

    def row(self) -> dict[str, Any]:
        """Return the answer as plain values; facts are named as the case file names them."""
        row: dict[str, Any] = {"id": self.case.id}
        if self.decision is not None:
            names = self.case.names
            row["outcome"] = self.decision.outcome.value
            row["decisions"] = {
                key: {
                    "outcome": d.label,
                    "review": d.review.value if d.review else None,
                    "measures": list(d.measures),
                    "unknown": [names.get(fact, _layout_name(fact)) for fact in d.unknown],
                    "assumes": [names.get(fact, _layout_name(fact)) for fact in d.assumes],
                }
                for key, d in self.decision.by_government.items()
            }
            row["conflicts"] = [conflict.row() for conflict in self.decision.conflicts]
        if self.error:
            row["error"] = self.error
        if self.case.ignored:
            row["ignored"] = list(self.case.ignored)
        return row


def decide_cases(
    cases: Iterator[Case] | list[Case], ledger: Ledger, parties: Parties | None = None
) -> Iterator[CaseAnswer]:
    """Yield the answer of each case under the law of its own day; a bad case does not stop the others.

    parties: lists and owners that end users are looked up in; what a case says itself stands.
    """
    deciders: dict[Day, Decider] = {}
    for case in cases:
        if case.error or case.on is None:
            yield CaseAnswer(case, None, case.error)
            continue
        decider = deciders.setdefault(case.on, Decider(ledger.on(case.on)))
        try:
            told = parties.fill(case.facts, case.on).facts if parties else {}
            yield CaseAnswer(case, decider({**case.facts, **told}), None)
        except FieldError as error:
            yield CaseAnswer(case, None, str(error))


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a file.

    Raises: BadInputError: if it is no YAML list of cases, naming the file, the line and the mend.
    """
    rows, _ = read_yaml(path)
    if not isinstance(rows, list):
        raise BadInputError(f"{path}: it holds no list. Write one case after another, each from '- id:'.")
    return [_case(row, index) for index, row in enumerate(rows, 1)]


def facts_of_end_use(text: str) -> dict[str, Any]:
    """Return what the words of an end use say of the facility: 'logic_7nm', 'nand_128_layers'."""
    for pattern, facts in _END_USES:
        if match := re.fullmatch(pattern, text.strip().casefold().replace("-", "_").replace(" ", "_")):
            return {**facts, **match.groupdict()}
    return {}


@lru_cache(maxsize=1)
def _fields() -> Mapping[str, Mapping[str, str]]:
    fields: Mapping[str, Mapping[str, str]] = read_yaml_fast(data.VOCABULARY / "case_fields.yaml")
    return fields


@lru_cache(maxsize=1)
def _first_names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for group, fields in _fields().items():
        for name, column in fields.items():
            names.setdefault(column, f"{group}.{name}")
    return names


def _layout_name(column: str) -> str:
    """How the layout of a case file names a column."""
    if column in _TOP or column.startswith("law: "):
        return column
    return _first_names().get(column, f"item.{column}" if column in columns() else column)


def _case(row: Any, index: int) -> Case:  # noqa: ANN401
    if not isinstance(row, Mapping):
        return Case(
            f"case {index}", None, {}, {}, error=f"case {index}: it is no mapping. Write '- id: ...'."
        )
    name = str(row.get("id") or f"case {index}")
    facts: dict[str, Any] = {}
    names: dict[str, str] = {}
    ignored: list[str] = []
    for key, value in row.items():
        if key in _GROUPS and isinstance(value, Mapping):
            for field, given in value.items():
                column = _fields().get(key, {}).get(field, field)
                if column in columns():
                    facts.setdefault(column, given)
                    names[column] = f"{key}.{field}"
                elif field not in ("facility", "parent", "owners"):
                    ignored.append(f"{key}.{field}")
        elif key in _TOP or key in columns():
            facts[key] = value
            names[key] = key
        elif key not in _ASIDE:
            ignored.append(key)
    _read_words(facts)
    try:
        on = parse_day(str(row.get("date", "")))
    except BadInputError as error:
        return Case(name, None, facts, names, error=f"{name}: date: {error}")
    expected = row.get("expected")
    return Case(name, on, facts, names, tuple(ignored), expected if isinstance(expected, Mapping) else None)


def _read_words(facts: dict[str, Any]) -> None:
    """Put words of the layout into columns: end use, who designed, what the US person does."""
    end_use = facts.get("end_use")
    if isinstance(end_use, str):
        for column, value in facts_of_end_use(end_use).items():
            facts.setdefault(column, value)
    if facts.get("facility_advanced_node") is True and "end_use_supercomputer" not in facts:
        # Who says of a buyer that its plant is an advanced one speaks of goods for that plant.
        facts.setdefault("end_use_fab", True)
    designer = facts.get("designer")
    if designer in ("approved", "authorised", "unapproved", "unauthorised"):
        facts["designer_authorised"] = designer in ("approved", "authorised")
        del facts["designer"]
    work = facts.get("us_person_work")
    words = columns()["us_person_work"].values
    if isinstance(work, str) and work not in words:
        near = next((word for word in words if word in work or work in word), "other")
        facts["us_person_work"] = {"administrative": "clerical"}.get(work, near)

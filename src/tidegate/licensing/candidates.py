"""Changes of single facts worth trying: the other side of each test that the deciding scopes make."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.ledger.definitions import definitions
from tidegate.ledger.predicate import columns
from tidegate.licensing.classes import tests_of
from tidegate.licensing.facts import SEATS
from tidegate.licensing.logic import Test, Value, evaluate, show
from tidegate.licensing.scope import Days, expand
from tidegate.licensing.values import is_country

__all__ = ["ANOTHER", "Candidate", "Changes", "candidates", "with_behind"]

Changes = Mapping[str, Value | None]
"""Values by column; None takes a fact away."""

ANOTHER = "another party"
"""A name that no scope has: whoever bears it is none of the parties that the law names."""

_IDENTITY = frozenset((
    "end_user", "end_user_us_listed", "end_user_us_footnote", "end_user_cn_listed", "end_user_cn_attention",
    "end_user_cn_unreliable", "end_user_jp_listed", "end_user_tw_listed", "end_user_us_military_listed",
))  # fmt: skip
"""Facts that say who a listed party is: they do not change but with the party."""

_FIXED = frozenset((
    "date", "activity", "exporter_country", "item", "for_item", "item_class", "kind", "maker", "designer",
    "element", "subject_to_ear", "cn_dual_use", "eu_listed", "gb_listed", "my_listed", "sg_listed",
    "in_listed", "kr_listed", "nl_listed", "de_listed", "jp_listed", "tw_strategic_commodity",
    "kr_national_core_technology", "knows_restricted_use", "informed_by_authority", "cn_unjustified_measure",
))  # fmt: skip
"""What makes it another transaction, what is itself a conclusion of law, and what somebody knows."""

_COUNTRY_WORDS = {
    "end_user_headquarters": "if the end user were not headquartered in {}",
    "designer_headquarters": "if the designer were not headquartered in {}",
    "us_person_employer_headquarters": "if the employer were not headquartered in {}",
    "nationality": "if the person were not a citizen of {}",
    "packaged_in": "if it were not packaged in {}",
    "origin": "if it were not made in {}",
    "destination": "another shipment: if it did not go to {}",
}
_PARTY_WORDS = {
    "exporter": "if another firm than {} exported it",
    "seller": "if another firm than {} sold it",
}
_UNITS = {
    "tpp": " TPP", "dco_nm": " nm", "resolution_nm": " nm", "wavelength_nm": " nm", "logic_node_nm": " nm",
    "facility_logic_node_nm": " nm", "memory_bandwidth_gb_s": " GB/s", "interconnect_gb_s": " GB/s",
    "purity_pct": " percent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change to try. rank, distance: how far it is from the facts, of a kind and within it."""

    words: str
    changes: Changes
    rank: int
    distance: float = 0.0
    upward: bool = False

    @property
    def order(self) -> tuple[int, float, str]:
        """By what it is sorted: the smallest change first."""
        return (self.rank, self.distance, self.words)


def candidates(
    deciding: Mapping[str, Sequence[Test]], every: Mapping[str, Sequence[Test]], facts: Mapping[str, Value]
) -> Iterator[Candidate]:
    """Yield changes of the facts that the deciding tests look at.

    deciding: the tests that lead to the answer, by column. every: all tests of that government's law,
    whose figures may lie nearer or stand in the way.
    """
    if any(evaluate(t, facts) for name in _IDENTITY for t in deciding.get(name, ())):
        yield _another_end_user(facts)
    for name in deciding:
        column, given = columns()[name], facts.get(name)
        if name in _FIXED or name in _IDENTITY:
            continue
        if column.type == "number":
            yield from _figures(name, every[name], given)
        elif column.type == "flag":
            for value in (True, False) if given is None else (not given,):
                said = "" if given is not None else " (not given)"
                yield Candidate(f"if {name} were {show(value)}{said}", {name: value}, 1 + (given is None))
        elif is_country(name) and given is not None:
            seat = facts.get(SEATS["end_user"])
            yield from _elsewhere(name, deciding[name], every[name], str(given), seat)
        elif name in _PARTY_WORDS and any(evaluate(t, facts) for t in deciding[name]):
            yield Candidate(_PARTY_WORDS[name].format(given), {name: ANOTHER}, 6)


def _figures(name: str, tests: Iterable[Test], given: Value | None) -> Iterator[Candidate]:
    """The value on the other side of each test; on both sides where none is given."""
    values: dict[float, str] = {}
    for test in tests:
        if test.op not in ("<", "<=", ">", ">="):
            continue
        assert isinstance(test.value, float)
        limit, unit = test.value, _UNITS.get(name, "")
        low = (limit, "at most") if test.op in ("<=", ">") else (math.nextafter(limit, -math.inf), "below")
        high = (limit, "at least") if test.op in ("<", ">=") else (math.nextafter(limit, math.inf), "above")
        is_low = given is not None and (given < limit or (given == limit and test.op in ("<=", ">")))  # type: ignore[operator]
        for value, word in (low, high) if given is None else (high,) if is_low else (low,):
            values[value] = f"{name} {word} {limit:g}{unit}"
    for value, words in values.items():
        if value < 0:
            continue
        if given is None:
            yield Candidate(f"{words} (not given)", {name: value}, 2)
        else:
            assert isinstance(given, float | int)
            distance = abs(value - given) / (abs(given) or 1.0)
            yield Candidate(words, {name: value}, 0, distance, value > given)


def _elsewhere(
    name: str, deciding: Sequence[Test], tests: Iterable[Test], given: str, seat: Value | None
) -> Iterator[Candidate]:
    """A country outside every group tested that holds the one given."""
    sets = [(_set(test), test) for test in tests if _set(test)]
    inside = frozenset().union(*(names for names, _ in sets if given in names))
    groups = dict.fromkeys(t.said.removeprefix("in ") for t in deciding if t.said and given in _set(t))
    outside = sorted(set(load_catalog().countries) - inside - {"EU"})
    if not outside or not any(given in _set(test) for test in deciding):
        return
    tried = min(outside, key=lambda code: (sum(code in names for names, _ in sets), code))
    also = f" or elsewhere in {' or '.join(groups)}" if groups else ""
    rank = 7 if name == "destination" else 4
    words, changes = _COUNTRY_WORDS[name].format(given) + also, {name: tried}
    if name == "destination" and seat is None:
        words, changes = f"{words}, and the end user sat where it goes", {**changes, SEATS["end_user"]: tried}
    yield Candidate(words, changes, rank)


def _set(test: Test) -> frozenset[str]:
    if isinstance(test.value, frozenset):
        return test.value
    return frozenset((test.value,)) if test.op == "=" and isinstance(test.value, str) else frozenset()


def _another_end_user(facts: Mapping[str, Value]) -> Candidate:
    """Another party in the same place: no list has it, and its seat stays."""
    told = sorted(_IDENTITY & set(facts))
    changes: dict[str, Value | None] = {name: False if facts[name] is True else None for name in told}
    changes["end_user"] = ANOTHER
    if (seat := facts.get(SEATS["end_user"])) is not None:
        changes[SEATS["end_user"]] = seat
    return Candidate("another end user, on no list", changes, 5)


def with_behind(
    tests: Mapping[str, Sequence[Test]], given: Mapping[str, Any], days: Days
) -> Mapping[str, Sequence[Test]]:
    """Return the tests with those of the definitions in place of columns that are derived."""
    found = {name: list(own) for name, own in tests.items()}
    for definition in reversed(definitions()):
        column = definition.column
        if column not in found or given.get(column) is not None or not definition.versions:
            continue
        version = next((v for v in reversed(definition.versions) if v.starts <= days.starts), None)
        del found[column]
        for name, own in tests_of([expand(version.when, days)] if version else []).items():
            found.setdefault(name, []).extend(own)
    return found

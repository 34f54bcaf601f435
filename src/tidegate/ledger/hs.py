"""The customs codes that a measure touches, with the reason for each, and why where there is none.

Found from the items that the record names and from the classes and products that its scope names: a scope's numbers
(performance, nodes, purity) have no counterpart at customs, so every code is at least as wide as the measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from tidegate.catalog import load_catalog
from tidegate.catalog.hs import HsCode, hs_of
from tidegate.dates import Day, parse_day
from tidegate.ledger.model import Effect, Instrument, Measure
from tidegate.ledger.predicate import parse_predicate
from tidegate.tables import Table, Tabular

__all__ = ["MeasureCodes", "TouchedCode", "hs_codes"]

_NO_GOODS: Mapping[Instrument, str] = {
    Instrument.ENTITY_LISTING: "it binds trade with named parties, and customs statistics name none",
    Instrument.SERVICING: "it binds service and its spare parts: service has no customs code, and parts go under 848690 "
    "with every other part",
    Instrument.US_PERSONS: "it binds what persons do, which has no customs code",
    Instrument.INVESTMENT: "it binds investment, not trade in goods",
    Instrument.SUBSIDY: "it pays money and stops no goods",
    Instrument.INVESTIGATION: "it looks into trade and stops no goods",
}
_SHIPMENTS = frozenset(
    ("export", "reexport", "export_from_abroad", "transfer", "transit", "purchase", "import")
)
"""Activities that customs can see."""

_NO_GOODS_KINDS = frozenset(("software", "technology"))
_KINDS = frozenset(("chip", "memory", "computer", "tool", "part", "material", "other")) | _NO_GOODS_KINDS

_Branch = tuple[frozenset[str] | None, frozenset[str] | None]
"""Activities and kinds that one way through a scope allows; None where it does not test them."""


@dataclass(frozen=True, slots=True)
class TouchedCode:
    """A code that a measure touches. item: of the catalog. reason: how the measure leads to it."""

    code: HsCode
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class MeasureCodes(Tabular):
    """The customs codes of a measure, sorted. unknown: 'unknown, because ...' for each part without a code."""

    measure: str
    codes: tuple[TouchedCode, ...]
    unknown: tuple[str, ...]

    @property
    def hs(self) -> tuple[str, ...]:
        """The codes of the Harmonized System alone, each once, as `sources.flows.read_flows` takes them."""
        return tuple(sorted({one.code.code for one in self.codes if one.code.nomenclature == "HS"}))

    def table(self) -> Table:
        """Return one row a code and item."""
        columns = (
            "hs", "nomenclature", "item", "covers", "basket", "holds_also", "since", "reason", "source", "verified",
            "note",
        )  # fmt: skip
        rows = tuple(_row(one) for one in self.codes)
        return Table(rows, columns, {"measure": self.measure, "unknown": list(self.unknown)}, "codes")

    def to_text(self) -> str:
        """Return the codes in lines for people."""
        lines = [f"{self.measure}: {len(self.hs)} codes of the Harmonized System"]
        for one in self.codes:
            also = f". A basket: also {one.code.holds_also}" if one.code.is_basket else ""
            tariff = "" if one.code.nomenclature == "HS" else f" ({one.code.nomenclature} tariff)"
            doubt = "" if one.code.verified else " (not read in a source)"
            lines.append(f"  {one.code.code}{tariff} {one.code.covers}{doubt}: {one.reason}{also}")
        return "\n".join([*lines, *(f"  {line}" for line in self.unknown)])


def hs_codes(measure: Measure, on: Day | str | None = None) -> MeasureCodes:
    """Return the customs codes that a measure touches.

    on: the day whose scope counts; None takes every scope that the measure has had. A measure that stops no goods,
    and an item without a customs code, are in `unknown` with the reason. Nothing is guessed: an item that no row of
    the catalog's table answers for is unknown too.
    """
    scopes = [
        parse_predicate(text) for text in _scopes(measure, parse_day(on) if isinstance(on, str) else on)
    ]
    if why := _why_none(measure, scopes):
        return MeasureCodes(measure.id, (), (f"unknown, because {why}",))
    named = _items(measure, scopes)
    codes: list[TouchedCode] = []
    unknown: list[str] = []
    for item, by in named.items():
        found = hs_of(item)
        # A product beside its class adds nothing where customs do not tell the two apart.
        if item not in {code.item for code in found.codes} and any(
            code.item in named for code in found.codes
        ):
            continue
        how = f" ({found.why})" if found.why else ""
        codes += [TouchedCode(code, item, f"{by} {item}{how}") for code in found.codes]
        if not found.codes:
            unknown.append(f"{item}: {found.why}")
    if not codes and not unknown:
        unknown.append("unknown, because neither the record nor its scope names goods of the catalog")
    return MeasureCodes(
        measure.id, tuple(sorted(codes, key=lambda one: (one.code.code, one.item))), tuple(unknown)
    )


def _why_none(measure: Measure, scopes: list[exp.Expr]) -> str | None:
    if why := _NO_GOODS.get(measure.instrument):
        return why
    if measure.effect is Effect.EXCEPT:
        return "it lifts other measures: their codes are those that count"
    if measure.instrument is Instrument.GENERAL and measure.effect is Effect.NONE:
        return "it is talk or a framework and stops no goods of its own"
    if scopes and not any(_reaches_goods(scope) for scope in scopes):
        return "its scope holds of no shipment of goods, but of software, technology, services or other acts"
    return None


def _items(measure: Measure, scopes: list[exp.Expr]) -> dict[str, str]:
    """The items that a measure names, with where: the record first, then its scope."""
    named = dict.fromkeys(measure.items, "the record names")
    catalog = load_catalog()
    for scope in scopes:
        for item in _tested(scope, "item", "item_class"):
            if item in catalog.items:
                named.setdefault(item, "the scope names")
    elements = {value for scope in scopes for value in _tested(scope, "element")}
    for item in list(named):
        own = [
            name
            for name in sorted(catalog.items_in(item))
            if name != item and catalog.items[name].attributes.get("element") in elements
        ]
        if own:
            # The class is named, its elements are what is held: seven rare earths, not all seventeen.
            del named[item]
            named |= dict.fromkeys(own, f"of {item} the scope names the element")
    return named


def _scopes(measure: Measure, day: Day | None) -> Iterator[str]:
    if day is not None:
        texts = [measure.scope_on(day), *(measure.scope_on(day, limb.limb) for limb in measure.limbs)]
        yield from (text for text in texts if text is not None)
        return
    for scope in (measure.when, *(limb.when for limb in measure.limbs)):
        if scope is not None:
            yield from [scope] if isinstance(scope, str) else scope.values()


def _tested(tree: exp.Expr, *columns: str) -> Iterator[str]:
    """Values that a scope asks of columns, as `item IN CLASS(...)` and `element = 'Dy'` do, but not under a NOT."""
    for node in tree.walk(prune=lambda node: isinstance(node, exp.Not)):
        if isinstance(node, exp.In | exp.EQ) and node.this.name in columns:
            yield from _values(node)


def _values(node: exp.Expr) -> list[str]:
    if isinstance(node, exp.EQ):
        return [node.expression.name]
    field: Any = node.args.get("field")
    return [part.name for part in (field.expressions if field is not None else node.expressions)]


def _reaches_goods(scope: exp.Expr) -> bool:
    """Whether a scope can hold of a shipment of goods, as far as its tests of activity and kind say."""
    return any(
        (activities is None or activities & _SHIPMENTS) and (kinds is None or kinds - _NO_GOODS_KINDS)
        for activities, kinds in _branches(scope)
    )


def _branches(tree: exp.Expr) -> set[_Branch]:
    if isinstance(tree, exp.Paren):
        return _branches(tree.this)
    if isinstance(tree, exp.Or):
        return _branches(tree.left) | _branches(tree.right)
    if isinstance(tree, exp.And):
        right = _branches(tree.right)
        return {
            (_both(one[0], other[0]), _both(one[1], other[1]))
            for one in _branches(tree.left)
            for other in right
        }
    if isinstance(tree, exp.In | exp.EQ) and tree.this.name == "activity":
        return {(frozenset(_values(tree)), None)}
    if isinstance(tree, exp.In | exp.EQ) and tree.this.name == "kind":
        return {(None, frozenset(_values(tree)))}
    if isinstance(tree, exp.NEQ) and tree.this.name == "kind":
        return {(None, _KINDS - {tree.expression.name})}
    return {(None, None)}


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _row(one: TouchedCode) -> dict[str, Any]:
    code = one.code
    return {
        "hs": code.code, "nomenclature": code.nomenclature, "item": one.item, "covers": code.covers,
        "basket": code.is_basket, "holds_also": code.holds_also or None, "since": code.since, "reason": one.reason,
        "source": code.source, "verified": code.verified, "note": code.note,
    }  # fmt: skip

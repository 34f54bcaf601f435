"""The facts of each row of a table in SQL: filled from the catalog, then derived step by step.

What `tidegate.licensing.facts.complete` does to one transaction is done here to every row: the attributes
of catalog items and the headquarters of parties are joined, and each definition of the ledger is one more
query on top of the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.ledger import Ledger
from tidegate.ledger.definitions import Definition, definitions
from tidegate.licensing.bounds import bounds_of
from tidegate.licensing.facts import SEATS, item_attributes, item_changes, party_seat
from tidegate.licensing.logic import UNKNOWN, Node, Test, Value, columns_of
from tidegate.licensing.scope import Days, expand, pieces
from tidegate.licensing.settled import Settled
from tidegate.licensing.tosql import cast_to, literal, narrow, to_sql

__all__ = ["FactLayers"]

_OWN = ("kind", "eccn", "maker")
"""What a part does not take over from the tool it is for."""


@dataclass(frozen=True)
class FactLayers:
    """The queries that fill and derive the facts of a table.

    given: the columns that the table has. source: its name. key: columns to carry along. settled: the tests
    that come out the same for every row.
    """

    ledger: Ledger
    days: Days
    given: frozenset[str]
    source: str
    key: tuple[str, ...]
    settled: Settled = field(default_factory=lambda: Settled({}))

    @cached_property
    def items(self) -> tuple[tuple[tuple[str, Day, Day], Mapping[str, Value]], ...]:
        """What the catalog says of each item, from which day to before which."""
        catalog, bounds = load_catalog(), bounds_of(self.ledger)
        rows = []
        for item in sorted(catalog.items):
            cuts = [
                self.days.starts,
                *(d for d in item_changes(catalog, item) if self.days.starts < d < self.days.ends),
            ]
            for start, end in zip(cuts, [*cuts[1:], self.days.ends], strict=True):
                rows.append(((item, start, end), item_attributes(catalog, item, start, bounds)))
        return tuple(rows)

    @cached_property
    def present(self) -> frozenset[str]:
        """The columns that are given, or follow from those that are."""
        have = set(self.given)
        if "item" in have or "for_item" in have:
            have |= {name for _, row in self.items for name in row}
        # Headquarters are looked up before definitions, of the parties that are named by then.
        for who, seat in SEATS.items():
            if who in have or (who == "designer" and "maker" in have):
                have.add(seat)
        for definition in definitions():
            if definition.same_as in have:
                have.add(definition.column)
            if definition.versions and narrow(self.tree_of(definition), frozenset(have)) != UNKNOWN:
                have.add(definition.column)
        return frozenset(have)

    def behind(self, wanted: set[str]) -> set[str]:
        """Return the columns that some columns follow from, themselves included, of those that are there."""
        used = set(wanted)
        for definition in reversed(definitions()):
            if definition.column in used:
                used |= {definition.same_as} if definition.same_as else set()
                used |= set(columns_of(self.tree_of(definition)))
                if definition.instead_when:
                    used |= set(columns_of(self._instead(definition)))
        used |= {who for who, seat in SEATS.items() if seat in used}
        if "designer" in used:
            used.add("maker")
        if used & {name for _, row in self.items for name in row}:
            used |= {"item", "for_item"}
        return (used & self.present) | {"date"}

    def trees(self) -> Iterator[Node]:
        """Yield every tree that deriving facts tests a column in."""
        for definition in definitions():
            yield self.tree_of(definition)
            if definition.instead_when:
                yield self._instead(definition)
        # The numbers that the catalog gives an item hold from a day on.
        yield from {start: Test("date", ">=", start) for (_, start, _end), _ in self.items}.values()

    def queries(self, used: set[str]) -> Iterator[tuple[str, str]]:
        """Yield the name and text of each query, on top of the one before; the last has all columns used."""
        fill = sorted({name for _, row in self.items for name in row} & used)
        joins = []
        source = f"{self.source} AS t"
        value = {name: f"t.{name}" for name in self.given}
        if "item" in self.given:
            yield "catalog_items", self._item_values(fill)
            joins.append(
                "LEFT JOIN catalog_items AS i ON t.item = i.item AND t.date >= i.starts AND t.date < i.ends"
            )
            value |= {n: f"COALESCE(t.{n}, i.{n})" if n in self.given else f"i.{n}" for n in fill}
            value["item"] = "i.item"
        if "for_item" in self.given and fill:
            if "item" not in self.given:
                yield "catalog_items", self._item_values(fill)
            joins.append(
                "LEFT JOIN catalog_items AS j ON t.for_item = j.item AND t.date >= j.starts AND t.date < j.ends"
            )
            for name in fill:
                if name not in _OWN:
                    value[name] = f"COALESCE({value.get(name, 'NULL')}, j.{name})"
        listed = ", ".join([*self.key, *(f"{value[n]} AS {n}" for n in sorted(used) if n in value)])
        yield "facts", f"SELECT {listed} FROM {source} {' '.join(joins)}"
        have = {name for name in used if name in value}
        layer = "facts"
        steps: list[tuple[str, str] | Definition] = [pair for pair in SEATS.items() if pair[1] in used]
        steps += [definition for definition in definitions() if definition.column in used]
        for index, todo in enumerate(steps):
            step = self._seat(*todo, have) if isinstance(todo, tuple) else self._derived(todo, have)
            if step is None:
                continue
            column, expression, join = step
            others = ", ".join([*self.key, *(f"f.{n}" for n in sorted(have - {column}))])
            name = f"facts_{index}"
            yield name, f"SELECT {others}, {expression} AS {column} FROM {layer} AS f {join}"
            have.add(column)
            layer = name

    def _seat(self, who: str, seat: str, have: set[str]) -> tuple[str, str, str] | None:
        asked = f"f.{who}" if who in have else ""
        if who == "designer" and "maker" in have:
            asked = f"COALESCE({asked}, f.maker)" if asked else "f.maker"
        if not asked:
            return None
        rows = ", ".join(
            f"({literal(party)}, {literal(country)})"
            for party in sorted(load_catalog().parties)
            if (country := party_seat(load_catalog(), party))
        )
        join = f"LEFT JOIN (SELECT * FROM (VALUES {rows}) AS v(party, seat)) AS p ON {asked} = p.party"
        return seat, f"COALESCE(f.{seat}, p.seat)" if seat in have else "p.seat", join

    def _derived(self, definition: Definition, have: set[str]) -> tuple[str, str, str] | None:
        column = definition.column
        own = f"f.{column}" if column in have else None
        if definition.same_as:
            if definition.same_as not in have:
                return None
            same = f"f.{definition.same_as}"
            expression = f"COALESCE({own}, {same})" if own else same
            if definition.instead_when:
                when = to_sql(narrow(self._instead(definition), frozenset(have)), "f.")
                expression = f"CASE WHEN {when} AND {same} IS NOT NULL THEN {same} ELSE {expression} END"
            return column, expression, ""
        node = narrow(self.tree_of(definition), frozenset(have))
        if node == UNKNOWN:
            return None
        return column, f"COALESCE({own}, {to_sql(node, 'f.')})" if own else to_sql(node, "f."), ""

    def tree_of(self, definition: Definition) -> Node:
        """Return a definition as it holds on each of the days."""

        def on(day: Day) -> Node:
            version = next((v for v in reversed(definition.versions) if v.starts <= day), None)
            return self.settled(expand(version.when, self.days)) if version else UNKNOWN

        return pieces(self.days, (v.starts for v in definition.versions), on)

    def _instead(self, definition: Definition) -> Node:
        return self.settled(expand(definition.instead_when or "", self.days))

    def _item_values(self, fill: Sequence[str]) -> str:
        rows = ", ".join(
            "(" + ", ".join((*(literal(k) for k in key), *(cast_to(row.get(n), n) for n in fill))) + ")"
            for key, row in self.items
        )
        names = ", ".join(("item", "starts", "ends", *fill))
        return f"SELECT * FROM (VALUES {rows}) AS v({names})"

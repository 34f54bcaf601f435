"""One SQL statement that decides a table: the scopes, the exceptions and the strictest answer.

The statement reads a table of transactions (columns of docs/columns.md, names already ids of the
catalog) and gives, for each row and government, the outcome, the licence policy and the measures that
led there. It is written for DuckDB and transpiled to any dialect that sqlglot knows. It says the same as
`tidegate.licensing.verdict` row by row, and a property test holds the two together.

A column that the table lacks is NULL in every row, so that what hangs on it is folded away beforehand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.ledger import Ledger
from tidegate.ledger.definitions import Definition, definitions
from tidegate.ledger.model import Effect
from tidegate.ledger.predicate import columns
from tidegate.licensing.bounds import bounds_of
from tidegate.licensing.facts import SEATS, item_attributes, item_changes, party_seat
from tidegate.licensing.logic import (
    FALSE,
    TRUE,
    UNKNOWN,
    And,
    Const,
    Known,
    Node,
    Not,
    Or,
    Test,
    Value,
    all_of,
    any_of,
    columns_of,
    negate,
)
from tidegate.licensing.provisions import Government, Provision, governments, law_of, provisions_in
from tidegate.licensing.scope import Days, expand, pieces
from tidegate.licensing.sharing import Shared, share
from tidegate.licensing.verdict import STRICTNESS, Outcome

__all__ = ["Statement", "narrow", "to_sql", "translate"]

_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN", "date": "DATE"}
_NULL = "CAST(NULL AS BOOLEAN)"
_REVIEW_OPEN = -1
"""Stands for a licence policy that hangs on a missing fact."""


@dataclass(frozen=True)
class Statement:
    """The statement for the transactions of some days.

    given: the columns that the table has, `date` among them. source: name of the table.
    key: further columns to carry along, such as a row number.
    """

    ledger: Ledger
    days: Days
    given: frozenset[str]
    source: str = "transactions"
    key: tuple[str, ...] = ()
    known_by: Day | None = None

    @cached_property
    def governments(self) -> tuple[Government, ...]:
        """Whose law is asked."""
        return governments(self.ledger)

    @cached_property
    def law(self) -> Mapping[str, tuple[Provision, ...]]:
        """The provisions of each government that can apply to the table at all."""
        found = provisions_in(self.ledger, self.days, self.known_by)
        return {
            g.id: tuple(
                _replace(p, scope)
                for p in law_of(found, g, self.days)
                if (scope := narrow(p.scope, self.present)) != FALSE
            )
            for g in self.governments
        }

    @cached_property
    def present(self) -> frozenset[str]:
        """The columns that are given, or follow from those that are."""
        have = set(self.given)
        if "item" in have or "for_item" in have:
            have |= {name for _, row in self.items for name in row}
        for definition in definitions():
            if definition.same_as in have:
                have.add(definition.column)
            if any(not isinstance(narrow(node, frozenset(have)), Const) or narrow(node, frozenset(have)) != UNKNOWN
                   for node in [self._definition(definition)] if definition.versions):  # fmt: skip
                have.add(definition.column)
            for who, seat in SEATS.items():
                if who in have or (who == "designer" and "maker" in have):
                    have |= {who, seat}
        return frozenset(have)

    def columns(self) -> tuple[str, ...]:
        """Return the columns of the answer, after those carried along."""
        own = (f"{g.id.lower()}_{part}" for g in self.governments for part in ("outcome", "review", "measures"))
        return ("outcome", *own)

    def sql(self) -> str:
        """Return the statement in the dialect of DuckDB."""
        layers = list(self._layers())
        before = layers[-1][0]
        found = ", ".join(self._found())
        steps = [f"{name} AS ({query})" for name, query in layers]
        keep = ", ".join(self.key) + ", " if self.key else ""
        for number, parts in enumerate(self.shared.layers):
            columns_ = ", ".join(
                f"{to_sql(self.shared.put(part, whole=False))} AS {self.shared.names[part]}" for part in parts
            )
            steps.append(f"common_{number}_layer AS (SELECT *, {columns_} FROM {before})")
            before = f"common_{number}_layer"
        steps.append(f"found AS (SELECT {keep}{found} FROM {before})")
        steps.append(f"standing AS (SELECT *, {', '.join(self._standing())} FROM found)")
        steps.append(f"ranked AS (SELECT *, {', '.join(self._ranked())} FROM standing)")
        return f"WITH {', '.join(steps)} SELECT {keep}{', '.join(self._answer())} FROM ranked"

    def facts_sql(self, wanted: Iterable[str]) -> str:
        """Return the beginning of a query: `known`, the facts of each row with what follows from them."""
        layers = list(self._layers(frozenset(wanted)))
        steps = ", ".join(f"{name} AS ({query})" for name, query in layers)
        return f"WITH {steps}, known AS (SELECT * FROM {layers[-1][0]})"

    # --- facts

    @cached_property
    def items(self) -> tuple[tuple[tuple[str, Day, Day], Mapping[str, Value]], ...]:
        """What the catalog says of each item, from which day to before which."""
        catalog, bounds = load_catalog(), bounds_of(self.ledger)
        rows = []
        for item in sorted(catalog.items):
            cuts = [self.days.starts, *(d for d in item_changes(catalog, item) if self.days.starts < d < self.days.ends)]
            for start, end in zip(cuts, [*cuts[1:], self.days.ends], strict=True):
                rows.append(((item, start, end), item_attributes(catalog, item, start, bounds)))
        return tuple(rows)

    def used(self) -> set[str]:
        """Return the columns that matter to the answer, of those that are there."""
        used = {c for law in self.law.values() for p in law for c in columns_of(p.scope)}
        used |= {c for law in self.law.values() for p in law for _, node in p.reviews for c in columns_of(node)}
        used |= {c for g in self.governments for c in columns_of(expand(g.reach, self.days))}
        for definition in reversed(definitions()):
            if definition.column in used:
                used |= {definition.same_as} if definition.same_as else set()
                used |= set(columns_of(self._definition(definition)))
                if definition.instead_when:
                    used |= set(columns_of(expand(definition.instead_when, self.days)))
        used |= {who for who, seat in SEATS.items() if seat in used}
        if "designer" in used:
            used.add("maker")
        if used & {name for _, row in self.items for name in row}:
            used |= {"item", "for_item"}
        return (used & self.present) | {"date"}

    def trees(self) -> Iterator[Node]:
        """Yield every tree that a column of the table is tested in."""
        for law in self.law.values():
            for p in law:
                yield p.scope
                yield from (node for _, node in p.reviews)
        yield from (expand(g.reach, self.days) for g in self.governments)
        for definition in definitions():
            yield self._definition(definition)
            if definition.instead_when:
                yield expand(definition.instead_when, self.days)
        # The numbers that the catalog gives an item hold from a day on.
        yield from {start: Test("date", ">=", start) for (_, start, _end), _ in self.items}.values()

    def _layers(self, also: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """Yield the queries that fill and derive facts, each on top of the one before."""
        used = self.used() | (also & self.present)
        fill = sorted({name for _, row in self.items for name in row} & used)
        joins, item = [], ""
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
                if name not in ("kind", "eccn", "maker"):
                    value[name] = f"COALESCE({value.get(name, 'NULL')}, j.{name})"
        listed = ", ".join([*self.key, *(f"{value[n]} AS {n}" for n in sorted(used) if n in value)])
        yield "facts", f"SELECT {listed} FROM {source} {' '.join(joins)}{item}"
        have = {name for name in used if name in value}
        layer = "facts"
        steps = list(self._seats(used)) + [(d, None) for d in definitions()]
        for index, (definition, seat) in enumerate(steps):
            step = self._seat_step(seat, have, layer) if seat else self._definition_step(definition, have, used)
            if step is None:
                continue
            column, expression, join = step
            others = ", ".join([*self.key, *(f"f.{n}" for n in sorted(have - {column}))])
            name = f"facts_{index}"
            yield name, f"SELECT {others}, {expression} AS {column} FROM {layer} AS f {join}"
            have.add(column)
            layer = name

    def _seats(self, used: set[str]) -> Iterator[tuple[None, tuple[str, str]]]:
        for who, seat in SEATS.items():
            if seat in used:
                yield None, (who, seat)

    def _seat_step(self, pair: tuple[str, str], have: set[str], layer: str) -> tuple[str, str, str] | None:
        who, seat = pair
        asked = f"f.{who}" if who in have else ""
        if who == "designer" and "maker" in have:
            asked = f"COALESCE({asked}, f.maker)" if asked else "f.maker"
        if not asked:
            return None
        rows = ", ".join(
            f"({_literal(party)}, {_literal(country)})"
            for party in sorted(load_catalog().parties)
            if (country := party_seat(load_catalog(), party))
        )
        join = f"LEFT JOIN (SELECT * FROM (VALUES {rows}) AS v(party, seat)) AS p ON {asked} = p.party"
        return seat, f"COALESCE(f.{seat}, p.seat)" if seat in have else "p.seat", join

    def _definition_step(
        self, definition: Definition | None, have: set[str], used: set[str]
    ) -> tuple[str, str, str] | None:
        assert definition is not None
        column = definition.column
        if column not in used:
            return None
        own = f"f.{column}" if column in have else None
        if definition.same_as:
            if definition.same_as not in have:
                return None
            same = f"f.{definition.same_as}"
            expression = f"COALESCE({own}, {same})" if own else same
            if definition.instead_when:
                when = to_sql(narrow(expand(definition.instead_when, self.days), frozenset(have)), "f.")
                expression = f"CASE WHEN {when} AND {same} IS NOT NULL THEN {same} ELSE {expression} END"
            return column, expression, ""
        node = narrow(self._definition(definition), frozenset(have))
        if node == UNKNOWN:
            return None
        return column, f"COALESCE({own}, {to_sql(node, 'f.')})" if own else to_sql(node, "f."), ""

    def _definition(self, definition: Definition) -> Node:
        def on(day: Day) -> Node:
            version = next((v for v in reversed(definition.versions) if v.starts <= day), None)
            return expand(version.when, self.days) if version else UNKNOWN

        return pieces(self.days, (v.starts for v in definition.versions), on)

    def _item_values(self, fill: Sequence[str]) -> str:
        rows = ", ".join(
            "(" + ", ".join((*(_literal(k) for k in key), *(_cast(row.get(n), n) for n in fill))) + ")"
            for key, row in self.items
        )
        names = ", ".join(("item", "starts", "ends", *fill))
        return f"SELECT * FROM (VALUES {rows}) AS v({names})"

    # --- the verdict: as in tidegate.licensing.verdict

    def _found(self) -> Iterator[str]:
        for g in self.governments:
            yield f"{to_sql(narrow(expand(g.reach, self.days), self.present))} AS {g.id.lower()}_reach"
            for index, p in enumerate(self.law[g.id]):
                yield f"{_guarded(self.shared.put(p.scope))} AS {g.id.lower()}_{index}"
                if p.effect is Effect.REQUIRE and p.reviews:
                    yield f"{self._policy(p)} AS {g.id.lower()}_{index}_policy"

    @cached_property
    def shared(self) -> Shared:
        """What the scopes have in common."""
        law = [p for provisions in self.law.values() for p in provisions]
        return share([*(p.scope for p in law), *(narrow(node, self.present) for p in law for _, node in p.reviews)])

    def _policy(self, p: Provision) -> str:
        steps = []
        for policy, when in p.reviews:
            condition = to_sql(self.shared.put(narrow(when, self.present)))
            steps.append(f"WHEN ({condition}) IS NULL THEN {_REVIEW_OPEN} WHEN {condition} THEN {STRICTNESS[policy]}")
        return f"CASE {' '.join(steps)} ELSE {STRICTNESS[p.policy] if p.policy else _REVIEW_OPEN} END"

    def _standing(self) -> Iterator[str]:
        """Whether each provision certainly or possibly stands once exceptions are taken off."""
        for g in self.governments:
            law = self.law[g.id]
            name = {p.id: f"{g.id.lower()}_{index}" for index, p in enumerate(law)}
            for p in law:
                if not p.level:
                    continue
                free = [name[e.id] for e in law if e.effect is Effect.EXCEPT and p.is_lifted_by(e)]
                took = [name[e.id] for e in law if p.is_lifted_by(e)]
                own = name[p.id]
                may = "".join(f" AND NOT COALESCE({e}, TRUE)" for e in free)
                does = "".join(f" AND NOT COALESCE({e}, FALSE)" for e in free)
                yield f"(COALESCE({own}, FALSE){may}) AS {own}_stands"
                yield f"(COALESCE({own}, TRUE){does}) AS {own}_might"
                if free:
                    freed = " OR ".join(f"COALESCE({e}, FALSE)" for e in free)
                    yield f"(COALESCE({own}, FALSE) AND ({freed})) AS {own}_freed"
                if took:
                    yield f"({' OR '.join(f'COALESCE({e}, FALSE)' for e in took)}) AS {own}_displaced"
                    yield f"({' OR '.join(f'{e} IS NULL' for e in took)}) AS {own}_shaken"

    def _ranked(self) -> Iterator[str]:
        for g in self.governments:
            code = g.id.lower()
            law = self.law[g.id]
            name = {p.id: f"{code}_{index}" for index, p in enumerate(law)}
            restricting = [p for p in law if p.level]
            for level_name, mark in (("low", "stands"), ("high", "might")):
                steps = []
                for level in sorted({p.level for p in restricting}, reverse=True):
                    any_ = " OR ".join(f"{name[p.id]}_{mark}" for p in restricting if p.level == level)
                    steps.append(f"WHEN {any_} THEN {level}")
                freed = [f"{name[p.id]}_freed" for p in restricting if _frees(law, p)]
                if freed:
                    steps.append(f"WHEN {' OR '.join(freed)} THEN 2")
                steps.append(f"WHEN {code}_reach = FALSE THEN 0")
                yield f"CASE {' '.join(steps)} ELSE 1 END AS {code}_{level_name}"

    def _answer(self) -> Iterator[str]:
        lows = [f"{g.id.lower()}_low" for g in self.governments]
        highs = [f"{g.id.lower()}_high" for g in self.governments]
        low, high = f"GREATEST({', '.join(lows)})", f"GREATEST({', '.join(highs)})"
        yield f"CASE WHEN {low} <> {high} THEN 'unknown' ELSE {_names(low)} END AS outcome"
        for g in self.governments:
            yield from self._government_answer(g)

    def _government_answer(self, g: Government) -> Iterator[str]:
        code, law = g.id.lower(), self.law[g.id]
        name = {p.id: f"{code}_{index}" for index, p in enumerate(law)}
        excepted = [p for p in law if p.effect is Effect.EXCEPT and p.exception]
        label = _names(f"{code}_low")
        if excepted:
            steps = " ".join(
                f"WHEN COALESCE({name[e.id]}, FALSE) AND ({freed}) THEN 'exception:{e.exception}'"
                for e in excepted
                if (freed := " OR ".join(f"{name[p.id]}_freed" for p in law if p.level and p.is_lifted_by(e)))
            )
            if steps:
                label = f"CASE WHEN {code}_low = 2 THEN CASE {steps} ELSE 'exception' END ELSE {label} END"
        yield f"CASE WHEN {code}_low <> {code}_high THEN 'unknown' ELSE {label} END AS {code}_outcome"
        leading = [(p, self._leads(p, law, name, code)) for p in law if p.level]
        yield f"{self._review(leading, name, code)} AS {code}_review"
        yield f"{self._measures(leading, law, name, code)} AS {code}_measures"

    def _leads(self, p: Provision, law: Sequence[Provision], name: Mapping[str, str], code: str) -> str:
        displaced = f" AND NOT {name[p.id]}_displaced" if any(p.is_lifted_by(e) for e in law) else ""
        return f"({name[p.id]}_stands AND {code}_low = {p.level}{displaced})"

    def _review(self, leading: Sequence[tuple[Provision, str]], name: Mapping[str, str], code: str) -> str:
        ranks, open_ = [], []
        for p, leads in leading:
            if p.effect is not Effect.REQUIRE:
                continue
            rank = f"{name[p.id]}_policy" if p.reviews else str(STRICTNESS[p.policy] if p.policy else _REVIEW_OPEN)
            shaken = f"{name[p.id]}_shaken" if f"{name[p.id]}_shaken" in self._shaken else None
            ranks.append(f"CASE WHEN {leads}{f' AND NOT {shaken}' if shaken else ''} THEN {rank} ELSE 0 END")
            doubts = [f"{name[p.id]}_policy = {_REVIEW_OPEN}"] if p.reviews else []
            doubts += [shaken] if shaken else []
            if not p.reviews and p.policy is None:
                doubts.append("TRUE")
            open_ += [f"({leads} AND ({' OR '.join(doubts)}))"] if doubts else []
        if not ranks:
            return "CAST(NULL AS VARCHAR)"
        worst = f"GREATEST({', '.join(ranks)})" if len(ranks) > 1 else ranks[0]
        denial = STRICTNESS_OF_DENIAL
        doubt = f"WHEN ({' OR '.join(open_)}) AND {worst} < {denial} THEN NULL " if open_ else ""
        words = " ".join(f"WHEN {worst} = {rank} THEN '{policy.value}'" for policy, rank in STRICTNESS.items() if rank != 2)
        return (
            f"CASE WHEN {code}_low <> {code}_high OR {code}_low <> 6 THEN NULL {doubt}{words} ELSE NULL END"
        )

    @cached_property
    def _shaken(self) -> frozenset[str]:
        return frozenset(
            f"{g.id.lower()}_{index}_shaken"
            for g in self.governments
            for index, p in enumerate(self.law[g.id])
            if p.level and any(p.is_lifted_by(e) for e in self.law[g.id])
        )

    def _measures(
        self, leading: Sequence[tuple[Provision, str]], law: Sequence[Provision], name: Mapping[str, str], code: str
    ) -> str:
        """The ids that decide, in the order of the ledger: of an exception, those that free."""
        by_measure: dict[str, list[str]] = {}
        for p in law:
            own = name[p.id]
            if p.level:
                leads = next(text for q, text in leading if q is p)
                known = f"({code}_low = {code}_high AND {leads})"
                open_ = f"({code}_low <> {code}_high AND {own}_might AND NOT {own}_stands AND {p.level} > {code}_low)"
                by_measure.setdefault(p.measure.id, []).extend((known, open_))
            else:
                frees = [q for q in law if q.level and q.is_lifted_by(p) and _frees(law, q)]
                if p.effect is Effect.EXCEPT and frees:
                    freed = " OR ".join(f"{name[q.id]}_freed" for q in frees)
                    known = f"({code}_low = {code}_high AND {code}_low = 2 AND COALESCE({own}, FALSE) AND ({freed}))"
                    doubted = " OR ".join(
                        f"({name[q.id]}_might AND NOT {name[q.id]}_stands AND {q.level} > {code}_low)" for q in frees
                    )
                    open_ = f"({code}_low <> {code}_high AND {own} IS NULL AND ({doubted}))"
                    by_measure.setdefault(p.measure.id, []).extend((known, open_))
        if not by_measure:
            return "CAST(NULL AS VARCHAR)"
        parts = ", ".join(
            f"CASE WHEN {' OR '.join(tests)} THEN '{measure}' END" for measure, tests in by_measure.items()
        )
        return f"CONCAT_WS(';', {parts})"


STRICTNESS_OF_DENIAL = min(rank for policy, rank in STRICTNESS.items() if "denial" in policy.value)


def translate(sql: str, dialect: str) -> str:
    """Return a statement of DuckDB in another dialect.

    Raises: BadInputError: if there is no such dialect.
    """
    import sqlglot
    from sqlglot.dialects.dialect import Dialect

    from tidegate.errors import BadInputError

    try:
        Dialect.get_or_raise(dialect)
    except ValueError:
        known = ", ".join(sorted(name for name in sqlglot.Dialects._value2member_map_ if name))
        raise BadInputError(f"'{dialect}' is no SQL dialect. Dialects: {known}.") from None
    return sqlglot.transpile(sql, read="duckdb", write=dialect, pretty=True)[0]


def narrow(node: Node, present: frozenset[str]) -> Node:
    """Return a tree for rows that have only these columns: all others are NULL."""
    if isinstance(node, Test):
        if node.column in present:
            return node
        return FALSE if node.op == "given" else UNKNOWN
    if isinstance(node, And):
        return all_of(*(narrow(part, present) for part in node.parts))
    if isinstance(node, Or):
        return any_of(*(narrow(part, present) for part in node.parts))
    if isinstance(node, Not):
        return negate(narrow(node.part, present))
    if isinstance(node, Known):
        part = narrow(node.part, present)
        return Known(part) if not isinstance(part, Const) else TRUE if part == TRUE else FALSE
    return node


def to_sql(node: Node, prefix: str = "") -> str:
    """Return a tree as a boolean expression in the dialect of DuckDB."""
    if isinstance(node, Const):
        return _NULL if node.value is None else str(node.value).upper()
    if isinstance(node, And):
        return "(" + " AND ".join(to_sql(part, prefix) for part in node.parts) + ")"
    if isinstance(node, Or):
        return "(" + " OR ".join(to_sql(part, prefix) for part in node.parts) + ")"
    if isinstance(node, Not):
        return f"(NOT {to_sql(node.part, prefix)})"
    if isinstance(node, Known):
        return f"COALESCE({to_sql(node.part, prefix)}, FALSE)"
    column = f"{prefix}{node.column}"
    if node.op == "given":
        return f"({column} IS NOT NULL)"
    if node.op == "flag":
        return column
    if isinstance(node.value, frozenset):
        return f"{column} IN ({', '.join(_literal(value) for value in sorted(node.value))})"
    if isinstance(node.value, tuple):
        tests = (f"{column} = {_literal(c)} OR {column} LIKE {_literal(f'{c}.%')}" for c in node.value)
        return f"({' OR '.join(tests)})"
    assert node.value is not None
    return f"{column} {node.op} {_literal(node.value)}"


def _guarded(node: Node) -> str:
    """A scope in which the rest is looked at only where its cheap tests leave it open."""
    cheap = [part for part in node.parts if _is_cheap(part)] if isinstance(node, And) else []
    if not cheap or len(cheap) == len(node.parts):  # type: ignore[union-attr]
        return to_sql(node)
    return f"CASE WHEN ({to_sql(all_of(*cheap))}) = FALSE THEN FALSE ELSE {to_sql(node)} END"


def _is_cheap(node: Node) -> bool:
    if isinstance(node, Known):
        node = node.part
    return isinstance(node, Test) and not (isinstance(node.value, frozenset | tuple) and len(node.value) > 40)


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        return repr(float(value))
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


def _cast(value: Value | None, column: str) -> str:
    kind = _TYPES[columns()[column].type]
    return f"CAST({'NULL' if value is None else _literal(value)} AS {kind})"


def _names(level: str) -> str:
    words = " ".join(f"WHEN {rank} THEN '{outcome.value}'" for rank, outcome in enumerate(tuple(Outcome)[:-1]))
    return f"CASE {level} {words} END"


def _frees(law: Iterable[Provision], p: Provision) -> bool:
    return any(e.effect is Effect.EXCEPT and p.is_lifted_by(e) for e in law)


def _replace(p: Provision, scope: Node) -> Provision:
    from dataclasses import replace

    return replace(p, scope=scope)

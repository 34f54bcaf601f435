"""Allowances drawn down across the rows of a shipment book, in the order of their dates.

A measure with a quota names the column that holds what has been drawn, this shipment included
(`cum_tpp_country`), what one piece draws (`tpp`), and whose allowance it is (`per`). A row draws where the
scope of the measure holds of it but for the allowance itself. A row that would go over the limit gets the
total it would have come to, and draws nothing. Where the amount of a row is not known the total is not
known from there on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.ledger import Ledger
from tidegate.ledger.model import Quota
from tidegate.licensing.cells import insert
from tidegate.licensing.logic import TRUE, And, Known, Node, Not, Or, Test, all_of, any_of, columns_of, negate
from tidegate.licensing.provisions import Provision
from tidegate.licensing.scope import Days, expand
from tidegate.licensing.sql import Statement
from tidegate.licensing.tosql import narrow, to_sql

if TYPE_CHECKING:
    import duckdb

__all__ = ["Draw", "draw", "draw_rows"]


@dataclass(frozen=True, slots=True)
class Draw:
    """One row that draws: its number, whose allowance, and the amount (None: not known)."""

    row: int
    per: tuple[object, ...]
    amount: float | None


def draw_rows(
    rows: Iterable[Draw], limit: float, whole: Mapping[tuple[object, ...], float] | None = None
) -> Iterator[tuple[int, float | None]]:
    """Yield each row and the total drawn with it; rows come in the order of their dates.

    whole: where the limit is a share, what it is a share of, by whose allowance it is; the totals are
        shares then, and not known where nothing stands against them.

    >>> list(draw_rows([Draw(1, ("IN",), 6.0), Draw(2, ("IN",), 5.0), Draw(3, ("IN",), 4.0)], 10.0))
    [(1, 6.0), (2, 11.0), (3, 10.0)]
    """
    drawn: dict[tuple[object, ...], float | None] = {}
    for row in rows:
        before = drawn.get(row.per, 0.0)
        base = 1.0 if whole is None else whole.get(row.per)
        if before is None or row.amount is None or not base:
            drawn[row.per] = None
            yield row.row, None
            continue
        total = before + row.amount / base
        if total <= limit:
            drawn[row.per] = total
        yield row.row, total


def draw(
    connection: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    days: Days,
    given: frozenset[str],
    known_by: dt.date | None,
) -> frozenset[str]:
    """Draw every quota that the table leaves to be drawn; return the columns that were filled.

    Reads the relation `typed` and leaves the table `drawn`, the same rows with the totals. A table that
    does not say how many pieces a row is of is left alone, and so is one of which no row draws.
    """
    if "quantity" not in given:
        return frozenset()
    fills = frozenset(q.fills for q, _ in _quotas(Statement(ledger, days, given, known_by=known_by))) - given
    statement = Statement(ledger, days, given | fills, known_by=known_by)
    bare = Statement(ledger, days, given, "typed", (), known_by)
    quotas = [(q, p) for q, p in _quotas(statement) if q.fills in fills and _draws(connection, bare, q, p)]
    fills = frozenset(quota.fills for quota, _ in quotas)
    if not quotas:
        return frozenset()
    connection.execute("CREATE TABLE drawn AS SELECT *, row_number() OVER () AS row_id FROM typed")
    for name in sorted(fills):
        connection.execute(f"ALTER TABLE drawn ADD COLUMN {name} DOUBLE")
    done: set[str] = set()
    for quota, p in sorted(quotas, key=lambda pair: _waits_for(pair[1], fills, pair[0].fills)):
        if quota.fills in done:
            continue
        done.add(quota.fills)
        book = Statement(ledger, days, given | done, "drawn", ("row_id",), known_by)
        whole = _whole(connection, book, quota) if quota.against else {}
        drawing = draw_rows(_rows(connection, book, quota, p), quota.limit, whole if quota.against else None)
        totals = [(total, row) for row, total in drawing]
        if totals:
            connection.execute("CREATE TABLE totals (total DOUBLE, row_id BIGINT)")
            insert(connection, "totals", totals)
            connection.execute(
                f"UPDATE drawn SET {quota.fills} = t.total FROM totals AS t WHERE drawn.row_id = t.row_id"
            )
            connection.execute("DROP TABLE totals")
    return fills


def _quotas(statement: Statement) -> list[tuple[Quota, Provision]]:
    found = []
    for law in statement.law.values():
        for p in law:
            limb = next((part for part in p.measure.limbs if part.limb == p.limb), None)
            quota = (limb.quota if limb else None) or p.measure.quota
            if quota:
                found.append((quota, p))
    return found


def _draws(connection: duckdb.DuckDBPyConnection, statement: Statement, quota: Quota, p: Provision) -> bool:
    """Whether any row may draw on a quota."""
    facts = statement.facts_sql((quota.amount, *columns_of(p.scope)))
    scope = to_sql(narrow(_without(p.scope, quota.fills), statement.present))
    return bool(
        connection.execute(f"{facts} SELECT 1 FROM known WHERE ({scope}) IS NOT FALSE LIMIT 1").fetchall()
    )


def _rows(
    connection: duckdb.DuckDBPyConnection, statement: Statement, quota: Quota, p: Provision
) -> Iterator[Draw]:
    """The rows that draw on a quota, in the order of their dates and then of the table."""
    scope = to_sql(_without(p.scope, quota.fills))
    per = [name for name in quota.per if name in statement.present]
    facts = statement.facts_sql((quota.amount, "quantity", *per, *columns_of(p.scope)))
    pieces = "1" if quota.amount == "quantity" else "quantity"
    amount = quota.amount if quota.amount in statement.present else "CAST(NULL AS DOUBLE)"
    # A shipment that may or may not draw leaves the rest of the allowance open, as an unknown amount does.
    listed = ", ".join(
        [f"COALESCE({scope}, FALSE)", "EXTRACT(YEAR FROM date)", "row_id", f"{amount} * {pieces}", *per]
    )
    query = f"{facts} SELECT {listed} FROM known WHERE ({scope}) IS NOT FALSE AND date IS NOT NULL ORDER BY date, row_id"
    for holds, year, row, amount_, *whose in connection.execute(query).fetchall():
        window = (year,) if quota.window == "year" else ()
        yield Draw(row, (*whose, *window), amount_ if holds else None)


def _whole(
    connection: duckdb.DuckDBPyConnection, statement: Statement, quota: Quota
) -> Mapping[tuple[object, ...], float]:
    """What the limit is a share of: the amounts of the rows that it is measured against, summed up."""
    assert quota.against
    node = expand(quota.against, statement.days)
    per = [name for name in quota.per if name in statement.present]
    if quota.amount not in statement.present:
        return {}
    facts = statement.facts_sql((quota.amount, *per, *columns_of(node)))
    listed = "".join(f"{name}, " for name in per)
    group = f" GROUP BY {', '.join(per)}" if per else ""
    rows = connection.execute(
        f"{facts} SELECT {listed}sum({quota.amount}) FROM known WHERE {to_sql(node)}{group}"
    )
    return {tuple(whose): total for *whose, total in rows.fetchall() if total}


def _without(node: Node, column: str) -> Node:
    """A scope but for its tests of one column, which are taken to hold."""
    if isinstance(node, Test):
        return TRUE if node.column == column else node
    if isinstance(node, And):
        return all_of(*(_without(part, column) for part in node.parts))
    if isinstance(node, Or):
        return any_of(*(_without(part, column) for part in node.parts))
    if isinstance(node, Known):
        return Known(_without(node.part, column)) if column not in columns_of(node.part) else TRUE
    if isinstance(node, Not):
        # `NOT total > limit` holds of a shipment that is within the allowance.
        return negate(_without(node.part, column)) if column not in columns_of(node.part) else TRUE
    return node


def _waits_for(p: Provision, fills: frozenset[str], own: str) -> int:
    """How many other totals a quota needs first: shipments under an exception do not draw on the cap."""
    return len((fills - {own}) & set(columns_of(p.scope)))

"""What a layout of trade files is: how its columns become those that all layouts have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tidegate.sources.flows.cells import Rows
from tidegate.sources.flows.places import Scheme
from tidegate.tables import need

if TYPE_CHECKING:
    import polars

__all__ = ["Layout", "Told"]


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller says where a file does not: who reported, which flow, in which currency and unit of weight."""

    reporter: str | None = None
    flow: str | None = None
    currency: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout. rows: the columns that all layouts have, and what can be wrong with a row.

    drops: why a row is no row of the table, with the test, the first that holds. scheme: how countries are written.
    is_strict: a partner that is no known place is refused, not told. latin_1: whether the layout is known to
    come in Latin-1 too. lists_all: every flow that was not nothing is in it.
    """

    name: str
    rows: Rows
    drops: Sequence[tuple[str, polars.Expr]] = ()
    scheme: Scheme = "any"
    is_strict: bool = False
    latin_1: bool = False
    lists_all: bool = False
    notes: Sequence[str] = field(default_factory=tuple)

    def normal(self, frame: polars.LazyFrame) -> polars.LazyFrame:
        """Return the rows in the columns that all layouts have, without blank rows.

        `drop` says why a row falls out, `bad` is the number of the first thing that is wrong with it: null where
        nothing.
        """
        pl = need("polars")
        drop: Any = pl.lit(None, dtype=pl.String)
        for reason, test in reversed(self.drops):
            drop = pl.when(test).then(pl.lit(reason)).otherwise(drop)
        bad: Any = pl.lit(None, dtype=pl.UInt8)
        for number, wrong in reversed(list(enumerate(self.rows.wrong))):
            bad = pl.when(wrong.test).then(pl.lit(number, dtype=pl.UInt8)).otherwise(bad)
        columns = (expr.alias(name) for name, expr in self.rows.columns.items())
        made = frame.select("row", *columns, drop.alias("drop"), bad.alias("bad"))
        blank = pl.all_horizontal(pl.col(name).is_null() for name in ("y", "partner", "hs", "value"))
        return made.filter(~blank)

    def complaint(self, frame: polars.LazyFrame, row: int, number: int) -> str:
        """Return what is wrong with a row. number: from `bad`."""
        pl = need("polars")
        wrong = self.rows.wrong[number]
        if wrong.cell is None:
            return f"{wrong.what} {wrong.words}."
        [cell] = frame.filter(pl.col("row") == row).select(wrong.cell.alias("cell")).collect()["cell"]
        return f"{wrong.what} '{(cell or '')[:40]}' {wrong.words}."

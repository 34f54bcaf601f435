"""What a layout of trade files is: how its columns become those that all layouts have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
    """A layout. rows: expressions of the columns that all layouts have, as `Cells.rows` gives them.

    flows: what the words of the flow column mean. drops: why a row is no row of the table, with the test, the first
    that holds. scheme: how countries are written. is_strict: a partner that is no known place is refused, not told.
    latin_1: whether the layout is known to come in Latin-1 too. lists_all: every flow that was not nothing is in it.
    numbers: what the columns of values and weights are called in the file.
    """

    name: str
    rows: Mapping[str, polars.Expr]
    flows: Mapping[str, str]
    drops: Sequence[tuple[str, polars.Expr]] = ()
    scheme: Scheme = "any"
    is_strict: bool = False
    latin_1: bool = False
    lists_all: bool = False
    notes: Sequence[str] = field(default_factory=tuple)
    numbers: Mapping[str, str] = field(default_factory=dict)

    def normal(self, frame: polars.LazyFrame) -> polars.LazyFrame:
        """Return the rows in the columns that all layouts have, without blank rows; `drop` says why one falls out."""
        pl = need("polars")
        drop: Any = pl.lit(None, dtype=pl.String)
        for reason, test in reversed(self.drops):
            drop = pl.when(test).then(pl.lit(reason)).otherwise(drop)
        columns = (expr.alias(name) for name, expr in self.rows.items())
        made = frame.select("row", *columns, drop.alias("drop"))
        blank = pl.all_horizontal(pl.col(name).is_null() for name in ("period", "partner", "hs"))
        return made.filter(~blank)

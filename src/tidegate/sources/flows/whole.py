"""Which lists of partners are known to be whole, so that a partner missing from them traded nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidegate.tables import need

if TYPE_CHECKING:
    import polars

__all__ = ["LIST", "adding_up", "all_lists"]

LIST = ("period", "freq", "reporter", "flow", "hs")
"""What a list of partners is of."""


def all_lists(periods: polars.DataFrame, rows: polars.DataFrame) -> polars.DataFrame:
    """Return every list of a file that holds every flow above nothing: each period reported by each code seen.

    periods: freq, period, reporter, flow. rows: with hs.
    """
    return periods.join(rows.select("hs").unique(), how="cross").select(LIST)


def adding_up(table: polars.DataFrame, world: polars.DataFrame) -> polars.DataFrame:
    """Return the lists whose partners add up to the reporter's own total.

    Each row may be rounded to a dollar. What hides under an area not specified is in the total and in no row, so it
    leaves the list open, and so does a partner without a value.
    """
    pl = need("polars")
    key: Any = list(LIST)
    value = pl.col("value")
    sums = table.group_by(key).agg(value.sum(), pl.len().alias("n"), value.null_count().alias("unknown"))
    both = world.select(*key, value.alias("world")).join(sums, on=key, how="left")
    rows = pl.col("n").fill_null(0)
    # No partner at all leaves no room: the total must be nothing.
    room = pl.when(rows > 0).then(rows + 1 + 1e-9 * pl.col("world")).otherwise(0.0)
    is_whole = (pl.col("unknown").fill_null(0) == 0) & (
        (pl.col("world") - value.fill_null(0.0)).abs() <= room
    )
    return both.filter(is_whole).select(key)

"""What trade files hold: one row a reporter, partner, flow, code and period, and what is known to be whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars

__all__ = ["COLUMNS", "FLOWS", "FlowSource", "Flows"]

COLUMNS = ("period", "freq", "reporter", "partner", "flow", "hs", "value", "kg", "valuation", "estimated")
"""The columns of `Flows.table`, in order; its rows are sorted by the first six, which are its key."""

FLOWS = ("export", "import", "reexport", "reimport")


class FlowSource(NamedTuple):
    """A file that was read. sha256: its digest. layout: what its header told. rows: rows in it, all of them."""

    name: str
    sha256: str
    layout: str
    rows: int


@dataclass(frozen=True, eq=False)
class Flows:
    """Trade flows as their reporters booked them, in US dollars and kilograms.

    table: a Polars frame, one row a key, sorted by it:
        period (Date, first day of the month or year), freq ('M' or 'A'), reporter, partner (codes of
        `catalog.countries`; a partner that is the world, a group or an area not specified is no row, and
        `notes` counts it), flow ('export', 'import', 'reexport', 'reimport'), hs (2 to 10 digits as text),
        value (USD, Float64, null where the file has none), kg (Float64, null likewise), valuation ('FOB',
        'CIF' or null where the layout does not say), estimated (true where the file marks value or weight as
        estimated).
        'export' holds re-exports as well wherever the reporter counts them so, as UN Comtrade asks: do not
        add 'reexport' to it.
    world: a Polars frame with the same columns without partner: the totals over all partners as the reporter gave them.
    reported: a Polars frame with freq, period, reporter and flow: the periods for which the files hold any row of
        that reporter and flow, whatever its code or partner, before `hs` and `partners` narrow the table.
    whole: a Polars frame with freq, period, reporter, flow and hs: the lists of partners known to be whole.

    **A missing row is no zero.** It is unknown
      - where the period is not in `reported`: the reporter did not report, or not yet, or it was not asked for;
      - where (period, reporter, flow, hs) is not in `whole`: the file may hold only some partners or codes.
    It is a true zero (no trade, or below the reporter's threshold) only where the list is in `whole`: the file
    has the reporter's own row for the world and its partners add up to it, or the layout lists every flow above
    nothing (BACI), or the caller said so (`read_flows(..., lists_all=True)`). A code that is not in the table at
    all in a reported period stays unknown, unless the file lists all flows.
    """

    table: polars.DataFrame
    world: polars.DataFrame
    reported: polars.DataFrame
    whole: polars.DataFrame
    notes: tuple[str, ...] = ()
    sources: tuple[FlowSource, ...] = ()
    currency: str = "USD"
    unit: str = "kg"

    def months(self, reporter: str, flow: str, freq: str = "M") -> tuple[dt.date, ...]:
        """Return the first days of the months (or years, freq 'A') for which the reporter reported at all."""
        found = self.reported.filter(reporter=reporter, flow=flow, freq=freq)["period"]
        return tuple(found.unique().sort().to_list())

    def is_zero_where_absent(
        self, period: dt.date, reporter: str, flow: str, hs: str, freq: str = "M"
    ) -> bool:
        """Return whether a partner without a row traded nothing then; False means unknown."""
        return not self.whole.filter(period=period, freq=freq, reporter=reporter, flow=flow, hs=hs).is_empty()

"""Read trade files into one table: scanned, not loaded, so that memory follows what is asked for and not the file."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError
from tidegate.sources.flows.asked import Asked, asked_of, told_of
from tidegate.sources.flows.checks import code_of, complaints, period_of, wrong_numbers
from tidegate.sources.flows.layout import Layout, Told
from tidegate.sources.flows.layouts import layout_of
from tidegate.sources.flows.merging import merged
from tidegate.sources.flows.model import COLUMNS, Flows, FlowSource
from tidegate.sources.flows.notes import Counts, notes_of
from tidegate.sources.flows.opening import Opened, files_of, opened, ragged_row
from tidegate.sources.flows.places import Place, place_of
from tidegate.sources.flows.whole import LIST, adding_up, all_lists
from tidegate.tables import need

if TYPE_CHECKING:
    import polars

__all__ = ["read_flows"]

_WORLD = "World"
"""The world as partner, while rows are read."""

_KEYS = ("period", "freq", "reporter", "flow", "valuation", "currency")
_PERIODS = ("period", "freq", "reporter", "flow")


@dataclass(frozen=True, slots=True)
class _Meant:
    """What the words of a file mean. periods: first day and kind by `_key`. reporters, partners, codes: by word."""

    periods: Mapping[str, tuple[dt.date, str]]
    reporters: Mapping[str, Place]
    partners: Mapping[str, Place]
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of one file. whole: lists that the layout or the caller says are whole."""

    rows: polars.DataFrame
    reported: polars.DataFrame
    whole: polars.DataFrame
    source: FlowSource


def read_flows(
    paths: str | Path | Sequence[str | Path],
    *,
    hs: Iterable[str] | None = None,
    reporters: Iterable[str] | None = None,
    partners: Iterable[str] | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    reporter: str | None = None,
    flow: str | None = None,
    currency: str | None = None,
    unit: str | None = None,
    lists_all: bool = False,
) -> Flows:
    """Return the flows of one or more trade files, or of a folder of them.

    hs: keep codes that begin with one of these digits ('8542' keeps '854231'; points are ignored). reporters,
    partners: keep these country codes. since, until: keep periods that begin from and to these days, both included.
    reporter, flow, currency ('USD'), unit ('kg' or 't'): what a plain table does not say itself. lists_all: the caller
    knows that the files list every flow that was not nothing, so that a missing row is a zero.

    Raises: BadInputError: naming file, row or column and the mend. MissingExtraError: without Polars.
    """
    pl = need("polars")
    asked, told = asked_of(hs, reporters, partners, since, until), told_of(reporter, flow, currency, unit)
    counts = Counts()
    read: list[_Read] = []
    for path in files_of(paths):
        with tempfile.TemporaryDirectory(prefix="tidegate-flows-") as aside:
            read += [
                _read(table, asked, told, counts, lists_all=lists_all) for table in opened(path, Path(aside))
            ]
    rows = pl.concat(
        one.rows.with_columns(pl.lit(number, pl.UInt32).alias("file")) for number, one in enumerate(read)
    )
    is_world = pl.col("partner") == _WORLD
    names = [one.source.name for one in read]
    (table, again), (world, more) = (merged(rows.filter(test), names) for test in (~is_world, is_world))
    counts.again = again + more
    table, world = table.select(COLUMNS), world.select(name for name in COLUMNS if name != "partner")
    whole = pl.concat([*(one.whole for one in read), adding_up(table, world)])
    if asked.partners is not None:
        table = table.filter(pl.col("partner").is_in(sorted(asked.partners)))
    return Flows(
        table,
        world,
        pl.concat(one.reported for one in read).unique().sort(_PERIODS),
        whole.unique().sort(LIST),
        tuple(notes_of(counts, table, asked.hs or ())),
        tuple(sorted(one.source for one in read)),
    )


def _read(table: Opened, asked: Asked, told: Told, counts: Counts, *, lists_all: bool) -> _Read:
    pl = need("polars")
    layout = layout_of(table.columns, table.frame.collect_schema(), table.name, told)
    if not table.utf8 and not layout.latin_1:
        raise BadInputError(f"{table.name}: the file is not UTF-8. Save it as UTF-8.")
    keys, codes, partners, dropped = _words(table, layout)
    for reason, count in dropped.drop_nulls().iter_rows():
        counts.dropped[reason] += count
    counts.layouts.update(layout.notes)
    reporters = keys.group_by("reporter").agg(pl.col("n").sum(), pl.col("row").min())
    meant = _Meant(
        {_key(*words): period_of(*words) for words in keys.select("period", "freq").iter_rows()},
        _places(reporters, "reporter", layout, table.name, counts),
        _places(partners, "partner", layout, table.name, counts),
        {word: code_of(word) for word in codes["hs"]},
    )
    rows = _rows(asked, meant, layout, table)
    reported = _periods(keys, meant, layout)
    whole = reported.clear()
    if lists_all or layout.lists_all:
        whole = (
            reported.filter(pl.col("reporter").is_in(sorted(asked.reporters)))
            if asked.reporters
            else reported
        )
    source = FlowSource(table.name, table.sha256, layout.name, int(dropped["n"].sum()))
    return _Read(rows, reported, all_lists(whole, rows), source)


def _words(table: Opened, layout: Layout) -> list[polars.DataFrame]:
    """The different keys, codes, partners and reasons to fall out, with counts and the first row of each.

    Raises: BadInputError: naming the first row with something that cannot be.
    """
    pl = need("polars")
    frame = layout.normal(table.frame)
    kept = frame.filter(pl.col("drop").is_null())
    first = pl.col("row").min()
    keys = _collected(kept.group_by(_KEYS).agg(pl.len().alias("n"), first), table)
    codes = _collected(kept.group_by("hs").agg(first), table)
    partners = _collected(kept.group_by("partner").agg(pl.len().alias("n"), first), table)
    wrong = list(complaints(keys, codes, partners, layout.flows))
    doubtful = kept.select("row", *(_doubtful(name) for name in layout.numbers))
    doubtful = doubtful.filter(pl.any_horizontal(pl.col(list(layout.numbers)).is_not_null()))
    words = _collected(doubtful.group_by(list(layout.numbers)).agg(first), table)
    for name, column in layout.numbers.items():
        wrong += wrong_numbers(column, words.select(name, "row").drop_nulls())
    if wrong:
        complaint = min(wrong)
        raise BadInputError(f"{table.name}:{complaint.row}: {complaint.words}")
    dropped = _dropped(frame, layout, keys, table)
    if not len(keys):
        reasons = ", ".join(sorted(dropped["drop"].drop_nulls()))
        raise BadInputError(
            f"{table.name}: there is no flow in the file{': its rows are ' + reasons if reasons else ''}. Give one with "
            "totals by partner and code."
        )
    return [keys, codes, partners, dropped]


def _doubtful(name: str) -> Any:  # noqa: ANN401
    """The text of a number that may be none or no amount."""
    pl = need("polars")
    number, text = pl.col(name), pl.col(f"{name}_text")
    is_doubtful = (number.is_null() & text.is_not_null()) | (number < 0) | number.is_infinite()
    return pl.when(is_doubtful).then(text).alias(name)


def _dropped(
    frame: polars.LazyFrame, layout: Layout, keys: polars.DataFrame, table: Opened
) -> polars.DataFrame:
    """How many rows fall out, by reason, and under null those that do not."""
    pl = need("polars")
    if layout.drops:
        return _collected(frame.group_by("drop").agg(pl.len().alias("n")), table)
    return keys.select(pl.lit(None, dtype=pl.String).alias("drop"), pl.col("n").sum()).head(1)


def _collected(frame: polars.LazyFrame, table: Opened) -> polars.DataFrame:
    """Collect in a streaming scan of the file. Raises: BadInputError: naming the row that breaks it."""
    pl = need("polars")
    try:
        return frame.collect(engine="streaming")
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, OSError) as error:
        if found := ragged_row(table):
            raise BadInputError(
                f"{table.name}:{found[0]}: the row has {found[1]} of {len(table.columns)} columns. Mend the row."
            ) from None
        reason = str(error).splitlines()[0][:160] if str(error) else "it is broken"
        raise BadInputError(
            f"{table.name}: the file cannot be read: {reason.rstrip('.')}. Write it again."
        ) from None


def _places(
    found: polars.DataFrame, role: str, layout: Layout, name: str, counts: Counts
) -> Mapping[str, Place]:
    """What each word for a country in the file means; counts those that are none.

    found: words of the role, how many rows have it and the first of them.
    """
    # Lists of a layout's own (Schedule C, Taiwan's names) are for partners.
    scheme = layout.scheme if role == "partner" or layout.scheme == "m49" else "any"
    known = {}
    for word, count, row in found.iter_rows():
        place = known[word] = place_of(word, scheme)
        if layout.is_strict and (place.kind == "unknown" or (role == "reporter" and place.country is None)):
            raise BadInputError(
                f"{name}:{row}: {role} '{word[:40]}' is no known country. Write its two-letter code."
            )
        if place.country is None:
            counts.places[place.kind if role == "partner" else "reporter", word] += count
        counts.taiwan |= word == "490" and scheme == "m49"
    return known


def _rows(asked: Asked, meant: _Meant, layout: Layout, table: Opened) -> polars.DataFrame:
    """The rows asked for, of every country as partner and of the world."""
    pl = need("polars")
    codes = {w: code for w, code in meant.codes.items() if asked.hs is None or code.startswith(asked.hs)}
    reporters = {
        word: place.country
        for word, place in meant.reporters.items()
        if place.country and (asked.reporters is None or place.country in asked.reporters)
    }
    partners = {w: _WORLD if p.kind == "world" else p.country for w, p in meant.partners.items()}
    partners = {word: country for word, country in partners.items() if country}
    periods = {
        key: (day, freq)
        for key, (day, freq) in meant.periods.items()
        if (asked.since is None or day >= asked.since) and (asked.until is None or day <= asked.until)
    }
    wanted = (("hs", codes), ("reporter", reporters), ("partner", partners))
    # Narrowed before the columns are made: the few rows asked for are all that is worked on.
    narrow = table.frame.filter(*(layout.rows[name].is_in(sorted(words)) for name, words in wanted))
    chosen = layout.normal(narrow).filter(pl.col("drop").is_null()).with_columns(_key_expr().alias("key"))
    rows = _collected(chosen.filter(pl.col("key").is_in(sorted(periods))), table).with_columns(
        _mapped("key", {key: day for key, (day, _) in periods.items()}, pl.Date).alias("period"),
        _mapped("key", {key: freq for key, (_, freq) in periods.items()}).alias("freq"),
        _mapped("reporter", reporters),
        _mapped("partner", partners),
        _mapped("flow", layout.flows),
        _mapped("hs", codes),
        # A weight of nothing beside a value was not recorded.
        pl.when(~((pl.col("kg") == 0) & (pl.col("value") > 0)).fill_null(value=False))
        .then(pl.col("kg"))
        .alias("kg"),
    )
    if layout.scheme == "m49":
        # Saudi Arabia books unknown destinations as other Asia: unstats.un.org/wiki, Taiwan trade data.
        rows = rows.filter(~((pl.col("partner") == "TW") & (pl.col("reporter") == "SA")))
    return rows.select("row", *COLUMNS)


def _periods(keys: polars.DataFrame, meant: _Meant, layout: Layout) -> polars.DataFrame:
    pl = need("polars")
    return (
        keys.with_columns(_key_expr().alias("key"))
        .with_columns(
            _mapped("key", {key: day for key, (day, _) in meant.periods.items()}, pl.Date).alias("period"),
            _mapped("key", {key: freq for key, (_, freq) in meant.periods.items()}).alias("freq"),
            _mapped("reporter", {word: place.country for word, place in meant.reporters.items()}),
            _mapped("flow", layout.flows),
        )
        .filter(pl.col("reporter").is_not_null())
        .select(_PERIODS)
        .unique()
    )


def _key(period: str, freq: str | None) -> str:
    return f"{period}|{freq or ''}"


def _key_expr() -> Any:  # noqa: ANN401
    pl = need("polars")
    return pl.col("period") + "|" + pl.col("freq").fill_null("")


def _mapped(column: str, words: Mapping[str, Any], dtype: Any = None) -> Any:  # noqa: ANN401
    pl = need("polars")
    return pl.col(column).replace_strict(
        list(words), list(words.values()), default=None, return_dtype=dtype or pl.String
    )

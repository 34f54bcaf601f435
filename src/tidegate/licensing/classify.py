"""Item classification: which control-list entries an item meets by its parameters, as they stood on a day.

The entries and their vintages are those of `data/ledger/entries.yaml`: 3A090 and 4A090 of the US list as
they stood on each date, the tool parameters of 3B001 and 3B993, the Dutch and Malaysian entries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidegate.errors import BadInputError, MissingExtraError
from tidegate.ledger.definitions import Entry, Version, entries
from tidegate.licensing.facts import Transaction
from tidegate.licensing.logic import (
    FALSE,
    UNKNOWN,
    And,
    Clause,
    Const,
    Known,
    Node,
    Not,
    Or,
    clauses,
    columns_of,
    evaluate,
    residual,
    walk,
)
from tidegate.licensing.scope import DAY, Days, expand, pieces
from tidegate.licensing.tosql import narrow

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Placement", "classify", "classify_table", "entry_on", "to_polars"]


@dataclass(frozen=True, slots=True)
class Placement:
    """One entry that an item meets (`holds`), or may meet: None, and then `missing` says what would tell."""

    list: str
    code: str
    subject: str
    holds: bool | None
    clauses: tuple[Clause, ...]
    missing: tuple[str, ...]
    version: Version

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "list": self.list, "code": self.code, "subject": self.subject, "holds": self.holds,
            "since": self.version.starts.isoformat(), "citation": self.version.citation,
            "source": self.version.source, "verified": self.version.verified,
            "clauses": [str(clause) for clause in self.clauses], "missing": list(self.missing),
        }  # fmt: skip


def entry_on(entry: Entry, day: dt.date) -> Version | None:
    """Return the version of an entry that holds on a day; None where the entry did not exist."""
    holding = [v for v in entry.versions if v.starts <= day and (v.ends is None or day < v.ends)]
    return max(holding, key=lambda version: version.starts, default=None)


def classify(facts: Mapping[str, Any], on: dt.date) -> tuple[Placement, ...]:
    """Return the entries that an item meets on a day by its parameters, then those it may meet.

    facts: by column of docs/columns.md; a catalog item brings its attributes. A number that is given
        is not looked at: this is what the parameters say.
    Raises: FieldError: naming the field that is not usable.

    >>> import datetime as dt
    >>> [p.code for p in classify({"item": "a800-sxm-80gb"}, dt.date(2023, 11, 16)) if p.holds]
    ['3A991']
    >>> [p.code for p in classify({"item": "a800-sxm-80gb"}, dt.date(2023, 11, 17)) if p.holds]
    ['3A090.a']
    """
    known = {name: value for name, value in Transaction.of(facts, on).facts.items()
             if name not in ("eccn", "nl_code", "my_code")}  # fmt: skip
    found = []
    for column, codes in entries().items():
        for entry in codes.values():
            version = entry_on(entry, on)
            node = expand(version.when, Days.of(on)) if version else FALSE
            holds = evaluate(node, known)
            if version is None or holds is False:
                continue
            missing = tuple(dict.fromkeys(columns_of(residual(node, known)))) if holds is None else ()
            found.append(
                Placement(column, entry.code, entry.subject, holds, clauses(node, known), missing, version)
            )
    return tuple(sorted(found, key=lambda p: (p.holds is None, p.list, p.code)))


def classify_table(table: Any, codes: Sequence[str], column: str = "eccn") -> pl.DataFrame:  # noqa: ANN401
    """Return the code of each row and the first day of the version that put it there, as a Polars frame.

    table: an Arrow, Polars or pandas table with `date` and parameters as columns of docs/columns.md, in
        their types. codes: the entries to place by; the first that holds counts. Columns of the answer:
        `code` (None: outside all of them, or open), `since`, and `open` where a missing fact would tell.
    Raises: BadInputError: if a code is no entry of the list, or the table has no date.
    """
    try:
        import polars as pl
    except ImportError:
        raise MissingExtraError("polars is not installed. Run: pip install 'tidegate[tables]'") from None
    known = entries().get(column, {})
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise BadInputError(f"'{unknown[0]}' is no entry of {column}. Entries: {', '.join(sorted(known))}.")
    frame: pl.DataFrame = table if isinstance(table, pl.DataFrame) else pl.DataFrame(table)
    if "date" not in frame.columns:
        raise BadInputError("The table has no column 'date'. Name the day of each row 'date'.")
    first, last = frame["date"].min(), frame["date"].max()
    days = Days(first or dt.date(2018, 1, 1), (last or dt.date(2018, 1, 1)) + DAY)  # type: ignore[arg-type,operator]
    versions = [(code, v) for code in codes for v in known[code].versions if days.within(v.starts, v.ends)]
    trees = [narrow(_dated(v, days), frozenset(frame.columns)) for _, v in versions]
    tests = [to_polars(tree) for tree in trees]
    number = pl.lit(None, pl.UInt32)
    for index, test in reversed(list(enumerate(tests))):
        number = pl.when(test).then(pl.lit(index, pl.UInt32)).otherwise(number)
    # Whether a missing fact would tell is asked only where one can be missing.
    used = {name for tree in trees for name in columns_of(tree)}
    whole = not any(frame[name].null_count() for name in used) and not any(UNKNOWN in walk(t) for t in trees)
    opens = [] if whole else [test.is_null() for test in tests]
    open_ = number.is_null() & pl.any_horizontal(*opens) if opens else pl.lit(value=False)
    columns_ = (number.alias("__number"), open_.alias("__open"))
    found = frame.lazy().with_columns(*columns_).select("__number", "__open").collect()
    words = list(dict.fromkeys(code for code, _ in versions))
    codes_ = pl.Series("code", [code for code, _ in versions], dtype=pl.Enum(words))
    starts = pl.Series("since", [v.starts for _, v in versions], dtype=pl.Date)
    placed = found["__number"]
    return pl.DataFrame([codes_.gather(placed), starts.gather(placed), found["__open"].alias("open")])


def to_polars(node: Node) -> pl.Expr:
    """Return a tree as a Polars expression, whose logic is Kleene's as that of SQL is."""
    import polars as pl

    if isinstance(node, Const):
        return pl.lit(node.value, pl.Boolean)
    if isinstance(node, And):
        return pl.all_horizontal(*(to_polars(part) for part in node.parts))
    if isinstance(node, Or):
        return pl.any_horizontal(*(to_polars(part) for part in node.parts))
    if isinstance(node, Not):
        return ~to_polars(node.part)
    if isinstance(node, Known):
        return to_polars(node.part).fill_null(value=False)
    column = pl.col(node.column)
    if node.op == "given":
        return column.is_not_null()
    if node.op == "flag":
        return column
    if node.op == "in":
        return column.is_in(sorted(node.value))  # type: ignore[arg-type]
    if node.op == "under":
        return pl.any_horizontal(
            *((column == code) | column.str.starts_with(f"{code}.") for code in node.value)  # type: ignore[union-attr]
        )
    compare = {"=": column.eq, "<": column.lt, "<=": column.le, ">": column.gt, ">=": column.ge}[node.op]
    return compare(pl.lit(node.value))


def _dated(version: Version, days: Days) -> Node:
    def on(day: dt.date) -> Node:
        holds = version.starts <= day and (version.ends is None or day < version.ends)
        return expand(version.when, days) if holds else FALSE

    return pieces(days, iter([d for d in (version.starts, version.ends) if d]), on)

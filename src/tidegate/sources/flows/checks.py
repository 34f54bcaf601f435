"""What the words of a trade file mean, and what is wrong with them. A file has few different words, however many rows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tidegate.errors import BadInputError
from tidegate.sources.flows.cells import MISSING

if TYPE_CHECKING:
    import polars

__all__ = ["Complaint", "code_of", "complaints", "period_of", "wrong_numbers"]

_PERIOD = re.compile(r"((?:19|20)\d{2})(?:-?(0[1-9]|1[0-2])(?:-?([0-3]\d)(?:[T ]00:00:00.*)?)?)?", re.ASCII)
_CODE = re.compile(r"\d{2,10}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?inf(?:inity)?", re.ASCII | re.IGNORECASE)
_UNKNOWN = "leave it empty where it is not known"


class Complaint(NamedTuple):
    """The first row with a word that cannot be. order: which complaint of one row comes first."""

    row: int
    order: int
    words: str


def period_of(word: str | None, freq: str | None) -> tuple[dt.date, str]:
    """Return the first day and the kind ('M' or 'A') of a period.

    freq: what the file says of it, 'A' where a date stands for its year. Raises: BadInputError: what is wrong.
    """
    found = _PERIOD.fullmatch(word or "")
    if found is None:
        raise BadInputError(f"period '{_cut(word)}' is no month or year. Write YYYY-MM or YYYY.")
    year, month, day = found.groups()
    if day not in (None, "01"):
        raise BadInputError(f"period '{_cut(word)}' is no first day of a month. Write YYYY-MM.")
    if month is None or (freq or "").upper() == "A":
        return dt.date(int(year), 1, 1), "A"
    return dt.date(int(year), int(month), 1), "M"


def code_of(word: str | None) -> str:
    """Return the digits of an HS code. Raises: BadInputError: what is wrong."""
    code = re.sub(r"[.\s]", "", word or "")
    if not _CODE.fullmatch(code):
        raise BadInputError(f"hs '{_cut(word)}' is no HS code. Write 2 to 10 digits.")
    if len(code) % 2:
        raise BadInputError(
            f"hs '{_cut(word)}' has an odd number of digits. Write codes as text, noughts in front too."
        )
    return code


def complaints(
    keys: polars.DataFrame, codes: polars.DataFrame, partners: polars.DataFrame, flows: Mapping[str, str]
) -> Iterator[Complaint]:
    """Yield what is wrong with the words of a file, each with the first row that has it.

    keys: different period, freq, reporter, flow, valuation and currency. codes, partners: different hs and partner.
    """
    for row in keys.iter_rows(named=True):
        yield from _tried(row["row"], 0, partial(period_of, row["period"], row["freq"]))
        if row["reporter"] is None:
            yield Complaint(row["row"], 1, "reporter is missing. Write who reported.")
        if row["flow"] not in flows:
            words = f"flow '{_cut(row['flow'])}' is none of export, import, reexport, reimport. Write one of them."
            yield Complaint(row["row"], 3, words)
        if row["currency"] not in (None, "USD"):
            words = f"currency '{_cut(row['currency'])}' is not USD. Convert the values to US dollars."
            yield Complaint(row["row"], 5, words)
        if row["valuation"] not in (None, "FOB", "CIF"):
            words = f"valuation '{_cut(row['valuation'])}' is neither FOB nor CIF. Write one, or nothing."
            yield Complaint(row["row"], 6, words)
    for word, row in partners.select("partner", "row").iter_rows():
        if word is None:
            yield Complaint(row, 2, "partner is missing. Write the partner, or 'World'.")
    for word, row in codes.select("hs", "row").iter_rows():
        yield from _tried(row, 4, partial(code_of, word))


def wrong_numbers(name: str, words: polars.DataFrame) -> Iterator[Complaint]:
    """Yield what is wrong with numbers. name: of their column. words: those that may be none: word and first row."""
    for word, row in words.iter_rows():
        if word.lower() in MISSING:
            continue
        is_number = _NUMBER.fullmatch(word)
        said = "is no amount. It is 0 or more" if is_number else "is not a number. Write it as 1234.5"
        said += f"; {_UNKNOWN}."
        yield Complaint(row, 10, f"{name} '{_cut(word)}' {said}")


def _tried(row: int, order: int, read: Callable[[], object]) -> Iterable[Complaint]:
    try:
        read()
    except BadInputError as error:
        return [Complaint(row, order, str(error))]
    return []


def _cut(word: str | None) -> str:
    return (word or "")[:40]

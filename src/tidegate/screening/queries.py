"""Names to screen out of a file: a table with a column of names, or a name a line; of any length, read as it is asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import BadInputError

__all__ = ["LONGEST_NAME", "Query", "QueryFile"]

LONGEST_NAME = 2000
"""Letters of a name; a longer one is a mistake in the file."""

_NAMES = ("query", "name")


@dataclass(frozen=True, slots=True)
class Query:
    """One name of a file. row: counted from 1, the header not. country: ISO 3166-1 alpha-2, None where not given."""

    name: str
    row: int
    country: str | None = None
    identifiers: tuple[str, ...] = ()


class QueryFile:
    """A file of names: a name a line, or CSV with a column `query` or `name`.

    It may have the columns `country` and `identifier` as well, several identifiers with ';' between.
    """

    def __init__(self, path: str | Path) -> None:
        """Raises: BadInputError: if the file cannot be read, is empty or its table has no column of names."""
        self.path = Path(path)
        try:
            self.bytes = self.path.stat().st_size
            with self.path.open("rb") as file:
                head = file.readline(1_000_000)
        except OSError as error:
            raise self._unreadable(error) from None
        if not self.bytes:
            raise BadInputError(
                f"{path}: this file is empty. Give a name a line, or a table with a column 'query'."
            )
        self.done = 0
        self.columns = self._header(head)

    def _header(self, head: bytes) -> dict[str, int] | None:
        """Return the place of each column that is known; None where the file is a name a line."""
        try:
            line = head.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self._not_utf8(1, error) from None
        # Lines end as the table's do, at a bare carriage return too.
        cells = [cell.strip().lower() for cell in next(csv.reader(io.StringIO(line, newline="")), [])]
        found = {cell: at for at, cell in reversed(list(enumerate(cells)))}
        name = next((found[column] for column in _NAMES if column in found), None)
        if name is None:
            if self.path.suffix.lower() == ".csv" and len(cells) > 1:
                raise BadInputError(
                    f"{self.path}:1: no column is called 'query' or 'name'. Columns: {', '.join(cells[:12])}. Rename one."
                )
            return None
        places = {"name": name}
        return places | {column: found[column] for column in ("country", "identifier") if column in found}

    def __iter__(self) -> Iterator[Query]:
        """Yield the queries, empty names left out. Raises: BadInputError: naming the row and the field."""
        try:
            with self.path.open("rb") as raw:
                text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="" if self.columns else None)
                yield from self._table(text, raw) if self.columns else self._lines(text, raw)
        except OSError as error:
            raise self._unreadable(error) from None

    def _lines(self, text: io.TextIOWrapper, raw: io.BufferedReader) -> Iterator[Query]:
        row = 0
        try:
            for row, line in enumerate(text, 1):
                self.done = raw.tell()
                if name := line.strip():
                    yield Query(self._name(name, row), row)
        except UnicodeDecodeError as error:
            raise self._not_utf8(row + 1, error) from None

    def _table(self, text: io.TextIOWrapper, raw: io.BufferedReader) -> Iterator[Query]:
        places = self.columns or {}
        reader, row = csv.reader(text), 0
        try:
            next(reader)
            for row, cells in enumerate(reader, 1):
                self.done = raw.tell()

                def cell(column: str, cells: list[str] = cells) -> str:
                    at = places.get(column)
                    return cells[at].strip() if at is not None and at < len(cells) else ""

                if name := cell("name"):
                    numbers = tuple(part.strip() for part in cell("identifier").split(";") if part.strip())
                    yield Query(self._name(name, row), row, self._country(cell("country"), row), numbers)
        except UnicodeDecodeError as error:
            raise self._not_utf8(row + 1, error) from None
        except csv.Error as error:
            raise BadInputError(
                f"{self.path}: row {row + 1}: this is no CSV: {error}. Mend the quoting."
            ) from None

    def _name(self, name: str, row: int) -> str:
        if len(name) > LONGEST_NAME:
            raise BadInputError(
                f"{self.path}: row {row}, name: it has {len(name)} letters, {LONGEST_NAME} are allowed. Is a quote open?"
            )
        return name

    def _country(self, country: str, row: int) -> str | None:
        from tidegate.screening.country import country_code

        try:
            return country_code(country) if country else None
        except BadInputError as error:
            raise BadInputError(f"{self.path}: row {row}, country: {error}") from None

    def _unreadable(self, error: OSError) -> BadInputError:
        return BadInputError(
            f"{self.path}: this file cannot be read: {error.strerror or error}. Check the path."
        )

    def _not_utf8(self, row: int, error: UnicodeDecodeError) -> BadInputError:
        return BadInputError(
            f"{self.path}: row {row} or near it is not UTF-8 ({error.reason}). Save it as UTF-8."
        )

"""Files in, a control list out: what part 774, 738 and 740 say, joined by country and asked by number."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from tidegate.errors import BadInputError, NotFoundError
from tidegate.sources.ecfr.files import ChartTable, EcfrError, Found, day_in_name, read_text
from tidegate.sources.ecfr.layout_json import read_json
from tidegate.sources.ecfr.layout_xml import read_xml
from tidegate.sources.ecfr.model import CountryKey, Entry, Row, Vintage
from tidegate.sources.ecfr.need import ChartNeed, weigh_ear99, weigh_entry
from tidegate.sources.ecfr.paragraphs import split_eccn

__all__ = ["ControlList", "read_control_list"]

CountryCode = Callable[[str], str | None]
"""From a printed country name to its ISO 3166-1 alpha-2 code; None or a LookupError where it knows none."""


@dataclass(frozen=True)
class ControlList:
    """The Commerce Control List with its chart and groups, as of the files it was read from.

    entries: by ECCN. rows: of the Country Chart, by country key; empty without part 738.
    columns: of the chart. groups: members of each Country Group, as 'D:5', by country key; None without
    part 740. exceptions: letters of License Exceptions to the section that holds them.
    vintages: the day of each part. notes: what was left open in reading.
    """

    entries: Mapping[str, Entry]
    rows: Mapping[CountryKey, Row]
    columns: frozenset[tuple[str, int]]
    groups: Mapping[str, frozenset[CountryKey]] | None
    exceptions: Mapping[str, str]
    vintages: Mapping[str, Vintage]
    notes: tuple[str, ...] = ()

    @property
    def issued(self) -> dt.date | None:
        """The day of the oldest part, by which every part was as it is read; None where one is undated."""
        days = [vintage.issued for vintage in self.vintages.values()]
        return None if None in days else min((day for day in days if day), default=None)

    @property
    def chart(self) -> Mapping[CountryKey, frozenset[tuple[str, int]]]:
        """Reason and column of each mark, by country; without rows that have words in place of marks."""
        return {key: row.marks for key, row in self.rows.items() if row.elsewhere is None}

    def chart_need(self, eccn: str, country: str) -> ChartNeed:
        """Return whether the Country Chart asks for a licence for an item to a destination.

        eccn: as 3B001.c.1.a, or EAR99. country: a key of `rows` (a code, where `country_code` was given)
            or a name as the chart prints it; Hong Kong is asked as China.
        Raises: BadInputError: if the number is none, or part 738 was not given. NotFoundError: if the list
            holds no such entry or the chart no such destination.
        """
        row, notes = self._row(country)
        if eccn.strip().upper() == "EAR99":
            return weigh_ear99(row, self.issued, notes)
        number, path = split_eccn(eccn)
        entry = self.entries.get(number)
        if entry is None:
            near = difflib.get_close_matches(number, self.entries, 3)
            hint = f"Near it: {', '.join(near)}." if near else "Check the number."
            raise NotFoundError(f"eccn: the list holds no {number}; a copy may lack an entry. {hint}")
        return weigh_entry(entry, path, row, self.columns, self.groups, self.issued, notes)

    def _row(self, country: str) -> tuple[Row, tuple[str, ...]]:
        if not self.rows:
            raise EcfrError("country: the Country Chart is missing. Give the file of part 738 as well.")
        text = " ".join(country.split())
        key = text.upper() if len(text) == 2 else text.casefold()
        notes = list(self.notes)
        if key in ("HK", "hong kong"):
            notes.append("Hong Kong has no row of its own; China's holds for it since 2020-12-23.")
            key = "CN" if "CN" in self.rows else "china"
        row = self.rows.get(key) or self._named.get(key)
        if row is None:
            near = difflib.get_close_matches(key, [*self._named, *self.rows], 3)
            hint = f"Near it: {', '.join(near)}." if near else ""
            raise NotFoundError(
                f"country: the Country Chart has no row '{country}'. A territory without a row goes with the "
                f"country it belongs to (15 CFR 738.3(b)): name that one. {hint}".rstrip()
            )
        for text in row.footnotes.values():
            if (match := re.match(r"Refer to (\w+) for licensing requirements", text)) and (
                other := self._named.get(match[1].casefold())
            ):
                notes.append(f"{row.name} is asked as {other.name}: {text}")
                row = replace(other, key=row.key)
                break
        if row.name == "Canada":
            notes.append(
                "Canada's row has few marks, and they are all the chart asks. Goods that pass through Canada "
                "are exports to where they go (15 CFR 734.13(c))."
            )
        return row, tuple(notes)

    @cached_property
    def _named(self) -> Mapping[str, Row]:
        return {row.name.casefold(): row for row in self.rows.values()}


def read_control_list(*paths: str | Path, country_code: CountryCode | None = None) -> ControlList:
    """Return the control list in files of part 774, and of parts 738 and 740 where given.

    paths: eCFR XML (https://www.ecfr.gov/api/versioner/v1/full/2026-07-23/title-15.xml?part=774, and the
        same with 738 and 740), GovInfo's XML of title 15, or the JSON of `layout_json`; told by content.
    country_code: from a printed name to an ISO code, such as
        `lambda name: catalog.find(name, "country")`; without it countries keep their printed names.
    Raises: EcfrError: if a file cannot be read, holds none of the three supplements, repeats one that
        another file holds, or none holds part 774.
    """
    whole = Found()
    vintages: dict[str, Vintage] = {}
    for path in (Path(p) for p in paths):
        name = str(path)
        found = _read(path, name)
        vintage = Vintage(name, found.issued, found.basis)
        for part, attribute in _PARTS:
            value = getattr(found, attribute)
            if value is None:
                continue
            if getattr(whole, attribute) is not None:
                raise EcfrError(f"{name}: {part} is in {vintages[part].file} already. Give one of the two.")
            setattr(whole, attribute, value)
            vintages[part] = vintage
    if whole.entries is None:
        given = "no file was given" if not paths else "none of the files holds the Commerce Control List"
        raise EcfrError(f"paths: {given}. Give the XML of 15 CFR part 774 from ecfr.gov.")
    keys = _Keys(country_code)
    rows = _rows(whole.chart, keys) if whole.chart else {}
    groups = None
    if whole.groups is not None:
        groups = {label: frozenset(map(keys.key, names)) for label, names in whole.groups.items()}
    return ControlList(
        MappingProxyType(whole.entries),
        MappingProxyType(rows),
        frozenset(whole.chart.columns if whole.chart else ()),
        MappingProxyType(groups) if groups is not None else None,
        MappingProxyType(whole.exceptions or {}),
        MappingProxyType(vintages),
        (*keys.notes(), *_notes_on_days(vintages)),
    )


_PARTS = (
    ("part 774", "entries"),
    ("part 738", "chart"),
    ("part 740 groups", "groups"),
    ("part 740 exceptions", "exceptions"),
)


def _read(path: Path, name: str) -> Found:
    text = read_text(path, name)
    found = read_json(text, name) if text.lstrip()[:1] in ("{", "[") else read_xml(text, name)
    if found.is_empty():
        raise EcfrError(
            f"{name}: the file holds neither supplement no. 1 to part 774, 738 or 740. "
            "Download one of these parts of title 15 from ecfr.gov."
        )
    if found.issued is None and (day := day_in_name(path)) is not None:
        found.issued, found.basis = day, "the name of the file"
    return found


def _rows(chart: ChartTable, keys: _Keys) -> dict[CountryKey, Row]:
    rows: dict[CountryKey, Row] = {}
    for raw in chart.rows:
        key = keys.key(raw.name)
        if key in rows:
            raise EcfrError(
                f"part 738: '{raw.name}' and '{rows[key].name}' are both taken for {key}. "
                "Mend country_code, or the row in the file."
            )
        unknown = "its text was not found in the file"
        footnotes = {n: chart.footnotes.get(n, unknown) for n in raw.footnotes}
        rows[key] = Row(raw.name, key, raw.marks, raw.elsewhere, footnotes)
    return rows


def _notes_on_days(vintages: Mapping[str, Vintage]) -> list[str]:
    days = {vintage.issued for vintage in vintages.values()}
    if len(days) == 1 and None not in days:
        return []
    told = "; ".join(f"{part}: {v.issued or 'unknown'} ({v.basis})" for part, v in vintages.items())
    return [f"The parts are not known to be of one day. {told}."]


# The two supplements and the world print some names in different ways.
_OTHERWISE = {
    "Cape Verde": ("Cabo Verde",),
    "Congo (Democratic Republic of the)": ("Democratic Republic of the Congo", "DR Congo"),
    "Congo (Democratic Republic of)": ("Democratic Republic of the Congo", "DR Congo"),
    "Congo (Republic of the)": ("Republic of the Congo", "Congo"),
    "Cote d'Ivoire": ("Côte d'Ivoire",),
    "Cote d'lvoire": ("Côte d'Ivoire",),
    "Seycheles": ("Seychelles",),
    "Sint Maarten (the Dutch two-fifths of the island of Saint Martin)": ("Sint Maarten (Dutch part)",),
    "Vatican City": ("Holy See", "Holy See (Vatican City State)"),
}


class _Keys:
    """Country keys for printed names, and the names that no code was found for."""

    def __init__(self, country_code: CountryCode | None) -> None:
        self._code = country_code
        self._known: dict[str, CountryKey] = {}
        self._unplaced: set[str] = set()

    def key(self, printed: str) -> CountryKey:
        """Return the code of a printed name, or a plain form of the name."""
        if printed not in self._known:
            self._known[printed] = self._find(printed)
        return self._known[printed]

    def notes(self) -> list[str]:
        """Return a note on names without a code, where codes were wanted."""
        if not self._unplaced:
            return []
        return [f"No country code was found for: {', '.join(sorted(self._unplaced))}. Ask by these names."]

    def _find(self, printed: str) -> CountryKey:
        if self._code is None:
            return _spellings(printed)[-1].casefold()
        for spelling in (printed, *_spellings(printed)):
            try:
                code = self._code(spelling)
            except (LookupError, BadInputError):
                continue
            if code:
                return code
        self._unplaced.add(printed)
        return _spellings(printed)[-1].casefold()


def _spellings(printed: str) -> list[str]:
    """Return other ways to write a printed name; the last is the same for both supplements."""
    if printed in _OTHERWISE:
        return list(_OTHERWISE[printed])
    text = re.sub(r"\s*\([^()]*\)$", "", printed).replace("&", "and")
    found = [text]
    if match := re.fullmatch(r"([^,]+), ([^,]+)", text):
        found.append(f"{match[2]} {match[1]}" if match[1] == "Korea" else match[1])
    if text.startswith("St. "):
        found.append(f"Saint {text[4:]}")
    return [*found, found[-1].removeprefix("The ")]

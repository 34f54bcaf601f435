"""What the three supplements hold: entries with their controls, rows of the chart, places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.sources.ecfr.paragraphs import Path, Scope

__all__ = ["Control", "CountryKey", "Entry", "Places", "Row", "Vintage"]

CountryKey = str
"""ISO 3166-1 alpha-2 code where one was found for the printed name, else the printed name itself."""


@dataclass(frozen=True, slots=True)
class Places:
    """The destinations that a control names in words where it has no column of the chart.

    names: as the chart prints them. groups: as 'D:5'. all_but: names of the chart that are left out.
    outside_groups: groups whose members are left out. worldwide: every destination, less `all_but`.
    inside_is_sure, outside_is_sure: whether the words alone settle a destination inside, or outside.
    """

    names: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    all_but: frozenset[str] = frozenset()
    outside_groups: frozenset[str] = frozenset()
    worldwide: bool = False
    inside_is_sure: bool = True
    outside_is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Control:
    """One reason for control of an entry. Source: the entry's License Requirements section.

    reason: the letters, as 'NS'; None where the line does not begin with them.
    column: of the Country Chart; None where the line names none that could be read.
    applies_to: what of the entry it reaches, in the list's words. scope: the same as paragraphs; None
        where the words are more than paragraphs. destination: the line's words on the chart or places.
    places: destinations named in words. refers: the line also sends the reader elsewhere.
    """

    reason: str | None
    column: int | None
    applies_to: str
    destination: str
    scope: Scope | None = None
    places: Places | None = None
    refers: bool = False

    @property
    def is_decidable(self) -> bool:
        """Whether an item's paragraph and a country always settle this control."""
        if self.scope is None or self.refers:
            return False
        sure = self.places is not None and self.places.inside_is_sure and self.places.outside_is_sure
        return self.column is not None or sure

    def __str__(self) -> str:
        column = f" Column {self.column}" if self.column is not None else ""
        return f"{self.reason or 'Control'}{column}, {self.applies_to}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the Commerce Control List. Source: 15 CFR 774 Supp. 1.

    reasons: letters of the line 'Reason for Control'. exceptions: list-based License Exceptions, letters
    to the list's words. requirement_notes: other text of the License Requirements section.
    paragraphs: those whose text was read; empty where the file leaves them out.
    """

    eccn: str
    heading: str
    reasons: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    exceptions: Mapping[str, str] = field(default_factory=dict)
    requirement_notes: tuple[str, ...] = ()
    paragraphs: frozenset[Path] = frozenset()

    @property
    def unread_reasons(self) -> tuple[str, ...]:
        """Reasons that the entry names and no control line that was read bears."""
        return tuple(r for r in self.reasons if r not in {control.reason for control in self.controls})

    @property
    def is_decidable(self) -> bool:
        """Whether every control was read so far that paragraph and country settle it."""
        if not self.controls or self.unread_reasons:
            return False
        return all(control.is_decidable for control in self.controls)


@dataclass(frozen=True, slots=True)
class Row:
    """One destination of the Country Chart. Source: 15 CFR 738 Supp. 1.

    marks: reason and column of each X. elsewhere: the words that stand in the place of marks; a row with
    them says nothing by its lack of marks. footnotes: their words, by number.
    """

    name: str
    key: CountryKey
    marks: frozenset[tuple[str, int]] = frozenset()
    elsewhere: str | None = None
    footnotes: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vintage:
    """The day a file's text stood. issued: None where nothing tells it. basis: what told it."""

    file: str
    issued: dt.date | None
    basis: str

"""The nouns: countries, dated country groups, items and parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.dates import Day

__all__ = ["Country", "Group", "Item", "Official", "Party", "Spell"]


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory, or the EU. code: ISO 3166-1 alpha-2. aliases: what it is called."""

    code: str
    name: str
    aliases: tuple[str, ...]
    source: str

    @property
    def id(self) -> str:
        """The code."""
        return self.code


@dataclass(frozen=True, slots=True)
class Spell:
    """A country's time in a group: from `starts` (None: as far back as is known) to before `ends`."""

    country: str
    starts: Day | None
    ends: Day | None
    source: str
    verified: bool
    note: str | None = None

    def covers(self, day: Day) -> bool:
        """Whether the country is in the group on `day` by this spell."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day < self.ends)


@dataclass(frozen=True, slots=True)
class Group:
    """A country group whose members change with time.

    members: in it whenever the group exists. includes: groups whose members count as well.
    all_but: every country except these groups and codes. spells: members for a time.
    starts: the day the group came into being; None where that is before the record.
    defined_by: the measure whose text makes the group.
    """

    id: str
    label: str
    source: str
    as_of: Day
    members: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    all_but: tuple[str, ...] = ()
    spells: tuple[Spell, ...] = ()
    starts: Day | None = None
    defined_by: str | None = None
    verified: bool = True
    note: str | None = None

    @property
    def name(self) -> str:
        """The label."""
        return self.label


@dataclass(frozen=True, slots=True)
class Item:
    """A product or a class of products.

    parent: the class it belongs to. kind: chip, memory, computer, tool, part, software, technology,
    material or other. attributes: what its table says of it, by column of docs/columns.md where the
    column is one of a transaction; a value that is not known is missing.
    verified: whether the row was read in its source; not_verified: attributes of such a row that were not.
    sort_of_entry: class, family (of products) or product.
    """

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    parent: str | None = None
    maker: str | None = None
    attributes: Mapping[str, str | float | bool] = field(default_factory=dict)
    source: str | None = None
    verified: bool = True
    not_verified: frozenset[str] = frozenset()
    note: str | None = None
    sort_of_entry: str = "class"


@dataclass(frozen=True, slots=True)
class Party:
    """A company, a body of government or a group without names. country: its headquarters."""

    id: str
    name: str
    aliases: tuple[str, ...]
    country: str | None
    parent: str | None
    role: str
    ticker: str | None
    source: str
    as_of: Day
    verified: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Official:
    """A person in an office for a time. ends: the first day out of it; None while it is open."""

    name: str
    aliases: tuple[str, ...]
    country: str
    office: str
    starts: Day
    ends: Day | None
    source: str
    verified: bool

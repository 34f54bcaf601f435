"""What differs between two copies of a list."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tidegate.sources.listing import Entry, PartyList
from tidegate.tables import Table, Tabular

__all__ = ["Change", "ListChanges", "list_changes"]

_COMPARED = tuple(field.name for field in fields(Entry) if field.name not in ("id", "row"))


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that is new, gone or other than it was. what: added, removed or changed. fields: those that differ."""

    what: str
    entry: Entry
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListChanges(Tabular):
    """The changes from one copy of a list to the next; `before` is None where there was none."""

    before: PartyList | None
    after: PartyList
    changes: tuple[Change, ...]

    def count(self, what: str) -> int:
        """Return how many entries are added, removed or changed."""
        return sum(change.what == what for change in self.changes)

    @property
    def lost(self) -> float:
        """The share of the former entries that are gone, 0 to 1."""
        former = len(self.before.entries) if self.before else 0
        return self.count("removed") / former if former else 0.0

    def table(self) -> Table:
        """Return one row a change."""
        rows = tuple(
            {
                "what": c.what,
                "list": c.entry.list,
                "id": c.entry.id,
                "name": c.entry.name,
                "fields": list(c.fields),
            }
            for c in self.changes
        )
        about = {
            "before": len(self.before.entries) if self.before else None, "after": len(self.after.entries),
            **{what: self.count(what) for what in ("added", "removed", "changed")},
        }  # fmt: skip
        return Table(rows, ("what", "list", "id", "name", "fields"), about, "changes")


def list_changes(before: PartyList | None, after: PartyList) -> ListChanges:
    """Return what changed from one copy of a list to the next, by the ids of its entries."""
    if before is None:
        return ListChanges(None, after, ())
    old, new = ({entry.id: entry for entry in list_.entries} for list_ in (before, after))
    changes = [Change("removed", entry) for own, entry in old.items() if own not in new]
    for own, entry in new.items():
        if own not in old:
            changes.append(Change("added", entry))
        elif differ := tuple(name for name in _COMPARED if getattr(entry, name) != getattr(old[own], name)):
            changes.append(Change("changed", entry, differ))
    return ListChanges(before, after, tuple(changes))

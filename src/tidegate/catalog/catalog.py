"""The catalog: countries, groups, items and parties, found by any of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from tidegate.catalog.model import Country, Group, Item, Official, Party
from tidegate.dates import Day
from tidegate.errors import AmbiguousError, NotFoundError

__all__ = ["Catalog", "Kind", "Name"]

Kind = Literal["country", "group", "item", "party"]


class Name(NamedTuple):
    """One name of one thing in the catalog."""

    text: str
    kind: Kind
    id: str


@dataclass(frozen=True)
class Catalog:
    """Every noun the ledger uses.

    >>> from tidegate.catalog import load_catalog
    >>> catalog = load_catalog()
    >>> catalog.find("the Dutch", "country"), catalog.find("Beijing", "country")
    ('NL', 'CN')
    >>> catalog.classes_of("h20")
    ('h20', 'ai_chips', 'logic_chips', 'chips')
    """

    countries: Mapping[str, Country]
    groups: Mapping[str, Group]
    items: Mapping[str, Item]
    parties: Mapping[str, Party]
    officials: tuple[Official, ...] = ()

    def find(self, name: str, *kinds: Kind) -> str:
        """Return the id of the one thing that answers to a name.

        name: an id or any alias, in any case and with or without 'the'. kinds: where to look
            (default: everywhere).
        Raises: NotFoundError: if nothing answers. AmbiguousError: if more than one thing does.
        """
        found = self.find_all(name, *kinds)
        if len(found) == 1:
            return found[0].id
        if found:
            choices = sorted(f"{match.id} ({match.kind})" for match in found)
            raise AmbiguousError(
                f"'{name}' may be {' or '.join(choices)}. Give the id.",
                [match.id for match in found],
            )
        where = f" among {' or '.join(_PLURAL[kind] for kind in kinds)}" if kinds else ""
        near = self._near(name, kinds)
        hint = f" Did you mean {' or '.join(near)}?" if near else " See `tidegate lookup`."
        raise NotFoundError(f"Nothing{where} is called '{name}'.{hint}")

    def find_all(self, name: str, *kinds: Kind) -> tuple[Name, ...]:
        """Return everything that answers to a name: an id goes before an alias."""
        # A two-letter code in capitals is a country, whatever else may be called so.
        if name in self.countries and (not kinds or "country" in kinds):
            return (Name(name, "country", name),)
        found = [match for match in self._index.get(_key(name), ()) if not kinds or match.kind in kinds]
        exact = [match for match in found if match.id.casefold() == name.strip().casefold()]
        unique = {(match.kind, match.id): match for match in exact or found}
        return tuple(unique.values())

    def names(self) -> Iterator[Name]:
        """Yield every name of every country, item and party.

        An official is a name of the country whose office he or she holds or held.
        """
        registers: Sequence[tuple[Kind, Mapping[str, Country | Item | Party]]] = (
            ("country", self.countries),
            ("item", self.items),
            ("party", self.parties),
        )
        for kind, register in registers:
            for key, thing in register.items():
                for text in dict.fromkeys((thing.name, *thing.aliases)):
                    yield Name(text, kind, key)
        for text, country in dict.fromkeys(
            (text, official.country)
            for official in self.officials
            for text in (official.name, *official.aliases)
        ):
            yield Name(text, "country", country)

    def members(self, group_id: str, on: Day) -> frozenset[str]:
        """Return the countries in a group on a day; empty before the group came into being.

        Raises: NotFoundError: if there is no such group.
        """
        group = self.groups.get(group_id)
        if group is None:
            raise NotFoundError(f"No group has the id '{group_id}'. Groups: {', '.join(self.groups)}.")
        if group.starts is not None and on < group.starts:
            return frozenset()
        if group.all_but:
            out = {code for code in group.all_but if code not in self.groups}
            for other in group.all_but:
                out |= self.members(other, on) if other in self.groups else set()
            return frozenset(self.countries) - out - {"EU"}
        inside = set(group.members)
        inside |= {spell.country for spell in group.spells if spell.covers(on)}
        for other in group.includes:
            inside |= self.members(other, on)
        return frozenset(inside)

    def officials_called(self, name: str) -> tuple[Official, ...]:
        """Return the officials of that name, one for each time in office."""
        return tuple(
            official for official in self.officials if name == official.name or name in official.aliases
        )

    def covers(self, destinations: Sequence[str], country: str, on: Day) -> bool:
        """Whether a list of destinations, as measures write it, reaches a country on a day.

        destinations: ISO codes, `world` and groups; '!' takes out, whatever its place in the list.
        """
        inside = False
        for entry in destinations:
            bare = entry.removeprefix("!")
            hit = (
                bare == "world"
                or bare == country
                or (bare in self.groups and country in self.members(bare, on))
                or (country == "EU" and bare == "eu:members")
            )
            if hit and entry.startswith("!"):
                return False
            inside = inside or hit
        return inside

    def classes_of(self, item_id: str) -> tuple[str, ...]:
        """Return an item and the classes above it, nearest first."""
        return self._classes[item_id]

    def items_in(self, class_id: str) -> frozenset[str]:
        """Return a class and every item under it."""
        return self._under[class_id]

    @cached_property
    def _classes(self) -> Mapping[str, tuple[str, ...]]:
        classes: dict[str, tuple[str, ...]] = {}
        for item_id in self.items:
            chain: list[str] = []
            current: str | None = item_id
            while current is not None and current not in chain:
                chain.append(current)
                current = self.items[current].parent
            classes[item_id] = tuple(chain)
        return classes

    @cached_property
    def _under(self) -> Mapping[str, frozenset[str]]:
        under: dict[str, set[str]] = {item_id: set() for item_id in self.items}
        for item_id, classes in self._classes.items():
            for class_id in classes:
                under[class_id].add(item_id)
        return {class_id: frozenset(items) for class_id, items in under.items()}

    def describe(self, name: Name) -> dict[str, Any]:
        """Return what the catalog holds on one thing, as plain values."""
        if name.kind == "item":
            item = self.items[name.id]
            return {
                "kind": "item", "id": item.id, "name": item.name, "aliases": list(item.aliases),
                "sort": item.kind, "classes": list(self.classes_of(item.id)[1:]), "maker": item.maker,
                "attributes": dict(item.attributes), "note": item.note,
                "source": item.source,
                "verified": item.verified, "not_verified": sorted(item.not_verified),
            }  # fmt: skip
        if name.kind == "party":
            party = self.parties[name.id]
            return {
                "kind": "party", "id": party.id, "name": party.name, "aliases": list(party.aliases),
                "headquarters": party.country, "parent": party.parent, "role": party.role,
                "ticker": party.ticker, "note": party.note, "source": party.source,
                "verified": party.verified,
            }  # fmt: skip
        if name.kind == "group":
            group = self.groups[name.id]
            return {"kind": "group", "id": group.id, "name": group.label, "note": group.note,
                    "source": group.source, "verified": group.verified}  # fmt: skip
        country = self.countries[name.id]
        return {"kind": "country", "id": country.code, "name": country.name,
                "aliases": list(country.aliases), "source": country.source}  # fmt: skip

    @cached_property
    def _index(self) -> Mapping[str, Sequence[Name]]:
        index: dict[str, list[Name]] = {}
        for name in self.names():
            for text in dict.fromkeys((_key(name.text), _key(name.id))):
                index.setdefault(text, []).append(name)
        for group in self.groups.values():
            for text in (group.id, group.id.partition(":")[2], group.label):
                # 'China' is the country; its reading under US rules is 'us:china'.
                if not any(name.kind == "country" for name in index.get(_key(text), ())):
                    index.setdefault(_key(text), []).append(Name(text, "group", group.id))
        return index

    def _near(self, name: str, kinds: Sequence[Kind]) -> list[str]:
        from rapidfuzz import process

        words = [
            key
            for key, names in self._index.items()
            if len(key) > 3 and (not kinds or any(n.kind in kinds for n in names))
        ]
        close = process.extract(_key(name), words, limit=3, score_cutoff=75)
        return [f"'{match[0]}'" for match in close]


_PLURAL = {"country": "countries", "group": "groups", "item": "items", "party": "parties"}


def _key(text: str) -> str:
    words = " ".join(text.replace("_", " ").casefold().split())
    return words.removeprefix("the ")

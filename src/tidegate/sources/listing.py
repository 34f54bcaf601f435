"""One shape for every list of parties, whatever file it came from: a dated table of entries."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate.dates import Day

__all__ = ["Entry", "PartyList"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed party, as its file has it.

    id: the file's own; where it has none, list code, colon and the name's letters and digits with hyphens,
    as in `EL:hongkong-inkson-technology-limited`, with -2, -3 behind a second and third of that name.
    list: code of the list (EL, SDN, JP-EUL, CN-UEL). authority: who keeps it. kind: entity, person, vessel or
    aircraft; None where the file does not say. aliases: other names, in every script the file has.
    countries: ISO 3166-1 alpha-2. identifiers: pairs of kind and value (`("imo", "9187629")`).
    licence_requirement, licence_policy, footnotes: the list's own words. programs: what it was listed under.
    starts: the first day listed; ends: the first day no longer listed; None where the file does not say.
    notice: the publication that listed it. source: address of the list. row: where in the file, counted from 1.
    """

    id: str
    list: str
    authority: str
    name: str
    row: int
    kind: str | None = None
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    programs: tuple[str, ...] = ()
    licence_requirement: str | None = None
    licence_policy: str | None = None
    footnotes: tuple[str, ...] = ()
    starts: Day | None = None
    ends: Day | None = None
    notice: str | None = None
    source: str | None = None
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class PartyList:
    """The entries of one file, in the file's order.

    as_of: the day its publisher made it, None where the file does not say. path: the file; None for what ships.
    digest: SHA-256 of the file, in hexadecimal, so that a logged decision says which text it was made on.
    """

    title: str
    layout: str
    entries: tuple[Entry, ...]
    digest: str
    as_of: Day | None = None
    path: str | None = None

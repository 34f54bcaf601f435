"""Owners as a plain CSV: `owner`, `owned`, `share`, and where known `from`, `to`, `source`, kinds and countries.

`from` is the first day held, `to` the first day no longer held. `share` is `50%`, `0.5`, a range (`25%-50%`, `>=50%`) or
nothing where it is not known. Further columns: `owner_kind`, `owned_kind` (person, entity, state, or public for a free
float that the user knows to be no listed party's), `owner_country`,
`owned_country` (ISO 3166-1 alpha-2), `owner_lei`, `owned_lei`.
"""

from __future__ import annotations

from pathlib import Path

from tidegate.sources.country_names import country_code
from tidegate.sources.list_files import ListFile, day_of, head_text, read_rows, wrong
from tidegate.sources.stakes import Holder, OwnerFile, Stake, key_of, read_share

__all__ = ["is_owners_csv", "read_owners_csv"]

_MEND = "Mend the row."
_KINDS = ("", "person", "entity", "state", "public")


def is_owners_csv(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    names = {name.strip().strip('"') for name in head_text(head).split("\n", 1)[0].split(",")}
    return {"owner", "owned", "share"} <= names


def read_owners_csv(path: Path) -> OwnerFile:
    """Return the stakes of a file of this layout.

    Raises: BadInputError: if it cannot be read, a column is missing, a share, day or kind is not usable, or one source
        gives a stake twice for the same days; names file, row and field.
    """
    stakes: list[Stake] = []
    holders: dict[str, Holder] = {}
    met: dict[tuple[str, str, str | None], list[Stake]] = {}
    with ListFile(path) as file:
        for row, cells in read_rows(file, ("owner", "owned", "share")):
            owner = _holder(path, row, cells, "owner", holders)
            owned = _holder(path, row, cells, "owned", holders)
            share = read_share(cells["share"])
            if share is None:
                what = f"'{cells['share']}' is no share; 50%, 0.5, 25%-50% or nothing is expected"
                raise wrong(path, what, row=row, field="share", mend=_MEND)
            starts = day_of(cells.get("from"), path, row, "from")
            ends = day_of(cells.get("to"), path, row, "to")
            if starts and ends and ends <= starts:
                raise wrong(path, f"it ends on {ends}, before it starts", row=row, field="to", mend=_MEND)
            stake = Stake(
                owner, owned, *share, row, starts, ends, source=cells.get("source", "").strip() or None
            )
            _refuse_doubled(path, stake, met)
            stakes.append(stake)
        digest = file.digest
    return OwnerFile("owners-csv", tuple(stakes), holders, digest, str(path))


def _holder(path: Path, row: int, cells: dict[str, str], role: str, holders: dict[str, Holder]) -> str:
    name = " ".join(cells[role].split())
    key = key_of(name)
    if not key:
        raise wrong(path, "the name is empty", row=row, field=role, mend=_MEND)
    kind = cells.get(f"{role}_kind", "").strip().casefold()
    if kind not in _KINDS:
        raise wrong(
            path,
            f"'{kind}' is none of person, entity, state, public",
            row=row,
            field=f"{role}_kind",
            mend=_MEND,
        )
    country = cells.get(f"{role}_country", "").strip()
    code = country_code(country)
    if country and code is None:
        raise wrong(path, f"'{country}' is no country", row=row, field=f"{role}_country", mend=_MEND)
    lei = cells.get(f"{role}_lei", "").strip()
    known = holders.get(key)
    holders[key] = Holder(
        key, known.name if known else name, (known.kind if known else None) or kind or None,
        (known.country if known else None) or code,
        (known.identifiers if known else ()) or ((("lei", lei),) if lei else ()),
    )  # fmt: skip
    return key


def _refuse_doubled(path: Path, stake: Stake, before: dict[tuple[str, str, str | None], list[Stake]]) -> None:
    same = before.setdefault((stake.owner, stake.owned, stake.source), [])
    for other in same:
        apart = (other.ends and stake.starts and other.ends <= stake.starts) or (
            stake.ends and other.starts and stake.ends <= other.starts
        )
        if not apart:
            what = f"entry {other.row} has the same owner, owned and source for some of the same days"
            raise wrong(path, what, row=stake.row, mend="Give one row the sum, or mend the days.")
    same.append(stake)

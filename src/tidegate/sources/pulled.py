"""Lists that were pulled: where they lie, how old they are, and finding them by name."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tidegate.errors import BadInputError, NotFoundError
from tidegate.files import write_whole
from tidegate.sources.listing import PartyList
from tidegate.sources.party_lists import read_list
from tidegate.sources.pullable import PULLABLE, Pullable
from tidegate.tables import Table

__all__ = [
    "Pulled",
    "find_list",
    "kept_in",
    "lists_folder",
    "make_folder",
    "pulled",
    "pulled_table",
    "write_state",
]

_STATE = "state.json"


def lists_folder() -> Path:
    """Return the folder of pulled lists: the user's data folder (`XDG_DATA_HOME` on Linux)."""
    from platformdirs import user_data_path

    return user_data_path("tidegate") / "lists"


@dataclass(frozen=True, slots=True)
class Pulled:
    """A list as it was last pulled. digest: SHA-256 of the file. asked_at: when it was last found unchanged or new.

    etag, last_modified: what the publisher gave to ask again by.
    """

    name: str
    address: str
    digest: str
    entries: int
    layout: str
    pulled_at: str
    asked_at: str
    etag: str | None = None
    last_modified: str | None = None
    as_of: str | None = None

    def age(self, now: dt.datetime) -> dt.timedelta:
        """Return the time since the publisher was last asked."""
        return max(now - dt.datetime.fromisoformat(self.asked_at), dt.timedelta(0))


def kept_in(entry: Pullable, folder: Path | None = None, *, previous: bool = False) -> Path:
    """Return the file that a pulled list is kept in, or that of the copy before it."""
    return (folder or lists_folder()) / entry.name / f"{'previous' if previous else 'current'}{entry.suffix}"


def pulled(name: str, folder: Path | None = None) -> Pulled | None:
    """Return what is known of a pulled list; None where it was never pulled or its record is damaged."""
    path = (folder or lists_folder()) / name / _STATE
    try:
        found = json.loads(path.read_text("utf-8"))
        state = Pulled(**found)
        dt.datetime.fromisoformat(state.asked_at)
        dt.datetime.fromisoformat(state.pulled_at)
    except (OSError, ValueError, TypeError):
        return None
    return state


def write_state(state: Pulled, folder: Path | None = None) -> None:
    """Keep the record of a pulled list."""
    path = (folder or lists_folder()) / state.name / _STATE
    write_whole(path, json.dumps(asdict(state), indent=2, ensure_ascii=False) + "\n")


def find_list(name_or_path: str | Path, folder: Path | None = None) -> Path:
    """Return the file of a list: a path as it stands, or the pulled list of that name.

    Raises: NotFoundError: if the list was not pulled yet; says how to. BadInputError: if there is no such file.
    """
    path = Path(name_or_path)
    entry = PULLABLE.get(str(name_or_path))
    if entry is not None and not path.is_file():
        kept = kept_in(entry, folder)
        if kept.is_file():
            return kept
        raise NotFoundError(f"The list '{entry.name}' was not pulled yet. Run: tidegate pull {entry.name}")
    if path.exists():
        return path
    raise BadInputError(
        f"{path}: this list cannot be read: there is no such file. Give a file, or a list that can be pulled: "
        f"{', '.join(PULLABLE)}."
    )


def read_named(name_or_path: str | Path, folder: Path | None = None) -> PartyList:
    """Return a list by its path or the name it was pulled under.

    as_of: for a pulled file that tells no day itself, the day on which it was pulled.
    Raises: NotFoundError: as `find_list`. BadInputError: as `read_list`.
    """
    path = find_list(name_or_path, folder)
    found = read_list(path)
    state = pulled(str(name_or_path), folder) if str(name_or_path) in PULLABLE else None
    if found.as_of is None and state is not None and state.digest == found.digest:
        found = replace(found, as_of=dt.datetime.fromisoformat(state.asked_at).date())
    return found


def pulled_table(now: dt.datetime, folder: Path | None = None) -> Table:
    """Return one row a list that can be pulled: address, publisher, and the copy that is kept, if any."""
    columns = (
        "name", "title", "by", "address", "size_mib", "entries", "as_of", "pulled_at", "asked_at", "age_days",
        "path", "note",
    )  # fmt: skip
    return Table(tuple(_rows(now, folder)), columns, {"folder": str(folder or lists_folder())}, "lists")


def _rows(now: dt.datetime, folder: Path | None) -> Iterator[dict[str, object]]:
    for entry in PULLABLE.values():
        path, state = kept_in(entry, folder), pulled(entry.name, folder)
        there = path.is_file()
        yield {
            "name": entry.name, "title": entry.title, "by": entry.by, "address": entry.address,
            "size_mib": f"{path.stat().st_size / 2**20:.1f}" if there else entry.size,
            "entries": state.entries if state and there else None,
            "as_of": state.as_of if state and there else None,
            "pulled_at": state.pulled_at if state and there else None,
            "asked_at": state.asked_at if state and there else None,
            "age_days": round(state.age(now).total_seconds() / 86400, 1) if state and there else None,
            "path": str(path) if there else None, "note": entry.note,
        }  # fmt: skip


def make_folder(path: Path) -> None:
    """Make a folder with those above it. Raises: BadInputError: if that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInputError(f"{path}: this folder cannot be made: {reason}. Check the rights.") from None

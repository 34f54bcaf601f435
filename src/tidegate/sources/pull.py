"""Pulling a list from its publisher: checked before it takes the place of the one in use, which is kept beside it.

The new file comes under another name, is read whole by its reader, compared with the one in use, and only then put in its
place by one step of the file system. Wherever this stops, the old file stands and reads.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError, TidegateError
from tidegate.sources.list_changes import ListChanges, list_changes
from tidegate.sources.listing import PartyList
from tidegate.sources.party_lists import read_list
from tidegate.sources.pullable import Pullable, pullable
from tidegate.sources.pulled import Pulled, kept_in, lists_folder, make_folder, pulled, write_state

if TYPE_CHECKING:
    import httpx

__all__ = ["MAY_LOSE", "PullError", "PullResult", "pull"]

MAY_LOSE = 0.2
"""Share of its entries that a list may lose from one copy to the next; more looks like a file cut short."""

MOST = 2 * 2**30
"""Bytes above which a download is broken off."""

_STALE = 24 * 3600
"""Seconds after which a part file was left behind by a run that died."""

Progress = Callable[[int, int | None], None]
"""Told the bytes that came so far, and how many are to come where the publisher says."""


class PullError(TidegateError):
    """A list was not pulled; the message says why, and that the copy in use stays."""


@dataclass(frozen=True, slots=True)
class PullResult:
    """What came of pulling a list. state: first, unchanged or new. changes: None where nothing came."""

    name: str
    state: str
    path: Path
    pulled: Pulled
    changes: ListChanges | None


def pull(
    name: str, *, now: dt.datetime, folder: Path | None = None, address: str | None = None,
    may_lose: float = MAY_LOSE, progress: Progress | None = None,
) -> PullResult:  # fmt: skip
    """Bring a list from its publisher into the user's data folder, and say what changed.

    now: the moment, with its zone. address: another place of the same file. may_lose: the share of its entries that the
    list may have lost since.
    Raises: NotFoundError: if no list has the name. PullError: if it does not come, does not read, or has lost too much;
        the copy in use stays. BadInputError: if the folder cannot be written.
    """
    entry = pullable(name)
    at, place = address or entry.address, (folder or lists_folder()) / name
    make_folder(place)
    _sweep(place)
    current = kept_in(entry, folder)
    known = pulled(name, folder)
    if known is not None and not (
        current.is_file() and _digest(current) == known.digest and known.address == at
    ):
        # A record that does not fit the file says nothing about it.
        known = None
    handle, temporary = tempfile.mkstemp(dir=place, prefix=".pull.", suffix=".part")
    part = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as file:
            headers = _fetch(entry, at, known, file, progress)
            file.flush()
            os.fsync(file.fileno())
        if headers is None:
            assert known is not None
            same = replace(known, asked_at=now.isoformat())
            write_state(same, folder)
            return PullResult(name, "unchanged", current, same, None)
        return _take(entry, part, current, headers, at, now, folder, may_lose)
    finally:
        part.unlink(missing_ok=True)


def _take(
    entry: Pullable, part: Path, current: Path, headers: httpx.Headers, address: str, now: dt.datetime,
    folder: Path | None, may_lose: float,
) -> PullResult:  # fmt: skip
    stays = f" {current} stays in use." if current.is_file() else ""
    try:
        after = read_list(part)
    except BadInputError as error:
        what = str(error).replace(str(part), f"what came from {address}")
        raise PullError(
            f"{entry.name}: the list was not taken, because it does not read: {what}{stays}"
        ) from None
    before = _former(current)
    changes = list_changes(before, after)
    if changes.lost > may_lose:
        gone, of = changes.count("removed"), len(before.entries) if before else 0
        raise PullError(
            f"{entry.name}: the list was not taken, because {gone} of its {of} entries are gone, more than "
            f"{may_lose:.0%}: it may be cut short. If it is right, pull it with --may-lose {changes.lost:.2f}."
            f"{stays}"
        )
    state = Pulled(
        entry.name, address, after.digest, len(after.entries), after.layout, now.isoformat(), now.isoformat(),
        headers.get("etag"), headers.get("last-modified"), after.as_of.isoformat() if after.as_of else None,
    )  # fmt: skip
    try:
        if current.is_file():
            _keep(current, kept_in(entry, folder, previous=True))
        part.chmod(0o644)
        part.replace(current)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInputError(f"{current}: this file cannot be written: {reason}. Check the rights.") from None
    write_state(state, folder)
    same = before is not None and before.digest == after.digest
    return PullResult(
        entry.name, "unchanged" if same else "new" if before else "first", current, state, changes
    )


def _former(current: Path) -> PartyList | None:
    try:
        return read_list(current) if current.is_file() else None
    except BadInputError:
        # The copy in use was damaged from outside; whatever reads is better.
        return None


def _keep(current: Path, previous: Path) -> None:
    """Put a copy of the file in use in the place of the one before it, whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=previous.parent, prefix=".kept.", suffix=".part")
    os.close(handle)
    try:
        shutil.copyfile(current, temporary)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(previous)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _fetch(
    entry: Pullable, address: str, known: Pulled | None, file: object, progress: Progress | None
) -> httpx.Headers | None:
    """Write what the publisher sends to a file and return its headers; None where nothing has changed."""
    from importlib.metadata import version

    import httpx

    asked = {"user-agent": f"tidegate/{version('tidegate')}", "accept": "*/*"}
    if known and known.etag:
        asked["if-none-match"] = known.etag
    if known and known.last_modified:
        asked["if-modified-since"] = known.last_modified
    stays = " The copy in use stays." if known else ""
    try:
        with (
            httpx.Client(
                timeout=httpx.Timeout(60.0, connect=20.0), follow_redirects=True, max_redirects=5
            ) as client,
            client.stream("GET", address, headers=asked) as answer,
        ):
            if address.startswith("https:") and answer.url.scheme != "https":
                raise PullError(
                    f"{entry.name}: {address} leads on to {answer.url}, which is not encrypted.{stays}"
                )
            if answer.status_code == httpx.codes.NOT_MODIFIED and known:
                return None
            if answer.status_code != httpx.codes.OK:
                raise PullError(
                    f"{entry.name}: {address} answered {answer.status_code}. Try again later.{stays}"
                )
            told = answer.headers.get("content-length", "")
            whole = int(told) if told.isdigit() and "content-encoding" not in answer.headers else None
            came = 0
            for chunk in answer.iter_bytes():
                came += len(chunk)
                if came > MOST:
                    raise PullError(f"{entry.name}: {address} sent more than {MOST // 2**30} GiB.{stays}")
                file.write(chunk)  # type: ignore[attr-defined]
                if progress:
                    progress(came, whole)
            return answer.headers
    except httpx.HTTPError as error:
        why = str(error) or type(error).__name__
        raise PullError(
            f"{entry.name}: {address} could not be had: {why}. Is there a network?{stays}"
        ) from None
    except httpx.InvalidURL as error:
        raise PullError(f"{entry.name}: '{address}' is no address: {error}.{stays}") from None


def _sweep(place: Path) -> None:
    """Delete part files of runs that died."""
    for left in place.glob("*.part"):
        try:
            if time.time() - left.stat().st_mtime > _STALE:
                left.unlink()
        except OSError:
            continue


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Writing an accepted proposal into a ledger folder of one's own: whole, once, or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tidegate import data
from tidegate.claims.reconcile.proposals import Proposal, to_yaml
from tidegate.errors import BadInputError, LedgerError
from tidegate.ledger import Ledger, load_ledger
from tidegate.ledger.check import check_records
from tidegate.records import YamlRecord, read_yaml_text

__all__ = ["AlreadyAcceptedError", "accept", "accepted", "accepted_text"]

PART = ".accept"
"""End of the name of a file that is being written: the ledger reads none that ends so."""


_REFUSED = "Not accepted, because the ledger would not load with it:\n"


class AlreadyAcceptedError(BadInputError):
    """The proposal stands in the folder already."""


def accept(
    proposal: Proposal,
    into: str | Path,
    *,
    who: str,
    why: str,
    day: str | None = None,
    beside: Sequence[str | Path] = (),
) -> Path:
    """Write a proposal into a folder of ledger files and return the file.

    into: the folder; made where it is missing. who, why: stand in the file's remarks. day: the day of the
    acceptance, where it is to stand there too. beside: further folders of measures that the proposal may
    refer to.
    The file is written under another name, forced to the disk, checked together with everything in the
    folders, and only then given its name: a process that is killed leaves the whole file or none, and the
    same call may be made again.
    Raises: AlreadyAcceptedError: if it stands there. BadInputError: if `into` lies in the shipped ledger, is
        no folder or cannot be written, if `who` or `why` is empty, or if the folder would not load
        with it; then nothing is written.
    """
    folder = _own_folder(Path(into))
    text = accepted_text(proposal, who=who, why=why, day=day)
    path = folder / f"{proposal.measure_id}.yaml"
    _refuse_double(proposal, path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = _write_part(folder, path.name, text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInputError(f"{folder}: cannot be written: {reason}. Give a folder of your own.") from None
    try:
        _check(folder, beside, part, path)
        _name(proposal, part, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
    _sync(folder)
    return path


def accepted_text(
    proposal: Proposal, *, who: str, why: str, day: str | None = None, ledger: Ledger | None = None
) -> str:
    """Return the text of the ledger file of an accepted proposal, with who and why in its remarks.

    day: the day of the acceptance, where it is to stand there too. ledger: the measures beside which it has to
    keep every rule; None: it is not checked.
    Raises: BadInputError: if `who` or `why` is empty, or the file would break the ledger.
    """
    if not who.strip() or not why.strip():
        raise BadInputError("An acceptance says who and why. Give both: --who NAME --why WORDS.")
    said = f"Accepted by {' '.join(who.split())}{f' on {day}' if day else ''}: {' '.join(why.split())}."
    remarks = f"{proposal.record.get('remarks', '')} {said}".strip()
    text = to_yaml({**proposal.record, "remarks": remarks})
    if ledger is not None:
        name = f"{proposal.measure_id}.yaml"
        if problems := check_records([YamlRecord(name, read_yaml_text(text, name), {})], ledger):
            raise BadInputError(_REFUSED + "\n".join(map(str, problems)))
    return text


def accepted(into: str | Path) -> dict[str, Path]:
    """Return the files of a folder that were accepted, by the id of their proposal."""
    found = {}
    for path in sorted(Path(into).rglob("*.yaml")):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            words = " ".join(path.read_text(encoding="utf-8").split())
            if hit := _ACCEPTED.search(words):
                found[hit.group(1)] = path
    return found


_ACCEPTED = re.compile(r"remarks: '?Proposal ([0-9a-f]{10}) from .*? Accepted by ")


def _own_folder(folder: Path) -> Path:
    resolved, shipped = folder.resolve(), data.LEDGER.parent.parent.resolve()
    if resolved == shipped or shipped in resolved.parents:
        raise BadInputError(f"{folder}: this is the shipped ledger. Name a folder of your own with --into.")
    if folder.exists() and not folder.is_dir():
        raise BadInputError(f"{folder}: this is no folder. Name a folder of ledger files with --into.")
    return folder


def _refuse_double(proposal: Proposal, path: Path) -> None:
    if path.exists():
        raise AlreadyAcceptedError(
            f"{path}: proposal {proposal.id} was accepted before. Edit that file, or leave the proposal out."
        )


def _write_part(folder: Path, name: str, text: str) -> Path:
    handle, part = tempfile.mkstemp(prefix=f".{name}.", suffix=PART, dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(part).chmod(0o644)
    return Path(part)


def _check(folder: Path, beside: Sequence[str | Path], part: Path, path: Path) -> None:
    """Load everything as it would be read from then on."""
    folders = dict.fromkeys([folder, *map(Path, beside)])
    others = [each for each in folders if each == folder or each.resolve() != folder.resolve()]
    try:
        load_ledger(*others, part)
    except LedgerError as error:
        lines = "\n".join(str(problem) for problem in error.problems).replace(str(part), str(path))
        raise BadInputError(_REFUSED + lines) from None


def _name(proposal: Proposal, part: Path, path: Path) -> None:
    try:
        # A link never replaces a file, so that of two who accept at once one is told.
        os.link(part, path)
    except FileExistsError:
        _refuse_double(proposal, path)
    except OSError:
        # A file system without links.
        _refuse_double(proposal, path)
        part.replace(path)


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

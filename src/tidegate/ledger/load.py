"""Reading ledgers from folders: the shipped one, and the users' own beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from tidegate import data
from tidegate.dates import parse_day
from tidegate.errors import LedgerError, Problem
from tidegate.ledger.ledger import Ledger
from tidegate.ledger.model import Measure
from tidegate.records import YamlRecord, read_yaml_fast, read_yaml_records

__all__ = ["CheckReport", "check_files", "load_ledger", "measure_files"]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: how much was read, and every broken rule."""

    measures: int
    entries: int
    problems: tuple[Problem, ...]


def load_ledger(*folders: str | Path, shipped: bool = True) -> Ledger:
    """Return the shipped ledger together with the measures of further folders or files.

    folders: a folder is searched for *.yaml at any depth; a single file may be named too.
    shipped: False leaves the shipped measures out.
    Raises: LedgerError: with every broken rule of the users' files, each as file:line and its mend.

    >>> from tidegate.ledger import load_ledger
    >>> load_ledger()["us-2025-05-23-eda-letters"].title
    'Letters to design-software makers: licence for China'
    """
    base = _shipped() if shipped else Ledger((), read_to=None)
    if not folders:
        return base
    records, problems = _read_checked(measure_files(folders), base)
    if problems:
        raise LedgerError(problems)
    added = [msgspec.convert(record.data, Measure) for record in records]
    return base.adding(added)


def check_files(files: Sequence[str | Path] | None = None) -> CheckReport:
    """Check ledger files against every rule; without files, the shipped ledger.

    Users' files may refer to the shipped measures and may not take their ids.
    """
    paths = measure_files(files) if files else sorted(data.LEDGER.rglob("*-*.yaml"))
    records, problems = _read_checked(paths, _shipped() if files else None)
    entries = sum(_count_entries(record.data) for record in records)
    return CheckReport(len(records), entries, tuple(problems))


def _read_checked(paths: Iterable[Path], beside: Ledger | None) -> tuple[list[YamlRecord], list[Problem]]:
    """Return the records of files that are read and checked together, and all that is wrong."""
    # Loading the shipped ledger, as most commands do, needs no checks.
    from tidegate.ledger.check import check_records

    records: list[YamlRecord] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            records += read_yaml_records(path)
        except LedgerError as error:
            problems += error.problems
    problems += check_records(records, beside)
    return records, problems


def _count_entries(record: Mapping[str, Any]) -> int:
    parts = [record, *(limb for limb in record.get("limbs") or () if isinstance(limb, dict))]
    return sum(len(part.get("history") or ()) for part in parts)


def measure_files(folders: Sequence[str | Path]) -> list[Path]:
    """Return the YAML files under the given folders and files, sorted.

    Raises: LedgerError: if one of them does not exist.
    """
    files: list[Path] = []
    for folder in map(Path, folders):
        if folder.is_dir():
            files += sorted(path for path in folder.rglob("*.yaml") if path.name != "about.yaml")
        elif folder.exists():
            files.append(folder)
        else:
            mend = "Give a folder or a YAML file that exists."
            raise LedgerError([Problem(str(folder), 0, "unreadable", "There is no such path.", mend)])
    return files


@lru_cache(maxsize=1)
def _shipped() -> Ledger:
    # The shipped files are checked in full by the tests; here they are only read.
    measures = [
        msgspec.convert(read_yaml_fast(path), Measure) for path in sorted(data.LEDGER.rglob("*-*.yaml"))
    ]
    about = read_yaml_fast(data.LEDGER / "about.yaml")
    return Ledger(tuple(measures), parse_day(about["read_to"]), starts=parse_day(about["starts"]))

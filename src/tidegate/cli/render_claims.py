"""Claims as text for people: of stories just read, and of a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tidegate.cli.render import console, print_table
from tidegate.tables import Table, to_json

if TYPE_CHECKING:
    from tidegate.claims.reading import Reading
    from tidegate.claims.store import Progress

__all__ = ["Batch", "print_batch", "print_found"]

_COLUMNS = (
    ("kind", "kind"), ("who", "actor"), ("does", "does"), ("instrument", "instrument"), ("items", "items"),
    ("against", "target"), ("with", "counterparty"), ("when", "date"), ("certainty", "certainty"),
    ("source", "source"), ("words", "sentence"),
)  # fmt: skip


@dataclass(slots=True)
class Batch:
    """What came of reading: readings are kept only where they go nowhere else."""

    store: str | None
    out: str | None
    read: int = 0
    skipped: int = 0
    claims: int = 0
    stopped: bool = False
    cost: str | None = None
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def add(self, event: Progress) -> None:
        """Count what became of a document."""
        if event.error is not None:
            self.failures.append(event.error)
        elif event.outcome == "skipped":
            self.skipped += 1
        else:
            self.read += 1
        if event.reading is None:
            return
        self.claims += len(event.reading.claims)
        self.notes += [f"{event.name}: {note}" for note in _notes(event.reading)]
        if self.store is None and self.out is None:
            self.readings.append(event.reading)


def print_batch(batch: Batch, *, as_json: bool) -> None:
    """Print the claims of each story, or where they went, and what the reader had to say."""
    if as_json:
        shown: dict[str, Any] = {
            "read": batch.read, "skipped": batch.skipped, "claims": batch.claims, "stopped": batch.stopped,
            "cost": batch.cost, "store": batch.store, "out": batch.out, "failures": batch.failures, "notes": batch.notes,
        }  # fmt: skip
        if batch.store is None and batch.out is None:
            shown["readings"] = [reading.to_dict() for reading in batch.readings]
        print(to_json(shown))
        return
    for reading in batch.readings:
        _print_reading(reading)
    where = " and ".join(place for place in (batch.store, batch.out) if place)
    if where or batch.stopped or not batch.readings:
        print(_summary(batch, where))
    if where:
        # A story that is printed shows its notes under its claims.
        for note in batch.notes:
            print(f"note: {note}")
    if batch.cost:
        print(batch.cost)
    if batch.stopped:
        print(
            "Stopped. Run the same command again to go on"
            + ("; what is stored is skipped." if batch.store else ".")
        )


def print_found(table: Table) -> None:
    """Print the claims of a search, newest story first."""
    found = table.about["found"]
    shown = f"{len(table)} of " if len(table) < found else ""
    print(f"{shown}{_counted(found, 'claim')} in {table.about['store']}")
    print_table(
        "",
        [("id", "id"), ("story of", "published"), *_COLUMNS, ("outlets", "outlets"), ("decided", "verdict")],
        [_row(row) for row in table],
    )
    out = console()
    for note in table.about["notes"]:
        out.print(note, style="yellow", markup=False)


def _print_reading(reading: Reading) -> None:
    published = f", {reading.published}" if reading.published else ", no day known"
    title = f"{reading.document.name} ({reading.document.outlet or 'no outlet known'}{published})"
    if reading.claims:
        # Not the table's own title, which would be folded to the width of the table.
        print(f"{title}: {_counted(len(reading.claims), 'claim')}")
        print_table("", _COLUMNS, map(_row, _records(reading)))
    else:
        print(f"{title}: no claims")
    for note in _notes(reading):
        print(f"note: {note}")
    print()


def _notes(reading: Reading) -> tuple[str, ...]:
    """Return what is to be known of how the file and then the story was read, each once."""
    return tuple(dict.fromkeys((*reading.document.notes, *reading.notes)))


def _records(reading: Reading) -> Sequence[Mapping[str, Any]]:
    return [claim.to_dict() for claim in reading.claims]


def _row(claim: Mapping[str, Any]) -> dict[str, Any]:
    does = claim["stage"] or " ".join(str(part) for part in (claim["metric"], claim["value"], claim["unit"])
                                     if part is not None)  # fmt: skip
    if claim["future"]:
        does += " (future)"
    when = claim["date"] or claim["period"]
    return {**claim, "does": does, "date": when, "sentence": " ".join(claim["sentence"].split())}


def _summary(batch: Batch, where: str) -> str:
    parts = [_counted(batch.read, "document") + " read" + (f" into {where}" if where else "")]
    if batch.claims:
        parts.append(_counted(batch.claims, "claim"))
    if batch.skipped:
        parts.append(f"{batch.skipped} skipped, as they are stored")
    if batch.failures:
        parts.append(f"{len(batch.failures)} failed")
    return "; ".join(parts) + "."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

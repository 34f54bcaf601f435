"""A story laid out: its claims as they stand, held against the ledger, with what people decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import select

from tidegate import data
from tidegate.brief.claim_lines import claim_lines
from tidegate.claims.claim import Claim
from tidegate.claims.reading import LOCAL, Reading
from tidegate.claims.reconcile import load_reading, reconcile
from tidegate.claims.store import Decision, Store, claim_ids
from tidegate.claims.store.rows import reading_of
from tidegate.claims.store.schema import decisions, documents, readings
from tidegate.desk.record import DeskClaim, DeskStory
from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger import Ledger
from tidegate.ledger.ledger import DayLike, as_day

__all__ = ["EXAMPLE", "ID_DIGITS", "example_story", "find_story", "lay_out"]

EXAMPLE = "example"
"""What stands in the address of the story that is shipped, for a desk without a store."""

ID_DIGITS = 16
"""Digits of a document's digest that stand in an address."""


def find_story(
    store: Store | None, ledger: Ledger, document: str, on: DayLike, reader: str | None = None
) -> DeskStory:
    """Return a story of a store, or the shipped one under `EXAMPLE`, as it lies on the desk.

    document: the first digits of its digest. on: the day for which the stage now is told. reader: whose
    reading; None: the local reader's, else the first one's.
    Raises: NotFoundError: if there is no such story, or that reader did not read it.
    """
    if document == EXAMPLE:
        return example_story(ledger, on)
    if store is None:
        raise NotFoundError(
            f"There is no store, so no story '{document}'. Start the site with: tidegate serve --store FILE"
        )
    with store.connect() as connection:
        wanted = documents.c.digest.like(f"{document}%") if document.isalnum() else documents.c.digest == ""
        rows = connection.execute(
            select(readings, documents.c.digest)
            .join(documents, documents.c.id == readings.c.document)
            .where(wanted)
            .order_by(readings.c.id)
        ).mappings().all()  # fmt: skip
        if len({row["digest"] for row in rows}) != 1:
            raise NotFoundError(f"No story of this store has the id '{document}'. The desk lists them.")
        names = tuple(row["reader"] for row in rows)
        name = reader or (LOCAL if LOCAL in names else names[0])
        row = next((row for row in rows if row["reader"] == name), None)
        if row is None:
            raise NotFoundError(f"'{name}' did not read this story. Readers: {', '.join(names)}.")
        reading = reading_of(connection, row)
        ids = claim_ids(reading)
        said = connection.execute(
            select(decisions).where(decisions.c.about == "claim", decisions.c.subject.in_(ids)).order_by(decisions.c.id)
        ).mappings().all()  # fmt: skip
    decided: dict[str, list[Decision]] = {}
    for each in said:
        own = Decision(**{slot: each[slot] for slot in Decision.__slots__})
        decided.setdefault(each["subject"], []).append(own)
    return lay_out(reading, ledger, on, decided, readers=names)


@lru_cache(maxsize=1)
def _example() -> Reading:
    reading = load_reading(data.DESK / "example.json")
    # Where the program lies on a server is nobody's business.
    return replace(reading, document=replace(reading.document, name="example.md"))


def example_story(ledger: Ledger, on: DayLike) -> DeskStory:
    """Return the shipped story; it was read when the program was made, and nothing about it can be decided."""
    return replace(lay_out(_example(), ledger, on), id=EXAMPLE)


def lay_out(
    reading: Reading,
    ledger: Ledger,
    on: DayLike,
    decided: Mapping[str, Sequence[Decision]] | None = None,
    readers: Sequence[str] = (),
) -> DeskStory:
    """Return a reading as it lies on the desk.

    decided: the decisions about its claims, by claim id, oldest first. readers: who read the story.
    A claim that a person edited is held against the ledger as they left it.
    """
    ids = claim_ids(reading)
    text = reading.document.text
    said = {id_: tuple((decided or {}).get(id_, ())) for id_ in ids}
    stand, notes = [], []
    for number, (id_, claim) in enumerate(zip(ids, reading.claims, strict=True), 1):
        as_left = _as_left(claim, said[id_], text)
        if as_left is None:
            notes.append(f"claim {number}: what it was edited to is no claim any more, so it stands as read")
        stand.append(as_left or claim)
    day = as_day(on)
    held = reconcile([replace(reading, claims=tuple(stand))], ledger, day)
    [story] = held.stories
    claims = tuple(
        DeskClaim(
            id_, read, claim, line, ledger[line.measure].title if line.measure else None,
            held.proposals[line.proposal] if line.proposal else None, said[id_],
        )
        for id_, read, claim, line in zip(ids, reading.claims, stand, claim_lines(story), strict=True)
    )  # fmt: skip
    # What is said of one claim stands beside that claim.
    general = [note for note in story.notes if not note.startswith("claim ")]
    return DeskStory(
        reading.document.digest[:ID_DIGITS], reading.document, reading.published, reading.reader,
        tuple(readers) or (reading.reader,), claims, day, ledger.read_to,
        (*reading.document.notes, *reading.notes, *general, *notes),
    )  # fmt: skip


def _as_left(claim: Claim, said: Sequence[Decision], text: str) -> Claim | None:
    """Return a claim as the last person who edited or accepted it left it; None if that is no claim any more."""
    for each in reversed(said):
        slots = (each.payload or {}).get("claim")
        if slots is not None:
            try:
                return Claim.from_dict({**slots, "start": claim.start, "sentence": claim.sentence}, text)
            except BadInputError:
                return None
    return claim

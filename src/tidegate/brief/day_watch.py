"""What to watch: dates ahead with the days left, scenarios that are about what is open, and claims lately read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from tidegate.bargaining.shipped import shipped_games
from tidegate.brief.day_record import ClaimRead, Due, IfItComes
from tidegate.brief.record import RoundLine
from tidegate.brief.word import link_of, said_in
from tidegate.brief.wording import authority_words
from tidegate.dates import Day, parse_day
from tidegate.ledger import Ledger
from tidegate.ledger.bargains import load_rounds
from tidegate.ledger.changes import coming
from tidegate.ledger.model import Entry, Scheduled
from tidegate.ledger.shipped_scenarios import shipped_scenarios
from tidegate.records import read_yaml_text_records

if TYPE_CHECKING:
    from tidegate.claims.store import Store

__all__ = ["claims_read", "due_after", "games_about", "last_talks", "scenarios_about"]

MOST_CLAIMS = 60
"""Claims that are looked at, the newest: a page shows few of them."""


def due_after(ledger: Ledger, on: Day, ahead: int) -> tuple[Due, ...]:
    """Return the dates of the next days, measures of one government that move alike on one day together."""
    same: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for row in coming(ledger, on, ahead):
        if row["what"] in ("change", "date"):
            key = (row["on"], row["jurisdiction"], row["stage"], row["next_stage"], row["condition"],
                   row["note"] if row["next_stage"] is None else None)  # fmt: skip
            same.setdefault(key, []).append(dict(row))
    return tuple(_due(ledger, on, rows) for rows in same.values())


def scenarios_about(open_: Collection[str]) -> tuple[IfItComes, ...]:
    """Return the shipped scenarios that edit some of the measures that are open on a day."""
    found = []
    for one in shipped_scenarios().values():
        [record] = read_yaml_text_records(one.text, one.name)
        edited = [
            str(edit[verb])
            for edit in record.data["edits"]
            for verb in ("set", "move", "mirror")
            if verb in edit
        ]
        if about := tuple(dict.fromkeys(id_ for id_ in edited if id_ in open_)):
            found.append(IfItComes(one.name, one.title, about))
    return tuple(found)


def games_about(open_: Collection[str]) -> tuple[IfItComes, ...]:
    """Return the shipped games whose moves edit some of the measures that are open on a day."""
    found = []
    for name, game in shipped_games().items():
        edits = (edit for player in game.players for move in player.moves for edit in move.edits)
        edited = [str(edit[verb]) for edit in edits for verb in ("set", "move", "mirror") if verb in edit]
        if about := tuple(dict.fromkeys(id_ for id_ in edited if id_ in open_)):
            found.append(IfItComes(name, game.title, about))
    return tuple(found)


def last_talks(since: Day, on: Day) -> tuple[RoundLine, ...]:
    """Return the bargaining rounds of these days, or the last one before; whether a bargain held is for later days."""
    rounds = [one for one in load_rounds() if one.when.last <= on]
    recent = [one for one in rounds if one.when.last > since] or rounds[-1:]
    return tuple(
        RoundLine(one.id, one.when.text, one.outcome, (), None, tuple(cited.source for cited in one.sources))
        for one in reversed(recent)
    )


def claims_read(store: Store, ledger: Ledger, since: Day, on: Day) -> tuple[ClaimRead, ...]:
    """Return the claims about measures in stories of these days, those nobody has decided first, newest first.

    Each is held against the ledger as `reconcile` does, on the day of its story.
    """
    from tidegate.claims.claim import LISTS, Claim
    from tidegate.claims.reconcile import decide_claims
    from tidegate.claims.reconcile.rarity import Rarity
    from tidegate.claims.search import search_claims

    first = (since + dt.timedelta(days=1)).isoformat()
    rows = search_claims(
        store, since=first, until=on.isoformat(), kind="measure", limit=MOST_CLAIMS
    ).rows  # fmt: skip
    found, rarity = [], Rarity.of(ledger)
    for row in rows:
        # The place in the story is not part of what a search gives, and no decision hangs on it.
        slots: dict[str, Any] = {each.name: row[each.name] for each in fields(Claim) if each.name in row}
        claim = Claim(**{**slots, "start": 0} | {name: tuple(slots[name]) for name in LISTS})
        day = parse_day(row["published"]) if row["published"] else None
        [decided] = decide_claims([claim], ledger, day, on, rarity)
        found.append(
            ClaimRead(
                row["published"], tuple(row["outlets"]), authority_words(claim.certainty, claim.source, claim.sentence),
                " ".join(claim.sentence.split()), decided.label, decided.measure.id if decided.measure else None,
                row["verdict"], row["title"], link_of(row["url"]),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.verdict is not None))


def _due(ledger: Ledger, on: Day, rows: list[dict[str, object]]) -> Due:
    first = rows[0]
    day = parse_day(str(first["on"]))
    regime = ledger.on(on, on)
    standing = regime[str(first["id"])]
    parts = standing.limbs or (standing,)
    entry = next((part.entry for part in parts if part.entry.source == first["source"]), None)
    if entry is None:
        entry = _dated(ledger, str(first["id"]), str(first["on"]), str(first["source"])) or standing.entry
    return Due(
        on=day.isoformat(), days=(day - on).days, government=str(first["jurisdiction"]), stage=str(first["stage"]),
        next_stage=_text(first["next_stage"]), condition=_text(first["condition"]),
        by_text=any(part.span.until == day for part in parts), ids=tuple(str(row["id"]) for row in rows),
        titles=tuple(str(row["title"]) for row in rows), note=str(first["note"]), said=said_in(entry),
    )  # fmt: skip


def _dated(ledger: Ledger, id_: str, on: str, source: str) -> Entry | Scheduled | None:
    measure = ledger[id_]
    plans: tuple[Entry | Scheduled, ...] = (
        *measure.scheduled,
        *(plan for limb in measure.limbs for plan in limb.scheduled),
        *measure.entries,
    )
    return next((plan for plan in plans if plan.source == source and plan.on == on), None)


def _text(value: object) -> str | None:
    return None if value is None else str(value)

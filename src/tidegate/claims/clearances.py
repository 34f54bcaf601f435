"""What people decided about hits of screening: who cleared which, when, why. In the store of claims, signed and audited.

A decision is about one name and one entry. It covers the entry as it was: where the list later says something else of
the party (an alias, an address, a country), the hit is open again and the old decision is shown beside it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError, NotFoundError
from tidegate.screening.answer import Cleared, Hit, Screening
from tidegate.sources.listing import Entry
from tidegate.tables import Table

if TYPE_CHECKING:
    from tidegate.claims.store import Decision, Store

__all__ = ["ABOUT", "VERDICTS", "Clearances", "clearances", "decision_about", "entry_digest", "log"]

ABOUT = "screening"
"""The sort of thing that these decisions are about, in the store."""

VERDICTS: Mapping[str, str] = {"cleared": "dismiss", "confirmed": "accept"}
"""What a person may say of a hit, and the word of the store for it."""

MOST_WORDS = 2000
"""Characters of a reason."""

_SAID = {word: verdict for verdict, word in VERDICTS.items()}
_NOT_THE_PARTY = frozenset(("row",))


def entry_digest(entry: Entry) -> str:
    """Return the SHA-256 of what a list says of a party, in hexadecimal; where it stands in the file is left out."""
    said = {
        field.name: getattr(entry, field.name) for field in fields(entry) if field.name not in _NOT_THE_PARTY
    }
    return hashlib.sha256(json.dumps(said, default=str, ensure_ascii=False).encode()).hexdigest()


def _subject(query: str, entry_id: str) -> str:
    name = " ".join(query.split()).casefold()
    return hashlib.sha256(f"{name}\n{entry_id}".encode()).hexdigest()


def decision_about(
    screening: Screening, entry_id: str, verdict: str, *, who: str, why: str, at: dt.datetime
) -> Decision:
    """Return what a person decided about a hit, ready for `Store.decide`.

    screening: the answer that the person saw. verdict: one of `VERDICTS`.
    Raises: NotFoundError: if the answer has no such hit. BadInputError: for another verdict, an empty or long reason,
        or nobody.
    """
    from tidegate.claims.store import Decision

    if verdict not in VERDICTS:
        raise BadInputError(f"verdict: '{verdict}' is none of {', '.join(VERDICTS)}.")
    why = " ".join(why.split())
    if not why:
        mend = "Write a few words: --why 'other address, other trade'."
        raise BadInputError(f"why: a decision says on what grounds. {mend}")
    if len(why) > MOST_WORDS:
        raise BadInputError(f"why: it has {len(why)} characters, {MOST_WORDS} are allowed. Say it shorter.")
    if not who.strip():
        raise BadInputError("by: a decision has somebody who made it. Give a name: --by 'J. Smith'.")
    hit = next((hit for hit in screening.hits if entry_id in (hit.entry.id, *hit.also)), None)
    if hit is None:
        have = ", ".join(hit.entry.id for hit in screening.hits[:5]) or "none"
        raise NotFoundError(f"'{screening.query}' has no hit '{entry_id}'. Its hits: {have}.")
    payload = {
        "query": screening.query, "id": hit.entry.id, "name": hit.entry.name, "list": hit.entry.list,
        "score": round(hit.score, 3), "entry_digest": entry_digest(hit.entry),
        "list_digests": [age.digest for age in screening.ages],
    }  # fmt: skip
    return Decision(ABOUT, _subject(screening.query, hit.entry.id), VERDICTS[verdict], who, at, why, payload)


@dataclass(frozen=True, slots=True)
class Clearances:
    """The last decision about each pair of name and entry, as they stood when they were read."""

    last: Mapping[str, Decision]

    def mark(self, screening: Screening) -> Screening:
        """Return an answer with what was decided about its hits; none is left out."""
        if not self.last:
            return screening
        hits = tuple(self._mark(screening.query, hit) for hit in screening.hits)
        return replace(screening, hits=hits)

    def of(self, query: str, entry: Entry) -> Cleared | None:
        """Return what was decided last about a name and an entry; None where nobody decided."""
        decision = self.last.get(_subject(query, entry.id))
        if decision is None:
            return None
        changed = (decision.payload or {}).get("entry_digest") != entry_digest(entry)
        said = _SAID.get(decision.verdict, decision.verdict)
        return Cleared(said, decision.who, decision.at, decision.why, changed)

    def _mark(self, query: str, hit: Hit) -> Hit:
        cleared = self.of(query, hit.entry)
        return replace(hit, cleared=cleared) if cleared else hit


def clearances(store: Store) -> Clearances:
    """Return what was decided so far."""
    return Clearances({decision.subject: decision for decision in store.decisions(ABOUT)})


_COLUMNS = ("at", "who", "verdict", "query", "id", "name", "list", "score", "why", "entry_digest")


def log(store: Store, query: str | None = None, entry_id: str | None = None) -> Table:
    """Return every decision about hits, oldest first: of all names or one, of all entries or one."""
    rows = []
    for decision in store.decisions(ABOUT):
        made = decision.payload or {}
        if query is not None and " ".join(query.split()).casefold() != str(made.get("query", "")).casefold():
            continue
        if entry_id is not None and made.get("id") != entry_id:
            continue
        rows.append(
            {name: made.get(name) for name in _COLUMNS}
            | {"at": decision.at.isoformat(), "who": decision.who, "why": decision.why,
               "verdict": _SAID.get(decision.verdict, decision.verdict)}
        )  # fmt: skip
    return Table(tuple(rows), _COLUMNS, {"store": store.address}, "decisions")

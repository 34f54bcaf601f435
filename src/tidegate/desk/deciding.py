"""Accept, edit or dismiss a claim: the decision, what it was made of, and the ledger entry that it leads to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from tidegate.claims.claim import LISTS, Claim
from tidegate.claims.reconcile import accepted_text
from tidegate.claims.store import Actor, Decision, Store
from tidegate.claims.store.identity import storable
from tidegate.desk.lay_out import EXAMPLE
from tidegate.desk.record import DeskClaim, DeskStory
from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger import Ledger

__all__ = ["MOST_WORDS", "SLOTS", "accepted_file", "claim_of", "decide_claim", "edited_claim"]

SLOTS = tuple(field.name for field in fields(Claim) if field.name not in ("kind", "sentence", "start"))
"""What a person may change of a claim. Its words and its kind are the reader's: another kind is another claim."""

MOST_WORDS = 300
"""Characters of a reason; it stands in the remarks of a ledger file, which have room for 600."""


def claim_of(story: DeskStory, claim_id: str) -> DeskClaim:
    """Return a claim of a story. Raises: NotFoundError: if it has none of that id."""
    found = next((each for each in story.claims if each.id == claim_id), None)
    if found is None:
        raise NotFoundError(
            f"The story has no claim '{claim_id}'. It may have been read anew: open it again."
        )
    return found


def edited_claim(claim: Claim, slots: Mapping[str, str], text: str) -> Claim:
    """Return a claim with slots as a person wrote them.

    slots: by name, as text; lists with commas between the words, empty for nothing. Those not named stay.
    text: of the story.
    Raises: BadInputError: naming each slot that cannot be so.
    """
    if unknown := sorted(slots.keys() - set(SLOTS)):
        raise BadInputError(f"{unknown[0]}: this is no slot of a claim to edit. Slots: {', '.join(SLOTS)}.")
    record = claim.to_dict()
    for name, value in slots.items():
        record[name] = _slot(name, storable(value).strip(), record[name])
    return Claim.from_dict(record, text)


def _slot(name: str, value: str, before: object) -> Any:  # noqa: ANN401
    if name in LISTS:
        return [word.strip() for word in value.split(",") if word.strip()]
    if name == "future":
        return {"true": True, "false": False}.get(value.lower(), value)
    if name == "value" and value:
        if value == str(before):
            return before
        try:
            return float(value) if not value.lstrip("-").isdigit() else int(value)
        except ValueError:
            return value
    return value or None


def decide_claim(
    store: Store, ledger: Ledger, story: DeskStory, claim_id: str, verdict: str, *, actor: Actor, why: str,
    at: dt.datetime, slots: Mapping[str, str] | None = None, seen: int | None = None,
) -> Decision:  # fmt: skip
    """Write what a person decided about a claim of a story of a store, and return it once it is on disk.

    verdict: `accept`, `dismiss` or `edit`. slots: for `edit`, as `edited_claim` takes them. seen: how many
    decisions about the claim they had seen; None: whatever was decided meanwhile does not matter.
    The payload holds what was decided about: the claim as it stood, its label and measure and, where an
    accepted claim leads to a ledger entry, that entry as the text of a file, checked against the ledger.
    Raises: NotFoundError: if the story has no such claim. BadInputError: for an empty or long reason, an edit
        that changes nothing or is no claim, or an entry that would break the ledger. OvertakenError: if
        somebody decided meanwhile. Then nothing is written.
    """
    own = claim_of(story, claim_id)
    why = " ".join(storable(why).split())
    if story.id == EXAMPLE:
        raise BadInputError(
            "The shipped example can be read and not decided about. Read a story into a store."
        )
    if not why:
        raise BadInputError("why: a decision says on what grounds. Write a few words.")
    if len(why) > MOST_WORDS:
        raise BadInputError(f"why: it has {len(why)} characters, {MOST_WORDS} are allowed. Say it shorter.")
    if slots and verdict != "edit":
        raise BadInputError(f"Slots are for an edit, and this is '{verdict}'. Leave them out, or edit first.")
    claim, entry = own.claim, None
    if verdict == "edit":
        claim = edited_claim(own.claim, slots or {}, story.document.text)
        if claim == own.claim:
            raise BadInputError(
                "Nothing is changed by this edit. Change a slot, or accept the claim as it is."
            )
    elif verdict == "accept" and own.proposal is not None:
        proposal = own.proposal
        entry = {
            "id": proposal.id, "measure": proposal.measure_id, "amends": proposal.amends,
            "yaml": accepted_text(proposal, who=actor.who, why=why, day=at.date().isoformat(), ledger=ledger),
        }  # fmt: skip
    line = own.line
    payload = {"document": story.document.digest, "claim": claim.to_dict(), "proposal": entry,
               "held": {"label": line.label, "measure": line.measure, "why": line.why}}  # fmt: skip
    decision = Decision("claim", claim_id, verdict, actor.who, at, why, payload)
    store.decide(decision, via=actor.via, seen=seen)
    return decision


def accepted_file(story: DeskStory, claim_id: str) -> tuple[str, str]:
    """Return the name and the text of the ledger file that an accepted claim leads to.

    It is the text as it was accepted, with who and why in its remarks; put it into a folder of your own and
    give that with --ledger.
    Raises: NotFoundError: if the claim is not accepted, or leads to no entry.
    """
    decided = claim_of(story, claim_id).decided
    entry = (
        (decided.payload or {}).get("proposal") if decided and decided.verdict == "accept" else None
    ) or {}
    if not entry:
        raise NotFoundError(f"Claim '{claim_id}' has no accepted ledger entry. Accept it first.")
    return f"{entry['measure']}.yaml", str(entry["yaml"])

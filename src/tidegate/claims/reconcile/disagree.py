"""Where two stories, or a story and the ledger, cannot both be right: shown side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tidegate.claims.copies import group_copies
from tidegate.claims.reading import Reading
from tidegate.claims.reconcile.dates import is_near
from tidegate.claims.reconcile.decide import Decision
from tidegate.claims.reconcile.judge import DE_JURE
from tidegate.claims.reconcile.stages import OFF
from tidegate.dates import parse_when

__all__ = ["LEDGER", "Disagreement", "Side", "disagreements"]

LEDGER = "the ledger"

SAME_DAYS = 14
"""Two stories further apart than this tell of two moments."""

SAME_NUMBER = 0.005
"""Numbers within this share of each other are one number, rounded."""

_ON = frozenset({"announced", "in_force"})
_AGAINST_REFUSED = frozenset({"agreed", "announced", "in_force"})

Decided = Sequence[tuple[Reading, Sequence[Decision]]]


@dataclass(frozen=True, slots=True)
class Side:
    """What one story, or the ledger, says.

    says: the stage, date or number, in plain words. words: those that carry it. source: the chain of
    sources, outermost first. copies: other outlets that print the same text.
    """

    outlet: str
    document: str | None
    published: str | None
    says: str
    words: str
    certainty: str | None
    source: tuple[str, ...]
    copies: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the side as plain values."""
        return {
            "outlet": self.outlet, "document": self.document, "published": self.published,
            "says": self.says, "words": self.words, "certainty": self.certainty,
            "source": list(self.source), "copies": list(self.copies),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sides on one topic. differs: `stage`, `date` or `number`. topic: a measure, or what is counted."""

    topic: str
    differs: str
    sides: tuple[Side, Side]

    def to_dict(self) -> dict[str, Any]:
        """Return the disagreement as plain values."""
        return {
            "topic": self.topic,
            "differs": self.differs,
            "sides": [side.to_dict() for side in self.sides],
        }


def disagreements(decided: Decided) -> tuple[Disagreement, ...]:
    """Return where stories disagree with the ledger, then where they disagree with one another.

    decided: each reading with the decisions on its claims. A text that several outlets print is one story.
    """
    stories, copies = _without_copies(decided)
    found = [
        Disagreement(
            decision.measure.id, decision.differs, (_side(reading, decision, copies), _ledger(decision))
        )
        for reading, decisions in stories
        for decision in decisions
        if decision.label == "contradicts" and decision.measure and decision.differs
    ]
    for one, other in combinations(stories, 2):
        found += _between(one, other, copies)
    return tuple(dict.fromkeys(found))


_Copies = dict[str, tuple[str, ...]]
_Story = tuple[Reading, Sequence[Decision]]


def _without_copies(decided: Decided) -> tuple[list[_Story], _Copies]:
    """Return the stories without copies, and the other outlets of each by the digest of its text."""
    groups = group_copies([reading.document for reading, _ in decided])
    copies: _Copies = {}
    dropped: set[int] = set()
    for group in groups:
        others = [index for index in group.indexes if index != group.lead]
        dropped.update(others)
        documents = [decided[index][0].document for index in others]
        names = tuple(document.outlet or document.name for document in documents)
        copies[decided[group.lead][0].document.digest] = names
    return [story for index, story in enumerate(decided) if index not in dropped], copies


def _between(one: _Story, other: _Story, copies: _Copies) -> Iterator[Disagreement]:
    for ours in one[1]:
        for theirs in other[1]:
            differs = _differs(one, ours, other, theirs)
            if differs:
                sides = (_side(one[0], ours, copies), _side(other[0], theirs, copies))
                yield Disagreement(_topic(ours), differs, sides)


def _differs(one: _Story, ours: Decision, other: _Story, theirs: Decision) -> str | None:
    if ours.claim.kind != theirs.claim.kind or ours.claim.future or theirs.claim.future:
        return None
    if ours.claim.kind == "figure":
        return "number" if _numbers_differ(one[0], ours, other[0], theirs) else None
    if ours.claim.kind != "measure" or not _same_topic(ours, theirs):
        return None
    if ours.standing != DE_JURE or theirs.standing != DE_JURE:
        return None
    if ours.claim.stage == theirs.claim.stage:
        return "date" if _dates_differ(ours, theirs) else None
    return "stage" if _off(one, ours, other, theirs) or _off(other, theirs, one, ours) else None


def _dates_differ(ours: Decision, theirs: Decision) -> bool:
    if not ours.claim.date or not theirs.claim.date or ours.claim.date == theirs.claim.date:
        return False
    return is_near(parse_when(ours.claim.date), parse_when(theirs.claim.date))


def _off(ended: _Story, over: Decision, standing: _Story, stands: Decision) -> bool:
    """Whether one story has a measure over and the other, not earlier, has it stand."""
    if over.claim.stage not in OFF or ended[0].published is None or standing[0].published is None:
        return False
    against = _AGAINST_REFUSED if over.claim.stage == "refused" else _ON
    if stands.claim.stage not in against or stands.claim.date is not None:
        # A dated start before the end is no contradiction of it.
        return False
    apart = (standing[0].published - ended[0].published).days
    if not 0 <= apart <= SAME_DAYS:
        return False
    # A story that tells of both tells what came before.
    return not any(each.claim.stage in OFF and _same_topic(each, over) for each in standing[1])


def _numbers_differ(one: Reading, ours: Decision, other: Reading, theirs: Decision) -> bool:
    left, right = ours.claim, theirs.claim
    if left.value is None or right.value is None or not left.actor:
        return False
    same = all(getattr(left, slot) == getattr(right, slot) for slot in ("metric", "unit", "period")) and all(
        set(getattr(left, slot)) == set(getattr(right, slot)) for slot in ("actor", "items", "target")
    )
    if not same or left.metric in ("other", "count"):
        return False
    if left.period is None:
        if one.published is None or other.published is None:
            return False
        if abs((one.published - other.published).days) > SAME_DAYS:
            return False
    return abs(left.value - right.value) > SAME_NUMBER * max(abs(left.value), abs(right.value))


def _same_topic(ours: Decision, theirs: Decision) -> bool:
    """Whether two claims are of one measure, or name the same government, kind, items and target.

    What one story calls over and the other in force may be matched to two measures of one kind.
    """
    if _topic(ours) == _topic(theirs):
        return True
    one, other = ours.claim, theirs.claim
    same = all(set(getattr(one, slot)) == set(getattr(other, slot)) for slot in ("actor", "items", "target"))
    return same and bool(one.items) and one.instrument == other.instrument


def _topic(decision: Decision) -> str:
    claim = decision.claim
    if claim.kind == "figure":
        about = ", ".join((*claim.items, *claim.target))
        return f"{claim.metric} of {', '.join(claim.actor)}{f' ({about})' if about else ''}"
    if decision.measure is not None and decision.label != "new":
        return decision.measure.id
    parts = (claim.actor, (claim.instrument or "",), claim.items, claim.target)
    return " ".join(",".join(sorted(part)) for part in parts if part)


def _side(reading: Reading, decision: Decision, copies: _Copies) -> Side:
    claim, document = decision.claim, reading.document
    if claim.kind == "figure":
        says = f"{claim.value:g} {claim.unit or ''}".strip() if claim.value is not None else ""
    else:
        says = f"{claim.stage}{f' on {claim.date}' if claim.date else ''}"
    return Side(
        document.outlet or document.name,
        document.name,
        reading.published.isoformat() if reading.published else None,
        says,
        " ".join(claim.sentence.split()),
        claim.certainty,
        claim.source,
        copies.get(document.digest, ()),
    )


def _ledger(decision: Decision) -> Side:
    entry, measure = decision.entry, decision.measure
    if entry is None:
        return Side(LEDGER, None, None, decision.why, measure.title if measure else "", None, ())
    says = decision.why.rpartition("the ledger ")[2] or f"{entry.stage} on {entry.on}"
    return Side(LEDGER, measure.id if measure else None, None, says, entry.note, None, (entry.source,))

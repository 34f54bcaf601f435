"""What a story asserts: each claim in plain words, with the words that carry it and what the ledger says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tidegate.brief.record import ClaimLine, ClaimQuote
from tidegate.brief.wording import authority_of, say, when_of
from tidegate.claims.claim import Claim
from tidegate.claims.matching import MINIMUM, Match
from tidegate.claims.reconcile import Decision, Story

__all__ = ["claim_lines", "with_named"]

MOST_AROUND = 160
"""Characters of the passage shown on either side of the words that carry a claim."""

MOST_NAMED = 3
"""Measures shown beside a claim that the record lacks, because its passage names them."""


def claim_lines(story: Story) -> tuple[ClaimLine, ...]:
    """Return a line for each claim of a story held against the ledger, in the order of the story."""
    pairs = zip(story.decisions, story.proposals, strict=True)
    return tuple(_line(number, story, *pair) for number, pair in enumerate(pairs, 1))


def with_named(lines: Sequence[ClaimLine], matches: Sequence[Match]) -> tuple[ClaimLine, ...]:
    """Return the lines, those that the record lacks with the measures that their passage names.

    matches: measures found by words alone. Where the reader took a claim amiss, these show the way.
    """
    return tuple(
        replace(line, named=_named(line.quote, matches)) if line.label in ("updates", "new") else line
        for line in lines
    )


def _named(quote: ClaimQuote, matches: Sequence[Match]) -> tuple[str, ...]:
    first, last = quote.start, quote.start + len(quote.words)
    scores = {
        match.measure.id: part.score
        for match in matches
        for part in reversed(match.evidence)
        if part.score >= MINIMUM
        and part.passage.start < last
        and first < part.passage.start + len(part.passage.text)
    }
    return tuple(sorted(scores, key=lambda each: (-scores[each], each))[:MOST_NAMED])


def _line(number: int, story: Story, decision: Decision, proposal: str | None) -> ClaimLine:
    claim, text = decision.claim, story.reading.document.text
    entry = decision.entry
    head = f"claim {number}: "
    why_none = [note.removeprefix(head) for note in story.notes if note.startswith(head)]
    return ClaimLine(
        number=number,
        kind=claim.kind,
        says=say(claim, text),
        when=when_of(claim, story.reading.published),
        authority=authority_of(claim, text),
        is_official=claim.certainty == "official",
        label=decision.label,
        standing=decision.standing,
        why=decision.why,
        measure=decision.measure.id if decision.measure else None,
        then=decision.then,
        now=decision.now,
        also=decision.also,
        named=(),
        entry=None if entry is None else {
            "on": entry.on, "stage": entry.stage, "role": entry.role, "note": entry.note,
            "source": entry.source, "verified": entry.verified,
        },
        proposal=proposal,
        no_proposal=why_none[0] if why_none else None,
        quote=_quote(claim, text),
        claim=claim.to_dict(),
    )  # fmt: skip


def _quote(claim: Claim, text: str) -> ClaimQuote:
    """Return the words of a claim inside their paragraph, which is cut where it is long."""
    first = text.rfind("\n", 0, claim.start) + 1
    last = text.find("\n", claim.end)
    before = text[first : claim.start]
    after = text[claim.end : last if last >= 0 else len(text)]
    if len(before) > MOST_AROUND:
        before = "… " + before[-MOST_AROUND:].partition(" ")[2]
    if len(after) > MOST_AROUND:
        after = after[:MOST_AROUND].rpartition(" ")[0] + " …"
    return ClaimQuote(before, claim.sentence, after, claim.start)

"""Numbers that say how large, how much or how far: metric, sign, unit, period and whose they are."""

from __future__ import annotations

import re
from dataclasses import replace

from tidegate.claims.claim import Claim
from tidegate.claims.extract.figure_clauses import Clause, clauses_of
from tidegate.claims.extract.figure_holders import holders_of
from tidegate.claims.extract.figure_items import items_of
from tidegate.claims.extract.figure_memory import Memory
from tidegate.claims.extract.figure_metrics import metric_of
from tidegate.claims.extract.figure_noise import is_figure
from tidegate.claims.extract.figure_periods import period_of
from tidegate.claims.extract.figure_signs import is_future, signed_value
from tidegate.claims.extract.figure_sources import figure_source
from tidegate.claims.extract.figure_targets import target_of
from tidegate.claims.extract.figure_values import find_quantities
from tidegate.claims.extract.story import Sentence, Story

__all__ = ["find_figures"]


def find_figures(story: Story) -> list[Claim]:
    """Return the figures of a story, in order, each proposition once."""
    memory = Memory.of(story)
    claims: list[Claim] = []
    for sentence in story.sentences:
        claims += _read(story, sentence, memory)
        memory.hear(sentence)
    return _once(story, claims)


_A_TABLE = 40
"""More numbers than this in one sentence are a table run together: nothing tells what they measure."""


def _read(story: Story, sentence: Sentence, memory: Memory) -> list[Claim]:
    quantities = find_quantities(sentence.text)
    if len(quantities) > _A_TABLE:
        return []
    claims: list[Claim] = []
    before: Claim | None = None
    memory.shares = ()
    # What is no figure must not cut the clause of one that is.
    quantities = [clause.quantity for clause in clauses_of(sentence, quantities) if is_figure(clause)]
    for clause in clauses_of(sentence, quantities):
        before = _claim(story, clause, memory, before)
        memory.actors, memory.paragraph, memory.metric = before.actor, sentence.paragraph, before.metric
        if before.metric == "share_price_change":
            memory.shares = before.actor
        elif before.items and before.items[0] not in (
            "shares",
            "tariff",
            "gross-margin",
            "earnings-per-share",
        ):
            memory.items = before.items
        claims.append(before)
    return _respectively(sentence, claims)


def _claim(story: Story, clause: Clause, memory: Memory, before: Claim | None) -> Claim:
    known = before.metric if before else memory.metric if _POINTS_BACK.match(clause.subject_text()) else None
    metric = metric_of(clause, known)
    future = is_future(clause, metric) or bool(before and before.future and _RIDES.match(clause.text))
    actors = holders_of(clause, metric, memory)
    start, end = _span(story, clause)
    attribution = figure_source(story, clause, metric, start, end)
    return Claim(
        "figure",
        story.text[start:end],
        start,
        actor=actors,
        items=items_of(clause, metric, memory, actors),
        target=target_of(clause, metric, actors, memory),
        metric=metric,
        value=signed_value(clause, metric),
        unit=clause.quantity.unit,
        period=period_of(clause, metric, story.published, future, before.period if before else None),
        source=attribution.source,
        certainty=attribution.certainty,
        future=future,
    )


# 'He expected the figure to drop to 20 per cent': of the figure before.
_POINTS_BACK = re.compile(r"(?:the|that|this) (?:figure|share|proportion|number|percentage)\b", re.IGNORECASE)

# Words that hang on the number before them: 'revenue of $43 billion, up 66%'.
_RIDES = re.compile(r"(?:up|down|or|a rise of|a fall of|an increase of)\b(?!\s+from)", re.IGNORECASE)


def _span(story: Story, clause: Clause) -> tuple[int, int]:
    """Return the place of the shortest words that carry the number and occur first there."""
    base = clause.sentence.start
    start, end = base + clause.start, base + clause.end
    if story.text.find(story.text[start:end]) == start:
        return start, end
    for low, high in ((base, end), (base, clause.sentence.end)):
        if story.text.find(story.text[low:high]) == low:
            return low, high
    return base, clause.sentence.end


_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)


def _respectively(sentence: Sentence, claims: list[Claim]) -> list[Claim]:
    """Give each number its own holder where a sentence lists both and says 'respectively'."""
    if not _RESPECTIVELY.search(sentence.text):
        return claims
    holders = next((claim.actor for claim in claims if len(claim.actor) > 1), ())
    size = len(holders)
    if size < 2 or len(claims) < size:
        return claims
    tail = claims[-size:]
    if len({claim.unit for claim in tail}) > 1:
        return claims
    return [
        *claims[:-size],
        *(replace(claim, actor=(who,)) for claim, who in zip(tail, holders, strict=True)),
    ]


def _once(story: Story, claims: list[Claim]) -> list[Claim]:
    """Keep one claim of each proposition: the one with the most slots filled, at the place of the first."""
    kept: list[Claim] = []
    for claim in claims:
        twin = next((index for index, other in enumerate(kept) if _same(claim, other)), None)
        if twin is None:
            kept.append(claim)
        elif _fullness(claim) > _fullness(kept[twin]) - 2 * _in_headline(story, kept[twin]):
            kept[twin] = claim
    return kept


def _same(claim: Claim, other: Claim) -> bool:
    if (claim.value, claim.unit) != (other.value, other.unit):
        return False
    if (
        claim.unit == "percent"
        and claim.metric != other.metric
        and "other" not in (claim.metric, other.metric)
    ):
        return False
    left, right = set(claim.actor), set(other.actor)
    return not left or not right or left <= right or right <= left


def _in_headline(story: Story, claim: Claim) -> bool:
    """Whether a claim stands in the first line of a story and that line is no sentence."""
    first = story.text.lstrip().partition("\n")[0].rstrip()
    return claim.start < len(first) and not first.endswith((".", "!", "?", '"', "\u201d"))


def _fullness(claim: Claim) -> int:
    return sum(bool(slot) for slot in (claim.actor, claim.items, claim.target, claim.period)) + (
        claim.metric != "other"
    )

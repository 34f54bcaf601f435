"""Claims about responses: what firms, and governments by other than a control, do because of the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.claims.claim import Claim
from tidegate.claims.extract.attribution import attribute
from tidegate.claims.extract.grammar import clause_of, own_clause
from tidegate.claims.extract.items import items_of
from tidegate.claims.extract.response_acts import ReAct, acts_in
from tidegate.claims.extract.response_cast import Cast
from tidegate.claims.extract.response_slots import is_ahead, items_for, target_of
from tidegate.claims.extract.response_spans import span_of
from tidegate.claims.extract.response_stages import Case, stage_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.timing import date_of
from tidegate.claims.extract.who import names_on

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["find_responses"]


def find_responses(story: Story) -> list[Claim]:
    """Return the responses a story tells of, repeats among them, in the order of their words."""
    claims: list[Claim] = []
    cast = Cast.of(story)
    for sentence in story.sentences:
        here: list[tuple[Claim, Token]] = []
        for act in acts_in(sentence):
            claim = _claim(story, sentence, act, cast, claims)
            if claim is not None and not any(_is_told(claim, act, other, word) for other, word in here):
                here.append((claim, act.word))
        claims += [claim for claim, _ in here]
        cast.keep(sentence, items_of(sentence.named("item")))
    return claims


def _claim(story: Story, sentence: Sentence, act: ReAct, cast: Cast, before: list[Claim]) -> Claim | None:
    start, end = span_of(sentence, act)
    said = attribute(story, sentence, start, end)
    actors = cast.parties(sentence, act.whos, said.source)
    if not actors and act.flows and cast.subject:
        actors = (cast.subject,)
    stage = stage_of(Case(sentence, act, actors, said.source))
    if stage is None:
        return None
    clause = [token for token in sentence.span if start <= token.idx + sentence.offset < end]
    items = items_for(sentence, clause, stage, actors, act, cast)
    target = target_of(story, sentence, clause, stage, actors, items, cast)
    if target == ("CN",) and not names_on(sentence, clause, "country"):
        # Dealings without a place lean on those told before ('such services').
        target = next(
            (one.target for one in reversed(before) if one.items == items and "CN" not in one.target), target
        )
    return Claim(
        kind="response", sentence=story.text[start:end], start=start, actor=actors, stage=stage, items=items,
        target=target, date=date_of(story, sentence, act.word, own_clause(clause_of(act.word)), False),
        source=said.source, certainty=said.certainty, future=is_ahead(act.word),
    )  # fmt: skip


def _is_told(claim: Claim, act: ReAct, other: Claim, word: Token) -> bool:
    """Return whether an act only says again what another of the same sentence says ('stop providing')."""
    if claim.stage == other.stage:
        return claim.actor == other.actor or act.word.is_ancestor(word) or word.is_ancestor(act.word)
    return (
        word.is_ancestor(act.word) and claim.actor == other.actor and "opposed" in (claim.stage, other.stage)
    )

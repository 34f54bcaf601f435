"""Claims about evasion: items that reach a target around a control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.claims.claim import Claim
from tidegate.claims.extract.attribution import attribute
from tidegate.claims.extract.evasion_parties import end_of, evaders_of, through_of
from tidegate.claims.extract.evasion_words import DESIGNERS, evading_at, stage_of, tells_of_evasion
from tidegate.claims.extract.grammar import clause_of, own_clause
from tidegate.claims.extract.items import CLASSES, items_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.timing import date_of
from tidegate.claims.extract.who import names_on
from tidegate.claims.lexicon import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["find_evasions"]


def find_evasions(story: Story) -> list[Claim]:
    """Return the evasions a story tells of, repeats among them, in the order of their words."""
    claims: list[Claim] = []
    evasive = tells_of_evasion(story)
    lawful = lexicon("evasions")["accusers"].search(story.plain) is not None
    evaders: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    for sentence in story.sentences:
        goods = items_of(sentence.named("item")) or goods
        word = evading_at(sentence, evasive)
        if word is None:
            continue
        claim = _claim(story, sentence, word, evaders, goods, lawful)
        evaders = claim.actor or evaders
        if claim.actor or (claim.items and claim.stage != "charged"):
            claims.append(claim)
    return claims


def _claim(
    story: Story, sentence: Sentence, word: Token, last: tuple[str, ...], goods: tuple[str, ...], lawful: bool
) -> Claim:
    """Return the evasion that a word of a sentence tells of.

    last: who was said to evade before. goods: the items named last. lawful: whether the story tells of charges.
    """
    start, end = sentence.start, sentence.end
    text = sentence.text
    start += len(text) - len(text.lstrip())
    end -= len(text) - len(text.rstrip())
    said = attribute(story, sentence, start, end)
    stage = stage_of(text, said.source, lawful)
    actors = evaders_of(sentence, word, stage, last)
    ends = end_of(story, sentence, actors)
    items = items_of(names_on(sentence, sentence.span))
    if actors and set(actors) <= DESIGNERS:
        items = ("eda_software",)
    elif not items and stage != "alleged":
        items = tuple(one for one in goods if one in CLASSES)
    return Claim(
        kind="evasion", sentence=story.text[start:end], start=start, actor=actors, stage=stage, items=items,
        target=ends, counterparty=through_of(sentence, ends, actors),
        date=date_of(story, sentence, word, own_clause(clause_of(word)), False),
        source=said.source, certainty=said.certainty,
    )  # fmt: skip

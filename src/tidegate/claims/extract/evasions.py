"""Claims about evasion: items that reach a target around a control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.claims.claim import Claim
from tidegate.claims.extract.attribution import attribute
from tidegate.claims.extract.grammar import clause_of, objects_of, own_clause, subjects_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.subject import items_of
from tidegate.claims.extract.timing import date_of
from tidegate.claims.extract.who import firm_country, names_on, whos_of
from tidegate.claims.lexicon import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["find_evasions"]


def find_evasions(story: Story) -> list[Claim]:
    """Return the evasions a story tells of, repeats among them."""
    claims = []
    for sentence in story.sentences:
        claim = _claim(story, sentence)
        if claim is not None:
            claims.append(claim)
    return claims


def _claim(story: Story, sentence: Sentence) -> Claim | None:
    words = lexicon("evasions")
    hit = words["evading"].search(sentence.text)
    if hit is None or words["not_evading"].search(sentence.text):
        return None
    token = next(
        (one for one in sentence.span if one.idx + sentence.offset - sentence.start >= hit.start()), None
    )
    if token is None:
        return None
    stage = next(
        (name for name in ("charged", "investigated", "confirmed") if words[name].search(sentence.text)),
        "alleged",
    )
    clause = list(sentence.span)
    start, end = sentence.start, sentence.end
    said = attribute(story, sentence, start, end)
    countries = [name.id for name in names_on(sentence, clause, "country")]
    through = _through(sentence)
    target = ("CN",) if "CN" in countries or not through else ()
    if not target and any(name.id == "CN" for name in story.names):
        target = ("CN",)
    return Claim(
        kind="evasion", sentence=story.text[start:end], start=start, actor=_actors(sentence, token, stage), stage=stage,
        items=items_of(names_on(sentence, clause)), target=target, counterparty=through,
        date=date_of(story, sentence, token, own_clause(clause_of(token)), False),
        source=said.source, certainty=said.certainty,
    )  # fmt: skip


def _actors(sentence: Sentence, token: Token, stage: str) -> tuple[str, ...]:
    """Return who is said to evade: the accused, else the Chinese firm named, else the verb's subject."""
    for verb in sentence.span:
        if verb.lemma_.lower() in (
            "charge",
            "indict",
            "arrest",
            "accuse",
            "investigate",
            "probe",
            "detain",
            "sentence",
            "fine",
        ):
            whos = [who for who in whos_of(sentence, objects_of(verb)) if who.id and who.sort != "state"]
            if whos:
                return tuple(dict.fromkeys(who.id for who in whos))
    chinese = [name.id for name in sentence.named("party") if firm_country(name.id) == "CN"]
    if chinese:
        return tuple(dict.fromkeys(chinese))
    verb = clause_of(token)
    whos = [
        who
        for who in whos_of(sentence, subjects_of(verb))
        if who.id and who.sort in ("firm", "firms", "other", "state")
    ]
    whos = [who for who in whos if not (who.sort == "state" and stage in ("investigated", "charged"))]
    return tuple(dict.fromkeys(who.id for who in whos))


def _through(sentence: Sentence) -> tuple[str, ...]:
    """Return the places and firms that goods go through."""
    found: list[str] = []
    for token in sentence.span:
        if token.lower_ in ("through", "via", "in", "from", "using") and token.dep_ == "prep":
            below = list(token.subtree)
            found += [name.id for name in names_on(sentence, below, "country") if name.id not in ("CN", "US")]
    return tuple(dict.fromkeys(found))

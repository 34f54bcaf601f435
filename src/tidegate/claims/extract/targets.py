"""Against whom an act about a control is, and whose business it hits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.claims.extract.memory import Memory
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import firm_country, names_on, who_of
from tidegate.claims.mentions import Mention

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["parties_of", "usual_target"]

HOLDERS_OF_TECHNOLOGY = frozenset(("US", "NL", "JP", "KR", "TW", "EU", "GB", "DE"))
"""States whose controls on chips, tools and design software point at China where a story does not say."""


def parties_of(
    sentence: Sentence,
    scopes: Sequence[Sequence[Token]],
    instrument: str,
    actors: tuple[str, ...],
    counterparty: tuple[str, ...],
    memory: Memory,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return whom an act is against, and whose business it hits.

    scopes: the tokens of the act, narrowest first; a wider one is asked only where the narrower is silent.
    """
    firms, affected = _firms(sentence, scopes, actors)
    if instrument == "purchase_ban":
        sellers = affected or [maker for maker in makers_of(sentence) if firm_country(maker) not in actors]
        sellers = [one for one in sellers if firm_country(one) not in actors] or (
            [memory.seller] if memory.seller else []
        )
        against = [one for one in firms if one not in counterparty] if "CN" not in actors else []
        return (tuple(dict.fromkeys(against or sellers)) or ("US",)), tuple(dict.fromkeys(sellers))
    if instrument in ("investigation", "entity_listing") and "CN" in actors and affected:
        return tuple(dict.fromkeys(affected)), ()
    target = firms
    for scope in scopes:
        places = _places(sentence, scope, {*actors, *counterparty}, memory)
        if places and not (firms and set(places) <= {"CN", "cn-companies"}):
            target = [*firms, *places] if firms and instrument != "entity_listing" else firms or places
        if target:
            break
    if "CN" in target and "cn-companies" in target:
        target = [one for one in target if one != "cn-companies"]
    if instrument == "entity_listing" and "CN" in target and _says_firms(scopes[-1]):
        target = ["cn-companies" if one == "CN" else one for one in target]
    if (
        instrument in ("equipment_export", "servicing")
        and target == ["cn-companies"]
        and any(token.lemma_.lower() in ("customer", "client") for token in scopes[-1])
    ):
        target = ["CN"]
    if instrument == "materials_export":
        affected += [one for one in target if one.endswith("-companies")]
        target = [
            one.removesuffix("-companies").upper() if one.endswith("-companies") else one for one in target
        ]
    if not target and not any(
        token.lower_ in ("worldwide", "destinations", "globally") for token in scopes[-1]
    ):
        target = list(usual_target(instrument, actors, memory))
    return tuple(dict.fromkeys(target)), tuple(one for one in dict.fromkeys(affected) if one not in target)


def _says_firms(tokens: Sequence[Token]) -> bool:
    return any(token.lemma_.lower() in ("company", "entity", "firm", "organization") for token in tokens)


def makers_of(sentence: Sentence) -> list[str]:
    """Return the makers of the products that a sentence names."""
    items = load_catalog().items
    makers = [items[name.id].maker for name in sentence.named("item") if name.id in items]
    return [maker for maker in dict.fromkeys(makers) if maker]


def _firms(
    sentence: Sentence, scopes: Sequence[Sequence[Token]], actors: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    """Return the firms an act is against (those of the state it points at), and the others it hits."""
    against: list[str] = []
    affected: list[str] = []
    for name in names_on(sentence, scopes[-1], "party"):
        is_chinese = firm_country(name.id) == "CN"
        if is_chinese and "CN" not in actors:
            against.append(name.id)
        elif not is_chinese or "CN" in actors:
            affected.append(name.id)
    return list(dict.fromkeys(against)), list(dict.fromkeys(affected))


def _places(sentence: Sentence, scope: Sequence[Token], others: set[str], memory: Memory) -> list[str]:
    """Return the states and nameless firms that stand in an act's words, besides those who do it."""
    found: list[str] = []
    for name in names_on(sentence, scope, "country"):
        if name.id in others:
            continue
        if _is_why(sentence, scope, name):
            continue
        tokens = [token for token in scope if name.start <= token.idx + sentence.offset < name.end]
        if not tokens:
            continue
        head = tokens[-1]
        if head.dep_ in ("amod", "compound", "poss", "nmod", "npadvmod"):
            whos = who_of(sentence, head.head)
            if any(who.sort == "firms" and who.id for who in whos):
                one = memory.firms_of.get(name.id) if _is_the_one(head.head) else None
                found += [one] if one is not None else [who.id for who in whos]
            elif (
                head.dep_ == "poss"
                or any(who.sort == "state" for who in whos)
                or head.lower_ in _NOUNS_OF_STATES
            ):
                found.append(name.id)
        else:
            found.append(name.id)
    return list(dict.fromkeys(one for one in found if one not in others))


def _is_the_one(noun: Token) -> bool:
    """Return whether a noun stands for one that was named: 'the Chinese firm'."""
    return noun.tag_ == "NN" and any(child.lower_ == "the" for child in noun.children)


def _is_why(sentence: Sentence, scope: Sequence[Token], name: Mention) -> bool:
    """Return whether a name stands in the reason of an act: 'added for helping Russia'."""
    token = next((one for one in scope if name.start <= one.idx + sentence.offset < name.end), None)
    above = list(token.ancestors) if token is not None else []
    if any(up.lemma_.lower() in ("request", "behest", "urging", "pressure") for up in above):
        return True
    if token is not None and token.head.lower_ == "from" and token.head.head.pos_ == "VERB":
        return True
    return any(up.lower_ in ("over", "for") and up.dep_ == "prep" and up.head.pos_ == "VERB" for up in above)


_NOUNS_OF_STATES = frozenset(("china", "japan", "taiwan", "russia", "iran", "netherlands", "korea"))


def usual_target(instrument: str, actors: tuple[str, ...], memory: Memory) -> tuple[str, ...]:
    """Return whom an instrument of a state points at where the sentence does not say."""
    last = next(
        (one for one in reversed(memory.measures) if one.actor == actors and one.instrument == instrument),
        None,
    )
    if last is not None:
        return tuple(one for one in last.target if one in _OFTEN_AIMED_AT or instrument == "entity_listing")
    if instrument in ("tiered_cap", "subsidy", "investment"):
        return ()
    if actors and actors[0] in HOLDERS_OF_TECHNOLOGY and memory.governments["CN"]:
        return ("CN",)
    return ()


_OFTEN_AIMED_AT = frozenset(("CN", "US", "JP", "NL", "KR", "TW", "EU"))

"""Who does an act about a control, with whom, against whom, and whose business it hits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.claims.extract.acts import Act
from tidegate.claims.extract.grammar import (
    agents_of,
    conjuncts,
    governors,
    is_verb,
    modal_of,
    objects_of,
    subjects_of,
)
from tidegate.claims.extract.memory import Memory
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import Who, firm_country, names_on, who_of, whos_of
from tidegate.claims.mentions import Mention

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["actors_of", "answered", "counterparties_of", "makers_of", "parties_of", "usual_target"]

HOLDERS_OF_TECHNOLOGY = frozenset(("US", "NL", "JP", "KR", "TW", "EU", "GB", "DE"))
"""States whose controls on chips, tools and design software point at China where a story does not say."""


def actors_of(sentence: Sentence, act: Act, memory: Memory) -> tuple[str, ...] | None:
    """Return the states that do an act; None where a firm does it, which is no measure."""
    if act.asked is not None and act.asked.pos_ == "NOUN":
        pressing = [one for child in act.asked.children if child.lower_ == "from" for one in child.children]
        states = [who.id for who in whos_of(sentence, pressing) if who.sort == "state" and who.id]
        if states:
            return (states[0],)
    said = _said(sentence, act)
    states = list(
        dict.fromkeys(who.id for who in said if who.sort == "state" and who.id and who.id != "allies")
    )
    if act.sort in ("deal", "talks") and len(states) < 2 and act.stage in ("agreed", "considering"):
        both = _both(sentence, act, states, memory)
        if both:
            return both
    if states:
        return tuple(states)
    owner = _owner(sentence, act.noun)
    if owner is not None:
        return (owner,)
    must = act.verb is not None and modal_of(act.verb) in ("must", "should", "shall")
    if act.sort == "flow" and not must and any(who.sort in ("firm", "firms") for who in said):
        return None
    if any(who.sort == "state" and who.id == "" for who in said) and memory.actor:
        # Only Washington's is called 'the administration' or, between two of them, 'the team'.
        leaders = {token.lemma_.lower() for token in (subjects_of(act.top) if act.top is not None else ())}
        return (
            ("US",) if leaders & {"administration", "team"} and memory.governments["US"] else (memory.actor,)
        )
    speaking = [
        who.id for who in _speaking(sentence, act) if who.sort == "state" and who.id and who.id != "allies"
    ]
    if speaking and act.noun is None:
        return (speaking[0],)
    last = memory.last(sort=act.sort)
    if last is not None and last.actor:
        return last.actor
    named = [name.id for name in sentence.named("country") if name.id in memory.actors]
    if named:
        return (named[0],)
    return (memory.actor,) if memory.actor else _first_government(sentence, memory)


def _both(sentence: Sentence, act: Act, states: list[str], memory: Memory) -> tuple[str, ...]:
    """Return the two states between whom a deal or talks are; empty where the sentence tells one side only."""
    around = [token for head in (act.noun, act.verb) if head is not None for token in head.subtree]
    if any(token.lower_ == "between" for token in around):
        named = list(dict.fromkeys(name.id for name in names_on(sentence, around, "country")))
        if len(named) == 2:
            return tuple(sorted(named, reverse=True))
    if act.noun is not None:
        own = [token for token in act.noun.lefts if token.dep_ in ("amod", "compound", "nmod", "poss")]
        named = list(
            dict.fromkeys(
                name.id for name in names_on(sentence, [t for one in own for t in one.subtree], "country")
            )
        )
        if len(named) == 2:
            return tuple(sorted(named, reverse=True))
    nameless = not states and not names_on(sentence, around, "country")
    if nameless or any(token.lower_ in ("sides", "countries", "nations", "economies") for token in around):
        most = [state for state, _ in memory.governments.most_common(2)]
        return ("US", "CN") if set(most) == {"US", "CN"} else ()
    return ()


def _said(sentence: Sentence, act: Act) -> list[Who]:
    """Return those who, by the sentence's grammar, do an act: the agents, else the subjects."""
    found: list[Who] = []
    if act.verb is not None:
        found += whos_of(sentence, agents_of(act.verb))
        if _states(found):
            return found
    verbs = [act.top, act.verb] if act.verb is not None else []
    for verb in verbs:
        if verb is None or not is_verb(verb):
            continue
        subjects = subjects_of(verb)
        if act.noun is not None and act.noun in subjects:
            continue
        if any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children):
            found += whos_of(sentence, agents_of(verb))
            continue
        found += whos_of(sentence, subjects)
        if _states(found):
            return found
    return found


def _speaking(sentence: Sentence, act: Act) -> list[Who]:
    """Return who says, in a verb above, what an act without a doer tells: 'it wrote that exports need a licence'."""
    inner = act.verb if act.verb is not None else act.head
    verbs = [up for up in governors(inner) if is_verb(up)]
    return [
        who for verb in verbs for who in whos_of(sentence, [c for c in verb.children if c.dep_ == "nsubj"])
    ]


def _states(whos: Iterable[Who]) -> bool:
    return any(who.sort == "state" and who.id and who.id != "allies" for who in whos)


def _owner(sentence: Sentence, noun: Token | None) -> str | None:
    """Return the state whose control a noun names: 'Dutch export controls', 'controls by Beijing'."""
    if noun is None:
        return None
    for child in noun.children:
        if child.dep_ in ("poss", "amod", "compound", "nmod") and child.i < noun.i:
            for name in names_on(sentence, [child, *child.lefts], "country"):
                return name.id
        if child.dep_ == "prep" and child.lower_ in ("by", "from"):
            for who in whos_of(sentence, [one for one in child.children if one.dep_ == "pobj"]):
                if who.sort == "state" and who.id:
                    return who.id
    return None


def _first_government(sentence: Sentence, memory: Memory) -> tuple[str, ...]:
    states = [name.id for name in sentence.named("country")]
    if states:
        return (states[0],)
    most = memory.governments.most_common(1)
    return (most[0][0],) if most else ()


def counterparties_of(sentence: Sentence, act: Act, actors: tuple[str, ...]) -> tuple[str, ...]:
    """Return who is asked, agrees or is spoken with."""
    found: list[str] = []
    if act.asked is not None:
        asked = objects_of(act.asked)
        for child in act.asked.children:
            if child.dep_ in ("ccomp", "xcomp", "advcl"):
                asked += subjects_of(child) if any(one.dep_ == "nsubj" for one in child.children) else []
            if child.dep_ == "prep" and child.lower_ in ("on", "for", "to"):
                asked += [one for one in child.children if one.dep_ == "pobj"]
        found += [
            who.id for who in whos_of(sentence, asked) if who.sort in ("state", "firm", "firms") and who.id
        ]
    if act.stage in ("considering", "agreed", "refused", "urged", "eased"):
        for verb in (act.top, act.verb, act.noun):
            for child in verb.children if verb is not None else ():
                if child.dep_ == "prep" and child.lower_ in ("with", "between"):
                    nouns = [one for pobj in child.children if pobj.dep_ == "pobj" for one in conjuncts(pobj)]
                    found += [who.id for who in whos_of(sentence, nouns) if who.sort == "state" and who.id]
    if act.doing == "discourage" and act.verb is not None:
        told = [token for token in objects_of(act.verb) if token.dep_ != "nsubjpass"]
        for child in act.verb.children:
            if child.dep_ == "prep" and child.lower_ == "to":
                told += [one for one in child.children if one.dep_ == "pobj"]
        found += [who.id for who in whos_of(sentence, told) if who.sort == "firm" and who.id] or [
            "cn-companies"
        ]
    return tuple(dict.fromkeys(one for one in found if one not in actors))


def answered(
    stage: str,
    instrument: str,
    actors: tuple[str, ...],
    target: tuple[str, ...],
    future: bool,
    memory: Memory,
) -> tuple[str, ...]:
    """Return the other side of a bargain that a sentence leaves unsaid.

    Who refuses was asked by somebody; what is promised between the two great powers is promised to the other.
    """
    if stage == "refused":
        asked = next((one for one in reversed(memory.measures) if set(actors) & set(one.counterparty)), None)
        return asked.actor if asked is not None else ()
    pair = {"US", "CN"}
    if (
        len(actors) == 1
        and actors[0] in pair
        and (future or stage == "agreed")
        and stage in ("agreed", "eased", "considering")
    ):
        other = (pair - set(actors)).pop()
        bargained = any(
            one.stage in ("agreed", "considering") and set(one.actor) == pair for one in memory.measures
        )
        if other in target and (instrument == "materials_export" or bargained):
            return (other,)
    return ()


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
        places = _places(sentence, scope, {*actors, *counterparty})
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
    if not target:
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


def _places(sentence: Sentence, scope: Sequence[Token], others: set[str]) -> list[str]:
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
                found += [who.id for who in whos]
            elif (
                head.dep_ == "poss"
                or any(who.sort == "state" for who in whos)
                or head.lower_ in _NOUNS_OF_STATES
            ):
                found.append(name.id)
        else:
            found.append(name.id)
    return list(dict.fromkeys(one for one in found if one not in others))


def _is_why(sentence: Sentence, scope: Sequence[Token], name: Mention) -> bool:
    """Return whether a name stands in the reason of an act: 'added for helping Russia'."""
    token = next((one for one in scope if name.start <= one.idx + sentence.offset < name.end), None)
    above = list(token.ancestors) if token is not None else []
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

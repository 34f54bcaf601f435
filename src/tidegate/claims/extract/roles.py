"""Who does an act about a control, and with whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

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
from tidegate.claims.extract.who import Who, names_on, whos_of

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["actors_of", "answered", "counterparties_of"]


def actors_of(sentence: Sentence, act: Act, memory: Memory) -> tuple[str, ...] | None:
    """Return the states that do an act; None where a firm does it, which is no measure."""
    if act.asked is not None and act.asked.pos_ == "NOUN":
        pressing = [one for child in act.asked.children if child.lower_ == "from" for one in child.children]
        states = [who.id for who in whos_of(sentence, pressing) if who.sort == "state" and who.id]
        if states:
            return (states[0],)
    said = _said(sentence, act)
    states = list(dict.fromkeys(_states(said)))
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
    if act.sort == "flow" and not must and _is_by_firm(sentence, act, said):
        return None
    if any(who.sort == "state" and who.id == "" for who in said) and memory.actor:
        # Only Washington's is called 'the administration' or, between two of them, 'the team'.
        leaders = {token.lemma_.lower() for token in (subjects_of(act.top) if act.top is not None else ())}
        return (
            ("US",) if leaders & {"administration", "team"} and memory.governments["US"] else (memory.actor,)
        )
    speaking = _states(_speaking(sentence, act))
    if speaking and act.noun is None:
        return (speaking[0],)
    last = memory.last(act.sort)
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
    verbs = [up for up in governors(act.carrier) if is_verb(up)]
    return [
        who for verb in verbs for who in whos_of(sentence, [c for c in verb.children if c.dep_ == "nsubj"])
    ]


def _is_by_firm(sentence: Sentence, act: Act, said: Sequence[Who]) -> bool:
    """Return whether a firm does it: by name, or as 'it' where a firm speaks."""
    if any(who.sort in ("firm", "firms") for who in said):
        return True
    leans = any(who.sort == "pronoun" for who in said) and not _states(said)
    return leans and any(who.sort in ("firm", "firms") for who in _speaking(sentence, act))


def _states(whos: Iterable[Who]) -> list[str]:
    """Return the states by name among those told of, in their order."""
    return [who.id for who in whos if who.sort == "state" and who.id and who.id != "allies"]


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
    """Return the first state of a sentence that is not a place goods go to, else the story's most named."""
    for name in sentence.named("country"):
        token = next((one for one in sentence.span if one.idx + sentence.offset >= name.start), None)
        if token is None or not (token.dep_ == "pobj" and token.head.lower_ in ("to", "in", "into", "from")):
            return (name.id,)
    named = {name.id for name in sentence.named("country")}
    return next(((state,) for state, _ in memory.governments.most_common(2) if state not in named), ())


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

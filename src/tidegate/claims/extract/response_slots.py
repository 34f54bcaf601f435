"""What a response is about and at whom it points: items, target, and whether it lies ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.claims.extract.grammar import governors, is_verb, modal_of
from tidegate.claims.extract.items import items_of
from tidegate.claims.extract.response_acts import ReAct
from tidegate.claims.extract.response_cast import Cast
from tidegate.claims.extract.response_words import lemmas_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.who import firm_country, names_on, who_of

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["is_ahead", "items_for", "maker_of", "target_of"]

_DESIGNERS = frozenset(("cadence", "synopsys", "siemens", "siemens-eda", "ansys", "eda-big-three"))
_TOOLMAKERS = frozenset(
    (
        "asml",
        "applied-materials",
        "lam-research",
        "kla",
        "tokyo-electron",
        "nikon",
        "canon",
        "asm-international",
        "screen",
    )
)
_SERVICE = frozenset(("service", "servicing", "maintenance", "support", "repair", "maintain", "install"))
_DEALING = ("halted", "reduced", "resumed", "redesigned", "withdrew_staff", "complied", "other")


def items_for(
    sentence: Sentence, tokens: Sequence[Token], stage: str, actors: tuple[str, ...], act: ReAct, cast: Cast
) -> tuple[str, ...]:
    """Return what a response is about: the goods named in its clause, else its sentence, else the usual ones."""
    items = items_of(names_on(sentence, tokens))
    lemmas = lemmas_of(act.scope)
    if stage == "withdrew_staff":
        return ()
    if actors and set(actors) <= _DESIGNERS and stage in _DEALING:
        return ("eda_software",)
    if lemmas & _SERVICE and set(actors) <= _TOOLMAKERS and stage in ("halted", "reduced", "resumed"):
        return ("tool_servicing",)
    if items or stage == "invested":
        return items
    if stage in ("opposed", "supported"):
        return ()
    return items_of(sentence.named("item")) or cast.items


def maker_of(items: Sequence[str]) -> str | None:
    """Return the maker of the first product among some items."""
    known = load_catalog().items
    return next((known[one].maker for one in items if one in known and known[one].maker), None)


def target_of(
    story: Story,
    sentence: Sentence,
    tokens: Sequence[Token],
    stage: str,
    actors: tuple[str, ...],
    items: tuple[str, ...],
    cast: Cast,
) -> tuple[str, ...]:
    """Return whose custom, supply or rule a response concerns."""
    countries = [firm_country(actor) or actor for actor in actors]
    ours = "CN" in countries or "cn-companies" in actors
    firms = [one for one in _firms(sentence, tokens) if one not in actors]
    if stage in ("opposed", "supported"):
        return _ruler(story, sentence, tokens, actors, ours, cast)
    if stage == "complied":
        return ("CN",) if ours and not firms else (("US",) if not ours else tuple(firms[:1]))
    if stage == "stockpiled":
        return ()
    if stage == "invested":
        if lemmas_of(tokens) & {"reliance", "dependence", "dependency", "replace"}:
            return tuple(firms[:1]) or tuple(_states(sentence, tokens, ("CN",))[:1])
        return ()
    if ours:
        sellers = [one for one in firms if firm_country(one) != "CN"]
        if stage in ("halted", "reduced", "resumed", "other"):
            maker = maker_of(items)
            return tuple(sellers[:1]) or (
                (maker,) if maker else tuple(_states(sentence, tokens, ("CN",))[:1])
            )
        return ()
    chinese = [one for one in firms if firm_country(one) == "CN"]
    if chinese:
        return tuple(dict.fromkeys(chinese))
    customers = _customers(sentence, tokens)
    if customers and stage != "redesigned":
        return customers
    places = _states(sentence, tokens, tuple(countries))
    if "CN" in places or not places:
        return ("CN",) if any(name.id == "CN" for name in story.names) else ()
    return tuple(places[:1])


def _firms(sentence: Sentence, tokens: Sequence[Token]) -> list[str]:
    return list(dict.fromkeys(name.id for name in names_on(sentence, tokens, "party")))


def _states(sentence: Sentence, tokens: Sequence[Token], without: Sequence[str]) -> list[str]:
    named = [name.id for name in names_on(sentence, tokens, "country")]
    return [one for one in dict.fromkeys(named) if one not in without]


def _customers(sentence: Sentence, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return 'cn-companies' for 'Chinese customers' and the like; 'China's customers' are the country's."""
    for token in tokens:
        if token.pos_ in ("NOUN", "PROPN"):
            adjective = [child for child in token.children if child.dep_ in ("amod", "compound", "nmod")]
            if any(name.id == "CN" for name in names_on(sentence, adjective, "country")):
                found = [who.id for who in who_of(sentence, token) if who.sort == "firms" and who.id]
                if found:
                    return tuple(found[:1])
    return ()


def _ruler(
    story: Story, sentence: Sentence, tokens: Sequence[Token], actors: tuple[str, ...], ours: bool, cast: Cast
) -> tuple[str, ...]:
    """Return the state whose rule is opposed: the one named for it, else the one the story spoke of last."""
    countries = [firm_country(actor) or actor for actor in actors]
    by_state = any(len(actor) == 2 for actor in actors)
    without = tuple(countries) if countries == ["US"] else (*countries, "CN")
    named = _states(sentence, tokens, without if by_state else ("CN",))
    if named:
        return (named[0],)
    if ours or not by_state:
        return (next((one for one in reversed(cast.states) if ours and one not in without), "US"),)
    if countries == ["US"]:
        return ("CN",)
    return ("US",)


def is_ahead(word: Token) -> bool:
    """Return whether an act still lies ahead."""
    chain = [word, *governors(word)]
    if any(
        is_verb(one) and modal_of(one) in ("will", "would", "may", "could", "might", "shall", "'ll")
        for one in chain
    ):
        return True
    return any(
        one.lemma_.lower()
        in (
            "plan",
            "intend",
            "expect",
            "aim",
            "vow",
            "promise",
            "pledge",
            "prepare",
            "ready",
            "consider",
            "likely",
            "goal",
        )
        and one != word
        for one in chain[1:]
    )

"""Which instrument an act is: by its words, by its items, else by what the story spoke of before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.claims.extract.acts import Act
from tidegate.claims.extract.grammar import phrase_of, subjects_of
from tidegate.claims.extract.items import by_instrument, instrument_of, items_of, words_of
from tidegate.claims.extract.memory import Memory
from tidegate.claims.extract.story import Sentence
from tidegate.claims.extract.who import firm_country, names_on
from tidegate.claims.lexicon import lexicon

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["instruments_of", "with_usual"]


def instruments_of(
    sentence: Sentence,
    act: Act,
    near: Sequence[Token],
    clause: Sequence[Token],
    actors: tuple[str, ...],
    memory: Memory,
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the instruments of an act, each with its items.

    near: the act's own words. clause: those of its clause. Words decide first, then items, first in the
    narrower scope; what the story spoke of last stands in for 'the curbs'.
    """
    near_items = items_of(names_on(sentence, near))
    sure = _sure(sentence, act, near, near_items)
    if sure is not None:
        return [(sure, near_items)]
    if not near_items and any(
        token.lower_ in ("such", "these", "those") and token.head.lemma_ in _GOODS for token in near
    ):
        return [_remembered(sentence, act, actors, near_items, memory)]
    for tokens in (near, clause):
        items = items_of(names_on(sentence, tokens))
        told = _told(sentence, tokens, act, actors)
        if told == "software_export":
            # Software is told apart; what is freed or barred with it goes together.
            rest = tuple(
                item for item in items if instrument_of(item) not in ("software_export", "chip_export")
            )
            return [(told, ("eda_software",)), *([("general", rest)] if rest else [])]
        if told is not None:
            return [(told, items)]
        known = [(name, tuple(group)) for name, group in by_instrument(items).items() if name != "general"]
        if known:
            return _against_one(sentence, act, near, actors) or [_in_story(*one, memory) for one in known]
        if act.noun is None or tokens is near:
            alone = _against_one(sentence, act, near, actors)
            if alone:
                return alone
        if _LATE.search(_text(sentence, tokens)):
            return [("technology_export", items)]
        if items:
            return [("general", items)]
    if act.sort == "same" and memory.measures:
        last = memory.measures[-1]
        return [(last.instrument or "general", last.items)]
    if act.verb is not None and any(child.lower_ in ("them", "it", "these") for child in act.verb.children):
        items = items_of(sentence.named("item"))
        if items:
            return [(instrument_of(items[0]), items)]
    found = _remembered(sentence, act, actors, near_items, memory)
    if found[0] == "general" and _is_technology(sentence, near):
        return [("technology_export", ())]
    return [found]


def _in_story(instrument: str, items: tuple[str, ...], memory: Memory) -> tuple[str, tuple[str, ...]]:
    """Return what plain 'chip exports' are in a story about the tools: those curbs are on tools."""
    if (instrument, items) != ("chip_export", ("chips",)):
        return instrument, items
    groups = {name: len(group) for name, group in by_instrument(memory.items).items()}
    if groups.get("equipment_export", 0) >= 3 and groups.get("equipment_export", 0) > groups.get(
        "chip_export", 0
    ):
        return "equipment_export", ("wafer_fab_equipment",)
    return instrument, items


def _sure(sentence: Sentence, act: Act, near: Sequence[Token], items: tuple[str, ...]) -> str | None:
    """Return the instrument that the control's own noun, or the way of it, tells; None where it tells none."""
    if act.doing == "discourage":
        return "purchase_ban"
    if act.doing == "seize":
        return "investment"
    if act.sort == "cut":
        return "revenue_share"
    if act.noun is not None and act.noun.lemma_.lower() in ("tariff", "duty", "levy"):
        return "tariff"
    if (
        act.sort == "talks"
        and any(token.lemma_.lower() == "sanction" for token in near)
        and _names_firms(sentence, near)
    ):
        return "entity_listing"
    if (
        act.noun is not None
        and act.noun.lemma_.lower() == "sanction"
        and (names_on(sentence, near, "party") or not items)
    ):
        return "entity_listing" if _names_firms(sentence, near) else None
    return {"list": "entity_listing", "probe": "investigation", "subsidy": "subsidy"}.get(act.sort)


def _names_firms(sentence: Sentence, tokens: Sequence[Token]) -> bool:
    return bool(names_on(sentence, tokens, "party")) or any(
        token.lemma_.lower() in ("company", "firm", "entity", "chipmaker", "manufacturer") for token in tokens
    )


def _remembered(
    sentence: Sentence, act: Act, actors: tuple[str, ...], items: tuple[str, ...], memory: Memory
) -> tuple[str, tuple[str, ...]]:
    """Return what 'the curbs' are: those the story spoke of last, else those on what it is mostly about."""
    if act.sort == "talks" and not _LEANING.search(sentence.text):
        return "general", items
    if act.sort == "deal":
        return "general", items
    if act.stage == "refused" or act.sort == "talks":
        asked = next(
            (
                one
                for one in reversed(memory.measures)
                if set(actors) & set(one.counterparty) or "allies" in one.counterparty
            ),
            None,
        )
        if asked is not None and asked.instrument:
            return asked.instrument, asked.items
    trade = _trade_of(sentence, act)
    if trade is not None:
        return trade, items
    last = next(
        (one for one in reversed(memory.measures) if one.actor == actors and one.instrument != "general"),
        None,
    )
    if last is not None and last.instrument:
        return last.instrument, last.items
    groups = by_instrument(memory.items)
    if groups:
        most = max(groups, key=lambda name: len(groups[name]))
        if (
            most != "general"
            and len(groups[most]) >= max(_TWICE, _TOPIC * len(memory.items))
            and not (actors == ("CN",) and most in _NOT_CHINAS)
        ):
            common = max(dict.fromkeys(groups[most]), key=groups[most].count)
            return most, items or words_of(common)
    return "general", items


_OBTAINING = frozenset(
    ("buy", "purchase", "access", "acquire", "obtain", "receive", "get", "import", "order")
)
"""What a firm that is put on a list may no longer do; a firm that may not sell is shut out as a seller."""


def _trade_of(sentence: Sentence, act: Act) -> str | None:
    """Return the instrument that the trade of the firms tells whom a control is put on: limits on three toolmakers."""
    if act.noun is None:
        return None
    parties = load_catalog().parties
    said_of = [
        one for token in (subjects_of(act.verb) if act.verb is not None else ()) for one in token.subtree
    ]
    firms = [parties[name.id] for name in names_on(sentence, [*act.noun.subtree, *said_of], "party")]
    trades = {_OF_TRADE.get(firm.role) for firm in firms if firm.country != "CN"}
    return trades.pop() if len(firms) >= _SEVERAL and len(trades) == 1 else None


_OF_TRADE = {"toolmaker": "equipment_export", "designer": "chip_export", "eda": "software_export"}
_SEVERAL = 2
"""Firms of one trade that tell what a control on them is about; one may be named for another reason."""

_TWICE = 2
"""Mentions below which an item is not what a story is about."""

_TOPIC = 0.5
"""Share of a story's item names from which on what they are is what the story is about."""

_NOT_CHINAS = ("chip_export", "equipment_export", "software_export", "servicing")
_LEANING = re.compile(r"(?i)\b(?:the|this) (?:issue|matter|subject|move|request|idea)\b")
_GOODS = frozenset(
    ("hardware", "product", "item", "good", "device", "material", "metal", "component", "machine", "tool")
)
_LATE = re.compile(r"(?i)\b(?:foreign.direct product|foreign-produced|FDPR|know-how)\b")


def _is_technology(sentence: Sentence, tokens: Sequence[Token]) -> bool:
    """Return whether a clause speaks of technology itself, where no chip, tool or material is named."""
    firms = sentence.named("party")
    return any(
        token.lemma_.lower() in ("technology", "tech")
        and token.dep_ not in ("compound", "amod")
        and not any(firm.start <= token.idx + sentence.offset < firm.end + 14 for firm in firms)
        for token in tokens
    )


def _text(sentence: Sentence, tokens: Sequence[Token]) -> str:
    """Return the words of some tokens without the names of firms ('Huawei Technologies')."""
    firms = sentence.named("party")
    answered = {below.i for token in tokens if _opens_reason(token) for below in token.subtree}
    return "".join(
        token.text_with_ws
        for token in tokens
        if token.i not in answered
        and not any(firm.start <= token.idx + sentence.offset < firm.end for firm in firms)
        and not (token.text in _CORPORATE and token.pos_ == "PROPN")
    )


def _opens_reason(token: Token) -> bool:
    """Return whether a word opens what an act answers, and not what it is: 'in response to U.S. tariffs'."""
    if token.dep_ != "prep":
        return False
    answers = ("response", "retaliation", "answer", "reaction", "reply")
    return token.lower_ in ("after", "amid", "following", "despite") or any(
        child.lemma_.lower() in answers for child in token.children
    )


_CORPORATE = frozenset(
    ("Technologies", "Technology", "Corp.", "Corporation", "Inc.", "Ltd.", "Co.", "Holdings")
)


def _told(sentence: Sentence, tokens: Sequence[Token], act: Act, actors: tuple[str, ...]) -> str | None:
    text = _text(sentence, tokens)
    for instrument, pattern in lexicon("subjects").items():
        if pattern.search(text) and not (
            instrument == "purchase_ban" and not _is_buyers(sentence, tokens, actors)
        ):
            return instrument
    return None


def _is_buyers(sentence: Sentence, tokens: Sequence[Token], actors: tuple[str, ...]) -> bool:
    """Return whether words of buying are about what a government's own firms may buy."""
    if actors == ("CN",):
        return True
    return any(
        firm_country(name.id) not in (None, *actors) for name in names_on(sentence, tokens, "party")
    ) and not any(firm_country(name.id) == "CN" for name in names_on(sentence, tokens, "party"))


def _against_one(
    sentence: Sentence, act: Act, near: Sequence[Token], actors: tuple[str, ...]
) -> list[tuple[str, tuple[str, ...]]]:
    """Return a listing where an act is against one named firm: tougher restrictions on it, or no buying for it."""
    verb = act.verb
    bars = (
        verb is not None
        and verb.lemma_.lower() in ("ban", "bar", "block", "prohibit")
        and any(token.lemma_ == "sell" for token in verb.subtree)
    )
    if (items_of(names_on(sentence, near)) and not bars) or act.sort == "licence":
        return []
    for child in act.core.children:
        nouns = (
            [child]
            if child.dep_ == "dobj"
            else [
                one
                for one in child.children
                if child.dep_ == "prep" and child.lower_ in ("on", "against") and one.dep_ == "pobj"
            ]
        )
        for noun in nouns:
            for name in names_on(sentence, phrase_of(noun), "party"):
                country = firm_country(name.id)
                if country is not None and country not in actors:
                    lemmas = {token.lemma_.lower() for token in near}
                    shut_out = act.noun is None and not lemmas & _OBTAINING
                    return [("purchase_ban" if shut_out or country != "CN" else "entity_listing", ())]
    return []


_ALWAYS = {
    "servicing": "tool_servicing",
    "software_export": "eda_software",
    "equipment_export": "wafer_fab_equipment",
    "chip_export": "chips",
}


def with_usual(items: tuple[str, ...], instrument: str) -> tuple[str, ...]:
    """Return the items, with the one that an instrument is always about where none is named."""
    if instrument == "servicing":
        return ("tool_servicing",)
    if not items and instrument in _ALWAYS:
        return (_ALWAYS[instrument],)
    return items

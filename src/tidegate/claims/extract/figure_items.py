"""What a number counts: the item words of the catalog names about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_words import pattern, words
from tidegate.claims.extract.story import Sentence
from tidegate.claims.mentions import Mention, find_mentions

if TYPE_CHECKING:
    from tidegate.claims.extract.figure_memory import Memory

__all__ = ["covered", "items_in", "items_of"]

_TRADED = re.compile(r"\b([a-z]{3,}) (?:imports|exports)\b")


def items_of(clause: Clause, metric: str, memory: Memory, actors: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the item words of what a number counts; those of the figure before where it points back."""
    text = clause.text
    if metric == "share_price_change":
        return ()
    if metric in ("other", "growth") and pattern("tariff").search(text):
        return ("tariff",)
    if metric == "price" and (
        pattern("target_price").search(text) or (memory.shares and not clause.quantity.rate)
    ):
        return ("shares",)
    if metric in ("other", "growth") and re.search(r"\b(?:eps|earnings per share)\b", text, re.IGNORECASE):
        return ("earnings-per-share",)
    items = items_in(clause.names(), clause.sentence) or _traded_in(clause, metric)
    traded = _TRADED.search(text)
    if not items and traded and traded[1] not in words()["no_goods"] and metric in ("imports", "exports"):
        return (traded[1],)
    if not items and clause.subject is not None:
        items = items_in(clause.subject_names(), clause.sentence)
    if not items and metric not in ("count", "other"):
        items = items_in(clause.sentence.names, clause.sentence)
    if metric == "other" and re.search(r"\bgross margins?\b", text, re.IGNORECASE):
        return ("gross-margin",)
    if metric == "other" and re.search(r"\boperating profits?\b", text, re.IGNORECASE):
        return ("operating-profit",)
    if not items and metric in ("revenue", "revenue_share", "revenue_loss", "market_share") and actors:
        sold = _sold_by(actors[0])
        if sold and not (memory.topic and covered(sold, memory.topic)):
            return (sold,)
    if not items and metric not in ("count", "other", "capital_expenditure"):
        items = memory.items or memory.topic
    if metric == "price" and not items:
        return ("shares",) if _shares_near(clause) else ()
    return items


def _shares_near(clause: Clause) -> bool:
    return pattern("shares").search(clause.sentence.text) is not None


_OF_A_TRADE = frozenset(
    ("market_share", "capacity", "growth", "imports", "exports", "trade_balance", "revenue", "quantity")
)


def _traded_in(clause: Clause, metric: str) -> tuple[str, ...]:
    """Return the goods that name a market or an output: 'chips' of 'the semiconductor market'."""
    if metric not in _OF_A_TRADE:
        return ()
    names = find_mentions(clause.text)
    place = clause.sentence.start + clause.start
    return items_in(
        [replace(n, start=n.start + place, end=n.end + place) for n in names if n.kind == "item"],
        clause.sentence,
    )


def _sold_by(actor: str) -> str | None:
    """Return the item word of what a company sells, by its role in the catalog."""
    party = load_catalog().parties.get(actor)
    if party is None:
        return None
    found: str | None = words()["sells_mostly"].get(actor) or words()["sells"].get(party.role)
    return found


def items_in(names: Sequence[Mention], sentence: Sentence) -> tuple[str, ...]:
    """Return the item words of names: each with its class, without classes that a narrower one covers."""
    found: dict[str, None] = {}
    catalog = load_catalog()
    maker = pattern("makers")
    for name in names:
        if name.kind != "item":
            continue
        after = sentence.text[name.end - sentence.start :]
        if re.match(r"[\s-]?making\b", after) or maker.match(after.lstrip(" -")):
            continue
        for word in _words_for(name.id, catalog.classes_of(name.id)):
            found[word] = None
    narrow = [word for word in found if word not in words()["wide"]]
    return tuple(word for word in found if word in narrow or not covered(word, narrow))


def _words_for(item: str, classes: Sequence[str]) -> list[str]:
    known = words()["item_words"]
    own = words()["item_names"].get(item, item)
    if classes[1:] and classes[1] in words()["materials"]:
        return [classes[1]]
    chosen = [word for word in reversed(classes[1:]) if word in known and word not in words()["wide"]]
    if item not in known and not chosen:
        chosen = [word for word in classes[1:] if word in known][:1]
    return [*chosen, own]


def covered(word: str, narrow: Sequence[str]) -> bool:
    """Whether a class of items holds one of some narrower words."""
    catalog = load_catalog()
    return any(other in catalog.items and word in catalog.classes_of(other) for other in narrow)

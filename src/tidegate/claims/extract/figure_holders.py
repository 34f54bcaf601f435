"""Whose a number is, what is counted, and the market it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tidegate.catalog import load_catalog
from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_words import pattern, words
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.mentions import Mention

__all__ = ["Memory", "holders_of", "items_of", "target_of"]

_COMPANY_METRICS = frozenset(
    ("share_price_change", "revenue", "revenue_share", "revenue_loss", "capital_expenditure")
)
_COUNTRY_METRICS = frozenset(("imports", "exports", "trade_balance"))
_AGAINST = re.compile(
    r"\b(?:to|from|against|into|in|for|with|on|by|at|toward)\s+(?:the\s+|mainland\s+)?$", re.IGNORECASE
)
_NATIONAL = re.compile(
    r"\b(?:firms?|compan(?:y|ies)|entit(?:y|ies)|chipmakers|buyers|customers|exporters|producers)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Memory:
    """What was spoken of last. actors, items: of the figure before, and the paragraph that held it."""

    party: str | None = None
    country: str | None = None
    ruler: str | None = None
    actors: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    paragraph: int = -1
    shares: tuple[str, ...] = field(default=())

    def hear(self, sentence: Sentence) -> None:
        """Note whom a sentence spoke of."""
        subject = _root_subject(sentence)
        parties = [name for name in sentence.names if _is_holder(name)]
        leading = [name for name in parties if subject and name.start in subject]
        if leading or parties:
            self.party = (leading or parties)[0].id
        for name in sentence.names:
            country = _state(name)
            if country is None:
                continue
            self.country = country
            if not _AGAINST.search(sentence.text[: name.start - sentence.start]):
                self.ruler = country


def _root_subject(sentence: Sentence) -> range | None:
    root = sentence.span.root
    for child in root.lefts:
        if child.dep_ in ("nsubj", "nsubjpass"):
            first, last = child.left_edge, child.right_edge
            return range(first.idx + sentence.offset, last.idx + len(last.text) + sentence.offset)
    return None


def _is_holder(name: Mention) -> bool:
    if name.kind != "party":
        return False
    role = load_catalog().parties[name.id].role
    return role not in words()["reporters"]


def _state(name: Mention) -> str | None:
    """Return the country a name stands for: a country, or a body of its government."""
    if name.kind == "country":
        return name.id
    if name.kind == "party":
        party = load_catalog().parties[name.id]
        if party.role in words()["of_state"]:
            return party.country
    return None


def holders_of(clause: Clause, metric: str, story: Story, memory: Memory) -> tuple[str, ...]:
    """Return whom or what a number is about; the last one named where the words only point back."""
    if metric in ("count", "performance_threshold"):
        return _rulers(clause, memory)
    if metric in _COMPANY_METRICS:
        return _companies(clause, metric, memory)
    if metric == "price" and (_shares_near(clause) or not items_of(clause, metric, memory)):
        return (
            memory.actors
            if memory.actors and not _parties(clause.names())
            else _companies(clause, metric, memory)
        )
    return _owners(clause, metric, memory)


def _shares_near(clause: Clause) -> bool:
    return pattern("shares").search(clause.sentence.text) is not None


def _parties(names: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.id for name in names if _is_holder(name)))


def _states(names: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(state for name in names if (state := _state(name))))


def _rulers(clause: Clause, memory: Memory) -> tuple[str, ...]:
    """Return the government whose controls a count or a limit belongs to."""
    quantity, text, base = clause.quantity, clause.sentence.text, clause.sentence.start
    if clause.quantity.sort == "count":
        own = re.search(r"(\w[\w.&-]*) and\s+$", text[: quantity.start])
        if own:
            beside = [n for n in clause.sentence.names if n.end == base + own.end(1) and _is_holder(n)]
            if beside:
                return (beside[0].id,)
        inside = [n for n in clause.sentence.names if base + quantity.start < n.start < base + quantity.end]
        if quantity.unit == "companies" and (states := _states(inside)):
            return tuple(f"{state.lower()}-companies" for state in states)
    subject = _states(clause.subject_names())
    if subject:
        return subject[:1]
    for verb_names in (_before(clause),):
        states = [s for n in verb_names if (s := _state(n)) and not _AGAINST.search(text[: n.start - base])]
        if states:
            return (states[-1],)
    return (memory.ruler,) if memory.ruler else ()


def _before(clause: Clause) -> list[Mention]:
    base = clause.sentence.start
    return [name for name in clause.sentence.names if name.end <= base + clause.quantity.start]


def _after(clause: Clause) -> list[Mention]:
    low, high = clause.sentence.start + clause.quantity.end, clause.sentence.start + clause.end
    return [name for name in clause.sentence.names if low <= name.start < high]


_OWN = re.compile(
    r"\b(?:its|their|the (?:company|firm|group|chipmaker|manufacturer|toolmaker)'s|their own)\b",
    re.IGNORECASE,
)


def _companies(clause: Clause, metric: str, memory: Memory) -> tuple[str, ...]:
    text, base = clause.sentence.text, clause.sentence.start
    subject_parties = _parties(clause.subject_names())
    right = _after(clause)
    if metric == "revenue_share":
        # 'China accounts for 19% of ASML's sales': the sales tell whose the number is.
        owners = [n for n in right if _is_holder(n) and _possesses(text, n.end - base)]
        if owners:
            return (owners[0].id,)
        if (
            re.match(r"\s*(?:of|on)\s+(?:the company|the firm|its|their)", clause.right)
            and not subject_parties
        ):
            return (
                (memory.party,)
                if memory.party and not _parties(_before(clause))
                else _parties(_before(clause))[-1:]
            )
    if not subject_parties and metric == "share_price_change":
        named = [n for n in right if _is_holder(n)]
        if (
            named
            and re.match(r"[^,;]*\b(?:in|for|of)\b", clause.right)
            and pattern("shares").search(clause.right)
        ):
            return (named[0].id,)
    if subject_parties:
        # 'Cadence and Synopsys' are two holders; 'Intel, Nvidia's rival' is one.
        return subject_parties if _joined(clause) else subject_parties[:1]
    in_clause = [n for n in clause.names() if _is_holder(n) and not _AGAINST.search(text[: n.start - base])]
    left = [n for n in in_clause if n.end <= base + clause.quantity.start]
    if left:
        return (left[-1].id,)
    states = _states(clause.subject_names())
    if states and metric in ("revenue", "capital_expenditure"):
        return states[:1]
    before = [n for n in _before(clause) if _is_holder(n) and not _AGAINST.search(text[: n.start - base])]
    if before:
        return (before[-1].id,)
    if in_clause:
        return (in_clause[0].id,)
    if memory.party:
        return (memory.party,)
    return states[:1] or ((memory.country,) if memory.country else ())


def _joined(clause: Clause) -> bool:
    return re.search(r"\b(?:and|both|each)\b", clause.subject_text(), re.IGNORECASE) is not None


def _possesses(text: str, end: int) -> bool:
    return (
        text[end : end + 2] in ("'s", "' ")
        or re.match(r"\s+(?:revenue|sales|net|total|annual)", text[end:]) is not None
    )


def _owners(clause: Clause, metric: str, memory: Memory) -> tuple[str, ...]:
    """Return the country, market or company that a trade, growth or share figure belongs to."""
    subject = clause.subject_names()
    parties, states = _parties(subject), _states(subject)
    text, base = clause.sentence.text, clause.sentence.start
    if metric == "market_share" and states:
        # 'The U.S. gets half its supply from China': the share is that of the place it comes from.
        source = re.search(r"\bfrom\b", clause.right)
        if source and re.search(
            r"\b(?:gets?|got|imports?|imported|buys?|bought|sourc\w+|reli\w+|depend\w*)\b", clause.left
        ):
            origin = _states(
                n for n in _after(clause) if n.start - base >= clause.quantity.end + source.end()
            )
            if origin:
                return origin[:1]
    if metric in _COUNTRY_METRICS and states:
        return states if _joined(clause) else states[:1]
    if parties:
        return parties if _joined(clause) else parties[:1]
    if states:
        return states if _joined(clause) else states[:1]
    if pattern("world").search(clause.subject_text()) and not metric == "market_share":
        return ("world",)
    reference = clause.subject is not None and clause.subject.pos_ in ("PRON", "DET")
    if (reference or pattern("home").search(clause.text)) and memory.actors and memory.paragraph >= 0:
        return memory.actors
    own = [
        n
        for n in clause.names()
        if (_is_holder(n) or _state(n)) and not _AGAINST.search(text[: n.start - base])
    ]
    left = [n for n in own if n.end <= base + clause.quantity.start] or own
    if left:
        return (_state(left[0]) or left[0].id,)
    before = [
        n
        for n in _before(clause)
        if (_is_holder(n) or _state(n)) and not _AGAINST.search(text[: n.start - base])
    ]
    if before:
        return (_state(before[-1]) or before[-1].id,)
    if memory.actors:
        return memory.actors
    found = memory.country if metric in _COUNTRY_METRICS else memory.ruler or memory.country
    return (found,) if found else ()


_TRADED = re.compile(r"\b([a-z]{3,}) (?:imports|exports)\b")
_NO_GOODS = frozenset(
    (
        "its",
        "the",
        "their",
        "total",
        "all",
        "and",
        "these",
        "those",
        "chinese",
        "annual",
        "monthly",
        "net",
        "overall",
        "that",
        "such",
        "of",
        "for",
        "new",
        "other",
        "more",
        "from",
        "country",
        "with",
    )
)


def items_of(clause: Clause, metric: str, memory: Memory) -> tuple[str, ...]:
    """Return the item words of what a number counts; those of the figure before where it points back."""
    text = clause.text
    if metric == "share_price_change":
        return ()
    if metric in ("other", "growth") and pattern("tariff").search(text):
        return ("tariff",)
    if metric == "price" and (
        pattern("target_price").search(text) or (memory.shares and _shares_near(clause))
    ):
        return ("shares",)
    if metric in ("other", "growth") and re.search(r"\b(?:eps|earnings per share)\b", text, re.IGNORECASE):
        return ("earnings-per-share",)
    items = _items(clause.names(), clause.sentence)
    traded = _TRADED.search(text)
    if not items and traded and traded[1] not in _NO_GOODS and metric in ("imports", "exports"):
        return (traded[1],)
    if not items and clause.subject is not None:
        items = _items(clause.subject_names(), clause.sentence)
    if not items and metric not in ("count", "other"):
        items = _items(clause.sentence.names, clause.sentence)
    if not items and metric in (
        "exports",
        "imports",
        "growth",
        "price",
        "capacity",
        "trade_balance",
        "market_share",
    ):
        items = memory.items
    if metric == "price" and not items:
        return ("shares",) if _shares_near(clause) else ()
    return items


def _items(names: Sequence[Mention], sentence: Sentence) -> tuple[str, ...]:
    """Return the item words of names: each with its class, without classes that a narrower one covers."""
    found: dict[str, None] = {}
    catalog = load_catalog()
    maker = pattern("makers")
    for name in names:
        if name.kind != "item":
            continue
        after = sentence.text[name.end - sentence.start :]
        if re.match(r"[\s-]?(?:making\s+)?", after) and maker.match(after.lstrip(" -")):
            continue
        for word in _words_for(name.id, catalog.classes_of(name.id)):
            found[word] = None
    narrow = [word for word in found if word not in words()["wide"]]
    return tuple(word for word in found if word in narrow or not _covered(word, narrow))


def _words_for(item: str, classes: Sequence[str]) -> list[str]:
    known = words()["item_words"]
    own = words()["item_names"].get(item, item)
    chosen = [word for word in reversed(classes[1:]) if word in known and word not in words()["wide"]]
    if item not in known and not chosen:
        chosen = [word for word in classes[1:] if word in known][:1]
    return [*chosen, own]


def _covered(word: str, narrow: Sequence[str]) -> bool:
    catalog = load_catalog()
    return any(other in catalog.items and word in catalog.classes_of(other) for other in narrow)


def target_of(clause: Clause, metric: str, actors: Sequence[str], memory: Memory) -> tuple[str, ...]:
    """Return the place or customer that a number speaks of, apart from whose it is."""
    if metric in (
        "share_price_change",
        "price",
        "count",
        "performance_threshold",
        "capacity",
        "trade_balance",
    ):
        return ()
    text, base = clause.sentence.text, clause.sentence.start
    catalog = load_catalog()
    places: list[str] = []
    for name in clause.sentence.names:
        found = _state(name) or (name.id if _is_holder(name) else None)
        if found is None or found in actors:
            continue
        inside = clause.start <= name.start - base < clause.end
        before, after = text[: name.start - base], text[name.end - base :]
        if re.search(
            r"\b(?:to|from|into|in|for)\s+(?:the\s+|mainland\s+)?$", before, re.IGNORECASE
        ) or re.match(
            r"(?:'s)?\s+(?:\w+\s+)?(?:revenues?|sales|market|business|demand|imports|customers)\b", after
        ):
            if name.kind == "party" and not inside:
                continue
            # A company's own country is where it sits, not its market.
            if (
                any(actor in catalog.parties and catalog.parties[actor].country == found for actor in actors)
                and not inside
            ):
                continue
            places.append(found)
    if metric == "revenue_share":
        places += [state for state in (*_states(clause.subject_names()),) if state not in actors]
    if metric == "market_share" and re.search(r"\bfrom\b", clause.right):
        places += [state for state in _states(clause.subject_names()) if state not in actors]
    if (
        metric in ("exports", "imports", "growth", "market_share")
        and not any(
            re.search(rf"\b(?:to|from)\s+(?:the\s+)?{re.escape(n.text)}", clause.text) for n in clause.names()
        )
        and metric != "market_share"
    ):
        return ()
    return tuple(dict.fromkeys(places))[:1]

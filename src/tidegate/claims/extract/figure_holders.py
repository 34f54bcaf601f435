"""Whose a number is, what is counted, and the market it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tidegate.catalog import load_catalog
from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_firms import is_holder, parties_of, short_names, subject_parties
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


_ADJECTIVE = re.compile(r"(?:'s)?\s+(?:firms|companies|imports|chipmakers|customers|market|goods|products)\b")


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
    topic: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    short: dict[str, str] = field(default_factory=dict)
    trader: str | None = None

    @classmethod
    def of(cls, story: Story) -> Memory:
        """Return the memory of a story before its first sentence: short names, and whose trade it tells of."""
        trader = None
        for match in pattern("trade").finditer(story.plain):
            near = [n for n in story.names if _state(n) and match.start() - 60 < n.start < match.start()]
            near = [n for n in near if "." not in story.plain[n.end : match.start()]]
            near = [n for n in near if not _AGAINST.search(story.plain[max(0, n.start - 30) : n.start])]
            if near:
                trader = _state(near[-1])
                break
        return cls(short=short_names(story), trader=trader)
    target: str | None = None

    def hear(self, sentence: Sentence) -> None:
        """Note whom a sentence spoke of."""
        subject = _root_subject(sentence)
        self.topic = _narrower(_items(sentence.names, sentence), self.topic)
        parties = [name for name in sentence.names if is_holder(name)]
        self.recent = parties_of(parties) or self.recent
        leading = [name for name in parties if subject and name.start in subject]
        # Who a sentence is said of stays whom the next one means by 'the company'; a bystander does not.
        if leading or (parties and (self.party is None or len(set(name.id for name in parties)) == 1)):
            self.party = (leading or parties)[0].id
        for name in sentence.names:
            country = _state(name)
            if country is None:
                continue
            self.country = country
            if _AGAINST.search(sentence.text[: name.start - sentence.start]) or _ADJECTIVE.match(
                sentence.text[name.end - sentence.start :]
            ):
                self.target = country
            if _rules(name, sentence):
                self.ruler = country
        if pattern("home").search(sentence.text) and re.search(r"\bprices?\b", sentence.text) and self.ruler:
            self.actors = (self.ruler,)


def _rules(name: Mention, sentence: Sentence) -> bool:
    """Whether a country is named as one that acts, not as the place or the goods acted on."""
    before, after = sentence.text[: name.start - sentence.start], sentence.text[name.end - sentence.start :]
    return not _AGAINST.search(before) and not _ADJECTIVE.match(after)


def _narrower(new: tuple[str, ...], old: tuple[str, ...]) -> tuple[str, ...]:
    """Return the items spoken of now; a bare 'chip' after 'H20' still means that one."""
    if not new or (
        all(word in words()["wide"] for word in new) and any(_covered(new[0], [word]) for word in old)
    ):
        return old
    return new


def _root_subject(sentence: Sentence) -> range | None:
    root = sentence.span.root
    for child in root.lefts:
        if child.dep_ in ("nsubj", "nsubjpass"):
            first, last = child.left_edge, child.right_edge
            return range(first.idx + sentence.offset, last.idx + len(last.text) + sentence.offset)
    return None


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
    if metric in ("count", "performance_threshold") or (
        metric == "other" and pattern("tariff").search(clause.text)
    ):
        return _rulers(clause, memory)
    if firms := _national_firms(clause):
        return firms
    if metric in _COMPANY_METRICS:
        return _companies(clause, metric, memory)
    if (
        metric == "growth"
        and pattern("revenue").search(clause.text)
        and not pattern("exports").search(clause.subject_text())
    ):
        return _companies(clause, metric, memory)
    if metric == "price" and (_shares_near(clause) or not items_of(clause, metric, memory)):
        return (
            memory.actors
            if memory.actors and not parties_of(clause.names())
            else _companies(clause, metric, memory)
        )
    return _owners(clause, metric, memory)


def _shares_near(clause: Clause) -> bool:
    return pattern("shares").search(clause.sentence.text) is not None


def _states(names: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(state for name in names if (state := _state(name))))


def _rulers(clause: Clause, memory: Memory) -> tuple[str, ...]:
    """Return the government whose controls a count or a limit belongs to."""
    quantity, text, base = clause.quantity, clause.sentence.text, clause.sentence.start
    if clause.quantity.sort == "count":
        own = re.search(r"(\w[\w.&-]*) and\s+$", text[: quantity.start])
        if own:
            beside = [n for n in clause.sentence.names if n.end == base + own.end(1) and is_holder(n)]
            if beside:
                return (beside[0].id,)
        inside = [n for n in clause.sentence.names if base + quantity.start < n.start < base + quantity.end]
        listed = pattern("listing_acts").search(text[max(0, quantity.start - 40) : quantity.start])
        if quantity.unit == "companies" and not listed and (states := _states(inside)):
            return tuple(f"{state.lower()}-companies" for state in states)
    subject = _states(name for name in clause.subject_names() if _rules(name, clause.sentence))
    if subject:
        return subject[:1]
    root = _root_subject(clause.sentence)
    leading = _states(
        n for n in clause.sentence.names if root and n.start in root and _rules(n, clause.sentence)
    )
    if leading:
        return leading[:1]
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


def _national_firms(clause: Clause) -> tuple[str, ...]:
    """Return 'cn-companies' where the subject is 'Chinese tech firms'."""
    text, base = clause.sentence.text, clause.sentence.start
    names = clause.subject_names()
    if len(names) == 0 or any(is_holder(name) for name in names) or names[0].kind != "country":
        return ()
    after = text[names[0].end - base :]
    if re.match(r"\s+(?:\w+\s+)?(?:firms|companies|chipmakers|buyers|customers|groups)\b", after):
        return (f"{names[0].id.lower()}-companies",)
    return ()


_OWN = re.compile(
    r"\b(?:its|their|the (?:company|firm|group|chipmaker|manufacturer|toolmaker)'s|their own)\b",
    re.IGNORECASE,
)


def _companies(clause: Clause, metric: str, memory: Memory) -> tuple[str, ...]:
    text, base = clause.sentence.text, clause.sentence.start
    mine = subject_parties(clause, memory.short)
    right = _after(clause)
    if metric == "revenue_share":
        # 'China accounts for 19% of ASML's sales': the sales tell whose the number is.
        owners = [n for n in right if is_holder(n) and _possesses(text, n.end - base)]
        if owners:
            return (owners[0].id,)
        if (
            re.match(r"\s*(?:of|on)\s+(?:the company|the firm|its|their)", clause.right)
            and not mine
        ):
            return (
                (memory.party,)
                if memory.party and not parties_of(_before(clause))
                else parties_of(_before(clause))[-1:]
            )
    if not mine and metric == "share_price_change":
        named = [n for n in right if is_holder(n)]
        if (
            named
            and re.match(r"[^,;]*\b(?:in|for|of)\b", clause.right)
            and pattern("shares").search(clause.right)
        ):
            return (named[0].id,)
    if mine:
        # 'Cadence and Synopsys' are two holders; 'Intel, Nvidia's rival' is one.
        return mine if _joined(clause) else mine[:1]
    if len(several := _several(clause, memory)) > 1:
        return several
    in_clause = [n for n in clause.names() if is_holder(n) and not _AGAINST.search(text[: n.start - base])]
    left = [n for n in in_clause if n.end <= base + clause.quantity.start]
    if left:
        return (left[-1].id,)
    states = _states(clause.subject_names()) if _governs(clause) else ()
    if states and metric in ("revenue", "capital_expenditure"):
        return states[:1]
    before = [n for n in _before(clause) if is_holder(n) and not _AGAINST.search(text[: n.start - base])]
    if before:
        return (before[-1].id,)
    if in_clause:
        return (in_clause[0].id,)
    if memory.party:
        return (memory.party,)
    return states[:1] or ((memory.country,) if memory.country else ())


_SEVERAL = re.compile(
    r"(?:both|the two|the|all|together)(?: of)?(?: the)? (?:two )?(?:companies|firms|chipmakers)\b|they\b|their\b|both\b",
    re.IGNORECASE,
)


def _several(clause: Clause, memory: Memory) -> tuple[str, ...]:
    """Return the companies that 'both companies' or 'the firms' point back to."""
    if not _SEVERAL.match(clause.subject_text()):
        return ()
    base = clause.sentence.start
    earlier = parties_of([n for n in clause.sentence.names if n.end < base + clause.start])
    return earlier if len(earlier) > 1 else memory.recent


def _governs(clause: Clause) -> bool:
    """Whether the subject is a government itself, not a rule of one."""
    subject = clause.subject
    if subject is None:
        return False
    place = subject.idx + clause.sentence.offset
    return subject.lower_ in ("government", "administration") or any(
        name.start <= place < name.end for name in clause.subject_names()
    )


def _joined(clause: Clause) -> bool:
    return re.search(r"\b(?:and|both|each)\b", clause.subject_text(), re.IGNORECASE) is not None


def _possesses(text: str, end: int) -> bool:
    return (
        text[end : end + 2] in ("'s", "' ")
        or re.match(r"\s+(?:revenue|sales|net|total|annual)", text[end:]) is not None
    )


_WORLD = re.compile(
    rf"(?:{words()['world']})(?!\w)(?!'s)(?!\s+(?:largest|biggest|top|leading|second|most))", re.IGNORECASE
)
_POINTS_TO_PARTY = re.compile(
    r"(?:the|The) (?:company|firm|group|chipmaker|manufacturer|toolmaker|chip|giant)\b"
)


def _makers(names: Iterable[Mention]) -> tuple[str, ...]:
    """Return who makes the products named: 'the Ascend 910C's yield' is one of Huawei's."""
    catalog = load_catalog()
    makers = (catalog.items[name.id].maker for name in names if name.kind == "item")
    return tuple(dict.fromkeys(maker for maker in makers if maker in catalog.parties))[:1]


def _owners(clause: Clause, metric: str, memory: Memory) -> tuple[str, ...]:
    """Return the country, market or company that a trade, growth or share figure belongs to."""
    subject = tuple(
        n
        for n in clause.subject_names()
        if not clause.sentence.text.startswith("-based", n.end - clause.sentence.start)
    )
    states = _states(subject)
    parties = subject_parties(clause, memory.short) or (() if metric in _COUNTRY_METRICS else _makers(subject))
    if not parties and len(several := _several(clause, memory)) > 1:
        return several
    if not parties and memory.party and _POINTS_TO_PARTY.match(clause.subject_text()):
        return (memory.party,)
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
    if _WORLD.search(clause.subject_text()) and not metric == "market_share":
        return ("world",)
    if metric == "price" and not memory.actors and not _states(clause.names()):
        return ("world",)
    reference = clause.subject is not None and clause.subject.pos_ in ("PRON", "DET")
    if metric in (*_COUNTRY_METRICS, "growth") and not subject and not _states(clause.names()):
        # 'Exports were 60% higher': of the country spoken of, not of a company in between.
        if memory.actors and (memory.actors[0].isupper() or not pattern("trade").search(clause.text)):
            return memory.actors
        if memory.trader and pattern("trade").search(clause.text):
            return (memory.trader,)
    if (reference or pattern("home").search(clause.text)) and memory.actors and memory.paragraph >= 0:
        return memory.actors
    trades = metric in _COUNTRY_METRICS

    def fits(name: Mention) -> bool:
        return _state(name) is not None or (not trades and is_holder(name))

    own = [n for n in clause.names() if fits(n) and not _AGAINST.search(text[: n.start - base])]
    left = [n for n in own if n.end <= base + clause.quantity.start] or own
    if left:
        return (_state(left[0]) or left[0].id,)
    before = [n for n in _before(clause) if fits(n) and not _AGAINST.search(text[: n.start - base])]
    if before:
        return (_state(before[-1]) or before[-1].id,)
    if memory.actors:
        return memory.actors
    found = memory.trader or memory.country if trades or metric == "growth" else memory.ruler or memory.country
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


def items_of(clause: Clause, metric: str, memory: Memory, actors: Sequence[str] = ()) -> tuple[str, ...]:
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
    if metric == "other" and re.search(r"\bgross margins?\b", text, re.IGNORECASE):
        return ("gross-margin",)
    if not items and metric in ("revenue", "revenue_share", "revenue_loss", "market_share") and actors:
        sold = _sold_by(actors[0])
        if sold and not (memory.topic and _covered(sold, memory.topic)):
            return (sold,)
    if not items and metric not in ("count", "other", "capital_expenditure"):
        items = memory.items or memory.topic
    if metric == "price" and not items:
        return ("shares",) if _shares_near(clause) else ()
    return items


def _sold_by(actor: str) -> str | None:
    """Return the item word of what a company sells, by its role in the catalog."""
    party = load_catalog().parties.get(actor)
    if party is None:
        return None
    found: str | None = words()["sells_mostly"].get(actor) or words()["sells"].get(party.role)
    return found


def _items(names: Sequence[Mention], sentence: Sentence) -> tuple[str, ...]:
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
    return tuple(word for word in found if word in narrow or not _covered(word, narrow))


def _words_for(item: str, classes: Sequence[str]) -> list[str]:
    known = words()["item_words"]
    own = words()["item_names"].get(item, item)
    if classes[1:] and classes[1] in words()["materials"]:
        return [classes[1]]
    chosen = [word for word in reversed(classes[1:]) if word in known and word not in words()["wide"]]
    if item not in known and not chosen:
        chosen = [word for word in classes[1:] if word in known][:1]
    return [*chosen, own]


def _covered(word: str, narrow: Sequence[str]) -> bool:
    catalog = load_catalog()
    return any(other in catalog.items and word in catalog.classes_of(other) for other in narrow)


_MARKET = re.compile(r"\b(?:sales|revenues?|shipments|exports|imports|business|orders|supplies|deficit|trade)\s+(?:in|to|from|with)\s+(?:the\s+|mainland\s+)?$", re.IGNORECASE)
_TRADING = frozenset(("imports", "exports", "growth", "trade_balance", "quantity"))


def target_of(clause: Clause, metric: str, actors: Sequence[str], memory: Memory) -> tuple[str, ...]:
    """Return the place or customer that a number speaks of, apart from whose it is."""
    if metric in ("share_price_change", "price"):
        return ()
    catalog = load_catalog()
    homes = {catalog.parties[actor].country for actor in actors if actor in catalog.parties}
    near, far = [], []
    text, base = clause.sentence.text, clause.sentence.start
    for name in clause.sentence.names:
        found = _state(name)
        if found is None and is_holder(name) and _AGAINST.search(text[: name.start - base]):
            found = name.id
        if found is None or found in actors or found in homes:
            continue
        inside = clause.start <= name.start - base < clause.end
        if (
            inside
            and _AGAINST.search(text[: name.start - base])
            and name.start - base > clause.quantity.start
        ):
            return (found,)
        (near if inside else far).append(found)
    subject = [state for state in _states(clause.subject_names()) if state not in actors]
    if metric == "revenue_share" and subject:
        return tuple(subject[:1])
    for name in clause.sentence.names:
        state, place = _state(name), name.start - base
        if state and state not in actors and clause.start <= place < clause.end and _MARKET.search(text[:place]):
            return (state,)
    if near:
        return (near[-1],)
    root = _root_subject(clause.sentence)
    leading = [s for s in _states(n for n in clause.sentence.names if root and n.start in root) if s in far]
    if metric == "revenue_share" and leading:
        return tuple(leading[:1])
    places = [place for place in far if place in catalog.countries]
    if metric == "capacity":
        return ()
    if places:
        return (places[-1],)
    if memory.target and memory.target not in actors and memory.target not in homes:
        pointing = metric in _TRADING and not _states(clause.names())
        if pointing or metric in ("performance_threshold", "revenue_loss", "market_share"):
            return (memory.target,)
    return ()

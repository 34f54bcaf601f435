"""Whose a number is: a company, a government, a market or the world."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tidegate.catalog import load_catalog
from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_firms import is_holder, parties_of, subject_parties
from tidegate.claims.extract.figure_items import items_of
from tidegate.claims.extract.figure_memory import AGAINST, Memory, root_subject, rules, state_of, states_of
from tidegate.claims.extract.figure_words import pattern, words
from tidegate.claims.mentions import Mention

__all__ = ["holders_of"]

_COMPANY_METRICS = frozenset(
    ("share_price_change", "revenue", "revenue_share", "revenue_loss", "capital_expenditure")
)
_COUNTRY_METRICS = frozenset(("imports", "exports", "trade_balance"))


def holders_of(clause: Clause, metric: str, memory: Memory) -> tuple[str, ...]:
    """Return whom or what a number is about; the last one named where the words only point back."""
    if metric in ("count", "performance_threshold") or (
        metric == "other" and pattern("tariff").search(clause.text)
    ):
        return _rulers(clause, memory)
    if firms := _national_firms(clause):
        return firms
    if metric in _COMPANY_METRICS or (metric == "other" and pattern("profit").search(clause.text)):
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
        listed = pattern("adding").search(text[max(0, quantity.start - 40) : quantity.start])
        if quantity.unit == "companies" and not listed and (states := states_of(inside)):
            return tuple(f"{state.lower()}-companies" for state in states)
    subject = states_of(name for name in clause.subject_names() if rules(name, clause.sentence))
    if subject:
        return subject[:1]
    root = root_subject(clause.sentence)
    leading = states_of(
        n for n in clause.sentence.names if root and n.start in root and rules(n, clause.sentence)
    )
    if leading:
        return leading[:1]
    before = [s for n in _before(clause) if (s := state_of(n)) and not AGAINST.search(text[: n.start - base])]
    if before:
        return (before[-1],)
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


def _companies(clause: Clause, metric: str, memory: Memory) -> tuple[str, ...]:
    text, base = clause.sentence.text, clause.sentence.start
    mine = subject_parties(clause, memory.short)
    right = _after(clause)
    if metric == "revenue_share":
        # 'China accounts for 19% of ASML's sales': the sales tell whose the number is.
        owners = [n for n in right if is_holder(n) and _possesses(text, n.end - base)]
        if owners:
            return (owners[0].id,)
        if re.match(r"\s*(?:of|on)\s+(?:the company|the firm|its|their)", clause.right) and not mine:
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
    in_clause = [n for n in clause.names() if is_holder(n) and not AGAINST.search(text[: n.start - base])]
    left = [n for n in in_clause if n.end <= base + clause.quantity.start]
    if left:
        return (left[-1].id,)
    states = states_of(clause.subject_names()) if _governs(clause) else ()
    if states and metric in ("revenue", "capital_expenditure"):
        return states[:1]
    before = [n for n in _before(clause) if is_holder(n) and not AGAINST.search(text[: n.start - base])]
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
    return tuple(dict.fromkeys(maker for maker in makers if maker is not None and maker in catalog.parties))[
        :1
    ]


def _before_name(clause: Clause, name: Mention) -> str:
    place = name.start - clause.sentence.start
    return clause.sentence.text[max(0, place - 30) : place]


def _owners(clause: Clause, metric: str, memory: Memory) -> tuple[str, ...]:
    """Return the country, market or company that a trade, growth or share figure belongs to."""
    subject = tuple(
        n
        for n in clause.subject_names()
        if not clause.sentence.text.startswith("-based", n.end - clause.sentence.start)
    )
    # 'Exports to Germany' are not Germany's.
    states = states_of(n for n in subject if not AGAINST.search(_before_name(clause, n)))
    parties = subject_parties(clause, memory.short) or (
        () if metric in _COUNTRY_METRICS else _makers(subject)
    )
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
            origin = states_of(
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
    if _WORLD.search(clause.subject_text()) and metric != "market_share":
        return ("world",)
    if metric == "price" and not memory.actors and not states_of(clause.names()):
        return ("world",)
    reference = clause.subject is not None and clause.subject.pos_ in ("PRON", "DET")
    if metric in (*_COUNTRY_METRICS, "growth") and not subject and not states_of(clause.names()):
        # 'Exports were 60% higher': of the country spoken of, not of a company in between.
        if memory.actors and (memory.actors[0].isupper() or not pattern("trade").search(clause.text)):
            return memory.actors
        if memory.trader and pattern("trade").search(clause.text):
            return (memory.trader,)
    if (reference or pattern("home").search(clause.text)) and memory.actors and memory.paragraph >= 0:
        return memory.actors
    trades = metric in _COUNTRY_METRICS

    def fits(name: Mention) -> bool:
        return state_of(name) is not None or (not trades and is_holder(name))

    own = [n for n in clause.names() if fits(n) and not AGAINST.search(text[: n.start - base])]
    left = [n for n in own if n.end <= base + clause.quantity.start] or own
    if left:
        return (state_of(left[0]) or left[0].id,)
    before = [n for n in _before(clause) if fits(n) and not AGAINST.search(text[: n.start - base])]
    if before:
        return (state_of(before[-1]) or before[-1].id,)
    if memory.actors:
        return memory.actors
    found = (
        memory.trader or memory.country if trades or metric == "growth" else memory.ruler or memory.country
    )
    return (found,) if found else ()

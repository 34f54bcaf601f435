"""What a number measures."""

from __future__ import annotations

import re

from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_shares import BUSINESS, about_shares, has_shares
from tidegate.claims.extract.figure_signs import change_of
from tidegate.claims.extract.figure_words import pattern

__all__ = ["metric_of"]

_OF = re.compile(
    r"^\s*(?:\w+\s+)?(?:(?:cut|share|slice|stake|portion|proportion|part)\s+)?(?:of|on|in|from)\s+(?P<whole>[^,;]*)|^\s+(?P<bare>(?:its|their|the)\s[^,;]*)",
    re.IGNORECASE,
)
_ABOUT = (
    r"(?:about|around|nearly|just|roughly|over|some|almost|more than|less than|only|between|approximately)"
)
_TO = re.compile(r"\b(?:to|at)\s+(?:about\s+|around\s+|just\s+|nearly\s+)?$", re.IGNORECASE)


def metric_of(clause: Clause, before: str | None) -> str:
    """Return what a number measures. before: the metric of the number before it in the sentence."""
    sort = clause.quantity.sort
    if sort == "money":
        return _money(clause, before)
    if sort in ("percent", "points", "multiple"):
        return _percent(clause, before)
    if sort == "limit":
        return "performance_threshold"
    if sort == "capacity":
        return "capacity"
    if sort == "count":
        return "count"
    if sort == "time":
        return (
            "quantity"
            if pattern("stock_time").search(clause.text) and not pattern("licensing_time").search(clause.text)
            else "other"
        )
    if sort == "times":
        return "growth" if change_of(clause) is not None else "other"
    return _amount(clause, before)


def _money(clause: Clause, before: str | None) -> str:
    text, sentence = clause.text, clause.sentence.text
    if pattern("target_price").search(text):
        return "price"
    if clause.quantity.rate:
        return "price"
    if before in ("share_price_change", "price") and _TO.search(clause.left):
        return "price"
    if re.search(
        r"\b(?:each|apiece)\b[^,;]*\b(?:cost|pric|sell|worth)\w*[^,;]*$", clause.left, re.IGNORECASE
    ):
        return "price"
    if any(pattern(key).search(text) for key in ("penalty", "funding")) or pattern("market_value").search(
        sentence
    ):
        return "other"
    if re.search(r"\bmarket\b[^,;]{0,40}$", clause.left) and not pattern("revenue").search(text):
        return "other"
    if pattern("profit").search(f"{clause.subject_text()} {text}") and not pattern("loss").search(text):
        return "other"
    for scope in (text, sentence):
        if pattern("deficit").search(scope) or pattern("surplus").search(scope):
            return "trade_balance"
        losing, earning = pattern("loss").search(scope), pattern("revenue").search(scope)
        if earning and re.search(rf"\bto\s+(?:{_ABOUT}\s+)?$", clause.left, re.IGNORECASE):
            # 'cut its sales forecast to 30 billion': what is left, not what is lost.
            return "revenue"
        if before == "revenue_loss" and scope is text and re.match(r"\s*(?:from|in|of)\b", clause.right):
            return before
        if losing and (earning or re.search(r"write|charge|los|inventory", losing.group(), re.IGNORECASE)):
            return "revenue_loss"
        if pattern("imports").search(scope):
            return "imports"
        if pattern("exports").search(scope) and not earning and not _controls_only(scope):
            return "exports"
        if earning or (scope is text and pattern("earning").search(scope)):
            return "revenue"
        if pattern("spending").search(scope):
            return "capital_expenditure"
        if has_shares(scope) and (_TO.search(clause.left) or re.search(r"\b(?:closed?|trad)", scope)):
            return "price"
        if pattern("price").search(scope):
            return "price"
    if before in (
        "revenue",
        "revenue_loss",
        "imports",
        "exports",
        "price",
        "capital_expenditure",
        "trade_balance",
    ):
        return before
    return "other"


def _controls_only(text: str) -> bool:
    """Whether exports are named only as what is controlled: 'export controls', 'export licences'."""
    rest = re.sub(
        r"\bexports?[\s-]+(?:control|licen|curb|restriction|rule|ban|permit|regulation|measure)\w*",
        "",
        text,
        flags=re.IGNORECASE,
    )
    return pattern("exports").search(rest) is None


def _percent(clause: Clause, before: str | None) -> str:
    text, sentence = clause.text, clause.sentence.text
    near = clause.right[:60]
    if pattern("owned").search(near[:30]):
        # A limit on owners is a rule; a stake that somebody holds is not.
        return "performance_threshold" if pattern("control").search(sentence) else "other"
    if re.search(r"\bin the fund\b", text):
        return "other"
    if (
        re.search(r"\b(?:or more|or less|threshold|at least)\b", near[:12])
        and pattern("control").search(sentence)
        and change_of(clause) is None
    ):
        return "performance_threshold"
    of = _OF.match(clause.right)
    # 'fell from 40%' and 'climbed to 95.8%' give levels, not changes.
    if re.search(
        r"\b(?:capped|cap|quota|ceiling|limited?)\s+(?:at|to|of)\s+(?:\w+\s+)?$", clause.left, re.IGNORECASE
    ):
        return "performance_threshold"
    if re.match(r"\s*(?:cut|fee|share|commission)\b", clause.right) and re.search(
        r"\b(?:pay|paid|paying|takes?|taking|hand\w*|receiv\w+|revenues?|sales)\b", sentence
    ):
        return "revenue_share"
    if re.match(r"\s*(?:\w+\s+){0,3}(?:tariff|dut|lev)", clause.right, re.IGNORECASE):
        return "other"
    if re.search(
        r"\bin\s+(?:\w+[\s-]+)?(?:trading|trade|premarket|after-hours|aftermarket)\b", text, re.IGNORECASE
    ) and change_of(clause):
        return "share_price_change"
    # 'led to a 16% jump' is a change all the same.
    level = re.search(rf"\b(?:from|to|at)\s+(?:{_ABOUT}\s+){{0,2}}$", clause.left, re.IGNORECASE) is not None
    if level and re.search(r"\bgrowth\b", clause.left, re.IGNORECASE):
        return "growth"
    changed = change_of(clause) is not None and not level
    if pattern("tariff").search(text) and not changed and not _OF.match(clause.right):
        return "other"
    shared = re.search(
        r"\bshares?\s+of\s+(?P<whole>[^,;]*)", f"{clause.subject_text()} . {clause.left}", re.IGNORECASE
    )
    if not changed and re.search(r"market share", f"{clause.subject_text()} {clause.text}", re.IGNORECASE):
        return "market_share"
    if not changed and shared and (metric := _whole(shared["whole"], clause)):
        return metric
    if not changed and pattern("dependence").search(text):
        return "market_share"
    if not changed and pattern("yield").search(f"{clause.subject_text()} {text}"):
        return "capacity" if re.search(r"utili[sz]ation", f"{clause.subject_text()} {text}") else "other"
    if level and before in ("market_share", "capacity", "revenue_share", "other"):
        return before
    whole = (of["whole"] or of["bare"] or "") if of else ""
    if not (changed and re.match(r"\s*(?:in|from|on)\b", clause.right)) and (metric := _whole(whole, clause)):
        return metric
    if clause.quantity.sort == "multiple":
        return "share_price_change" if about_shares(clause) else "growth"
    if pattern("tariff").search(f"{clause.subject_text()} {clause.left[-40:]}") and not pattern(
        "exports"
    ).search(clause.subject_text()):
        return "other"
    if (
        changed
        and before not in (None, "share_price_change", "price", "growth", "count")
        and not has_shares(text)
    ):
        return "growth"
    if changed or clause.quantity.sort == "points":
        if about_shares(clause) or (before == "share_price_change" and not BUSINESS.search(text)):
            return "share_price_change"
        if pattern("profit").search(text) and not pattern("revenue").search(text):
            return "growth"
        if re.search(r"market share", text, re.IGNORECASE) and clause.quantity.sort == "points":
            return "market_share"
        if changed:
            return "growth"
    if _YEARLY.search(text):
        return "growth"
    if pattern("profit").search(text):
        return "other"
    if before and before != "growth" and not _own_metric(text):
        return before
    if re.search(r"market share|of the market", text, re.IGNORECASE):
        return "market_share"
    if of and re.search(
        r"\b(?:makes?|made|produc\w+|mines?|refin\w+|process\w*)\b[^,;]*$", clause.left, re.IGNORECASE
    ):
        return "capacity"
    if pattern("part").search(text):
        if _of_a_company(clause):
            return "revenue_share"
        if pattern("revenue").search(text):
            return "revenue_share"
        if pattern("output").search(text):
            return "capacity"
        return "market_share"
    if pattern("revenue").search(text):
        return "revenue_share"
    if pattern("output").search(text):
        return "capacity"
    if before:
        return before
    return "market_share" if pattern("market").search(text) else "other"


def _of_a_company(clause: Clause) -> bool:
    """Whether a place is said to make up a part of a company: 'China accounts for a third of ASML's business'."""
    places = any(name.kind == "country" for name in clause.subject_names())
    owner = re.match(r"\s*of\s+(?:its|the company|the firm|the group)\b", clause.right)
    base = clause.sentence.start + clause.quantity.end
    firms = any(name.kind == "party" and name.start >= base for name in clause.names())
    return places and (owner is not None or firms) and re.match(r"\s*of\b", clause.right) is not None


_YEARLY = re.compile(
    r"\b(?:year|month|quarter)[\s-]+(?:on|over)[\s-]+(?:year|month|quarter)|\byoy\b"
    r"|\b(?:from|on|than) (?:a|the) (?:year|month|quarter|same period)\b",
    re.IGNORECASE,
)


def _own_metric(text: str) -> bool:
    return any(
        pattern(key).search(text) for key in ("revenue", "output", "market", "spending", "tariff", "profit")
    )


def _whole(whole: str, clause: Clause) -> str | None:
    """Return the metric of a part by what it is a part of."""
    if re.search(r"market share", whole, re.IGNORECASE):
        return "market_share"
    if pattern("profit").search(whole):
        return "other"
    if pattern("revenue").search(whole):
        return "revenue_share"
    if pattern("spending").search(whole):
        return "capital_expenditure"
    if pattern("market").search(whole):
        made = re.search(r"\bsuppl", whole) and re.search(r"\b(?:produc|process|refin|min)\w+", clause.left)
        return "capacity" if made else "market_share"
    if pattern("output").search(whole):
        return "capacity"
    if pattern("exports").search(whole):
        return "exports"
    if pattern("tariff").search(whole):
        return "other"
    return None


def _amount(clause: Clause, before: str | None) -> str:
    """Return the metric of a weight or of a number of goods."""
    sort = clause.quantity.sort
    subject = clause.subject_text()
    for scope in (clause.text, subject, clause.sentence.text if before is None and sort == "weight" else ""):
        if sort == "weight" and pattern("output").search(scope):
            return "capacity"
        if pattern("imports").search(scope):
            return "imports"
        if (
            (sort == "weight" or scope is subject)
            and pattern("exports").search(scope)
            and not _controls_only(scope)
        ):
            return "exports"
        if sort == "goods" and _A_MONTH.search(scope):
            return "capacity"
    if before in ("exports", "imports", "capacity", "quantity"):
        return before
    return "quantity"


_A_MONTH = re.compile(r"\b(?:capacity|per year|a year|annual\w*|per month|a month)\b", re.IGNORECASE)

"""The place or customer that a number speaks of, apart from whose it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tidegate.catalog import load_catalog
from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_firms import is_holder
from tidegate.claims.extract.figure_memory import AGAINST, Memory, root_subject, state_of, states_of

__all__ = ["target_of"]

_MARKET = re.compile(
    r"\b(?:sales|revenues?|shipments|exports|imports|business|orders|supplies|deficit|trade)\s+(?:in|to|from|with)\s+(?:the\s+|mainland\s+)?$",
    re.IGNORECASE,
)
_TRADING = frozenset(("imports", "exports", "growth", "trade_balance", "quantity"))


def target_of(clause: Clause, metric: str, actors: Sequence[str], memory: Memory) -> tuple[str, ...]:
    """Return the place or customer that a number speaks of, apart from whose it is."""
    if metric in ("share_price_change", "price"):
        return ()
    catalog = load_catalog()
    homes = {catalog.parties[actor].country for actor in actors if actor in catalog.parties}
    near: list[str] = []
    far: list[str] = []
    text, base = clause.sentence.text, clause.sentence.start
    for name in clause.sentence.names:
        found = state_of(name)
        if found is None and is_holder(name) and AGAINST.search(text[: name.start - base]):
            found = name.id
        if found is None or found in actors or found in homes:
            continue
        inside = clause.start <= name.start - base < clause.end
        if inside and AGAINST.search(text[: name.start - base]) and name.start - base > clause.quantity.start:
            return (found,)
        (near if inside else far).append(found)
    subject = [state for state in states_of(clause.subject_names()) if state not in actors]
    if metric == "revenue_share" and subject:
        return tuple(subject[:1])
    for name in clause.sentence.names:
        state, place = state_of(name), name.start - base
        if (
            state
            and state not in actors
            and clause.start <= place < clause.end
            and _MARKET.search(text[:place])
        ):
            return (state,)
    if near:
        return (near[-1],)
    root = root_subject(clause.sentence)
    leading = [s for s in states_of(n for n in clause.sentence.names if root and n.start in root) if s in far]
    if metric == "revenue_share" and leading:
        return tuple(leading[:1])
    places = [place for place in far if place in catalog.countries]
    if metric == "capacity":
        return ()
    if places:
        return (places[-1],)
    if memory.target and memory.target not in actors and memory.target not in homes:
        pointing = metric in _TRADING and not states_of(clause.names())
        if pointing or metric in ("performance_threshold", "revenue_loss", "market_share"):
            return (memory.target,)
    return ()

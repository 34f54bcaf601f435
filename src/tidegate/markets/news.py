"""Which firm-events other news of a day may explain: those whose event window holds the session it moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from tidegate.markets.known import News
from tidegate.markets.windows import FirmEvents

__all__ = ["news_of"]


def news_of(pairs: FirmEvents, news: Iterable[News]) -> Mapping[int, tuple[str, ...]]:
    """Return what else moved the shares within their event windows, by place of the firm-event."""
    found: dict[int, tuple[str, ...]] = {}
    first, last = pairs.design.window
    named = {event.id: place for place, event in enumerate(pairs.events)}
    home = pairs.home[pairs.ticker]
    for one in news:
        of_share = np.ones(len(pairs), dtype=bool)
        if one.ticker is not None:
            if one.ticker not in pairs.tickers:
                continue
            of_share = pairs.ticker == pairs.tickers.index(one.ticker)
        of_share &= pairs.event != (named.get(one.event, -1) if one.event else -1)
        for exchange, days in enumerate(pairs.days):
            at = np.flatnonzero(days == np.datetime64(one.day))
            if not len(at):
                continue
            inside = (pairs.place + first <= at[0]) & (at[0] <= pairs.place + last) & (pairs.place >= 0)
            for row in np.flatnonzero(inside & of_share & (home == exchange)).tolist():
                found[row] = (*found.get(row, ()), f"{one.text} ({one.day})")
    return found

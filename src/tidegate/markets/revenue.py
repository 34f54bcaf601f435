"""What share of its revenue a company has in a place, as known by a day: the newest reported period, in one basis.

Bases are never mixed: a share of system sales is no share of revenue. Two values for one period in one basis are
both kept, and make a band. A share from a report of over 18 months ago is no longer taken.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.dates import Day
from tidegate.markets.company_facts import BASES, WHOLE, WORLD, CompanyFacts, Fact, sources

__all__ = ["OLDEST", "Reading", "Sales", "sales_of"]

OLDEST = dt.timedelta(days=550)
"""How long after the end of its period a figure still speaks for a company: a year and the wait for its report."""

_SAME_END = dt.timedelta(days=5)
_SAME_VALUE = 0.1


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure for one period in one basis.

    low, high: percent of revenue, or billions of `unit`; the same unless values for the period differ. computed: whether
    it is worked out of two reported figures.
    """

    low: float
    high: float
    unit: str
    period: str
    ends: Day
    basis: str
    facts: tuple[Fact, ...]
    computed: bool = False

    @property
    def verified(self) -> bool:
        """Whether every figure behind it was read in its source."""
        return all(fact.verified for fact in self.facts)

    @property
    def hong_kong(self) -> str | None:
        """Whether Hong Kong is in: included, excluded, or None where that is not stated."""
        return next((fact.hong_kong for fact in self.facts if fact.hong_kong), None)

    def row(self) -> dict[str, Any]:
        """Return the reading as plain values."""
        return {
            "low": self.low, "high": self.high, "unit": self.unit, "period": self.period,
            "ends": self.ends.isoformat(), "basis": self.basis, "basis_means": BASES[self.basis],
            "hong_kong": self.hong_kong, "computed": self.computed, "verified": self.verified,
            "known_by": max(fact.known_by for fact in self.facts).isoformat(), "sources": list(sources(self.facts)),
            "notes": [fact.note for fact in self.facts if fact.note],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sales:
    """A company's revenue in a place.

    share, amount: None where not known. beside: other readings of the same time: another basis, or the newest year where
    a quarter is taken. reason: why there is no share.
    """

    share: Reading | None
    amount: Reading | None
    beside: tuple[Reading, ...] = ()
    reason: str | None = None


def sales_of(
    facts: CompanyFacts, company: str, place: str, on: Day, horizon: Day, *, verified: bool = False
) -> Sales:
    """Return a company's revenue in a place, the newest known.

    on: its period was over by then. horizon: it was public by then. verified: leave out figures from memory.
    """
    known = facts.known(company, on, horizon, verified=verified)
    shares = [one for one in _shares(known, place) if on - one.ends <= OLDEST]
    whole = [one for one in shares if one.basis in WHOLE]
    usual = Counter(one.basis for one in _shares(known, place))
    share = _newest(whole, usual)
    amounts = [one for one in _amounts(known, place, whole) if on - one.ends <= OLDEST]
    # An amount in another basis than the share would be of another revenue.
    amount = _newest([one for one in amounts if share is None or one.basis == share.basis], usual)
    if share is None:
        return Sales(
            None, amount, tuple(_latest(shares)), _reason(facts, company, place, on, horizon, shares)
        )
    beside = [one for one in shares if one.period == share.period and one.basis != share.basis]
    year = _newest(
        [one for one in whole if one.facts[0].length == "year" and one.basis == share.basis], usual
    )
    beside += [year] if year is not None and year.ends < share.ends else []
    beside += [
        one
        for one in _latest([s for s in shares if s.basis not in WHOLE])
        if one not in beside and one.ends >= share.ends
    ]
    return Sales(share, amount, tuple(beside))


def _shares(known: Sequence[Fact], place: str) -> Iterator[Reading]:
    """Every period's share, reported or worked out of two amounts, a basis and a length of period each."""
    single = [*_reported(known, place, "share"), *_divided(known, place)]
    keys = dict.fromkeys((one.period, one.facts[0].length, one.basis) for one in single)
    for period, length, basis in keys:
        own = [o for o in single if (o.period, o.facts[0].length, o.basis) == (period, length, basis)]
        read = [o for o in own if o.verified]
        # The same value once more, from memory, adds nothing to one that was read.
        kept = read + [
            o for o in own if not o.verified and not any(abs(o.low - r.low) <= _SAME_VALUE for r in read)
        ]
        facts = tuple(dict.fromkeys(fact for one in kept for fact in one.facts))
        low, high = min(o.low for o in kept), max(o.high for o in kept)
        computed = all(o.computed for o in kept)
        yield Reading(low, high, "percent", period, kept[0].ends, basis, facts, computed)


def _reported(known: Iterable[Fact], place: str, figure: str) -> Iterator[Reading]:
    for fact in known:
        if fact.geography == place and fact.figure == figure and fact.value is not None:
            yield Reading(fact.value, fact.value, fact.unit, fact.period, fact.ends, fact.basis, (fact,))


def _divided(known: Sequence[Fact], place: str) -> Iterator[Reading]:
    for part, whole in itertools.product(
        _reported(known, place, "revenue"), _reported(known, WORLD, "revenue")
    ):
        if part.unit == whole.unit and _same_period(part, whole) and whole.low > 0:
            value = round(100 * part.low / whole.low, 2)
            facts = (*part.facts, *whole.facts)
            yield Reading(value, value, "percent", part.period, part.ends, part.basis, facts, computed=True)


def _amounts(known: Sequence[Fact], place: str, shares: Sequence[Reading]) -> Iterator[Reading]:
    reported = list(_reported(known, place, "revenue"))
    yield from reported
    for share, whole in itertools.product(shares, _reported(known, WORLD, "revenue")):
        told = any(_same_period(one, share) and one.basis == share.basis for one in reported)
        if not told and _same_period(share, whole):
            low, high = (round(end * whole.low / 100, 3) for end in (share.low, share.high))
            facts = (*share.facts, *whole.facts)
            yield Reading(low, high, whole.unit, share.period, share.ends, share.basis, facts, computed=True)


def _same_period(one: Reading, other: Reading) -> bool:
    # A data site may date a fiscal quarter to the end of its month; a calendar quarter has two names.
    return one.facts[0].length == other.facts[0].length and abs(one.ends - other.ends) <= _SAME_END


def _newest(readings: Sequence[Reading], usual: Counter[str]) -> Reading | None:
    """The newest; of one end the longer period, and the basis in which the company is told of most often."""
    length = {"year": 2, "half": 1, "quarter": 0}
    return max(
        readings,
        key=lambda one: (one.ends, length[one.facts[0].length], usual[one.basis], one.basis),
        default=None,
    )


def _latest(readings: Sequence[Reading]) -> list[Reading]:
    newest = max((one.ends for one in readings), default=None)
    return [one for one in readings if one.ends == newest]


def _reason(
    facts: CompanyFacts, company: str, place: str, on: Day, horizon: Day, shares: Sequence[Reading]
) -> str:
    own = [fact for fact in facts.revenue if fact.company == company and fact.geography == place]
    if shares:
        what = "; ".join(f"{one.low:g} percent {BASES[one.basis]} in {one.period}" for one in _latest(shares))
        return f"only a share of a part of its revenue is known by that day: {what}"
    known = [fact for fact in own if fact.ends <= on and fact.known_by <= horizon]
    if told := [fact.note for fact in known if fact.value is None and fact.note]:
        return f"no revenue by geography of this company is known by that day: {told[-1]}"
    if known and all(fact.value is not None for fact in known):
        last = max(known, key=lambda fact: fact.ends)
        return f"the newest share known by that day is that of {last.period}, over 18 months old or left out"
    return "no revenue by geography of this company is known by that day"

"""Two names held against each other word by word, and the score that comes of it.

Let every word weigh what it tells (`Index.weight`, 0 to 1). A pair of words that match with nearness s adds s times
their mean weight to what is common, C, and (1 - s) times it to what differs, D. A word left over on either side adds
its weight to D, times a factor for what such a word is worth: a legal form hardly anything, a city that only one side
gives a little, a further name much. The score is C / (C + D). Two different numbers, or cities, or trades, count more
against than one that is only on one side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tidegate.screening.lexicon import Kind
from tidegate.screening.pairing import Near, Pair, cut_off, pairs_of
from tidegate.screening.words import Word

__all__ = ["Comparison", "Factors", "Left", "compare"]


@dataclass(frozen=True, slots=True)
class Factors:
    """What a word that is left over counts, as a share of its weight; chosen on made queries, see docs/screening.md.

    asked_*: left over in the query. listed_*: in the listed name. *_both: where the other side has one of that sort
    left over as well. optional: of a word in brackets. short: a query that says more than a listed name of one word.
    misfit: words of a company's name where a person, a vessel or an aircraft is listed. telling: what the matching words
    must weigh together; below it the score falls in proportion. common_only: words of a trade where the listed name
    has no others. person_name: further names of a listed person.
    """

    asked_name: float = 0.5
    asked_place: float = 0.4
    asked_generic: float = 0.6
    asked_form: float = 0.24
    listed_name: float = 0.9
    person_name: float = 0.25
    listed_place: float = 0.48
    listed_generic: float = 0.26
    listed_form: float = 0.1
    number: float = 1.5
    name_both: float = 0.9
    place_both: float = 0.9
    generic_both: float = 1.2
    form_both: float = 0.1
    number_both: float = 3.0
    optional: float = 0.3
    short: float = 2.2
    misfit: float = 3.0
    telling: float = 0.7
    common_only: float = 0.8


_BEYOND = 0.35
"""What a word counts that stands where the query was cut off."""


class Left(NamedTuple):
    """A word without a match. counts: what it adds to the difference."""

    word: str
    kind: Kind
    weight: float
    counts: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome, 0 to 1, with what it is made of."""

    score: float
    pairs: tuple[Pair, ...]
    asked_left: tuple[Left, ...]
    listed_left: tuple[Left, ...]


def compare(
    asked: Sequence[Word],
    asked_weights: Sequence[float],
    nears: Sequence[Mapping[str, Near]],
    listed: Sequence[Word],
    listed_weights: Sequence[float],
    factors: Factors,
    *,
    person: bool = False,
    thing: bool = False,
    short: bool = False,
) -> Comparison:
    """Return how near two names are.

    asked, listed: their words, without stop words, shape (n,) and (m,), with weights of the same shapes. nears: for
    each word of the query the listed words that it may be. person: the listed party is one. thing: it is a person, a
    vessel or an aircraft. short: the listed name is a short name.
    """
    pairs, asked_rest, listed_rest = pairs_of(asked, asked_weights, nears, listed, listed_weights, person)
    beyond = cut_off(asked, listed, listed_weights, pairs, asked_rest, listed_rest)
    common = sum(pair.nearness * pair.weight for pair in pairs)
    differs = sum((1.0 - pair.nearness) * pair.weight for pair in pairs)
    asked_kinds = {asked[at].kind for at in asked_rest}
    listed_kinds = {listed[at].kind for at in listed_rest}
    proper = sum(word.kind not in ("form", "stop") for word in listed)
    # A name of nothing but common words is told by these.
    common_only = all(word.kind not in ("name", "number") for word in listed)
    asked_left = tuple(
        _left(
            asked[at],
            asked_weights[at],
            "asked",
            listed_kinds,
            factors,
            thing,
            short or proper == 1,
            common_only,
        )
        for at in asked_rest
    )
    listed_left = tuple(
        _left(
            listed[at],
            listed_weights[at],
            "person" if person else "listed",
            asked_kinds,
            factors,
            False,
            False,
            common_only,
        )
        for at in listed_rest
    )
    listed_left = tuple(
        left._replace(counts=left.counts * _BEYOND) if at >= beyond else left
        for at, left in zip(listed_rest, listed_left, strict=True)
    )
    differs += sum(left.counts for left in asked_left) + sum(left.counts for left in listed_left)
    # What only legal forms and common words have in common says nothing.
    telling = sum(pair.weight * pair.nearness for pair in pairs if pair.weight > 0.3)
    score = common / (common + differs) if common else 0.0
    whole = all(pair.nearness > 0.99 for pair in pairs) and all(
        left.kind == "form" for left in (*asked_left, *listed_left)
    )
    if telling < factors.telling and not whole:
        score *= telling / factors.telling
    return Comparison(min(1.0, score), tuple(pairs), asked_left, listed_left)


_ONE = {
    ("asked", "name"): "asked_name", ("asked", "place"): "asked_place", ("asked", "generic"): "asked_generic",
    ("asked", "form"): "asked_form", ("listed", "name"): "listed_name", ("listed", "place"): "listed_place",
    ("listed", "generic"): "listed_generic", ("listed", "form"): "listed_form",
    ("person", "name"): "person_name", ("person", "place"): "person_name", ("person", "generic"): "person_name",
    ("person", "form"): "person_name",
}  # fmt: skip


def _left(
    word: Word,
    weight: float,
    side: str,
    others: set[Kind],
    factors: Factors,
    thing: bool,
    short: bool,
    common_only: bool,
) -> Left:
    kind = word.kind
    if kind == "stop":
        return Left(word.written, kind, weight, 0.0)
    if kind == "number":
        factor = factors.number_both if "number" in others else factors.number
    else:
        factor = getattr(factors, _ONE[side, kind])
        if kind in others:
            factor = max(factor, getattr(factors, f"{kind}_both"))
        if common_only and kind == "generic":
            factor = max(factor, factors.common_only)
    if thing and kind in ("form", "generic"):
        factor = max(factor, factors.misfit)
    elif short and kind in ("name", "generic"):
        factor = max(factor, factors.short)
    if word.optional and not (kind == "number" and kind in others):
        factor *= factors.optional
    return Left(word.written, kind, weight, factor * weight)

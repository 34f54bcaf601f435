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

from tidegate.screening.words import Kind, Word

__all__ = ["Comparison", "Factors", "Left", "Near", "Pair", "compare"]


class Near(NamedTuple):
    """A listed word that a word of the query may be. how: in what way; empty where it is the same."""

    nearness: float
    how: str


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


class Pair(NamedTuple):
    """Two words that match. weight: of the pair."""

    asked: str
    listed: str
    nearness: float
    how: str
    weight: float


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
    pairs, asked_rest, listed_rest = _pairs(asked, asked_weights, nears, listed, listed_weights)
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


def _pairs(
    asked: Sequence[Word],
    asked_weights: Sequence[float],
    nears: Sequence[Mapping[str, Near]],
    listed: Sequence[Word],
    listed_weights: Sequence[float],
) -> tuple[list[Pair], list[int], list[int]]:
    """Match each word with at most one, the nearest pairs first; then words that are joined or shortened."""
    possible: list[tuple[float, int, int, str]] = []
    for i, word in enumerate(asked):
        own = nears[i]
        for j, other in enumerate(listed):
            if word.text == other.text:
                possible.append((1.0 if word.written == other.written else 0.995, i, j, _how(word, other)))
            elif near := own.get(other.text):
                possible.append((near.nearness, i, j, near.how))
            elif word.written == other.written:
                possible.append((1.0, i, j, ""))
    possible.sort(key=lambda found: -found[0])
    pairs: list[Pair] = []
    free_asked, free_listed = dict.fromkeys(range(len(asked))), dict.fromkeys(range(len(listed)))
    fuzzy: list[tuple[float, int, int, str]] = []
    for found in possible:
        nearness, i, j, how = found
        if nearness < 0.99:
            fuzzy.append(found)
        elif i in free_asked and j in free_listed:
            del free_asked[i], free_listed[j]
            weight = (asked_weights[i] + listed_weights[j]) / 2
            pairs.append(Pair(asked[i].written, listed[j].written, nearness, how, weight))
    # Words that are only written apart or together match wholly, so they go before slips of the pen.
    if free_asked and free_listed and (len(free_asked) > 1 or len(free_listed) > 1):
        _join(asked, asked_weights, listed, listed_weights, free_asked, free_listed, pairs)
    for nearness, i, j, how in fuzzy:
        if i in free_asked and j in free_listed:
            del free_asked[i], free_listed[j]
            pairs.append(Pair(asked[i].written, listed[j].written, nearness, how, listed_weights[j]))
    if free_asked and free_listed:
        _shorten(asked, listed, listed_weights, free_asked, free_listed, pairs)
    return pairs, list(free_asked), list(free_listed)


def _shorten(
    asked: Sequence[Word], listed: Sequence[Word], listed_weights: Sequence[float],
    free_asked: dict[int, None], free_listed: dict[int, None], pairs: list[Pair],
) -> None:  # fmt: skip
    """Match a word with one that it is the beginning of: a common word cut off, an initial of a further name."""
    for i in list(free_asked):
        word = asked[i].written
        for j in free_listed:
            other = listed[j].written
            if len(word) == 1 and listed[j].kind == "name" and other.startswith(word) and len(pairs) > 0:
                pairs.append(Pair(word, other, 0.9, "initial", 0.4 * listed_weights[j]))
            elif len(word) == 1 or not (
                len(word) > 2 and len(other) > len(word) + 1
                and (other.startswith(word) or listed[j].text.startswith(word))
                and (listed[j].kind == "generic" or (len(word) > 4 and listed[j].kind == "place"))
            ):  # fmt: skip
                continue
            else:
                pairs.append(Pair(word, other, 0.9, "cut short", listed_weights[j]))
            del free_asked[i], free_listed[j]
            break


def _how(word: Word, other: Word) -> str:
    if word.written == other.written:
        return ""
    return {"form": "same legal form", "place": "same place", "number": "same number"}.get(
        other.kind, "same word of the trade"
    )


def _join(
    asked: Sequence[Word], asked_weights: Sequence[float], listed: Sequence[Word], listed_weights: Sequence[float],
    free_asked: dict[int, None], free_listed: dict[int, None], pairs: list[Pair],
) -> None:  # fmt: skip
    """Match one word with several neighbours that are written apart, or with their initials."""
    for one, one_weights, many, many_weights, free_one, free_many, is_asked in (
        (asked, asked_weights, listed, listed_weights, free_asked, free_listed, True),
        (listed, listed_weights, asked, asked_weights, free_listed, free_asked, False),
    ):
        for at in list(free_one):
            word = one[at].written
            if len(word) < 3:
                continue
            run = _run(word, many, free_many)
            if run is None:
                continue
            positions, nearness, how = run
            weight = sum(many_weights[p] for p in positions) / len(positions)
            weight = max(weight, one_weights[at])
            together = " ".join(many[p].written for p in positions)
            pairs.append(
                Pair(word, together, nearness, how, weight) if is_asked
                else Pair(together, word, nearness, how, weight)
            )  # fmt: skip
            del free_one[at]
            for p in positions:
                del free_many[p]


def _run(word: str, many: Sequence[Word], free: dict[int, None]) -> tuple[list[int], float, str] | None:
    """Return the neighbours that make a word when they are written together, or whose initials it is."""
    length = len(word)
    for start in free:
        joint = many[start].written
        if len(joint) >= length or not word.startswith(joint):
            continue
        positions = [start]
        for at in range(start + 1, min(start + 5, len(many))):
            if at not in free:
                break
            joint += many[at].written
            positions.append(at)
            if joint == word:
                return positions, 0.98, "written together"
            if not word.startswith(joint):
                break
    if 3 <= length <= 6 and length <= len(free):
        for start in free:
            if many[start].written[0] == word[0]:
                positions = list(range(start, start + length))
                if all(
                    at in free and many[at].written[0] == letter
                    for at, letter in zip(positions, word, strict=True)
                ):
                    return positions, 0.85, "initials"
    return None

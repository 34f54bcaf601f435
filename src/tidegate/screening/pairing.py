"""Which words of two names belong together: the same, slips of the pen, written apart, shortened, initials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tidegate.screening.words import Word

__all__ = ["Near", "Pair", "cut_off", "pairs_of"]

_FIELD = 25
"""Letters of a name from which on a field may have cut it off; the narrowest in use have 28 to 35."""


class Near(NamedTuple):
    """A listed word that a word of the query may be. how: in what way; empty where it is the same."""

    nearness: float
    how: str


class Pair(NamedTuple):
    """Two words that match. weight: of the pair."""

    asked: str
    listed: str
    nearness: float
    how: str
    weight: float


def pairs_of(
    asked: Sequence[Word],
    asked_weights: Sequence[float],
    nears: Sequence[Mapping[str, Near]],
    listed: Sequence[Word],
    listed_weights: Sequence[float],
    person: bool,
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
        _join(
            asked, asked_weights, listed, listed_weights, free_asked, free_listed, pairs, 2 if person else 3
        )
    for nearness, i, j, how in fuzzy:
        if i in free_asked and j in free_listed:
            del free_asked[i], free_listed[j]
            pairs.append(Pair(asked[i].written, listed[j].written, nearness, how, listed_weights[j]))
    if free_asked and free_listed:
        _shorten(asked, listed, listed_weights, free_asked, free_listed, pairs)
    return pairs, list(free_asked), list(free_listed)


def cut_off(
    asked: Sequence[Word], listed: Sequence[Word], listed_weights: Sequence[float], pairs: list[Pair],
    asked_rest: list[int], listed_rest: list[int],
) -> int:  # fmt: skip
    """Return from which listed word on a query that was cut off by a narrow field says nothing; else beyond the last.

    It is cut off where it is long, its last word is the beginning of a listed one, and what comes before that is matched.
    """
    last = len(asked) - 1
    if asked_rest not in ([], [last]) or last < 2 or sum(len(word.written) + 1 for word in asked) < _FIELD:
        return len(listed)
    # What is left has to say who is meant.
    if all(word.kind not in ("name", "number") for word in asked[:-1]):
        return len(listed)
    if not asked_rest:
        ends = [at for at, word in enumerate(listed) if word.written == asked[last].written]
        return ends[0] + 1 if ends and all(at > ends[0] for at in listed_rest) else len(listed)
    for at in listed_rest:
        if listed[at].written.startswith(asked[last].written) and at == listed_rest[0]:
            pairs.append(Pair(asked[last].written, listed[at].written, 0.9, "cut short", listed_weights[at]))
            asked_rest.clear()
            listed_rest.remove(at)
            return at + 1
    return len(listed)


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
    free_asked: dict[int, None], free_listed: dict[int, None], pairs: list[Pair], least: int,
) -> None:  # fmt: skip
    """Match one word with several neighbours that are written apart, or with their initials."""
    for one, one_weights, many, many_weights, free_one, free_many, is_asked in (
        (asked, asked_weights, listed, listed_weights, free_asked, free_listed, True),
        (listed, listed_weights, asked, asked_weights, free_listed, free_asked, False),
    ):
        for at in list(free_one):
            word = one[at].written
            if len(word) < least:
                continue
            run = _run(word, many, free_many, least)
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


def _run(
    word: str, many: Sequence[Word], free: dict[int, None], least: int
) -> tuple[list[int], float, str] | None:
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
    if least <= length <= 6 and length <= len(free):
        for start in free:
            if many[start].written[0] == word[0]:
                positions = list(range(start, start + length))
                if all(
                    at in free and many[at].written[0] == letter
                    for at, letter in zip(positions, word, strict=True)
                ):
                    return positions, 0.85, "initials"
    return None

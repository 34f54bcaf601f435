"""How near two words are: slips of the pen, other ways of romanising, shortenings."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from tidegate.screening.words import is_pinyin

__all__ = ["nearness", "skeleton", "sound_alike"]

_CONSONANTS = (
    ("dzh", "j"), ("shch", "S"), ("sch", "S"), ("tch", "C"), ("ch", "C"), ("sh", "S"), ("zh", "z"), ("kh", "h"),
    ("gh", "g"), ("ph", "f"), ("th", "t"), ("ts", "C"), ("tz", "C"), ("cz", "C"), ("dj", "j"), ("x", "ks"), ("c", "k"),
    ("q", "k"), ("w", "v"),
)  # fmt: skip
_VOWELS = re.compile("[aeiouy]+")
_DOUBLE = re.compile(r"(.)\1+")
_PINYIN_TWINS = (("ng", "n"), ("zh", "z"), ("ch", "c"), ("sh", "s"), ("ue", "ve"))


@lru_cache(maxsize=400_000)
def skeleton(word: str) -> str:
    """Return the consonants of a word, the same for most ways of romanising one name.

    >>> skeleton("Yevgeniy".lower()) == skeleton("evgeny"), skeleton("muhammad") == skeleton("mohamed")
    (True, True)
    """
    for written, sound in _CONSONANTS:
        if written in word:
            word = word.replace(written, sound)
    return _DOUBLE.sub(r"\1", _VOWELS.sub("", word)).lower()


_RESPELT = str.maketrans({"c": "k", "q": "k", "w": "v", "y": "i", "j": "i"})


def sound_alike(one: str, other: str) -> float:
    """Return how alike two words are that have the same consonants, 0 to 1; letters that stand for one sound are one."""
    return float(JaroWinkler.similarity(one.translate(_RESPELT), other.translate(_RESPELT)))


@lru_cache(maxsize=400_000)
def nearness(asked: str, listed: str, chinese: bool = True) -> tuple[float, str]:
    """Return how near two different words of names are, 0 to 1, and in what way.

    chinese: whether the listed one may be Chinese. Two such words that both read as Chinese syllables are two names,
    however few letters tell them apart, unless they are those that romanisations confuse (n and ng, z and zh).
    """
    longest = max(len(asked), len(listed))
    shortest = min(len(asked), len(listed))
    if shortest < 3 or not (asked.isalpha() and listed.isalpha()):
        return 0.0, ""
    edits = OSA.distance(asked, listed, score_cutoff=3)
    same_sound = shortest > 3 and len(skeleton(asked)) > 2 and skeleton(asked) == skeleton(listed)
    if chinese and is_pinyin(asked) and is_pinyin(listed) and longest > 3:
        if _twin(asked) == _twin(listed):
            return 0.9, "sounds alike"
        if edits == 1 and longest > 9:
            return 0.8, "a letter differs"
        if edits == 1 and longest > 5:
            return 0.6 if longest > 7 else 0.45, "another Chinese name by one letter"
        return 0.0, ""
    allowed = 0 if longest < 4 else 1 if longest < 8 else 2 if longest < 13 else 3
    if edits <= allowed:
        same_start = asked[0] == listed[0]
        cost = (1.25 if longest < 6 else 1.0) * edits / longest + (0.0 if same_start else 0.06)
        # Letters swapped or left out keep the letters; one letter for another is more often another name.
        if len(asked) == len(listed) and sorted(asked) != sorted(listed):
            cost += 0.04
        return max(0.0, 1.0 - 0.8 * cost), "a letter differs" if edits == 1 else "letters differ"
    if same_sound:
        near = sound_alike(asked, listed)
        if near > (0.84 if len(skeleton(asked)) > 3 else 0.9):
            return 0.55 + 0.4 * near, "sounds alike"
    return 0.0, ""


@lru_cache(maxsize=100_000)
def _twin(word: str) -> str:
    for written, other in _PINYIN_TWINS:
        word = word.replace(written, other)
    return word

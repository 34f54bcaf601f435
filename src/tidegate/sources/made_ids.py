"""Ids for the entries of lists that give none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

__all__ = ["made_ids"]

_NOT_LATIN = re.compile(r"[^a-z0-9]+")
_NOT_LETTERS = re.compile(r"[\W_]+")


def made_ids(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield an id for each pair of list code and name, in order.

    The code, a colon and the Latin letters and digits of the name with hyphens between; the letters of any script
    where it has no Latin ones; -2, -3 behind a second and third of that name on that list.

    >>> list(made_ids([("EL", "Jotrin Electronics Ltd."), ("EL", "JOTRIN Electronics Ltd"), ("EL", "浪潮集团")]))
    ['EL:jotrin-electronics-ltd', 'EL:jotrin-electronics-ltd-2', 'EL:浪潮集团']
    """
    met: Counter[str] = Counter()
    given: set[str] = set()
    for code, name in names:
        folded = name.lower()
        slug = _NOT_LATIN.sub("-", folded).strip("-") or _NOT_LETTERS.sub("-", folded).strip("-") or "unnamed"
        base = f"{code}:{slug}"
        met[base] += 1
        made = base if met[base] == 1 else f"{base}-{met[base]}"
        while made in given:  # a name that ends in -2 of its own
            met[base] += 1
            made = f"{base}-{met[base]}"
        given.add(made)
        yield made

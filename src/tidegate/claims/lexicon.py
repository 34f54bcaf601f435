"""Word lists kept as data files, compiled into patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from tidegate import data
from tidegate.records import read_yaml_fast

__all__ = ["lexicon"]


@cache
def lexicon(name: str) -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of `data/vocabulary/<name>.yaml`, one for each key.

    An entry is matched without regard to case and as a whole word; one that ends in '*' at the start
    of a word.
    """
    words: Mapping[str, list[str]] = read_yaml_fast(data.VOCABULARY / f"{name}.yaml")
    return {key: _pattern(entries) for key, entries in words.items()}


def _pattern(entries: Iterable[str]) -> re.Pattern[str]:
    parts = [
        re.escape(entry.rstrip("*")) + (r"\w*" if entry.endswith("*") else r"(?!\w)") for entry in entries
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})", re.IGNORECASE)

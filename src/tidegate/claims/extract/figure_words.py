"""The words of figures: `data/vocabulary/figures.yaml`, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from tidegate import data
from tidegate.records import read_yaml_fast

__all__ = ["pattern", "words"]


@cache
def words() -> Mapping[str, Any]:
    """Return the vocabulary as it stands in the file."""
    vocabulary: Mapping[str, Any] = read_yaml_fast(data.VOCABULARY / "figures.yaml")
    return vocabulary


@cache
def pattern(key: str) -> re.Pattern[str]:
    """Return the pattern of one key of the vocabulary: whole words, in any case."""
    return re.compile(rf"(?<![\w]){_group(words()[key])}(?!\w)", re.IGNORECASE)


def _group(alternatives: str) -> str:
    return f"(?:{alternatives})"

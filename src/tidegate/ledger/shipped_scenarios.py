"""The scenarios that ship with tidegate, each as it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tidegate.data import SCENARIOS
from tidegate.records import read_yaml_text_records

__all__ = ["ShippedScenario", "shipped_scenarios"]


@dataclass(frozen=True, slots=True)
class ShippedScenario:
    """One scenario. name: of its file. about: the comment that it begins with. text: the YAML."""

    name: str
    title: str
    about: str
    text: str


@lru_cache(maxsize=1)
def shipped_scenarios() -> Mapping[str, ShippedScenario]:
    """Return the shipped scenarios by name.

    >>> shipped_scenarios()["eda-letters-stay"].title
    'The letters on design software stay'
    """
    found = {}
    for path in sorted(SCENARIOS.glob("*.yaml")):
        text = path.read_text("utf-8")
        [record] = read_yaml_text_records(text, path.name)
        lines = text.splitlines()
        end = next(place for place, line in enumerate(lines) if not line.startswith("#"))
        about = " ".join(line.removeprefix("#").strip() for line in lines[:end])
        found[path.stem] = ShippedScenario(path.stem, str(record.data["title"]), about, text)
    return found

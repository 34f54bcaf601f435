"""Where the shipped ledger and catalog lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["BARGAINS", "CATALOG", "LEDGER", "VOCABULARY"]

_HERE = Path(__file__).parent

LEDGER = _HERE / "ledger"
"""One YAML file a measure, a folder a jurisdiction, and `about.yaml`."""

CATALOG = _HERE / "catalog"
VOCABULARY = _HERE / "vocabulary"
BARGAINS = _HERE / "bargains.yaml"

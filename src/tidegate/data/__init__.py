"""Where the shipped ledger, catalog and calibration lie."""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "BARGAINS",
    "BASKET",
    "CATALOG",
    "DESK",
    "GAMES",
    "LEDGER",
    "LISTED",
    "MARKETS",
    "SCENARIOS",
    "SCREENING",
    "SUPPLY",
    "TILES",
    "TRADE",
    "VOCABULARY",
]

_HERE = Path(__file__).parent

LEDGER = _HERE / "ledger"
"""One YAML file a measure, a folder a jurisdiction, and `about.yaml`."""

CATALOG = _HERE / "catalog"
VOCABULARY = _HERE / "vocabulary"
BARGAINS = _HERE / "bargains.yaml"

SCREENING = _HERE / "screening"
"""Words that names of companies are made of: legal forms, words of trades, places, numbers."""

BASKET = _HERE / "basket.yaml"
"""The transactions that the tide gauge asks of the law, month by month."""

LISTED = _HERE / "listed_parties.csv"
"""The parties that measures of the shipped ledger put on a list, made from it by `make docs`."""

SUPPLY = _HERE / "supply"
"""The base year of the supply network: goods, suppliers, demand, parameters, cycle, anchors and totals, as CSV."""

MARKETS = _HERE / "markets"
"""Stock exchanges by the ending of a ticker, the clock of each government, revenue by geography, what companies
stated, and who buys what they sell. No prices."""

TRADE = _HERE / "trade"
"""Codes of countries in trade statistics that are not those of ISO 3166-1, as CSV."""

TILES = _HERE / "tiles.txt"
"""Where each country stands on a map of tiles."""

SCENARIOS = _HERE / "scenarios"
"""Scenarios that ship as examples, one YAML file each."""

GAMES = _HERE / "games"
"""Bargaining games that ship as examples, one YAML file each."""

DESK = _HERE / "desk"
"""The story that the reading desk shows where there is no store, and its claims as the local reader finds them."""

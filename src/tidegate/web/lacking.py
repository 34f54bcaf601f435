"""What a site has to be started with before its pages on markets can answer, in a sentence."""

from __future__ import annotations

from tidegate.web.question import Site

__all__ = ["MARKETS", "NO_FLOWS", "NO_PRICES", "no_flows", "no_prices"]

MARKETS = "Markets"
"""The entry of the menu that stands for these pages."""

NO_PRICES = (
    "No prices ship with the program. Start it with --prices FILE; docs/study.md says how a file may look."
)
NO_FLOWS = "No trade flows ship with the program. Start it with --flows FILE; docs/flows.md says how a file may look."


def no_prices(site: Site) -> str:
    """Return what is told where no prices were brought; empty where they were."""
    return "" if site.brought is not None and site.brought.prices is not None else NO_PRICES


def no_flows(site: Site) -> str:
    """Return what is told where no trade flows were brought; empty where they were."""
    return "" if site.brought is not None and site.brought.flows is not None else NO_FLOWS

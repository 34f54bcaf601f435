"""The nouns of the ledger: countries and groups, items, parties."""

from tidegate.catalog.catalog import Catalog, Kind, Name
from tidegate.catalog.load import load_catalog
from tidegate.catalog.model import Country, Group, Item, Party

__all__ = ["Catalog", "Country", "Group", "Item", "Kind", "Name", "Party", "load_catalog"]

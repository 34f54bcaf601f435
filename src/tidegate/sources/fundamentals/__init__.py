"""Company figures with the day each was filed, from files that the user brings: CSV, Parquet, or SEC company facts."""

from tidegate.sources.fundamentals.model import Fact, Fundamentals
from tidegate.sources.fundamentals.read import read_fundamentals

__all__ = ["Fact", "Fundamentals", "read_fundamentals"]

"""The record: measures, their stages and dates, and what follows from them."""

from tidegate.ledger.ledger import Ledger
from tidegate.ledger.load import load_ledger
from tidegate.ledger.model import Entry, Measure, Stage
from tidegate.ledger.regime import Regime, Standing

__all__ = ["Entry", "Ledger", "Measure", "Regime", "Stage", "Standing", "load_ledger"]

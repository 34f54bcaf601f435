"""A dated, sourced ledger of chip export controls, and answers computed from it.

>>> import tidegate
>>> ledger = tidegate.load_ledger()
>>> ledger.on("2025-06-15")["us-2025-05-23-eda-letters"].stage.value
'in_force'
"""

from tidegate.catalog import load_catalog
from tidegate.ledger import Ledger, Measure, Regime, Stage, load_ledger

__all__ = ["Ledger", "Measure", "Regime", "Stage", "__version__", "load_catalog", "load_ledger"]

__version__ = "0.1.0"

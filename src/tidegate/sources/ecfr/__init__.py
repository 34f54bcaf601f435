"""The US Commerce Control List, its Country Chart and Country Groups, from the official eCFR files."""

from tidegate.sources.ecfr.control_list import ControlList, read_control_list
from tidegate.sources.ecfr.files import EcfrError
from tidegate.sources.ecfr.model import Control, Entry, Places, Row
from tidegate.sources.ecfr.need import ChartNeed, Finding
from tidegate.sources.ecfr.paragraphs import Scope

__all__ = [
    "ChartNeed",
    "Control",
    "ControlList",
    "EcfrError",
    "Entry",
    "Finding",
    "Places",
    "Row",
    "Scope",
    "read_control_list",
]

"""Trade between countries by month or year, from files that the user brings: UN Comtrade, BACI, US Census,
Taiwan's customs, or plain tables.
"""

from tidegate.sources.flows.model import Flows, FlowSource
from tidegate.sources.flows.read import read_flows

__all__ = ["FlowSource", "Flows", "read_flows"]

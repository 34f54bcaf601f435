"""Where trade flows round a control: third countries whose trade rises beyond expectation on both legs."""

from tidegate.diversion.control import Control, control_of
from tidegate.diversion.tracing import Trace, trace

__all__ = ["Control", "Trace", "control_of", "trace"]

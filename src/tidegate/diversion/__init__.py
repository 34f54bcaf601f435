"""Where trade flows round a control: third countries whose trade rises beyond expectation on both legs."""

from tidegate.diversion.control import Control, control_of
from tidegate.diversion.inputs import codes_for, trace_files
from tidegate.diversion.tracing import Trace, trace

__all__ = ["Control", "Trace", "codes_for", "control_of", "trace", "trace_files"]

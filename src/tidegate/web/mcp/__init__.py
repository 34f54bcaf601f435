"""The questions of the site as tools of the Model Context Protocol, with three more that have no address."""

from tidegate.web.mcp.answers import Paging, enveloped
from tidegate.web.mcp.tools import Tool, tools

__all__ = ["Paging", "Tool", "enveloped", "tools"]

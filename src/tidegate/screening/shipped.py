"""The list that ships."""

from __future__ import annotations

from tidegate.errors import BadInputError
from tidegate.sources.listing import PartyList

__all__ = ["shipped_list"]


def shipped_list() -> PartyList:
    """Return the list that ships. Raises: BadInputError: while none does."""
    raise BadInputError("No list ships with this version. Give one: --list FILE.")

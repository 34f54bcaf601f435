"""What goes wrong with a store."""

from __future__ import annotations

from tidegate.errors import BadInputError

__all__ = ["OvertakenError", "StoreError"]


class StoreError(BadInputError):
    """A store cannot be opened, read or written; the message names it without its password."""


class StoreDownError(StoreError):
    """The database does not do what is asked of it: it is away, locked or full. Whoever asked did nothing wrong."""


class OvertakenError(BadInputError):
    """Somebody decided about the same thing in between."""

"""The codes that a trace is asked with."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate.diversion.control import Control
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger

__all__ = ["codes_for"]


def codes_for(ledger: Ledger, control: Control, asked: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the HS codes to trace, and what is to be said of them.

    asked: codes given by the user; without, those of the measure. Raises: BadInputError: if none follows.
    """
    if asked:
        return tuple(asked), []
    raise BadInputError(
        "No code follows from the control. Name the HS codes of the good: --hs 854231,854232."
    )

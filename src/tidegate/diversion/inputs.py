"""The codes that a trace is asked with: given, or those of the measure."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate.diversion.control import Control
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.ledger.hs import hs_codes

__all__ = ["codes_for"]


def codes_for(
    ledger: Ledger, control: Control, asked: Sequence[str] = ()
) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Return the HS codes to trace, and what is to be said of each: what else a basket holds.

    Goods without a code stand under ''. asked: codes given by the user; without, those that the measure touched on the
    day of the control. Raises: BadInputError: if none follows.
    """
    if control.measure is None:
        if not asked:
            raise BadInputError(
                "No code follows from a day alone. Name the HS codes of the good: --hs 854231."
            )
        return tuple(asked), {}
    found = hs_codes(ledger[control.measure], control.since)
    if not asked and not found.hs:
        why = "; ".join(found.unknown)
        raise BadInputError(f"{control.measure}: {why}. Name the HS codes of the good: --hs 854231.")
    codes = tuple(asked) or found.hs
    notes: dict[str, list[str]] = {}
    for code in dict.fromkeys(one.code for one in found.codes):
        if code.is_basket and code.nomenclature == "HS":
            notes.setdefault(code.code, []).append(
                f"{code.code} is a basket: it also holds {code.holds_also}."
            )
    if not asked and found.unknown:
        notes[""] = [f"without a code: {why}." for why in found.unknown]
    return codes, notes

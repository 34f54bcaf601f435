"""A trace from files: the control and the codes of a measure, and the flows that matter to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tidegate.diversion.control import Control, control_of
from tidegate.diversion.places import countries
from tidegate.diversion.tracing import Trace, trace
from tidegate.errors import BadInputError, need_extra
from tidegate.ledger import Ledger
from tidegate.ledger.hs import hs_codes
from tidegate.sources.flows import read_flows

__all__ = ["codes_for", "trace_files"]


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


def trace_files(
    ledger: Ledger,
    paths: Sequence[str | Path],
    measure: str | None = None,
    *,
    controller: Sequence[str] = (),
    target: Sequence[str] = (),
    hs: Sequence[str] = (),
    hubs: Sequence[str] = (),
    since: str | None = None,
    known_by: str | None = None,
    reporter: str | None = None,
    flow: str | None = None,
    currency: str | None = None,
    unit: str | None = None,
    lists_all: bool = False,
    **choices: Any,  # noqa: ANN401
) -> Trace:
    """Return the trace of a measure, or of a day, over trade files: what the command and the pages show.

    measure, controller, target, since, known_by: as for `control_of`. hs: as for `codes_for`. hubs: names or codes of
    the countries asked about; none: all. reporter to lists_all: as for `sources.flows.read_flows`. choices: as for
    `trace`. Raises: as these do.
    """
    need_extra("diversion", "polars", "ruptures", "scipy")
    control = control_of(
        ledger, measure, controller=controller, target=target, since=since, known_by=known_by
    )
    codes, notes = codes_for(ledger, control, hs)
    asked = countries(hubs, "--hub")
    flows = read_flows(
        list(paths), hs=codes, reporter=reporter, flow=flow, currency=currency, unit=unit, lists_all=lists_all
    )
    return trace(flows, control, codes, hubs=asked or None, notes=notes, **choices)

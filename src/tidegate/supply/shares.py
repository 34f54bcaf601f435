"""How each base flow splits under the measures of a quarter: free, licensed, detoured, walled off.

Draws do not enter here, so this is done once for a run. Of a flow, the buyer's government keeps out a share B. Of
the rest, `stop` S and `cap` C leave allowed = min(1 - S, C / demand multiplier); of what is allowed a share needs a
licence. What is not allowed goes round through a hub if the good can, and is walled off if not. A licence that takes
d quarters leaves a gap when the duty to have one begins: what was first asked for less than d quarters ago is not
there yet, and is walled off for that time. Users ask for a part of it again, and that comes late (`stocks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.arrays import GoodBase
    from tidegate.supply.wedges_model import Bite, Wedges

__all__ = ["Split", "split_flows"]


@dataclass(frozen=True, slots=True)
class Split:
    """One good over the run; arrays of shape (quarters, suppliers, buyers).

    free, licensed, detoured, walled: shares, adding to 1. delay: quarters a licence takes. tariff, cut: rates.
    waiting: the part of walled that waits for its first licence. late: what waited before and comes now.
    held: share that the makers' governments hold, with a licence or without one.
    hazard: perceived probability of a cut-off, of the exposed share. touched: (quarters,) whether anything bites.
    clock: (quarters,) quarters since the good was first controlled; -1 before.
    payees: (country, bite) of each tariff and cut of revenue.
    """

    free: NDArray[np.float64]
    licensed: NDArray[np.float64]
    detoured: NDArray[np.float64]
    walled: NDArray[np.float64]
    delay: NDArray[np.float64]
    waiting: NDArray[np.float64]
    late: NDArray[np.float64]
    held: NDArray[np.float64]
    tariff: NDArray[np.float64]
    cut: NDArray[np.float64]
    hazard: NDArray[np.float64]
    exposed: NDArray[np.float64]
    touched: NDArray[np.bool_]
    clock: NDArray[np.int_]
    payees: tuple[tuple[str, Bite], ...]


def split_flows(
    base: GoodBase, wedges: Wedges, demand: NDArray[np.float64], *, detours: bool = True
) -> Split:
    """Return how the flows of a good split in each quarter. demand: (quarters, buyers) multiplier of the outlay.

    detours: False walls off what would go round.
    """
    import numpy as np

    shape = (len(wedges.quarters), len(base.suppliers), len(base.outlay))
    held: dict[str, NDArray[np.float64]] = {}
    for channel, start, join in (
        ("stop", 0.0, np.maximum),
        ("ban", 0.0, np.maximum),
        ("licence", 0.0, np.maximum),
        ("delay", 0.0, np.maximum),
        ("cap", np.inf, np.minimum),
        ("tariff", 0.0, np.add),
        ("revenue_cut", 0.0, np.add),
        ("hazard", 0.0, lambda one, other: 1 - (1 - one) * (1 - other)),
        ("exposure", 0.0, np.maximum),
    ):
        parts: dict[str, NDArray[np.float64]] = {}
        for bite in wedges.bites:
            if bite.good == base.good.id and bite.channel == channel:
                # Only shares of the flow have parts: elsewhere all bites lie on one.
                part = bite.part if channel in ("stop", "ban", "licence") else ""
                before = parts.get(part, np.full(shape, start))
                parts[part] = join(before, np.broadcast_to(bite.values, shape))
        held[channel] = (
            np.minimum(1, sum(parts.values()))
            if len(parts) > 1
            else parts.get("", next(iter(parts.values()), np.full(shape, start)))
        )
    allowed = np.minimum(1 - held["stop"], held["cap"] / demand[:, None, :])
    asked = np.minimum(held["licence"], allowed)
    already = wedges.age.get(base.good.id, 0) > 0
    enters = 1 - held["ban"]
    waiting = enters * np.maximum(0, asked - _earlier(asked, held["delay"], already))
    blocked = enters * (1 - allowed)
    detoured = blocked if detours and base.good.can_detour else np.zeros(shape)
    walled = held["ban"] + waiting + (blocked - detoured)
    licensed = np.maximum(0, enters * asked - waiting)
    free = np.maximum(0, 1 - walled - detoured - licensed)
    bites = (free < 1) | (held["tariff"] > 0) | (held["revenue_cut"] > 0)
    touched = bites.any(axis=(1, 2))
    payees = tuple((b.payee, b) for b in wedges.bites if b.good == base.good.id and b.payee is not None)
    return Split(
        free,
        licensed,
        detoured,
        walled,
        held["delay"],
        waiting,
        _earlier(waiting, held["delay"], already=False),
        np.minimum(1, held["stop"] + asked),
        held["tariff"],
        np.minimum(held["revenue_cut"], 0.99),
        held["hazard"],
        held["exposure"] if held["exposure"].any() else np.ones(shape),
        touched,
        _clock(touched, wedges.age.get(base.good.id, 0)),
        payees,
    )


def _earlier(asked: NDArray[np.float64], delay: NDArray[np.float64], already: bool) -> NDArray[np.float64]:
    """What was asked for `delay` quarters before each quarter, between quarters in a straight line.

    Before the run: what is asked for in its first quarter if the control is older than the run, else nothing.
    """
    import numpy as np

    quarters = len(asked)
    when = np.arange(quarters)[:, None, None] - delay
    before = asked[:1] if already else np.zeros_like(asked[:1])
    padded = np.concatenate([before, asked])
    low = np.floor(when).astype(int)
    part = when - low
    at = np.take_along_axis(padded, np.clip(low + 1, 0, quarters), axis=0)
    after = np.take_along_axis(padded, np.clip(low + 2, 0, quarters), axis=0)
    return np.asarray((1 - part) * at + part * after)


def _clock(touched: NDArray[np.bool_], age: int) -> NDArray[np.int_]:
    """Quarters since the first control: -1 before, 0 in its first quarter; `age` in the first quarter of the run."""
    import numpy as np

    quarters = np.arange(len(touched))
    if age > 0:
        return quarters + age
    first = int(np.argmax(touched)) if touched.any() else len(touched)
    return np.where(quarters >= first, quarters - first, -1)

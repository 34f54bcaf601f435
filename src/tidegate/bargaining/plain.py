"""A solved game as plain values, for JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tidegate.bargaining.game import told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.bargaining.solution import Solution

__all__ = ["plain"]


def plain(found: Solution) -> dict[str, Any]:
    """Return everything but the payoffs as plain values: numbers, text, lists and mappings."""
    play, form, doubt = found.play, found.one_shot, found.under_doubt
    return {
        "wants": [
            {"player": p.id, "want": w.name, "of": w.of, "weight": [w.low, w.central, w.high], "unit": w.unit,
             "source": w.source, "why": w.why}
            for p in found.game.players for w in p.wants
        ],
        "play": None if play is None or play.path is None else {
            "path": told(play.path), "payoffs": dict(play.payoffs), "robustness": play.robustness,
            "replies": [
                {"after": told(path), "reply": None if node.taken is None else told(node.choices[node.taken]),
                 "share": node.share}
                for path, node in play.nodes.items()
            ],
        },
        "equilibria": [] if form is None else [
            {"profile": dict(profile), "robustness": form.robustness(profile)} for profile in form.equilibria()
        ],
        "offers": [
            {"offer": o.move, "cost": _spread(o.cost), "gain": _spread(o.gain), "theirs": _spread(o.theirs),
             "reply": o.reply, "reply_share": o.reply_share, "taken": o.taken, "both": o.both, "both_expected": o.is_both,
             "backfires": o.backfires}
            for o in found.offers
        ],
        "regions": [
            {"offer": r.offer, "reply": r.reply, "want": r.want, "unit": r.unit, "central": r.central,
             "low": _end_of(r.low), "high": _end_of(r.high), "none": r.low is None, "within": r.within}
            for r in found.regions
        ],
        "linking": None if found.linking is None else {
            "linked": dict(found.linking.linked.profile),
            "apart": {str(d.issue): dict(d.profile) for d in found.linking.apart},
            "value": {p: _spread(v) for p, v in zip(found.game.ids, found.linking.value, strict=True)},
        },
        "holding": [
            {"issue": h.issue, "deal": dict(h.deal), "thresholds": {p: _end_of(v) for p, v in h.thresholds.items()},
             "alternating": {p: _end_of(v) for p, v in h.alternating.items()}, "holds": h.holds}
            for h in found.holding
        ],
        "adoption": [
            {"ally": a.ally, "others": list(a.others), "gain": _spread(a.gain), "adopts": a.adopts, "share": a.share}
            for a in found.adoption
        ],
        "coalitions": [
            {"members": list(c.members), "stable": c.stable, "robustness": c.robustness} for c in found.coalitions
        ],
        "doubt": None if doubt is None else {
            "paths": {t: told(path) for t, path in doubt.paths.items()}, "payoffs": dict(doubt.payoffs),
            "robustness": doubt.robustness,
        },
    }  # fmt: skip


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    import numpy as np

    from tidegate.supply.scale import BAND

    low, _, high = (float(v) for v in np.quantile(values, BAND))
    return {"expected": float(values.mean()), "low": low, "high": high}


def _end_of(value: float | None) -> float | None:
    """An end without a bound, or that is not there, is null in JSON."""
    return None if value is None or math.isinf(value) else value

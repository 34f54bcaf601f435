"""What a statistic is in the model: a row of targets turned into flows, and into the unit of the statistic.

Customs, trade bodies and firms count differently. So a level is taken from an *anchor*, the same statistic as it
was known before the start, and moved by what the model says of the change; a share is read off the flows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.errors import NotFoundError
from tidegate.supply.calibration import CLASSES, Calibration
from tidegate.supply.monthly import base_level
from tidegate.supply.shipped import Row

if TYPE_CHECKING:
    from tidegate.supply.hindcast import Target

__all__ = ["NotModelled", "Observable", "named", "observable_of"]

_TOOLS = CLASSES["tools"]
_CHIPS = (*CLASSES["chips"], "ai_chips")
_GOODS: Mapping[str, tuple[str, ...]] = {
    "wafer_fab_equipment": _TOOLS, "semi_equipment": _TOOLS, "tools": _TOOLS, "equipment": _TOOLS,
    "chips": _CHIPS, "semiconductors": _CHIPS, "memory": ("memory_chips",), "logic_chips": ("logic_chips",),
    "gallium": ("gallium_germanium",), "germanium": ("gallium_germanium",), "deposition": ("etch_deposition",),
    "dry_etch": ("etch_deposition",), "etch": ("etch_deposition",), "process_control": ("metrology",),
    "eda": ("eda_software",),
}  # fmt: skip
_GROUPS: Mapping[str, str] = {"DE": "EU", "HK": "CN", "VN": "ROW", "IN": "ROW", "TH": "ROW", "MX": "ROW"}
"""Buyers of which the network knows only the group."""

_QUANTITY_UNITS = frozenset({"t", "kt", "kg", "units", "k_units"})
_SCALE = {("kt", "t"): 1000.0, ("t", "kg"): 1000.0, ("kt", "kg"): 1e6, ("t", "kt"): 1e-3, ("kg", "t"): 1e-3}


_LOOSE = 1.5
"""Range of a partner's share in a country's trade where no statistic of the two was at hand: an assumption."""


class NotModelled(Exception):  # noqa: N818
    """Why the model has no answer to a row. Raised and caught inside the package."""


@dataclass(frozen=True, slots=True)
class Observable:
    """How a target is read off a run.

    outcomes: names of outcomes whose sum is the statistic's flow. of: names whose sum it is a share of; empty for a
    level. anchor: the level known before the start, with its period; None where the base flow itself is the level.
    scale: from the unit of the anchor, or of flows, to that of the target. by_price: flows are quantities, value
    over the makers' price. stock: a level at the end of the period and not a sum over it. months: a flow
    that licences cut by the month, read off the law and not off the quarters of a run. how: in words.
    """

    outcomes: tuple[str, ...]
    how: str
    of: tuple[str, ...] = ()
    anchor: Row | None = None
    scale: float = 1.0
    by_price: str | None = None
    stock: bool = False
    months: bool = False


def observable_of(target: Target, calibration: Calibration) -> Observable:
    """Return how a target is read off a run. Raises: NotModelled: saying why it is not."""
    reader = _READERS.get(target.metric)
    if reader is None:
        raise NotModelled(f"the model has no metric '{target.metric}'")
    return reader(replace(target, entity=named(target.entity)), calibration)


def named(entity: str) -> str:
    """Return the id of a firm by any of its names; other words as they are."""
    try:
        return load_catalog().find(entity, "country", "party")
    except NotFoundError:
        return entity


def _anchor(target: Target, calibration: Calibration, *, basis: bool = True) -> Row | None:
    rows = [
        row
        for row in calibration.anchors
        if (row["entity"], row["metric"]) == (target.entity, target.metric)
        and row["item"] in (target.item, None)
        and (row["geography"] or "") == target.geography
    ]
    if not basis or len(rows) < 2:
        return rows[0] if rows else None
    same = [row for row in rows if row["basis"] and row["basis"] in target.basis]
    return same[0] if same else rows[0]


def _goods(item: str, calibration: Calibration) -> tuple[str, ...]:
    known = {row["good"] for row in calibration.goods}
    if item in known:
        return (item,)
    if item in _GOODS:
        return _GOODS[item]
    raise NotModelled(f"'{item}' is no good of the network")


def _buyer(code: str, calibration: Calibration) -> str:
    if code in ("", "WORLD"):
        return "*"
    if code in calibration.buyer_ids:
        return code
    if code in _GROUPS:
        raise NotModelled(f"the network knows {code} only within {_GROUPS[code]}")
    raise NotModelled(f"'{code}' is no buyer of the network")


def _own_goods(target: Target, calibration: Calibration) -> tuple[str, ...]:
    """The goods of a firm: all of them, or the one it is asked of where only systems are meant."""
    sold = tuple(dict.fromkeys(r["good"] for r in calibration.suppliers if r["company"] == target.entity))
    if not sold:
        raise NotModelled(f"'{target.entity}' is no supplier of the network")
    if "system" in target.basis:
        wanted = [good for good in _goods(target.item, calibration) if good in sold]
        return tuple(wanted) or sold
    return sold


def _imports(target: Target, calibration: Calibration) -> Observable:
    goods, buyer = _goods(target.item, calibration), _buyer(target.entity, calibration)
    seller = "*" if target.geography in ("", "WORLD") else target.geography
    if buyer == "*":
        raise NotModelled("imports of the world are not a statistic of the model")
    anchor = _need(target, calibration)
    price = f"price:{goods[0]}:{seller}" if target.unit in _QUANTITY_UNITS else None
    names = tuple(f"imports:{buyer}:{good}:{seller}" for good in goods)
    return Observable(names, f"{_known(anchor)}, moved by imports", (), anchor, _scale(anchor, target), price)


def _exports(target: Target, calibration: Calibration) -> Observable:
    goods, buyer = _goods(target.item, calibration), _buyer(target.geography, calibration)
    sellers = {row["country"] for good in goods for row in calibration.of_good(good)}
    if target.entity not in sellers:
        raise NotModelled(f"'{target.entity}' sells no {target.item} in the network")
    anchor = _need(target, calibration)
    abroad = [b for b in calibration.buyer_ids if b != target.entity] if buyer == "*" else [buyer]
    names = tuple(f"sales:{target.entity}:{good}:{b}" for good in goods for b in abroad)
    material = goods[0] in CLASSES["materials"]
    price = f"price:{goods[0]}:{target.entity}" if target.unit in _QUANTITY_UNITS else None
    how = f"{_known(anchor)}, moved by " + (
        "the cycle and what licences let pass" if material else "sales abroad"
    )
    return Observable(
        names, how, (), anchor, _scale(anchor, target), None if material else price, months=material
    )


def _billings(target: Target, calibration: Calibration) -> Observable:
    goods, buyer = _goods(target.item, calibration), _buyer(target.entity, calibration)
    names = tuple(f"sales:*:{good}:{buyer}" for good in goods)
    anchor = _anchor(target, calibration)
    if anchor is None:
        return Observable(names, "flows of the network", scale=1.0)
    return Observable(names, f"{_known(anchor)}, moved by sales", (), anchor, _scale(anchor, target))


def _revenue(target: Target, calibration: Calibration) -> Observable:
    goods, buyer = _own_goods(target, calibration), _buyer(target.geography, calibration)
    names = tuple(f"sales:{target.entity}:{good}:{buyer}" for good in goods)
    anchor = _anchor(target, calibration, basis=False)
    if anchor is not None:
        return Observable(names, f"{_known(anchor)}, moved by sales", (), anchor, _scale(anchor, target))
    if target.unit != "USD_bn":
        raise NotModelled(f"no level in {target.unit} was known before the start")
    return Observable(names, "base flows of the firm, which cover its chip business as far as it is split")


def _revenue_share(target: Target, calibration: Calibration) -> Observable:
    goods, buyer = _own_goods(target, calibration), _buyer(target.geography, calibration)
    if buyer == "*":
        raise NotModelled("the share of the world in a firm's sales is one")
    names = tuple(f"sales:{target.entity}:{good}:{buyer}" for good in goods)
    whole = tuple(f"sales:{target.entity}:{good}:*" for good in goods)
    scale = 100.0 if target.unit == "percent" else 1.0
    return Observable(names, f"share of sales of {', '.join(goods)}", whole, scale=scale)


def _capacity(target: Target, calibration: Calibration) -> Observable:
    country = next(
        (r["country"] for r in calibration.suppliers if r["company"] == target.entity), target.entity
    )
    if country not in calibration.buyer_ids:
        raise NotModelled(f"the network has no plants of '{target.entity}'")
    anchor = _need(target, calibration)
    how = f"{_known(anchor)}, moved by the capacity of all plants in {country}"
    return Observable((f"capacity:{country}",), how, (), anchor, _scale(anchor, target), stock=True)


def _smuggled(target: Target, calibration: Calibration) -> Observable:
    goods, buyer = _goods(target.item, calibration), _buyer(target.entity, calibration)
    price = next(
        (r for r in calibration.anchors if r["metric"] == "unit_value" and r["item"] == target.item), None
    )
    if price is None or target.unit != "k_units":
        raise NotModelled(f"no price of a piece of {target.item} is at hand")
    names = tuple(f"detour:{good}:{buyer}" for good in goods)
    how = f"what goes round, at {price['value']:g} thousand USD a piece (assumed)"
    return Observable(names, how, scale=1000.0 / price["value"])


def _domestic(target: Target, calibration: Calibration) -> Observable:
    goods, buyer = _goods(target.item, calibration), _buyer(target.entity, calibration)
    names = tuple(f"sales:{target.entity}:{good}:{buyer}" for good in goods)
    whole = tuple(f"sales:*:{good}:{buyer}" for good in goods)
    return Observable(
        names, "share of own makers in purchases", whole, scale=100.0 if target.unit == "percent" else 1.0
    )


def _need(target: Target, calibration: Calibration) -> Row:
    anchor = _anchor(target, calibration) or _part_of_world(target, calibration)
    if anchor is None:
        raise NotModelled(
            f"no level of {target.metric} of {target.item} ({target.entity}, {target.geography or 'all'}) was known "
            "before the start"
        )
    return anchor


def _part_of_world(target: Target, calibration: Calibration) -> Row | None:
    """The level of trade with one partner: that with the world, by the partner's share in the flows of the network."""
    if target.metric not in ("imports", "exports") or target.geography in ("", "WORLD"):
        return None
    world = _anchor(replace(target, geography="WORLD"), calibration)
    if world is None:
        return None
    if target.metric == "imports":
        if all(row["country"] != target.geography for row in calibration.suppliers):
            return None
        kind, ends = f"imports:{target.entity}", (target.geography,)
        every: tuple[str, ...] = ("*",)
    else:
        kind, ends = f"sales:{target.entity}", (_buyer(target.geography, calibration),)
        every = tuple(buyer for buyer in calibration.buyer_ids if buyer != target.entity)
    goods = _goods(target.item, calibration)
    part, whole = (
        sum(base_level(calibration, f"{kind}:{good}:{end}") for good in goods for end in some)
        for some in (ends, every)
    )
    if not part:
        return None
    share = part / whole
    # A flow between two countries is known less well than all of them together.
    low, high = (world[end] * share * by for end, by in (("low", 1 / _LOOSE), ("high", _LOOSE)))
    moved = {"value": world["value"] * share, "low": low, "high": high, "geography": target.geography}
    moved["id"] = f"{world['id']}:{target.geography}"
    return replace(world, values={**world.values, **moved, "kind": "assumption", "verified": False})


def _known(anchor: Row) -> str:
    word = "" if anchor["verified"] else ", not verified"
    return f"{anchor['value']:g} {anchor['unit']} in {anchor['period']} ({anchor['kind']}{word})"


def _scale(anchor: Row, target: Target) -> float:
    if anchor["unit"] == target.unit:
        return 1.0
    try:
        return _SCALE[anchor["unit"], target.unit]
    except KeyError:
        raise NotModelled(
            f"the level before the start is in {anchor['unit']}, not in {target.unit}"
        ) from None


_READERS: Mapping[str, Callable[[Target, Calibration], Observable]] = {
    "imports": _imports,
    "import_units": _imports,
    "exports": _exports,
    "billings": _billings,
    "revenue": _revenue,
    "revenue_share": _revenue_share,
    "capacity": _capacity,
    "smuggled": _smuggled,
    "domestic_share": _domestic,
    "domestic_tool_share": _domestic,
}
"""How each metric is read."""

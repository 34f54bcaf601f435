"""Outcomes for readers: which tell of a good, and each in words ('China's imports of lithography tools')."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tidegate.catalog import load_catalog
from tidegate.supply.calibration import Calibration
from tidegate.supply.outcomes import KINDS, Outcome, parse_outcome
from tidegate.tables import Table

__all__ = ["headline_outcomes", "label_of", "outcome_table"]

_WITH_ARTICLE = ("NL", "US", "AE", "EU", "ROW", "GB", "PH")
_UNITS = {
    "USD_bn": "change in percent",
    "index": "change of the index",
    "log": "change in percent",
    "share": "change in percentage points",
    "quarters": "change in quarters of base use",
}
"""How an effect on a value of that unit is told."""


def headline_outcomes(calibration: Calibration, goods: Collection[str]) -> tuple[str, ...]:
    """Return the outcomes that tell of some goods: trade, makers' sales, users, plants and stocks."""
    names = [f"output:{buyer}" for buyer in ("CN", "US", "JP", "EU", "KR", "TW")] + ["capacity:CN"]
    for good in sorted(goods):
        for buyer in _buyers(calibration, good):
            names += [
                f"imports:{buyer}:{good}",
                f"domestic:{buyer}:{good}",
                f"stock:{good}:{buyer}",
                f"detour:{good}:{buyer}",
            ]
        names.append(f"sales:CN:{good}")
        firms = {row["company"] for row in calibration.of_good(good) if row["company"]}
        names += [f"sales:{firm}" for firm in sorted(firms)]
    return tuple(dict.fromkeys(names))


def _buyers(calibration: Calibration, good: str) -> tuple[str, ...]:
    """Whose supply of a good is of interest: China's, but of what China makes most of that of the others."""
    flows = calibration.network.flows[good]
    chinese = [place for place, row in enumerate(calibration.of_good(good)) if row["country"] == "CN"]
    return ("US", "EU", "JP") if flows[chinese].sum() > flows.sum() / 2 else ("CN",)


def outcome_table(calibration: Calibration, goods: Collection[str] | None = None) -> Table:
    """Return a row per headline outcome of some goods (of all, unless given), then one per kind that can be asked for."""
    every = [row["good"] for row in calibration.goods]
    rows = [
        {
            "outcome": name,
            "label": label_of(calibration, name),
            "effect_in": _UNITS[parse_outcome(name, calibration.network).unit],
        }
        for name in headline_outcomes(calibration, every if goods is None else goods)
    ]
    rows += [
        {"outcome": f"{kind}:{parts}", "label": about, "effect_in": _UNITS[unit]}
        for kind, (parts, unit, about, _) in KINDS.items()
    ]
    about = {
        "goods": every,
        "buyers": list(calibration.buyer_ids),
        "companies": sorted({row["company"] for row in calibration.suppliers if row["company"]}),
    }
    return Table(tuple(rows), ("outcome", "label", "effect_in"), about, "outcomes")


def label_of(calibration: Calibration, name: str) -> str:
    """Return an outcome in words. Raises: BadInputError: if it is not known."""
    outcome = parse_outcome(name, calibration.network)
    text = _words(calibration, outcome)
    return text[0].upper() + text[1:]


def _words(calibration: Calibration, outcome: Outcome) -> str:
    own = outcome.parts
    goods = _good(own.get("GOOD", "*"))
    buyer, country = own.get("BUYER", "*"), own.get("COUNTRY", "*")
    place = _place(calibration, buyer)
    whose = _whose(place) if buyer != "*" else "all users'"
    seller = own.get("SELLER", "*")
    by = "" if seller == "*" else f" of {_seller(calibration, seller)}"
    to = "" if buyer == "*" else f" to {place}"
    from_ = "" if seller == "*" else f" from {_seller(calibration, seller)}"
    in_ = "" if buyer == "*" else f" in {place}"
    told: Mapping[str, str] = {
        "output": f"output of chip users{in_}",
        "capacity": f"fab capacity{in_}",
        "tools": f"chip tools put to use{in_}",
        "coverage": f"service that reaches the chip tools{in_}",
        "index": f"price of {goods}{in_}, all costs in",
        "used": f"use of {goods}{in_}",
        "stock": f"stocks of {goods}{in_}",
        "outlay": f"{whose} spending on {goods}",
        "price": f"price that the makers of {goods}{by.replace(' of ', ' at ', 1)} receive",
        "sales": f"sales{by or ' of all makers'}{'' if own.get('GOOD', '*') == '*' else f', {goods}'}{to}",
        "share": f"share of {place} in the sales{by or ' of all makers'} of {goods}",
        "imports": f"{whose} imports of {goods}{from_}",
        "domestic": f"share of own makers in {whose} purchases of {goods}",
        "balance": f"{_whose(_place(calibration, country))} trade balance in {goods}",
        "detour": f"{goods} reaching {place} through third countries",
        "seized": f"{goods} seized on the way to {place}",
        "levies": f"tariffs and cuts of revenue that {_place(calibration, country)} receives",
    }
    return told[outcome.kind]


def _good(good: str) -> str:
    items = load_catalog().items
    if good == "*":
        return "all goods"
    if good == "other_tools":
        return "other chip tools"
    if good not in items:
        return good.replace("_", " ")
    name = items[good].name
    # Only the first letter of a name that is no abbreviation is made small: 'Lithography tools', but 'AI chips'.
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _place(calibration: Calibration, code: str) -> str:
    if code == "*":
        return "all countries"
    named = {row["buyer"]: row["name"] for row in calibration.buyers}
    countries = load_catalog().countries
    name = str(named.get(code) or (countries[code].name if code in countries else code))
    if code not in _WITH_ARTICLE:
        return name
    return f"the {name[0].lower() + name[1:] if code == 'ROW' else name}"


def _seller(calibration: Calibration, seller: str) -> str:
    party = load_catalog().parties.get(seller)
    if party is not None:
        return party.name
    if seller in {row["company"] for row in calibration.suppliers}:
        return seller.replace("-", " ").title()
    return f"makers in {_place(calibration, seller)}"


def _whose(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"

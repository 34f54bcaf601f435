"""Representative transactions: the lots into which each flow is cut so that the law can be asked about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.errors import BadInputError
from tidegate.records import read_yaml
from tidegate.supply.calibration import Calibration

__all__ = ["COUNTRY", "Lot", "lots_of"]

COUNTRY: Mapping[str, str] = {"EU": "DE", "ROW": "IN"}
"""The country that stands for a group of buyers in a transaction."""

_ACTIVITY = {"service": "servicing"}
_KIND = {"tool": "tool", "service": "part", "software": "software", "material": "material"}


@dataclass(frozen=True, slots=True)
class Lot:
    """A part of one flow whose shipments are alike to the law.

    good, supplier (row), buyer (column): the flow. part: name within it. share: low, central, high of the flow's
    value. facts: columns of docs/columns.md. variants: catalog items that can fill it, with the day each was first
    sold and its performance (root of computing power times interconnect; None where the catalog does not have it);
    empty where the item stands in the facts. listed_from, footnote5_from, veu_from: days from which the end user
    is on the US list, under its footnote 5, a validated end user. until: facts in place of the item before a day.
    """

    good: str
    supplier: int
    buyer: int
    part: str
    share: tuple[float, float, float]
    facts: Mapping[str, Any]
    variants: tuple[tuple[str, Day, float | None], ...] = ()
    listed_from: Day | None = None
    footnote5_from: Day | None = None
    veu_from: Day | None = None
    until: tuple[Day, Mapping[str, Any]] | None = None

    def quality(self, item: str | None, day: Day, exponent: float) -> float:
        """Return what a product is worth to the buyers of the lot beside the best one on sale, 0 to 1."""
        known = {
            name: performance
            for name, released, performance in self.variants
            if released <= day and performance
        }
        if item not in known:
            return 1.0
        return float((known[item] / max(known.values())) ** exponent)

    def transactions(self, day: Day) -> Iterator[dict[str, Any]]:
        """Yield the transactions that could fill the lot on a day, the earliest product first."""
        facts = dict(self.facts)
        if self.until is not None and day < self.until[0]:
            facts.pop("item", None)
            facts |= self.until[1]
        if self.listed_from is not None:
            facts["end_user_us_listed"] = day >= self.listed_from
        if self.footnote5_from is not None and day >= self.footnote5_from:
            facts["end_user_us_footnote"] = 5
        if self.veu_from is not None:
            facts["end_user_veu"] = day >= self.veu_from
        if not self.variants:
            yield {**facts, "date": day}
            return
        on_sale = [item for item, released, _ in self.variants if released <= day]
        for item in on_sale or [item for item, _, _ in self.variants[:1]]:
            yield {**facts, "item": item, "date": day}


def lots_of(calibration: Calibration) -> tuple[Lot, ...]:
    """Return every lot of the calibration. Raises: BadInputError: if the file names what is not known."""
    path = calibration.folder / "lots.yaml"
    data, _ = read_yaml(path)
    reader = _Reader(calibration, data, path)
    found = (*reader.tools(), *reader.others())
    reader.check(found)
    return found


class _Reader:
    def __init__(self, calibration: Calibration, data: Mapping[str, Any], path: Path) -> None:
        self.calibration, self.data, self.path = calibration, data, path
        self.stage = {row["good"]: row["stage"] for row in calibration.goods}
        self.buyers = calibration.buyer_ids
        self.catalog = load_catalog()

    def tools(self) -> Iterator[Lot]:
        """Tools and service: kinds times the plants that buy them."""
        china = self.buyers.index("CN")
        plain = {**self.data["plant_facts"], "end_user_us_listed": False}
        for kind in self.data["tools"]:
            for row, own in self._suppliers(kind):
                for plant in self.data["plants"]:
                    low, central, high = (a * b for a, b in zip(kind["share"], plant["share"], strict=True))
                    if central == 0 and high == 0:
                        continue
                    yield Lot(
                        kind["good"], row, china, f"{kind['kind']}@{plant['id']}", (low, central, high),
                        {**own, **plain, **kind["facts"], **plant["facts"]}, until=_until(kind),
                        listed_from=_day(plant.get("listed_from")), veu_from=_day(plant.get("veu_from")),
                        footnote5_from=_day(plant.get("footnote5_from")),
                    )  # fmt: skip

    def others(self) -> Iterator[Lot]:
        for lot in self.data["lots"]:
            for row, own in self._suppliers(lot):
                for column, buyer in enumerate(self.buyers):
                    country = COUNTRY.get(buyer, buyer)
                    if country == own["exporter_country"] or buyer not in lot.get("buyers", self.buyers):
                        continue
                    facts = {
                        **own, "destination": country, "end_user_headquarters": country, "end_user_us_listed": False,
                        **(self.data["material_facts"] if self.stage[lot["good"]] == "material" else {}),
                        **(self.data["chip_facts"] if lot["good"] == "ai_chips" else {}), **lot["facts"],
                    }  # fmt: skip
                    named = (
                        lot.get("variants", ())
                        if buyer == "CN"
                        else lot.get("elsewhere", lot.get("variants", ()))
                    )
                    variants = tuple((item, self._released(item), self._performance(item)) for item in named)
                    share = tuple(lot["share"])
                    yield Lot(lot["good"], row, column, lot["kind"], share, facts, variants)

    def _suppliers(self, entry: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows of the good that an entry speaks of, each with the facts of its seller."""
        rows = self.calibration.of_good(entry["good"])
        named = {
            e["company"]
            for e in (*self.data["tools"], *self.data["lots"])
            if e["good"] == entry["good"] and "company" in e
        }
        stage = self.stage[entry["good"]]
        for index, row in enumerate(rows):
            company, country = row["company"], COUNTRY.get(row["country"], row["country"])
            if "company" in entry:
                if company != entry["company"]:
                    continue
            elif company in named or entry.get("country", row["country"]) != row["country"]:
                continue
            if row["country"] == "CN" and stage != "material":
                continue
            foreign = country != "US" and stage in ("tool", "service")
            facts: dict[str, Any] = {
                "activity": _ACTIVITY.get(stage, "export"), "exporter_country": country, "origin": country,
                "exporter_headquarters": country, "destination": "CN", "us_listed_owner_share": 0.0,
                "us_content_share": 0.1 if foreign else 0.0,
            }  # fmt: skip
            if stage in _KIND:
                facts["kind"] = _KIND[stage]
            if stage in ("tool", "service"):
                facts |= {
                    "us_person": country == "US",
                    "us_technology": True,
                    "contains_us_technology_ic": True,
                }
            if company:
                name = self.data["exporters"].get(company, company)
                facts |= {"exporter": name, "seller": name}
            yield index, facts

    def _released(self, item: str) -> Day:
        """The first day of the month in which a product was first sold, as the catalog has it."""
        released = self.catalog.items[item].attributes.get("released")
        if not released:
            raise BadInputError(
                f"{self.path}: the catalog has no day of release for '{item}'. Name another item."
            )
        return dt.date.fromisoformat(f"{released}-01"[:10] if len(str(released)) > 4 else f"{released}-01-01")

    def _performance(self, item: str) -> float | None:
        own = self.catalog.items[item].attributes
        power, link = own.get("tpp"), own.get("interconnect_gb_s", 64.0)
        return (float(power) * float(link)) ** 0.5 if power else None

    def check(self, lots: tuple[Lot, ...]) -> None:
        total: dict[tuple[str, int, int], float] = {}
        for lot in lots:
            key = (lot.good, lot.supplier, lot.buyer)
            total[key] = total.get(key, 0.0) + lot.share[1]
        for key, share in total.items():
            if abs(share - 1) > 1e-6:
                good, row, column = key
                who = self.calibration.of_good(good)[row]
                raise BadInputError(
                    f"{self.path}: the lots of {good} from {who['company'] or who['country']} to "
                    f"{self.buyers[column]} add up to {share:.3f}, not to 1. Mend their shares."
                )


def _until(entry: Mapping[str, Any]) -> tuple[Day, Mapping[str, Any]] | None:
    found = entry.get("until")
    return (dt.date.fromisoformat(found["on"]), found["facts"]) if found else None


def _day(text: str | None) -> Day | None:
    return dt.date.fromisoformat(text) if text else None

"""Who controls what toward whom on a day: governments by countries by classes of goods, from the basket's decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.ledger import Ledger
from tidegate.ledger.ledger import as_day
from tidegate.licensing.basket import Basket, Deal, read_basket
from tidegate.licensing.tightness import SCORES, Hold, by_count, decide_deals, strictest_of
from tidegate.tables import Table, Tabular

__all__ = ["Cell", "ControlMap", "control_map"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one government asks of one class of goods toward one country.

    how: the strictest answer to a deal of the class (a word of `SCORES`, or 'unknown'). low, high: its score and how
    far it is open. held, deals: how many deals of the class the government holds, of how many that go there.
    measures: ids of those that decide some deal of the class, by deals they hold.
    """

    government: str
    target: str
    goods: str
    how: str
    low: float
    high: float
    held: int
    deals: int
    measures: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Return the cell as plain values."""
        return {
            "government": self.government, "target": self.target, "class": self.goods, "how": self.how,
            "low": self.low, "high": self.high, "held": self.held, "deals": self.deals,
            "measures": list(self.measures), "measures_count": len(self.measures),
        }  # fmt: skip


@dataclass(frozen=True)
class ControlMap(Tabular):
    """The matrix of a day. targets: every country asked about. held: how each deal toward each country stands.

    A government, a country and a class without a cell: the government leaves every deal of it free.
    """

    on: Day
    targets: tuple[str, ...]
    basket: Basket
    held: Mapping[tuple[str, str], Mapping[str, Hold]]
    known_by: Day | None = None
    read_to: Day | None = None
    scenario: str | None = None

    @cached_property
    def governments(self) -> tuple[str, ...]:
        """The governments that hold some deal toward some country."""
        return tuple(sorted({government for holds in self.held.values() for government in holds}))

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell in which something is held, by government, country and class."""
        return tuple(
            cell
            for government in self.governments
            for target in self.targets
            for cell in self._cells(government, target)
        )

    def cell(self, government: str, target: str, goods: str) -> Cell | None:
        """Return one cell; None where the government leaves every deal of the class free."""
        return next((cell for cell in self._cells(government, target) if cell.goods == goods), None)

    def toward(self, target: str) -> tuple[Cell, ...]:
        """Return the cells of one country."""
        return tuple(cell for cell in self.cells if cell.target == target)

    def countries(self) -> Table:
        """Return one row a country, for a map: its tightest government, how many hold something, and what.

        tightness is that of the tide gauge: the mean over classes of the mean over deals of the strictest score, the
        country's own government apart.
        """
        rows = [self._country(target) for target in self.targets]
        columns = ("target", "name", "low", "high", "governments", "classes", "measures")
        return Table(tuple(rows), columns, self.about(), rows_name="countries")

    def table(self, government: str | None = None, goods: str | None = None) -> Table:
        """Return one row a cell, of one government or class alone if they are named."""
        columns = (
            "government",
            "target",
            "class",
            "how",
            "low",
            "high",
            "held",
            "deals",
            "measures_count",
            "measures",
        )
        return Table(
            tuple(
                cell.row()
                for cell in self.cells
                if government in (None, cell.government) and goods in (None, cell.goods)
            ),
            columns, self.about(), rows_name="cells",
        )  # fmt: skip

    def about(self) -> dict[str, Any]:
        """Return the question and what the answer rests on."""
        return {
            "on": self.on.isoformat(),
            "known_by": self.known_by.isoformat() if self.known_by else None,
            "read_to": self.read_to.isoformat() if self.read_to else None,
            "scenario": self.scenario,
            "basket": Path(self.basket.path).name,
            "classes": dict(self.basket.classes),
            "governments": list(self.governments),
            "targets": len(self.targets),
            "scores": {how: list(ends) for how, ends in SCORES.items()},
        }

    def _by_class(self, target: str) -> Iterator[tuple[str, list[Deal]]]:
        deals = self.basket.toward(target)
        for goods in self.basket.classes:
            own = [deal for deal in deals if deal.goods == goods]
            if own:
                yield goods, own

    def _cells(self, government: str, target: str) -> Iterator[Cell]:
        for goods, deals in self._by_class(target):
            holds = [h for deal in deals if (h := self.held[deal.id, target].get(government)) is not None]
            if holds:
                worst = strictest_of(holds)
                ids = by_count(measure for hold in holds for measure in hold.measures)
                yield Cell(
                    government, target, goods, worst.how, worst.low, worst.high, len(holds), len(deals), ids
                )

    def score(
        self, target: str, government: str | None = None, goods: str | None = None
    ) -> tuple[float, float]:
        """Return how tight the controls toward a country are, lowest and highest, 0 to 1: of one class or all.

        government: what it alone asks; without, the strictest of all but the country's own.
        """
        low = high = 0.0
        classes = [(name, deals) for name, deals in self._by_class(target) if goods in (None, name)]
        for _, deals in classes:
            for deal in deals:
                worst = strictest_of(self._counted(deal.id, target, government).values())
                low += worst.low / len(deals) / len(classes)
                high += worst.high / len(deals) / len(classes)
        return round(low, 6), round(high, 6)

    def scores(self, government: str | None = None, goods: str | None = None) -> Table:
        """Return one row a country with its score, the tightest first."""
        names = load_catalog().countries
        rows: list[dict[str, Any]] = []
        for target in self.targets:
            low, high = self.score(target, government, goods)
            rows.append({"target": target, "name": names[target].name, "low": low, "high": high,
                         "tightness": round((low + high) / 2, 6)})  # fmt: skip
        rows.sort(key=lambda row: (-row["tightness"], row["name"]))
        about = {**self.about(), "government": government, "class": goods}
        return Table(
            tuple(rows), ("target", "name", "low", "high", "tightness"), about, rows_name="countries"
        )

    def reach(self) -> Mapping[tuple[str, str], int]:
        """Return toward how many countries a government holds some deal of a class."""
        count: dict[tuple[str, str], int] = {}
        for cell in self.cells:
            if cell.target != cell.government:
                count[cell.government, cell.goods] = count.get((cell.government, cell.goods), 0) + 1
        return count

    def _counted(self, deal: str, target: str, government: str | None = None) -> Mapping[str, Hold]:
        """What counts toward a country: what one government asks, or all but the country's own."""
        holds = self.held[deal, target]
        if government is not None:
            return {government: holds[government]} if government in holds else {}
        return {by: hold for by, hold in holds.items() if by != target}

    def _country(self, target: str) -> dict[str, Any]:
        who, what, ids = set(), [], []
        for goods, deals in self._by_class(target):
            for deal in deals:
                holds = self._counted(deal.id, target)
                who |= set(holds)
                what += [goods] if holds else []
                ids += [measure for hold in holds.values() for measure in hold.measures]
        low, high = self.score(target)
        return {
            "target": target, "name": load_catalog().countries[target].name, "low": low, "high": high,
            "governments": sorted(who), "classes": list(dict.fromkeys(what)), "measures": list(by_count(ids)),
        }  # fmt: skip


def control_map(
    ledger: Ledger,
    on: Day | str,
    targets: Iterable[str] | None = None,
    known_by: Day | str | None = None,
    basket: Basket | str | Path | None = None,
) -> ControlMap:
    """Return who controls what toward whom on a day.

    targets: countries, in anybody's words; every country of the catalog without. known_by: leave out what the public
        did not know by then. basket: a file of one's own, or one that was read; the shipped one without.
    Raises: BadInputError: if a day or the basket is not usable. NotFoundError: for an unknown country.
    """
    day, known = as_day(on), None if known_by is None else as_day(known_by)
    catalog = load_catalog()
    wanted = sorted(catalog.countries) if targets is None else [catalog.find(t, "country") for t in targets]
    countries = tuple(dict.fromkeys(wanted))
    own = basket if isinstance(basket, Basket) else read_basket(basket)

    def decided() -> Mapping[tuple[str, str], Mapping[str, Hold]]:
        asked = [(deal, target) for target in countries for deal in own.toward(target)]
        found = decide_deals(asked, ledger, [day], known)
        return {(deal, target): holds for (deal, target, _), holds in found.items()}

    shipped = own is read_basket()
    held = ledger.remembered(("map", day, countries, known), decided) if shipped else decided()
    return ControlMap(day, countries, own, held, known, ledger.read_to, ledger.scenario)

"""Exposure under a scenario beside exposure on the record: whose revenue at risk changes, and by which products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tidegate.markets.company_exposure import CompanyExposure, Exposure
from tidegate.tables import Table, Tabular

__all__ = ["ExposureChange", "Moved", "compare"]

COLUMNS = (
    "company", "name", "ticker", "before_low", "before_central", "before_high", "after_low", "after_central",
    "after_high", "change", "tightened", "eased", "share_verified", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """One company. tightened, eased: products that are held for more, or for fewer, of the buyers asked about."""

    before: CompanyExposure
    after: CompanyExposure
    tightened: tuple[str, ...]
    eased: tuple[str, ...]

    @property
    def change(self) -> float | None:
        """By how much the central estimate moves, in points of all revenue; None where one is not known."""
        was, now = self.before.at_risk, self.after.at_risk
        return None if was is None or now is None else round(now.central - was.central, 4)

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        was, now = self.before.at_risk, self.after.at_risk
        ends = ("low", "central", "high")
        return {
            "company": self.after.company, "name": self.after.name, "ticker": self.after.ticker,
            **{f"before_{end}": was and getattr(was, end) for end in ends},
            **{f"after_{end}": now and getattr(now, end) for end in ends},
            "change": self.change, "tightened": list(self.tightened), "eased": list(self.eased),
            "share_verified": self.after.share and self.after.share.verified,
            "reason": self.after.reason or self.before.reason,
        }  # fmt: skip


@dataclass(frozen=True)
class ExposureChange(Tabular):
    """Two exposures of the same day and companies, the largest change first."""

    before: Exposure
    after: Exposure
    companies: tuple[Moved, ...]

    def __iter__(self) -> Iterator[Moved]:
        return iter(self.companies)

    def table(self) -> Table:
        """Return one row a company."""
        return Table(
            tuple(one.row() for one in self.companies), COLUMNS, self.after.about(), rows_name="companies"
        )


def compare(before: Exposure, after: Exposure) -> ExposureChange:
    """Return what differs between two exposures of the same companies."""
    moved = [_moved(before[one.company], one) for one in after]
    moved.sort(key=lambda one: (one.change is None, -abs(one.change or 0.0), one.after.name))
    return ExposureChange(before, after, tuple(moved))


def _moved(before: CompanyExposure, after: CompanyExposure) -> Moved:
    was = {product.item: product.weight for product in before.products}
    both = [(product, was[product.item]) for product in after.products if product.item in was]
    return Moved(
        before,
        after,
        tuple(product.item for product, then in both if product.weight > then),
        tuple(product.item for product, then in both if product.weight < then),
    )

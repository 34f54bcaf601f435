"""Who is exposed: how much of a company's revenue in a place the measures of a day touch, with a band.

>>> from tidegate.ledger import load_ledger
>>> found = exposure(load_ledger(), on="2025-06-15", companies=["nvidia"])
>>> found["nvidia"].share.period, round(found["nvidia"].at_risk.low, 1)
('FY2026Q1', 10.4)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.catalog import Item, load_catalog
from tidegate.dates import Day
from tidegate.ledger import Ledger
from tidegate.ledger.ledger import as_day
from tidegate.licensing.tightness import by_count
from tidegate.markets.at_risk import Band, at_risk
from tidegate.markets.company_facts import CompanyFacts, Statement, load_company_facts
from tidegate.markets.customers import Customers, is_counted, on_sale, products_of, read_customers
from tidegate.markets.revenue import OLDEST, Reading, sales_of
from tidegate.markets.touched import STATES, Touched, alone, touched, why_idle
from tidegate.tables import Table, Tabular

__all__ = ["CompanyExposure", "Exposure", "exposure", "exposures"]

COLUMNS = (
    "company", "name", "ticker", "country", "risk_low", "risk_central", "risk_high", "amount_low", "amount_central",
    "amount_high", "amount_unit", "share_low", "share_high", "share_period", "share_basis", "share_verified",
    "products", *STATES, "measures", "governments", "narrowed_by", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompanyExposure:
    """One company.

    share, amount: its revenue in the place, percent of all and billions of a currency; None if unknown. beside: readings
    of its revenue in another basis or of the last year. products: each on record and on sale, and how it stands.
    everyday: what it is taken to sell beside them. left: products of which it is not known whether they were on sale.
    at_risk: percent of all revenue; amount_at_risk: in the currency of `amount`. narrowed_by: the statements that narrow
    the band. reason: why `at_risk` is None.
    """

    company: str
    name: str
    ticker: str | None
    country: str | None
    share: Reading | None
    amount: Reading | None
    beside: tuple[Reading, ...]
    products: tuple[Touched, ...]
    everyday: Touched | None
    left: tuple[str, ...]
    at_risk: Band | None
    amount_at_risk: Band | None
    narrowed_by: tuple[Statement, ...]
    statements: tuple[Statement, ...]
    reason: str | None

    def count(self, state: str) -> int:
        """Return how many products are in a state of `STATES`."""
        return sum(product.state == state for product in self.products)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that decide, by the products they hold."""
        return by_count(measure for product in self.products for measure in product.measures)

    @property
    def governments(self) -> tuple[str, ...]:
        """The governments that hold some product."""
        return tuple(sorted({by for product in self.products for by in product.governments}))

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        risk, amount, share = self.at_risk, self.amount_at_risk, self.share
        return {
            "company": self.company, "name": self.name, "ticker": self.ticker, "country": self.country,
            "risk_low": risk and risk.low, "risk_central": risk and risk.central, "risk_high": risk and risk.high,
            "amount_low": amount and amount.low, "amount_central": amount and amount.central,
            "amount_high": amount and amount.high, "amount_unit": self.amount and self.amount.unit,
            "share_low": share and share.low, "share_high": share and share.high,
            "share_period": share and share.period, "share_basis": share and share.basis,
            "share_verified": share and share.verified,
            "products": len(self.products), **{state: self.count(state) for state in STATES},
            "measures": list(self.measures), "governments": list(self.governments),
            "narrowed_by": [said.text for said in self.narrowed_by], "reason": self.reason,
            "share": share and share.row(), "amount": self.amount and self.amount.row(),
            "beside": [one.row() for one in self.beside], "left": list(self.left),
            "product_list": [product.row() for product in self.products],
            "statements": [said.row() for said in self.statements],
        }  # fmt: skip


@dataclass(frozen=True)
class Exposure(Tabular):
    """Every company asked about, the most exposed first, those of which too little is known last.

    measures: ids that alone were asked about; empty for all that bind. notes: that no company is on record; which
    measures hold nothing back on the day, and why. customers: the file of buyers.
    """

    on: Day
    known_by: Day | None
    destination: str
    companies: tuple[CompanyExposure, ...]
    measures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    government: str | None = None
    verified: bool = False
    customers: str = ""
    read_to: Day | None = None
    starts: Day | None = None
    scenario: str | None = None

    def __getitem__(self, company: str) -> CompanyExposure:
        """Return one company by its id. Raises: KeyError."""
        found = next((one for one in self.companies if one.company == company), None)
        if found is None:
            raise KeyError(company)
        return found

    def __iter__(self) -> Iterator[CompanyExposure]:
        return iter(self.companies)

    def about(self) -> dict[str, Any]:
        """Return the question and what the answer rests on."""
        return {
            "on": self.on.isoformat(), "known_by": self.known_by and self.known_by.isoformat(),
            "destination": self.destination, "measures": list(self.measures), "notes": list(self.notes),
            "government": self.government,
            "verified": self.verified, "customers": Path(self.customers).name, "scenario": self.scenario,
            "starts": self.starts and self.starts.isoformat(), "read_to": self.read_to and self.read_to.isoformat(),
            "unit": "risk and share in percent of all revenue of the company; amounts in billions of amount_unit",
            "band": "low: sales of touched products that the company stated, else 0; high: all its revenue in the place "
            "where some product is touched; central: products and buyers weigh by assumption (docs/exposure.md)",
        }  # fmt: skip

    def table(self) -> Table:
        """Return one row a company."""
        return Table(tuple(one.row() for one in self.companies), COLUMNS, self.about(), rows_name="companies")

    def product_table(self) -> Table:
        """Return one row a product."""
        columns = ("company", "item", "name", "kind", "state", "how", "buyers", "governments", "measures", "dated",
                   "verified")  # fmt: skip
        rows = tuple({"company": one.company, **p.row()} for one in self.companies for p in one.products)
        return Table(rows, columns, self.about(), rows_name="products")

    def measure_table(self) -> Table:
        """Return one row a company and measure that decides on some product of it, by the number of products."""
        rows = []
        for one in self.companies:
            for measure in one.measures:
                held = [p for p in one.products if measure in p.measures]
                rows.append({"company": one.company, "measure": measure, "touched": len(held),
                             "products": len(one.products), "items": [p.item for p in held]})  # fmt: skip
        columns = ("company", "measure", "touched", "products", "items")
        return Table(tuple(rows), columns, self.about(), rows_name="measures")


def exposure(
    ledger: Ledger,
    on: Day | str,
    *,
    companies: Iterable[str] | None = None,
    measures: str | Iterable[str] | None = None,
    government: str | None = None,
    known_by: Day | str | None = None,
    destination: str = "CN",
    verified: bool = False,
    facts: CompanyFacts | None = None,
    customers: Customers | str | Path | None = None,
) -> Exposure:
    """Return how exposed companies are to the measures of a day.

    on: legal day. Revenue is that of the newest period known by `known_by`, by `on` without. companies: in anybody's
    words; every one abroad with revenue by geography on record without. measures: ids; these alone and not all that
    bind. government: in anybody's words; its law alone. destination: where the products go to. verified: leave out
    revenue that is from memory. facts: revenue of one's own; customers: a file of buyers.
    Raises: BadInputError: if a day or a file is not usable. NotFoundError: for an unknown name or measure.
    MissingExtraError: without Arrow.
    """
    day, known = as_day(on), None if known_by is None else as_day(known_by)
    ask = {"companies": companies, "measures": measures, "government": government, "destination": destination}
    return exposures(ledger, [day], known, **ask, verified=verified, facts=facts, customers=customers)[day]  # type: ignore[arg-type]


def exposures(
    ledger: Ledger,
    days: Sequence[Day],
    known_by: Day | None = None,
    *,
    companies: Iterable[str] | None = None,
    measures: str | Iterable[str] | None = None,
    government: str | None = None,
    destination: str = "CN",
    verified: bool = False,
    facts: CompanyFacts | None = None,
    customers: Customers | str | Path | None = None,
) -> Mapping[Day, Exposure]:
    """Return `exposure` on some days, all asked of the law at once.

    known_by: of the law, for all of them; revenue is that known on each day, or by `known_by`. Raises: as `exposure`.
    """
    catalog = load_catalog()
    place = catalog.find(destination, "country")
    by = None if government is None else catalog.find(government, "country")
    facts = facts or load_company_facts()
    buyers = customers if isinstance(customers, Customers) else read_customers(customers)
    ids = tuple(dict.fromkeys([measures] if isinstance(measures, str) else measures or ()))
    for measure in ids:
        ledger[measure]
    asked = _companies(companies, facts, place)
    not_known = () if asked else (
        f"Who is exposed is unknown, because no company's revenue in {catalog.countries[place].name} is on record. Bring "
        "figures of your own: tidegate exposure --revenue FILE (docs/exposure.md).",
    )  # fmt: skip
    law = alone(ledger, ids) if ids else ledger
    items = {company: products_of(company) if _country(company) != place else () for company in asked}
    offers = [offer for company in asked for offer in buyers.offers(company, items[company])]
    found = {}
    for day, stand in touched(offers, law, days, place, known_by, by).items():
        own: dict[str, list[Touched]] = {company: [] for company in asked}
        for offer, one in zip(offers, stand, strict=True):
            if not offer.item or is_counted(catalog.items[offer.item], day):
                own[offer.company].append(one)
        companies_found = [
            _company(
                company,
                place,
                day,
                known_by or day,
                facts,
                own[company],
                _left(items[company], day),
                ids,
                verified,
            )
            for company in asked
        ]
        found[day] = Exposure(
            on=day, known_by=known_by, destination=place, companies=tuple(sorted(companies_found, key=_order)),
            measures=ids, notes=(*not_known, *why_idle(ledger, ids, day, known_by)), government=by, verified=verified,
            customers=buyers.path, read_to=ledger.read_to, starts=ledger.starts, scenario=ledger.scenario,
        )  # fmt: skip
    return found


def _left(items: Iterable[Item], day: Day) -> tuple[str, ...]:
    return tuple(item.id for item in items if on_sale(item, day) is None and not is_counted(item, day))


def _companies(names: Iterable[str] | None, facts: CompanyFacts, place: str) -> tuple[str, ...]:
    if names is not None:
        return tuple(dict.fromkeys(load_catalog().find(name, "party") for name in names))
    told = dict.fromkeys(fact.company for fact in facts.revenue if fact.geography == place)
    return tuple(company for company in told if _country(company) != place)


def _country(company: str) -> str | None:
    return load_catalog().parties[company].country


def _company(
    company: str,
    place: str,
    day: Day,
    horizon: Day,
    facts: CompanyFacts,
    stand: Sequence[Touched],
    left: tuple[str, ...],
    measures: tuple[str, ...],
    verified: bool,
) -> CompanyExposure:
    party = load_catalog().parties[company]
    sales = sales_of(facts, company, place, day, horizon, verified=verified)
    said = [s for s in facts.said(company, horizon) if day - max(s.ends, s.said_on) <= OLDEST]
    said = [
        s for s in said if (s.verified or not verified) and (not measures or set(s.measures) & set(measures))
    ]
    risk = at_risk(sales, stand, said, measures)
    return CompanyExposure(
        company=company, name=party.name, ticker=party.ticker, country=party.country, share=sales.share,
        amount=sales.amount, beside=sales.beside, products=tuple(p for p in stand if p.item),
        everyday=next((p for p in stand if not p.item), None), left=left, at_risk=risk.share,
        amount_at_risk=risk.amount, narrowed_by=risk.narrowed_by, statements=tuple(said),
        reason=risk.reason if party.country != place else _AT_HOME,
    )  # fmt: skip


_AT_HOME = "it sells there at home: no border lies between. `tidegate simulate` tells what controls do to what it buys"


def _order(one: CompanyExposure) -> tuple[bool, float, float, str]:
    risk = one.at_risk
    return (risk is None, -(risk.central if risk else 0.0), -(risk.high if risk else 0.0), one.name)

"""The share of revenue at risk by company and day, without hindsight, for whoever ranks companies.

>>> from tidegate.ledger import load_ledger
>>> exposure_share(load_ledger(), ["SNPS", "A Bakery"], "2025-07-10")["A Bakery"]
"nothing in the catalog is called 'A Bakery'"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tidegate.catalog import load_catalog
from tidegate.dates import Day
from tidegate.errors import AmbiguousError, NotFoundError
from tidegate.ledger import Ledger
from tidegate.ledger.hindsight import ledgers_as_known
from tidegate.ledger.ledger import as_day
from tidegate.markets.company_exposure import Exposure, exposures

__all__ = ["Share", "exposure_share", "exposure_shares"]

Share = tuple[float, float, float] | str
"""Low, central and high, in percent of all revenue of the company; or why it is not known."""


def exposure_share(
    ledger: Ledger,
    companies: Iterable[str],
    on: Day | str,
    known_by: Day | str | None = None,
    destination: str = "CN",
) -> dict[str, Share]:
    """Return the share of revenue at risk of each company on a day, as it was known by a day (by `on` without).

    companies: ids, names or tickers; the answer has them as they were given.
    Raises: BadInputError: if a day is none. MissingExtraError: without Arrow.
    """
    day = as_day(on)
    horizon = day if known_by is None else as_day(known_by)
    named = _named(companies)
    found = exposures(ledger, [day], horizon, companies=_ids(named), destination=destination)[day]
    return _shares(named, found)


def exposure_shares(
    ledger: Ledger, companies: Iterable[str], days: Sequence[Day | str], destination: str = "CN"
) -> dict[Day, dict[str, Share]]:
    """Return `exposure_share` on each of some days, as it was known on that day.

    A hundred month ends take a few seconds: days with the same knowledge are asked of the law as one table.
    """
    named = _named(companies)
    found: dict[Day, Exposure] = {}
    for known, own in ledgers_as_known(ledger, [as_day(day) for day in days]):
        found |= exposures(known, own, companies=_ids(named), destination=destination)
    return {day: _shares(named, found[day]) for day in sorted(found)}


def _named(companies: Iterable[str]) -> dict[str, str | None]:
    """The party of each name, by its id; None where the catalog has none."""
    catalog = load_catalog()
    tickers = {party.ticker: party.id for party in catalog.parties.values() if party.ticker}
    named: dict[str, str | None] = {}
    for name in companies:
        try:
            named[name] = tickers[name] if name in tickers else catalog.find(name, "party")
        except (NotFoundError, AmbiguousError):
            named[name] = None
    return named


def _ids(named: Mapping[str, str | None]) -> list[str]:
    return [company for company in named.values() if company]


def _shares(named: Mapping[str, str | None], found: Exposure) -> dict[str, Share]:
    shares: dict[str, Share] = {}
    for name, company in named.items():
        if company is None:
            shares[name] = f"nothing in the catalog is called '{name}'"
            continue
        one = found[company]
        risk = one.at_risk
        shares[name] = (risk.low, risk.central, risk.high) if risk else one.reason or "it is not known"
    return shares

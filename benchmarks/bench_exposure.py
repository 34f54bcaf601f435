"""Exposure of every company by month, beside the plain way: a decision at a time, joined to revenue by pandas.

Peer: for each company and month `decide` on every product and buyer, and `merge_asof` of pandas for the newest revenue by
the same days of publication; timed on every twelfth month and scaled. Both must find the same products touched.

    OMP_NUM_THREADS=1 python benchmarks/bench_exposure.py
"""

from __future__ import annotations

import calendar
import datetime as dt
import time

import pandas as pd

from tidegate.ledger import Ledger, load_ledger
from tidegate.licensing.decide import Decider
from tidegate.markets.company_exposure import Exposure, exposure, exposures
from tidegate.markets.company_facts import load_company_facts
from tidegate.markets.customers import is_counted, products_of, read_customers
from tidegate.markets.revenue import sales_of

DAYS = [dt.date(y, m, calendar.monthrange(y, m)[1]) for y in range(2018, 2026) for m in range(1, 13)]
HELD = {"licence_required", "prohibited", "quota", "discouraged"}


def fresh(ledger: Ledger) -> Ledger:
    """A ledger that remembers no answer."""
    return Ledger(ledger.measures, ledger.read_to, ledger.scenario, ledger.starts)


def main() -> None:
    ledger = load_ledger()
    start = time.perf_counter()
    one = exposure(ledger, "2025-06-15")
    print(f"{len(one.companies)} companies, one day, from nothing   {time.perf_counter() - start:8.2f} s")
    start = time.perf_counter()
    exposure(ledger, "2025-06-15")
    print(f"the same again                           {time.perf_counter() - start:8.3f} s")
    start = time.perf_counter()
    ours = exposures(fresh(ledger), DAYS)
    seconds = time.perf_counter() - start
    print(f"{len(DAYS)} month ends at once                   {seconds:8.2f} s")
    start = time.perf_counter()
    theirs = _one_at_a_time(ledger, DAYS[11::12], ours[DAYS[0]])
    plain = (time.perf_counter() - start) * len(DAYS) / len(DAYS[11::12])
    print(f"decide and pandas, scaled to as many     {plain:8.1f} s   ratio {plain / seconds:5.1f}")
    for day in DAYS[11::12]:
        for company in ours[day]:
            held = {p.item for p in company.products if p.state in ("always", "some")}
            assert held == theirs[company.company, day], (company.company, day)
    print("both find the same products touched")


def _one_at_a_time(
    ledger: Ledger, days: list[dt.date], asked: Exposure
) -> dict[tuple[str, dt.date], set[str]]:
    facts, customers = load_company_facts(), read_customers()
    rows = [
        {"company": f.company, "known": pd.Timestamp(f.known_by), "value": f.value}
        for f in facts.revenue
        if f.geography == "CN" and f.figure == "share" and f.value is not None
    ]
    known = pd.DataFrame(rows).sort_values("known")
    found = {}
    for day in days:
        decider = Decider(ledger.on(day))
        left = pd.DataFrame({"company": [c.company for c in asked], "known": pd.Timestamp(day)})
        pd.merge_asof(left, known, on="known", by="company")
        for one in asked:
            items = [item for item in products_of(one.company) if is_counted(item, day)]
            held = set()
            for offer in customers.offers(one.company, items):
                for _, deal in offer.deals:
                    decision = decider(deal.transaction("CN", day))
                    if offer.item and any(d.at_least.value in HELD for d in decision.by_government.values()):
                        held.add(offer.item)
            found[one.company, day] = held
            sales_of(facts, one.company, "CN", day, day)
    return found


if __name__ == "__main__":
    main()

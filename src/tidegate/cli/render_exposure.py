"""Exposure as text."""

from __future__ import annotations

from typing import Any

from tidegate.cli.render import console, footnotes, print_table
from tidegate.markets.at_risk import Band
from tidegate.markets.company_exposure import CompanyExposure, Exposure
from tidegate.markets.company_facts import Statement
from tidegate.markets.exposure_change import ExposureChange
from tidegate.markets.revenue import Reading

__all__ = ["print_change", "print_exposure", "print_products"]

_MOST_MEASURES = 4


def print_exposure(found: Exposure) -> None:
    """Print a row for each company, what they stated themselves, and what the numbers rest on."""
    known = [one for one in found if one.at_risk is not None]
    rows = [
        {
            "company": one.name,
            "ticker": one.ticker,
            "risk": _band(one.at_risk),
            "amount": f"{_band(one.amount_at_risk)} {one.amount.unit}"
            if one.amount_at_risk and one.amount
            else "",
            "share": _reading(one.share),
            "period": one.share and one.share.period,
            "touched": _counts(one),
            "measures": _few(one.measures),
        }
        for one in known
        if one.at_risk and one.at_risk.high
    ]
    what = ", ".join(found.measures) or "all measures that bind"
    print_table(
        f"Revenue in {found.destination} at risk on {found.on}: {what}",
        [
            ("company", "company"),
            ("ticker", "ticker"),
            ("% of all revenue", "risk"),
            ("billions", "amount"),
            (f"share of {found.destination}", "share"),
            ("in", "period"),
            ("products touched", "touched"),
            ("decided by", "measures"),
        ],
        rows,
    )
    if spared := [one.name for one in known if one.at_risk and not one.at_risk.high]:
        _line(f"Nothing on record touched: {', '.join(spared)}.")
    _unknown(found)
    for one in known:
        for said in one.statements:
            mark = "; it narrows the band" if said in one.narrowed_by else ""
            who = one.name if said.by == "company" else f"The press on {one.name}"
            _line(f"{who}, by {said.said_on}: {_said(said)}{mark}")
    if len(known) == 1 and known[0].share is not None:
        one = known[0]
        for reading in (known[0].share, *([one.amount] if one.amount else []), *one.beside):
            row = reading.row()
            _line(f"{_reading(reading)} in {reading.period}, {row['basis_means']}{_hong_kong(reading)}: "
                  f"{', '.join(row['sources'])}")  # fmt: skip
    _below(found)


def print_products(found: Exposure) -> None:
    """Print a row for each product."""
    rows = [
        {
            "company": one.name,
            "id": product.item,
            "state": product.state,
            "buyers": [f"{buyer}: {how.replace('_', ' ')}" for buyer, how in product.buyers.items()],
            "measures": _few(product.measures),
        }
        for one in found
        for product in one.products
    ]
    columns = [("company", "company"), ("product", "id"), ("touched", "state"), ("buyers", "buyers"),
               ("decided by", "measures")]  # fmt: skip
    print_table(f"Products toward {found.destination} on {found.on}", columns, rows)
    _below(found)


def print_change(change: ExposureChange) -> None:
    """Print a row for each company whose products or revenue at risk the scenario moves."""
    moved = [one for one in change if one.change or one.tightened or one.eased]
    rows = [
        {
            "company": one.after.name,
            "ticker": one.after.ticker,
            "before": _band(one.before.at_risk),
            "now": _band(one.after.at_risk),
            "change": "" if one.change is None else f"{one.change:+.1f}",
            "tightened": len(one.tightened) or "",
            "eased": len(one.eased) or "",
        }
        for one in moved
    ]
    columns = [("company", "company"), ("ticker", "ticker"), ("on the record", "before"), ("scenario", "now"),
               ("points", "change"), ("products tightened", "tightened"), ("eased", "eased")]  # fmt: skip
    after = change.after
    print_table(f"Revenue in {after.destination} at risk on {after.on}, % of all revenue", columns, rows)
    for one in moved:
        if one.after.at_risk is None:
            _line(f"{one.after.name}: unknown, because {one.after.reason}", "yellow")
    _line(f"{len(change.companies) - len(moved)} further companies stay where they are, or are not known.")
    _below(after)


def _unknown(found: Exposure) -> None:
    for one in found:
        if one.at_risk is None:
            held = f" ({_counts(one)} products touched)" if one.products else ""
            _line(f"{one.name}: unknown, because {one.reason}{held}", "yellow")


def _below(found: Exposure) -> None:
    for note in found.notes:
        _line(note, "yellow")
    _line(
        "Band: low is what a company stated of touched products, else nothing; high is all its revenue there. "
        "In brackets an estimate: products and buyers by assumed shares (docs/exposure.md)."
    )
    _line(
        "* from memory, not read in a source. Touched: needs a licence, is forbidden, or its buyer's government "
        "leans on it: always, for some buyers, perhaps, of how many."
    )
    footnotes([], found.about())


def _line(text: str, style: str = "dim") -> None:
    console().print(text, style=style, markup=False)


def _band(band: Band | None) -> str:
    if band is None:
        return ""
    return "0" if band.high == 0 else f"{_short(band.low)} to {_short(band.high)} ({_short(band.central)})"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if value >= 1 or value == 0 else f"{value:.2f}"


def _reading(reading: Reading | None) -> str:
    if reading is None:
        return ""
    unit = " %" if reading.unit == "percent" else f" {reading.unit}"
    value = f"{reading.low:g}" if reading.low == reading.high else f"{reading.low:g} to {reading.high:g}"
    return f"{value}{unit}{'' if reading.verified else ' *'}"


def _hong_kong(reading: Reading) -> str:
    told = reading.hong_kong
    return f", Hong Kong {told}" if told else ", Hong Kong not stated"


def _counts(one: CompanyExposure) -> str:
    perhaps = one.count("unknown")
    parts = [f"{one.count('always')} always", f"{one.count('some')} some"] + (
        [f"{perhaps} perhaps"] if perhaps else []
    )
    return f"{', '.join(parts)} of {len(one.products)}"


def _said(said: Statement) -> str:
    unit = "%" if said.unit == "percent" else said.unit
    ends: dict[str, Any] = (
        {"": said.low} if said.low == said.high else {"at least ": said.low, "at most ": said.high}
    )
    value = " and ".join(f"{word}{end:g}" for word, end in ends.items() if end is not None)
    return f"{said.kind.replace('_', ' ')} {value} {unit} in {said.period} ({said.text}){'' if said.verified else ' *'}"


def _few(ids: tuple[str, ...]) -> list[str]:
    more = len(ids) - _MOST_MEASURES
    return [*ids[:_MOST_MEASURES], *([f"{more} more"] if more > 0 else [])]

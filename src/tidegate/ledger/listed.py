"""The parties that measures of a ledger put on a list, each with its days and source.

A measure names its parties in `targets` and in the tests of `end_user` in its scope. This is where
`data/listed_parties.csv` comes from, which ships for screening: `make docs` makes it anew, a test keeps it fresh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tidegate.catalog import load_catalog
from tidegate.dates import Day, parse_day
from tidegate.ledger.ledger import Ledger
from tidegate.ledger.model import BINDING, Measure, Stage
from tidegate.tables import Table

__all__ = ["COLUMNS", "listed_parties"]

COLUMNS = (
    "id", "list", "authority", "party", "name", "aliases", "country", "starts", "ends", "footnote", "measure",
    "notice", "source", "verified", "remarks", "as_of",
)  # fmt: skip

_BY_COLUMN = {
    "end_user_us_listed": "EL", "end_user_cn_listed": "CN-ECL", "end_user_cn_attention": "CN-AL",
    "end_user_cn_unreliable": "CN-UEL", "end_user_jp_listed": "JP-EUL", "end_user_tw_listed": "TW-SHTC",
}  # fmt: skip
"""Code of a list by the column that tells who is on it."""

_BY_MEASURE: Mapping[str, str] = {
    "us-2018-04-15-zte-denial-order": "DPL",
    # Its scope names the parties, and no column for the list.
    "cn-2025-10-09-techinsights": "CN-UEL",
    "us-2025-01-06-1260h-cxmt": "1260H",
}
_FOOTNOTES: Mapping[str, str] = {"us-2022-10-07-footnote4-fdp": "4"}
"""Measures for parties of the Entity List that bear a footnote, with its number."""

_NAMED = re.compile(
    r"\bend_user (?:= '(?P<one>[^']+)'|(?<!NOT )IN \((?P<many>[^)]*)\))(?: AND date >= '(?P<day>\d{4}-\d{2}-\d{2})')?"
)


def listed_parties(ledger: Ledger) -> Table:
    """Return one row a party and measure that put it on a list, sorted by list, party and measure.

    starts: the first day on which the measure bound for the party; ends: the day on which it was lifted. A listing
    that is suspended is still one: `remarks` says so.
    """
    rows = [row for measure in ledger for row in _rows(ledger, measure)]
    rows.sort(key=lambda row: (row["list"], row["party"], row["measure"]))
    return Table(tuple(rows), COLUMNS, {"read_to": ledger.read_to and ledger.read_to.isoformat()}, "listed")


def _rows(ledger: Ledger, measure: Measure) -> Iterator[dict[str, str]]:
    code = _code(measure)
    spell = _spell(ledger, measure) if code else None
    if code is None or spell is None:
        return
    starts, ends, source, verified, remarks = spell
    parties = load_catalog().parties
    for key, day in _named(measure).items():
        party = parties.get(key)
        if party is None or party.role == "group":
            continue
        yield {
            "id": f"{measure.id}/{key}", "list": code, "authority": measure.authority, "party": key,
            "name": party.name, "aliases": "|".join(party.aliases), "country": party.country or "",
            "starts": max(starts, day or starts).isoformat(), "ends": ends.isoformat() if ends else "",
            "footnote": _FOOTNOTES.get(measure.id, ""), "measure": measure.id, "notice": measure.citation or "",
            "source": source, "verified": "true" if verified and party.verified else "false", "remarks": remarks,
            "as_of": ledger.read_to.isoformat() if ledger.read_to else "",
        }  # fmt: skip


def _code(measure: Measure) -> str | None:
    if measure.id in _BY_MEASURE:
        return _BY_MEASURE[measure.id]
    if measure.instrument != "entity_listing" or measure.effect not in ("require", "prohibit"):
        return None
    found = [code for column, code in _BY_COLUMN.items() if re.search(rf"\b{column}\b", _scope(measure))]
    return found[0] if len(found) == 1 else None


def _scope(measure: Measure) -> str:
    scopes = measure.when.values() if isinstance(measure.when, dict) else [measure.when or ""]
    return " ".join(" ".join(scope.split()) for scope in scopes)


def _named(measure: Measure) -> dict[str, Day | None]:
    """The parties that a measure names, with a later first day where its scope gives one."""
    found: dict[str, Day | None] = {}
    for match in _NAMED.finditer(_scope(measure)):
        day = parse_day(match["day"]) if match["day"] else None
        for key in [match["one"]] if match["one"] else re.findall("'([^']+)'", match["many"]):
            found.setdefault(key, day)
    for key in measure.targets:
        found.setdefault(key, None)
    return found


def _spell(ledger: Ledger, measure: Measure) -> tuple[Day, Day | None, str, bool, str] | None:
    """First day bound, day lifted, source and whether it was read, and what else happened to it."""
    history = ledger.histories()[measure.id].get(None)
    spans = history.spans if history else ()
    first = next((span for span in spans if span.stage in BINDING), None)
    if first is None:
        return None
    later = [span for span in spans if span.starts >= first.starts]
    lifted = next((span.starts for span in later if span.stage is Stage.LIFTED), None)
    told = [
        f"{span.stage.value} from {span.starts}" + (f" to before {span.ends}" if span.ends else "")
        for span in later
        if span.stage not in BINDING and span.stage is not Stage.LIFTED
    ]
    if measure.id in _FOOTNOTES:
        told.append("the day is that of the footnote; the listing may be older")
    # A date fixed beforehand has a source like an entry, and was as much read.
    return first.starts, lifted, first.entry.source, getattr(first.entry, "verified", True), "; ".join(told)

"""On whose word an entry of the record stands: a government's own page, a paper, a note."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tidegate.brief.day_record import Said
from tidegate.ledger.model import Entry, Scheduled

__all__ = ["host_of", "link_of", "said_in"]

_GOVERNMENT = re.compile(
    r"(?:^|\.)(?:gov|gov\.[a-z]{2}|go\.[a-z]{2}|europa\.eu|(?:officielebekendmakingen|overheid|rijksoverheid|government)\.nl"
    r"|legislation\.gov\.uk|bund\.de|boe\.es|lovdata\.no|gazzettaufficiale\.it)$"
)
"""Hosts at which governments publish: their own domains, and the gazettes outside of these."""

_KINDS = {"note": "a note without an address", "press": "press", "law": "the text of the law"}


def said_in(entry: Entry | Scheduled) -> Said:
    """Return on whose word an entry, or a date fixed beforehand, stands."""
    source, href = entry.source, link_of(entry.source)
    if href is None:
        kind, _, rest = source.partition(": ")
        who = _KINDS.get(kind, kind)
        who = who if kind == "note" else f"{who}, {rest}"
    else:
        host = host_of(href)
        if _GOVERNMENT.search(host):
            who = f"a government's own page, {host}"
        elif host in ("github.com", "raw.githubusercontent.com"):
            who = "a public repository, github.com"
        else:
            who = host
    return Said(
        who, source, href, getattr(entry, "via", None), getattr(entry, "verified", True), entry.known.isoformat()
    )  # fmt: skip


def link_of(source: str | None) -> str | None:
    """Return a source as an address to go to; None for anything but http and https."""
    return source if source and re.match(r"https?://\S+$", source) else None


def host_of(href: str) -> str:
    """Return the name of the machine in an address, without `www.`."""
    return (urlsplit(href).hostname or href).removeprefix("www.")

"""A finer network for those who have downloaded the observatory's tables: more firms, the same flows in sum.

The rest of a country's firms in a tool class is split among the firms that the tables name there, by their shares
of the world market. Sums, shares of China and lots stay as they are. What comes out is under the tables' licence
(`tidegate.sources.eto.LICENCE`), whoever computes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tidegate.sources.eto import EtoTables
from tidegate.supply.calibration import Calibration
from tidegate.supply.shipped import Row

__all__ = ["INPUTS", "with_eto"]

INPUTS: Mapping[str, tuple[str, ...]] = {
    "lithography": ("Lithography tools",),
    "metrology": ("Process control tools",),
    "etch_deposition": ("Dry etch tools", "Deposition tools"),
    "other_tools": (
        "Wet etching and cleaning tools",
        "CMP tools",
        "Ion implanters",
        "Test tools",
        "Resist processing tools",
    ),
}
"""The classes of the tables that make up a good."""


def with_eto(calibration: Calibration, tables: EtoTables) -> Calibration:
    """Return the calibration with the unnamed makers of tools split among the firms of the tables."""
    rows: list[Row] = []
    for row in calibration.suppliers:
        named = {r["company"] for r in calibration.of_good(row["good"])}
        firms = _firms(tables, row["good"], row["country"], named) if row["company"] is None else {}
        whole = sum(firms.values())
        for firm, share in sorted(firms.items()):
            note = f"{share / whole:.0%} of the rest of {row['country']}, by shares of CSET/ETO"
            own = {
                **row.values,
                "company": firm,
                "revenue": row["revenue"] * share / whole,
                "kind": "derived",
                "note": note,
            }
            rows.append(Row(row.path, row.line, own))
        if not firms:
            rows.append(row)
    return replace(calibration, suppliers=tuple(rows), _cache={})


def _firms(tables: EtoTables, good: str, country: str, named: set[str | None]) -> dict[str, float]:
    """The firms of a country in a good that have a share and no row of their own, with their shares."""
    found: dict[str, float] = {}
    known = {str(company).replace("-", "") for company in named if company}
    for name in INPUTS.get(good, ()):
        if name not in tables.inputs.values():
            continue
        for share in tables.of_input(name):
            slug = share.provider.lower().replace(" ", "-")
            # 'Screen' and 'screen', 'ASM International' and 'asm-international', 'Hitachi' and 'hitachi-high-tech'.
            is_named = any(
                one.startswith(slug.replace("-", "")) or slug.replace("-", "").startswith(one)
                for one in known
            )
            if share.share and share.country == country and not share.is_country and not is_named:
                found[slug] = found.get(slug, 0.0) + share.share
    return found

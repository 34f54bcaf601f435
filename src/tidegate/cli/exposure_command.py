"""`tidegate exposure`: whose revenue the measures of a day touch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.options import As, Cache, Folders, Format, Json, KnownBy, On, Scenario, ledger_of, today

__all__ = ["exposure_app"]

exposure_app = typer.Typer()


@exposure_app.command()
def exposure(
    company: Annotated[
        list[str] | None,
        typer.Option("--company", metavar="C", help="A company, by name; repeatable (default: all with revenue)."),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", metavar="ID", help="What this measure alone touches; repeatable."),
    ] = None,
    government: Annotated[
        str | None, typer.Option("--government", metavar="GOV", help="The law of one government alone.")
    ] = None,
    on: On = None,
    to: Annotated[str, typer.Option("--to", metavar="COUNTRY", help="Where the products go to.")] = "CN",
    products: Annotated[bool, typer.Option("--products", help="A row for each product, and who may buy it.")] = False,
    verified: Annotated[bool, typer.Option("--verified", help="Leave out revenue that is from memory.")] = False,
    buyers: Annotated[
        Path | None, typer.Option("--buyers", metavar="FILE", help="Who buys, in place of the shipped assumptions.")
    ] = None,
    revenue: Annotated[
        Path | None, typer.Option("--revenue", metavar="FILE", help="Revenue by geography in place of the shipped.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Picture: .html, .svg or .png.")
    ] = None,
    known_by: KnownBy = None, ledger: Folders = None, scenario: Scenario = None, cache: Cache = True,
    format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show how much of whose revenue in a country the measures of a day touch, with a band.

    With --scenario: on the record and in the scenario, side by side.

    Example: tidegate exposure --measure us-2025-05-23-eda-letters --on 2025-06-15
    """
    from tidegate.charts import check_ending
    from tidegate.cli.render import show
    from tidegate.cli.render_exposure import print_change, print_exposure, print_products
    from tidegate.kept import cache_file, keeping
    from tidegate.markets.company_exposure import exposure as find
    from tidegate.markets.company_facts import read_company_facts
    from tidegate.markets.exposure_change import compare

    if out is not None:
        check_ending(out)
    day = on or today()
    facts = read_company_facts(revenue) if revenue else None
    wanted = {"companies": company, "measures": measure, "government": government, "known_by": known_by,
              "destination": to, "verified": verified, "facts": facts, "customers": buyers}  # fmt: skip
    with keeping(cache_file() if cache else None):
        after = find(ledger_of(ledger, scenario), day, **wanted)  # type: ignore[arg-type]
        record = find(ledger_of(ledger), day, **wanted) if scenario else None  # type: ignore[arg-type]
    change = compare(record, after) if record is not None else None
    found = after if change is None else change
    if out is not None:
        from tidegate.markets.exposure_picture import write_exposure_picture

        write_exposure_picture(found, out)
    if show(after.product_table() if products else found.table(), Format.JSON if json_ else format_):
        return
    if products:
        print_products(after)
    elif change is not None:
        print_change(change)
    else:
        print_exposure(after)
    if out is not None:
        print(f"picture: {out}")

"""`tidegate tide` and `tidegate map`: how tight the controls are, and who controls what toward whom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.options import As, Cache, Folders, Format, Json, KnownBy, On, Scenario, ledger_of, today

__all__ = ["tide_app"]

tide_app = typer.Typer()

Basket = Annotated[
    Path | None,
    typer.Option("--basket", metavar="FILE", help="A basket of your own instead of the shipped one."),
]


@tide_app.command()
def tide(
    target: Annotated[str, typer.Argument(metavar="COUNTRY", help="Toward which country: CN, Japan, ...")] = "CN",
    from_: Annotated[str, typer.Option("--from", metavar="MONTH", help="First month.")] = "2018-01",
    to: Annotated[str, typer.Option("--to", metavar="MONTH", help="Last month; read on its last day.")] = "2026-12",
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="CUT", help="government, class or instrument; repeatable.")
    ] = None,
    steps: Annotated[bool, typer.Option("--steps", help="Each deal that came to be held otherwise, and why.")] = False,
    basket: Basket = None, known_by: KnownBy = None, ledger: Folders = None, scenario: Scenario = None,
    cache: Cache = True, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show how tight the controls toward a country are, month by month, on a fixed basket of transactions.

    Example: tidegate tide CN --by class --from 2022-01
    """
    from tidegate.cli.render import print_table, show
    from tidegate.cli.render_tide import print_tide
    from tidegate.kept import cache_file, keeping
    from tidegate.licensing.tide import tide as read_tide

    with keeping(cache_file() if cache else None):
        gauge = read_tide(
            ledger_of(ledger, scenario), target, from_, to, by or ["government"], known_by, basket
        )
    if show(gauge.step_table() if steps else gauge.table(), Format.JSON if json_ else format_):
        return
    if not steps:
        print_tide(gauge)
        return
    columns = [("month", "month"), ("government", "government"), ("deal", "deal"), ("was", "before"),
               ("is", "after"), ("change", "change"), ("decided by", "measures")]  # fmt: skip
    print_table(f"What moved the gauge toward {gauge.target}", columns, gauge.step_table().rows)


@tide_app.command("map")
def map_(
    on: On = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="COUNTRY", help="Toward whom; repeatable (default: everyone).")
    ] = None,
    countries: Annotated[bool, typer.Option("--countries", help="One row a country, for a map.")] = False,
    basket: Basket = None, known_by: KnownBy = None, ledger: Folders = None, scenario: Scenario = None,
    cache: Cache = True, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Show who controls what toward whom on a day: governments by countries by classes of goods.

    Example: tidegate map --on 2026-11-21 --target CN --target US --target JP
    """
    from tidegate.cli.render import print_table, show
    from tidegate.cli.render_tide import print_map
    from tidegate.kept import cache_file, keeping
    from tidegate.licensing.control_map import control_map

    with keeping(cache_file() if cache else None):
        found = control_map(ledger_of(ledger, scenario), on or today(), target or None, known_by, basket)
    if show(found.countries() if countries else found.table(), Format.JSON if json_ else format_):
        return
    if not countries:
        print_map(found)
        return
    columns = [("country", "target"), ("name", "name"), ("low", "low"), ("high", "high"),
               ("governments", "governments"), ("classes", "classes")]  # fmt: skip
    print_table(f"Controls toward each country on {found.on}", columns, found.countries().rows)

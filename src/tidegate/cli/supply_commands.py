"""`tidegate simulate` and `tidegate hindcast`: scenarios and the test against history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.options import As, Folders, Format, Json, ledger_of
from tidegate.cli.render import print_table, show

__all__ = ["supply_app"]

supply_app = typer.Typer()

_CAVEAT = (
    "A model's answer under its assumptions, no forecast: most of its numbers are assumptions or from memory, and\n"
    "`tidegate hindcast` says how far it was from what came. docs/supply.md has the equations."
)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows on a terminal's stderr how many runs of two ledgers are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("draws"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    before, last = 0, 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("draws", total=total)

        def show_done(done: int, _: int) -> None:
            nonlocal before, last
            # The second ledger counts from the start again.
            before, last = (before + last, done) if done < last else (before, done)
            bar.update(task, completed=before + last)

        yield show_done


@supply_app.command()
def simulate(
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="A scenario file; two with --compare.")],
    from_: Annotated[str, typer.Option("--from", metavar="QUARTER", help="First quarter of the effect.")] = "2025Q3",
    to: Annotated[str, typer.Option("--to", metavar="QUARTER", help="Last quarter of it.")] = "2026Q4",
    draws: Annotated[int, typer.Option("--draws", min=5, help="Draws of the ensemble.")] = 500,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same numbers.")] = 0,
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", metavar="NAME", help="Like imports:CN:lithography or sales:asml; repeatable."),
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="The second scenario against the first.")] = False,
    ledger: Folders = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Say what a scenario does to supply: effects against the record, with 80 percent bands.

    The number is the median over draws. It is a model's answer under its assumptions, not a forecast.

    Example: tidegate simulate examples/scenarios/match-act.yaml --from 2026Q4 --to 2027Q4
    """
    from tidegate.errors import BadInputError
    from tidegate.supply.effects import effects_of

    if len(scenarios) != (2 if compare else 1):
        raise BadInputError("Give one scenario file, or two with --compare.")
    against = ledger_of(ledger, scenarios[0] if compare else None)
    what_if = ledger_of(ledger, scenarios[-1])
    with _bar(2 * draws) as progress:
        found = effects_of(
            what_if, against, from_, to, draws=draws, seed=seed, outcomes=outcome, progress=progress
        )
    table = found.table()
    if show(table, Format.JSON if json_ else format_):
        return
    columns = [("outcome", "outcome"), ("effect", "effect"), ("80 % band", "band"), ("unit", "unit")]
    shown = [
        {**row, "effect": f"{row['effect']:+.2f}", "band": f"{row['low']:+.2f} to {row['high']:+.2f}"}
        for row in table
    ]
    print_table(f"{found.scenario}, against {found.against}, {from_} to {to}", columns, shown)
    print("Measures that differ:", ", ".join(found.measures) or "none")
    print(_CAVEAT)


@supply_app.command()
def hindcast(
    targets: Annotated[Path, typer.Argument(metavar="TARGETS", help="A CSV file of observations with tolerances.")],
    draws: Annotated[int, typer.Option("--draws", min=5, help="Draws of the ensemble.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same numbers.")] = 0,
    cycle: Annotated[
        str, typer.Option("--cycle", metavar="PATH", help="known (in August 2022), or realised, which is no forecast.")
    ] = "known",
    ledger: Folders = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Start in 2022Q3 with what was known then, and say how close it gets to what came.

    Example: tidegate hindcast targets.csv --format json
    """
    from tidegate.supply.hindcast import hindcast as run_hindcast

    found = run_hindcast(targets, ledger_of(ledger), draws=draws, seed=seed, cycle=cycle)
    if json_ or format_ is Format.JSON:
        print(found.to_json())
        return
    if show(found.table(), format_):
        return
    columns = [("id", "id"), ("of", "of"), ("period", "period"), ("model", "model"), ("80 % band", "band"),
               ("observed", "observed"), ("inside", "inside"), ("year before", "before")]  # fmt: skip
    print_table(
        f"Hindcast from {found.about()['start']}, cycle {cycle}", columns, [a.line() for a in found.answers]
    )
    for answer in found.answers:
        if answer.value is None:
            print(f"{answer.target.id}: {answer.how}")
    summary = found.summary()
    print(
        f"{summary['modelled']} of {summary['targets']} modelled; {summary['inside_tolerance']} inside their tolerance, "
        f"{summary['inside_band']} inside the 80 percent band."
    )
    print(_CAVEAT)

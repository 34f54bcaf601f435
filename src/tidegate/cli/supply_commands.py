"""`tidegate simulate`, `explain`, `drivers`, `hindcast`, `published`: scenarios, their causes, and tests of the model."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidegate.cli.options import As, Cache, Folders, Format, Json, ledger_of
from tidegate.cli.render import print_table, show

if TYPE_CHECKING:
    from tidegate.ledger import Ledger
    from tidegate.supply.effects import Effects

__all__ = ["at_work", "supply_app"]

supply_app = typer.Typer()


class EffectFormat(enum.StrEnum):
    """How effects are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    ARROW = "arrow"


_Scenario = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file.")]
_From = Annotated[str, typer.Option("--from", metavar="QUARTER", help="First quarter of the effect.")]
_To = Annotated[str, typer.Option("--to", metavar="QUARTER", help="Last quarter of it.")]
_Draws = Annotated[int, typer.Option("--draws", min=5, help="Draws of the ensemble.")]
_Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same numbers.")]
_Workers = Annotated[
    int, typer.Option("--workers", min=1, help="Processes; the numbers are the same for any.")
]
_One = Annotated[
    str,
    typer.Option("--outcome", metavar="NAME", help="Like sales:asml; `simulate --list-outcomes` has all."),
]


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows on a terminal's stderr how much is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("asking the law", total=None)
        yield lambda done, whole: bar.update(task, description=unit, completed=done, total=whole)


@contextmanager
def at_work(unit: str, count: int, cache: bool) -> Iterator[dict[str, Any]]:
    """Yield how a public function of the model is to work: with which workers, telling whom."""
    from tidegate.kept import cache_file, keeping
    from tidegate.supply.workers import workers

    with keeping(cache_file() if cache else None), workers(count) as executor, _bar(unit) as progress:
        yield {"executor": executor, "progress": progress}


@supply_app.command()
def simulate(
    scenarios: Annotated[
        list[Path] | None, typer.Argument(metavar="SCENARIO...", help="A scenario file; two with --compare.")
    ] = None,
    from_: _From = "2025Q3", to: _To = "2026Q4", draws: _Draws = 500, seed: _Seed = 0,
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", metavar="NAME", help="Like imports:CN:lithography or sales:asml; repeatable."),
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Two scenarios side by side against the record.")] = False,
    by_source: Annotated[
        bool, typer.Option("--by-source", help="One --outcome with the parameters of each source that disagrees.")
    ] = False,
    list_outcomes: Annotated[
        bool, typer.Option("--list-outcomes", help="Name the outcomes that can be asked for.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Picture (.html, .svg, .png), draws (.arrow, .parquet), .json, .csv."),
    ] = None,
    workers: _Workers = 1, cache: Cache = True, ledger: Folders = None,
    format_: Annotated[EffectFormat, typer.Option("--format", help="How to print the answer.")] = EffectFormat.TABLE,
    json_: Json = False,
) -> None:  # fmt: skip
    """Say what a scenario does to supply: effects against the record, with 80 percent bands.

    The number is the median over draws. It is a model's answer under its assumptions, not a forecast.

    Example: tidegate simulate examples/scenarios/match-act.yaml --from 2026Q4 --to 2027Q4
    """
    from tidegate.errors import BadInputError

    asked = EffectFormat.JSON if json_ else format_
    if list_outcomes:
        _list_outcomes(asked)
        return
    given = scenarios or []
    if len(given) != (2 if compare else 1):
        raise BadInputError("Give one scenario file, or two with --compare.")
    record, what_ifs = ledger_of(ledger), [ledger_of(ledger, path) for path in given]
    if compare and (out is not None or asked is EffectFormat.ARROW):
        raise BadInputError("--compare gives a table. Ask for the files of each scenario by itself.")
    if by_source:
        if compare or out is not None or asked is EffectFormat.ARROW or len(outcome or ()) != 1:
            raise BadInputError(
                "--by-source gives a table of one outcome. Name it with --outcome, once, without --compare and --out."
            )
        _by_source(
            what_ifs[0],
            record,
            str((outcome or [])[0]),
            from_,
            to,
            draws,
            seed,
            workers,
            cache,
            Format(asked),
        )
        return
    if out is not None:
        from tidegate.supply.export import check_ending

        check_ending(out)
    with at_work("draws", workers, cache) as how:
        if compare:
            from tidegate.supply.compare import compare as compare_scenarios

            both = compare_scenarios(
                what_ifs[0], what_ifs[1], record, from_, to, draws=draws, seed=seed, outcomes=outcome, **how
            )
        else:
            from tidegate.supply.effects import effects_of

            found = effects_of(
                what_ifs[0], record, from_, to, draws=draws, seed=seed, outcomes=outcome, **how
            )
    if compare:
        from tidegate.cli.render_supply import print_comparison

        if not show(both.table(), Format(asked)):
            print_comparison(both)
        return
    if out is not None:
        from tidegate.supply.export import write_effects

        print(f"Wrote {write_effects(found, out)}.", file=sys.stderr)
    if asked is EffectFormat.ARROW:
        _print_arrow(found)
    elif not show(found.table(), Format(asked)):
        from tidegate.cli.render_supply import print_effects

        print_effects(found)


def _by_source(
    what_if: Ledger, record: Ledger, outcome: str, first: str, last: str, draws: int, seed: int, count: int,
    cache: bool, asked: Format,
) -> None:  # fmt: skip
    from tidegate.supply.disputes import disputes_of

    with at_work("runs", count, cache) as how:
        found = disputes_of(what_if, record, outcome, first, last, draws=draws, seed=seed, **how)
    if not show(found.table(), asked):
        from tidegate.cli.render_supply import print_disputes

        print_disputes(found)


def _list_outcomes(asked: EffectFormat) -> None:
    from tidegate.errors import BadInputError
    from tidegate.supply.calibration import load_calibration
    from tidegate.supply.headlines import outcome_table

    if asked is EffectFormat.ARROW:
        raise BadInputError("--list-outcomes answers as table, json or csv.")
    table = outcome_table(load_calibration())
    if show(table, Format(asked)):
        return
    rows = [{**row, "id": row["outcome"]} for row in table]
    print_table("Outcomes", [("outcome", "id"), ("what", "label"), ("effect told as", "effect_in")], rows)
    for name in ("goods", "buyers", "companies"):
        print(f"{name}: {', '.join(table.about[name])}")


def _print_arrow(found: Effects) -> None:
    from tidegate.errors import BadInputError
    from tidegate.supply.export import arrow_bytes

    if sys.stdout.isatty():
        raise BadInputError("Arrow is not for a terminal. Pipe it on, or write a file with --out FILE.arrow.")
    sys.stdout.buffer.write(arrow_bytes(found))


@supply_app.command()
def explain(
    scenario: _Scenario,
    outcome: _One,
    by: Annotated[str, typer.Option("--by", metavar="WHAT", help="measure, channel or mechanism.")] = "measure",
    quarter: Annotated[
        str | None, typer.Option("--quarter", metavar="QUARTER", help="One quarter, in place of --from and --to.")
    ] = None,
    from_: _From = "2025Q3", to: _To = "2026Q4", draws: _Draws = 100, seed: _Seed = 0,
    workers: _Workers = 1, cache: Cache = True, ledger: Folders = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Say which measures, channels or mechanisms carry what a scenario changes.

    The parts of measures and of channels add up to the effect that `simulate` gives for the same draws.

    Example: tidegate explain examples/scenarios/match-act.yaml --outcome sales:lam-research --from 2026Q4 --to 2027Q4
    """
    from tidegate.supply.causes import explain_effect

    what_if, record = ledger_of(ledger, scenario), ledger_of(ledger)
    first, last = (quarter, quarter) if quarter else (from_, to)
    with at_work("runs", workers, cache) as how:
        found = explain_effect(what_if, record, outcome, first, last, by=by, draws=draws, seed=seed, **how)
    if not show(found.table(), Format.JSON if json_ else format_):
        from tidegate.cli.render_supply import print_causes

        print_causes(found)


@supply_app.command()
def drivers(
    scenario: _Scenario,
    outcome: _One,
    from_: _From = "2025Q3", to: _To = "2026Q4",
    size: Annotated[int, typer.Option("--size", min=2, help="Base sample, a power of two: more is surer.")] = 64,
    seed: _Seed = 0, workers: _Workers = 1, cache: Cache = True, ledger: Folders = None,
    format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Say which parameters an effect hangs on, and how much of its doubt comes from assumptions.

    Sobol indices of the variance of the effect over the ranges of all parameters.

    Example: tidegate drivers examples/scenarios/match-act.yaml --outcome sales:asml --from 2026Q4 --to 2027Q4
    """
    from tidegate.supply.drivers import drivers_of

    what_if, record = ledger_of(ledger, scenario), ledger_of(ledger)
    with at_work("pairs of runs", workers, cache) as how:
        found = drivers_of(what_if, record, outcome, from_, to, size=size, seed=seed, **how)
    if not show(found.table(), Format.JSON if json_ else format_):
        from tidegate.cli.render_supply import print_drivers

        print_drivers(found)


@supply_app.command()
def hindcast(
    targets: Annotated[Path, typer.Argument(metavar="TARGETS", help="A CSV file of observations with tolerances.")],
    draws: Annotated[int, typer.Option("--draws", min=5, help="Draws of the ensemble.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same numbers.")] = 0,
    cycle: Annotated[
        str, typer.Option("--cycle", metavar="PATH", help="known (in August 2022), or realised, which is no forecast.")
    ] = "known",
    cache: Cache = True, ledger: Folders = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Start in 2022Q3 with what was known then, and say how close it gets to what came.

    Example: tidegate hindcast targets.csv --format json
    """
    from tidegate.cli.render_supply import CAVEAT
    from tidegate.kept import cache_file, keeping
    from tidegate.supply.hindcast import hindcast as run_hindcast

    with keeping(cache_file() if cache else None):
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
    print(CAVEAT)


@supply_app.command()
def published(
    targets: Annotated[
        Path | None, typer.Argument(metavar="TARGETS", help="A YAML file of results (default: the shipped one).")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=5, help="Draws of the ensemble.")] = 200,
    seed: _Seed = 0, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Run published scenarios as their sources define them, and print both numbers with the reason they differ.

    Example: tidegate published
    """
    from tidegate.supply.published import compare_published

    found = compare_published(targets, draws=draws, seed=seed)
    if show(found.table(), Format.JSON if json_ else format_):
        return
    from tidegate.cli.render_supply import print_published

    print_published(found)

"""`tidegate bargain`: a game over controls, solved on the ledger and the supply model."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.options import As, Cache, Folders, Format, Json, ledger_of

__all__ = ["bargain_app"]

bargain_app = typer.Typer()


@bargain_app.command()
def bargain(
    game: Annotated[
        Path, typer.Argument(metavar="GAME", help="A game file; the shipped ones lie in examples/games.")
    ],
    draws: Annotated[int, typer.Option("--draws", min=1, help="Draws of the ensemble.")] = 100,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same numbers.")] = 0,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="Equilibria in mixed moves as well.")
    ] = False,
    history: Annotated[
        Path | None,
        typer.Option(
            "--history", metavar="FILE", help="A record of rounds: how likely was each, from what was known before?"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The tree as a picture: .html, .svg or .png.")
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Processes; the numbers are the same for any.")
    ] = 1,
    cache: Cache = True, ledger: Folders = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Say who offers what, who takes it, and why: equilibria of a game whose payoffs the supply model works out.

    It is a model's answer under its assumptions, no forecast; what the players want stands in the game file.

    Example: tidegate bargain examples/games/chips-for-rare-earths.yaml --draws 40
    """
    from tidegate.bargaining.reading import read_game
    from tidegate.bargaining.solution import bargain as solve_game
    from tidegate.cli.render import show
    from tidegate.cli.render_bargain import print_mixed, print_solution
    from tidegate.cli.supply_commands import at_work

    if out is not None:
        from tidegate.charts import check_ending

        check_ending(out)
    read = read_game(game)
    rounds = None
    if history is not None:
        from tidegate.ledger.bargains import read_rounds

        rounds = read_rounds(history)
    with at_work("scenarios", workers, cache) as how:
        found = solve_game(read, ledger_of(ledger), draws=draws, seed=seed, **how)
    if out is not None:
        from tidegate.bargaining.picture import write_tree

        print(f"Wrote {write_tree(found, out)}.", file=sys.stderr)
    if rounds is not None:
        from tidegate.bargaining.history import predict_rounds

        past = predict_rounds(rounds, read, found.payoffs, ledger_of(ledger))
        if not show(past.table(), Format.JSON if json_ else format_):
            from tidegate.cli.render_bargain import print_history

            print_history(past)
        return
    if show(found.table(), Format.JSON if json_ else format_):
        return
    print_solution(found)
    if mixed:
        print_mixed(found)

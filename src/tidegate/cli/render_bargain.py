"""A solved game as text for people: payoffs with bands, then what follows from them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from tidegate.cli.render import console, print_table

if TYPE_CHECKING:
    from tidegate.bargaining.history import History
    from tidegate.bargaining.solution import Solution

__all__ = ["print_history", "print_mixed", "print_solution"]

CAVEAT = (
    "A model's answer under its assumptions, no forecast: what the players want is written in the game file, most of it "
    "assumed. docs/bargaining.md has the equations."
)


def print_solution(found: Solution) -> None:
    """Print a row per way to play, what each player wants, and the account."""
    from tidegate.bargaining.account import account

    players = found.game.ids
    rows: dict[str, dict[str, str]] = {}
    for row in found.rows():
        line = rows.setdefault(str(row["path"]), {"path": str(row["path"])})
        line[row["player"]] = f"{row['expected']:+.2f}"
        line[f"{row['player']} band"] = f"{row['low']:+.2f} to {row['high']:+.2f}"
        if row["equilibrium"] is not None:
            line["equilibrium"] = f"{row['equilibrium']:.0%}"
    columns = [("way to play", "path")]
    for player in players:
        columns += [(player, player), ("80 % band", f"{player} band")]
    print_table(found.game.title, [*columns, ("equilibrium in", "equilibrium")], rows.values())
    _print_wants(found)
    for sentence in account(found):
        _print_wrapped(sentence)
    _print_wrapped(CAVEAT)


def print_mixed(found: Solution) -> None:
    """Print the equilibria of the one-shot game in pure and mixed moves."""
    if found.one_shot is None:
        print("The game has no one-shot form.")
        return
    for one in found.one_shot.mixed():
        chances = "; ".join(
            f"{player}: " + ", ".join(f"{move} {chance:.2f}" for move, chance in own.items() if chance > 1e-6)
            for player, own in one.chances.items()
        )
        print(f"Equilibrium{'' if one.is_pure else ' in mixed moves'}: {chances}")


def print_history(past: History) -> None:
    """Print a row per round, then how often each way of predicting was right."""
    rows = [
        {
            **row, "chance": f"{row['chance']:.0%}",
            "ranks": " ".join(str(row[f"rank_{way}"]) for way in ("model", "replies", "base_rates", "repeat")),
        }
        for row in past.table()
    ]  # fmt: skip
    heads = [("on", "on"), ("what came", "actual"), ("likeliest before", "top_3"), ("chance", "chance"),
             ("rank by each", "ranks"), ("round", "id")]  # fmt: skip
    print_table("Rounds on record, each from what was known before it", heads, rows)
    scores = [
        {
            "way": {"model": "the model", "replies": "the same without the game", "base_rates": "base rates so far",
                    "repeat": "the last move again"}[row["way"]],
            "top_1": f"{row['top_1']:.0%}", "top_3": f"{row['top_3']:.0%}", "log": f"{row['log_score']:.2f}",
        }
        for row in past.scores()
    ]  # fmt: skip
    print_table(
        f"{len(past.predictions)} rounds (rank by each: in this order)",
        [("way", "way"), ("first", "top_1"), ("among three", "top_3"), ("log score", "log")],
        scores,
    )
    print(past.verdict())
    if past.left_out:
        print(f"Left out, as the record does not say what came: {', '.join(past.left_out)}.")


def _print_wants(found: Solution) -> None:
    rows = [
        {
            "player": player.id, "want": want.name.replace("_", " "), "of": want.of,
            "weight": f"{want.central:g}" if want.low == want.high
            else f"{want.low:g} to {want.high:g}, most likely {want.central:g}",
            "unit": want.unit, "source": want.source,
        }
        for player in found.game.players
        for want in player.wants
    ]  # fmt: skip
    heads = [("player", "player"), ("wants", "want"), ("outcome", "of"), ("weight", "weight"), ("unit", "unit"),
             ("source", "source")]  # fmt: skip
    print_table("What they want", heads, rows)


def _print_wrapped(text: str) -> None:
    out = console()
    print("\n".join(textwrap.wrap(text, out.width - 1)) if out.is_terminal else text)

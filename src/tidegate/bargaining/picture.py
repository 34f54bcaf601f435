"""The tree of a game: turns from left to right, what each leads to at the end, and what is played in colour."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from tidegate.bargaining.game import Game, Path, choices, next_turn
from tidegate.bargaining.solution import Solution
from tidegate.charts import check_ending, load_altair, write_chart
from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import altair

__all__ = ["specification", "tree_picture", "write_tree"]

_MOST_LEAVES = 150
_ROW, _COLUMN = 24, 210
_PLAYED, _OTHER = "#c2410c", "#8a8f98"


@dataclass
class _Drawn:
    edges: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    leaves: list[dict[str, Any]] = field(default_factory=list)


def tree_picture(found: Solution) -> altair.LayerChart:
    """Return the tree of a solved game as a chart.

    Played is subgame-perfect play; of a game in which all move at the same time, its equilibria in pure moves.
    Raises: MissingExtraError: if Altair is not installed. BadInputError: if there is too much to draw.
    """
    alt, game, drawn = load_altair(), found.game, _Drawn()
    _place(found, (), 0, 0, drawn, _played(found))
    if len(drawn.leaves) > _MOST_LEAVES:
        raise BadInputError(
            f"{len(drawn.leaves)} ends are too many to draw. Draw a game of at most {_MOST_LEAVES}."
        )
    depth = max(leaf["x"] for leaf in drawn.leaves)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.1, depth + 1.6]))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.7, len(drawn.leaves) - 0.3], reverse=True))
    colour = alt.Color(
        "played:N", legend=None, scale=alt.Scale(domain=[False, True], range=[_OTHER, _PLAYED])
    )
    edges = alt.Chart(alt.Data(values=drawn.edges))
    lines = edges.mark_rule().encode(
        x=x, y=y, x2="x2:Q", y2="y2:Q", color=colour, size=alt.condition("datum.played", alt.value(3), alt.value(1)),
        tooltip=["player:N", "move:N", "title:N"],
    )  # fmt: skip
    at = {"x": alt.X("x2:Q", axis=None), "y": alt.Y("y2:Q", axis=None), "text": "move:N"}
    beside = {"align": "right", "dy": -5, "dx": -6, "fontSize": 11}
    # A white rim, so that a word can be read where its line runs through it.
    rim = edges.mark_text(**beside, stroke="white", strokeWidth=4, strokeJoin="round").encode(**at)
    words = edges.mark_text(**beside).encode(**at, color=colour)
    turns = alt.Chart(alt.Data(values=drawn.turns)).mark_text(
        fontSize=12, fontWeight="bold", dx=4, dy=-9, align="left"
    )
    ends = alt.Chart(alt.Data(values=drawn.leaves)).mark_text(align="left", dx=8, fontSize=11)
    title = alt.Title(
        game.title,
        subtitle=[
            f"At the ends what it brings {', '.join(game.ids)}, mean of {found.payoffs.draws} draws; "
            "in colour what is played.",
            "A model's answer under the wants of the game file, no forecast."
            if game.table is None
            else "Outcomes from the game's own file.",
        ],
        anchor="start",
    )
    chart: altair.LayerChart = (
        alt.layer(
            lines, rim, words, turns.encode(x=x, y=y, text="who:N"), ends.encode(x=x, y=y, text="worth:N", color=colour)
        )
        .properties(width=int(_COLUMN * (depth + 1)), height=_ROW * max(3, len(drawn.leaves)), title=title)
        .configure_view(stroke=None)
    )  # fmt: skip
    return chart


def specification(found: Solution) -> dict[str, Any]:
    """Return the tree as a Vega-Lite specification, data inlined. Raises: as `tree_picture`."""
    drawn: dict[str, Any] = json.loads(tree_picture(found).to_json())
    return drawn


def write_tree(found: Solution, path: FilePath) -> FilePath:
    """Write the tree to an .html, .svg or .png file, whole or not at all. Raises: BadInputError, MissingExtraError."""
    check_ending(path)
    return write_chart(tree_picture(found), path)


def _played(found: Solution) -> tuple[Path, ...]:
    """The ends that are reached."""
    if found.play is not None:
        return (found.play.path,) if found.play.path is not None else ()
    form = found.one_shot
    return () if form is None else tuple(tuple(profile.items()) for profile in form.equilibria())


def _place(
    found: Solution, path: Path, place: int, depth: int, drawn: _Drawn, played: tuple[Path, ...]
) -> float:
    """Lay out what follows a path; return how far down it stands."""
    following = next_turn(found.game, path, place)
    here = any(end[: len(path)] == path for end in played)
    if following is None:
        values = found.payoffs.of(path).mean(axis=1)
        y = float(len(drawn.leaves))
        worth = "  ".join(f"{value + 0.0:+.2f}" for value in values)
        drawn.leaves.append({"x": depth, "y": y, "worth": worth, "played": here})
        return y
    at, moves = following
    below = []
    for choice in choices(moves):
        reached = (*path, *choice)
        y = _place(found, reached, at + 1, depth + 1, drawn, played)
        below.append((y, choice, any(end[: len(reached)] == reached for end in played)))
    middle = (below[0][0] + below[-1][0]) / 2
    drawn.turns.append({"x": depth, "y": middle, "who": ", ".join(moves)})
    drawn.edges += [
        {
            "x": depth, "y": middle, "x2": depth + 1, "y2": y, "played": on, "player": ", ".join(moves),
            "move": ", ".join(move for _, move in choice), "title": _titles(found.game, choice),
        }
        for y, choice, on in below
    ]  # fmt: skip
    return middle


def _titles(game: Game, choice: Path) -> str:
    return "; ".join(game.player(player).move(move).title for player, move in choice)

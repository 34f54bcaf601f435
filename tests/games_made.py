"""Games for tests, written as files are, so that everything goes through the reader."""

from itertools import product
from pathlib import Path

from tidegate.bargaining.payoffs import payoffs_of
from tidegate.bargaining.reading import read_game_text
from tidegate.bargaining.solution import solve

GAMES = Path(__file__).parent / "data" / "games"


def bimatrix(one, other, rows="abcd", columns="wxyz", play="together", title="A matrix game"):
    """The text of a game of two players A and B with these payoffs."""
    own = rows[: len(one)]
    theirs = columns[: len(one[0])]
    lines = [f"title: {title}", "players:"]
    lines += [f"  A: {{moves: {{{', '.join(f'{m}: {{}}' for m in own)}}}}}"]
    lines += [f"  B: {{moves: {{{', '.join(f'{m}: {{}}' for m in theirs)}}}}}", f"play: {play}", "outcomes:"]
    for (i, row), (j, column) in product(enumerate(own), enumerate(theirs)):
        lines.append(f"  - {{after: [{row}, {column}], values: {{A: {one[i][j]}, B: {other[i][j]}}}}}")
    return "\n".join(lines) + "\n"


def solved(text, draws=1, name="made.yaml"):
    game = read_game_text(text, name)
    return solve(game, payoffs_of(game, draws=draws))


def stored(name, **words):
    """A game of tests/data/games, solved. words: pieces of its text and what takes their place."""
    text = (GAMES / f"{name}.yaml").read_text("utf-8")
    for old, new in words.items():
        assert old in text
        text = text.replace(old, new)
    return text

"""What a negotiation over controls comes to, by a shipped game: worked out by a job."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from tidegate.bargaining.report import report_game
from tidegate.bargaining.shipped import shipped_games
from tidegate.tables import Table
from tidegate.web.parameters import Name
from tidegate.web.question import Asked, Site, question
from tidegate.web.worked import Worked, bare, not_yet, work_out

MOST_DRAWS = 200


def shipped_game(name: str) -> str:
    """Return the name of a shipped game. Raises: ValueError: naming those that ship."""
    if name not in shipped_games():
        raise ValueError(f"'{name}' is no shipped game. Take one of {', '.join(shipped_games())}.")
    return name


class Bargain(Asked):
    """A game, and how it is run."""

    game: Annotated[
        Annotated[Name, AfterValidator(shipped_game)] | None,
        Field(description="Shipped game.", examples=["chips-for-rare-earths"]),
    ] = None
    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS, description="Draws of the ensemble.")] = 40
    seed: Annotated[int, Field(ge=0, le=2**31, description="The same seed gives the same numbers.")] = 0


def rows(site: Site, asked: Bargain) -> Table:
    """Return what each way to play brings each player: the CSV twin."""
    answer = bargain.answer(site, asked)
    if answer is None:
        raise bargain.nothing_asked()
    if not answer.found:
        raise not_yet()
    told = answer.found["payoffs"]
    return Table(tuple(told), tuple(told[0]), {}, "payoffs")


def page(site: Site, asked: Bargain, answer: Worked | None) -> Mapping[str, Any]:
    """Return the games to choose from, and the payoffs by way to play."""
    by_path: dict[str, dict[str, Any]] = {}
    for row in answer.found.get("payoffs", ()) if answer else ():
        line = by_path.setdefault(
            row["path"], {"path": row["path"], "equilibrium": row["equilibrium"], "of": {}}
        )
        line["of"][row["player"]] = row
    return {"games": shipped_games(), "ways": list(by_path.values())}


def picture(site: Site, asked: Bargain) -> dict[str, Any]:
    """Return the tree of the game as a Vega-Lite specification."""
    answer = bargain.answer(site, asked)
    if answer is None:
        raise bargain.nothing_asked()
    if not answer.found:
        raise not_yet()
    drawn: dict[str, Any] = answer.found["picture"]
    return drawn


@question(
    "/bargain", title="Bargain", table=rows, shows=page, picture=picture, by_job=True, least=("game",),
    examples=({"game": "rare-earth-licences-for-eda", "draws": "5"},),
)  # fmt: skip
def bargain(site: Site, asked: Bargain) -> Worked | None:
    """Who offers what, who takes it and why, and when an offer backfires, by a game whose payoffs the model works out."""
    if asked.game is None:
        return None
    work = partial(report_game, bare(site.ledger), asked.game, draws=asked.draws, seed=asked.seed)
    return work_out(site, ("bargain", asked.game, asked.draws, asked.seed), work)

"""Who controls what toward whom on a day: a map of tiles, and the matrix of governments by classes of goods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from tidegate.catalog.tiles import country_tiles
from tidegate.licensing.basket import read_basket
from tidegate.licensing.control_map import ControlMap, control_map
from tidegate.tables import Table
from tidegate.web.parameters import Day, KnownBy, Name, day_field, one_country
from tidegate.web.question import Asked, Site, question

if TYPE_CHECKING:
    import altair

TILE = (30, 26)
"""Width and height of a tile in the units of the drawing."""


def _goods(name: str) -> str:
    classes = read_basket().classes
    if name not in classes:
        raise ValueError(f"'{name}' is no class of the basket. Classes: {', '.join(classes)}.")
    return name


Country = Annotated[Name, AfterValidator(one_country)]


class Map(Asked):
    """A day, and what of the matrix: a government, a class of goods, a country that is reached."""

    on: Day = day_field("Legal day asked about.")
    by: Annotated[Country | None, Field(description="What this government alone asks.", examples=["US"])] = (
        None
    )
    goods: Annotated[
        Annotated[Name, AfterValidator(_goods)] | None,
        Field(description="Class of goods: chips, memory, lithography, ...", examples=["lithography"]),
    ] = None
    target: Annotated[
        Country | None, Field(description="Country reached: who asks what toward it.", examples=["China"])
    ] = None
    known_by: KnownBy = None

    def found(self, site: Site) -> ControlMap:
        """Return the matrix of the day, toward one country if it is named."""
        return control_map(site.ledger, self.on, [self.target] if self.target else None, self.known_by)


def page(site: Site, asked: Map, answer: Table) -> Mapping[str, Any]:
    """Return the tiles, or the cells of one country, and the words for them."""
    found = asked.found(site)
    governments = [g for g in found.governments if asked.by in (None, g)]
    shown: dict[str, Any] = {
        "classes": {k: words for k, words in found.basket.classes.items() if asked.goods in (None, k)},
        "all_classes": found.basket.classes,
        "governments": governments,
        "holders": sorted({*found.governments, *([asked.by] if asked.by else [])}),
        "deals": len(found.basket.deals),
    }
    if asked.target:
        cells = {(cell.government, cell.goods): cell for cell in found.toward(asked.target)}
        titles = {
            m: site.ledger[m].title for cell in cells.values() for m in cell.measures if m in site.ledger
        }
        return {
            **shown,
            "cells": cells,
            "titles": titles,
            "score": found.score(asked.target, asked.by, asked.goods),
        }
    rows = found.scores(asked.by, asked.goods).rows
    wide, high = TILE
    places = country_tiles()
    tiles = [
        {**row, "x": places[row["target"]][0] * wide, "y": places[row["target"]][1] * high,
         "shade": _shade(row["tightness"])}
        for row in rows
    ]  # fmt: skip
    size = [(max(place[k] for place in places.values()) + 1) * TILE[k] for k in (0, 1)]
    held = [row for row in found.countries() if row["governments"]]
    scores = {row["target"]: row for row in rows}
    return {
        **shown, "tiles": tiles, "tile": TILE, "size": size, "reach": found.reach(), "scores": scores,
        "held": sorted(held, key=lambda row: (-scores[row["target"]]["tightness"], row["name"])),
        "toward": sum(1 for row in rows if row["high"]),
    }  # fmt: skip


def _shade(tightness: float) -> int:
    """0 where all is free, else one of five steps of a fifth each."""
    return 0 if not tightness else min(int(tightness * 5), 4) + 1


def picture(site: Site, asked: Map) -> altair.TopLevelMixin:
    """Return the tiles as a chart."""
    from tidegate.licensing.pictures import map_chart

    return map_chart(asked.found(site), asked.by, asked.goods)


@question(
    "/map", title="Map", shows=page, picture=picture,
    examples=({"on": "2026-11-21", "by": "US"}, {"on": "2026-11-21", "target": "CN"}),
)  # fmt: skip
def map_(site: Site, asked: Map) -> Table:
    """Who controls what toward whom on a day: governments by countries by classes of goods."""
    return asked.found(site).table(asked.by, asked.goods)

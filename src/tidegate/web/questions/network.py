"""The supply network: goods by stage, makers and countries with shares, where it hangs on few."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from tidegate.supply.calibration import load_calibration
from tidegate.supply.chokepoints import CONCENTRATED, Chokepoints, Share
from tidegate.supply.chokepoints import chokepoints as find_chokepoints
from tidegate.supply.network_picture import STAGES
from tidegate.supply.shipped import KINDS
from tidegate.web.flow_picture import draw_flow
from tidegate.web.parameters import Name
from tidegate.web.question import Asked, Site, question

if TYPE_CHECKING:
    import altair

STAGE_WORDS = {
    "software": "Design software",
    "material": "Materials",
    "tool": "Tools that make chips",
    "service": "Service of tools",
    "chip": "Chips",
}


def _buyer(name: str) -> str:
    known = {row["buyer"]: row["name"] for row in load_calibration().buyers}
    for code, words in known.items():
        if name.casefold() in (code.casefold(), words.casefold()):
            return str(code)
    raise ValueError(f"'{name}' is no buyer of the network. Buyers: {', '.join(known)}.")


def _good(name: str) -> str:
    known = [row["good"] for row in load_calibration().goods]
    if name not in known:
        raise ValueError(f"'{name}' is no good of the network. Goods: {', '.join(known)}.")
    return name


class Network(Asked):
    """Whose purchases, and which good is looked at closely."""

    buyer: Annotated[
        Annotated[Name, AfterValidator(_buyer)] | None,
        Field(description="Country that buys; all together without.", examples=["CN"]),
    ] = None
    good: Annotated[
        Annotated[Name, AfterValidator(_good)] | None,
        Field(description="Good whose makers and buyers are drawn.", examples=["lithography"]),
    ] = None


@lru_cache(maxsize=16)
def _found(buyer: str | None) -> Chokepoints:
    return find_chokepoints(load_calibration(), buyer)


def page(site: Site, asked: Network, answer: Chokepoints) -> Mapping[str, Any]:
    """Return goods by stage, the bars of their countries, and the makers of the good that is looked at."""
    calibration = answer.calibration
    rows = {row["good"]: row for row in answer.table()}
    staged = [
        (STAGE_WORDS[stage], [row for row in rows.values() if row["stage"] == stage]) for stage in STAGES
    ]
    makers: list[Share] = [
        one
        for good in ([asked.good] if asked.good else answer.shares)
        for one in answer.shares[good]
        if one.share
    ]
    return {
        "staged": staged,
        "bars": {good: list(_bars(countries)) for good, countries in answer.countries.items()},
        "makers": makers,
        "flow": draw_flow(calibration, asked.good) if asked.good else None,
        "buyers": [(row["buyer"], row["name"]) for row in calibration.buyers],
        "goods": list(answer.shares),
        "kinds": KINDS,
        "places": {row["buyer"]: row["name"] for row in calibration.buyers},
        "concentrated": CONCENTRATED,
        "one_country": sum(max(own.values()) > 0.5 for own in answer.countries.values()),
    }  # fmt: skip


def _bars(countries: Mapping[str, float]) -> list[tuple[str, float, float, float]]:
    """Country, where its part begins, its width and its share, of a bar of 1000."""
    found, x = [], 0.0
    for country, share in countries.items():
        if share > 0:
            found.append((country, round(1000 * x, 1), round(1000 * share, 1), share))
            x += share
    return found


def picture(site: Site, asked: Network) -> altair.TopLevelMixin:
    """Return a bar a good, cut by countries."""
    from tidegate.supply.network_picture import network_chart

    return network_chart(_found(asked.buyer))


@question(
    "/network", title="Network", shows=page, picture=picture, of_record=False,
    examples=({"good": "lithography"}, {"buyer": "CN", "good": "ai_chips"}),
)  # fmt: skip
def network(site: Site, asked: Network) -> Chokepoints:
    """Who makes what for whom, and where supply hangs on few: the base year of the supply model."""
    return _found(asked.buyer)

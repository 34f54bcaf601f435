"""The supply network as a chart: from which countries each good comes, goods in the order of the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidegate.catalog import load_catalog
from tidegate.errors import MissingExtraError
from tidegate.supply.chokepoints import Chokepoints

if TYPE_CHECKING:
    import altair

__all__ = ["STAGES", "network_chart"]

STAGES = ("software", "material", "tool", "service", "chip")
"""The order of the chain: what design and fabs need before what they make."""


def network_chart(found: Chokepoints) -> altair.Chart:
    """Return a bar a good, cut by the countries of its makers. Raises: MissingExtraError: if Altair is not installed."""
    try:
        import altair as alt
    except ImportError:
        raise MissingExtraError("altair is not installed. Run: pip install 'tidegate[pictures]'") from None
    items, names = load_catalog().items, load_catalog().countries
    stages = {good.id: good.stage for good in found.calibration.network.goods}
    rows: list[dict[str, Any]] = [
        {
            "good": items[good].name if good in items else good.replace("_", " "),
            "stage": stages[good],
            "country": names[country].name if country in names else "elsewhere",
            "share": share,
        }
        for good, countries in found.countries.items()
        for country, share in countries.items()
        if share
    ]
    order = [row["good"] for stage in STAGES for row in rows if row["stage"] == stage]
    whose = f"what {found.buyer} buys comes" if found.buyer else "the world's purchases come"
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            y=alt.Y("good:N", title=None, sort=list(dict.fromkeys(order))),
            x=alt.X("share:Q", title="share of makers by country", axis=alt.Axis(format="%")),
            color=alt.Color("country:N", title=None),
            order=alt.Order("share:Q", sort="descending"),
            tooltip=[alt.Tooltip("good:N"), alt.Tooltip("country:N"), alt.Tooltip("share:Q", format=".0%")],
        )
        .properties(
            title=f"Where {whose} from, {found.calibration.network.base}", width=640, height=alt.Step(24)
        )
    )
    return chart

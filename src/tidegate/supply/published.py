"""Scenarios that others have published, run here as their source defines them, with both numbers side by side.

The shock is put on the flows as the source puts it: all sales of some countries' makers to some buyers, stopped
without a way round. No law is asked, for these are not laws. The cycle is off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.data import SUPPLY
from tidegate.errors import BadInputError
from tidegate.records import read_yaml
from tidegate.supply.calibration import CLASSES, START, Calibration, load_calibration
from tidegate.supply.draws import sample_draws
from tidegate.supply.outcomes import parse_outcome, read_outcome
from tidegate.supply.quarters import quarters_between
from tidegate.supply.run import run
from tidegate.supply.scale import BAND
from tidegate.supply.wedges_model import Bite, Wedges
from tidegate.tables import Table, Tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Published", "compare_published"]

_QUARTERS = quarters_between(START, "2025Q2")
_FIRST_YEAR, _THIRD_YEAR = slice(0, 4), slice(8, 12)
_CHIPS = (*CLASSES["chips"], "ai_chips")


@dataclass(frozen=True)
class Published(Tabular):
    """One row for each number: the published one with its band, the model's, and why they differ."""

    rows: tuple[dict[str, Any], ...]
    draws: int
    seed: int

    def table(self) -> Table:
        """Return the numbers side by side."""
        columns = (
            "id",
            "metric",
            "published",
            "band",
            "model",
            "low",
            "high",
            "passes",
            "why",
            "source",
            "url",
        )
        return Table(self.rows, columns, {"draws": self.draws, "seed": self.seed}, "comparisons")


def compare_published(
    targets: str | Path | None = None,
    *,
    calibration: Calibration | None = None,
    draws: int = 200,
    seed: int = 0,
) -> Published:
    """Return the published scenarios of a file beside the model's answers.

    targets: a YAML file with a list `targets` of records with an id, the shipped one without. What the model has no
        answer to stands there with its reason. Raises: BadInputError: if the file has no such list.
    """
    targets = targets or SUPPLY / "published.yaml"
    data, _ = read_yaml(Path(targets))
    if not isinstance(data, dict) or not isinstance(data.get("targets"), list):
        raise BadInputError(f"{targets}: a list 'targets' is expected. See docs/supply.md.")
    world = _World(calibration or load_calibration(), draws, seed)
    rows: list[dict[str, Any]] = []
    for record in data["targets"]:
        own = _ANSWERS.get(str(record.get("id")))
        if own is None:
            rows.append(
                _row(
                    record,
                    "",
                    None,
                    None,
                    None,
                    _NOT.get(str(record.get("id")), "no answer is written for it"),
                )
            )
        else:
            rows += own(world, record)
    return Published(tuple(rows), draws, seed)


class _World:
    """The network with and without a shock, in the same draws."""

    def __init__(self, calibration: Calibration, draws: int, seed: int) -> None:
        self.network = calibration.network
        self.chip_share = calibration.parameter("chip_share_of_users").central
        self.draws = sample_draws(self.network, 0, draws, seed)

    def outcomes(
        self, names: Sequence[str], stops: Mapping[str, tuple[str, str, float]]
    ) -> dict[str, NDArray[np.float64]]:
        """Return outcomes (draws, quarters) when, by good, a seller's flows to a buyer fall by a share; '*': abroad."""
        import numpy as np

        bites = []
        for good, (seller, buyer, share) in stops.items():
            makers, buyers = self.network.suppliers[good], self.network.buyers
            array = np.zeros((len(_QUARTERS), len(makers), len(buyers)))
            for i, maker in enumerate(makers):
                for j, one in enumerate(buyers):
                    if (
                        seller in (maker.country, maker.company)
                        and one != maker.country
                        and buyer in ("*", one)
                    ):
                        array[:, i, j] = share
            bites.append(Bite("published-scenario", good, "ban", array))
        path = run(self.network, Wedges(_QUARTERS, tuple(bites)), self.draws)
        return {name: read_outcome(path, parse_outcome(name, self.network)) for name in names}


def _told(record: Mapping[str, Any], case: int, result: str) -> Any:  # noqa: ANN401
    """A result of a case as the file has it. Raises: BadInputError: naming the record and the mend."""
    try:
        return record["cases"][case]["results"][result]
    except (KeyError, IndexError, TypeError):
        raise BadInputError(
            f"{record.get('id')}: case {case + 1} has no result '{result}'. Give it under cases, results."
        ) from None


def _row(
    record: Mapping[str, Any], metric: str, published: Any, band: Sequence[float] | None,  # noqa: ANN401
    values: NDArray[np.float64] | None, why: str,
) -> dict[str, Any]:  # fmt: skip
    import numpy as np

    low, middle, high = (
        (float(v) for v in np.quantile(values, BAND)) if values is not None else (None, None, None)
    )
    passes = band[0] <= middle <= band[1] if band is not None and middle is not None else None
    return {
        "id": record.get("id"), "metric": metric, "published": published, "band": list(band) if band else None,
        "model": middle, "low": low, "high": high, "passes": passes, "why": why,
        "source": record.get("source"), "url": record.get("url"),
    }  # fmt: skip


def _us_chips(
    world: _World,
) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.float64]], list[str]]:
    """Sales of chips by country, before and after US makers sell none to China."""
    countries = sorted({s.country for good in _CHIPS for s in world.network.suppliers[good]})
    names = [f"sales:{country}:{good}" for country in countries for good in _CHIPS
             if any(s.country == country for s in world.network.suppliers[good])]  # fmt: skip
    stops = dict.fromkeys(_CHIPS, ("US", "CN", 1.0))
    return world.outcomes(names, {}), world.outcomes(names, stops), countries


def _bcg(world: _World, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    import numpy as np

    before, after, _ = _us_chips(world)

    def us(one: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.asarray(
            sum(v[:, _THIRD_YEAR].sum(axis=1) for k, v in one.items() if k.startswith("sales:US:"))
        )

    change = 100 * (us(after) / us(before) - 1)
    why = (
        "flows of 2021 and 2022, where China buys about a third of US chips by billing "
        "against 23 percent of demand by "
           "device maker there; others take part of it; no jobs or research are modelled")  # fmt: skip
    return [
        _row(
            record,
            "US_chip_revenue_change_pct, full ban",
            _told(record, 1, "US_chip_revenue_change_pct"),
            record["compare"]["full_ban_band"],
            change,
            why,
        )
    ]


def _itif(world: _World, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    import numpy as np

    before, after, countries = _us_chips(world)

    def gain(country: str) -> NDArray[np.float64]:
        own = [k for k in before if k.startswith(f"sales:{country}:")]
        return np.asarray(sum((after[k] - before[k])[:, _FIRST_YEAR].sum(axis=1) for k in own))

    third = sum(gain(country) for country in countries if country not in ("US", "CN"))
    share = third / -gain("US")
    gains = sum(v for k, v in _told(record, 0, "gain_busd").items() if k != "CN")
    why = (
        "third makers are short of capacity in the first year and China does without a "
        "part; the source hands the whole "
           "loss on to others by their shares")  # fmt: skip
    return [
        _row(
            record,
            "share of the US loss captured by third suppliers",
            gains / _told(record, 0, "US_sales_loss_busd"),
            record["compare"]["band"],
            share,
            why,
        )
    ]


def _bachmann(world: _World, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    import numpy as np

    from tidegate.supply.output import log_output

    sigma = world.draws.get("sigma")[:, None]
    told = sorted(end / 100 for end in _told(record, 0, "DE_GDP_pct_range"))
    rows = []
    for what, left, cost in (("energy, X=0.92", 0.92, 0.04), ("gas, X=0.70", 0.70, 0.012)):
        used = np.full((len(sigma), 1, 1), left)
        loss = log_output(used, np.array([[cost]]), sigma)[:, 0]
        why = (
            f"the core of the model alone: cost share {cost:g} (stated, not calibrated), "
            f"elasticity between inputs as drawn"
        )
        rows.append(
            _row(
                record,
                f"lnY, {what}",
                told,
                record["compare"]["band"],
                loss,
                why,
            )
        )
    return rows


def _usgs(world: _World, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    stops = {"gallium_germanium": ("CN", "*", 1.0)}
    before, after = (world.outcomes(["output:US"], s)["output:US"] for s in ({}, stops))
    place = world.network.buyers.index("US")
    chips = sum(float(world.network.flows[good][:, place].sum()) for good in _CHIPS)
    users = 4 * chips / world.chip_share
    loss = (after - before)[:, _FIRST_YEAR].mean(axis=1) * users
    why = (
        "output of those who use chips and these metals directly, at a cost share that "
        "is assumed; the source follows the "
           "loss through the whole economy")  # fmt: skip
    return [
        _row(
            record, "US_GDP_busd, both", _told(record, 2, "US_GDP_busd"), record["compare"]["band"], loss, why
        )
    ]


def _imf(world: _World, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    import numpy as np

    names = ["output:JP", "output:US", "output:EU"]
    stops = {"rare_earths": ("CN", "*", 0.8), "magnets": ("CN", "*", 0.8)}
    before, after = world.outcomes(names, {}), world.outcomes(names, stops)
    loss = {name: 100 * (after[name] - before[name])[:, _FIRST_YEAR].mean(axis=1) for name in names}
    values = [_told(record, 0, f"{country}_GDP_pct") for country in ("JP", "US", "DE")]
    order = np.mean((loss["output:JP"] < loss["output:US"]) & (loss["output:US"] < loss["output:EU"]))
    why = (
        f"the order Japan, United States, Europe (for Germany) holds in {order:.0%} of "
        f"draws; losses of chip and magnet users only"
    )
    return [
        _row(record, f"{name} first year, percent", value, None, loss[name], why)
        for name, value in zip(names, values, strict=True)
    ]


def _hausmann(world: _World, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    from tidegate.supply.power import coalition_power, withdrawn_shares

    china = world.network.buyers.index("CN")
    spent = {good.id: float(world.network.cost_share[china, k]) for k, good in enumerate(world.network.goods)}

    def both(coalition: tuple[str, ...]) -> tuple[NDArray[np.float64], float]:
        shares = withdrawn_shares(world.network, coalition, "CN")
        return coalition_power(world.network, coalition, "CN", world.draws), sum(
            spent[g] * s for g, s in shares.items()
        )

    alone, withdrawn = both(("US",))
    rows = []
    for words, coalition in (
        ("two (US, JP)", ("US", "JP")),
        ("six (US, JP, NL, KR, TW, EU)", ("US", "JP", "NL", "KR", "TW", "EU")),
    ):
        loss, more = both(coalition)
        why = (
            "above one: the loss of the target rises faster than what is withdrawn; the cost "
            "to the senders is not compared"
        )
        convex = (loss / alone) / (more / withdrawn)
        rows.append(
            _row(record, f"loss a unit withdrawn, {words} beside one", "convex", (1.0, 1e9), convex, why)
        )
    return rows


_ANSWERS: Mapping[str, Callable[[_World, Mapping[str, Any]], list[dict[str, Any]]]] = {
    "bcg_2020_china_chip_restrictions": _bcg,
    "itif_2025_chip_decoupling": _itif,
    "bachmann_2022_germany_russia_energy": _bachmann,
    "usgs_2024_gallium_germanium": _usgs,
    "imf_2026_rare_earths": _imf,
    "hausmann_2024_export_bans_russia": _hausmann,
}
_NOT: Mapping[str, str] = {
    "kiel_2024_germany_china": "not modelled: all trade of two blocs, of which this network holds chips and "
    "their inputs",
    "ifp_2025_b30a": "not modelled: computing power in being is no stock of this model",
}

"""The shipped base of the supply network: who sold what to whom before October 2022, and how sure that is.

Bilateral flows are hardly published. A cell is `disclosed` where the firm's share of sales in China is at
hand, and `derived` else: what China must have bought from the remaining suppliers to reach her published
total, in proportion to their sales; and among the other buyers in proportion to their spending. That is
the fixed point of proportional fitting with these margins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.data import SUPPLY
from tidegate.supply.network import Good, Network, Parameter, Supplier
from tidegate.supply.shipped import Row, line_error, read_rows
from tidegate.tables import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CLASSES", "START", "Calibration", "class_of", "load_calibration"]

BASE = "2022Q2"
START = "2022Q3"
"""Every run starts here: the base flows are those of the year before."""

HUBS = ("SG", "MY", "AE")
"""Third countries through which controlled goods are known to have gone round."""

_TOOLS = ("lithography", "metrology", "etch_deposition", "other_tools")
CLASSES: Mapping[str, tuple[str, ...]] = {
    "tools": _TOOLS,
    "services": ("tool_servicing",),
    "eda": ("eda_software",),
    "chips": ("logic_chips", "memory_chips", "hbm"),
    "ai_chips": ("ai_chips",),
    "materials": ("rare_earths", "magnets", "gallium_germanium"),
}
"""Which margins hold for which goods."""


def class_of(good: str) -> str:
    """Return the class of margins to which a good belongs. Raises: KeyError."""
    return next(name for name, goods in CLASSES.items() if good in goods)


@dataclass(frozen=True)
class Calibration:
    """The files of a calibration, checked. folder: where they lie."""

    folder: Path
    goods: tuple[Row, ...]
    buyers: tuple[Row, ...]
    suppliers: tuple[Row, ...]
    demand: tuple[Row, ...]
    parameters: tuple[Row, ...]
    cycle: tuple[Row, ...]
    anchors: tuple[Row, ...]
    totals: tuple[Row, ...]
    _cache: dict[tuple[str, str | None], Parameter] = field(default_factory=dict, repr=False, compare=False)

    @property
    def buyer_ids(self) -> tuple[str, ...]:
        """The buyers in the order of the columns of flows."""
        return tuple(row["buyer"] for row in self.buyers)

    def of_good(self, good: str) -> tuple[Row, ...]:
        """Return the suppliers of a good in the order of the rows of its flows."""
        return tuple(row for row in self.suppliers if row["good"] == good)

    @cached_property
    def network(self) -> Network:
        """The base year as arrays, billion USD a quarter."""
        import numpy as np

        flows = {row["good"]: self._flows(row["good"]) for row in self.goods}
        chips = sum(flows[good].sum(axis=0) for good in (*CLASSES["chips"], "ai_chips"))
        users = chips / self.parameter("chip_share_of_users").central
        # Tools and their service are bought out of a plan, not as an input of the quarter's output.
        used = {good: class_of(good) not in ("tools", "services") for good in flows}
        cost = np.stack([flow.sum(axis=0) / users * used[good] for good, flow in flows.items()], axis=1)
        return Network(
            goods=tuple(
                Good(r["good"], r["stage"], r["unit"], r["tool_of"], r["can_detour"], r["can_store"])
                for r in self.goods
            ),
            buyers=self.buyer_ids,
            suppliers={
                good: tuple(Supplier(good, row["country"], row["company"]) for row in self.of_good(good))
                for good in flows
            },
            flows=flows,
            cost_share=cost,
            parameters=self._engine_parameters(),
            base=BASE,
            hubs=HUBS,
            sources={good: tuple(dict.fromkeys(r["source"] for r in self.of_good(good))) for good in flows},
        )

    @cached_property
    def history(self) -> tuple[Row, ...]:
        """What was observed, before the start of a run and after it."""
        return read_rows(self.folder, "history.csv")

    @cached_property
    def fiscal_years(self) -> Mapping[str, int]:
        """Company -> the month in which its fiscal year ends."""
        return {row["company"]: row["month"] for row in read_rows(self.folder, "fiscal_years.csv")}

    def _engine_parameters(self) -> dict[str, Parameter]:
        """Those the engine reads, under its names: 'id' for all goods, 'id:good' for one."""
        from tidegate.supply.draws import ENGINE_PARAMETERS

        own = {r["parameter"] for r in self.parameters}
        found = {}
        for name in ENGINE_PARAMETERS:
            if name in own:
                # A parameter may be given for some goods alone: elsewhere the default of the engine holds.
                plain = self._parameter_rows.get(name) and self.parameter(name)
                if plain:
                    found[name] = plain
                countries = (
                    r["good"]
                    for r in self.parameters
                    if r["parameter"] == name and r["good"] in self.buyer_ids
                )
                for good in (*(row["good"] for row in self.goods), *countries):
                    special = self._special(name, good)
                    if special is not None:
                        found[f"{name}:{good}"] = replace(special, id=f"{name}:{good}")
        return found

    def _special(self, name: str, good: str) -> Parameter | None:
        """A parameter of a good or of its stage, None where only that of all goods is given."""
        try:
            found = self.parameter(name, good)
        except KeyError:
            return None
        return None if found.id == name else found

    @cached_property
    def _parameter_rows(self) -> Mapping[str, Row]:
        return {f"{r['parameter']}:{r['good']}" if r["good"] else r["parameter"]: r for r in self.parameters}

    def parameter(self, name: str, good: str | None = None) -> Parameter:
        """Return a parameter, that of the good, else of its stage, else of all goods. Raises: KeyError."""
        if (name, good) in self._cache:
            return self._cache[name, good]
        rows = self._parameter_rows
        stage = next((r["stage"] for r in self.goods if r["good"] == good), None)
        for key in (f"{name}:{good}", f"{name}:{stage}", name):
            if key in rows:
                r = rows[key]
                self._cache[name, good] = Parameter(
                    key, r["low"], r["central"], r["high"], r["unit"], r["kind"], r["source"], r["note"] or ""
                )
                return self._cache[name, good]
        raise KeyError(name)

    def table(self) -> Table:
        """Return every base flow with its label: disclosed, or derived with the method."""
        rows = []
        for good in (row["good"] for row in self.goods):
            flow = self.network.flows[good]
            for i, supplier in enumerate(self.of_good(good)):
                for j, buyer in enumerate(self.buyer_ids):
                    rows.append({
                        "good": good, "country": supplier["country"], "company": supplier["company"], "buyer": buyer,
                        "value": float(flow[i, j]), "unit": "USD_bn_quarter", "label": self._label(supplier, buyer),
                        "kind": supplier["kind"], "verified": supplier["verified"], "source": supplier["source"],
                    })  # fmt: skip
        return Table(tuple(rows), tuple(rows[0]), {"base": BASE}, "flows")

    def differences(self) -> Table:
        """Return the sums of the network beside the published totals, with the difference."""
        rows = []
        for total in self.totals:
            got = self._sum(total)
            rows.append({
                "id": total["id"], "published": total["value"], "network": got, "unit": total["unit"],
                "difference": got / total["value"] - 1, "tolerance": total["tolerance"],
                "within": abs(got / total["value"] - 1) <= total["tolerance"], "verified": total["verified"],
                "source": total["source"], "note": total["note"],
            })  # fmt: skip
        return Table(tuple(rows), tuple(rows[0]), {"base": BASE}, "totals")

    def unverified(self) -> Table:
        """Return every number that was not read in a source: memory, hindsight, assumption."""
        rows = [
            {"file": Path(r.path).name, "line": r.line, "kind": r["kind"], "note": r["note"]}
            for r in (*self.suppliers, *self.demand, *self.parameters, *self.cycle, *self.anchors)
            if not r["verified"]
        ]
        return Table(tuple(rows), ("file", "line", "kind", "note"), {"base": BASE}, "numbers")

    # --- flows from margins

    def _sum(self, total: Row) -> float:
        flows = self.network.flows
        goods = total["goods"].split("+")
        if total["unit"] == "share_of_supply":
            (good,) = goods
            own = [row["country"] == total["buyer"] for row in self.of_good(good)]
            return float(flows[good][own].sum() / flows[good].sum())
        column = slice(None) if total["buyer"] == "WORLD" else self.buyer_ids.index(total["buyer"])
        return float(sum(flows[good][:, column].sum() for good in goods))

    def _label(self, supplier: Row, buyer: str) -> str:
        if buyer == "CN" and supplier["cn_share"] is not None:
            return "disclosed share" if supplier["kind"] in ("official", "company") else supplier["kind"]
        if buyer == "CN":
            return "derived: residual of China's total, by sales"
        return "derived: remaining sales by the buyers' spending"

    def _share_left(self, name: str) -> float:
        """The share of China in the sales of suppliers whose own is not known, so that her total is met."""
        rows = [row for good in CLASSES[name] for row in self.of_good(good)]
        known = sum(r["revenue"] * r["cn_share"] / 100 for r in rows if r["cn_share"] is not None)
        left = sum(r["revenue"] for r in rows if r["cn_share"] is None)
        if not left:
            return 0.0
        world = sum(r["revenue"] for r in rows)
        wanted = next(r for r in self.demand if r["class"] == name and r["buyer"] == "CN")
        total = wanted["value"] if wanted["unit"] == "USD_bn_quarter" else wanted["value"] / 100 * world
        return float(min(0.95, max(0.0, (total - known) / left)))

    def _flows(self, good: str) -> NDArray[np.float64]:
        import numpy as np

        name = class_of(good)
        rows, share = self.of_good(good), self._share_left(name)
        revenue = np.array([row["revenue"] for row in rows])
        to_china = np.array([share if r["cn_share"] is None else r["cn_share"] / 100 for r in rows])
        wanted = {row["buyer"]: row["value"] for row in self.demand if row["class"] == name}
        others = np.array([0.0 if buyer == "CN" else wanted[buyer] for buyer in self.buyer_ids])
        flow = (revenue * (1 - to_china))[:, None] * (others / others.sum())[None, :]
        flow[:, self.buyer_ids.index("CN")] = revenue * to_china
        return np.asarray(flow)


def load_calibration(folder: Path | None = None) -> Calibration:
    """Return the calibration of a folder, the shipped one without.

    Raises: BadInputError: naming file, line, what is wrong and the mend.
    """
    own = folder or SUPPLY
    names = ("goods", "buyers", "suppliers", "demand", "parameters", "cycle", "anchors", "totals")
    rows: dict[str, Any] = {name: read_rows(own, f"{name}.csv") for name in names}
    found = Calibration(folder=own, **rows)
    _check(found)
    return found


def _check(c: Calibration) -> None:
    goods, buyers = {row["good"] for row in c.goods}, set(c.buyer_ids)
    for row in c.suppliers:
        if row["good"] not in goods:
            raise line_error(
                row.path, row.line, f"good '{row['good']}' is not in goods.csv.", "Add it there."
            )
        low, share, high = row["cn_low"], row["cn_share"], row["cn_high"]
        if (low is None) != (share is None) or (high is None) != (share is None):
            raise line_error(row.path, row.line, "cn_share has no range.", "Give cn_low and cn_high with it.")
        if share is not None and not low <= share <= high:
            raise line_error(
                row.path, row.line, "cn_share lies outside its range.", "Order low, share, high."
            )
    seen: set[tuple[str, str, str | None]] = set()
    for row in c.suppliers:
        key = (row["good"], row["country"], row["company"])
        if key in seen:
            raise line_error(row.path, row.line, "The supplier stands twice for its good.", "Join the rows.")
        seen.add(key)
    for good in goods - {row["good"] for row in c.suppliers}:
        raise line_error(c.goods[0].path, 0, f"good '{good}' has no supplier.", "Add one to suppliers.csv.")
    for row in c.demand:
        if row["buyer"] not in buyers or row["class"] not in CLASSES:
            raise line_error(
                row.path, row.line, "buyer or class is not known.", "See buyers.csv and the classes."
            )
        _ordered(row, "low", "value", "high")
    for row in c.parameters:
        _ordered(row, "low", "central", "high")
    for row in c.anchors:
        _ordered(row, "low", "value", "high")
    for row in (*c.suppliers, *c.demand, *c.parameters, *c.cycle, *c.anchors):
        if row["verified"] and row["kind"] in ("memory", "assumption"):
            raise line_error(
                row.path, row.line, f"A number by {row['kind']} is not verified.", "Write false."
            )
    for name in CLASSES:
        if {row["buyer"] for row in c.demand if row["class"] == name} != buyers:
            raise line_error(c.demand[0].path, 0, f"class '{name}' lacks a buyer.", "Give each buyer a row.")


def _ordered(row: Row, low: str, value: str, high: str) -> None:
    if not row[low] <= row[value] <= row[high]:
        raise line_error(row.path, row.line, f"{low}, {value}, {high} are not in order.", "Order them.")

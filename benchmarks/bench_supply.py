"""The supply engine beside the same markets in naive Python and agent by agent in Mesa.

An invented network of 12 goods, 20 makers and 20 buyers over 40 quarters, in which four measures stop flows. Whole
runs of tidegate have every mechanism on. The peers run its core, the markets with their wedges and the way from short
to long elasticities, from the same parameters, by letting each maker move its price toward what clears until all
excess is below one in a million; they are timed on one draw (Mesa: on three quarters in the middle, from the prices of the quarter before) and scaled, and
their prices are held against tidegate's.

    python benchmarks/bench_supply.py [draws [workers]]
"""

from __future__ import annotations

import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

# Matrices are small: threads of the linear algebra library would only stand in the way of the workers.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from tidegate.supply.draws import Draws, central_draw, sample_draws
from tidegate.supply.ensemble import simulate
from tidegate.supply.network import Good, Network, Parameter, Supplier
from tidegate.supply.run import MECHANISMS, run
from tidegate.supply.wedges_model import Bite, Wedges

GOODS, MAKERS, BUYERS, QUARTERS = 12, 20, 20, 40
MESA_QUARTERS = range(20, 23)
ENOUGH = 1e-6

RANGES = {
    "elasticity_short": (1.1, 1.5, 2),
    "elasticity_long": (2, 3, 4),
    "elasticity_quarters": (12, 14, 17),
    "sigma": (0.1, 0.4, 0.8),
    "detour_markup": (0.2, 0.5, 1),
    "seizure": (0.05, 0.2, 0.4),
    "workaround_markup": (2, 5, 10),
    "cover_max": (1, 2, 4),
    "decay_unserviced": (0.05, 0.1, 0.25),
    "supply_elasticity": (0.1, 0.3, 0.6),
    "investment_response": (0, 0.5, 1),
    "learning_rate": (0.1, 0.15, 0.2),
    "demand_noise": (0.02, 0.05, 0.08),
}


def invented() -> tuple[Network, Wedges]:
    """A network of the size of the notes and measures that stop six tenths of what five makers sell one buyer."""
    random = np.random.default_rng(1)
    stages = ["tool"] * 4 + ["service"] + ["chip"] * 4 + ["software"] + ["material"] * 2
    goods = tuple(Good(f"g{k}", stages[k]) for k in range(GOODS))
    names = tuple(f"c{i}" for i in range(BUYERS))
    flows = {
        good.id: random.dirichlet(np.full(MAKERS, 0.7), BUYERS).T * random.uniform(1, 10, BUYERS) + 1e-3
        for good in goods
    }
    cost = np.zeros((BUYERS, GOODS))
    for k, good in enumerate(goods):
        if good.stage not in ("tool", "service"):
            cost[:, k] = random.uniform(0.005, 0.06, BUYERS)
    suppliers = {good.id: tuple(Supplier(good.id, name) for name in names[:MAKERS]) for good in goods}
    parameters = {
        name: Parameter(name, *values, "", "assumption", "invented") for name, values in RANGES.items()
    }
    network = Network(goods, names, suppliers, flows, cost, parameters, "base", hubs=("c5", "c6"))
    bites = []
    for place, good in enumerate(goods):
        stop, fear = np.zeros((QUARTERS, MAKERS, BUYERS)), np.zeros((QUARTERS, 1, BUYERS))
        stop[4 + place :, :5, 1] = 0.6
        fear[: 4 + place, :, 1] = 0.3
        bites += [
            Bite(f"m{place % 4}", good.id, "stop", stop),
            Bite(f"m{place % 4}", good.id, "hazard", fear),
        ]
    return network, Wedges(tuple(map(str, range(QUARTERS))), tuple(bites))


class World:
    """Numbers of one draw as plain lists, and the wedges of a quarter."""

    def __init__(self, network: Network, wedges: Wedges, draws: Draws) -> None:
        one = {name: float(values[0]) for name, values in draws.values.items()}
        self.sigma, self.eta = one["sigma"], one["supply_elasticity"]
        self.markup, self.wedge = one["detour_markup"], (1 + one["detour_markup"]) / (1 - one["seizure"])
        self.short, self.long, self.tau = (one[f"elasticity_{n}"] for n in ("short", "long", "quarters"))
        self.flows = [network.flows[good.id].tolist() for good in network.goods]
        self.outlay = [[sum(column) for column in zip(*flow, strict=True)] for flow in self.flows]
        self.supply = [[sum(row) for row in flow] for flow in self.flows]
        self.cost = network.cost_share.T.tolist()
        self.rest = [1 - sum(each) for each in network.cost_share.tolist()]
        self.stops = [bite.values for bite in wedges.bites if bite.channel == "stop"]

    def elasticity(self, good: int, quarter: int) -> float:
        """Between the makers of a good, in a quarter."""
        since = quarter - 4 - good
        return self.short if since < 0 else self.long - (self.long - self.short) * np.exp(-since / self.tau)

    def weights(self, good: int, quarter: int) -> tuple[list[list[float]], list[list[float]]]:
        """T and R of the market, pair by pair."""
        less, flow, outlay = 1 - self.elasticity(good, quarter), self.flows[good], self.outlay[good]
        weight = [[0.0] * BUYERS for _ in range(MAKERS)]
        received = [[0.0] * BUYERS for _ in range(MAKERS)]
        for j in range(MAKERS):
            for i in range(BUYERS):
                share, stopped = flow[j][i] / outlay[i], float(self.stops[good][quarter, j, i])
                around = stopped * self.wedge**less
                weight[j][i] = share * (1 - stopped + around)
                received[j][i] = share * (1 - stopped + around / (1 + self.markup))
        return weight, received


def naive_prices(world: World, quarters: range) -> list[list[list[float]]]:
    """Prices by quarter, good and maker: loops over lists, each price moved toward what clears."""
    prices = [[1.0] * MAKERS for _ in range(GOODS)]
    path = []
    for quarter in quarters:
        pairs = [world.weights(good, quarter) for good in range(GOODS)]
        open_ = True
        while open_:
            open_ = False
            totals, index = [], []
            for good in range(GOODS):
                less, weight = 1 - world.elasticity(good, quarter), pairs[good][0]
                spread = [price**less for price in prices[good]]
                totals.append([sum(spread[j] * weight[j][i] for j in range(MAKERS)) for i in range(BUYERS)])
                index.append([total ** (1 / less) for total in totals[good]])
            basket = [
                world.rest[i] + sum(world.cost[g][i] * index[g][i] ** (1 - world.sigma) for g in range(GOODS))
                for i in range(BUYERS)
            ]
            for good in range(GOODS):
                elasticity, received = world.elasticity(good, quarter), pairs[good][1]
                per_weight = [0.0] * BUYERS
                for i in range(BUYERS):
                    outlay = world.outlay[good][i]
                    if world.cost[good][i] > 0:
                        outlay *= index[good][i] ** (1 - world.sigma) / basket[i]
                    per_weight[i] = outlay / totals[good][i]
                for j in range(MAKERS):
                    spread = prices[good][j] ** (1 - elasticity)
                    sold = spread * sum(received[j][i] * per_weight[i] for i in range(BUYERS))
                    ratio = sold / (world.supply[good][j] * prices[good][j] ** (1 + world.eta))
                    if abs(ratio - 1) > ENOUGH:
                        open_ = True
                    prices[good][j] *= ratio ** (1 / (elasticity + world.eta))
        path.append([list(each) for each in prices])
    return path


def mesa_model(world: World):
    """The same by agents: buyers post what they spend per weight, makers read it and move their price."""
    import mesa

    class Buyer(mesa.Agent):
        def __init__(self, model: mesa.Model, place: int) -> None:
            super().__init__(model)
            self.place, self.per_weight = place, [0.0] * GOODS

        def plan(self) -> None:
            index, totals, i = [], [], self.place
            for good in range(GOODS):
                less = 1 - self.model.elasticity[good]
                total = sum(m.price**less * m.weight[i] for m in self.model.makers[good])
                totals.append(total)
                index.append(total ** (1 / less))
            basket = world.rest[i] + sum(
                world.cost[g][i] * index[g] ** (1 - world.sigma) for g in range(GOODS)
            )
            for good in range(GOODS):
                outlay = world.outlay[good][i]
                if world.cost[good][i] > 0:
                    outlay *= index[good] ** (1 - world.sigma) / basket
                self.per_weight[good] = outlay / totals[good]

    class Maker(mesa.Agent):
        def __init__(self, model: mesa.Model, good: int, place: int) -> None:
            super().__init__(model)
            self.good, self.place, self.price = good, place, 1.0
            self.weight, self.received = [0.0] * BUYERS, [0.0] * BUYERS

        def move(self) -> None:
            elasticity = self.model.elasticity[self.good]
            demand = sum(self.received[b.place] * b.per_weight[self.good] for b in self.model.buyers)
            sold = self.price ** (1 - elasticity) * demand
            ratio = sold / (world.supply[self.good][self.place] * self.price ** (1 + world.eta))
            self.model.open |= abs(ratio - 1) > ENOUGH
            self.price *= ratio ** (1 / (elasticity + world.eta))

    class Chips(mesa.Model):
        def __init__(self) -> None:
            super().__init__()
            self.buyers = [Buyer(self, i) for i in range(BUYERS)]
            self.makers = [[Maker(self, good, j) for j in range(MAKERS)] for good in range(GOODS)]
            self.elasticity, self.open = [1.0] * GOODS, True

        def quarter(self, number: int) -> list[list[float]]:
            self.elasticity = [world.elasticity(good, number) for good in range(GOODS)]
            for good, makers in enumerate(self.makers):
                weight, received = world.weights(good, number)
                for maker in makers:
                    maker.weight, maker.received = weight[maker.place], received[maker.place]
            self.open = True
            while self.open:
                self.open = False
                self.agents_by_type[Buyer].do("plan")
                self.agents_by_type[Maker].do("move")
            return [[maker.price for maker in makers] for makers in self.makers]

    return Chips()


def peak_megabytes() -> float:
    """The largest memory this process or a finished worker has held."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


def cpu_seconds() -> float:
    return sum(sum(resource.getrusage(k)[:2]) for k in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    network, wedges = invented()
    print(f"{GOODS} goods, {MAKERS} makers, {BUYERS} buyers, {QUARTERS} quarters; scaled to {draws} draws")

    for count in (max(draws // 10, 1), draws):
        start, cpu = time.perf_counter(), cpu_seconds()
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            simulate(
                network,
                wedges,
                ["output:c1", "sales:c0"],
                draws=count,
                executor=pool,
                block=100,
                keep="sketch",
            )
        wall, cpu = time.perf_counter() - start, cpu_seconds() - cpu
        print(
            f"tidegate, all on, {count:6d} draws, {workers} workers  {wall:10.1f} s  {cpu:10.1f} CPU s"
            f"  at most {peak_megabytes():.0f} MB in a process"
        )

    # The core alone, as the peers have it.
    off = [name for name in MECHANISMS if name not in ("substitution", "detour")]
    some = sample_draws(network, 0, 200, 0)
    start = time.process_time()
    run(network, wedges, Draws(some.values, some.count), off=off, detail=False)
    core = (time.process_time() - start) / some.count * draws
    print(f"tidegate, markets only, scaled from {some.count} draws  {core:10.1f} CPU s")

    draw = central_draw(network)
    exact = run(network, wedges, draw, off=off, detail=False)
    prices = np.stack([good.price[0] for good in exact.goods.values()], axis=1)
    world = World(network, wedges, draw)
    model = mesa_model(world)
    model.quarter(MESA_QUARTERS[0] - 1)
    peers = (
        ("naive Python", range(QUARTERS), lambda span: naive_prices(world, span)),
        ("Mesa", MESA_QUARTERS, lambda span: [model.quarter(number) for number in span]),
    )
    for name, span, peer in peers:
        start = time.process_time()
        found = np.array(peer(span))
        seconds = (time.process_time() - start) * QUARTERS / len(span) * draws
        apart = np.abs(found / prices[span.start : span.stop] - 1).max()
        print(
            f"{name + ', markets only, scaled':34s} {seconds:13.1f} CPU s"
            f"  ratio {seconds / core:8.0f}  prices within {apart:.0e}"
        )


if __name__ == "__main__":
    main()

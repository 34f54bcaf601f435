"""Small invented supply networks and measures for the tests of the engine: round numbers, no facts."""

import numpy as np
from hypothesis import strategies as st

from tidegate.supply.network import Good, Network, Parameter, Supplier
from tidegate.supply.wedges_model import Bite, Wedges

BUYERS = ("US", "CN", "XX")
COUNTRIES = ("US", "NL", "CN")

RANGES = {
    "elasticity_short": (1.2, 1.4, 2.0),
    "elasticity_long": (2.0, 3.0, 4.0),
    "elasticity_quarters": (8, 10, 16),
    "sigma": (0.2, 0.5, 0.8),
    "detour_markup": (0.2, 0.5, 1.0),
    "seizure": (0.1, 0.3, 0.5),
    "workaround_markup": (2, 4, 9),
    "cover_max": (1, 2, 3),
    "decay_unserviced": (0.05, 0.12, 0.2),
    "supply_elasticity": (0.0, 0.2, 0.5),
    "investment_response": (0.0, 0.5, 1.0),
    "learning_rate": (0.1, 0.15, 0.2),
    "overhang_rate": (0.0, 0.2, 0.4),
    "demand_noise": (0.02, 0.05, 0.1),
    "delivery_quarters": (0.0, 1.0, 2.5),
    "unease_exposure": (0.0, 0.3, 0.6),
    "carried_over": (0.2, 0.5, 0.8),
}


def parameters(ranges=RANGES, **fixed):
    """Parameters with ranges; `fixed` ones have none."""
    all_ = {**ranges, **{name: (value, value, value) for name, value in fixed.items()}}
    return {name: Parameter(name, *values, "", "assumption", "invented") for name, values in all_.items()}


def three_goods(ranges=RANGES, hubs=("SG", "MY"), scale=1.0, **fixed):
    """Chips, the tools that build fabs, the service that keeps them, and a metal; three makers, three buyers."""
    goods = (
        Good("chips", "chip"),
        Good("tools", "tool"),
        Good("service", "service", tool_of="tools", can_store=False, can_detour=False),
        Good("metal", "material"),
    )
    flows = {
        "chips": [[40, 30, 20], [6, 4, 10], [10, 45, 20]],
        "tools": [[30, 12, 5], [15, 12, 3], [5, 16, 2]],
        "service": [[7, 3, 1], [2, 3, 1], [1, 2, 0]],
        "metal": [[2, 0, 1], [1, 1, 1], [5, 6, 4]],
    }
    cost = np.zeros((3, 4))
    cost[:, 0], cost[:, 3] = (0.05, 0.08, 0.05), (0.01, 0.02, 0.01)
    suppliers = {
        good.id: tuple(Supplier(good.id, country, f"{country.lower()}-{good.id}") for country in COUNTRIES)
        for good in goods
    }
    return Network(
        goods,
        BUYERS,
        suppliers,
        {good: scale * np.array(rows, float) for good, rows in flows.items()},
        cost,
        parameters(ranges, **fixed),
        "2022Q2",
        hubs=hubs,
    )


def quarters(count):
    return tuple(f"{2022 + (2 + n) // 4}Q{(2 + n) % 4 + 1}" for n in range(count))


def toward(count, supplier, buyer, start=0, value=1.0):
    """Values of a bite: on one maker (None: all) toward one buyer from a quarter on."""
    values = np.zeros((count, 3, 3))
    rows = slice(None) if supplier is None else COUNTRIES.index(supplier)
    values[start:, rows, BUYERS.index(buyer)] = value
    return values


def some_wedges(count=8):
    """A little of everything: stop, licence, cap, tariff, cut of revenue, ban, hazard."""
    hazard = toward(count, "US", "CN", 0, 0.4)
    hazard[3:] = 0
    bites = (
        Bite("us-chips", "chips", "stop", toward(count, "US", "CN", 3, 0.6)),
        Bite("us-chips", "chips", "hazard", hazard),
        Bite("us-tools", "tools", "stop", toward(count, "US", "CN", 2, 0.5)),
        Bite("us-tools", "service", "stop", toward(count, "US", "CN", 2, 0.8)),
        Bite("nl-tools", "tools", "licence", toward(count, "NL", "CN", 4, 0.7)),
        Bite("nl-tools", "tools", "delay", toward(count, "NL", "CN", 4, 1.5)),
        Bite("cn-metal", "metal", "licence", toward(count, "CN", "US", 5, 1.0)),
        Bite("cn-metal", "metal", "delay", toward(count, "CN", "US", 5, 1.0)),
        Bite("cn-ban", "chips", "ban", toward(count, "US", "CN", 6, 0.3)),
        Bite("us-tariff", "metal", "tariff", toward(count, "CN", "US", 4, 0.25), payee="US"),
        Bite("us-cut", "chips", "revenue_cut", toward(count, "US", "CN", 5, 0.15), payee="US"),
    )
    cycle = np.linspace(1, 1.3, count)[:, None]
    return Wedges(quarters(count), bites, demand={"chips": cycle})


shares = st.floats(0, 1, allow_nan=False)


@st.composite
def networks(draw):
    """Networks of one to three goods with two to four makers and buyers, all flows positive, no mechanism but the market."""
    makers, buyers, goods = draw(st.integers(2, 4)), draw(st.integers(2, 4)), draw(st.integers(1, 3))
    sizes = st.floats(0.1, 50, allow_nan=False)
    names = tuple(f"c{n}" for n in range(buyers))
    flows, suppliers = {}, {}
    for place in range(goods):
        cells = draw(st.lists(sizes, min_size=makers * buyers, max_size=makers * buyers))
        flows[f"g{place}"] = np.array(cells).reshape(makers, buyers)
        suppliers[f"g{place}"] = tuple(Supplier(f"g{place}", f"c{n}") for n in range(makers))
    cost = np.array(draw(st.lists(st.floats(0, 0.3), min_size=goods * buyers, max_size=goods * buyers)))
    short = draw(st.floats(1.1, 3))
    given_ = {
        "elasticity_short": short,
        "elasticity_long": short + draw(st.floats(0, 2)),
        "elasticity_quarters": draw(st.floats(2, 20)),
        "sigma": draw(st.floats(0.1, 1.0)),
        "detour_markup": draw(st.floats(0, 2)),
        "seizure": draw(st.floats(0, 0.8)),
        "workaround_markup": draw(st.floats(0.5, 10)),
        "supply_elasticity": draw(st.floats(0, 2)),
    }
    return Network(
        tuple(Good(f"g{n}", "material") for n in range(goods)),
        names,
        suppliers,
        flows,
        cost.reshape(buyers, goods),
        parameters({}, **given_),
        "2022Q2",
        hubs=("h",),
    )


@st.composite
def wedges_for(draw, network, count=3):
    """A few stops, bans, licences and tariffs at random places."""
    bites = []
    for number in range(draw(st.integers(1, 4))):
        good = draw(st.sampled_from([good.id for good in network.goods]))
        channel = draw(st.sampled_from(["stop", "ban", "licence", "tariff"]))
        shape = (count, len(network.suppliers[good]), len(network.buyers))
        values = np.zeros(shape)
        row, column = draw(st.integers(0, shape[1] - 1)), draw(st.integers(0, shape[2] - 1))
        values[draw(st.integers(0, count - 1)) :, row, column] = draw(shares)
        payee = network.buyers[column] if channel == "tariff" else None
        bites.append(Bite(f"m{number}", good, channel, values, payee))
    return Wedges(quarters(count), tuple(bites))

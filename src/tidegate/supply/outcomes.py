"""Outcomes by name: what of a path is asked for, as `sales:asml:lithography:CN`.

`*` stands for all; parts at the end that are left out are `*`. SELLER is a company or a country.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError
from tidegate.supply import trade

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Network
    from tidegate.supply.path import GoodPath, Path

__all__ = ["KINDS", "Outcome", "parse_outcome", "read_outcome"]

KINDS: Mapping[str, tuple[str, str, str, bool]] = {
    "output": ("BUYER", "log", "output of the users of a country, against the base", False),
    "capacity": ("BUYER", "index", "fab capacity of a country, 1 at the base", False),
    "tools": ("BUYER", "index", "tools put to use in a country, 1 at the base", False),
    "coverage": ("BUYER", "index", "service that reaches the tools of a country, 1 is normal", False),
    "index": ("GOOD:BUYER", "index", "price index of a good for its users in a country", False),
    "used": ("GOOD:BUYER", "index", "use of a good in a country, 1 is normal", False),
    "stock": (
        "GOOD:BUYER",
        "quarters",
        "stock of a good at its users in a country, in quarters of base use",
        False,
    ),
    "outlay": ("GOOD:BUYER", "USD_bn", "what the users of a country pay for a good, all costs in", False),
    "price": ("GOOD:SELLER", "index", "price that the makers of a good receive, mean by base sales", False),
    "sales": ("SELLER:GOOD:BUYER", "USD_bn", "what makers receive in a quarter", True),
    "share": ("SELLER:GOOD:BUYER", "share", "share of the makers' receipts that comes from a buyer", True),
    "imports": (
        "BUYER:GOOD:SELLER",
        "USD_bn",
        "purchases from makers abroad, either way, at the makers' price",
        True,
    ),
    "domestic": ("BUYER:GOOD", "share", "share of own makers in what a country's users pay to makers", True),
    "balance": ("COUNTRY:GOOD", "USD_bn", "exports less imports", True),
    "detour": ("GOOD:BUYER", "USD_bn", "sales that reach a country through hubs, at the makers' price", True),
    "seized": ("GOOD:BUYER", "USD_bn", "goods seized on their way, at base prices", True),
    "levies": ("COUNTRY", "USD_bn", "tariffs and cuts of revenue that a government receives", False),
}
"""kind -> (parts of the name, unit, what it is, whether the run must record pairs)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome. kind: of KINDS. parts: by the name of the part, as {'GOOD': 'etch', 'BUYER': 'CN'}."""

    kind: str
    parts: Mapping[str, str]

    @property
    def unit(self) -> str:
        """Unit of its values."""
        return KINDS[self.kind][1]

    @property
    def needs_detail(self) -> bool:
        """Whether the run must record pairs. Sales to all buyers are there without."""
        whole = self.kind == "sales" and self.parts["BUYER"] == "*"
        return KINDS[self.kind][3] and not whole

    def __str__(self) -> str:
        parts = list(self.parts.values())
        while parts and parts[-1] == "*":
            parts.pop()
        return ":".join([self.kind, *parts])


def parse_outcome(text: str, network: Network) -> Outcome:
    """Return the outcome of that name. Raises: BadInputError: naming the part that the network does not know."""
    kind, *given = text.split(":")
    if kind not in KINDS:
        raise BadInputError(f"outcome '{text}': '{kind}' is not a kind. Kinds: {', '.join(KINDS)}.")
    names = KINDS[kind][0].split(":")
    if len(given) > len(names):
        raise BadInputError(f"outcome '{text}': too many parts. Write {kind}:{KINDS[kind][0]}.")
    given += ["*"] * (len(names) - len(given))
    makers = [supplier for each in network.suppliers.values() for supplier in each]
    sellers = {s.company for s in makers if s.company} | {s.country for s in makers}
    known: dict[str, set[str]] = {
        "GOOD": {good.id for good in network.goods},
        "BUYER": set(network.buyers),
        "SELLER": sellers,
        "COUNTRY": {*network.buyers, *network.hubs, *(s.country for s in makers)},
    }
    single = kind in (
        "output",
        "capacity",
        "tools",
        "coverage",
        "index",
        "used",
        "stock",
        "levies",
        "balance",
        "domestic",
    )
    for name, part in zip(names, given, strict=True):
        if part == "*":
            if single and not (kind in ("balance", "domestic") and name == "GOOD"):
                raise BadInputError(f"outcome '{text}': {name} must be named. Write {kind}:{KINDS[kind][0]}.")
        elif part not in known[name]:
            from rapidfuzz import process

            near = ", ".join(match[0] for match in process.extract(part, sorted(known[name]), limit=3))
            raise BadInputError(
                f"outcome '{text}': the network has no {name.lower()} '{part}'. Near: {near}."
            )
    return Outcome(kind, dict(zip(names, given, strict=True)))


def read_outcome(path: Path, outcome: Outcome) -> NDArray[np.float64]:
    """Return the values of an outcome, (n, quarters)."""
    return _READERS[outcome.kind](path, outcome.parts)


def _country(name: str) -> Callable[[Path, Mapping[str, str]], NDArray[np.float64]]:
    def read(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
        values: NDArray[np.float64] = getattr(path, name)
        return values[:, :, path.base.buyers.index(parts["BUYER"])]

    return read


def _user(name: str) -> Callable[[Path, Mapping[str, str]], NDArray[np.float64]]:
    def read(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
        values: NDArray[np.float64] = getattr(path.goods[parts["GOOD"]], name)
        return values[:, :, path.base.buyers.index(parts["BUYER"])]

    return read


def _goods(path: Path, parts: Mapping[str, str]) -> list[GoodPath]:
    wanted = parts["GOOD"]
    return [good for name, good in path.goods.items() if wanted in ("*", name)]


def _makers(good: GoodPath, seller: str) -> NDArray[np.bool_]:
    import numpy as np

    return np.array([seller in ("*", s.company, s.country) for s in good.base.suppliers], bool)


def _users(path: Path, buyer: str) -> NDArray[np.bool_]:
    import numpy as np

    return np.array([buyer in ("*", one) for one in path.base.buyers], bool)


def _none(path: Path) -> NDArray[np.float64]:
    import numpy as np

    return np.zeros(path.output.shape[:2])


def _pairs(good: GoodPath, makers: NDArray[np.bool_], users: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Receipts of some makers from some users, (n, T)."""
    total: NDArray[np.float64] = trade.sold(good)[:, :, makers][:, :, :, users].sum(axis=(2, 3))
    return total


def _outlay(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    users = _users(path, parts["BUYER"])
    return sum((g.outlay[:, :, users].sum(axis=2) for g in _goods(path, parts)), start=_none(path))


def _price(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    value, weight = _none(path), 0.0
    for good in _goods(path, parts):
        makers = _makers(good, parts["SELLER"])
        value = value + (good.price * good.base.supply)[:, :, makers].sum(axis=2)
        weight += float(good.base.supply[makers].sum())
    if not weight:
        raise BadInputError(f"price: {parts['SELLER']} makes no {parts['GOOD']} in this network.")
    return value / weight


def _sales(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    total = _none(path)
    for good in _goods(path, parts):
        makers = _makers(good, parts["SELLER"])
        if parts["BUYER"] == "*":
            total = total + good.receipts[:, :, makers].sum(axis=2)
        else:
            total = total + _pairs(good, makers, _users(path, parts["BUYER"]))
    return total


def _share(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    import numpy as np

    whole = _sales(path, {**parts, "BUYER": "*"})
    return np.asarray(_sales(path, parts) / np.where(whole > 0, whole, np.inf))


def _imports(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    import numpy as np

    total = _none(path)
    for good in _goods(path, parts):
        makers = _makers(good, parts["SELLER"])
        for column, buyer in enumerate(path.base.buyers):
            if parts["BUYER"] in ("*", buyer):
                abroad = np.array([supplier.country != buyer for supplier in good.base.suppliers], bool)
                users = np.arange(len(path.base.buyers)) == column
                total = total + _pairs(good, makers & abroad, users)
    return total


def _domestic(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    import numpy as np

    own, whole = _none(path), _none(path)
    users = _users(path, parts["BUYER"])
    for good in _goods(path, parts):
        own = own + _pairs(good, _makers(good, parts["BUYER"]), users)
        whole = whole + _pairs(good, _makers(good, "*"), users)
    return np.asarray(own / np.where(whole > 0, whole, np.inf))


def _balance(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    return trade.balance(path, parts["COUNTRY"], None if parts["GOOD"] == "*" else parts["GOOD"])


def _detour(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    total = _none(path)
    for good in _goods(path, parts):
        if good.detour is not None:
            total = total + good.detour[:, :, :, _users(path, parts["BUYER"])].sum(axis=(2, 3))
    return total


def _seized(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    users = _users(path, parts["BUYER"])
    return sum((g.seized[:, :, users].sum(axis=2) for g in _goods(path, parts)), start=_none(path))


def _levies(path: Path, parts: Mapping[str, str]) -> NDArray[np.float64]:
    return path.levies.get(parts["COUNTRY"], _none(path))


_READERS: Mapping[str, Callable[[Path, Mapping[str, str]], NDArray[np.float64]]] = {
    **{name: _country(name) for name in ("output", "capacity", "tools", "coverage")},
    **{name: _user(name) for name in ("index", "used", "stock")},
    "outlay": _outlay,
    "price": _price,
    "sales": _sales,
    "share": _share,
    "imports": _imports,
    "domestic": _domestic,
    "balance": _balance,
    "detour": _detour,
    "seized": _seized,
    "levies": _levies,
}

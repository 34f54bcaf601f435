"""The network as arrays: goods, suppliers, buyers, base flows, and the parameters with their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Good", "Network", "Parameter", "Supplier"]


@dataclass(frozen=True, slots=True)
class Good:
    """A good that flows. id: an item word of the catalog. stage: software, tool, service, chip or material.

    unit: of its quantities, where a source gives one. tool_of: for a service, the good it keeps working.
    can_detour: controlled units can reach the buyer through a hub (people and remote support cannot).
    can_store: users can keep a stock of it.
    """

    id: str
    stage: str
    unit: str | None = None
    tool_of: str | None = None
    can_detour: bool = True
    can_store: bool = True


@dataclass(frozen=True, slots=True)
class Supplier:
    """A producer of one good. company: a party of the catalog, or None for the rest of a country's firms."""

    good: str
    country: str
    company: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number the model is not told exactly. kind: measured, derived, broker, claim or assumption."""

    id: str
    low: float
    central: float
    high: float
    unit: str
    kind: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """The base year. flows: good -> (suppliers of the good x buyers), billion USD a quarter.

    buyers: countries or groups, in the order of the columns. suppliers: good -> the order of the rows.
    cost_share: (buyers x goods) share of a good in what the buyer's users make with it. base: the quarter
    the flows are of, as '2022Q2'. sources: good -> citations of its flows. hubs: third countries through which
    controlled goods go round; a hub that is also a buyer has its own purchases beside the transit.
    Parameters that the engine reads, and those it needs, are listed in `supply.draws`; a parameter for one good
    (or one country, for capacity; or one hub) is named 'id:good' and stands before the plain 'id'.
    """

    goods: tuple[Good, ...]
    buyers: tuple[str, ...]
    suppliers: Mapping[str, tuple[Supplier, ...]]
    flows: Mapping[str, NDArray[np.float64]]
    cost_share: NDArray[np.float64]
    parameters: Mapping[str, Parameter]
    base: str
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hubs: tuple[str, ...] = ()

"""Parameters of the model and blocks of random draws of them.

Every draw is addressed by its number: the value of a parameter in draw 7 depends on the seed, on the name of the
parameter and on 7, and on nothing else. So results depend neither on how draws are cut into blocks nor on which
worker runs a block, and adding a parameter leaves the values of the others alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from tidegate.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tidegate.supply.network import Network, Parameter

__all__ = [
    "ENGINE_PARAMETERS", "Draws", "central_draw", "draws_from_uniforms", "sample_draws", "triangular_draws", "varying",
]  # fmt: skip

ENGINE_PARAMETERS: Mapping[str, tuple[str, float | None]] = {
    "elasticity_short": ("between suppliers of a good, in the first quarter of a control; above 1", None),
    "elasticity_long": ("between suppliers of a good, in the long run", None),
    "elasticity_quarters": ("time constant of the way from short to long, quarters", None),
    "qualification_quarters": ("quarters before the way to the long run begins", 0.0),
    "sigma": ("between goods in what users make", None),
    "supply_elasticity": ("of what a supplier offers to its price, at given capacity", 0.0),
    "detour_markup": ("what going round through a hub adds to the price, share", None),
    "seizure": ("share of detoured units that is seized", None),
    "workaround_markup": ("price of doing without a walled-off flow, as a markup on the base price", None),
    "hub_cost": ("cost of a hub beside the cheapest, units of the price", 0.0),
    "hub_dispersion": ("spread of tastes over hubs, units of the price", 0.1),
    "booked_share": ("share of the hub-to-buyer leg that customs records show", 1.0),
    "shortage_cost": ("of a quarter's use that is missing, units of the price", 1.0),
    "holding_cost": ("of a quarter's use held for a quarter, units of the price", 0.03),
    "cutoff_end_rate": ("probability per quarter that a cut-off ends", 0.125),
    "cover_max": ("largest stock a user aims at, quarters of use", 0.0),
    "delivery_quarters": ("from ordering on top of normal to delivery", 0.0),
    "unease_exposure": ("share of what is still free that uneasy users lay up stock of", 0.0),
    "unease_prior": ("share of purchases that comes under control in a quarter, before the run", 0.0125),
    "unease_quarters": ("quarters of history behind that rate", 18.0),
    "carried_over": ("share of what waits for a licence that is bought late and not done without", 0.0),
    "front_load_quarters": ("time in which a user wants the missing stock, quarters", 4.0),
    "front_load_max": ("largest extra buying in a quarter, share of the normal outlay", 0.25),
    "release_max": ("largest share of a quarter's use that comes from stock", 0.25),
    "overhang_rate": ("share of unwanted stock worked off a quarter by buying less", 0.0),
    "decay_serviced": ("of capacity a quarter, with full service", 0.02),
    "decay_unserviced": ("of capacity a quarter, without any service", 0.02),
    "uptime_loss": ("of capacity at once, without any service", 0.0),
    "gestation_quarters": ("from buying a tool, or deciding to build, to capacity", 2.0),
    "expansion": ("gross investment in the base quarter, as a multiple of decay_serviced", 1.0),
    "investment_response": ("elasticity of investment to the price of what is made", 0.0),
    "learning_rate": ("fall of cost with each doubling of experience, share", 0.0),
    "learning_spillover": ("what a unit made by others counts for, against one's own", 0.0),
    "experience_quarters": ("experience at the base, in quarters of base output", 20.0),
    "demand_noise": ("standard deviation of log demand about the cycle in the long run", 0.0),
    "demand_noise_common": ("share of its variance that all buyers of a good have in common", 0.0),
    "demand_noise_persistence": ("of that deviation from quarter to quarter", 0.8),
}
"""Parameters the engine reads: name -> (what it is, value where the network has none; None: must be given).

Defaults switch a mechanism off or are the values of the worked example. A calibrated network gives its own.
"""


@dataclass(frozen=True, slots=True)
class Draws:
    """A block of draws. values: parameter -> shape (n,). first: number of the first draw; seed: of the noise.

    seed None: no noise (the central draw, a sensitivity sample).
    """

    values: Mapping[str, NDArray[np.float64]]
    count: int
    first: int = 0
    seed: int | None = None
    _made: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False, compare=False)

    def get(self, name: str, of: str | None = None) -> NDArray[np.float64]:
        """Return a parameter of the engine, shape (n,): that for `of` (a good, country or hub) if there is one."""
        import numpy as np

        if of is not None and f"{name}:{of}" in self.values:
            return self.values[f"{name}:{of}"]
        if name in self.values:
            return self.values[name]
        default = ENGINE_PARAMETERS[name][1]
        if default is None:
            raise BadInputError(
                f"parameter '{name}' is missing: {ENGINE_PARAMETERS[name][0]}. Add it to the network."
            )
        if name not in self._made:
            self._made[name] = np.full(self.count, default)
        return self._made[name]

    def noise(self, name: str, quarters: int) -> NDArray[np.float64]:
        """Return standard normal numbers, shape (n, quarters), of the stream of that name; zero without a seed."""
        import numpy as np

        if self.seed is None:
            return np.zeros((self.count, quarters))
        start, count = 2 * self.first * quarters, 2 * self.count * quarters
        pairs = _uniforms(self.seed, f"noise:{name}", start, count).reshape(self.count, quarters, 2)
        # Box and Muller: two uniform numbers a normal one, so that every draw has its place in the stream.
        return np.asarray(np.sqrt(-2 * np.log1p(-pairs[..., 0])) * np.cos(2 * np.pi * pairs[..., 1]))


def sample_draws(network: Network, first: int, count: int, seed: int) -> Draws:
    """Return draws number `first` to `first + count - 1`, each parameter triangular on its low, central, high."""
    values = {
        name: _triangular(parameter, _uniforms(seed, name, first, count))
        for name, parameter in network.parameters.items()
    }
    return _checked(Draws(values, count, first, seed))


def central_draw(network: Network, count: int = 1) -> Draws:
    """Return `count` equal draws with every parameter at its central value and no noise."""
    import numpy as np

    return _checked(Draws({k: np.full(count, p.central) for k, p in network.parameters.items()}, count))


def draws_from_uniforms(network: Network, names: Sequence[str], uniforms: NDArray[np.float64]) -> Draws:
    """Return draws whose named parameters sit at given quantiles, the others at their central value.

    uniforms: shape (n, len(names)), in [0, 1].
    """
    values = dict(central_draw(network, len(uniforms)).values)
    for column, name in enumerate(names):
        values[name] = _triangular(network.parameters[name], uniforms[:, column])
    return _checked(Draws(values, len(uniforms)))


def triangular_draws(parameter: Parameter, first: int, count: int, seed: int) -> NDArray[np.float64]:
    """Return draws number `first` to `first + count - 1` of one quantity, shape (count,), by the stream of its id.

    Raises: BadInputError: if its low, central and high are not in order.
    """
    return _triangular(parameter, _uniforms(seed, parameter.id, first, count))


def varying(network: Network) -> tuple[str, ...]:
    """Return the parameters whose low and high differ, in alphabetical order."""
    return tuple(sorted(name for name, p in network.parameters.items() if p.low < p.high))


def _uniforms(seed: int, name: str, start: int, count: int) -> NDArray[np.float64]:
    """Numbers `start` to `start + count - 1` of the stream of a name; PCG64 spends one step on each."""
    import numpy as np

    stream = np.random.PCG64(np.random.SeedSequence([seed, crc32(name.encode())]))
    return np.random.Generator(stream.advance(start)).random(count)


def _triangular(parameter: Parameter, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of the triangular distribution; a parameter without width is its central value."""
    import numpy as np

    low, mode, high = parameter.low, parameter.central, parameter.high
    if not low <= mode <= high:
        raise BadInputError(
            f"parameter '{parameter.id}': low {low}, central {mode}, high {high} are not in order."
        )
    width = high - low
    if width == 0:
        return np.full(len(uniform), mode)
    rising = low + np.sqrt(uniform * width * (mode - low))
    falling = high - np.sqrt((1 - uniform) * width * (high - mode))
    return np.where(uniform * width < mode - low, rising, falling)


def _checked(draws: Draws) -> Draws:
    """Refuse elasticities at which a cut-off destroys all output: the nest needs them above one."""
    for name, values in draws.values.items():
        if name.split(":")[0] in ("elasticity_short", "elasticity_long") and (values <= 1).any():
            raise BadInputError(f"parameter '{name}' falls to {values.min():g}: it must stay above 1.")
    return draws

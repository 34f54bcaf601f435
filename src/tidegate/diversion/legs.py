"""The two legs of a route as arrays: what the controllers sell to each country, and what each sells to the target.

A flow is taken from the report of its exporter where that has at least as many known periods, else from its
importer's, and one report serves the whole span of a pair: exports are valued FOB and by last known destination,
imports mostly CIF and by origin, so a change of side would look like a change of trade. A period that is not known is
NaN, never 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import BadInputError
from tidegate.tables import need

if TYPE_CHECKING:
    import polars

    from tidegate.sources.flows import Flows

__all__ = ["Cube", "Leg", "added", "codes_of", "cube_of", "legs_of"]

Floats = NDArray[np.float64]
MOST_PARTNERS = 12
"""Countries that a gravity model sees one by one beside the third countries; the others are added up."""


_SIDES = ("exports", "imports", "export_kg", "import_kg")


@dataclass(frozen=True, eq=False)
class Cube:
    """Trade of one code between countries by period.

    places: codes of the countries; origins and destinations are both these. periods: first days, without
    gaps. exports, imports: USD as the exporter and as the importer booked it, shape (origins, destinations,
    periods), NaN where not known. export_kg, import_kg: kilograms likewise.
    """

    hs: str
    places: tuple[str, ...]
    periods: tuple[dt.date, ...]
    exports: Floats
    imports: Floats
    export_kg: Floats
    import_kg: Floats

    def chosen(self) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return value and kilograms from the report that serves each pair, and whether it is the importer's."""
        return self.chosen_value, np.where(self._pick, self.import_kg, self.export_kg), self._pick[:, :, 0]

    @cached_property
    def chosen_value(self) -> Floats:
        """The value from the report that serves each pair, shape as `exports`."""
        return np.where(self._pick, self.imports, self.exports)

    @cached_property
    def _pick(self) -> NDArray[np.bool_]:
        known = [np.isfinite(side).sum(2) for side in (self.imports, self.exports)]
        return np.asarray(known[0] > known[1])[:, :, None]


@dataclass(frozen=True, eq=False)
class Leg:
    """One leg: a row for each third country, those that are no hub but serve as comparison among them.

    kind: 'in', from the controllers to the country, or 'out', from it to the target. units: the countries.
    value, kg: shape (units, periods), NaN where not known. exports, imports: the same by either report, for the
    mirror. by_importer: shape (units,). table: flows that a gravity model may use, shape (origins,
    destinations, periods), with each unit's own flow at `cells`, shape (units, 2). bought, sold: USD of all that the
    units import and export, shape as `value`.
    """

    kind: str
    units: tuple[str, ...]
    value: Floats
    kg: Floats
    exports: Floats
    imports: Floats
    by_importer: NDArray[np.bool_]
    table: Floats
    cells: NDArray[np.int64]
    bought: Floats
    sold: Floats


def legs_of(cube: Cube, controller: Sequence[str], target: Sequence[str]) -> tuple[Leg, Leg | None]:
    """Return the leg from the controllers to each other country and that from each to the target.

    Several controllers, or countries of the target, are added up; a sum of which a part is not known is not known.
    The flow that the control binds, from controllers to the target, is in neither. Without a target the second leg
    is None.
    """
    value, kilos, by_importer = cube.chosen()
    own = [cube.places.index(place) for place in controller]
    aim = [cube.places.index(place) for place in target]
    third = [i for i, _ in enumerate(cube.places) if i not in own and i not in aim]
    names = tuple(cube.places[i] for i in third)
    abroad = value.copy()
    abroad[np.arange(len(value)), np.arange(len(value))] = 0.0
    bought, sold = abroad.sum(0)[third], abroad.sum(1)[third]

    def leg(kind: str) -> Leg:
        def rows(array: Floats) -> Floats:
            part = array[np.ix_(own, third)].sum(0) if kind == "in" else array[np.ix_(third, aim)].sum(1)
            return np.asarray(part, dtype=np.float64)

        sides = (
            by_importer[np.ix_(own, third)].any(0) if kind == "in" else by_importer[np.ix_(third, aim)].any(1)
        )
        table, cells = _gravity_table(value, own, aim, third, kind)
        return Leg(
            kind,
            names,
            rows(value),
            rows(kilos),
            rows(cube.exports),
            rows(cube.imports),
            np.asarray(sides),
            table,
            cells,
            bought,
            sold,
        )

    return leg("in"), leg("out") if aim else None


def _gravity_table(
    value: Floats, own: list[int], aim: list[int], third: list[int], kind: str
) -> tuple[Floats, NDArray[np.int64]]:
    """Flows between all countries but those that the control binds, the small ones of the free side added up."""
    size = np.nan_to_num(value).sum(2)
    if kind == "in":
        # Rows: the controllers, other origins. Columns: third countries. The target is out: the control changed it.
        others = sorted(third, key=lambda i: -size[i, third].sum())
        big, small = others[:MOST_PARTNERS], others[MOST_PARTNERS:]
        rows = [value[np.ix_(own, third)].sum(0), *(value[i, third] for i in big)]
        if small:
            rows.append(value[np.ix_(small, third)].sum(0))
        return np.stack(rows), np.array([[0, place] for place in range(len(third))])
    others = sorted([*third, *own], key=lambda i: -size[np.ix_(third, [i])].sum())
    big, small = others[:MOST_PARTNERS], others[MOST_PARTNERS:]
    columns = [value[np.ix_(third, aim)].sum(1), *(value[third, i] for i in big)]
    if small:
        columns.append(value[np.ix_(third, small)].sum(1))
    return np.stack(columns, axis=1), np.array([[place, 0] for place in range(len(third))])


def added(first: Cube, second: Cube) -> Cube:
    """Return two codes added up; where one of them is not known the sum is not known either."""
    sides = [getattr(first, name) + getattr(second, name) for name in _SIDES]
    return Cube(f"{first.hs}+{second.hs}", first.places, first.periods, *sides)


def codes_of(flows: Flows, asked: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of the files that lie under those asked for, none of which holds another.

    A file may have 8542 beside 854231, and adding both would count twice: under each code asked for, the shortest
    length that is there counts. Raises: BadInputError: if a code is no digits or none is there.
    """
    there = sorted(flows.table["hs"].unique().to_list())
    found: list[str] = []
    wanted = sorted({code.replace(".", "").strip() for code in asked}, key=lambda code: (len(code), code))
    for code in wanted:
        if not code.isdigit():
            raise BadInputError(f"'{code}' is no HS code. Write two to ten digits: --hs 854231.")
        under = [one for one in there if one.startswith(code)]
        shortest = min(map(len, under), default=0)
        found += [
            one for one in under if len(one) == shortest and not any(one.startswith(other) for other in found)
        ]
    if not found:
        has = ", ".join(there[:8]) + (", ..." if len(there) > 8 else "")
        raise BadInputError(
            f"No flow of {', '.join(wanted) or 'any code'} between two countries is in the files"
            + (f"; they have {has}" if has else "")
            + ". Bring files of these codes, or name others with --hs."
        )
    return tuple(sorted(found))


def cube_of(flows: Flows, code: str, freq: str, periods: Sequence[dt.date], places: Sequence[str]) -> Cube:
    """Return the flows of one code between some countries. A partner without a row is 0 only where the list is whole."""
    pl = need("polars")
    order = {place: index for index, place in enumerate(places)}
    steps = {period: index for index, period in enumerate(periods)}
    filled: list[Floats] = []
    for flow in ("export", "import"):
        here = (pl.col("hs") == code, pl.col("freq") == freq, pl.col("flow") == flow)
        value = np.full((len(places), len(places), len(periods)), np.nan)
        whole = _placed(flows.whole.filter(*here), order, steps)
        value[whole["reporter"].to_numpy(), :, whole["period"].to_numpy()] = 0.0
        rows = _placed(flows.table.filter(*here, pl.col("partner").is_in(list(order))), order, steps)
        at = (rows["reporter"].to_numpy(), rows["partner"].replace_strict(order, return_dtype=pl.Int64).to_numpy(),
              rows["period"].to_numpy())  # fmt: skip
        kilos = value.copy()
        for array, name in ((value, "value"), (kilos, "kg")):
            array[at] = rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        # The reporter stands first here; origins do in a cube.
        filled += [value, kilos] if flow == "export" else [value.transpose(1, 0, 2), kilos.transpose(1, 0, 2)]
    exports, export_kg, imports, import_kg = filled
    return Cube(code, tuple(places), tuple(periods), exports, imports, export_kg, import_kg)


def _placed(rows: polars.DataFrame, order: dict[str, int], steps: dict[dt.date, int]) -> polars.DataFrame:
    """Rows of these countries and periods, with reporter and period as their places in the arrays."""
    pl = need("polars")
    return rows.filter(
        pl.col("reporter").is_in(list(order)), pl.col("period").is_in(list(steps))
    ).with_columns(
        pl.col("reporter").replace_strict(order, return_dtype=pl.Int64),
        pl.col("period").replace_strict(steps, return_dtype=pl.Int64),
    )

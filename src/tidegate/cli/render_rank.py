"""A ranking as text: what its record says first, then the names, then the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.cli.render import console, print_table
from tidegate.markets.ranking import NOT, Ranking

__all__ = ["print_ranking"]

_SHOWN = 10
_MOST_NOTES = 12


def print_ranking(ranking: Ranking) -> None:
    """Print the verdict, the best and worst names, those without a rank by reason, and the record."""
    about, out = ranking.about, console()
    for sentence in ranking.verdict:
        out.print(sentence, style="bold", markup=False)
    out.print()
    ranked = [row for row in ranking.rows if row["rank"] is not None]
    unknown = [row for row in ranking.rows if row["rank"] is None]
    names = list(about["factors"])
    columns = [
        ("rank", "rank"),
        ("name", "ticker"),
        ("sector", "sector"),
        ("score", "score"),
        *((f"{name} z", f"{name}_z") for name in names),
        *((name, name) for name in names),
        ("part of each in the score", "why"),
    ]
    shown = ranked if len(ranked) <= 2 * _SHOWN else [*ranked[:_SHOWN], *ranked[-_SHOWN:]]
    print_table(
        f"{about['ranked']} of {about['members']} names ranked at the end of {about['on']} ({about['day']})"
        + (f"; the best and worst {_SHOWN}, --format csv has all" if len(shown) < len(ranked) else ""),
        columns,
        [{**row, **_short(row, names)} for row in shown],
    )
    if unknown:
        print()
        print_table(
            f"{len(unknown)} names without a rank",
            [("name", "ticker"), ("sector", "sector"), ("why", "why")],
            unknown[:_SHOWN],
        )
        if len(unknown) > _SHOWN:
            out.print(f"{len(unknown) - _SHOWN} more; --format csv has all", style="dim")
    _record(ranking)
    for name, one in about["factors"].items():
        out.print(
            f"{name}: {one['what']} ({one['source']}), weight {one['weight']:.2f}, {one['better']} is better; "
            f"{about['without'][name]} names without it",
            style="dim", markup=False,
        )  # fmt: skip
    notes = list(ranking.notes)
    for note in notes[:_MOST_NOTES]:
        out.print(f"note: {note}", style="dim", markup=False)
    if len(notes) > _MOST_NOTES:
        out.print(f"note: {len(notes) - _MOST_NOTES} more; --json has all", style="dim")
    out.print(NOT, style="dim", markup=False)


def _record(ranking: Ranking) -> None:
    record, about = ranking.record(), ranking.about
    cost = [f"{cost:g}" for cost in about["costs"]]
    rows = [_line(row) for row in record["record"]]
    columns = [
        ("held", "name"), ("months", "months"), ("mean IC", "ic"), (f"{about['level']:.0%} band", "band"), ("t", "t"),
        ("p, corrected", "p"), ("best less worst part", "spread"), ("t of it", "spread_t"), ("names new", "replaced"),
        *((f"a year at {word}", f"year_{word}") for word in cost), ("a year, no costs", "year_0"),
        ("over equal", "excess"), ("band of it", "excess_band"), ("t over equal", "excess_t"),
        ("worst fall", "drawdown"),
    ]  # fmt: skip
    print()
    print_table(
        f"The record, {about['first']} to {about['last']}: top {about['top']} of {about['least_names']} to "
        f"{about['most_names']} names, costs {' and '.join(cost)} basis points",
        columns,
        rows,
    )
    parts = [
        {
            "part": row["part"],
            "name": row["name"],
            "months": row["months"],
            "ic": _number(row["ic_mean"], 3),
            "band": _band(row["ic_low"], row["ic_high"], 3),
            "t": _number(row["ic_t"], 2),
            "excess": _number(row["excess_per_year_percent"], 1),
            "excess_t": _number(row["excess_t"], 2),
        }
        for row in record["parts"]
        if row["name"] == "score"
    ]
    print()
    print_table(
        f"The score by period, {cost[0]} basis points",
        [
            ("period", "part"),
            ("months", "months"),
            ("mean IC", "ic"),
            ("band", "band"),
            ("t", "t"),
            ("over equal, a year", "excess"),
            ("t over equal", "excess_t"),
        ],
        parts,
    )
    carried = record["carried"]
    print()
    print_table(
        "Who gave most and least",
        [("name", "ticker"), ("points a year over equal weights", "points"), ("months held", "months")],
        [{**row, "points": _number(row["points_a_year"], 2)} for row in carried],
    )


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "name": row["name"],
        "months": row["months"],
        "ic": _number(row["ic_mean"], 3),
        "band": _band(row["ic_low"], row["ic_high"], 3),
        "t": _number(row["ic_t"], 2),
        "p": _number(row["ic_p_corrected"], 3, sign=""),
        "spread": _number(row["spread_percent"], 2),
        "spread_t": _number(row["spread_t"], 2),
        "replaced": "" if row["replaced"] is None else f"{row['replaced']:.0%}",
    }
    for one in row["net"]:
        found[f"year_{one['cost']:g}"] = _number(one["per_year_percent"], 1)
    first = row["net"][0]
    found |= {
        "drawdown": _number(first["drawdown_percent"], 1),
        "excess": _number(first.get("excess_per_year_percent"), 1),
        "excess_band": _band(first.get("excess_low_percent"), first.get("excess_high_percent"), 1),
        "excess_t": _number(first.get("excess_t"), 2),
    }
    return found


def _short(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    found = {"score": _number(row["score"], 2)}
    found |= {f"{name}_z": _number(row[f"{name}_z"], 2) for name in names}
    return found | {name: _number(row[name], 3, sign="") for name in names}


def _number(value: float | None, digits: int, sign: str = "+") -> str:
    return "" if value is None else f"{value:{sign}.{digits}f}"


def _band(low: float | None, high: float | None, digits: int) -> str:
    return "" if low is None or high is None else f"{low:+.{digits}f} to {high:+.{digits}f}"

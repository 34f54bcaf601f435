"""Answers of the supply model as text for people: effects with bands, drawn in a column of a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tidegate.cli.render import console, print_table

if TYPE_CHECKING:
    from tidegate.supply.causes import Causes
    from tidegate.supply.compare import Comparison
    from tidegate.supply.disputes import Disputes
    from tidegate.supply.drivers import Drivers
    from tidegate.supply.effects import Effects
    from tidegate.supply.published import Published

__all__ = [
    "CAVEAT", "print_causes", "print_comparison", "print_disputes", "print_drivers", "print_effects", "print_published",
]  # fmt: skip

CAVEAT = (
    "A model's answer under its assumptions, no forecast: most of its numbers are assumptions or from memory, and\n"
    "`tidegate hindcast` says how far it was from what came. docs/supply.md has the equations."
)

_WIDTH = 33
_UNITS = {"percent": "%", "points": "points", "USD_bn": "bn USD"}


def print_effects(effects: Effects) -> None:
    """Print a row per outcome, flows first by the money that moves, and the measures that cause them."""
    print_table(
        f"{effects.scenario}, against {effects.against}, {effects.first} to {effects.last}",
        [("what", "label"), ("effect", "shown"), ("80 % band", "band"), *_drawn(), ("outcome", "id")],
        _lines(effects.rows, "effect", "low", "high"),
    )
    if effects.unchanged is not None:
        print(f"{effects.scenario} changes nothing that the model sees, because {effects.unchanged}.")
    _print_measures("Measures whose hold differs:", effects.causes)
    print(CAVEAT)


def print_comparison(found: Comparison) -> None:
    """Print two scenarios side by side against the record, and the second less the first."""
    rows = [
        {
            **line,
            "one": _amount(row["first"], row["unit"]),
            "one_band": _band(row, "first_low", "first_high"),
            "other": _amount(row["second"], row["unit"]),
            "other_band": _band(row, "second_low", "second_high"),
        }
        for row, line in zip(
            found.rows, _lines(found.rows, "difference", "difference_low", "difference_high"), strict=True
        )
    ]
    columns = [("what", "label"), ("A", "one"), ("80 % band", "one_band"), ("B", "other"), ("80 % band", "other_band"),
               ("B less A", "shown"), ("80 % band", "band"), *_drawn(), ("outcome", "id")]  # fmt: skip
    print_table(f"Against {found.first.against}, {found.first.first} to {found.first.last}", columns, rows)
    for letter, effects in (("A", found.first), ("B", found.second)):
        print(f"{letter}: {effects.scenario}")
        if effects.unchanged is not None:
            print(f"   changes nothing that the model sees, because {effects.unchanged}.")
        _print_measures(f"   Measures whose hold differs under {letter}:", effects.causes)
    print(CAVEAT)


def print_causes(causes: Causes) -> None:
    """Print what carries an effect, the largest part first, and the answer as a sentence."""
    rows = [
        {**line, "channels": list(part.channels) if causes.by == "measure" else [], "source": part.source}
        for part, line in zip(
            (*causes.parts, causes.whole),
            _lines(
                [
                    {"outcome": part.name, "label": part.title, "unit": causes.unit, "effect": part.effect,
                     "low": part.low, "high": part.high}
                    for part in (*causes.parts, causes.whole)
                ],
                "effect", "low", "high",
            ),
            strict=True,
        )
    ]  # fmt: skip
    columns = [(causes.by, "id"), ("what", "label"), ("carries", "shown"), ("80 % band", "band"), *_drawn(),
               ("channels", "channels"), ("source", "source")]  # fmt: skip
    print_table(f"{causes.label}, {causes.first} to {causes.last}: {causes.scenario}", columns, rows)
    print(causes.sentence())
    print(CAVEAT)


def print_disputes(found: Disputes) -> None:
    """Print an effect by each source that disagrees about a parameter, ours first."""
    rows = [
        {
            **line,
            "says": ", ".join(dict.fromkeys(f"{value:g}" for value in row["values"].values())),
            "by": row["reading"] + (" (not verified)" if row["verified"] is False else ""),
            "note": row["note"], "source": row["source"],
        }
        for row, line in zip(
            found.rows,
            _lines([{"outcome": row["reading"], "label": "", **row} for row in found.rows], "effect", "low", "high"),
            strict=True,
        )
    ]  # fmt: skip
    columns = [("source", "by"), ("elasticity", "says"), ("effect", "shown"), ("80 % band", "band"), *_drawn(),
               ("what it says", "note"), ("address", "source")]  # fmt: skip
    print_table(f"{found.label}, {found.first} to {found.last}: {found.scenario}", columns, rows)
    print(found.sentence())
    if found.silent:
        print(f"Of the goods it touches nothing is said by: {', '.join(found.silent)}.")
    print(CAVEAT)


def print_drivers(drivers: Drivers, count: int = 12) -> None:
    """Print the parameters that an effect hangs on, the strongest first, and what of it rests on assumptions."""
    rows = [
        {
            "id": index.parameter,
            "what": drivers.about[index.parameter][3],
            "first": f"{index.first:.2f} ±{index.first_doubt:.2f}",
            "total": f"{index.total:.2f} ±{index.total_doubt:.2f}",
            "kind": drivers.about[index.parameter][0],
        }
        for index in drivers.indices[:count]
    ]
    columns = [
        ("parameter", "id"),
        ("alone", "first"),
        ("with others", "total"),
        ("rests on", "kind"),
        ("what", "what"),
    ]
    print_table(f"{drivers.label}, {drivers.first} to {drivers.last}: {drivers.scenario}", columns, rows)
    if len(drivers.indices) > count:
        print(f"{len(drivers.indices) - count} more parameters weigh less; --json has them all.")
    print(drivers.sentence())
    print(
        "alone: share of the variance that would go if only this were known; with others: that would stay if only"
    )
    print("this were not. Each ± half its 95 percent interval; a larger --size makes it smaller.")
    print(CAVEAT)


def _drawn() -> list[tuple[str, str]]:
    """The column of the picture, where somebody looks."""
    return [("band and median against 0", "drawn")] if console().is_terminal else []


def _lines(rows: Iterable[Mapping[str, Any]], middle: str, low: str, high: str) -> list[dict[str, Any]]:
    rows = list(rows)
    scales = {
        unit: _scale([row for row in rows if row["unit"] == unit], low, high)
        for unit in {r["unit"] for r in rows}
    }
    return [
        {
            "id": row["outcome"],
            "label": row["label"],
            "shown": _amount(row[middle], row["unit"]),
            "band": _band(row, low, high),
            "drawn": _draw(row[low], row[middle], row[high], scales[row["unit"]]),
        }
        for row in rows
    ]


def _amount(value: float, unit: str) -> str:
    return f"{value:+.2f} {_UNITS.get(unit, unit)}"


def _band(row: Mapping[str, Any], low: str, high: str) -> str:
    return f"{row[low]:+.2f} to {row[high]:+.2f}"


def _scale(rows: Sequence[Mapping[str, Any]], low: str, high: str) -> float:
    """What a half of the column stands for. One that is far out must not press all others to a point."""
    reach = sorted(max(abs(row[low]), abs(row[high])) for row in rows)
    return float(max(reach[int(0.9 * (len(reach) - 1))], 1e-12))


def _draw(low: float, middle: float, high: float, scale: float) -> str:
    """A band with its median, on a line with zero in the middle; an arrow where it goes beyond the column."""
    half = _WIDTH // 2

    def place(value: float) -> int:
        return half + round(max(-1.0, min(1.0, value / scale)) * half)

    line = [" "] * _WIDTH
    for column in range(place(low), place(high) + 1):
        line[column] = "─"
    line[half] = "│"
    line[place(middle)] = "●"
    if low < -scale:
        line[0] = "◀"
    if high > scale:
        line[-1] = "▶"
    return "".join(line)


def _print_measures(title: str, causes: Iterable[Mapping[str, Any]]) -> None:
    causes = list(causes)
    if not causes:
        return
    print(title)
    for cause in causes:
        print(f"  {cause['measure']}: {cause['title']} ({cause['source']})")


def print_published(found: Published) -> None:
    """Print a row per published number with ours beside it, and below why they differ."""
    rows = []
    for row in found.rows:
        ours = row["model"]
        rows.append({
            "id": row["id"], "metric": row["metric"], "published": _told(row["published"]), "span": _told(row["band"]),
            "ours": "" if ours is None else f"{ours:.3g}",
            "band": "" if ours is None else f"{row['low']:.3g} to {row['high']:.3g}",
            "inside": {True: "yes", False: "no", None: ""}[row["passes"]],
        })  # fmt: skip
    columns = [("source", "id"), ("of", "metric"), ("published", "published"), ("span", "span"), ("ours", "ours"),
               ("80 % band", "band"), ("inside", "inside")]  # fmt: skip
    print_table("Published scenarios, run as their sources define them", columns, rows)
    for source, why in dict.fromkeys((row["id"], row["why"]) for row in found.rows):
        print(f"{source}: {why}")
    print(CAVEAT)


def _told(value: Any) -> str:  # noqa: ANN401
    """A number or a span as it is told."""
    if isinstance(value, (list, tuple)):
        return " to ".join(f"{end:.3g}" if abs(end) < 1e6 else "more" for end in value)
    return f"{value:.3g}" if isinstance(value, float | int) else str(value or "")

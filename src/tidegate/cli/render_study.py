"""An event study as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.cli.render import console, print_table
from tidegate.markets.event_study import Study
from tidegate.markets.moves import Moves

__all__ = ["print_firms", "print_moves", "print_study"]

_MOST_LEFT = 12


def print_study(study: Study) -> None:
    """Print a row for each mean: raw beside abnormal, the test that counts, and the others."""
    about = study.about
    rows = [
        {
            "name": row["name"]
            if row["by"] == "event"
            else f"{row['by']}: {row['name']}"
            if row["by"] != "all"
            else "all",
            "on": row["day0"],
            "reading": "" if row["reading"] == "only" else row["reading"],
            "firms": row["firms"],
            "dates": row["dates"],
            "raw": _percent(row["raw_percent"]),
            "car": _percent(row["caar_percent"]),
            "band": _band(row),
            "t": _number(row["statistic"]),
            "p": _chance(row["p"]),
            "corrected": _chance(row["p_corrected"]),
            "bmp": _number(row["bmp"]),
            "corrado": _number(row["corrado"]),
            "grank": _number(row["grank"]),
            "other": _few(row["confounders"]),
        }
        for row in study.groups
    ]
    print_table(
        f"{about['events']} events; sessions {about['window']}, model {about['model']} over {about['estimation']}",
        [
            ("mean over", "name"),
            ("day 0", "on"),
            ("taken as", "reading"),
            ("shares", "firms"),
            ("days", "dates"),
            ("raw", "raw"),
            ("abnormal", "car"),
            (f"{about['level']:.0%} band", "band"),
            (about["test"], "t"),
            ("p", "p"),
            (f"p, {about['correction']}", "corrected"),
            ("bmp", "bmp"),
            ("corrado", "corrado"),
            ("grank", "grank"),
            ("other news", "other"),
        ],
        rows,
    )
    _below(study)


def print_firms(study: Study) -> None:
    """Print a row for each share and event."""
    rows = [
        {
            "name": row["event"],
            "id": row["ticker"],
            "exchange": row["exchange"],
            "on": row["day0"],
            "why": row["day0_why"],
            "reading": "" if row["reading"] == "only" else row["reading"],
            "benchmark": row["benchmark"],
            "raw": _percent(row["raw_percent"]),
            "car": _percent(row["car_percent"]),
            "band": _band(row),
            "t": _number(row["t"]),
            "p": _chance(row["p"]),
            "corrected": _chance(row["p_corrected"]),
            "beta": _number(row["beta"]),
            "other": _few(row["confounders"]),
        }
        for row in study.firms
    ]
    print_table(
        f"{len(rows)} shares and events; sessions {study.about['window']}",
        [
            ("event", "name"),
            ("share", "id"),
            ("exchange", "exchange"),
            ("day 0", "on"),
            ("taken as", "reading"),
            ("raw", "raw"),
            ("abnormal", "car"),
            (f"{study.about['level']:.0%} band", "band"),
            ("t", "t"),
            ("p", "p"),
            (f"p, {study.about['correction']}", "corrected"),
            ("beta", "beta"),
            ("against", "benchmark"),
            ("other news", "other"),
            ("day 0, because", "why"),
        ],
        rows,
    )
    _below(study)


def print_moves(moves: Moves) -> None:
    """Print a row for each stated move, ours beside it."""
    rows = [
        {
            **row,
            "stated": _percent(row["stated_percent"]),
            "ours": _percent(row["ours_percent"]),
            "abnormal": _percent(row["abnormal_percent"]),
            "apart": _percent(row["difference"]),
        }
        for row in moves.rows
    ]
    print_table(
        f"{len(rows)} stated moves",
        [
            ("day", "date"),
            ("share", "ticker"),
            ("stated over", "window"),
            ("stated", "stated"),
            ("ours", "ours"),
            ("abnormal", "abnormal"),
            ("apart", "apart"),
            ("because", "why"),
        ],
        rows,
    )
    about = moves.about
    console().print(
        f"{about['close_to_close_near']} of {about['close_to_close']} moves stated from close to close are within "
        f"{about['near_within']} points of ours. Moves in percent.",
        style="dim",
    )
    _list("note", about["notes"])


def _below(study: Study) -> None:
    about, out = study.about, console()
    if about["doubtful_days"]:
        out.print(
            "The hour of some events is not known: 'first' and 'last' take the two sessions that may be day 0.",
            style="yellow",
        )
    _list(
        "hour",
        [
            f"{row['id']}: known {row['known_from']} to {row['known_until']}, from {row['hour_source']}"
            for row in about["asked"]
            if row["hour_source"]
        ],
    )
    _list(
        "against the last reported plan",
        [f"{row['id']}: {row['surprise']}" for row in about["asked"] if row["surprise"]],
    )
    _list("few", [f"{row['name']}: {row['why']}" for row in study.groups if row["why"]])
    _list("left out", [f"{row['event']}, {row['ticker']}: {row['reason']}" for row in study.left])
    _list("note", study.notes)
    out.print(
        "Returns in percent. Shares that move together on one day are nearly one observation: "
        "kp allows for that, bmp does not.",
        style="dim",
    )
    out.print("What a price did is no proof of why, and no advice.", style="dim")


def _list(word: str, lines: Sequence[str]) -> None:
    lines = list(dict.fromkeys(lines))
    for line in lines[:_MOST_LEFT]:
        console().print(f"{word}: {line}", style="dim", markup=False)
    if len(lines) > _MOST_LEFT:
        console().print(f"{word}: {len(lines) - _MOST_LEFT} more; --json has all", style="dim")


def _few(told: Sequence[str]) -> list[str]:
    return [*told[:2], f"{len(told) - 2} more"] if len(told) > 2 else list(told)


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _chance(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if value >= 0.001 else "<0.001"


def _band(row: Mapping[str, Any]) -> str:
    return "" if row["low_percent"] is None else f"{row['low_percent']:+.1f} to {row['high_percent']:+.1f}"

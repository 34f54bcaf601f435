"""Who is hit, laid out for people: each change that was run with its effects, and how they were chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.brief.page_markets import market_groups
from tidegate.brief.spans import DOCS, Span, count, short, soft, text
from tidegate.supply.scale import amount

__all__ = ["hit_section"]

CHOICE = (
    "the first of what has happened, of what has a date and of what is talked about, then the next; what is "
    "furthest along goes first, then what reaches most trade"
)
"""How `tidegate.brief.day_whatifs.choose` chooses."""

Day = Mapping[str, Any]


def hit_section(day: Day) -> dict[str, Any]:
    """Return the section of who is hit; `waits` where the model is still at work. day: as `DayBrief.to_dict` gives it."""
    section: dict[str, Any] = {
        "id": "hit",
        "title": "Who is hit, and by how much",
        "groups": market_groups(day),
        "waits": False,
    }
    effects = day["effects"]
    if effects is None:
        return {**section, "waits": True}
    if effects["left_out"]:
        section["groups"] += [
            {"title": None, "lines": [], "notes": [soft(f"Left out: {effects['left_out']}.")]}
        ]
        return section
    groups = section["groups"]
    for one in effects["what_ifs"]:
        notes = [
            soft(f"Against {one['against']}. Held otherwise: {count(one['lots'], 'part')} of flows, in the base year "
                  f"{amount(one['trade'], 'USD_bn', sign=False)} a quarter.")
        ]  # fmt: skip
        if one["shipped"]:
            notes += [
                soft(" A shipped scenario has it too: "),
                {"text": one["shipped"], "kind": "code", "scenario": one["shipped"]},
            ]
        if one["unchanged"]:
            notes.append(text(f" Nothing changes that the model sees: {one['unchanged']}."))
        sort = "Has happened" if one["sort"] == "changed" else "Comes" if one["in_record"] else "What if"
        groups.append(
            {
                "title": f"{sort}. {one['label']}", "lines": [], "notes": notes,
                "table": [_effect(line) for line in one["lines"]],
                "scenario": None if one["in_record"] else
                {"text": one["text"], "from": effects["first"], "to": effects["last"], "draws": effects["draws"],
                 "seed": effects["seed"]},
            }
        )  # fmt: skip
    groups.append({"title": None, "lines": [], "notes": _how(effects)})
    return section


def _effect(line: Day) -> dict[str, Any]:
    rests = _EVIDENCE.get(line["rests_on"], line["rests_on"])
    return {
        "what": line["label"],
        "value": _change(line["effect"], line["unit"]),
        "band": f"{_change(line['low'], '')} to {_change(line['high'], '')}",
        "equation": {"text": line["equation"].split(",")[0], "href": f"{DOCS}supply.md#{line['anchor']}"},
        "source": {"text": rests, "href": line["source"]},
    }  # fmt: skip


_EVIDENCE = {
    "memory": "from memory", "assumption": "assumed", "official": "official figure", "company": "firm's figure",
    "reported": "press", "hindsight": "later figure",
}  # fmt: skip
"""The words of `tidegate.supply.shipped.KINDS` that do not speak for themselves."""


def _change(value: float, unit: str) -> str:
    """To one place behind the point: what lies behind it is less than the bands leave open."""
    if abs(value) >= 100:
        return amount(value, unit)
    rounded = round(value, 1)
    return (
        f"{rounded:+.1f} {_UNITS.get(unit, unit)}".rstrip()
        if rounded
        else f"0.0 {_UNITS.get(unit, unit)}".rstrip()
    )


_UNITS = {"percent": "%", "USD_bn": "bn USD", "log": "", "index": ""}


def _how(effects: Day) -> list[Span]:
    spans = []
    if effects["what_ifs"]:
        draws = f"{effects['first']} to {effects['last']}: median, and 10 to 90 percent of {effects['draws']} draws"
        spans += [
            text(
                f"Effects over {draws}; the links lead to the equation, and to what the base year behind the number "
                "rests on. "
            ),
            soft(f"Chosen of {effects['reached']} changes that move a flow of the model: {CHOICE}. "),
        ]
    else:
        spans.append(text("No change moves a flow of the model. "))
    reasons: dict[str, list[Day]] = {}
    for one in effects["not_modelled"]:
        reasons.setdefault(one["why"], []).append(one)
    for why, ones in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        rest = f" and {len(ones) - 1} more" if len(ones) > 1 else ""
        spans += [
            soft("Not modelled: "),
            {"text": short(ones[0]["title"], 60), "measure": ones[0]["id"]},
            soft(f"{rest}, because {why}. "),
        ]
    record = effects["record"]
    if record:
        told = (
            f"How far it was from what came since {record['start']}: {record['inside_band']} of {record['modelled']} "
            f"observations inside its bands of 80 percent, {record['inside_tolerance']} near."
        )
        spans += [
            {"text": told, "href": f"{DOCS}hindcast.md", "kind": "strong"},
            soft(" A model's answers under its assumptions, no forecast."),
        ]
    return spans

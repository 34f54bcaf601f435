"""The brief of a day laid out for people: one shape that the page, the PDF and the terminal all show.

A page is sections of groups of lines, and a line is a run of spans, each plain text with how it is meant and where it
leads. Nothing in it is markup of any kind. Lists are bounded so that the day fits one sheet; what is left out is told,
with the command that shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.brief.page_changed import changed_section
from tidegate.brief.page_hit import hit_section
from tidegate.brief.spans import (
    DOCS,
    Span,
    cited,
    code,
    count,
    country,
    more,
    on_whose_word,
    short,
    soft,
    stage,
    strong,
    text,
)

__all__ = ["day_page"]

MOST = {"due": 6, "talks": 1, "scenarios": 2, "games": 1}
"""Lines of each list of what to watch that a page shows."""

Day = Mapping[str, Any]


def day_page(day: Day) -> dict[str, Any]:
    """Return the layout of a day. day: as `DayBrief.to_dict` gives it; of effects that are not there yet, None.

    title, lead, warnings: text. sections: id, title, groups. groups: title, notes (spans), lines (spans and sub, spans;
    anchor), table (what, value, band, equation, source) and `scenario`, where a model's run can be asked again.
    """
    warnings = []
    if day["scenario"]:
        warnings.append(f"Scenario: {day['scenario']}. This is not the record.")
    if day["read_to"] and day["on"] > day["read_to"]:
        warnings.append(
            f"Sources were read to {day['read_to']}. Later days show only what was fixed before; absence of an "
            "entry is no evidence that nothing happened."
        )
    if day["starts"] and day["since"] < day["starts"]:
        warnings.append(f"The ledger starts on {day['starts']}: of earlier days it knows little.")
    return {
        "title": f"Brief of {day['on']}",
        "lead": _lead(day),
        "warnings": warnings,
        "sections": _anchored([changed_section(day), hit_section(day), _watch(day)]),
        "foot": _foot(),
    }


def _anchored(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the first of two lines about one measure as the place that links lead to."""
    seen: set[str] = set()
    for line in (line for section in sections for group in section["groups"] for line in group["lines"]):
        if line["anchor"] in seen:
            line["anchor"] = None
        elif line["anchor"]:
            seen.add(line["anchor"])
    return sections


def _lead(day: Day) -> str:
    moved, due = day["moved"], day["due"]
    new = sum(1 for one in day["talk"] if one["is_new"])
    parts = [
        f"{count(len(moved), 'measure')} moved since {day['since']}, {new} more {_was(new)} talked about anew."
    ]
    if due:
        parts.append(
            f"{count(len(due), 'date')} in the next {day['ahead']} days, the nearest in {due[0]['days']}."
        )
    parts.append(f"{day['binding']} of {day['measures_in_ledger']} measures on record bind.")
    return " ".join(parts)


def _watch(day: Day) -> dict[str, Any]:
    due = day["due"]
    later = f"tidegate coming --on {day['on']} --days {day['ahead']}"
    notes = (
        more(len(due) - MOST["due"], later)
        if due
        else [soft(f"No date within {day['ahead']} days is on record.")]
    )
    announced = day["announced"]
    if announced:
        notes += [soft(f" Announced, no day on record: {count(len(announced), 'measure')}, as "),
                  {"text": short(announced[0]["title"], 70), "measure": announced[0]["id"],
                   "href": announced[0]["said"]["href"]},
                  soft(": "), code(later)]  # fmt: skip
    groups = [{"title": "Dates", "lines": [_due(one) for one in due[: MOST["due"]]], "notes": notes}]
    other = [_round(one) for one in day["talks"][: MOST["talks"]]]
    for one in day["scenarios"][: MOST["scenarios"]]:
        ids = ", ".join(one["measures"][:2]) + (
            f" and {len(one['measures']) - 2} more" if len(one["measures"]) > 2 else ""
        )
        other.append({
            "anchor": None,
            "spans": [text("If it comes: "), {"text": one["title"], "scenario": one["name"]}, soft(f" ({ids})")],
            "sub": [code(f"tidegate simulate examples/scenarios/{one['name']}.yaml")],
        })  # fmt: skip
    other += [_game(one) for one in day["games"][: MOST["games"]]]
    if other:
        rest = more(len(day["scenarios"]) - MOST["scenarios"], f"tidegate brief --on {day['on']} --json")
        groups.append({"title": "Talks, and scenarios if they come", "lines": other, "notes": rest})
    return {"id": "watch", "title": "What to watch", "groups": groups}


def _due(one: Day) -> dict[str, Any]:
    others = f" and {len(one['ids']) - 1} more" if len(one["ids"]) > 1 else ""
    days = "today" if one["days"] == 0 else count(one["days"], "day")
    spans = [strong(f"{one['on']}, {days}: "), {"text": one["titles"][0], "measure": one["ids"][0]},
             soft(f"{others} · {country(one['government'])}: "), stage(one["stage"])]  # fmt: skip
    if one["next_stage"]:
        spans += [soft(" then "), stage(one["next_stage"])]
    end = "ends by its own text; " if one["by_text"] else ""
    words = f"{end}{one['condition']}" if one["condition"] else one["note"]
    if one["by_text"] and one["condition"] == "ended by its own text":
        words = "ends by its own text"
    return {
        "anchor": None,
        "spans": spans,
        "sub": [text(short(words)), soft(" · "), *on_whose_word(one["said"])],
    }


def _round(one: Day) -> dict[str, Any]:
    cites: list[Span] = []
    for source in one["sources"][:2]:
        cites += [soft(" · " if cites else ""), cited(source)]
    return {
        "anchor": None,
        "spans": [strong(f"Last talks, {one['on']}: "), text(short(one["outcome"]))],
        "sub": cites,
    }


def _game(one: Day) -> dict[str, Any]:
    return {
        "anchor": None,
        "spans": [
            text(f"If it is bargained over: {one['title']}"), soft(f" ({', '.join(one['measures'][:2])})"),
        ],
        "sub": [code(f"tidegate bargain examples/games/{one['name']}.yaml")],
    }  # fmt: skip


def _foot() -> list[list[Span]]:
    return [[
        soft("All of it as the public could know it on the day; ? marks what was not read in a source. "),
        soft("A record with sources, not legal advice. Definitions: "),
        {"text": "the brief", "href": f"{DOCS}brief.md", "kind": "soft"}, soft(", "),
        {"text": "the model", "href": f"{DOCS}supply.md", "kind": "soft"}, soft(", "),
        {"text": "the tide", "href": f"{DOCS}tide.md", "kind": "soft"}, soft("."),
    ]]  # fmt: skip


def _was(number: int) -> str:
    return "was" if number == 1 else "were"

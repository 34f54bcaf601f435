"""What changed, laid out for people: law, talk apart from it, claims lately read, and the tide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tidegate.brief.spans import (
    DOCS,
    Span,
    cited,
    code,
    count,
    country,
    measure,
    more,
    on_whose_word,
    plain,
    short,
    soft,
    stage,
    strong,
    text,
)  # fmt: skip
from tidegate.brief.wording import label_words

__all__ = ["changed_section"]

MOST = {"law": 7, "talk": 4, "claims": 4, "parties": 5, "steps": 2}
"""Lines of each list that a page shows."""

Day = Mapping[str, Any]


def changed_section(day: Day) -> dict[str, Any]:
    """Return the section of what changed. day: as `DayBrief.to_dict` gives it."""
    moved, talk = day["moved"], day["talk"]
    all_moved = more(len(moved) - MOST["law"], f"tidegate diff {day['since']} {day['on']}")
    new = [one for one in talk if one["is_new"]]
    old = [one for one in talk if not one["is_new"]]
    law = {
        "title": "Law, and what was decided",
        "lines": [_moved(one) for one in moved[: MOST["law"]]],
        "notes": all_moved if moved else [soft("Nothing on record moved.")],
    }  # fmt: skip
    counts = Counter(plain(one["stage"]) for one in old)
    rest = ", ".join(f"{n} {stage}" for stage, n in counts.most_common())
    about = [soft("Talk binds nobody. ")]
    if rest:
        about += [soft(f"Open as before: {rest}: "), code(f"tidegate coming --on {day['on']}")]
    said = {
        "title": "Talk, by certainty",
        "lines": [_talk(one) for one in new[: MOST["talk"]]],
        "notes": [*more(len(new) - MOST["talk"], f"tidegate timeline --from {day['since']} --to {day['on']}"), *about],
    }  # fmt: skip
    groups = [law, said]
    if day["claims"] is not None:
        groups.append(_claims(day))
    if day["parties"] is not None:
        groups.append(_parties(day))
    groups.append(_tide(day))
    return {"id": "changed", "title": f"What changed since {day['since']}, and who says so", "groups": groups}


def _moved(one: Day) -> dict[str, Any]:
    before = stage(one["before"]) if one["before"] else soft("not on record")
    sub = [text(short(one["note"]))]
    if one["condition"]:
        sub.append(strong(f" ({one['condition']})"))
    return {
        "anchor": one["id"],
        "spans": [measure(one), soft(f" · {country(one['government'])}, {one['authority']}, {one['on']}: "), before,
                  soft(" then "), stage(one["stage"])],
        "sub": [*sub, soft(" · "), *on_whose_word(one["said"])],
    }  # fmt: skip


def _talk(one: Day) -> dict[str, Any]:
    also = f" and {len(one['also'])} more" if one["also"] else ""
    return {
        "anchor": one["id"],
        "spans": [stage(one["stage"]), text(" "), measure(one),
                  soft(f"{also} · {country(one['government'])}, {one['on']}")],
        "sub": [text(short(one["note"])), soft(" · "), *on_whose_word(one["said"])],
    }  # fmt: skip


def _claims(day: Day) -> dict[str, Any]:
    claims = day["claims"]
    still = [one for one in claims if one["verdict"] is None]
    lines = []
    for one in still[: MOST["claims"]]:
        outlet = ", ".join(one["outlets"]) or one["title"] or "outlet not given"
        spans = [strong(label_words(one["label"])), text(f": “{short(one['words'])}” ")]
        where = {"text": outlet, "href": one["href"]} if one["href"] else text(outlet)
        lines.append(
            {
                "anchor": None,
                "spans": spans,
                "sub": [where, soft(f", {one['published']}; {one['authority']}")],
            }
        )
    told = f"{count(len(claims), 'claim')} about measures in stories of these days"
    note = f"{told}, {len(still)} not yet decided by anybody."
    return {
        "title": "Read in these days, and open",
        "lines": lines,
        "notes": [
            *more(len(still) - MOST["claims"], f"tidegate claims --since {day['since']}"),
            soft(note),
        ],
    }


def _parties(day: Day) -> dict[str, Any]:
    held = day["parties"]
    lines = []
    for one in held["lines"][: MOST["parties"]]:
        since = f"since {one['starts']}" if one["starts"] else "its list does not say since when"
        new = [stage("new"), text(" ")] if one["is_new"] else []
        lines.append({
            "anchor": None,
            "spans": [*new, strong(one["name"]), text(f" may be {one['listed']}"),
                      soft(f" · {one['list']}, {one['authority']}, {since}; score {one['score']:.2f}")],
            "sub": [text(short(one["why"])), *([soft(" · "), cited(one["source"])] if one["source"] else [])],
        })  # fmt: skip
    told = f"{count(held['asked'], 'name')} held against: {'; '.join(held['lists'])}. "
    told += f"{count(held['cleared'], 'hit')} cleared by people. " if held["cleared"] else ""
    told += "" if held["whole"] else "That is no whole copy of any list: others may be listed all the same. "
    none = "" if held["lines"] else "No party on them has a name like one of these. "
    rest = more(len(held["lines"]) - MOST["parties"], f"tidegate screen --queries FILE --on {day['on']}")
    return {
        "title": "Your parties on lists",
        "lines": lines,
        "notes": [
            *rest,
            soft(f"{none}{told}A hit says that a name is alike, not that the party is the same."),
        ],
    }


def _tide(day: Day) -> dict[str, Any]:
    if day["gauges"] is None:
        return {"title": "The tide", "lines": [], "notes": [soft(f"Left out: {day['no_gauge']}")]}
    lines = []
    for gauge in day["gauges"]:
        before, now = (f"{low:.2f} to {high:.2f}" for low, high in (gauge["before"], gauge["now"]))
        steps = gauge["moved"]
        change = f"{before}, now {now}" if steps else f"{now}, as before"
        sub = [soft("no transaction of the basket moved")] if not steps else []
        for step in steps[: MOST["steps"]]:
            deal = f"{step['deal'].replace('-', ' ')}: {plain(step['before'])}, now {plain(step['after'])}"
            sub += [text(("; " if sub else "") + f"{deal} ({step['government']}"), *_through(step), text(")")]
        if len(steps) > MOST["steps"]:
            sub.append(soft(f"; and {len(steps) - MOST['steps']} more"))
        spans = [
            text(f"Toward {gauge['name']} "),
            {"text": change, "kind": "strong", "href": f"{DOCS}tide.md"},
            soft(f" (0 free, 1 closed; {len(steps)} of {gauge['deals']} transactions moved)"),
        ]
        lines.append({"anchor": None, "spans": spans, "sub": sub})
    return {"title": "The tide", "lines": lines, "notes": []}


def _through(step: Day) -> list[Span]:
    ids = [name.split("/")[0] for name in (step["measures"] or step["measures_before"])[:1]]
    return [part for id_ in ids for part in (text(", "), {"text": id_, "kind": "code", "measure": id_})]

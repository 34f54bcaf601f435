"""The brief of a day laid out for people: one shape that the page, the PDF and the terminal all show.

A page is sections of groups of lines, and a line is a run of spans, each plain text with how it is meant and where it
leads. Nothing in it is markup of any kind. Lists are bounded so that the day fits one sheet; what is left out is told,
with the command that shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tidegate.brief.word import host_of, link_of
from tidegate.brief.wording import label_words
from tidegate.catalog import load_catalog
from tidegate.supply.scale import amount

__all__ = ["DOCS", "day_page", "plain_text"]

DOCS = "https://github.com/tidegate/tidegate/blob/main/docs/"
"""Where the documentation stands: equations and definitions behind the numbers."""

MOST = {"law": 7, "talk": 4, "due": 6, "claims": 4, "why": 1, "steps": 2, "talks": 1, "scenarios": 2}
"""Lines of each list that a page shows."""

_LONGEST = 150
"""Characters of a note that a page shows; the record has it whole."""

Day = Mapping[str, Any]
Span = dict[str, Any]


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
            f"Sources were read to {day['read_to']}. Later days show only what was fixed before; absence of an entry is no "
            "evidence that nothing happened."
        )
    if day["starts"] and day["since"] < day["starts"]:
        warnings.append(f"The ledger starts on {day['starts']}: of earlier days it knows little.")
    return {
        "title": f"Brief of {day['on']}",
        "lead": _lead(day),
        "warnings": warnings,
        "sections": _anchored([_changed(day), _hit(day), _watch(day)]),
        "foot": _foot(),
    }


def plain_text(spans: Iterable[Span]) -> str:
    """Return the words of some spans, a source behind its words in brackets."""
    parts = []
    for span in spans:
        href = span.get("href")
        parts.append(f"{span['text']} <{href}>" if href else span["text"])
    return "".join(parts)


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
    parts = [f"{_count(len(moved), 'measure')} moved since {day['since']}, {new} more {_was(new)} talked about anew."]
    if due:
        parts.append(f"{_count(len(due), 'date')} in the next {day['ahead']} days, the nearest in {due[0]['days']}.")
    parts.append(f"{day['binding']} of {day['measures_in_ledger']} measures on record bind.")
    return " ".join(parts)


def _changed(day: Day) -> dict[str, Any]:
    moved, talk = day["moved"], day["talk"]
    between = f"{day['since']} {day['on']}"
    new = [one for one in talk if one["is_new"]]
    old = [one for one in talk if not one["is_new"]]
    law = {
        "title": "Law, and what was decided",
        "lines": [_moved(one) for one in moved[: MOST["law"]]],
        "notes": _more(len(moved) - MOST["law"], f"tidegate diff {between}") if moved else [_soft("Nothing on record moved.")],
    }  # fmt: skip
    counts = Counter(_plain(one["stage"]) for one in old)
    rest = ", ".join(f"{n} {stage}" for stage, n in counts.most_common())
    about = [_soft("Talk binds nobody. ")]
    if rest:
        about += [_soft(f"Open as before: {rest}: "), _code(f"tidegate coming --on {day['on']}")]
    said = {
        "title": "Talk, by certainty",
        "lines": [_talk(one) for one in new[: MOST["talk"]]],
        "notes": [*_more(len(new) - MOST["talk"], f"tidegate timeline --from {day['since']} --to {day['on']}"), *about],
    }  # fmt: skip
    groups = [law, said]
    if day["claims"] is not None:
        groups.append(_claims(day))
    groups.append(_tide(day))
    return {"id": "changed", "title": f"What changed since {day['since']}, and who says so", "groups": groups}


def _moved(one: Day) -> dict[str, Any]:
    before = _stage(one["before"]) if one["before"] else _soft("not on record")
    sub = [_text(_short(one["note"]))]
    if one["condition"]:
        sub.append(_strong(f" ({one['condition']})"))
    return {
        "anchor": one["id"],
        "spans": [_measure(one), _soft(f" · {_country(one['government'])}, {one['authority']}, {one['on']}: "), before,
                  _soft(" then "), _stage(one["stage"])],
        "sub": [*sub, _soft(" · "), *_said(one["said"])],
    }  # fmt: skip


def _talk(one: Day) -> dict[str, Any]:
    also = f" and {len(one['also'])} more" if one["also"] else ""
    return {
        "anchor": one["id"],
        "spans": [_stage(one["stage"]), _text(" "), _measure(one), _soft(f"{also} · {_country(one['government'])}, {one['on']}")],
        "sub": [_text(_short(one["note"])), _soft(" · "), *_said(one["said"])],
    }  # fmt: skip


def _claims(day: Day) -> dict[str, Any]:
    claims = day["claims"]
    still = [one for one in claims if one["verdict"] is None]
    lines = []
    for one in still[: MOST["claims"]]:
        outlet = ", ".join(one["outlets"]) or one["title"] or "outlet not given"
        spans = [_strong(label_words(one["label"])), _text(f": “{_short(one['words'])}” ")]
        where = {"text": outlet, "href": one["href"]} if one["href"] else _text(outlet)
        lines.append({"anchor": None, "spans": spans, "sub": [where, _soft(f", {one['published']}; {one['authority']}")]})
    note = f"{_count(len(claims), 'claim')} about measures in stories of these days, {len(still)} not yet decided by anybody."
    return {
        "title": "Read in these days, and open",
        "lines": lines,
        "notes": [*_more(len(still) - MOST["claims"], f"tidegate claims --since {day['since']}"), _soft(note)],
    }


def _tide(day: Day) -> dict[str, Any]:
    if day["gauges"] is None:
        return {"title": "The tide", "lines": [], "notes": [_soft(f"Left out: {day['no_gauge']}")]}
    lines = []
    for gauge in day["gauges"]:
        before, now = (f"{low:.2f} to {high:.2f}" for low, high in (gauge["before"], gauge["now"]))
        steps = gauge["moved"]
        change = f"{before}, now {now}" if steps else f"{now}, as before"
        sub = [_soft("no transaction of the basket moved")] if not steps else []
        for step in steps[: MOST["steps"]]:
            deal = f"{step['deal'].replace('-', ' ')}: {_plain(step['before'])}, now {_plain(step['after'])} ({step['government']}"
            sub += [_text(("; " if sub else "") + deal), *_through(step), _text(")")]
        if len(steps) > MOST["steps"]:
            sub.append(_soft(f"; and {len(steps) - MOST['steps']} more"))
        spans = [
            _text(f"Toward {gauge['name']} "),
            {"text": change, "kind": "strong", "href": f"{DOCS}tide.md"},
            _soft(f" (0 free, 1 closed; {len(steps)} of {gauge['deals']} transactions moved)"),
        ]
        lines.append({"anchor": None, "spans": spans, "sub": sub})
    return {"title": "The tide", "lines": lines, "notes": []}


def _through(step: Day) -> list[Span]:
    ids = [name.split("/")[0] for name in (step["measures"] or step["measures_before"])[:1]]
    return [part for id_ in ids for part in (_text(", "), {"text": id_, "kind": "code", "measure": id_})]


def _hit(day: Day) -> dict[str, Any]:
    section: dict[str, Any] = {"id": "hit", "title": "Who is hit, and by how much", "groups": [], "waits": False}
    effects = day["effects"]
    if effects is None:
        return {**section, "waits": True}
    if effects["left_out"]:
        section["groups"] = [{"title": None, "lines": [], "notes": [_soft(f"Left out: {effects['left_out']}.")]}]
        return section
    groups = []
    for one in effects["what_ifs"]:
        notes = [
            _soft(f"Against {one['against']}. Held otherwise: {_count(one['lots'], 'part')} of flows, in the base year "
                  f"{amount(one['trade'], 'USD_bn', sign=False)} a quarter.")
        ]  # fmt: skip
        if one["shipped"]:
            notes += [_soft(" A shipped scenario has it too: "), _code(one["shipped"])]
        if one["unchanged"]:
            notes.append(_text(f" Nothing changes that the model sees: {one['unchanged']}."))
        title = {"changed": "Has happened. ", "coming": "What if on its date. ", "talk": "What if. "}[one["sort"]] + one["label"]
        groups.append(
            {
                "title": title, "lines": [], "notes": notes, "table": [_effect(line) for line in one["lines"]],
                "scenario": None if one["in_record"] else
                {"text": one["text"], "from": effects["first"], "to": effects["last"], "draws": effects["draws"], "seed": effects["seed"]},
            }
        )  # fmt: skip
    groups.append({"title": None, "lines": [], "notes": _how(effects)})
    section["groups"] = groups
    return section


def _effect(line: Day) -> dict[str, Any]:
    rests = {"memory": "from memory", "assumption": "assumed", "an assumption": "assumed"}.get(line["rests_on"], line["rests_on"])
    return {
        "what": line["label"],
        "value": _change(line["effect"], line["unit"]),
        "band": f"{_change(line['low'], '')} to {_change(line['high'], '')}",
        "equation": {"text": line["equation"].split(",")[0], "href": f"{DOCS}supply.md#{line['anchor']}"},
        "source": {"text": rests, "href": line["source"]},
    }  # fmt: skip


def _change(value: float, unit: str) -> str:
    """To one place behind the point: what lies behind it is less than the bands leave open."""
    return amount(value, unit) if abs(value) >= 100 else f"{value + 0.0:+.1f} {_UNITS.get(unit, unit)}".rstrip()


_UNITS = {"percent": "%", "USD_bn": "bn USD", "log": "", "index": ""}


def _how(effects: Day) -> list[Span]:
    spans = []
    if effects["what_ifs"]:
        spans.append(
            _text(f"Effects over {effects['first']} to {effects['last']}: median, and 10 to 90 percent of {effects['draws']} draws; "
                  "the links lead to the equation, and to what the base year behind the number rests on. ")
        )  # fmt: skip
        spans.append(
            _soft(f"Chosen of {effects['reached']} changes that move a flow of the model: the first of what has happened, of what "
                  "has a date and of what is talked about, then the next; what is furthest along goes first, then what reaches "
                  "most trade. ")
        )  # fmt: skip
    else:
        spans.append(_text("No change moves a flow of the model. "))
    reasons: dict[str, list[Day]] = {}
    for one in effects["not_modelled"]:
        reasons.setdefault(one["why"], []).append(one)
    for why, ones in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        rest = f" and {len(ones) - 1} more" if len(ones) > 1 else ""
        spans += [_soft("Not modelled: "), {"text": _short(ones[0]["title"], 60), "measure": ones[0]["id"]}, _soft(f"{rest}, because {why}. ")]
    record = effects["record"]
    if record:
        told = (
            f"How far it was from what came since {record['start']}: {record['inside_band']} of {record['modelled']} observations inside "
            f"its bands of 80 percent, {record['inside_tolerance']} near."
        )
        spans += [{"text": told, "href": f"{DOCS}hindcast.md", "kind": "strong"}, _soft(" A model's answers under its assumptions, no forecast.")]
    return spans


def _watch(day: Day) -> dict[str, Any]:
    due = day["due"]
    later = f"tidegate coming --on {day['on']} --days {day['ahead']}"
    notes = _more(len(due) - MOST["due"], later) if due else [_soft(f"No date within {day['ahead']} days is on record.")]
    announced = day["announced"]
    if announced:
        notes += [_soft(f" Announced, no day on record: {_count(len(announced), 'measure')}, as "),
                  {"text": _short(announced[0]["title"], 70), "measure": announced[0]["id"], "href": announced[0]["said"]["href"]},
                  _soft(": "), _code(later)]  # fmt: skip
    groups = [{"title": "Dates", "lines": [_due(one) for one in due[: MOST["due"]]], "notes": notes}]
    other = [_round(one) for one in day["talks"][: MOST["talks"]]]
    for one in day["scenarios"][: MOST["scenarios"]]:
        ids = ", ".join(one["measures"][:2]) + (f" and {len(one['measures']) - 2} more" if len(one["measures"]) > 2 else "")
        other.append({
            "anchor": None,
            "spans": [_text("If it comes: "), {"text": one["title"], "scenario": one["name"]}, _soft(f" ({ids})")],
            "sub": [_code(f"tidegate simulate examples/scenarios/{one['name']}.yaml")],
        })  # fmt: skip
    if other:
        hidden = len(day["scenarios"]) - MOST["scenarios"]
        more = [_soft(f"and {_count(hidden, 'scenario')} more: "), _code(f"tidegate brief --on {day['on']} --json")] if hidden > 0 else []
        groups.append({"title": "Talks, and scenarios if they come", "lines": other, "notes": more})
    return {"id": "watch", "title": "What to watch", "groups": groups}


def _due(one: Day) -> dict[str, Any]:
    count = len(one["ids"])
    others = f" and {count - 1} more" if count > 1 else ""
    days = "today" if one["days"] == 0 else _count(one["days"], "day")
    spans = [_strong(f"{one['on']}, {days}: "), {"text": one["titles"][0], "measure": one["ids"][0]},
             _soft(f"{others} · {_country(one['government'])}: "), _stage(one["stage"])]  # fmt: skip
    if one["next_stage"]:
        spans += [_soft(" then "), _stage(one["next_stage"])]
    end = "ends by its own text; " if one["by_text"] else ""
    words = f"{end}{one['condition']}" if one["condition"] else one["note"]
    if one["by_text"] and one["condition"] == "ended by its own text":
        words = "ends by its own text"
    return {"anchor": None, "spans": spans, "sub": [_text(_short(words)), _soft(" · "), *_said(one["said"])]}


def _round(one: Day) -> dict[str, Any]:
    cites: list[Span] = []
    for source in one["sources"][:2]:
        href = link_of(source)
        cites += [_soft(" · " if cites else ""), {"text": host_of(href), "href": href, "kind": "soft"} if href else _soft(_short(source, 60))]
    return {"anchor": None, "spans": [_strong(f"Last talks, {one['on']}: "), _text(_short(one["outcome"]))], "sub": cites}


def _foot() -> list[list[Span]]:
    return [[
        _soft("“Since” and “then” are as the public could know them on the day. "), _soft("? marks what was not read in a source. "),
        _soft("A record with sources, not legal advice. Definitions: "), {"text": "the brief", "href": f"{DOCS}brief.md", "kind": "soft"},
        _soft(", "), {"text": "the model", "href": f"{DOCS}supply.md", "kind": "soft"}, _soft(", "),
        {"text": "the tide", "href": f"{DOCS}tide.md", "kind": "soft"}, _soft("."),
    ]]  # fmt: skip


def _said(said: Day) -> list[Span]:
    """On whose word, with the address, and what is against taking it for sure."""
    words = _short(said["who"], 70)
    spans: list[Span] = [{"text": words, "href": said["href"], "kind": "soft"} if said["href"] else _soft(words)]
    if said["via"]:
        spans.append(_soft(f", as quoted in {said['via'].removesuffix(' that quotes or dates the source')}"))
    if not said["verified"]:
        spans.append(_strong(" ? not verified"))
    return spans


def _more(hidden: int, command: str) -> list[Span]:
    return [_soft(f"and {hidden} more: "), _code(command), _text(" ")] if hidden > 0 else []


def _measure(one: Day) -> Span:
    return {"text": one["title"], "kind": "strong", "measure": one["id"]}


def _stage(stage: str) -> Span:
    return {"text": _plain(stage), "kind": "stage", "stage": stage}


def _text(words: str) -> Span:
    return {"text": words}


def _soft(words: str) -> Span:
    return {"text": words, "kind": "soft"}


def _strong(words: str) -> Span:
    return {"text": words, "kind": "strong"}


def _code(words: str) -> Span:
    return {"text": words, "kind": "code"}


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _country(code: str) -> str:
    found = load_catalog().countries.get(code)
    return found.name if found else code


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _short(words: str, most: int = _LONGEST) -> str:
    words = " ".join(words.split())
    return words if len(words) <= most else words[: most - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"

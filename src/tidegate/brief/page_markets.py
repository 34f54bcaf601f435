"""What markets make of a day, laid out for people: who is exposed, what prices did, ways round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.brief.spans import DOCS, Span, cited, country, more, short, soft, stage, strong, text

__all__ = ["market_groups"]

MOST = {"exposed": 3, "prices": 3, "routes": 2}
"""Lines of each list that a page shows."""

Day = Mapping[str, Any]


def market_groups(day: Day) -> list[dict[str, Any]]:
    """Return the groups of a day's markets, none where nobody asked. day: as `DayBrief.to_dict` gives it."""
    markets = day["markets"]
    if markets is None:
        return []
    said: dict[str, list[Span]] = {"exposed": [], "prices": [], "routes": []}
    for kind, note in markets["notes"]:
        said[kind].append(soft(f"{note} "))
    groups = []
    if markets["exposed"] or said["exposed"]:
        lines = [_exposed(one) for one in markets["exposed"][: MOST["exposed"]]]
        about: list[Span] = [{"text": "Percent of all revenue at risk", "href": f"{DOCS}exposure.md", "kind": "soft"},
                             soft(", from the least to the most. ")] if lines else []  # fmt: skip
        groups.append(
            {"title": "Who is exposed to what is new", "lines": lines, "notes": [*about, *said["exposed"]]}
        )
    if markets["prices"] or said["prices"]:
        lines = [_price(one) for one in markets["prices"][: MOST["prices"]]]
        rest = more(len(markets["prices"]) - MOST["prices"], f"tidegate brief --on {day['on']} --json")
        proof = (
            [soft("The largest abnormal moves. What a price did is no proof of why, and no advice. ")]
            if lines
            else []
        )
        groups.append({"title": "What prices did", "lines": lines, "notes": [*rest, *proof, *said["prices"]]})
    if markets["routes"] or said["routes"]:
        lines = [_route(one) for one in markets["routes"][: MOST["routes"]]]
        finding = [soft("A rise is a pattern, no finding about a shipment. ")] if lines else []
        groups.append({"title": "Ways round", "lines": lines, "notes": [*finding, *said["routes"]]})
    return groups


def _exposed(one: Day) -> dict[str, Any]:
    spans: list[Span] = [
        {"text": short(one["title"], 70), "kind": "strong", "measure": one["id"]},
        soft(": "),
    ]
    for number, each in enumerate(one["companies"]):
        band = f" ({_about(each['low'])} to {_about(each['high'])})"
        spans += [
            text(("; " if number else "") + f"{each['name']} "),
            strong(f"{_about(each['central'])} %"),
            soft(band),
            *_read_in(each),
        ]
    if not one["companies"]:
        spans.append(soft("of none that is touched is the revenue known"))
    if one["more"]:
        spans.append(soft(f"; and {one['more']} more"))
    if one["unknown"]:
        spans.append(soft(f"; of {one['unknown']} touched it is unknown"))
    return {"anchor": None, "spans": spans, "sub": []}


def _read_in(each: Day) -> Iterator[Span]:
    if each["source"]:
        yield soft(" ")
        yield cited(each["source"], 40)
    if not each["verified"]:
        yield strong(" ?")


def _price(one: Day) -> dict[str, Any]:
    band = f" ({one['low']:+.1f} to {one['high']:+.1f})" if one["low"] is not None else ""
    shares = ", ".join(one["shares"][:4]) + (
        f" and {len(one['shares']) - 4} more" if len(one["shares"]) > 4 else ""
    )
    chance = ""
    if one["p"] is not None:
        asked = f", corrected for {one['asked']} events" if one["asked"] > 1 else ""
        chance = f"; p {one['p']:.3f} by {one['test']}{asked}"
    sub = [soft(f"raw {one['raw']:+.1f} %; sessions {one['window']} from {one['day0']}{chance}")]
    if one["doubtful"]:
        sub.append(soft("; the next session may be the first as well"))
    if one["others"]:
        sub.append(soft(f"; {one['others']} other news that day"))
    if one["source"]:
        sub += [soft(" · "), cited(one["source"], 40)]
    spans = [
        {"text": short(one["title"], 60), "kind": "strong", "measure": one["id"]}, soft(", "),
        *(part for number, word in enumerate(one["stage"].split("+"))
          for part in ([soft(" and ")] if number else []) + [stage(word)]),
        soft(": "), text(f"{shares} "),
        {"text": f"{one['abnormal']:+.1f} %", "kind": "strong", "href": f"{DOCS}study.md"}, soft(f" abnormal{band}"),
    ]  # fmt: skip
    return {"anchor": None, "spans": spans, "sub": sub}


def _route(one: Day) -> dict[str, Any]:
    head: Span = {"text": short(one["title"], 60), "kind": "strong", "measure": one["id"]}
    spans = [head, soft(f", {one['first']} to {one['last']}: ")]
    if one["hub"]:
        money = (
            f"about {one['money'] / 1e6:,.0f} million US dollars"
            if one["money"] is not None
            else "an amount not known"
        )
        band = f" ({one['low'] / 1e6:,.0f} to {one['high'] / 1e6:,.0f})" if one["low"] is not None else ""
        spans += [
            text(f"through {country(one['hub'])} ({one['hs']}) "),
            {"text": money, "kind": "strong", "href": f"{DOCS}trace.md"},
            soft(f"{band} beyond expectation on both legs"),
        ]
    else:
        spans.append({"text": "no third country rises on both legs", "href": f"{DOCS}trace.md"})
    false = f"{100 * one['fdr']:.0f} % of them false on average"
    rest = f"{one['named']} of {one['tested']} countries and codes named, {false}"
    return {"anchor": None, "spans": spans, "sub": [soft(f"{rest} · {', '.join(one['files'][:2])}")]}


def _about(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or not value else f"{value:.1f}"

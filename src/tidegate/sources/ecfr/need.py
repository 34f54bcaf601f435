"""What the Country Chart asks for an item and a destination: a licence, none, or not for the chart to say.

Source: 15 CFR 738.4(a). A mark in the column of a control that reaches the item asks for a licence. No mark
is the answer 'no' only for the chart; General Prohibitions Four to Ten and what the entry refers to are open.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tidegate.sources.ecfr.model import Control, CountryKey, Entry, Places, Row
from tidegate.sources.ecfr.paragraphs import Path, dotted

__all__ = ["ChartNeed", "Finding", "weigh_ear99", "weigh_entry"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A control and why it asks, does not ask or cannot be decided. control: None for a footnote or a gap."""

    why: str
    control: Control | None = None


@dataclass(frozen=True, slots=True)
class ChartNeed:
    """The answer for one item and one destination.

    required: True if some control asks; False if none does and all were decided; None otherwise.
    eccn: as asked. entry: the entry it fell to; None for EAR99. row: of the chart, as printed.
    asking, silent, undecided: the controls by what they do. issued: the day of the text; None if unknown.
    notes: what the chart does not decide, and what was assumed.
    """

    required: bool | None
    eccn: str
    entry: str | None
    country: CountryKey
    row: str
    asking: tuple[Finding, ...]
    silent: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    issued: dt.date | None
    citation: str
    notes: tuple[str, ...]


_BEYOND = (
    "The chart does not look at who buys or what for: end users, end uses, military and intelligence uses, "
    "advanced computing and chipmaking end uses (15 CFR 744), embargoes (746) and foreign direct product "
    "rules (734.9) may ask for a licence by themselves."
)
_NO_MARK = "No mark is no permission: 15 CFR 738.4(a)(2)(ii)(B)."
_IN_WORDS = (
    "At least one control asks by words of the entry and not by a mark; the section it names may hold "
    "exclusions, and an agency may have said that it does not enforce it."
)


def weigh_entry(
    entry: Entry,
    path: Path,
    row: Row,
    columns: frozenset[tuple[str, int]],
    groups: Mapping[str, frozenset[CountryKey]] | None,
    issued: dt.date | None,
    notes: tuple[str, ...] = (),
) -> ChartNeed:
    """Return what the chart asks for a paragraph of an entry. groups: None where part 740 was not given."""
    sides: dict[bool | None, list[Finding]] = {True: [], False: [], None: []}
    number = dotted(entry.eccn, path)
    for control in entry.controls:
        where, place = _destination(control, row, columns, groups)
        reaches = None if control.scope is None else control.scope.covers(path)
        both = False if where is False or reaches is False else (True if where and reaches else None)
        side = place if reaches is True or where is False else f"{place}; {_reach(control, number, reaches)}"
        sides[both].append(Finding(f"{control}: {side}.", control))
    for reason in entry.unread_reasons:
        what = f"{entry.eccn} names {reason} among its reasons for control, and no line on {reason} was read."
        sides[None].append(Finding(what))
    if not entry.controls and not entry.unread_reasons:
        what = f"{entry.eccn} holds no control line in this file; the heading may send the reader elsewhere."
        sides[None].append(Finding(f"{what} It reads: {entry.heading[:200]}"))
    named = entry.paragraphs | {p[:1] for c in entry.controls if c.scope for p in c.scope.included}
    if path and entry.paragraphs and path[:1] not in named:
        what = f"The text of {entry.eccn} was read and holds no paragraph .{path[0]}; check the number."
        sides[None].append(Finding(what))
    sides[None] += _footnotes(row, lambda text: _bears_on(text, entry.eccn))
    more = [*notes, *_notes_of_row(row)]
    if path and not entry.paragraphs:
        more.append(
            f"The paragraphs of {entry.eccn} are not in this file, so that .{'.'.join(path)} was not checked."
        )
    elif path and path not in entry.paragraphs:
        more.append(f"Paragraph .{'.'.join(path)} was not found in the text of {entry.eccn}; .{path[0]} was.")
    more += entry.requirement_notes
    if sides[True]:
        if any(finding.control and finding.control.column is None for finding in sides[True]):
            more.append(_IN_WORDS)
        flags = "; ".join(f"{letters}: {words}" for letters, words in entry.exceptions.items())
        more.append(
            f"A License Exception of part 740 may lift it. The entry's own: {flags or 'none were read'}."
        )
    return _need(sides, number, entry, row, issued, more)


def weigh_ear99(row: Row, issued: dt.date | None, notes: tuple[str, ...] = ()) -> ChartNeed:
    """Return the chart's answer for an item on no entry: none, unless the row sends the reader elsewhere."""
    sides: dict[bool | None, list[Finding]] = {True: [], False: [], None: []}
    if row.elsewhere is not None:
        sides[None].append(Finding(f"The row of {row.name} has no marks but the words: {row.elsewhere}"))
    else:
        sides[False].append(Finding("EAR99: the item is on no entry, so that no column applies to it."))
    sides[None] += _footnotes(row, lambda text: re.search(r"\ball items\b", text) is not None)
    return _need(sides, "EAR99", None, row, issued, [*notes, *_notes_of_row(row)])


def _need(
    sides: Mapping[bool | None, list[Finding]],
    number: str,
    entry: Entry | None,
    row: Row,
    issued: dt.date | None,
    notes: list[str],
) -> ChartNeed:
    required = True if sides[True] else (None if sides[None] else False)
    if required is not True:
        notes.append(_NO_MARK)
    notes.append(_BEYOND)
    if issued is None:
        notes.append("No file tells the day of its text: the law may have changed since.")
    what = f"15 CFR 774 Supp. 1, ECCN {entry.eccn}; " if entry else ""
    citation = f"{what}15 CFR 738 Supp. 1, {row.name}"
    return ChartNeed(
        required, number, entry.eccn if entry else None, row.key, row.name, tuple(sides[True]),
        tuple(sides[False]), tuple(sides[None]), issued, citation, tuple(notes),
    )  # fmt: skip


def _reach(control: Control, number: str, reaches: bool | None) -> str:
    if control.scope is None:
        return f"whether it reaches {number} is not a matter of paragraphs alone"
    if reaches is None:
        return f"it reaches some paragraphs of {number} and not others, so that a finer one is needed"
    return f"it does not reach {number}"


def _destination(
    control: Control,
    row: Row,
    columns: frozenset[tuple[str, int]],
    groups: Mapping[str, frozenset[CountryKey]] | None,
) -> tuple[bool | None, str]:
    """Return whether a control asks for this destination, and why."""
    said = (control.destination or control.applies_to).rstrip(".")
    if control.column is not None and control.reason is not None:
        column = (control.reason, control.column)
        if row.elsewhere is not None:
            return None, f"the row of {row.name} has no marks but the words: {row.elsewhere}"
        if column not in columns:
            return None, "the chart has no such column"
        if column in row.marks:
            return True, f"{row.name} is marked"
        if control.refers:
            return (
                None,
                f"{row.name} is not marked, but the line also says: {said}",
            )
        return False, f"{row.name} is not marked"
    if control.places is None:
        return (
            None,
            f"no column is named; the entry says: {said}",
        )
    inside = _inside(control.places, row, groups)
    sure = control.places.inside_is_sure if inside else control.places.outside_is_sure
    if inside is None:
        return None, f"Country Groups are needed (give part 740): {said}"
    among = f"{row.name} is {'' if inside else 'not '}among"
    return (inside, f"{among}: {said}") if sure else (None, f"{among}, which does not settle it: {said}")


def _inside(places: Places, row: Row, groups: Mapping[str, frozenset[CountryKey]] | None) -> bool | None:
    if row.name in places.all_but:
        return False
    if places.worldwide or row.name in places.names:
        return True
    if not places.groups:
        return False
    if groups is None or not (places.groups | places.outside_groups) <= groups.keys():
        return None
    if any(row.key in groups[label] for label in places.outside_groups):
        return False
    return any(row.key in groups[label] for label in places.groups)


def _footnotes(row: Row, bears: Callable[[str], bool]) -> list[Finding]:
    return [
        Finding(f"Footnote {number} of {row.name} may ask for more: {text}")
        for number, text in row.footnotes.items()
        if bears(text) and not _is_about_another(text, row)
    ]


def _notes_of_row(row: Row) -> list[str]:
    return [f"Footnote {number} of {row.name}: {text}" for number, text in row.footnotes.items()]


def _is_about_another(text: str, row: Row) -> bool:
    # 'Refer to Switzerland ...' is followed before this; regions of Ukraine are not in Pakistan.
    if re.match(r"Refer to \w+ for licensing requirements", text):
        return True
    return re.search(r"regions? of Ukraine", text) is not None and row.name != "Ukraine"


def _bears_on(text: str, eccn: str) -> bool:
    """Return whether a footnote may add to what the chart asks for an entry; a text of no known kind may."""
    if re.search(r"\b(?:any ECCN|all items)\b", text):
        return True
    if named := re.findall(r"\b\d[A-E]\d{3}", text):
        return eccn in named
    # 15 CFR 742.4(a) and 742.6(a)(2) on thermal imaging cameras: entries of category 6.
    return eccn.startswith("6") if "thermal imaging" in text else True

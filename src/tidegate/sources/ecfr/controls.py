"""The two cells of a control line turned into controls: what it reaches, and by which column or places."""

from __future__ import annotations

import re

from tidegate.sources.ecfr.model import Control, Places
from tidegate.sources.ecfr.paragraphs import parse_scope

__all__ = ["REASONS", "parse_controls", "parse_places", "parse_reasons"]

REASONS = frozenset(["AT", "CB", "CC", "CW", "EI", "FC", "MT", "NP", "NS", "RS", "SI", "SL", "SS", "UN"])
"""Reasons for control. Source: 15 CFR 738.2(d)(2)(i) and part 742."""

MAX_WORDS = 4000
"""Characters of the longest line that is taken apart; the list's own go to about 1,200."""

_COLUMN = re.compile(r"\b(?:([A-Z]{2})\s+)?Column\s+(\d)\b\s*\.?", re.IGNORECASE)
_APPLIES = re.compile(
    r"(?P<first>[A-Z]{2})(?:\s+and\s+(?P<second>[A-Z]{2}))?\s+(?:also\s+)?appl(?:y|ies)\b(?:\s+to\b)?[:,]?\s*"
    r"(?P<what>.*)",
    re.DOTALL,
)
# Where a line goes over to its next control; 'NS and RS apply to' is one.
_NEXT = re.compile(r"(?:;\s*and\s+|;\s+|,\s*and\s+|(?<! and)\s+)(?=[A-Z]{2} (?:also )?appl(?:y|ies)\b)")
_RUSSIA = re.compile(r"Russian industry sector sanctions? appl(?:y|ies) to (?P<what>.*)", re.IGNORECASE)


def parse_reasons(line: str | None) -> tuple[str, ...]:
    """Return the letters of a line such as 'NS, RS, AT.', each once."""
    found = [word for word in re.findall(r"\b[A-Z]{2}\b", line or "") if word in REASONS]
    return tuple(dict.fromkeys(found))


def parse_controls(words: str, cell: str, eccn: str) -> tuple[Control, ...]:
    """Return the controls of one line of a License Requirements section.

    words: 'NS applies to 3B001.a.1 to a.3'. cell: 'NS Column 2.', or '' or the same words where the line
    is one run of text. What cannot be read for sure stays as words, with no scope, column or places.
    """
    words, cell = " ".join(words.split()), " ".join(cell.split())
    if len(words) + len(cell) > MAX_WORDS:
        return (Control(None, None, words[:MAX_WORDS], cell[:MAX_WORDS]),)
    if cell in ("", words):
        words, cell = _split_run(words)
    if match := _RUSSIA.fullmatch(words):
        # 15 CFR 746.5 and 746.8: for Russia and Belarus, and parts of Ukraine; what is let through is there.
        names = frozenset(("Russia", "Belarus", "Ukraine"))
        places = Places(names=names, inside_is_sure=False)
        return (Control(None, None, match["what"], cell, parse_scope(match["what"], eccn), places),)
    controls: list[Control] = []
    for piece in _NEXT.split(words):
        match = _APPLIES.fullmatch(piece.strip())
        if match is None:
            controls.append(Control(None, None, piece.strip(), cell))
            continue
        what = match["what"].strip().rstrip(".;,")
        reasons = [reason for reason in (match["first"], match["second"]) if reason is not None]
        controls += [_control(reason, what, cell, eccn) for reason in reasons]
    return tuple(controls)


def _control(reason: str, what: str, cell: str, eccn: str) -> Control:
    columns = {int(n) for letters, n in _COLUMN.findall(cell) if (letters or reason).upper() == reason}
    column = columns.pop() if len(columns) == 1 else None
    rest = re.sub(r"\band\b|[\s.,;()]", "", _COLUMN.sub("", cell))
    places = parse_places(cell) if column is None and not _COLUMN.search(cell) else None
    refers = column is not None and bool(rest)
    return Control(reason, column, what, cell, parse_scope(what, eccn), places, refers)


def _split_run(text: str) -> tuple[str, str]:
    """Return what and where of a line that is one run of text."""
    if column := _COLUMN.search(text):
        return text[: column.start()].strip(), text[column.start() :].strip()
    what, stop, rest = text.partition(". ")
    return (what, rest) if stop else (text, "")


_DOUBT = re.compile(
    r"\b(?:except|excepting|unless|other than|exclud\w*|if|when|provided|certain)\b", re.IGNORECASE
)
_EAR = r"(?: of supplement no\. ?1 to part 740(?: of the EAR)?)?"
_NOT_ON_CHART = (
    r"A license is required for(?: export or reexport of)?"
    r" (?:items controlled by )?(?:this entry|these items)"
)
_TEMPLATES: tuple[tuple[str, Places], ...] = (
    (r"Worldwide control", Places(worldwide=True)),
    (r"To or within any destination worldwide", Places(worldwide=True)),
    (r"A license is required for all destinations", Places(worldwide=True)),
    (
        r"A license is required for all destinations,? except Canada(?:, regardless of end[- ]use)?",
        Places(worldwide=True, all_but=frozenset(("Canada",))),
    ),
    (
        rf"To or within Macau or a destination specified in Country Group D:5{_EAR}",
        Places(names=frozenset(("Macau",)), groups=frozenset(("D:5",))),
    ),
    (
        r"To or within the United Arab Emirates or destinations specified in Country Groups"
        rf" D:1, D:4, and D:5{_EAR}, excluding any destination also specified in Country Groups A:5 or A:6",
        # Outside, 15 CFR 742.6(a)(6)(iii) may still ask: by where the buyer has its headquarters.
        Places(
            names=frozenset(("United Arab Emirates",)),
            groups=frozenset(("D:1", "D:4", "D:5")),
            outside_groups=frozenset(("A:5", "A:6")),
            outside_is_sure=False,
        ),
    ),
    (r"China, Russia,? or Venezuela", Places(names=frozenset(("China", "Russia", "Venezuela")))),
    (
        rf"{_NOT_ON_CHART} to North Korea for anti-terrorism reasons",
        Places(names=frozenset(("Korea, North",))),
    ),
    (
        rf"{_NOT_ON_CHART} for export or reexport to Iraq (?:or|and) transfer within Iraq"
        r" for regional stability reasons",
        Places(names=frozenset(("Iraq",))),
    ),
    (
        rf"{_NOT_ON_CHART} for export or reexport to Pakistan or transfer within Pakistan"
        r" for regional stability reasons",
        Places(names=frozenset(("Pakistan",))),
    ),
    (
        rf"{_NOT_ON_CHART} for export or reexport to Iraq or Pakistan or transfer within Iraq or Pakistan"
        r" for regional stability reasons",
        Places(names=frozenset(("Iraq", "Pakistan"))),
    ),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), places) for pattern, places in _TEMPLATES)
# What may follow the destinations: a pointer to the section that says the same at length.
_FOLLOWING = re.compile(
    r"(?:[.,;]\s*)?(?:\(?(?:see|refer to)\b.*|as specified in § [\d.()a-z]+ of the EAR\..*"
    r"|regardless of end[- ]use\..*|The Commerce Country Chart is not designed .*|Accordingly, a column .*)?",
    re.IGNORECASE,
)


def parse_places(cell: str) -> Places | None:
    """Return the destinations that the words of a cell name; None unless they are one of the known forms."""
    text = " ".join(cell.split())
    for pattern, places in _COMPILED:
        match = pattern.match(text)
        if match is None:
            continue
        rest = text[match.end() :].lstrip(" ,")
        if not _DOUBT.search(rest) and _FOLLOWING.fullmatch(rest.strip()):
            return places
    return None

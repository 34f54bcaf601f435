"""The BIS Entity List out of eCFR XML: supplement no. 4 to part 744, one row an entity.

https://www.ecfr.gov/api/versioner/v1/full/DATE/title-15.xml?part=744. Columns: Country, Entity, License requirement,
License review policy, Federal Register citation; a country stands in its first row alone. The Entity cell holds name,
aliases (a line each, behind a dash) and addresses in one text: it is taken apart here, and kept whole in `remarks`.
Layout after the code as published and public programs that read it; no genuine download could be had for the tests.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tidegate.dates import Day
from tidegate.sources.country_names import country_code
from tidegate.sources.csl_fields import footnotes_of
from tidegate.sources.ecfr.files import day_in_name, read_day
from tidegate.sources.ecfr.xml import parse_xml, plain, supplement
from tidegate.sources.list_files import ListFile, distinct, head_text, wrong
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.made_ids import made_ids

__all__ = ["is_entity_list", "read_entity_list"]

SOURCE = "https://www.ecfr.gov/current/title-15/part-744/appendix-Supplement%20No.%204%20to%20Part%20744"
_HEADS = ("country", "entity", "license requirement", "license review policy", "federal register citation")
_MEND = "Download part 744 again, as XML from ecfr.gov."

Row = tuple[int, str, tuple[str, str, str, str]]


def is_entity_list(head: bytes) -> bool:
    """Whether the first bytes of a file are of the eCFR's XML; which part it is shows further on."""
    text = head_text(head)
    return text.lstrip().startswith("<") and bool(re.search(r"<(?:ECFR|DIV[1-9]|DLPSTEXTCLASS)\b", text))


def read_entity_list(path: Path) -> PartyList:
    """Return the entries of supplement no. 4 to part 744.

    Raises: BadInputError: if the file cannot be read, is no whole XML, declares entities, or the table is not built as
        expected; names file, entry and column.
    """
    with ListFile(path) as file:
        raw = file.whole()
        digest = file.digest
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise wrong(path, f"byte {error.start} is not UTF-8", mend=_MEND) from None
    root = parse_xml(text, str(path))
    found = supplement(root, 4, 744)
    if not found:
        raise wrong(path, "it has no supplement no. 4 to part 744", mend=_MEND)
    rows = list(_rows(found, path))
    if not rows:
        raise wrong(path, "supplement no. 4 to part 744 holds no entity", mend=_MEND)
    taken = [_taken_apart(cells[0]) for _, _, cells in rows]
    ids = made_ids(("EL", name) for name, _, _ in taken)
    entries = tuple(_entry(path, row, own, apart) for row, own, apart in zip(rows, ids, taken, strict=True))
    return PartyList(
        title="BIS Entity List", layout="ecfr-entity-list", entries=entries, digest=digest,
        as_of=_issued(root) or day_in_name(path), path=str(path),
    )  # fmt: skip


def _issued(root: Any) -> Day | None:  # noqa: ANN401
    for node in root.iter("AMDDATE", "VOLUME"):
        if day := read_day(node.get("AMDDATE") or plain(node)):
            return day
    return None


def _rows(elements: list[Any], path: Path) -> Iterator[Row]:
    """Yield number, country and the other cells of each row."""
    number, country, headed = 0, "", False
    for node in (node for element in elements for node in element.iter()):
        tag = node.tag.upper() if isinstance(node.tag, str) else ""
        if tag in ("TR", "ROW", "BOXHD"):
            cells = [child for child in node if isinstance(child.tag, str)]
            texts = [_lines(cell) for cell in cells if cell.tag.upper() in ("TD", "TH", "ENT", "CHED")]
            flat = tuple(" ".join(text.casefold().split()).rstrip(".") for text in texts)
            if flat[:1] == ("country",):
                if flat != _HEADS:
                    what = f"the columns are {', '.join(flat)}; {', '.join(_HEADS)} are expected"
                    raise wrong(path, what, mend=_MEND)
                headed = True
                continue
            if len(texts) == 1 or not any(texts):
                # Footnotes below the table.
                continue
            number += 1
            if not headed:
                raise wrong(path, "a row stands before the heads of the table", row=number, mend=_MEND)
            if len(texts) == len(_HEADS) - 1:
                texts = ["", *texts]
            if len(texts) != len(_HEADS):
                what = f"{len(texts)} cells stand under {len(_HEADS)} columns"
                raise wrong(path, what, row=number, mend=_MEND)
            country = " ".join(texts[0].split()) or country
            if not texts[1].strip():
                if any(text.strip() for text in texts[2:]):
                    raise wrong(path, "the entity is empty", row=number, field="Entity", mend=_MEND)
                number -= 1
                continue
            yield number, country, (texts[1], texts[2], texts[3], texts[4])


def _lines(cell: Any) -> str:  # noqa: ANN401
    """The text of a cell with a line for each paragraph or break in it."""
    pieces: list[str] = []
    for node in cell.iter():
        tag = node.tag.upper() if isinstance(node.tag, str) else ""
        if node is not cell and tag in ("P", "BR", "FP", "LI", "DIV"):
            pieces.append("\n")
        if tag:
            pieces.append(" ".join((node.text or "").split()) and (node.text or "").replace("\n", " "))
        if node is not cell:
            if tag in ("P", "FP", "LI", "DIV"):
                pieces.append("\n")
            pieces.append((node.tail or "").replace("\n", " "))
    return "\n".join(line for raw in "".join(pieces).split("\n") if (line := " ".join(raw.split())))


_DASH = re.compile(r"[—–]\s*")
_END = re.compile(r"[;,]?\s*(?:\band\b)?\s*[;,]?\s*$")
_SHORT = (
    r"(?:Ltd|Co|Inc|Corp|No|Nos|St|Ave|Rd|Bldg|Blvd|Dr|Jr|Sr|Pvt|Pte|Pty|Sdn|Bhd|Fl|Rm|Str|ul|d|str|[A-Z])"
)
_FORM = re.compile(
    r"^\s*(?:Co|Ltd|Inc|Corp|Corporation|Limited|LLC|L\.L\.C|LLP|GmbH|AG|S\.?A|B\.?V|N\.?V|PLC|Pte|Pvt|Pty|FZE|FZCO|"
    r"FZ-?LLC|FZC|OOO|AO|PJSC|JSC|OJSC|LTDA|S\.?A\.?L|Sdn|Bhd|K\.?K|S\.?r\.?l|A\.?S|Sti|Jr|Sr)\.?(?:\s+\(.*\))?\.?\s*$"
    r"|^\s*(?:Co\.?|Pvt\.?|Pte\.?|Pty\.?),? (?:Ltd|Limited|Inc)\.?\s*$",
    re.IGNORECASE,
)


def _taken_apart(cell: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return name, aliases and addresses of an Entity cell, as far as its punctuation tells them apart."""
    match = re.search(r",?\s*\(?\b(?:a\.k\.a\.|f\.k\.a\.),?", cell)
    if match is None:
        name, rest = _name_first(" ".join(cell.split()))
        return name, (), _places(rest)
    name = _END.sub("", " ".join(cell[: match.start()].split()))
    rest = re.sub(
        r"^\s*(?:including,?\s*)?the following (?:\w+(?:-\w+)?\s+)?alias(?:es)?\s*:?", "", cell[match.end() :]
    )
    aliases: list[str] = []
    places = ""
    if _DASH.match(rest.strip()):
        pieces = [piece for piece in _DASH.split(rest) if piece.strip()]
        last, _, places = pieces[-1].partition("\n")
        aliases = [" ".join(piece.split()) for piece in pieces[:-1]]
        if not places:
            last, places = _at_stop(last)
        aliases.append(last)
    else:
        # 'a.k.a., one name. Address' or 'a.k.a., one name; a.k.a. another. Address'
        first, _, places = rest.strip().partition("\n")
        if not places:
            first, places = _at_stop(first)
        aliases = re.split(r";\s*(?:and\s+)?(?:a\.k\.a\.,?\s*)?", first)
    return name or cell.split("\n", 1)[0], distinct(map(_trim, aliases)), _places(places)


def _trim(text: str) -> str:
    """A part of a cell without what separates it from the next; a full stop stays behind an abbreviation."""
    text = _END.sub("", " ".join(text.split()))
    word = re.search(r"[\w.-]+$", text.removesuffix("."))
    short = word is not None and re.fullmatch(_SHORT, word.group())
    return text if short else text.removesuffix(".")


def _at_stop(text: str) -> tuple[str, str]:
    """Return a text cut at the first full stop that ends no abbreviation, and what follows."""
    for match in re.finditer(r"[.;]\s+(?=\S)", text):
        word = re.search(r"[\w.-]+$", text[: match.start()])
        if match.group()[0] == "." and word and re.fullmatch(_SHORT, word.group().rstrip(".")):
            following = text[match.end() :]
            if not re.match(r"(?:No|Room|Rm|Unit|Floor|Building|Bldg|Suite|Flat|\d)", following):
                continue
        return text[: match.start() + (match.group()[0] == ".")], text[match.end() :]
    return text, ""


def _name_first(text: str) -> tuple[str, str]:
    """Return the name that a cell opens with, its legal form included, and what follows."""
    pieces = text.split(",")
    count = 1
    while count < len(pieces) and _FORM.match(pieces[count]):
        count += 1
    return ",".join(pieces[:count]).strip().rstrip(";"), ",".join(pieces[count:]).strip()


def _places(text: str) -> tuple[str, ...]:
    flat = re.sub(r"\s*\((?:See|see) (?:alternate|also)[^)]*\)\.?", "", " ".join(text.split()))
    return distinct(_trim(re.sub(r"^and ", "", part.strip())) for part in flat.split(";"))


_CITED = re.compile(r"(\d{1,3} FR \d{1,6}),?\s*\(?(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")


def _entry(path: Path, row: Row, own: str, apart: tuple[str, tuple[str, ...], tuple[str, ...]]) -> Entry:
    number, country, (cell, requirement, policy, citation) = row
    name, aliases, places = apart
    requirement, policy = " ".join(requirement.split()), " ".join(policy.split())
    days = [_day(match, path, number) for match in _CITED.finditer(citation)]
    code = country_code(country)
    return Entry(
        id=own, list="EL", authority="Bureau of Industry and Security", name=name, row=number,
        aliases=tuple(alias for alias in aliases if alias != name), addresses=places,
        countries=(code,) if code else (), licence_requirement=requirement or None,
        licence_policy=policy or None, footnotes=footnotes_of(requirement),
        starts=min(days) if days else None, notice=" ".join(citation.split()) or None, source=SOURCE,
        remarks=f"as printed under {country}: {' '.join(cell.split())}",
    )  # fmt: skip


def _day(match: re.Match[str], path: Path, row: int) -> Day:
    year = int(match[4])
    # The list begins in 1997.
    year += 0 if year > 99 else 1900 if year >= 97 else 2000
    try:
        return dt.date(year, int(match[2]), int(match[3]))
    except ValueError:
        what = f"'{match.group()}' has no such day"
        raise wrong(path, what, row=row, field="Federal Register citation", mend=_MEND) from None

"""The EU's consolidated financial sanctions list as XML, schema 1.1: `export`, one `sanctionEntity` a party.

https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content. Values are attributes. Layout after
public programs that read it; no genuine download could be had for the tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tidegate.dates import Day
from tidegate.sources.country_names import country_code
from tidegate.sources.eu_fields import KINDS, TITLE, Gathered, address_text, eu_entry, made_on, with_ids
from tidegate.sources.list_files import ListFile, day_of, head_text, wrong
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.streamed_xml import elements, local_name

__all__ = ["is_eu_xml", "read_eu_xml"]

_SPACE = "http://eu.europa.ec/fpi/fsd/export"


def is_eu_xml(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    text = head_text(head)
    return text.lstrip().startswith("<") and _SPACE in text


def read_eu_xml(path: Path) -> PartyList:
    """Return the entries of a file of this layout, read as it streams by.

    Raises: BadInputError: if it cannot be read, is cut off, declares entities, or an element lacks what it must have;
        names file, entry and field.
    """
    entries: list[Entry] = []
    made: Day | None = None
    with ListFile(path) as file:
        for element in elements(file, path, "sanctionEntity", "export", with_root=True):
            if local_name(element) == "export":
                if element.tag != f"{{{_SPACE}}}export":
                    raise wrong(path, f"the root is not of {_SPACE}")
                made = made_on(element.get("generationDate"))
                continue
            entries.append(_entry(path, len(entries) + 1, element))
        digest = file.digest
    if not entries:
        raise wrong(path, "the list has no entry")
    return PartyList(TITLE, "eu-xml", with_ids(entries), digest, made, str(path))


def _entry(path: Path, row: int, element: Any) -> Entry:  # noqa: ANN401
    own = element.get("euReferenceNumber") or element.get("logicalId")
    if not own:
        raise wrong(path, "it has neither euReferenceNumber nor logicalId", row=row, field="sanctionEntity")
    found = Gathered(own.strip(), row)
    found.starts.append(day_of(element.get("designationDate"), path, row, "designationDate"))
    if number := element.get("unitedNationId"):
        found.identifiers.append(("un", number.strip()))
    for child in element:
        tag = local_name(child)
        if tag == "subjectType":
            found.kind = KINDS.get((child.get("code") or child.get("classificationCode") or "").casefold())
        elif tag == "nameAlias":
            pieces = (child.get(part) for part in ("firstName", "middleName", "lastName"))
            found.names.append(child.get("wholeName") or " ".join(piece for piece in pieces if piece))
        elif tag == "regulation":
            found.programs.append(child.get("programme"))
            found.notices.append(child.get("numberTitle"))
            found.sources.append(child.findtext(f"{{{_SPACE}}}publicationUrl"))
            found.starts.append(day_of(child.get("entryIntoForceDate"), path, row, "entryIntoForceDate"))
        elif tag in ("address", "citizenship"):
            found.countries.append(_country(child))
            if tag == "address":
                cells = ("street", "poBox", "place", "zipCode", "city", "region", "countryDescription")
                found.addresses.append(address_text(child.get(cell) for cell in cells))
        elif tag == "identification":
            number = child.get("number") or child.get("latinNumber")
            if number:
                found.identifiers.append((child.get("identificationTypeCode") or "other", number.strip()))
        elif tag == "remark":
            found.remarks.append(child.text)
    return eu_entry(path, found)


def _country(element: Any) -> str | None:  # noqa: ANN401
    return country_code(element.get("countryIso2Code")) or country_code(element.get("countryDescription"))

"""The EU's consolidated financial sanctions list as CSV with ';': several rows a party, one a name, address or number.

https://webgate.ec.europa.eu/fsd/fsf/public/files/csvFullSanctionsList_1_1/content. Layout after public programs that
read it; no genuine download could be had for the tests.
"""

from __future__ import annotations

from pathlib import Path

from tidegate.dates import Day
from tidegate.sources.country_names import country_code
from tidegate.sources.eu_fields import KINDS, TITLE, Gathered, address_text, eu_entry, made_on, with_ids
from tidegate.sources.list_files import ListFile, day_of, head_text, read_rows, wrong
from tidegate.sources.listing import PartyList

__all__ = ["is_eu_csv", "read_eu_csv"]

_COLUMNS = (
    "Entity_LogicalId", "Entity_EU_ReferenceNumber", "Entity_SubjectType", "Entity_Regulation_Programme",
    "NameAlias_WholeName",
)  # fmt: skip


def is_eu_csv(head: bytes) -> bool:
    """Whether the first bytes of a file are of this layout."""
    first = head_text(head).split("\n", 1)[0]
    return "Entity_LogicalId" in first and "NameAlias_WholeName" in first and ";" in first


def read_eu_csv(path: Path) -> PartyList:
    """Return the entries of a file of this layout.

    Raises: BadInputError: if it cannot be read, is cut off, lacks a column, or a row has no party; names file, row
        and field.
    """
    gathered: dict[str, Gathered] = {}
    made: Day | None = None
    with ListFile(path) as file:
        for row, cells in read_rows(file, _COLUMNS, ";"):
            key = cells["Entity_LogicalId"].strip()
            if not key:
                raise wrong(path, "the id is empty", row=row, field="Entity_LogicalId")
            made = made or made_on(cells.get("fileGenerationDate") or cells.get("FileGenerationDate"))
            number = cells["Entity_EU_ReferenceNumber"].strip()
            found = gathered.setdefault(key, Gathered(number or key, row))
            _gather(path, row, cells, found)
        digest = file.digest
    entries = [eu_entry(path, found) for found in gathered.values()]
    return PartyList(TITLE, "eu-csv", with_ids(entries), digest, made, str(path))


def _gather(path: Path, row: int, cells: dict[str, str], found: Gathered) -> None:
    def cell(name: str) -> str:
        return cells.get(name, "").strip()

    found.kind = found.kind or KINDS.get(cell("Entity_SubjectType").casefold())
    pieces = (cell(f"NameAlias_{part}") for part in ("FirstName", "MiddleName", "LastName"))
    found.names.append(cell("NameAlias_WholeName") or " ".join(piece for piece in pieces if piece))
    found.programs.append(cell("Entity_Regulation_Programme"))
    found.notices.append(cell("Entity_Regulation_NumberTitle"))
    found.sources.append(cell("Entity_Regulation_PublicationUrl"))
    found.remarks.append(cell("Entity_Remark"))
    for column in ("Entity_DesignationDate", "Entity_Regulation_EntryIntoForceDate"):
        text = cell(column)
        found.starts.append(made_on(text) or day_of(text, path, row, column))
    if number := cell("Entity_UnitedNationId"):
        found.identifiers.append(("un", number))
    if number := cell("Identification_Number") or cell("Identification_LatinNumber"):
        found.identifiers.append((cell("Identification_TypeCode") or "other", number))
    parts = ("Street", "PoBox", "Place", "ZipCode", "City", "Region", "CountryDescription")
    found.addresses.append(address_text(cell(f"Address_{part}") for part in parts))
    for prefix in ("Address", "Citizenship"):
        code = country_code(cell(f"{prefix}_CountryIso2Code"))
        found.countries.append(code or country_code(cell(f"{prefix}_CountryDescription")))

"""Reading a list of parties from whatever layout its publisher chose: told by looking, not by the file's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import BadInputError
from tidegate.sources import (
    csl_csv,
    csl_json,
    csl_results,
    eu_csv,
    eu_xml,
    ftm,
    jp_end_users,
    party_registry,
    targets_simple,
)
from tidegate.sources.ecfr import entity_list
from tidegate.sources.listing import PartyList

__all__ = ["LAYOUTS", "Layout", "read_list"]

HEAD = 65536
"""Bytes from the start of a file that its layout is told by."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to lay a list out.

    says: what it is, for messages. is_this: whether the first `HEAD` bytes of a file are laid out so.
    read: the entries of such a file; raises BadInputError naming the file, the row, the field and the mend.
    """

    says: str
    is_this: Callable[[bytes], bool]
    read: Callable[[Path], PartyList]


LAYOUTS: tuple[Layout, ...] = (
    Layout("US Consolidated Screening List, repacked as JSON", csl_json.is_csl_json, csl_json.read_csl_json),
    Layout("US Consolidated Screening List, JSON of trade.gov", csl_results.is_csl_results,
           csl_results.read_csl_results),
    Layout("US Consolidated Screening List, CSV of trade.gov", csl_csv.is_csl_csv, csl_csv.read_csl_csv),
    Layout("BIS Entity List, XML of part 744 from the eCFR", entity_list.is_entity_list,
           entity_list.read_entity_list),
    Layout("Japan's End User List, CSV or workbook", jp_end_users.is_jp_end_users, jp_end_users.read_jp_end_users),
    Layout("lists of Japan and China, JSON of a registry", party_registry.is_party_registry,
           party_registry.read_party_registry),
    Layout("EU consolidated financial sanctions list, XML 1.1", eu_xml.is_eu_xml, eu_xml.read_eu_xml),
    Layout("EU consolidated financial sanctions list, CSV", eu_csv.is_eu_csv, eu_csv.read_eu_csv),
    Layout("FollowTheMoney entities, a line each", ftm.is_ftm, ftm.read_ftm),
    Layout("OpenSanctions targets, CSV", targets_simple.is_targets_simple, targets_simple.read_targets_simple),
)  # fmt: skip
"""Every layout that is known, the first that fits is taken."""


def read_list(path: str | Path) -> PartyList:
    """Return the entries of a list file. Raises: BadInputError: naming the file, the row, the field and the mend."""
    place = Path(path)
    try:
        with place.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInputError(f"{path}: this list cannot be read: {reason}. Check the path.") from None
    if not head.strip():
        raise BadInputError(f"{path}: this list is empty. Download it anew.")
    for layout in LAYOUTS:
        if layout.is_this(head):
            return layout.read(place)
    known = "; ".join(layout.says for layout in LAYOUTS)
    raise BadInputError(f"{path}: this is no list of parties in a layout that is known. Known: {known}.")

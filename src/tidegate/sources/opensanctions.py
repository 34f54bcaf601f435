"""What the two exports of OpenSanctions share: which code a list goes by here, and what kind of party a schema is.

https://www.opensanctions.org/docs/bulk/. Data under CC BY-NC 4.0: business use needs a licence. A party on several
lists is one entry; its `list` then holds their codes with ';' between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tidegate.sources.list_files import distinct

__all__ = ["CODES", "KINDS", "list_code"]

CODES: Mapping[str, str] = {
    "us_ofac_sdn": "SDN", "eu_fsf": "EU-FSF", "jp_meti_eul": "JP-EUL", "us_bis_denied": "DPL",
}  # fmt: skip
"""Codes by the name of a data set; another goes by its own name."""

KINDS: Mapping[str, str] = {
    "Person": "person", "Company": "entity", "Organization": "entity", "LegalEntity": "entity",
    "PublicBody": "entity", "Vessel": "vessel", "Airplane": "aircraft",
}  # fmt: skip
"""Schemata that are parties."""

_IN_BRACKETS = re.compile(r".*?\(([A-Z][A-Z -]*?)(?: List)?\).* - .+")


def list_code(names: Iterable[str]) -> str:
    """Return the codes of lists, sorted, with ';' between.

    names: data sets, or what an authority calls its list: `Entity List (EL) - Bureau of Industry and Security`.
    """
    codes = []
    for name in distinct(names):
        match = _IN_BRACKETS.fullmatch(name)
        codes.append(match[1] if match else CODES.get(name, name))
    return ";".join(sorted(dict.fromkeys(codes)))

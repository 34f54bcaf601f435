"""Rules by which an owner's listing reaches what it owns, as their authorities state them.

All of them count shares the same way (OFAC FAQ 399 and 401; 15 CFR part 744, supplement no. 8, paragraph (b)): the
shares of every restricted party are added up; whoever is held 50 percent or more so is restricted too, and its own
shares then count in full, however little of it is held in the end by multiplying. A party below 50 percent passes
nothing on. Ownership counts, control does not (OFAC FAQ 398).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tidegate.dates import Day
from tidegate.sources.listing import Entry

__all__ = ["BIS_AFFILIATES", "CN_AFFILIATES", "HALF", "OFAC", "RULES", "Rule", "is_listed_on"]

HALF = Fraction(1, 2)

_SECTION_744_8 = frozenset((
    "BELARUS", "BELARUS-EO14038", "RUSSIA-EO14024", "UKRAINE-EO13660", "UKRAINE-EO13661", "UKRAINE-EO13662",
    "UKRAINE-EO13685", "FTO", "SDGT", "NPWMD", "ILLICIT-DRUGS-EO14059", "SDNT", "SDNTK", "TCO",
))  # fmt: skip
"""Programs whose designated parties need a licence under the EAR: 15 CFR 744.8(a)(1), 89 FR 20107 of 2024-03-21."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of ownership. lists: codes of the lists whose parties count; None for a list's programs: all of them.

    column: the column of docs/columns.md that the share goes into. measure: its record in the ledger, which says
    from when to when it binds; None where the ledger holds none. caution: what a reader must know of its limits.
    """

    id: str
    title: str
    authority: str
    lists: Mapping[str, frozenset[str] | None]
    citation: str
    source: str
    column: str | None = None
    measure: str | None = None
    caution: str | None = None

    def counts(self, entry: Entry) -> bool:
        """Whether the rule counts the owners that an entry lists."""
        for code in entry.list.split(";"):
            if code in self.lists:
                programs = self.lists[code]
                if programs is None or programs & set(entry.programs):
                    return True
        return False

    def about(self) -> dict[str, str | None]:
        """Return what names the rule."""
        return {
            "rule": self.id, "title": self.title, "authority": self.authority, "citation": self.citation,
            "source": self.source, "measure": self.measure, "caution": self.caution,
        }  # fmt: skip


OFAC = Rule(
    "ofac-50", "50 percent rule of the Office of Foreign Assets Control", "US Treasury, OFAC", {"SDN": None},
    "OFAC FAQ 398 to 402; guidance of 2014-08-13", "https://ofac.treasury.gov/faqs/401",
    caution="Blocking beyond ownership (control, governments, regions) is not asked here.",
)  # fmt: skip

BIS_AFFILIATES = Rule(
    "bis-affiliates", "Affiliates rule of the Bureau of Industry and Security", "US Commerce, BIS",
    {"EL": None, "MEU": None, "SDN": _SECTION_744_8},
    "15 CFR part 744, supplement no. 8; 90 FR 47201",
    "https://www.federalregister.gov/documents/2025/09/30/2025-19001/"
    "expansion-of-end-user-controls-to-cover-affiliates-of-certain-listed-entities",
    "us_listed_owner_share", "us-2025-09-29-affiliates-rule",
    "It reaches foreign parties; whether it binds on the day the ledger says. An owner on these lists whose share "
    "cannot be told is red flag 29 of supplement no. 3 to part 732.",
)  # fmt: skip

CN_AFFILIATES = Rule(
    "cn-ann-61", "Half-owned parties under announcement 61 of 2025", "China, Ministry of Commerce",
    {"CN-ECL": None, "CN-AL": None}, "MOFCOM announcement 61 of 2025", "law: MOFCOM announcement 61 of 2025",
    "cn_listed_owner_share", "cn-2025-10-09-ann-61",
    "The announcement does not say how shares through others add up; they are counted as the US rules count them.",
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.id: rule for rule in (BIS_AFFILIATES, OFAC, CN_AFFILIATES)}


def is_listed_on(entry: Entry, on: Day, as_of: Day | None) -> bool | None:
    """Return whether a party stood on its list on a day; None where entry and list do not tell.

    as_of: the day of the list; an entry without a first day was on it then, and nobody says since when.
    """
    if entry.ends is not None and entry.ends <= on:
        return False
    if entry.starts is not None:
        return entry.starts <= on
    return True if as_of is None or as_of <= on else None

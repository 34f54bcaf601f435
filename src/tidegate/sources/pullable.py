"""The lists that can be pulled from their publishers, with addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.errors import NotFoundError

__all__ = ["PULLABLE", "Pullable", "pullable"]


@dataclass(frozen=True, slots=True)
class Pullable:
    """One list that can be pulled. suffix: of the file it is kept in. size: MiB as far as it is known, for people.

    by: who publishes the file. note: what a user must know before relying on it.
    """

    name: str
    title: str
    address: str
    suffix: str
    by: str
    size: str | None = None
    note: str | None = None


_TRADE = "https://data.trade.gov/downloadable_consolidated_screening_list/v1/"
_EU = "https://webgate.ec.europa.eu/fsd/fsf/public/files/"
_OPEN = "https://data.opensanctions.org/datasets/latest/sanctions/"
_REGISTRY = (
    "https://raw.githubusercontent.com/xyna-bpinelab/security-export-control-registry/main/data/entities/"
)
_NOT_OFFICIAL = "A registry that copies the official list by hand; compare before relying on it."
_LICENCE = "CC BY-NC 4.0: business use needs a licence of OpenSanctions."

PULLABLE: Mapping[str, Pullable] = {
    entry.name: entry
    for entry in (
        Pullable("us-csl", "US Consolidated Screening List, CSV", f"{_TRADE}consolidated.csv", ".csv", "trade.gov"),
        Pullable("us-csl-json", "US Consolidated Screening List, JSON", f"{_TRADE}consolidated.json", ".json",
                 "trade.gov"),
        Pullable("us-entity-list", "BIS Entity List, title 15 of the eCFR",
                 "https://www.govinfo.gov/bulkdata/ECFR/title-15/ECFR-title15.xml", ".xml", "GovInfo", "some 25"),
        Pullable("eu-fsf", "EU consolidated financial sanctions list, XML",
                 f"{_EU}xmlFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw", ".xml", "European Commission"),
        Pullable("eu-fsf-csv", "EU consolidated financial sanctions list, CSV",
                 f"{_EU}csvFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw", ".csv", "European Commission"),
        Pullable("jp-end-users", "Japan's End User List", f"{_REGISTRY}jp.json", ".json", "a public registry", "0.5",
                 f"METI publishes PDF alone. {_NOT_OFFICIAL}"),
        Pullable("cn-lists", "China's control, attention and unreliable-entity lists", f"{_REGISTRY}cn.json", ".json",
                 "a public registry", "0.2", _NOT_OFFICIAL),
        Pullable("opensanctions", "OpenSanctions, all sanctions, FollowTheMoney", f"{_OPEN}entities.ftm.json", ".json",
                 "OpenSanctions", None, _LICENCE),
        Pullable("opensanctions-csv", "OpenSanctions, all sanctions, names", f"{_OPEN}targets.simple.csv", ".csv",
                 "OpenSanctions", None, _LICENCE),
    )
}  # fmt: skip
"""What can be pulled, by name. The addresses were read in public programs; none could be asked from here."""


def pullable(name: str) -> Pullable:
    """Return what can be pulled under a name. Raises: NotFoundError: naming those there are."""
    try:
        return PULLABLE[name]
    except KeyError:
        raise NotFoundError(f"No list is called '{name}'. Lists: {', '.join(PULLABLE)}.") from None

"""The Commerce Country Chart beside the ledger, from control list files that the user has.

The ledger holds measures, not the list as a whole. With the official files of 15 CFR 738, 740 and 774 an
ECCN is asked against the chart as well. The files are of one day, which is shown: they say nothing of what
the list was on another.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.errors import NotFoundError
from tidegate.ledger.model import Effect, Entry, Instrument, LicencePolicy, Measure
from tidegate.licensing.logic import Const, Facts, all_of
from tidegate.licensing.provisions import Provision
from tidegate.licensing.scope import Days, expand

if TYPE_CHECKING:
    from tidegate.sources.ecfr import ChartNeed, ControlList

__all__ = ["CHART", "chart_provision", "load_chart"]

CHART = "us-country-chart"
"""The id under which the chart stands among the provisions."""

_REACH = (
    "activity IN ('export', 'reexport', 'export_from_abroad', 'software_download', 'technology_transfer', "
    "'deemed_export') AND subject_to_ear"
)


def load_chart(paths: Sequence[Path]) -> ControlList:
    """Return the control list of the files.

    Raises: EcfrError: naming the file that cannot be read and the mend.
    """
    from tidegate.sources.ecfr import read_control_list

    return read_control_list(*paths, country_code=_code)


def _code(name: str) -> str | None:
    try:
        return load_catalog().find(name, "country")
    except NotFoundError:
        return None


def chart_provision(chart: ControlList, facts: Facts, days: Days) -> Provision | None:
    """Return the licence need of the chart for a transaction; None where it has no ECCN or destination."""
    eccn, destination = facts.get("eccn"), facts.get("destination")
    if not eccn or not destination:
        return None
    need = chart.chart_need(str(eccn), str(destination))
    return Provision(
        id=CHART,
        government="US",
        measure=_measure(need),
        limb=None,
        effect=Effect.REQUIRE,
        scope=all_of(Const(need.required), expand(_REACH, days)),
        policy=LicencePolicy.NOT_STATED,
    )


def _measure(need: ChartNeed) -> Measure:
    issued = need.issued.isoformat() if need.issued else None
    said = [finding.why for finding in (*need.asking, *need.undecided)] or ["no reason for control is marked"]
    note = f"{need.eccn} to {need.country}: {'; '.join(said)}"
    return Measure(
        id=CHART,
        title=f"Commerce Country Chart, files as issued {issued or 'on a day that they do not say'}",
        jurisdiction="US",
        authority="BIS",
        instrument=Instrument.GENERAL,
        legal_form="regulation",
        citation=need.citation,
        effect=Effect.REQUIRE,
        licence_policy=LicencePolicy.NOT_STATED,
        conditions=" ".join(need.notes)[:600] or None,
        history=(
            Entry(
                on=issued or "2018", stage="in_force", note=note[:600], verified=issued is not None,
                source="https://www.ecfr.gov/current/title-15/part-738",
            ),
        ),
    )  # fmt: skip

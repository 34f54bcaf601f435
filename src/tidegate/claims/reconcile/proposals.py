"""Ready ledger entries for what a story adds, for a person to accept or leave.

A proposal is a measure file of its own: measures kept beside the shipped ones may not take their ids, so a
change of a shipped measure is recorded as a further measure that `amends` it. It decides no shipment: its
scope is not read off a story. What nobody vouches for goes in as considered, urged or proposed, whatever
the story calls it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import msgspec
import yaml

from tidegate.catalog import load_catalog
from tidegate.claims.claim import Claim
from tidegate.claims.reading import Reading
from tidegate.claims.reconcile.decide import Decision
from tidegate.claims.reconcile.features import item_of
from tidegate.claims.reconcile.judge import DE_FACTO
from tidegate.claims.reconcile.stages import is_asserted, rumour_stage
from tidegate.claims.reconcile.weights import WIDE
from tidegate.dates import Day, parse_when
from tidegate.ledger import Measure

__all__ = ["Proposal", "propose"]

MOST_QUOTED = 420
"""Characters of a quotation in a note; a note has 600 at most."""

_SCOPE = "Decides no shipment: the scope is not known from a story."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A measure file that a person may accept.

    id: of the proposal; the same story, measure, stage and date give the same id. label: `updates` or
    `new`. amends: the measure on record it is about; None for one that is new. record: the measure as plain
    values, in the order of a ledger file. notes: what the story says that the record has no room for.
    """

    id: str
    label: str
    amends: str | None
    record: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def measure_id(self) -> str:
        """The id of the measure it would add."""
        return str(self.record["id"])

    def yaml(self) -> str:
        """Return the text of the ledger file."""
        return to_yaml(self.record)

    def to_dict(self) -> dict[str, Any]:
        """Return the proposal as plain values, the YAML text among them."""
        return {
            "id": self.id,
            "label": self.label,
            "amends": self.amends,
            "measure": self.measure_id,
            "notes": list(self.notes),
            "record": dict(self.record),
            "yaml": self.yaml(),
        }


def to_yaml(record: Mapping[str, Any]) -> str:
    """Return a measure as the text of a ledger file."""
    text: str = yaml.safe_dump(dict(record), sort_keys=False, allow_unicode=True, width=100)
    # A key 'on' is a truth value in YAML 1.1 and quoted for its readers; the ledger reads it as text.
    return re.sub(r"^- 'on':", "- on:", text, flags=re.MULTILINE)


def propose(decision: Decision, reading: Reading) -> tuple[Proposal | None, str | None]:
    """Return the proposal for a claim labelled `updates` or `new`, or None and why there is none.

    Both are None where the label asks for none.
    """
    claim = decision.claim
    if decision.label not in ("updates", "new") or decision.standing == DE_FACTO:
        return None, None
    if reading.published is None:
        return None, "no entry can be proposed, because the story gives no day"
    jurisdiction = _jurisdiction(decision)
    if jurisdiction is None:
        return None, "no entry can be proposed, because the claim names no government of the catalog"
    stage = str(claim.stage) if is_asserted(claim) else rumour_stage(claim)
    measure = decision.measure if decision.label == "updates" else None
    if measure is not None and stage != claim.stage and decision.then == stage:
        return None, f"nothing to add: it is on record as {stage}, and nobody vouches for more"
    if measure is None and (why := _too_little(claim)):
        return None, why
    on, known_by = _when(claim, reading.published)
    key = "|".join((measure.id if measure else f"{jurisdiction} {claim.instrument} {claim.sentence}",
                    stage, on, reading.document.digest))  # fmt: skip
    proposal_id = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    head = _amending(measure, claim, stage) if measure else _fresh(claim, jurisdiction, stage)
    record = {
        "id": _measure_id(jurisdiction, on, claim, measure, proposal_id),
        **head,
        "remarks": _remarks(decision, reading, proposal_id),
        "history": [_entry(claim, reading, stage, on, known_by)],
    }
    return Proposal(proposal_id, decision.label, measure.id if measure else None, record, _notes(claim)), None


def _too_little(claim: Claim) -> str | None:
    if claim.instrument in WIDE and not claim.items:
        return f"no entry is proposed: of {claim.instrument} the ledger holds what bears on chips, and no item is named"
    if not (claim.items or claim.target or claim.affected):
        return "no entry is proposed: the claim names neither items nor places nor firms"
    return None


def _jurisdiction(decision: Decision) -> str | None:
    catalog = load_catalog()
    if decision.label == "updates" and decision.measure is not None:
        return decision.measure.jurisdiction
    return next((actor for actor in decision.claim.actor if actor in catalog.countries), None)


def _when(claim: Claim, published: Day) -> tuple[str, str | None]:
    """Return the date of the entry, and the day it became known where that is another."""
    day = published.isoformat()
    if claim.date is None or claim.future or parse_when(claim.date).first > published:
        return day, None
    return claim.date, day if parse_when(claim.date).last != published else None


def _measure_id(jurisdiction: str, on: str, claim: Claim, measure: Measure | None, proposal_id: str) -> str:
    about = (
        re.sub(r"^[\d-]+", "", measure.id[3:])
        if measure
        else "-".join((str(claim.instrument), *claim.items[:1], *claim.target[:1]))
    )
    words = re.sub(r"[^a-z0-9]+", "-", about.lower()).strip("-")[:48].strip("-")
    return f"{jurisdiction.lower()}-{on}-{words}-{proposal_id[:6]}"


def _amending(measure: Measure, claim: Claim, stage: str) -> dict[str, Any]:
    """Return what a record of a change to a measure takes over from it."""
    kept: dict[str, Any] = msgspec.to_builtins(measure)
    head: dict[str, Any] = {
        "title": f"{_said(claim, stage)}: {measure.title}"[:160],
        "jurisdiction": measure.jurisdiction,
        "authority": measure.authority,
        "instrument": measure.instrument.value,
        "legal_form": "press report on another measure",
        "effect": "none",
    }
    for field in ("items", "destinations", "activities", "binds", "targets", "names"):
        if kept.get(field):
            head[field] = list(kept[field])
    head["scope_note"] = f"Decides no shipment: {measure.id} keeps its own stage and scope."
    head["amends"] = [measure.id]
    return head


def _said(claim: Claim, stage: str) -> str:
    told = str(claim.stage).replace("_", " ")
    if stage == claim.stage:
        return "Reported talk of a change" if stage == "considering" else f"Reported {told}"
    return (
        f"Reported talk that it be {told}" if claim.future else f"Reported {told}, without an official word"
    )


def _fresh(claim: Claim, jurisdiction: str, stage: str) -> dict[str, Any]:
    """Return what can be filled of a measure that is on record nowhere."""
    catalog = load_catalog()
    items = list(dict.fromkeys(item for word in claim.items if (item := item_of(word))))
    places = [place for place in claim.target if place in catalog.countries]
    targets = [party for party in claim.target if party in catalog.parties]
    names = [party for party in (*claim.affected, *claim.counterparty) if party in catalog.parties]
    country = catalog.countries[jurisdiction].name
    what = str(claim.instrument).replace("_", " ")
    about = f" of {', '.join(items)}" if items else ""
    against = f" against {', '.join((*places, *targets))}" if places or targets else ""
    head: dict[str, Any] = {
        "title": f"Reported {stage.replace('_', ' ')}: {what}{about}{against}"[:160],
        "jurisdiction": jurisdiction,
        "authority": f"{country}; the story does not say which body"[:600],
        "instrument": claim.instrument,
        "legal_form": "press report",
        "effect": "none",
    }
    lists = {"items": items, "destinations": places, "targets": targets,
             "names": [name for name in dict.fromkeys(names) if name not in targets]}  # fmt: skip
    head |= {field: words for field, words in lists.items() if words}
    head["scope_note"] = _SCOPE
    return head


def _entry(claim: Claim, reading: Reading, stage: str, on: str, known_by: str | None) -> dict[str, Any]:
    said = "" if stage == claim.stage else f" (told as {str(claim.stage).replace('_', ' ')})"
    day = "" if claim.date else "; the day is that of the story"
    by = f", after {', '.join(claim.source)}" if claim.source else ""
    entry: dict[str, Any] = {"on": on, "stage": stage}
    if known_by:
        entry["known_by"] = known_by
    entry["note"] = f'{_certainty(claim)}{said}{by}: "{_quoted(claim.sentence)}"{day}'
    entry["source"] = _source(reading)
    entry["verified"] = False
    return entry


def _certainty(claim: Claim) -> str:
    words = {
        "official": "an official source",
        "stated": "the outlet itself",
        "reported": "as reported elsewhere",
        "unnamed": "unnamed sources",
        "analyst": "analysts",
    }
    return words[claim.certainty] + (", of what may come" if claim.future else "")


def _quoted(sentence: str) -> str:
    words = " ".join(sentence.split())
    return words if len(words) <= MOST_QUOTED else f"{words[:MOST_QUOTED].rsplit(' ', 1)[0]} [...]"


def _source(reading: Reading) -> str:
    url = reading.document.url
    if url and re.fullmatch(r"https?://\S+", url):
        return url
    if reading.document.outlet:
        return f"press: {' '.join(reading.document.outlet.split())}, {reading.published}"[:600]
    return f"note: story of {reading.published} in {_file(reading)}, outlet not given"[:600]


def _file(reading: Reading) -> str:
    return " ".join(PurePath(reading.document.name).name.split())


def _remarks(decision: Decision, reading: Reading, proposal_id: str) -> str:
    why = decision.why[0].upper() + decision.why[1:]
    return f"Proposal {proposal_id} from {_file(reading)}, read by {reading.reader}. {why}."


def _notes(claim: Claim) -> tuple[str, ...]:
    catalog = load_catalog()
    notes = []
    if unknown := [word for word in claim.items if item_of(word) is None]:
        notes.append(f"not in the catalog, left out: {', '.join(unknown)}")
    others = (*claim.target, *claim.affected)
    if strange := [word for word in others if word not in catalog.parties and word not in catalog.countries]:
        notes.append(f"no party or place of the catalog, left out: {', '.join(dict.fromkeys(strange))}")
    return tuple(notes)

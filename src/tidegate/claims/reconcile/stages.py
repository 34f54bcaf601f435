"""Which recorded stages bear out a claimed one, and what rumour may become."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate.claims.claim import Claim
from tidegate.ledger.model import Effect, Entry, Measure

__all__ = [
    "ASSERTED", "BINDING", "LIFE", "LOOSENING", "OFF", "RUMOUR", "TALK", "bears_out", "is_asserted",
    "is_de_facto", "is_open_talk", "rumour_stage", "stage_held",
]  # fmt: skip

LIFE = (
    "considering", "urged", "proposed", "agreed", "announced", "in_force", "eased", "suspended", "lifted",
    "refused",
)  # fmt: skip
"""The stages in the order of a measure's life, as in `tidegate.ledger.model.Stage`."""

TALK = frozenset({"considering", "urged", "proposed"})
"""Stages in which there is a plan and nothing else."""

RUMOUR = TALK
"""The only stages that a claim may propose which nobody vouches for."""

BINDING = frozenset({"in_force", "eased"})
OFF = frozenset({"suspended", "lifted", "refused"})
LOOSENING = frozenset({"eased", "suspended", "lifted"})

ASSERTED = frozenset({"official", "stated"})
"""Certainties on which a stage beyond rumour may be proposed: an official source, or the outlet itself."""

_BEARS_OUT = {
    "considering": frozenset({"considering", "urged", "proposed"}),
    "urged": frozenset({"urged"}),
    "proposed": frozenset({"proposed", "announced"}),
    "agreed": frozenset({"agreed"}),
    "announced": frozenset({"announced", "in_force", "eased"}),
    "in_force": frozenset({"in_force", "eased"}),
    "eased": frozenset({"eased"}),
    "suspended": frozenset({"suspended"}),
    "lifted": frozenset({"lifted"}),
    "refused": frozenset({"refused"}),
}
"""For each claimed stage, the recorded ones that bear it out.

A published rule bears out 'announced' whether or not it binds yet; an eased measure still binds, so that it
bears out 'in force'. The reverse never holds: 'announced' on record does not bear out 'in force'.
"""

_TALK_BEARS_OUT = {
    "considering": frozenset({"considering", "urged", "proposed", "agreed"}),
    "urged": frozenset({"urged"}),
    "proposed": frozenset({"proposed", "announced"}),
}

_EXCEPTION_BEARS_OUT = frozenset({"agreed", "announced", "in_force", "eased"})
"""An exception that comes is an easing of what it lifts."""


def bears_out(stage: str, entry: Entry, measure: Measure) -> bool:
    """Whether a recorded entry says what a claim of `stage` says, its date aside.

    What firms do ('resumed', 'halted') is no stage of a measure: no entry bears it out.
    """
    if stage == "eased" and (measure.effect is Effect.EXCEPT or measure.lifts):
        return entry.stage in _EXCEPTION_BEARS_OUT
    if entry.role == "talk":
        # A plan to change the measure: it bears out talk, and what was agreed or refused about it.
        if stage in TALK:
            return entry.stage in _TALK_BEARS_OUT[stage]
        return stage in ("agreed", "refused") and entry.stage == stage
    return entry.stage in _BEARS_OUT.get(stage, ())


def is_asserted(claim: Claim) -> bool:
    """Whether somebody vouches that the act is done: then it may change the legal record."""
    return claim.certainty in ASSERTED and not claim.future


def is_de_facto(claim: Claim) -> bool:
    """Whether a claim speaks of practice: firms resume, or the trade says that a control loosened.

    Neither is an act of a government, so neither moves the legal record.
    """
    if claim.kind == "response":
        return True
    return claim.kind == "measure" and claim.certainty == "analyst" and claim.stage in LOOSENING


def rumour_stage(claim: Claim) -> str:
    """Return the stage at which rumour enters a ledger: what it says where that binds nobody.

    Whatever it says beyond that is told in the note; the record has it as considered.
    """
    stage = str(claim.stage)
    return stage if stage in RUMOUR else "considering"


def stage_held(claim: Claim) -> str:
    """Return the stage to hold against the record first.

    What may happen is, as yet, talk; but a day that is given may be fixed on record, and a sentence on whom
    a rule will hit is about a rule that may well stand already.
    """
    hits = claim.stage in ("announced", "in_force") and claim.affected
    return rumour_stage(claim) if claim.future and claim.date is None and not hits else str(claim.stage)


def is_open_talk(entry: Entry, entries: Sequence[Entry]) -> bool:
    """Whether talk on record was still talk when the last of the entries was written.

    entries: those known by a day, oldest first. Talk to change a measure stays open; talk of a measure that
    has since come, or was dropped, is closed.
    """
    if entry.role == "talk":
        return True
    after = entries[list(entries).index(entry) + 1 :]
    return not any(other.role == "change" and other.stage not in (*TALK, "agreed") for other in after)

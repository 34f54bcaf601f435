"""How a claim stands to one measure: what the record says on the day, then and now.

Two clocks run through this: what the ledger knew by the day of the story (`known_by`), and what it knows
today. A claim is held against the first; the second is told in a note.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from tidegate.claims.claim import Claim
from tidegate.claims.reconcile.case import Case, apart
from tidegate.claims.reconcile.dates import AFTER_DAYS, CONFLICT_DAYS, falls_on, is_near
from tidegate.claims.reconcile.stages import (
    BINDING,
    LIFE,
    LOOSENING,
    OFF,
    TALK,
    bears_out,
    is_asserted,
    is_de_facto,
    is_open_talk,
    rumour_stage,
)
from tidegate.dates import Day, parse_when
from tidegate.ledger import Entry, Ledger, Measure

__all__ = ["DE_FACTO", "DE_JURE", "LABELS", "Judgement", "judge"]

LABELS = ("supports", "updates", "contradicts", "new", "not_about_a_measure", "unknown")

DE_JURE = "de_jure"
DE_FACTO = "de_facto"

_SAME = {("in_force", "eased"), ("announced", "in_force"), ("announced", "eased")}

TALK_MONTHS = 18
"""Talk older than this is another episode than the one a story calls open."""

TALK_DAYS = 31
"""Two reports of talk this close are of the same talk."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a claim stands to one measure.

    label: one of `LABELS`. why: one sentence. entry: the recorded entry that the label rests on.
    on: which slot differs (`stage`, `date` or `number`) where the label is `contradicts`.
    """

    label: str
    why: str
    entry: Entry | None = None
    differs: str | None = None
    standing: str = DE_JURE


def judge(claim: Claim, measure: Measure, ledger: Ledger, published: Day | None) -> Judgement:
    """Return how a claim of kind `measure` stands to one measure of the ledger."""
    case = Case.of(claim, measure, ledger, published)
    first = _RECORD if claim.future else (*_RECORD, _practice, _another_day)
    for rule in first:
        if (found := rule(case)) is not None:
            return found
    if claim.future:
        # It is not on record yet: then it is talk, and held against the talk on record.
        case = replace(case, stage=rumour_stage(claim), claimed=None)
        for rule in (_recorded, _recorded_after, _announced):
            if (found := rule(case)) is not None:
                return found
    return _beyond(case)


def _recorded(case: Case) -> Judgement | None:
    """An entry known by the day of the story says the same, at that date."""
    hits = [entry for entry in case.known if case.says_so(entry)]
    if case.claimed:
        hits = [entry for entry in hits if _falls_on(case, entry)]
    if case.stage in TALK and case.claim.future:
        hits = [entry for entry in hits if is_open_talk(entry, case.known)]
    if not hits:
        return None
    entry = hits[-1]
    if case.claimed:
        claimed = case.claimed
        entry = min(hits, key=lambda each: (apart(claimed, each.when) > 3, each.stage != case.stage))
    if case.published is None:
        if case.claimed is None:
            return None
        return Judgement("supports", f"the ledger has {entry.stage} on {entry.on}", entry)
    if case.claimed:
        days = apart(case.claimed, entry.when)
        note = f", {days} day{'s' if days > 1 else ''} from {case.claimed}" if days else ""
        return Judgement("supports", f"the ledger has {entry.stage} on {entry.on}{note}", entry)
    if case.stage in TALK:
        return _open_talk(case, entry)
    if case.stage in BINDING and case.stood in OFF:
        why = f"the ledger has {entry.stage} on {entry.on}; by the day of the story it was {case.stood}"
        return Judgement("supports", why, entry)
    if case.stage in OFF and case.stood in BINDING:
        why = f"the ledger has {entry.stage} on {entry.on}; by the day of the story it was {case.stood} again"
        return Judgement("supports", why, entry)
    since = case.then.span.since if case.then and case.stood == entry.stage else entry.on
    return Judgement("supports", f"the ledger has {entry.stage} since {since}", entry)


def _falls_on(case: Case, entry: Entry) -> bool:
    assert case.claimed is not None
    if case.stage in TALK and apart(case.claimed, entry.when) <= TALK_DAYS:
        # Talk lasts: two days given for it are no conflict.
        return True
    if case.stage == "announced" and entry.stage == "in_force" and case.claimed.first <= entry.when.first:
        # A rule is announced some weeks before it binds.
        return is_near(case.claimed, entry.when)
    return falls_on(case.claimed, entry.when, entry.known)


def _open_talk(case: Case, entry: Entry) -> Judgement | None:
    """Talk on record bears out talk in a story where it is the same episode."""
    assert case.published is not None
    age = (case.published - entry.when.last).days
    is_open = case.stood in TALK or case.stood is None
    if age <= (2 if case.stage == "urged" else 1) * TALK_MONTHS * 30:
        further = "" if is_open else f"; it stood {case.stood} on the day of the story"
        return Judgement("supports", f"the ledger has {entry.stage} on {entry.on}{further}", entry)
    return None


def _stood(case: Case) -> Judgement | None:
    """The measure stood at that stage on the day claimed, or a stage that bears it out."""
    if case.claimed is None or case.published is None or case.stage in TALK:
        return None
    day = min(case.claimed.last, case.published)
    then = case.ledger.standing(case.measure.id, day, case.published)
    if then is None or not isinstance(then.entry, Entry) or not case.says_so(then.entry):
        return None
    if (
        case.claimed.is_exact
        and then.entry.when.is_exact
        and 0 < (case.claimed.first - then.entry.when.first).days <= CONFLICT_DAYS
        and not any(falls_on(case.claimed, entry.when, entry.known) for entry in case.known)
    ):
        return None
    return Judgement(
        "supports", f"on {case.claimed} it stood {then.stage} since {then.span.since}", then.entry
    )


def _recorded_after(case: Case) -> Judgement | None:
    """The ledger records it, and the public knew only after the story."""
    if case.published is None:
        return None
    limit = case.published + dt.timedelta(days=AFTER_DAYS)
    for entry in case.later:
        comes_true = (
            case.stage in TALK and entry.stage in ("announced", "in_force") and entry.role == "change"
        )
        if not (case.says_so(entry) or comes_true):
            continue
        near = falls_on(case.claimed, entry.when, entry.known) if case.claimed else entry.when.first <= limit
        near = near and entry.known <= (limit if not case.claimed else dt.date.max)
        if near:
            why = f"the ledger records it since {entry.known}, after the story: {entry.stage} on {entry.on}"
            return Judgement("supports", why, entry)
    return None


def _announced(case: Case) -> Judgement | None:
    """A start still ahead is borne out by the rule announced, or by the day fixed beforehand."""
    if case.claim.stage != "in_force":
        return None
    fixed = [
        plan for plan in case.measure.scheduled if case.published is None or plan.known <= case.published
    ]
    for plan in fixed:
        if case.claim.date and falls_on(parse_when(case.claim.date), plan.when):
            return Judgement("supports", f"the ledger has it fixed for {plan.on}")
    entry = next((entry for entry in reversed(case.known) if entry.stage == "announced"), None)
    if entry is None or case.published is None:
        return None
    return Judgement("supports", f"the ledger has it announced on {entry.on}; it stood {case.stood}", entry)


def _practice(case: Case) -> Judgement | None:
    """What the trade says of practice is kept apart from the law."""
    if not is_de_facto(case.claim) or case.claim.future:
        return None
    stood = f"it stood {case.stood}" if case.stood else "it was not on record"
    act = next((entry for entry in reversed(case.known) if entry.stage in LOOSENING), None)
    if act is None:
        day = f" by {case.published}" if case.published else ""
        why = f"the trade says {case.claim.stage}; no official act is on record{day} and {stood}"
    else:
        why = f"the trade says {case.claim.stage}; the official act on record is {act.stage} of {act.on}"
    later = next((entry for entry in case.later if entry.stage in LOOSENING), None)
    if later is not None:
        why += f"; the ledger has {later.stage} on {later.on}"
    return Judgement("not_about_a_measure", why, later, standing=DE_FACTO)


def _another_day(case: Case) -> Judgement | None:
    """The same stage stands in the record at another day."""
    claimed = case.claimed
    if claimed is None or not claimed.is_exact or case.stage in TALK:
        return None
    same = [
        entry for entry in (*case.known, *case.later) if entry.role == "change" and entry.stage == case.stage
    ]
    near = [entry for entry in same if is_near(claimed, entry.when)]
    if not near:
        return None
    entry = min(near, key=lambda each: apart(claimed, each.when))
    why = f"the story has {case.stage} on {claimed}, the ledger on {entry.on}"
    return Judgement("contradicts", why, entry, "date")


def _beyond(case: Case) -> Judgement:
    """Nothing on record says it: is it later than the record, against it, or apart from it?"""
    if case.published is None:
        why = "unknown, because the story gives no day: which stage it stood at then cannot be told"
        return Judgement("unknown", why)
    stood, stage, day = case.stood, case.stage, case.published
    if stood is None:
        return Judgement("new", f"nothing of it was public by {day}")
    if stage in TALK:
        if stood in TALK and not is_asserted(case.claim):
            entry = case.known[-1] if case.known else None
            return Judgement("supports", f"the ledger has it as {stood}: talk of one kind or another", entry)
        if stood in TALK and LIFE.index(stage) > LIFE.index(stood):
            return _later_stage(case)
        stands = case.then.entry if case.then else None
        loosens = case.claim.stage in LOOSENING
        if loosens and isinstance(stands, Entry) and bears_out(str(case.claim.stage), stands, case.measure):
            return Judgement("supports", f"the ledger has it {stood} on {day} already", stands)
        if loosens and stood in (*BINDING, "announced"):
            why = f"the ledger has it {stood} on {day} and no talk that it be {case.claim.stage}"
            return Judgement("updates", why, case.known[-1] if case.known else None)
        if stood in TALK:
            since = f" since {case.then.span.since}" if case.then else ""
            return Judgement("new", f"the talk on record is another: {stood}{since}")
        if case.claim.instrument == case.measure.instrument.value:
            why = f"the ledger has it {stood} on {day} and no talk of a change that was still open"
            return Judgement("updates", why, case.known[-1] if case.known else None)
        return Judgement("new", f"no such talk is on record; the measure stood {stood} on {day}")
    if case.claimed is not None and (stood == stage or (stage, stood) in _SAME):
        return Judgement("new", f"nothing of the kind is on record around {case.claimed}; it stood {stood}")
    if stood == "unknown":
        return Judgement("unknown", f"the record itself does not say how it stood on {day}")
    if stage == "eased" and stood in (*TALK, "agreed"):
        return Judgement("new", f"what eases is not this: it stood {stood} on {day}")
    if stage == "agreed" and stood not in TALK:
        return Judgement("updates", f"no agreement about it is on record; it stood {stood} on {day}")
    if stage == "refused" and stood in (*BINDING, "announced"):
        # A government that keeps its control against what is asked of it refuses too.
        return Judgement("updates", f"no refusal about it is on record; it stood {stood} on {day}")
    if stood in OFF and case.then is not None and case.then.span.was is None:
        # Refused from the first: leave that was asked for and not given is no control that ended.
        return Judgement("new", f"all that is on record is that it was {stood}")
    is_read = case.ledger.read_to is not None and day <= case.ledger.read_to
    ends = stage in ("suspended", "lifted") and stood in (*BINDING, "announced")
    if is_read and (ends or stood in OFF):
        return _against(case, "stage")
    return _later_stage(case)


def _later_stage(case: Case) -> Judgement:
    overtaken = next((entry for entry in case.later if entry.role == "change" and entry.stage in OFF), None)
    if overtaken is not None and case.stage in BINDING and is_asserted(case.claim):
        why = (
            f"the story has {case.stage}, the ledger {case.stood} on {case.published}; it went to "
            f"{overtaken.stage} on {overtaken.on} without that stage"
        )
        return Judgement("contradicts", why, overtaken, "stage")
    entry = case.known[-1] if case.known else None
    return Judgement(
        "updates", f"the ledger has it {case.stood} on {case.published} and not {case.stage}", entry
    )


def _against(case: Case, differs: str) -> Judgement:
    then = case.then
    assert then is not None
    entry = then.entry if isinstance(then.entry, Entry) else None
    why = f"the story has {case.stage}, the ledger {case.stood} on {case.published} (since {then.span.since})"
    if case.stage in OFF:
        why += "; that no later entry is on record is no proof that nothing happened"
    return Judgement("contradicts", why, entry, differs)


_RECORD = (_recorded, _stood, _recorded_after)
"""What may bear a claim out, in order."""

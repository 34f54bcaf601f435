"""A determination in words: the same for the terminal, the pages and a record on file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tidegate.catalog import load_catalog
from tidegate.ledger.predicate import columns
from tidegate.ledger.regime import Regime
from tidegate.licensing.decision import Decision, Finding, GovernmentDecision, Pending
from tidegate.licensing.logic import Clause, show
from tidegate.licensing.verdict import Outcome

__all__ = [
    "SHOWN", "WORDS", "clause_words", "headline", "in_words", "is_telling", "listed", "pending_words",
    "question_lines", "since_words", "strictest_words",
]  # fmt: skip

WORDS = {
    Outcome.NOT_SUBJECT: "not subject",
    Outcome.NONE: "nothing asked",
    Outcome.EXCEPTION: "licence exception",
    Outcome.DISCOURAGED: "discouraged",
    Outcome.NOTIFICATION: "notification",
    Outcome.QUOTA: "quota",
    Outcome.LICENCE_REQUIRED: "licence required",
    Outcome.PROHIBITED: "prohibited",
    Outcome.UNKNOWN: "unknown",
}

SHOWN = 6
"""Facts, measures and changes shown before the rest is counted; JSON has them all."""

_UNITS = frozenset(("nm", "GB/s", "mm", "percent", "layers", "ms"))
"""Units short enough to stand behind a figure."""


def in_words(own: GovernmentDecision) -> str:
    """Return an answer in words, with its review policy or how far it is open."""
    words = WORDS[own.outcome]
    if own.exception:
        words += f" {own.exception}"
    if own.outcome is Outcome.LICENCE_REQUIRED:
        hangs = f"open, turns on {listed(own.review_unknown)}" if own.review_unknown else "not stated"
        words += f"; review: {own.review.value.replace('_', ' ') if own.review else hangs}"
    if own.outcome is Outcome.UNKNOWN:
        words += f": from {WORDS[own.at_least]} to {WORDS[own.at_most]}"
    return words


def since_words(finding: Finding, regime: Regime) -> str:
    """Return the stage of the measure of a finding, and since when. regime: the one it was made under."""
    standing = regime.get(finding.provision.measure.id)
    parts = (standing.limbs or (standing,)) if standing else ()
    part = next((part for part in parts if part.limb == finding.provision.limb), None)
    if part is None:
        return f"since {finding.entry.on}"
    return f"{part.stage.value.replace('_', ' ')} since {part.span.since}"


def clause_words(clause: Clause) -> str:
    """Return a test with the fact that it met, as `tpp >= 4,800: 15,824`."""
    given = "not given" if clause.given is None else show(clause.given)
    wanted = clause.wanted.replace("not not ", "")
    if wanted in ("is true", "not is true"):
        return f"{'not ' if wanted.startswith('not') else ''}{clause.column}: {given}"
    column = columns().get(clause.column)
    unit = f" {column.unit}" if column and column.type == "number" and column.unit in _UNITS else ""
    return f"{clause.column} {wanted}{unit}: {given}"


def is_telling(clause: Clause) -> bool:
    """Whether a test tells the reader something: that a fact is given, and what sort of thing it is, others do."""
    return not clause.wanted.endswith("is given") and not (clause.column == "kind" and bool(clause.holds))


def pending_words(pending: Pending) -> str:
    """Return what decides nothing on the day: coming, or printed and not enforced."""
    may = "" if pending.applies else ", if it reaches this at all"
    if pending.printed:
        return f"Printed, not enforced: {pending.title} ({pending.measure}){may}"
    day = f", fixed for {pending.on}" if pending.on else ""
    return (
        f"Coming, decides nothing yet: {pending.title} ({pending.measure}), "
        f"{pending.stage} since {pending.since}{day}{may}"
    )


def listed(names: Sequence[str], between: str = ", ", most: int = SHOWN) -> str:
    """Return names in a row, those beyond `most` counted."""
    more = f"{between}and {len(names) - most} more" if len(names) > most else ""
    return between.join(names[:most]) + more


def headline(decision: Decision) -> str:
    """Return what was asked in one line: what goes where, for whom, and on which day."""
    given, facts = decision.transaction.given, decision.transaction.facts
    catalog = load_catalog()
    item = catalog.items.get(str(facts.get("item")))
    asked = next((t.split("'")[1] for t in decision.transaction.unlisted if t.startswith("item ")), None)
    what = item.name if item else asked or str(facts.get("eccn") or facts.get("kind") or "an item not named")
    country = catalog.countries.get(str(facts.get("destination")))
    party = str(facts["end_user"]) if "end_user" in facts else None
    known = catalog.parties.get(party or "")
    words = f"{what} to {country.name if country else 'a destination not given'}"
    words += f", for {known.name if known else party}" if party else ""
    words += f", on {decision.on}"
    words += f" as known by {decision.known_by}" if decision.known_by else ""
    activity = str(given.get("activity", ""))
    words += f" ({activity.replace('_', ' ')})" if activity and activity != "export" else ""
    return words


def strictest_words(decision: Decision) -> str:
    """Return the overall answer in capitals, with the governments that give it."""
    answers = decision.by_government.values()
    words = WORDS[decision.outcome].upper()
    if decision.outcome is Outcome.UNKNOWN:
        # Of an answer that is open, what holds whatever the missing facts are.
        floor = max((own.at_least for own in answers), key=list(Outcome).index)
        by = ", ".join(own.government for own in answers if own.at_least is floor)
        return f"{words}, but at least {WORDS[floor].upper()} ({by})" if _is_strict(floor) else words
    by = ", ".join(own.government for own in answers if own.outcome is decision.outcome)
    return (
        f"{words} ({by})" if decision.outcome is Outcome.EXCEPTION or _is_strict(decision.outcome) else words
    )


def question_lines(decision: Decision) -> Iterator[str]:
    """Yield what the reader should know of the question as it was understood."""
    facts = decision.transaction.facts
    place = (
        f"leaving {facts['exporter_country']}" if "exporter_country" in facts else "place of export not given"
    )
    yield f"Activity: {show(facts['activity']) if 'activity' in facts else 'not given'}; {place}."
    for text in decision.transaction.unlisted:
        is_item = text.startswith("item ")
        where = (
            "decided by what is told of it" if is_item else "taken as none of the parties that measures name"
        )
        yield f"{text} is not in the catalog: {where}."
    yield from decision.transaction.assumed


def _is_strict(outcome: Outcome) -> bool:
    return list(Outcome).index(outcome) > list(Outcome).index(Outcome.EXCEPTION)

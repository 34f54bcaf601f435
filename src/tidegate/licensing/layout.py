"""The answers of a determination put in order for people, and the fact to ask for next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tidegate.licensing.decision import Decision, Finding, GovernmentDecision
from tidegate.licensing.logic import show
from tidegate.licensing.verdict import Outcome

__all__ = ["Layout", "deciding", "lay_out", "next_fact"]

_ORDER = (
    Outcome.PROHIBITED, Outcome.LICENCE_REQUIRED, Outcome.QUOTA, Outcome.UNKNOWN, Outcome.NOTIFICATION,
    Outcome.DISCOURAGED, Outcome.EXCEPTION, Outcome.NONE, Outcome.NOT_SUBJECT,
)  # fmt: skip
"""What a reader must know first stands first."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A decision in the order in which it is read.

    answering: governments whose law speaks to it, the strictest first. waiting: those whose answer waits for
    the country that it leaves from. quiet: those that ask nothing. outside: those whose law does not
    reach it. not_covered: what the ledger cannot tell of governments that are concerned, in words.
    filled_in: facts that the answers use and nobody gave, in words, by where they come from.
    """

    answering: tuple[GovernmentDecision, ...]
    waiting: tuple[GovernmentDecision, ...]
    quiet: tuple[GovernmentDecision, ...]
    outside: tuple[GovernmentDecision, ...]
    not_covered: tuple[str, ...]
    filled_in: Mapping[str, tuple[str, ...]]


def lay_out(decision: Decision) -> Layout:
    """Return a decision in the order in which it is read."""
    answers = sorted(decision.by_government.values(), key=lambda d: (_ORDER.index(d.outcome), d.government))
    waiting = tuple(own for own in answers if _waits_for_exporter(own, decision))
    facts = decision.transaction.facts
    told = "exporter_country" in facts
    concerned = {"US", facts.get("destination"), facts.get("origin")}
    return Layout(
        answering=tuple(
            own
            for own in answers
            if own.outcome not in (Outcome.NOT_SUBJECT, Outcome.NONE) and own not in waiting
        ),
        waiting=waiting,
        quiet=tuple(own for own in answers if own.outcome is Outcome.NONE),
        outside=tuple(own for own in answers if own.outcome is Outcome.NOT_SUBJECT),
        # Without a country that it leaves from, most governments are asked only in case.
        not_covered=tuple(
            text for text in decision.not_covered if told or text.partition(":")[0] in concerned
        ),
        filled_in=_filled_in(decision),
    )


def deciding(own: GovernmentDecision) -> tuple[Finding, ...]:
    """Return the findings that make an answer what it is."""
    return tuple(f for f in own.findings if f.provision.measure.id in own.measures)


def next_fact(decision: Decision) -> str | None:
    """Return the column of the missing fact that most open answers hang on; None where none is open.

    Of facts that as many answers hang on, the one that settles more of each comes first: the order in which
    `GovernmentDecision.unknown` names them. Governments whose licence policy hangs on a fact count where no
    answer itself is open.
    """
    answers = decision.by_government.values()
    return _most_named(own.unknown for own in answers) or _most_named(own.review_unknown for own in answers)


def _most_named(named: Iterable[tuple[str, ...]]) -> str | None:
    places: dict[str, list[int]] = {}
    for facts in named:
        for place, fact in enumerate(facts):
            if not fact.startswith("law: "):
                places.setdefault(fact, []).append(place)
    return min(places, key=lambda fact: (-len(places[fact]), sum(places[fact]), fact), default=None)


def _waits_for_exporter(own: GovernmentDecision, decision: Decision) -> bool:
    told = "exporter_country" in decision.transaction.facts
    return own.outcome is Outcome.UNKNOWN and not told and "exporter_country" in own.unknown


def _filled_in(decision: Decision) -> dict[str, tuple[str, ...]]:
    used = {
        clause.column
        for own in decision.by_government.values()
        for finding in (*own.findings, *own.tried)
        for clause in finding.clauses
    }
    groups: dict[str, list[str]] = {}
    for name, origin in decision.transaction.origins.items():
        if name in used:
            groups.setdefault(origin, []).append(f"{name} {show(decision.transaction.facts[name])}")
    return {origin: tuple(facts) for origin, facts in groups.items()}

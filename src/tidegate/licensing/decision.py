"""What `decide` gives back: an answer for each government, with everything that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.dates import Day
from tidegate.ledger.model import Entry, LicencePolicy, Scheduled
from tidegate.licensing.facts import Transaction
from tidegate.licensing.logic import Clause
from tidegate.licensing.provisions import Provision
from tidegate.licensing.verdict import Outcome
from tidegate.tables import Table, Tabular, to_json

__all__ = ["DECISION_COLUMNS", "Conflict", "Decision", "Finding", "GovernmentDecision", "Pending"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How one provision came out: does it apply, by which tests, on what authority.

    applies: None where a fact is missing. clauses: the tests that decide. since: the date, as written,
    from which the measure has stood as it does. lifted_by: ids of the exceptions and eased policies
    that take its place. missing: facts that would tell.
    assumes: facts taken as not known, on which the law acts only when they are known.
    """

    provision: Provision
    applies: bool | None
    clauses: tuple[Clause, ...]
    policy: LicencePolicy | None
    entry: Entry | Scheduled
    since: str
    lifted_by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        measure = self.provision.measure
        return {
            "measure": self.provision.id,
            "title": measure.title,
            "effect": self.provision.effect.value,
            "exception": self.provision.exception,
            "applies": self.applies,
            "review": self.policy.value if self.policy else None,
            "lifted_by": list(self.lifted_by),
            "missing": list(self.missing),
            "clauses": [
                {"column": c.column, "wanted": c.wanted, "given": _plain(c.given), "holds": c.holds}
                for c in self.clauses
            ],
            "citation": measure.citation,
            "since": self.since,
            "source": self.entry.source,
            "verified": not isinstance(self.entry, Entry) or self.entry.verified,
            "conditions": measure.conditions,
        }


@dataclass(frozen=True, slots=True)
class Pending:
    """A measure that would cover the transaction and decides nothing on the day.

    stage: how far it has come. on: the day fixed for it, if any. printed: it stands in the printed
    text and is not enforced. applies: None where facts are missing.
    """

    measure: str
    title: str
    government: str
    effect: str
    stage: str
    since: str
    on: str | None
    printed: str | None
    applies: bool | None
    source: str

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Complying with one government's answer may break another's rule. certain: whether it does."""

    complying_with: str
    breaks_law_of: str
    measure: str
    title: str
    certain: bool
    missing: tuple[str, ...]
    source: str

    def row(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "missing": list(self.missing)}


@dataclass(frozen=True, slots=True)
class GovernmentDecision:
    """One government's answer.

    exception: the licence exception that lifts the requirement. at_least, at_most: what the missing
    facts leave open. unknown: the facts that would settle it, those that settle most first.
    review_unknown: the facts on which the licence policy hangs, where it is open and not merely silent.
    assumes: facts on which the law acts only when they are known, taken as not known here.
    findings: the provisions that decide, then those that could; tried: exceptions that do not apply.
    """

    government: str
    outcome: Outcome
    review: LicencePolicy | None
    exception: str | None
    at_least: Outcome
    at_most: Outcome
    measures: tuple[str, ...]
    unknown: tuple[str, ...]
    review_unknown: tuple[str, ...]
    assumes: tuple[str, ...]
    findings: tuple[Finding, ...]
    tried: tuple[Finding, ...]
    coming: tuple[Pending, ...]
    quotas: tuple[Mapping[str, Any], ...] = ()

    @property
    def label(self) -> str:
        """The outcome in one word, with the name of the exception."""
        if self.exception:
            return f"{self.outcome.value}:{self.exception}"
        return self.outcome.value

    def row(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        return {
            "outcome": self.label,
            "review": self.review.value if self.review else None,
            "measures": list(self.measures),
            "unknown": list(self.unknown),
            "review_unknown": list(self.review_unknown),
            "at_least": self.at_least.value,
            "at_most": self.at_most.value,
            "assumes": list(self.assumes),
            "findings": [finding.row() for finding in self.findings],
            "tried": [finding.row() for finding in self.tried],
            "coming": [pending.row() for pending in self.coming],
            "quotas": [dict(quota) for quota in self.quotas],
        }


DECISION_COLUMNS = ("government", "outcome", "review", "measures", "unknown", "assumes")


@dataclass(frozen=True)
class Decision(Tabular):
    """The answers of every government to one transaction on one day.

    outcome: the strictest answer; unknown where an open one could be stricter. derived: facts that
    were added, with where they come from. assumed: readings of the facts, in words.
    not_covered: what this ledger cannot tell, in words.
    """

    on: Day
    known_by: Day | None
    transaction: Transaction
    outcome: Outcome
    by_government: Mapping[str, GovernmentDecision]
    conflicts: tuple[Conflict, ...]
    not_covered: tuple[str, ...]
    read_to: Day | None
    scenario: str | None = None

    def __getitem__(self, government: str) -> GovernmentDecision:
        """Return one government's answer."""
        return self.by_government[government]

    @property
    def derived(self) -> Mapping[str, str]:
        """Facts that were added, by column, with where they come from."""
        return self.transaction.origins

    def table(self) -> Table:
        """Return one row a government, the strictest first."""
        order = {outcome: level for level, outcome in enumerate(Outcome)}
        ranked = sorted(self.by_government.values(), key=lambda d: (-order[d.outcome], d.government))
        rows = tuple({"government": d.government, **d.row()} for d in ranked)
        columns = (
            *DECISION_COLUMNS,
            "review_unknown",
            "at_least",
            "at_most",
            "findings",
            "tried",
            "coming",
            "quotas",
        )
        return Table(rows, columns, self.about(), rows_name="decisions")

    def about(self) -> dict[str, Any]:
        """Return the question and what the answer rests on."""
        return {
            "on": self.on.isoformat(),
            "known_by": self.known_by.isoformat() if self.known_by else None,
            "outcome": self.outcome.value,
            "transaction": {name: _plain(value) for name, value in self.transaction.given.items()},
            "derived": {
                name: {"value": _plain(self.transaction.facts[name]), "from": origin}
                for name, origin in self.transaction.origins.items()
            },
            "assumed": list(self.transaction.assumed),
            "not_in_catalog": list(self.transaction.unlisted),
            "conflicts": [conflict.row() for conflict in self.conflicts],
            "not_covered": list(self.not_covered),
            "read_to": self.read_to.isoformat() if self.read_to else None,
            "scenario": self.scenario,
        }

    def to_json(self) -> str:
        """Return the decision as JSON text."""
        return to_json({**self.about(), "decisions": {g: d.row() for g, d in self.by_government.items()}})


def _plain(value: Any) -> Any:  # noqa: ANN401
    return value.isoformat() if isinstance(value, Day) else value

"""One transaction decided under one regime, with everything a sceptical reader would ask.

>>> from tidegate.ledger import load_ledger
>>> from tidegate.licensing import decide
>>> ask = {"item": "h20", "activity": "export", "exporter_country": "US", "origin": "US",
...        "destination": "CN", "end_user": "Alibaba", "end_user_us_listed": False}
>>> decide(ask, load_ledger().on("2025-05-01"))["US"].outcome
<Outcome.LICENCE_REQUIRED: 'licence_required'>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tidegate.ledger.regime import Regime, Standing
from tidegate.licensing.answering import Answering
from tidegate.licensing.bounds import Bounds, bounds_of
from tidegate.licensing.decision import Conflict, Decision, GovernmentDecision
from tidegate.licensing.facts import Transaction
from tidegate.licensing.logic import (
    Facts,
    Node,
    Test,
    columns_of,
    evaluate,
    residual,
    walk,
)
from tidegate.licensing.provisions import (
    Government,
    Provision,
    governments,
    law_of,
    provisions_on,
)
from tidegate.licensing.scope import Days, expand
from tidegate.licensing.verdict import Outcome, strictest

if TYPE_CHECKING:
    from tidegate.sources.ecfr import ControlList

__all__ = ["Decider", "decide"]

_RESTRICTIVE = frozenset({Outcome.LICENCE_REQUIRED, Outcome.PROHIBITED, Outcome.QUOTA})
_COMPLYING = "compliance_with_foreign_controls"


def decide(
    transaction: Mapping[str, Any] | Transaction, regime: Regime, chart: ControlList | None = None
) -> Decision:
    """Return what each government's law says of a transaction on the day of the regime.

    transaction: facts by column of docs/columns.md; names in anybody's words; what is not given
        stays unknown. chart: the US control list, where the user has its files.
    Raises: FieldError: naming the field that is not usable and the rule it breaks.
    """
    return Decider(regime, chart)(transaction)


@dataclass(frozen=True)
class Decider:
    """A regime made ready to decide many transactions."""

    regime: Regime
    chart: ControlList | None = None

    def __call__(self, transaction: Mapping[str, Any] | Transaction) -> Decision:
        """Return the decision of one transaction. Raises: FieldError."""
        if not isinstance(transaction, Transaction):
            transaction = Transaction.of(transaction, self.regime.on, self._bounds)
        facts = transaction.facts
        exporter = facts.get("exporter_country")
        asked = governments(self._measures, str(exporter) if exporter else None)
        by_government = {g.id: Answering(self, g, facts) for g in asked}
        decisions = {key: case.decision() for key, case in by_government.items()}
        return Decision(
            on=self.regime.on,
            known_by=self.regime.known_by,
            transaction=transaction,
            outcome=strictest({key: case.verdict for key, case in by_government.items()}),
            by_government=decisions,
            conflicts=tuple(self._conflicts(facts, decisions, asked)),
            not_covered=tuple(
                f"{g.id}: {g.not_covered}"
                for g in asked
                if g.not_covered
                and not (g.id == "US" and self.chart)
                and decisions[g.id].outcome in (Outcome.NONE, Outcome.UNKNOWN)
            ),
            read_to=self.regime.read_to,
            scenario=self.regime.scenario,
        )

    @cached_property
    def _bounds(self) -> Bounds:
        return bounds_of(self._measures)

    @cached_property
    def _measures(self) -> tuple[Any, ...]:
        return tuple(standing.measure for standing in self.regime)

    @cached_property
    def _all(self) -> tuple[Provision, ...]:
        return provisions_on(self.regime)

    @cached_property
    def _law(self) -> dict[str, tuple[Provision, ...]]:
        return {}

    def law_of(self, government: Government) -> tuple[Provision, ...]:
        """Return the provisions that a government applies."""
        if government.id not in self._law:
            self._law[government.id] = law_of(self._all, government, self.days)
        return self._law[government.id]

    @cached_property
    def _blocked(self) -> dict[str, tuple[Provision, ...]]:
        return {}

    def _blocking(self, government: Government) -> tuple[Provision, ...]:
        """The provisions of a government against complying with foreign controls."""
        if government.id not in self._blocked:
            found = (p for p in self.law_of(government) if _is_on_complying(p.scope))
            self._blocked[government.id] = tuple(found)
        return self._blocked[government.id]

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """The standing of each provision, by its id."""
        return {
            f"{part.measure.id}/{part.limb}" if part.limb else part.measure.id: part
            for standing in self.regime
            for part in standing.limbs or (standing,)
        }

    @property
    def days(self) -> Days:
        """The one day."""
        return Days.of(self.regime.on)

    def _conflicts(
        self, facts: Facts, decisions: Mapping[str, GovernmentDecision], asked: Iterable[Government]
    ) -> Iterator[Conflict]:
        """Rules against complying with foreign controls, tested as if the exporter complied.

        People's Republic of China, State Council Decree 835 of 2026, is the first of this kind.
        """
        complying = {**facts, "activity": _COMPLYING}
        for government in asked:
            if evaluate(expand(government.reach, self.days), facts) is False:
                continue
            for provision in self._blocking(government):
                applies = evaluate(provision.scope, complying)
                if applies is False:
                    continue
                entry = self.standings[provision.id].entry
                missing = tuple(dict.fromkeys(columns_of(residual(provision.scope, complying, known=False))))
                for other, decision in decisions.items():
                    if other != government.id and decision.outcome in _RESTRICTIVE:
                        yield Conflict(other, government.id, provision.id, provision.measure.title,
                                       bool(applies), missing, entry.source)  # fmt: skip


def _is_on_complying(scope: Node) -> bool:
    """Whether a scope speaks of complying with foreign controls."""
    return any(
        isinstance(part, Test) and part.column == "activity" and part.value == _COMPLYING
        for part in walk(scope)
    )

"""What the provisions of one government come to, given which of them apply.

Exceptions lift requirements; the strictest of what is left stands. Where a missing fact could change
how far the shipment is held back, the answer is unknown. `tidegate.licensing.sql` says the same in SQL,
and a property test holds the two together.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.ledger.model import Effect, LicencePolicy
from tidegate.licensing.provisions import Provision

__all__ = ["STRICTNESS", "Outcome", "Verdict", "strictest", "verdict"]

Truth = bool | None


class Outcome(enum.StrEnum):
    """What a government's law asks of a transaction, in order of strictness; UNKNOWN apart."""

    NOT_SUBJECT = "not_subject"
    NONE = "none"
    EXCEPTION = "exception"
    DISCOURAGED = "discouraged"
    NOTIFICATION = "notification"
    QUOTA = "quota"
    LICENCE_REQUIRED = "licence_required"
    PROHIBITED = "prohibited"
    UNKNOWN = "unknown"


_BY_LEVEL = tuple(Outcome)[:-1]

STRICTNESS: Mapping[LicencePolicy, int] = {
    LicencePolicy.APPROVAL: 1,
    LicencePolicy.NOT_STATED: 2,
    LicencePolicy.CASE_BY_CASE: 3,
    LicencePolicy.DENIAL: 4,
    LicencePolicy.POLICY_OF_DENIAL: 5,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome and what led to it.

    at_least: what holds whatever the missing facts are; at_most: the worst they could bring.
    exception: name of the licence exception that lifts every requirement. leading: provisions that
    decide; open: provisions whose missing facts leave the outcome open.
    """

    outcome: Outcome
    at_least: Outcome
    at_most: Outcome
    review: LicencePolicy | None
    exception: str | None
    leading: tuple[Provision, ...]
    open: tuple[Provision, ...]

    @property
    def deciding(self) -> tuple[Provision, ...]:
        """The provisions that make the answer what it is: of an unknown one, those that are open."""
        return self.open if self.outcome is Outcome.UNKNOWN else self.leading


def verdict(
    provisions: Sequence[Provision],
    applies: Mapping[str, Truth],
    policies: Mapping[str, LicencePolicy | None],
    reach: Truth,
) -> Verdict:
    """Return what one government's provisions come to.

    applies: by provision id, whether its scope holds. policies: the licence policy of each provision
    that requires a licence (None: not known). reach: whether the government's law reaches at all.
    """
    restricting = [p for p in provisions if p.level and applies[p.id] is not False]
    lifting = [p for p in provisions if p.lifts and applies[p.id] is not False]
    certain = [p for p in restricting if applies[p.id] and not _may_be_freed(p, lifting)]
    possible = [p for p in restricting if not _is_freed(p, lifting, applies)]
    at_least = max((p.level for p in certain), default=0)
    at_most = max((p.level for p in possible), default=0)
    freed = [p for p in restricting if applies[p.id] and _is_freed(p, lifting, applies)]
    exceptions = [e for e in lifting if applies[e.id] and e.effect is Effect.EXCEPT
                  and any(p.is_lifted_by(e) for p in freed)]  # fmt: skip
    floor = 2 if freed else 0 if reach is False else 1
    low, high = max(at_least, floor), max(at_most, floor)
    if low != high:
        open_ = tuple(p for p in possible if p not in certain and p.level > at_least)
        openers = tuple(e for e in lifting if applies[e.id] is None and e.effect is Effect.EXCEPT
                        and any(p.is_lifted_by(e) for p in open_))  # fmt: skip
        return Verdict(Outcome.UNKNOWN, _BY_LEVEL[low], _BY_LEVEL[high], None, None,
                       tuple(certain), (*open_, *openers))  # fmt: skip
    outcome = _BY_LEVEL[low]
    if outcome is Outcome.EXCEPTION:
        name = next((e.exception for e in exceptions if e.exception), None)
        return Verdict(outcome, outcome, outcome, None, name, tuple(exceptions), ())
    leading = [p for p in certain if p.level == low and not _is_displaced(p, lifting, applies)]
    settled = {
        # An eased policy of its own whose conditions are open leaves the policy open.
        p.id: None
        if any(applies[e.id] is None and p.is_lifted_by(e) for e in lifting)
        else policies.get(p.id)
        for p in leading
    }
    review = _review(leading, settled) if outcome is Outcome.LICENCE_REQUIRED else None
    return Verdict(outcome, outcome, outcome, review, None, tuple(leading), ())


def _is_freed(p: Provision, lifting: Sequence[Provision], applies: Mapping[str, Truth]) -> bool:
    return any(applies[e.id] and e.effect is Effect.EXCEPT and p.is_lifted_by(e) for e in lifting)


def _may_be_freed(p: Provision, lifting: Sequence[Provision]) -> bool:
    return any(e.effect is Effect.EXCEPT and p.is_lifted_by(e) for e in lifting)


def _is_displaced(p: Provision, lifting: Sequence[Provision], applies: Mapping[str, Truth]) -> bool:
    """Whether a measure of its own, say an eased licence policy, takes its place."""
    return any(applies[e.id] and p.is_lifted_by(e) for e in lifting)


def _review(
    leading: Sequence[Provision], policies: Mapping[str, LicencePolicy | None]
) -> LicencePolicy | None:
    """The strictest stated policy; None where one of them is not known and might be stricter."""
    own = [policies[p.id] for p in leading if p.effect is Effect.REQUIRE]
    stated = [policy for policy in own if policy is not None]
    worst = max(stated, key=lambda policy: STRICTNESS[policy], default=None)
    if None in own and worst not in (LicencePolicy.DENIAL, LicencePolicy.POLICY_OF_DENIAL):
        return None
    return None if worst is LicencePolicy.NOT_STATED else worst


def strictest(verdicts: Mapping[str, Verdict]) -> Outcome:
    """Return the overall answer: the strictest that is certain, unknown where an open one could pass it."""
    order = {outcome: level for level, outcome in enumerate(_BY_LEVEL)}
    low = max((order[v.at_least] for v in verdicts.values()), default=0)
    high = max((order[v.at_most] for v in verdicts.values()), default=0)
    return _BY_LEVEL[low] if low == high else Outcome.UNKNOWN

"""Whether listed parties own 50 percent or more of a party on a day: owned, not owned or unknown, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from tidegate.dates import Day
from tidegate.screening.finding import Finder, Found
from tidegate.screening.ownership.explain import Step, gaps, in_percent, steps_to
from tidegate.screening.ownership.graph import Owners
from tidegate.screening.ownership.resolve import economic_share, resolve
from tidegate.screening.ownership.rules import HALF, Rule, is_listed_on
from tidegate.tables import Table, Tabular

__all__ = ["Ownership", "Verdict", "ownership_of"]

Verdict = Literal["owned", "not owned", "unknown"]

CLOSED_KINDS = frozenset(("person", "state", "public"))
"""Kinds of party that nobody owns; a free float is one where the file says that it is no listed party's."""


@dataclass(frozen=True)
class Ownership(Tabular):
    """The answer of one rule for one party on one day.

    share: bounds of what restricted parties hold together, as the rule counts it. economic: bounds of what listed
    parties hold by multiplying along the chains; it decides nothing. because: why, in sentences. steps: the chain of
    holdings behind the answer, from the party upward. listed: entries of the party itself, which are no ownership.
    """

    party: str
    on: Day
    rule: Rule
    verdict: Verdict
    share: tuple[Fraction, Fraction]
    economic: tuple[float, float]
    because: tuple[str, ...]
    steps: tuple[Step, ...]
    listed: tuple[Found, ...]
    files: tuple[str, ...]

    def table(self) -> Table:
        """Return one row a holding of the chain."""
        columns = ("owned", "owner", "low", "high", "starts", "ends", "source", "counts_as", "note")
        return Table(tuple(step.row() for step in self.steps), columns, self.about(), "steps")

    def about(self) -> dict[str, Any]:
        """Return the answer without its steps."""
        return {
            "party": self.party, "on": self.on.isoformat(), **self.rule.about(), "verdict": self.verdict,
            "share": [float(bound) for bound in self.share], "economic_share": list(self.economic),
            "because": list(self.because),
            "listed_itself": [
                {"list": hit.entry.list, "id": hit.entry.id, "name": hit.entry.name, "how": hit.how,
                 "sure": hit.is_sure} for hit in self.listed
            ],
            "owner_files": list(self.files),
        }  # fmt: skip


def ownership_of(
    party: str, owners: Owners, find: Finder, rule: Rule, on: Day, identifiers: Iterable[tuple[str, str]] = ()
) -> Ownership:
    """Return whether listed parties own half of a party or more, directly, indirectly and in sum.

    party: its name or number as the owner files have it. find: finds the entries of an owner. rule: whose lists count
    and how. identifiers: further numbers of the party, pairs of kind and value.
    Shares of which nothing is known may be a listed party's: where they could lift the sum to one half, the answer is
    'unknown', never 'not owned'.
    """
    keys = owners.keys(party, *(value for _, value in identifiers))
    files = tuple(file.path for file in owners.files)
    if len(keys) != 1:
        found = _entries(find, (party,), identifiers, rule, on)[0]
        what = (
            f"No file of owners that is given tells who owns {party}." if not keys
            else f"{len(keys)} parties of the files of owners are called {party}: {', '.join(keys[:5])}. Give the key."
        )  # fmt: skip
        whole = (Fraction(0), Fraction(1))
        return Ownership(party, on, rule, "unknown", whole, (0.0, 1.0), (what,), (), tuple(found), files)
    [start] = keys
    above = owners.above(start, on)
    listed: dict[str, list[Found]] = {}
    maybe: dict[str, list[Found]] = {}
    for key in above:
        holder = owners.holders.get(key)
        numbers = holder.identifiers if holder else ()
        sure, open_ = _entries(find, _names(owners, key), numbers, rule, on)
        if sure:
            listed[key] = sure
        elif open_:
            maybe[key] = open_
    closed = [key for key in above if (h := owners.holders.get(key)) and h.kind in CLOSED_KINDS]
    resolved = resolve(above, listed.keys(), maybe.keys(), closed)
    share = resolved.share(above[start]) if start not in closed else (Fraction(0), Fraction(0))
    total = sum((holding.low for holding in above[start]), Fraction(0))
    lacking = [code for code in rule.lists if code not in find.covers]
    if lacking:
        # Who is on a list that was not looked at is not known.
        share = (share[0], Fraction(1))
    verdict = _verdict(share, total)
    steps = steps_to(start, above, resolved, owners, listed, maybe)
    because = _because(owners.name(start), verdict, share, rule, total)
    if verdict == "unknown":
        because = (*because, *gaps(start, above, resolved, owners, maybe, closed))
        if lacking:
            because = (*because, f"No list that is given is a whole copy of {', '.join(lacking)}.")
    if verdict != "owned" and not find.finds_spellings:
        because = (*because, "Owners were looked up by their exact names alone.")
    economic = economic_share(above, start, listed.keys(), closed)
    own = tuple((listed | maybe).get(start, ()))
    return Ownership(
        owners.name(start), on, rule, verdict, share, economic, because, steps, own, files,
    )  # fmt: skip


def _names(owners: Owners, key: str) -> tuple[str, ...]:
    holder = owners.holders.get(key)
    return (holder.name,) if holder else (key,)


def _entries(
    find: Finder, names: Iterable[str], identifiers: Iterable[tuple[str, str]], rule: Rule, on: Day
) -> tuple[list[Found], list[Found]]:
    """Return the entries of a party that the rule counts on a day: those that are sure, and those that are open."""
    sure: list[Found] = []
    open_: list[Found] = []
    for hit in find(names, identifiers):
        stands = is_listed_on(hit.entry, on, hit.list_.as_of)
        if not rule.counts(hit.entry) or stands is False:
            continue
        (sure if hit.is_sure and stands else open_).append(hit)
    return sure, open_


def _verdict(share: tuple[Fraction, Fraction], total: Fraction) -> Verdict:
    if share[0] >= HALF:
        return "owned"
    # Shares that add up to more than the whole prove nothing about who holds less.
    return "not owned" if share[1] < HALF and total <= 1 else "unknown"


def _because(
    name: str, verdict: Verdict, share: tuple[Fraction, Fraction], rule: Rule, total: Fraction
) -> tuple[str, ...]:
    over = (f"The shares of {name} that are known add up to {in_percent(total)}.",) if total > 1 else ()
    least, most = (in_percent(bound) for bound in share)
    parties = f"parties on {', '.join(rule.lists)}, or held by such,"
    if verdict == "owned":
        return (
            f"Listed {parties} hold {'at least ' if share[0] != share[1] else ''}{least} of {name}.",
            *over,
        )
    if verdict == "not owned":
        held = f"hold {least}" if share[0] == share[1] else f"hold {least} to {most}"
        return (f"Listed {parties} {held} of {name}, which is less than half.",)
    return (f"Listed {parties} hold at least {least} of {name} and may hold up to {most}.", *over)

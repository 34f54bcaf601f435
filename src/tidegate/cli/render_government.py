"""One government's answer as text for people: the measures, the tests, the exceptions, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.padding import Padding
from rich.text import Text

from tidegate.cli.render import console
from tidegate.ledger.predicate import columns
from tidegate.ledger.regime import Regime
from tidegate.licensing import Finding, GovernmentDecision, Outcome
from tidegate.licensing.decision import Pending
from tidegate.licensing.layout import deciding
from tidegate.licensing.logic import show
from tidegate.licensing.nearest import Nearest
from tidegate.licensing.wording import (
    SHOWN,
    WORDS,
    clause_words,
    in_words,
    is_telling,
    listed,
    pending_words,
    since_words,
)

__all__ = ["STYLES", "print_government", "print_line", "print_pending"]

STYLES = {
    Outcome.LICENCE_REQUIRED: "bold red",
    Outcome.PROHIBITED: "bold red",
    Outcome.QUOTA: "bold red",
    Outcome.UNKNOWN: "bold yellow",
    Outcome.EXCEPTION: "green",
    Outcome.NONE: "green",
}
_OPTIONS = {
    "exporter_country": "--from", "destination": "--to", "end_user": "--end-user", "exporter": "--exporter",
    "origin": "--origin", "eccn": "--eccn", "item": "--item", "end_use": "--end-use",
}  # fmt: skip


def print_government(own: GovernmentDecision, regime: Regime, near: Sequence[Nearest]) -> None:
    """Print one answer. regime: for the standing of its measures; near: what would loosen it."""
    print_line()
    print_line(
        Text.assemble((f"{own.government}  ", "bold"), (in_words(own), STYLES.get(own.outcome, "bold")))
    )
    if own.unknown:
        _print_unknown(own)
    leading = deciding(own)
    if own.outcome is Outcome.UNKNOWN:
        for finding in leading[:SHOWN]:
            _print_open(finding, regime)
        if len(leading) > SHOWN:
            print_line(f"and {len(leading) - SHOWN} more that are open", 4)
    else:
        for finding in leading:
            _print_finding(finding, regime)
    others = [f for f in own.findings if f not in leading and f.applies]
    for finding in others:
        gives = f", gives way to {', '.join(finding.lifted_by)}" if finding.lifted_by else ""
        print_line(
            f"Also in its scope: {finding.provision.measure.title} ({finding.provision.id}){gives}", 4, "dim"
        )
    for finding in own.tried:
        name = finding.provision.exception or "exception"
        word = "open" if finding.applies is None else "fails"
        why = [c for c in finding.clauses if c.holds is not True and not c.wanted.endswith("is given")]
        print_line(
            f"Tried {name} ({finding.provision.id}): {word} at {listed([clause_words(c) for c in why], '; ', 3)}",
            4,
        )
    for quota in own.quotas:
        left = "not given what was drawn" if quota["left"] is None else f"{show(quota['left'])} left"
        print_line(
            f"Quota {quota['measure']}: {quota['state']}, {left} of {show(quota['limit'])} {quota['unit']}", 4
        )
    if own.assumes:
        print_line(f"Holds as long as nothing more is known of: {listed(own.assumes)}", 4, "dim")
    print_pending(own.coming)
    if near:
        print_line("What would loosen it, all else as it is:", 4)
        for change in near[:SHOWN]:
            print_line(f"{change.words}: {WORDS[change.outcome]}", 6)


def _print_unknown(own: GovernmentDecision) -> None:
    facts = [fact for fact in own.unknown if not fact.startswith("law: ")]
    if facts:
        print_line(f"Unknown, because not given: {listed(facts)}", 4)
        print_line(f"Say: {' '.join(_how(fact) for fact in facts[:SHOWN])}", 4)
    for fact in own.unknown:
        if fact.startswith("law: "):
            print_line(f"No fact of the columns settles {fact.removeprefix('law: ')}: open on record.", 4)


def _print_open(finding: Finding, regime: Regime) -> None:
    why = listed([clause_words(c) for c in finding.clauses if c.holds is None], "; ", 2)
    print_line(f"Open: {finding.provision.measure.title}: {why}", 4)
    print_line(f"{finding.provision.id} · {since_words(finding, regime)} · {finding.entry.source}", 6, "dim")


def _print_finding(finding: Finding, regime: Regime) -> None:
    measure = finding.provision.measure
    limb = f" / {finding.provision.limb}" if finding.provision.limb else ""
    row = finding.row()
    mark = "" if row["verified"] else " ?"
    print_line(Text.assemble((measure.title, "bold"), f"{limb}{mark}"), 4)
    cited = f" · {measure.citation}" if measure.citation else ""
    print_line(f"{finding.provision.id} · {since_words(finding, regime)}{cited}", 6, "dim")
    for clause in finding.clauses:
        if is_telling(clause):
            sign = {True: "", False: "  [not met]", None: "  [not told]"}[clause.holds]
            print_line(f"{clause_words(clause)}{sign}", 6)
    if measure.conditions:
        print_line(f"Terms: {measure.conditions}", 6)
    print_line(f"Source: {finding.entry.source}", 6, "dim")


def print_pending(coming: Iterable[Pending]) -> None:
    """Print what decides nothing on the day: coming, or printed and not enforced."""
    for pending in coming:
        print_line(pending_words(pending), 4)


def _how(fact: str) -> str:
    """How to say a fact on the command line."""
    if fact in _OPTIONS:
        return f"{_OPTIONS[fact]} {'XX' if fact in ('exporter_country', 'destination', 'origin') else '...'}"
    column = columns().get(fact)
    if column is None or column.type == "text":
        value = "|".join(column.values) if column and 0 < len(column.values) <= 4 else "..."
    else:
        value = {"flag": "true|false", "number": "N", "date": "YYYY-MM-DD"}[column.type]
    return f"--set {fact}={value}"


def print_line(text: str | Text = "", indent: int = 0, style: str = "") -> None:
    """Print one paragraph; on a terminal it is wrapped under its indent, in a pipe it is one line."""
    out = console()
    body = Text(text, style=style) if isinstance(text, str) else text
    if not body.plain:
        print()
    elif out.is_terminal:
        out.print(Padding(body, (0, 0, 0, indent), expand=False))
    else:
        print(" " * indent + body.plain)

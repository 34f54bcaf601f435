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
from tidegate.licensing.logic import Clause, show
from tidegate.licensing.nearest import Nearest

__all__ = ["STYLES", "WORDS", "in_words", "listed", "print_government", "print_line", "print_pending"]

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
_UNITS = frozenset(("nm", "GB/s", "mm", "percent", "layers", "ms"))
"""Units short enough to stand behind a figure."""
_SHOWN = 6
"""Facts, measures and changes shown before the rest is counted; JSON has them all."""


def print_government(own: GovernmentDecision, regime: Regime, near: Sequence[Nearest]) -> None:
    """Print one answer. regime: for the standing of its measures; near: what would loosen it."""
    print_line()
    print_line(
        Text.assemble((f"{own.government}  ", "bold"), (in_words(own), STYLES.get(own.outcome, "bold")))
    )
    if own.unknown:
        _print_unknown(own)
    deciding = [f for f in own.findings if f.provision.measure.id in own.measures]
    if own.outcome is Outcome.UNKNOWN:
        for finding in deciding[:_SHOWN]:
            _print_open(finding, regime)
        if len(deciding) > _SHOWN:
            print_line(f"and {len(deciding) - _SHOWN} more that are open", 4)
    else:
        for finding in deciding:
            _print_finding(finding, regime)
    others = [f for f in own.findings if f not in deciding and f.applies]
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
            f"Tried {name} ({finding.provision.id}): {word} at {_some([_clause(c) for c in why], '; ', 3)}", 4
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
        for change in near[:_SHOWN]:
            print_line(f"{change.words}: {WORDS[change.outcome]}", 6)


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


def _print_unknown(own: GovernmentDecision) -> None:
    facts = [fact for fact in own.unknown if not fact.startswith("law: ")]
    if facts:
        print_line(f"Unknown, because not given: {listed(facts)}", 4)
        print_line(f"Say: {' '.join(_how(fact) for fact in facts[:_SHOWN])}", 4)
    for fact in own.unknown:
        if fact.startswith("law: "):
            print_line(f"No fact of the columns settles {fact.removeprefix('law: ')}: open on record.", 4)


def _print_open(finding: Finding, regime: Regime) -> None:
    why = _some([_clause(c) for c in finding.clauses if c.holds is None], "; ", 2)
    print_line(f"Open: {finding.provision.measure.title}: {why}", 4)
    print_line(f"{finding.provision.id} · {_since(finding, regime)} · {finding.entry.source}", 6, "dim")


def _print_finding(finding: Finding, regime: Regime) -> None:
    measure = finding.provision.measure
    limb = f" / {finding.provision.limb}" if finding.provision.limb else ""
    row = finding.row()
    mark = "" if row["verified"] else " ?"
    print_line(Text.assemble((measure.title, "bold"), f"{limb}{mark}"), 4)
    cited = f" · {measure.citation}" if measure.citation else ""
    print_line(f"{finding.provision.id} · {_since(finding, regime)}{cited}", 6, "dim")
    for clause in finding.clauses:
        # That a fact is given, and what sort of thing it is, the lines beside it say.
        if not clause.wanted.endswith("is given") and not (clause.column == "kind" and clause.holds):
            sign = {True: "", False: "  [not met]", None: "  [not told]"}[clause.holds]
            print_line(f"{_clause(clause)}{sign}", 6)
    if measure.conditions:
        print_line(f"Terms: {measure.conditions}", 6)
    print_line(f"Source: {finding.entry.source}", 6, "dim")


def _since(finding: Finding, regime: Regime) -> str:
    standing = regime.get(finding.provision.measure.id)
    parts = (standing.limbs or (standing,)) if standing else ()
    part = next((part for part in parts if part.limb == finding.provision.limb), None)
    if part is None:
        return f"since {finding.entry.on}"
    return f"{part.stage.value.replace('_', ' ')} since {part.span.since}"


def _clause(clause: Clause) -> str:
    given = "not given" if clause.given is None else show(clause.given)
    wanted = clause.wanted.replace("not not ", "")
    if wanted in ("is true", "not is true"):
        return f"{'not ' if wanted.startswith('not') else ''}{clause.column}: {given}"
    column = columns().get(clause.column)
    unit = f" {column.unit}" if column and column.type == "number" and column.unit in _UNITS else ""
    return f"{clause.column} {wanted}{unit}: {given}"


def print_pending(coming: Iterable[Pending]) -> None:
    """Print what decides nothing on the day: coming, or printed and not enforced."""
    for pending in coming:
        may = "" if pending.applies else ", if it reaches this at all"
        if pending.printed:
            print_line(f"Printed, not enforced: {pending.title} ({pending.measure}){may}", 4)
        else:
            day = f", fixed for {pending.on}" if pending.on else ""
            print_line(f"Coming, decides nothing yet: {pending.title} ({pending.measure}), "
                  f"{pending.stage} since {pending.since}{day}{may}", 4)  # fmt: skip


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


def listed(names: Sequence[str]) -> str:
    """Return names in a row, those beyond a handful counted."""
    return _some(names, ", ")


def _some(texts: Sequence[str], between: str, most: int = _SHOWN) -> str:
    """Return texts in a row, those beyond `most` counted."""
    more = f"{between}and {len(texts) - most} more" if len(texts) > most else ""
    return between.join(texts[:most]) + more


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

"""A determination as text for people: the answer first, then government by government, then its basis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from tidegate.catalog import load_catalog
from tidegate.cli.render import footnotes
from tidegate.cli.render_government import (
    STYLES,
    WORDS,
    in_words,
    listed,
    print_government,
    print_line,
    print_pending,
)
from tidegate.ledger.regime import Regime
from tidegate.licensing import Decision, GovernmentDecision, Outcome
from tidegate.licensing.logic import show
from tidegate.licensing.nearest import Nearest
from tidegate.licensing.whatif import WhatIf

__all__ = ["decision_record", "print_decision"]

_ORDER = (
    Outcome.PROHIBITED, Outcome.LICENCE_REQUIRED, Outcome.QUOTA, Outcome.UNKNOWN, Outcome.NOTIFICATION,
    Outcome.DISCOURAGED, Outcome.EXCEPTION, Outcome.NONE, Outcome.NOT_SUBJECT,
)  # fmt: skip
"""What a reader must know first stands first."""


def decision_record(decision: Decision, changed: WhatIf | None, near: Sequence[Nearest]) -> dict[str, Any]:
    """Return what JSON shows: the decision, and what would change it."""
    return {
        **decision.about(),
        "decisions": {key: own.row() for key, own in decision.by_government.items()},
        "what_if": changed.row() if changed else None,
        "nearest": [change.row() for change in near],
    }


def print_decision(
    decision: Decision, regime: Regime, changed: WhatIf | None, near: Sequence[Nearest]
) -> None:
    """Print a decision; regime: the one it was made under, for the standing of its measures."""
    print_line(_headline(decision))
    for text in _question(decision):
        print_line(text, 2, "dim")
    answers = decision.by_government.values()
    folded = [d for d in answers if _waits_for_exporter(d, decision)]
    for own in sorted(answers, key=lambda d: (_ORDER.index(d.outcome), d.government)):
        if own.outcome not in (Outcome.NOT_SUBJECT, Outcome.NONE) and own not in folded:
            print_government(own, regime, [n for n in near if n.government == own.government])
    _print_folded(folded)
    _print_quiet(decision)
    for conflict in decision.conflicts:
        may = "breaks" if conflict.certain else "may break"
        print_line()
        print_line(
            f"Conflict: complying with {conflict.complying_with} {may} the law of {conflict.breaks_law_of}:"
        )
        print_line(f"{conflict.title} ({conflict.measure})", 2)
        if conflict.missing:
            print_line(f"It turns on: {listed(conflict.missing)}", 2)
        print_line(conflict.source, 2, "dim")
    if changed:
        _print_what_if(changed)
    _print_basis(decision)
    verified = [
        f.row()["verified"] for own in answers for f in own.findings if f.provision.measure.id in own.measures
    ]
    about = {**decision.about(), "starts": regime.starts.isoformat() if regime.starts else None}
    footnotes([{"verified": all(verified)}], about)


def _headline(decision: Decision) -> Text:
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
    return Text.assemble((words, "bold"), ": ", (_strictest(decision), STYLES.get(decision.outcome, "bold")))


def _strictest(decision: Decision) -> str:
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


def _is_strict(outcome: Outcome) -> bool:
    return list(Outcome).index(outcome) > list(Outcome).index(Outcome.EXCEPTION)


def _question(decision: Decision) -> Iterator[str]:
    """What the reader should know of the question as it was understood."""
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


def _waits_for_exporter(own: GovernmentDecision, decision: Decision) -> bool:
    told = "exporter_country" in decision.transaction.facts
    return own.outcome is Outcome.UNKNOWN and not told and "exporter_country" in own.unknown


def _print_folded(folded: Sequence[GovernmentDecision]) -> None:
    if not folded:
        return
    names = ", ".join(own.government for own in folded)
    print_line()
    why = ", because the country that it leaves from is not given. Say: --from XX"
    print_line(Text.assemble((f"{names}  ", "bold"), ("unknown", STYLES[Outcome.UNKNOWN]), why))
    for own in folded:
        more = [fact for fact in own.unknown if fact != "exporter_country"]
        if more:
            print_line(f"{own.government} also turns on: {listed(more)}", 4)


def _print_quiet(decision: Decision) -> None:
    """The governments that ask nothing, and those whose law does not reach it."""
    answers = decision.by_government.values()
    facts = decision.transaction.facts
    quiet = [own for own in answers if own.outcome is Outcome.NONE]
    told = "exporter_country" in facts
    print_line()
    if quiet:
        where = "" if told else ", wherever it leaves from"
        print_line(f"Nothing asked{where}: {', '.join(own.government for own in quiet)}")
        for own in quiet:
            if own.assumes:
                print_line(
                    f"{own.government} as long as nothing is known of: {listed(own.assumes)}", 4, "dim"
                )
            print_pending(own.coming)
    outside = [own.government for own in answers if own.outcome is Outcome.NOT_SUBJECT]
    if outside:
        print_line(f"Not subject: {', '.join(outside)}")
    concerned = {"US", facts.get("destination"), facts.get("origin")}
    for text in decision.not_covered:
        # Without a country that it leaves from, most governments are asked only in case.
        if told or text.partition(":")[0] in concerned:
            print_line(f"Not covered: {text}", 0, "dim")


def _print_what_if(changed: WhatIf) -> None:
    print_line()
    facts = ", ".join(
        f"{name} = {'not given' if v is None else show(v)}" for name, v in changed.changes.items()
    )
    print_line(
        Text.assemble(
            ("What if ", "bold"),
            facts,
            ": ",
            (WORDS[changed.after.outcome], STYLES.get(changed.after.outcome, "bold")),
        )
    )
    for key in changed.differs:
        pair = [
            in_words(d.by_government[key]) if key in d.by_government else "not asked"
            for d in (changed.before, changed.after)
        ]
        measures = changed.after.by_government[key].measures if key in changed.after.by_government else ()
        by = f" ({listed(measures)})" if measures else ""
        print_line(f"{key}: {pair[0]} -> {pair[1]}{by}", 4)
    if not changed.differs:
        print_line("No government answers differently.", 4)


def _print_basis(decision: Decision) -> None:
    """The facts that the answers shown use and that nobody gave, by where they come from."""
    used = {
        clause.column
        for own in decision.by_government.values()
        for f in (*own.findings, *own.tried)
        for clause in f.clauses
    }
    groups: dict[str, list[str]] = {}
    for name, origin in decision.transaction.origins.items():
        if name in used:
            groups.setdefault(origin, []).append(f"{name} {show(decision.transaction.facts[name])}")
    if groups:
        print_line()
        print_line("Facts filled in", style="dim")
        for origin, facts in groups.items():
            print_line(f"{origin}: {'; '.join(facts)}", 2, "dim")

"""A determination as text for people: the answer first, then government by government, then its basis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tidegate.cli.render import footnotes
from tidegate.cli.render_government import STYLES, print_government, print_line, print_pending
from tidegate.licensing import GovernmentDecision, Outcome
from tidegate.licensing.check import Checked
from tidegate.licensing.layout import Layout, deciding, lay_out
from tidegate.licensing.logic import show
from tidegate.licensing.whatif import WhatIf
from tidegate.licensing.wording import WORDS, headline, in_words, listed, question_lines, strictest_words

if TYPE_CHECKING:
    from tidegate.licensing.parties import Filled

__all__ = ["print_checked"]


def print_checked(checked: Checked) -> None:
    """Print a decision and what would change it."""
    decision, regime, changed = checked.decision, checked.regime, checked.changed
    style = STYLES.get(decision.outcome, "bold")
    print_line(Text.assemble((headline(decision), "bold"), ": ", (strictest_words(decision), style)))
    for text in question_lines(decision):
        print_line(text, 2, "dim")
    if checked.parties:
        print_parties(checked.parties)
    laid = lay_out(decision)
    for own in laid.answering:
        print_government(own, regime, [n for n in checked.near if n.government == own.government])
    _print_folded(laid.waiting)
    _print_quiet(laid, told="exporter_country" in decision.transaction.facts)
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
    _print_basis(laid)
    answers = decision.by_government.values()
    verified = [finding.row()["verified"] for own in answers for finding in deciding(own)]
    about = {**decision.about(), "starts": regime.starts.isoformat() if regime.starts else None}
    footnotes([{"verified": all(verified)}], about)


def print_parties(filled: Filled) -> None:
    """Print what lists and owners told of the end user, and what they left open."""
    print_line()
    looked = "; ".join(f"{title}{f' of {day}' if day else ', day not told'}" for title, day in filled.lists)
    print_line(Text.assemble(("Lists and owners", "bold"), f"  {looked}"))
    for column, why in filled.origins.items():
        print_line(f"{column} = {show(filled.facts[column])}: {why}", 4)
    for column, why in filled.open.items():
        print_line(f"{column} stays open: {why}", 4, "dim")
    for answer in filled.ownership:
        if answer.steps:
            print_line(f"{answer.rule.title}: {answer.verdict} ({answer.rule.citation})", 4)
            for step in answer.steps[:_STEPS]:
                print_line(str(step), 8, "dim")


_STEPS = 12
"""Holdings shown of a chain; --json has all."""


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


def _print_quiet(laid: Layout, *, told: bool) -> None:
    """The governments that ask nothing, and those whose law does not reach it."""
    print_line()
    if laid.quiet:
        where = "" if told else ", wherever it leaves from"
        print_line(f"Nothing asked{where}: {', '.join(own.government for own in laid.quiet)}")
        for own in laid.quiet:
            if own.assumes:
                print_line(
                    f"{own.government} as long as nothing is known of: {listed(own.assumes)}", 4, "dim"
                )
            print_pending(own.coming)
    if laid.outside:
        print_line(f"Not subject: {', '.join(own.government for own in laid.outside)}")
    for text in laid.not_covered:
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


def _print_basis(laid: Layout) -> None:
    """The facts that the answers shown use and that nobody gave, by where they come from."""
    if laid.filled_in:
        print_line()
        print_line("Facts filled in", style="dim")
        for origin, facts in laid.filled_in.items():
            print_line(f"{origin}: {'; '.join(facts)}", 2, "dim")

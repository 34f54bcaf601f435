"""`tidegate watch`: questions asked again, and what changed told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidegate.cli.options import As, Folders, Format, Json, On, Scenario, ledger_of, today

if TYPE_CHECKING:
    from tidegate.watch import Round

__all__ = ["watch_app"]

watch_app = typer.Typer()


@watch_app.command()
def watch(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="A YAML file: what to ask, and how to tell a change.")
    ],
    state: Annotated[
        Path | None, typer.Option("--state", metavar="FILE", help="Where answers are kept (default: beside QUESTIONS).")
    ] = None,
    first: Annotated[
        bool, typer.Option("--first", help="Tell also what is answered the first time; without, it is only shown.")
    ] = False,
    on: On = None, ledger: Folders = None, scenario: Scenario = None, format_: As = Format.TABLE, json_: Json = False,
) -> None:  # fmt: skip
    """Ask questions again and tell what changed since the last time, by file, webhook or mail.

    One round, for a timer; docs/watch.md has the file. Exit code 1: something could not be told, and is kept.

    Example: tidegate watch questions.yaml
    """
    from tidegate.cli.render import show
    from tidegate.dates import parse_day
    from tidegate.errors import MissingExtraError

    try:
        from tidegate.web.question import Site
        from tidegate.web.watching import watch_questions
    except ImportError as error:
        raise MissingExtraError(f"{error.name} is not installed. Run: pip install 'tidegate[web]'") from None

    day = parse_day(on or today())
    done = watch_questions(questions, Site(ledger_of(ledger, scenario), lambda: day), state, tell_first=first)
    if not show(done.table(), Format.JSON if json_ else format_):
        _print(done)
    if done.waiting:
        raise typer.Exit(1)


def _print(done: Round) -> None:
    import sys

    for told in done.questions:
        before = f", since the run of {told.before}" if told.before else ""
        words = {"first": "asked for the first time", "same": "as before", "changed": "changed"}[told.status]
        print(f"{told.question}: {words}{before}")
        if told.status == "first":
            facts = [fact for fact in told.answer.facts.values() if fact.state]
            for fact in facts[:_SHOWN]:
                print(f"  {fact.title}: {fact.text}")
            if len(facts) > _SHOWN:
                print(f"  and {len(facts) - _SHOWN} more; --json has all")
        for change in told.changes[:_SHOWN]:
            print(f"  {change}")
            print(f"    since {change.since}")
            for word in change.words[:2]:
                print(f"    on the word of {word}")
        if len(told.changes) > _SHOWN:
            print(f"  and {len(told.changes) - _SHOWN} more; --json has all")
        for name in told.told:
            print(f"  told: {name}")
        for reason in told.not_told:
            print(f"tidegate: {told.question}: not told: {reason}", file=sys.stderr)
    for reason in done.dropped:
        print(f"tidegate: {reason}", file=sys.stderr)


_SHOWN = 12
"""Facts and changes shown of one question."""

"""Cases and tables that were decided, as text for people and as tables for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.cli.render import footnotes, print_table
from tidegate.cli.render_government import print_line
from tidegate.licensing import GovernmentDecision, Outcome
from tidegate.licensing.cases import CaseAnswer
from tidegate.licensing.wording import listed
from tidegate.tables import Table

__all__ = ["cases_table", "print_cases", "print_decided"]

_COLUMNS = (
    "id", "on", "government", "outcome", "review", "expected", "agrees", "measures", "unknown", "error",
)  # fmt: skip
_REVIEWS = ("case_by_case", "presumption_of_denial", "presumption_of_approval", "denial")


def cases_table(answers: Sequence[CaseAnswer]) -> Table:
    """Return one row a case and government, beside the expected answer where the file has one."""
    rows = []
    for answer in answers:
        expected = answer.case.expected or {}
        decided = answer.decision.by_government if answer.decision else {}
        for key in sorted({*decided, *expected}) or [""]:
            own = decided.get(key)
            if own is None or key in expected or own.outcome is not Outcome.NOT_SUBJECT:
                rows.append(_row(answer, key, own, expected.get(key)))
    return Table(tuple(rows), _COLUMNS, rows_name="answers")


def _row(
    answer: CaseAnswer, government: str, own: GovernmentDecision | None, expected: str | None
) -> dict[str, Any]:
    return {
        "id": answer.case.id,
        "on": answer.case.on.isoformat() if answer.case.on else None,
        "government": government,
        "outcome": own.label if own else None,
        "review": own.review.value if own and own.review else None,
        "expected": expected,
        "agrees": _agrees(own, expected),
        "measures": list(own.measures) if own else [],
        "unknown": list(own.unknown) if own else [],
        "error": answer.error,
    }


def _agrees(own: GovernmentDecision | None, expected: str | None) -> str | None:
    """How an answer stands to the expected one: exact, less exact (no review policy, no name), or no."""
    if expected is None:
        return None
    if own is None:
        return "no"
    exact = {own.label, own.review.value if own.review else own.label}
    if expected in exact:
        return "exact"
    coarser = expected in _REVIEWS and own.outcome is Outcome.LICENCE_REQUIRED and own.review is None
    if coarser or expected.partition(":")[0] == own.label:
        return "less exact"
    return "no"


def _why(row: Mapping[str, Any]) -> str:
    if row["error"]:
        return str(row["error"])
    return f"not given: {listed(row['unknown'])}" if row["unknown"] else listed(row["measures"])


def print_cases(answers: Sequence[CaseAnswer], about: Mapping[str, Any]) -> None:
    """Print the answers of cases; where the file has expected answers, how many agree."""
    table = cases_table(answers)
    rows = [{**row, "why": _why(row)} for row in table]
    print_table(f"{len(answers)} cases",
                [("on", "on"), ("by", "government"), ("answer", "outcome"), ("review", "review"),
                 ("expected", "expected"), ("agrees", "agrees"), ("case", "id"), ("measures", "why")],
                rows)  # fmt: skip
    marks = [row["agrees"] for row in table if row["agrees"]]
    if marks:
        exact, loose = marks.count("exact"), marks.count("less exact")
        print_line()
        counts = f"exact {exact}, right but less exact {loose}, different {marks.count('no')}"
        print_line(f"Expected answers: {len(marks)}; {counts}.")
    footnotes([], about)


def print_decided(record: Mapping[str, Any]) -> None:
    """Print what came of a table."""
    print_line(f"{record['rows']:,} rows decided, {record['failed']:,} of them with an error.")
    if record["classes"] is not None:
        print_line(f"The law tells {record['classes']:,} of them apart.")
    for outcome, count in record["counts"].items():
        print_line(f"{count:>14,}  {outcome.replace('_', ' ')}")
    if record["carried_along"]:
        print_line(f"Carried along, being no columns of a transaction: {listed(record['carried_along'])}")
    written = f"Written to {record['out']}." if record["out"] else "Nothing written: give --out FILE.parquet."
    print_line(written)
    footnotes([], {})

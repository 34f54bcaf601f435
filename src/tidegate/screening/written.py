"""Answers about many names, written as they come."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator

from tidegate.screening.answer import COLUMNS, Screening
from tidegate.tables import csv_writer

__all__ = ["as_csv", "as_json"]


def as_json(answers: Iterable[Screening]) -> Iterator[str]:
    """Yield the pieces of a JSON array with an object a line for each name."""
    yield "["
    before = "\n"
    for answer in answers:
        yield before + json.dumps(answer.to_dict(), ensure_ascii=False, default=str)
        before = ",\n"
    yield "\n]\n"


def as_csv(answers: Iterable[Screening]) -> Iterator[str]:
    """Yield the lines of a table under `COLUMNS`: a row a hit, and one for each name without any."""
    out = io.StringIO()
    write = csv_writer(out, COLUMNS)
    for answer in answers:
        for row in answer.rows():
            write(dict(row) | {"countries": ";".join(row["countries"] or ())})
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()

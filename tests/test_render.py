"""Tables for people, on wide and narrow terminals."""

import pytest
from rich.console import Console

from tidegate.cli import render

ROWS = [
    {
        "id": "us-2025-05-23-eda-letters",
        "stage": "in_force",
        "title": "Letters",
        "until": None,
        "verified": False,
    },
    {"id": "cn-2025-10-09-ann-61", "stage": "unknown", "title": "Licences", "until": None, "verified": True},
]
COLUMNS = [("measure", "id"), ("stage", "stage"), ("until", "until"), ("what", "title")]


@pytest.fixture(params=[60, 200], ids=["narrow", "wide"])
def printed(request, monkeypatch, capsys):
    monkeypatch.setattr(render, "console", lambda: Console(width=request.param, highlight=False))
    render.print_table("Two measures", COLUMNS, ROWS)
    return request.param, capsys.readouterr().out


def test_every_measure_and_its_stage_is_there_at_any_width(printed):
    width, text = printed

    assert max(map(len, text.splitlines())) <= width
    for row in ROWS:
        assert row["id"] in text
        assert row["title"] in text


def test_on_a_narrow_terminal_the_id_stands_under_the_words(printed):
    width, text = printed
    line = next(line for line in text.splitlines() if "us-2025-05-23-eda-letters" in line)

    assert ("in_force" in line) == (width == 200)


def test_an_empty_column_is_left_out_and_an_unverified_fact_is_marked(printed):
    _, text = printed

    assert "until" not in text
    assert "in_force ?" in text
    assert "unknown ?" not in text

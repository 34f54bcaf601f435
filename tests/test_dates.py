"""Dates as exact as their source."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.dates import parse_day, parse_when
from tidegate.errors import BadInputError


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-02-25", "2025-02-25", "2025-02-25"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-10-12/2025-10-13", "2025-10-12", "2025-10-13"),
        ("2025-10/2025-11", "2025-10-01", "2025-11-30"),
    ],
)
def test_a_date_is_the_days_it_may_mean(text, first, last):
    when = parse_when(text)

    assert (first, last) == (when.first.isoformat(), when.last.isoformat())
    assert when.is_exact == (first == last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25-02-2025",
        "2025-13",
        "2025-02-30",
        "2025-2-3",
        "0000",
        "2025-10-13/2025-10-12",
        "soon",
        "1899",
        "2200-01",
        "9999-12-31",
        "2025/",
        "/2025",
    ],
)
def test_what_is_no_date_is_refused_with_the_text(text):
    with pytest.raises(BadInputError, match="Write"):
        parse_when(text)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_every_day_reads_back_as_itself(day):
    assert day == parse_day(day.isoformat())
    assert parse_when(day.isoformat()).is_exact


@given(st.text(max_size=24))
def test_any_text_is_a_date_or_a_clear_error(text):
    try:
        when = parse_when(text)
    except BadInputError as error:
        assert repr(text)[1:-1] in str(error) or text in str(error)
    else:
        assert when.first <= when.last


def test_a_day_needs_a_day():
    with pytest.raises(BadInputError, match="YYYY-MM-DD"):
        parse_day("2025-06")
    assert parse_day("2025-06-15") == dt.date(2025, 6, 15)

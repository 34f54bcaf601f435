"""Tables as CSV for people: every text can be read, none is worked out by a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.tables import Table

# OWASP, CSV Injection: what a cell must not begin with.
WORKED_OUT = tuple("=+-@＝＋－＠\t\r\n")


def cells(*values):
    """The cells of one row as a spreadsheet gets them."""
    columns = tuple(f"c{place}" for place in range(len(values)))
    text = Table((dict(zip(columns, values, strict=True)),), columns).to_csv()
    return list(csv.reader(io.StringIO(text, newline="")))[1]


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("https://evil.example","Chips")', "+1 555 0100", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "＝1+1", "-", "-1\n"],
)  # fmt: skip
def test_text_of_strangers_is_no_formula(text):
    assert cells(text) == [f"'{text}"]
    assert cells((text, "b")) == [f"'{text};b"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-5, "-5"), (-0.25, "-0.25"), (-1e-9, "-1e-09"), ("-5", "-5"), ("+12.5", "+12.5"), ("-1e9", "-1e9"), (None, ""),
        (True, "true"), ("'quoted", "'quoted"), ("us-2022-10-07", "us-2022-10-07"), ("a = b", "a = b"), ({"a": "=1"}, '{"a": "=1"}'),
    ],
)  # fmt: skip
def test_numbers_and_every_other_text_stand_as_they_are(value, cell):
    assert cells(value) == [cell]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_every_text_comes_back_whole_behind_at_most_one_apostrophe(texts):
    for text, cell in zip(texts, cells(*texts), strict=True):
        assert cell in (text, f"'{text}")
        if cell.startswith(WORKED_OUT):
            float(cell)


@pytest.mark.parametrize("text", ["a\r=1", "a\n=1", "a\r\n=1", 'a"\r=1'])
def test_a_line_within_a_text_begins_no_row(text):
    assert cells(text, "b") == [text, "b"]


def test_json_holds_the_text_as_it_is():
    assert '"=1"' in Table(({"a": "=1"},), ("a",)).to_json()

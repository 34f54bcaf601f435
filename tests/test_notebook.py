"""What a notebook shows of an answer: escaped, with its question, nothing left out unsaid."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tidegate.ledger.changes import diff
from tidegate.licensing.check import check
from tidegate.notebook import MOST_ROWS, html_table
from tidegate.tables import Table


class _Parsed(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.fixed_dictionaries({"a": values, "<b>": values}), max_size=5), values)
def test_whatever_a_table_holds_only_tags_of_tables_come_out(rows, asked):
    parsed = _Parsed(html_table(rows, ("a", "<b>"), {"<script>": asked}))
    allowed = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "a", "span", "p", "small"}
    assert {tag for tag, _ in parsed.tags} <= allowed
    assert all(attrs["href"].startswith("http") for tag, attrs in parsed.tags if tag == "a")


def test_a_column_without_a_value_and_rows_beyond_the_first_are_told_of():
    rows = [{"id": f"m{n}", "note": None} for n in range(MOST_ROWS + 7)]
    words = _Parsed(html_table(rows, ("id", "note"), {})).words
    assert "7 more rows" in words
    assert "empty in every row: note" in words
    assert f"m{MOST_ROWS - 1}" in words
    assert f"m{MOST_ROWS}" not in words


def test_a_number_is_rounded_and_its_digits_stay_at_hand():
    parsed = _Parsed(html_table([{"effect": -60.2612345}], ("effect",), {}))
    assert "-60.26" in parsed.words
    assert any(attrs.get("title") == "-60.2612345" for _, attrs in parsed.tags)


def test_an_address_becomes_a_link_and_a_script_does_not():
    parsed = _Parsed(
        html_table([{"source": "https://www.bis.gov/x"}, {"source": "javascript:alert(1)"}], ("source",), {})
    )
    assert [attrs["href"] for tag, attrs in parsed.tags if tag == "a"] == ["https://www.bis.gov/x"]
    assert "bis.gov" in parsed.words


def test_an_empty_table_says_so():
    assert "no rows" in _Parsed(Table((), ("id",))._repr_html_()).words


def test_a_determination_shows_what_was_asked_and_what_is_unknown(ledger):
    words = _Parsed(check({"item": "h20", "destination": "CN"}, ledger, "2026-10-09")._repr_html_()).words
    assert "outcome: unknown" in words
    assert "on: 2026-10-09" in words
    assert "end_user" in words


def test_a_comparison_of_days_shows_its_days(ledger):
    words = _Parsed(diff(ledger, "2022-10-06", "2022-10-22")._repr_html_()).words
    assert "2022-10-06" in words
    assert "us-2022-10-07" in words


def test_the_example_notebook_runs_and_each_answer_shows_itself():
    import ast
    import json
    from pathlib import Path

    import pytest

    pytest.importorskip("altair", reason="the last cell draws a picture")
    book = json.loads(
        (Path(__file__).parents[1] / "examples/notebooks/tour.ipynb").read_text(encoding="utf-8")
    )
    space: dict[str, object] = {}
    for cell in book["cells"]:
        if cell["cell_type"] != "code":
            continue
        *before, last = ast.parse("".join(cell["source"])).body
        exec(compile(ast.Module(before, []), cell["id"], "exec"), space)
        shown = eval(compile(ast.Expression(last.value), cell["id"], "eval"), space)
        assert hasattr(shown, "_repr_html_") or hasattr(shown, "_repr_mimebundle_"), cell["id"]

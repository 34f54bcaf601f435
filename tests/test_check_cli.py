"""`tidegate check` and `tidegate sql`: what comes out, where errors go, with which exit code."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tidegate.cli.app import app
from tidegate.errors import TidegateError

ROOT = Path(__file__).parents[1]
H20 = ("check", "--item", "h20", "--from", "US", "--to", "CN", "--end-user", "Alibaba", "--on", "2025-05-01")
CASES = """
- id: h20
  date: 2025-05-01
  item: {id: h20}
  exporter_country: US
  destination: CN
  activity: export
  end_user: {name: Alibaba, headquarters: CN, listed: false}
  expected: {US: licence_required, CN: none}
- id: scanner
  date: 2024-09-06
  item: {id: nxt-1980di}
  exporter_country: NL
  destination: CN
  activity: export
  expected: {NL: licence_required}
"""


def run(*args):
    result = CliRunner().invoke(app, [*map(str, args)])
    if result.exception and not isinstance(result.exception, SystemExit | TidegateError):
        raise result.exception
    return result


def test_the_first_line_says_what_goes_where_and_the_strictest_answer():
    result = run(*H20)

    assert (
        result.stdout.splitlines()[0]
        == "H20 SXM to China, for Alibaba Group, on 2025-05-01: LICENCE REQUIRED (US)"
    )
    assert result.exit_code == 1


def test_an_answer_says_by_which_measure_since_when_and_by_which_tests():
    text = run(*H20).stdout

    assert "us-2025-04-09-h20-is-informed-letter · in force since 2025-04-09" in text
    assert "      destination in us:d5_macau: CN\n" in text
    assert "      Source: https://" in text
    assert "Holds as long as nothing more is known of: end_user_military" in text
    assert "before 2025-04-09, provided the end user is on no list: nothing asked" in text
    assert "Not subject: DE, DK, ES" in text
    assert text.rstrip().endswith("A record with sources, not legal advice.")
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_governments_that_wait_for_the_country_of_export_stand_on_one_line():
    text = run("check", "--item", "h20", "--to", "CN", "--end-user", "Alibaba", "--on", "2025-05-01").stdout

    (line,) = [line for line in text.splitlines() if "--from XX" in line]
    assert "KR" in line.split("  ")[0]
    assert "Nothing asked, wherever it leaves from: CN" in text


def test_unknown_says_how_to_tell_the_missing_facts_and_exits_with_3():
    result = run("check", "--item", "rtx-4090", "--from", "US", "--to", "CN", "--on", "2023-12-15")

    assert result.exit_code == 3
    assert "Unknown, because not given: end_user, end_user_us_listed" in result.stdout
    assert "Say: --end-user ... --set end_user_us_listed=true|false" in result.stdout


def test_an_exception_is_named_and_exits_with_0():
    result = run("check", "--item", "rtx-4090", "--from", "US", "--to", "CN", "--on", "2023-12-15",
                 "--end-user", "Some Firm", "--set", "end_user.listed=no")  # fmt: skip

    assert result.exit_code == 0
    assert "US  licence exception NAC" in result.stdout
    assert "gives way to us-2023-11-17-nac" in result.stdout


def test_an_unlisted_headquarters_abroad_shows_what_is_printed_and_not_enforced():
    text = run("check", "--item", "b200", "--from", "US", "--to", "MY", "--end-user", "Some Firm",
               "--set", "end_user_headquarters=CN", "--on", "2026-06-15").stdout  # fmt: skip

    assert "review: presumption of denial" in text
    assert "Printed, not enforced: AI diffusion rule" in text
    assert "Coming, decides nothing yet: " in text
    assert "end_user 'Some Firm' is not in the catalog" in text


def test_json_holds_every_government_and_what_would_change_it():
    record = json.loads(run(*H20, "--json", "--what-if", "destination=JP").stdout)

    assert record["decisions"]["US"]["outcome"] == "licence_required"
    assert {n["government"] for n in record["nearest"]} == {"US"}
    assert record["what_if"]["changes"] == {"destination": "JP"}
    assert json.loads(run(*H20, "--json", "--no-nearest").stdout)["nearest"] == []


def test_csv_has_a_row_for_each_government():
    rows = list(csv.DictReader(io.StringIO(run(*H20, "--format", "csv").stdout)))

    assert {row["government"]: row["outcome"] for row in rows}["US"] == "licence_required"


def test_a_what_if_shows_who_answers_differently():
    ask = ("check", "--set", "kind=chip", "--set", "tpp=6000", "--set", "data_center=yes",
           "--set", "performance_density=1", "--from", "US", "--to", "CN", "--end-user",
           "Some Firm", "--set", "end_user_us_listed=no", "--on", "2024-06-01")  # fmt: skip

    assert (
        "US: licence required; review: presumption of denial -> nothing asked"
        in run(*ask, "--what-if", "item.tpp=1000").stdout
    )
    assert "No government answers differently." in run(*ask, "--what-if", "item.tpp=6001").stdout


def test_cases_are_answered_in_order_and_held_against_what_is_expected(tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(CASES, encoding="utf-8")

    rows = json.loads(run("check", "--cases", path, "--format", "json").stdout)
    assert [row["id"] for row in rows] == ["h20", "scanner"]
    assert rows[0]["decisions"]["US"] == {
        "outcome": "licence_required", "review": None, "unknown": [],
        "measures": ["us-2025-04-09-h20-is-informed-letter"],
        "assumes": rows[0]["decisions"]["US"]["assumes"],
    }  # fmt: skip

    result = run("check", "--cases", path)
    assert "Expected answers: 3; exact 2, right but less exact 0, different 1." in result.stdout
    assert result.exit_code == 0


def test_a_case_with_an_error_does_not_stop_the_others(tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(CASES.replace("2024-09-06", "6.9.2024"), encoding="utf-8")
    out = tmp_path / "answers.json"

    result = run("check", "--cases", path, "--format", "json", "--out", out)

    assert result.exit_code == 2
    assert "scanner: date:" in result.stderr
    assert [("error" in row) for row in json.loads(out.read_text("utf-8"))] == [False, True]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("check", "--item", "h21", "--to", "CN"), "Ids that are near: .*h20"),
        (("check", "--item", "h20", "--to", "Atlantis"), "destination: .*Nothing among countries"),
        (("check", "--item", "h20", "--set", "tpp=much"), "tpp: .*'much' is no number"),
        (("check", "--item", "h20", "--set", "tpp"), "Write tpp=2000"),
        (("check", "--item", "h20", "--what-if", "date=2025-01-01"), "--on another day"),
        (("check", "--item", "h20", "--activity", "sell"), "Words: export"),
        (("check",), "Nothing is asked"),
        (("check", "--item", "h20", "--cases", "x.yaml"), "Ask one thing"),
        (("check", "--item", "h20", "--out", "x.json"), "--out"),
        (("sql", "--dialect", "klingon"), "Dialects: .*snowflake"),
        (("sql", "--on-days", "2025-02-01", "2025-01-01"), "earlier day first"),
    ],
)
def test_wrong_input_is_told_with_the_field_and_the_mend(args, words):
    with pytest.raises(TidegateError, match=words):
        raise run(*args).exception


def test_sql_is_a_statement_of_the_dialect():
    import sqlglot

    text = run("sql", "--dialect", "snowflake", "--on-days", "2025-01-01", "2025-01-31").stdout

    assert text.startswith("-- tidegate: the rows of `transactions` dated 2025-01-01 to 2025-01-31")
    assert "us_outcome" in text
    sqlglot.parse_one(text, dialect="snowflake")


def test_the_country_chart_is_asked_where_the_user_has_its_files():
    files = ("title-15-part-774-2026-07-23.xml", "govinfo-part-738.xml", "part-740.xml")
    options = [part for name in files for part in ("--ccl", ROOT / "tests" / "data" / "ecfr" / name)]
    ask = ("check", "--eccn", "3B001.c", "--set", "kind=tool", "--from", "US", "--to", "CN", "--end-user", "Some Firm",
           "--set", "end_user_us_listed=no", "--on", "2026-07-23")  # fmt: skip

    assert "us-country-chart" not in run(*ask).stdout
    assert "us-country-chart" in run(*ask, *options).stdout
    with pytest.raises(TidegateError, match="one shipment at a time"):
        raise run("check", "--cases", "x.yaml", *options).exception

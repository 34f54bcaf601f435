"""The day of a story: taken from a dateline or from metadata, never from a sentence."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.claims.documents import read_document
from tidegate.claims.documents.dateline import day_in_dateline, day_written


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Feb 25, 2025\nThe Dutch government thinks.", "2025-02-25"),
        ("Chips\nPublished: Feb 25, 2025\nUpdated: Feb 26, 2025\nThe Dutch government thinks.", "2025-02-25"),
        ("Chips\nBy X | May 5, 2025\nThe rule stands.", "2025-05-05"),
        ("Chips\nBy Ann Lee and Bo van Dam, May 5, 2025 10:15 AM EST\nThe rule stands.", "2025-05-05"),
        ("Chips\nReuters | 5 May 2025\nThe rule stands.", "2025-05-05"),
        ("Chips\n5 May 2025 | Reuters\nThe rule stands.", "2025-05-05"),
        ("Tuesday, 25 February 2025\nThe rule stands.", "2025-02-25"),
        ("2025-02-25T10:00:00Z\nThe rule stands.", "2025-02-25"),
        ("WASHINGTON, Oct. 7, 2022 (Reuters) - The US has acted.", "2022-10-07"),
        ("WASHINGTON, D.C. – October 7, 2022 – The Bureau has acted.", "2022-10-07"),
        ("The rule stands.\n" * 20 + "Posted on May 5, 2025 by Ann", "2025-05-05"),
    ],
)  # fmt: skip
def test_a_day_with_its_year_in_the_place_of_a_dateline_is_the_day_of_the_story(text, day):
    assert day_in_dateline(text) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "The rule takes effect on March 1, 2024.",
        "Export rules take effect May 15, 2025",
        "New rules, effective May 15, 2025",
        "In force | May 15, 2025",
        "Effective date: May 15, 2025",
        "Reuters | Updated May 5, 2025",
        "By end of quarter, May 15, 2025",
        "Licences issued May 15, 2025 were revoked",
        "WASHINGTON, Oct 21 (Reuters) - Suppliers got licences",
        "05/06/2025\nThe rule stands.",
        "May 5, 2025\nThe rule stands.\nMay 6, 2025",
        "Published: May 5, 2025\nPublished: May 6, 2025",
        "Feb 30, 2025\nThe rule stands.",
        "The rule stands.\n" * 10 + "May 5, 2025\n" + "The rule stands.\n" * 10,
        "",
    ],
)  # fmt: skip
def test_a_day_of_something_else_or_one_that_may_be_two_days_is_not_taken(text):
    assert day_in_dateline(text) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-02-25T23:30:00-05:00", "2025-02-25"), ("Tue, 25 Feb 2025 22:00:00 -0500", "2025-02-25"),
        ("Feb 25, 2025", "2025-02-25"), ("20250225", "2025-02-25"), (20250225, "2025-02-25"),
    ],
)  # fmt: skip
def test_metadata_gives_the_day_as_written_in_whatever_zone(written, day):
    assert day_written(written) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "written", ["2025-02", "1740441600", "2025-13-40", "05/06/2025", "0025-01-01", None, "soon", {"a": 1}, ""]
)
def test_metadata_that_names_no_day_gives_none(written):
    assert day_written(written) is None


@settings(max_examples=300, deadline=1000)
@given(st.text(alphabet="ByPublished: May 5, 2025|–-\n0123T.()", max_size=150))
def test_any_text_has_a_day_or_none(text):
    assert day_in_dateline(text) is None or 1900 <= day_in_dateline(text).year < 2200
    assert day_written(text) is None or 1900 <= day_written(text).year < 2200


def test_a_file_named_by_a_day_gives_it_where_the_story_gives_none(tmp_path):
    path = tmp_path / "2024-05-08_licences-revoked.txt"
    path.write_text("The US has revoked licences. Shares fell on Tuesday.")

    document = read_document(path)

    assert document.published == dt.date(2024, 5, 8)
    assert document.notes == ("its day is taken from the file's name",)


def test_the_day_a_story_gives_goes_before_the_one_its_file_is_named_by(tmp_path):
    path = tmp_path / "2024-05-08_licences-revoked.md"
    path.write_text("---\npublished: 2024-05-07\n---\nThe US has revoked licences.")

    assert read_document(path).published == dt.date(2024, 5, 7)


@pytest.mark.parametrize("stem", ["2024-05-99_x", "20240508", "2024-05-081", "notes-2024-05-08"])
def test_another_name_gives_no_day(tmp_path, stem):
    path = tmp_path / f"{stem}.txt"
    path.write_text("The US has revoked licences.")

    assert read_document(path).published is None

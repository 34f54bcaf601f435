"""The vocabulary of names and the names in other scripts: data that people edit, kept in order."""

import csv
from collections import defaultdict

from tidegate import data
from tidegate.dates import parse_day
from tidegate.screening.lexicon import lexicon
from tidegate.screening.words import words_of


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WORDS = rows(data.SCREENING / "words.csv")
FOREIGN = rows(data.CATALOG / "foreign_names.csv")


def test_a_way_of_writing_stands_for_one_word():
    said = defaultdict(set)
    for row in WORDS:
        for way in row["written"].split("|"):
            said[way, row["kind"] == "reading"].add((row["kind"], row["word"]))

    assert {way: words for way, words in said.items() if len(words) > 1} == {}


def test_every_word_is_of_a_kind_that_is_known():
    assert {row["kind"] for row in WORDS} == {"form", "generic", "stop", "number", "reading"}
    assert all(row["word"] and row["written"] for row in WORDS)


def test_a_word_of_the_vocabulary_reads_as_itself():
    for way, (kind, word) in lexicon().single.items():
        if kind != "stop":
            assert [(read.kind, read.text) for read in words_of(way)] == [(kind, word)], way


def test_a_foreign_name_has_a_source_a_day_and_says_whether_it_was_read():
    for row in FOREIGN:
        assert row["source"], row
        assert parse_day(row["as_of"]), row
        assert row["verified"] in ("true", "false"), row
        assert (row["verified"] == "false") == row["source"].startswith("general knowledge"), row
        assert all(name.isascii() or "’" in name for name in row["name"].split("|")), row
        assert all(name and not name.isascii() for name in row["foreign"].split("|")), row


def test_no_foreign_name_stands_for_two_parties():
    owners = defaultdict(set)
    for row in FOREIGN:
        for name in row["foreign"].split("|"):
            owners[name].add(row["name"])

    assert {name: parties for name, parties in owners.items() if len(parties) > 1} == {}

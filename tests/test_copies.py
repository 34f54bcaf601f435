"""Wire copies are one story; two stories on one event are two."""

import datetime as dt
import itertools
import random
import re
import time

import pytest

from tidegate.claims.copies import group_copies
from tidegate.claims.documents import Document, read_document

STORY = " ".join(
    f"Sentence {n} says that agency {n * 7} told supplier {n * 13} to hold back tool {n * 29} until review {n}."
    for n in range(24)
)


def cut(text, share):
    sentences = re.split(r"(?<=[.])\s+", text)
    return " ".join(sentences[: int(len(sentences) * share)])


@pytest.fixture(scope="module")
def labelled(shared):
    folder = shared / "claims"
    files = sorted([*(folder / "dev").glob("*.txt"), *(folder / "seeds").glob("*.txt")])
    if not files:
        pytest.skip("no labelled stories beside the checkout")
    return [read_document(file) for file in files]


EDITS = {
    "another headline": lambda text: "What the new step means for suppliers\n" + text,
    "the last third cut": lambda text: cut(text, 0.66),
    "the second half cut": lambda text: cut(text, 0.5),
    "another dateline": lambda text: "SEOUL, March 3 (Yonhap) -- " + text,
    "a sentence added": lambda text: cut(text, 0.5) + " The ministry has not decided yet, it said. " + text[len(text) // 2 :],
    "paragraphs reordered": lambda text: "\n".join(reversed([line for line in text.split("\n") if line.strip()])),
    "all of it": lambda text: "SEOUL, March 3 -- Another headline\n" + cut(text, 0.66) + " It did not say more.",
}  # fmt: skip


def test_different_stories_of_the_trade_are_never_grouped(labelled):
    assert group_copies(labelled) == ()


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_is_found_and_tied_to_its_own_story_only(labelled, edit):
    copies = [Document(f"copy of {story.name}", EDITS[edit](story.text)) for story in labelled]

    groups = group_copies([*labelled, *copies])

    expected = {(i, i + len(labelled)) for i in range(len(labelled))}
    assert {group.indexes for group in groups} <= expected
    assert len(groups) >= 0.98 * len(labelled)


def test_the_earliest_leads_and_each_copy_is_held_against_it():
    day = dt.date(2025, 6, 10)
    documents = [
        Document("late", "Headline\n" + STORY, published=day + dt.timedelta(1)),
        Document("undated", STORY),
        Document("excerpt", cut(STORY, 0.5), published=day + dt.timedelta(2)),
        Document("first", STORY + " Reporting by Ann.", published=day),
        Document("other", "Grapes ripen early in Burgundy this year, growers say, after a warm spring. " * 5),
    ]

    (group,) = group_copies(documents)

    assert (group.lead, group.indexes) == (3, (0, 1, 2, 3))
    members = {member.index: member for member in group.members}
    assert members[3].similarity == members[3].contained == 1.0
    assert members[2].similarity < 0.55
    assert members[2].contained > 0.95


def test_a_digest_of_the_day_does_not_tie_two_stories_together():
    other = re.sub(r"\d+", lambda number: str(int(number.group()) + 1000), STORY.replace("agency", "bank"))
    first, second = Document("a", STORY), Document("b", other)

    groups = group_copies(
        [
            Document("a", STORY, published=dt.date(2025, 6, 9)),
            Document("b", other, published=dt.date(2025, 6, 9)),
            Document("digest", STORY + "\n" + other, published=dt.date(2025, 6, 10)),
        ]
    )

    assert group_copies([first, second]) == ()
    assert len(groups) == 1
    assert not {0, 1} <= set(groups[0].indexes)


def test_a_paragraph_of_background_in_common_is_no_copy():
    background = cut(STORY, 0.25)
    others = [cut(STORY, 0.6).replace(" ", f"{ending} ") for ending in ("a", "o")]

    assert group_copies([Document(str(n), own + background) for n, own in enumerate(others)]) == ()


def test_short_texts_are_copies_only_where_they_are_the_same():
    documents = [Document("a", "No comment."), Document("b", "No  comment.\n"), Document("c", "No reply.")]

    assert [group.indexes for group in group_copies(documents)] == [(0, 1)]
    assert group_copies([]) == ()


def test_chinese_copies_are_found_without_spaces_between_words():
    text = "商务部新闻发言人就对稀土相关物项实施出口管制答记者问。稀土相关物项具有军民两用属性,对其实施出口管制是国际通行做法。"

    assert [
        group.indexes for group in group_copies([Document("a", text), Document("b", "新华社北京电 " + text)])
    ] == [(0, 1)]


def test_thousands_of_stories_take_seconds_and_the_same_order_every_time():
    chance = random.Random(7)
    words = ["".join(pair) for pair in itertools.product("bcdfghklmn", "aeiou", "rstvwxz", "aeiou")]
    originals = [Document(f"s{n}", " ".join(chance.choices(words, k=300))) for n in range(1000)]
    copies = [Document(f"c{n}", " ".join(story.text.split()[:200])) for n, story in enumerate(originals)]

    started = time.perf_counter()
    groups = group_copies([*originals, *copies])

    assert time.perf_counter() - started < 30
    assert [group.indexes for group in groups] == [(n, n + 1000) for n in range(1000)]
    assert groups == group_copies([*originals, *copies])

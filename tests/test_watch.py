"""Answers followed over the days: what changed, since when, on whose word; and the Atom twins that tell it."""

import datetime as dt
import re
from xml.etree import ElementTree

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

import feedparser

from tidegate.ledger import Ledger
from tidegate.ledger.query import Question
from tidegate.watch import (
    Answer,
    Change,
    Fact,
    Feed,
    MeasuresCourse,
    ShipmentCourse,
    TalksCourse,
    Word,
    changes_between,
    changes_over,
)
from tidegate.web import questions
from tidegate.web.follow import follow
from web_client import TODAY, client_of

H20 = {"item": "h20", "exporter_country": "US", "destination": "CN", "end_user": "Alibaba"}
ATOM = "{http://www.w3.org/2005/Atom}"
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def site(ledger):
    client = client_of(ledger)
    yield client
    client.close()


def days(first, last):
    return [first + DAY * number for number in range((last - first).days + 1)]


def over(course, first, last, on_days):
    changes, cut = changes_over(lambda day: course.answer(day, day), on_days, 10_000)
    assert not cut
    return {(change.day, change.key, change.state) for change in changes if first <= change.day <= last}


# --- what changed


def test_a_measure_that_lapses_changes_on_its_end_date_on_the_word_of_its_entry(ledger):
    course = MeasuresCourse(ledger, ids=frozenset({"cn-2025-10-09-ann-61"}))
    before, after = (course.answer(day, day) for day in (dt.date(2026, 11, 9), dt.date(2026, 11, 10)))

    [change] = [c for c in changes_between(before.facts, after) if c.key == "cn-2025-10-09-ann-61"]

    assert change.was.startswith("suspended until 2026-11-10")
    assert change.now.startswith("unknown")
    assert change.since == "2026-11-10"
    entry = ledger.standing("cn-2025-10-09-ann-61", "2026-11-10").entry
    assert (change.words[0].source, change.words[0].note) == (entry.source, entry.note)


def test_nothing_changes_between_two_days_on_which_all_stands_alike(ledger):
    course = MeasuresCourse(ledger, ids=frozenset({"cn-2025-10-09-ann-61"}))
    answer = course.answer(dt.date(2026, 11, 12), dt.date(2026, 11, 12))

    assert changes_between(answer.facts, course.answer(dt.date(2026, 11, 13), dt.date(2026, 11, 13))) == ()


def test_what_became_known_later_is_no_part_of_an_earlier_answer(ledger):
    measure, entry = next(
        (m, e) for m in ledger for e in m.history
        if e.role == "change" and e.when.is_exact and e.known > e.when.first + DAY and not m.limbs
        and all(o is e or o.when.first < e.when.first or o.when.first > e.known for o in m.history)
    )  # fmt: skip
    course = MeasuresCourse(ledger, ids=frozenset({measure.id}))

    def notes(known_by):
        fact = course.answer(entry.when.first, known_by).facts.get(measure.id)
        return [word.note for word in fact.words] if fact else []

    assert entry.note not in notes(entry.known - DAY)
    assert entry.note in notes(entry.known)


def test_a_date_comes_near_that_many_days_before_and_its_passing_is_no_news(ledger):
    course = MeasuresCourse(ledger, ids=frozenset({"cn-2025-10-09-ann-61"}), ahead=30)
    before = course.answer(dt.date(2026, 10, 10), dt.date(2026, 10, 10))
    near = course.answer(dt.date(2026, 10, 11), dt.date(2026, 10, 11))

    [change] = changes_between(before.facts, near)
    assert "comes near" in change.now
    assert "2026-11-10" in change.now
    on_the_day = course.answer(dt.date(2026, 11, 10), dt.date(2026, 11, 10))
    assert [c.key for c in changes_between(near.facts, on_the_day)] == ["cn-2025-10-09-ann-61"]


def test_a_determination_changes_with_the_measure_that_decides_it(ledger):
    course = ShipmentCourse(ledger, H20)
    on_days = course.days(dt.date(2025, 3, 31), dt.date(2025, 4, 30))
    changes, _ = changes_over(lambda day: course.answer(day, day), on_days, 50)

    us = next(change for change in changes if change.key == "US" and "licence required" in change.now)
    assert "us-2025-04-09-h20-is-informed-letter" in {word.measure for word in us.words}
    assert us.day >= dt.date(2025, 4, 9)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("measures", dt.date(2025, 10, 5), dt.date(2025, 11, 20)),
        ("shipment", dt.date(2025, 4, 5), dt.date(2025, 5, 16)),
        ("talks", dt.date(2025, 4, 1), dt.date(2025, 12, 1)),
    ],
)
def test_asking_on_the_change_days_finds_what_asking_every_day_finds(ledger, name, first, last):
    course = {
        "measures": MeasuresCourse(ledger), "shipment": ShipmentCourse(ledger, H20), "talks": TalksCourse(),
    }[name]  # fmt: skip
    few = course.days(first, last)

    assert over(course, first, last, few) == over(course, first, last, days(first, last))
    assert 0 < len(few) < (last - first).days
    assert over(course, first, last, few)


def test_a_shipment_decided_by_halves_is_answered_as_one_decided_anew(ledger):
    kept = ShipmentCourse(ledger, {"item": "nxt-1980di", "exporter_country": "NL", "destination": "CN"})
    for day in kept.days(dt.date(2024, 9, 3), dt.date(2024, 9, 9)):
        fresh = ShipmentCourse(ledger, kept.facts)
        assert {f.key: f.state for f in kept.answer(day, day).facts.values()} == {
            f.key: f.state for f in fresh.answer(day, day).facts.values()
        }


def test_a_fact_that_goes_before_its_day_is_told_and_one_that_expires_is_not():
    gone = Fact("x", "A date", "near 2026-05-01", "comes near", ("m",), (), dt.date(2026, 5, 1))

    early = changes_between({"x": gone}, Answer(dt.date(2026, 4, 20), {}))
    assert [(c.now, c.was) for c in early] == [(None, "comes near")]
    assert changes_between({"x": gone}, Answer(dt.date(2026, 5, 1), {})) == ()


def test_a_measure_that_leaves_the_stage_asked_for_is_told_with_where_it_went(ledger):
    course = MeasuresCourse(ledger, Question.of(stage="suspended"), frozenset({"cn-2025-10-09-ann-61"}))
    before, after = (course.answer(day, day) for day in (dt.date(2026, 11, 9), dt.date(2026, 11, 10)))

    [change] = [c for c in changes_between(before.facts, after) if c.key == "cn-2025-10-09-ann-61"]
    assert change.was.startswith("suspended until 2026-11-10")
    assert change.now.startswith("unknown, by word of officials until 2027-01-10")


def test_talks_are_followed_for_any_of_some_governments():
    day = dt.date(2026, 11, 21)
    one, other, both = (set(TalksCourse(by=by).answer(day, day).facts) for by in ("NL", "JP,", "NL, JP"))
    assert one
    assert other
    assert both == one | other


# --- Atom


ADDRESSES = [
    (asks, {name: value for name, value in example.items() if pinned or name not in asks.by_today})
    for asks in questions().values()
    if asks.has_feed
    for example in asks.examples[:1]
    for pinned in (False, True)
    if not pinned or asks.name == "measure"
]


@pytest.mark.parametrize(("asks", "values"), ADDRESSES, ids=lambda v: getattr(v, "name", ""))
def test_every_question_has_a_feed_that_is_valid_bounded_and_the_same_again(site, asks, values):
    answer = site.get(asks.address(values, "atom"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"

    root = ElementTree.fromstring(answer.content)
    for part in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{name}")) == 1
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", part.findtext(f"{ATOM}id"))
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert len(feed.entries) <= 50
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    updates = [entry.updated for entry in feed.entries]
    assert updates == sorted(updates, reverse=True)
    assert "not legal advice" in feed.feed.subtitle
    assert site.get(asks.address(values, "atom")).content == answer.content


def test_an_entry_says_what_changed_since_when_and_on_whose_word(site):
    feed = feedparser.parse(site.get("/measure/cn-2025-10-09-ann-61.atom").content)
    entry = feed.entries[0]

    assert entry.updated == "2026-11-10T00:00:00Z"
    assert "unknown" in entry.title
    assert "before: suspended until 2026-11-10" in entry.title
    assert next(link.href for link in entry.links if link.rel == "via").startswith("https://")
    assert "Since: 2026-11-10" in entry.content[0].value


def test_an_entry_keeps_its_id_when_the_day_moves_on(ledger):
    def ids(today):
        client = client_of(ledger)
        object.__setattr__(client.site, "today", lambda: today)
        found = feedparser.parse(client.get("/measure/cn-2025-10-09-ann-61.atom").content)
        client.close()
        return {entry.id for entry in found.entries}, found.feed.id

    assert ids(dt.date(2026, 11, 12)) == ids(dt.date(2026, 11, 21))
    assert ids(dt.date(2026, 11, 9))[0] < ids(dt.date(2026, 11, 10))[0]


def test_a_page_leads_to_its_feed_which_moves_on_with_the_days(site):
    page = site.get("/check?item=h20&destination=CN&on=2025-05-01").text
    assert '<link rel="alternate" type="application/atom+xml"' in page
    assert 'href="/check.atom?destination=CN&amp;item=h20"' in page


def test_a_question_about_one_legal_day_changes_only_with_what_is_known(site):
    asks = questions()["measure"]
    followed = follow(asks, [("id", "cn-2025-10-09-ann-61"), ("on", "2025-10-20")], site.site)

    assert followed.on == dt.date(2025, 10, 20)
    assert followed.feed(TODAY).changes == ()
    assert "on=2025-10-20" in followed.address


def test_a_feed_escapes_whatever_an_entry_says():
    nasty = '<script>alert("&")</script>\x00\x0b]]>'
    word = Word("m", nasty, "in_force", "2026-01-01", "https://x.test/?a=1&b=<2>", nasty, False)
    change = Change(dt.date(2026, 1, 1), "m", nasty, None, nasty, "s", (word,))
    feed = Feed("/x?a=<b>", nasty, (change,), dt.date(2025, 1, 1), dt.date(2026, 1, 2), False)

    text = feed.to_atom(page="http://s/", own="http://s/.atom", measure_page=lambda i, d: "http://s/m", about=nasty,
                        updated=dt.date(2026, 1, 1))  # fmt: skip

    ElementTree.fromstring(text.encode())
    assert "<script>" not in text
    parsed = feedparser.parse(text.encode())
    assert not parsed.bozo
    assert "<script>" not in parsed.entries[0].content[0].value


def test_a_feed_without_a_question_or_with_a_mistake_says_so_as_the_twins_do(site):
    for address, status, said in (
        ("/check.atom", 422, "Nothing is asked"),
        ("/today.atom?by=Atlantis", 422, "Atlantis"),
        ("/measure/nothing.atom", 404, "No measure"),
    ):
        answer = site.get(address)
        assert answer.status_code == status
        assert said in answer.json()["error"]["message"]


def test_a_feed_of_a_reader_who_has_it_is_not_sent_again(site):
    first = site.get("/rounds.atom")
    assert site.get("/rounds.atom", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    other = site.get("/rounds.atom", headers={"host": "other.test"})
    assert "http://other.test/rounds" in other.text


def test_a_scenario_says_in_its_feed_that_it_is_not_the_record(ledger):
    what_if = client_of(Ledger(ledger.measures, ledger.read_to, "A what-if", ledger.starts))
    assert "A what-if. This is not the record" in what_if.get("/rounds.atom").text
    what_if.close()

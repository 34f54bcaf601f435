"""The reading desk: words marked once, a story with what is known of it, decisions that stand and lead somewhere."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readings import AT, RECORDS, STORY, reading
from tidegate import data
from tidegate.claims import read_claims, read_document
from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document
from tidegate.claims.reconcile import reconcile
from tidegate.claims.store import Actor, OvertakenError, Store
from tidegate.claims.store.audit import changes
from tidegate.desk import (
    EXAMPLE,
    accepted_file,
    decide_claim,
    edited_claim,
    example_story,
    example_table,
    find_story,
    lay_out,
    mark_passages,
    story_table,
)
from tidegate.errors import BadInputError, NotFoundError
from tidegate.ledger.load import check_files

MB = Actor("mb", "proxy")
DAY = "2026-11-21"


@pytest.fixture
def store(address):
    with Store.open(address) as opened:
        opened.put(reading(), version="1", at=AT)
        opened.group_copies()
        yield opened


def on_desk(store, ledger):
    return find_story(store, ledger, reading().document.digest[:16], DAY)


def decide(store, ledger, number, verdict, **more):
    story = on_desk(store, ledger)
    given = {"actor": MB, "why": "read the notice", "at": AT, **more}
    decide_claim(store, ledger, story, story.claims[number - 1].id, verdict, **given)
    return on_desk(store, ledger).claims[number - 1]


# --- the marks


@st.composite
def stories(draw):
    text = draw(st.text(alphabet="ab \n.", min_size=1, max_size=60).filter(str.strip))
    places = st.integers(0, len(text) - 1)
    spans = draw(st.lists(st.tuples(places, places), max_size=6))
    claims = [
        Claim("figure", text[min(s) : max(s) + 1], min(s)) for s in spans if text[min(s) : max(s) + 1].strip()
    ]
    return Document("a", text), claims


@given(stories())
def test_the_pieces_are_the_text_and_each_character_tells_its_claims(story):
    document, claims = story
    for passage, pieces in zip(document.passages, mark_passages(document, claims), strict=True):
        assert "".join(piece.text for piece in pieces) == passage.text
        place = passage.start
        for piece in pieces:
            assert piece.text
            for at in range(place, place + len(piece.text)):
                over = {n for n, claim in enumerate(claims, 1) if claim.start <= at < claim.end}
                assert set(piece.claims) == over
            place += len(piece.text)


@given(stories())
def test_each_claim_begins_once_and_where_its_first_words_are(story):
    document, claims = story
    begun = [n for pieces in mark_passages(document, claims) for piece in pieces for n in piece.begins]
    assert sorted(begun) == list(range(1, len(claims) + 1))
    assert all(set(p.begins) <= set(p.claims) for pieces in mark_passages(document, claims) for p in pieces)


def test_of_claims_that_overlap_the_shortest_is_named_first():
    claims = [Claim("figure", "one two", 0), Claim("figure", "two", 4)]
    [pieces] = mark_passages(Document("a", "one two three"), claims)
    assert [(p.text, p.claims, p.begins) for p in pieces] == [
        ("one ", (1,), (1,)), ("two", (2, 1), (2,)), (" three", (), ()),
    ]  # fmt: skip


# --- a story laid out


def test_the_desk_says_of_each_claim_what_reconcile_says(ledger):
    held = reconcile([reading()], ledger, AT.date()).stories[0]
    laid = lay_out(reading(), ledger, DAY)
    assert [each.line.label for each in laid.claims] == [d.label for d in held.decisions]
    assert [each.line.measure for each in laid.claims] == [
        d.measure.id if d.measure else None for d in held.decisions
    ]
    assert laid.open == len(RECORDS)
    record = json.loads(laid.to_json())
    assert record["text"] == STORY
    for claim in record["claims"]:
        assert STORY[claim["start"] : claim["end"]] == claim["claim"]["sentence"]


def test_where_the_file_of_a_story_lies_is_not_told(ledger, tmp_path):
    with Store.open(tmp_path / "a.db") as store:
        store.put(reading(name="/home/mb/secret/dutch.txt"), version="1", at=AT)
        assert "secret" not in on_desk(store, ledger).to_json()
        assert story_table(store).rows[0]["name"] == "dutch.txt"


def test_the_shipped_story_is_read_as_the_local_reader_reads_it_today(ledger):
    """Mend: read it anew with `tidegate read`, and put what changed into data/desk/example.json."""
    fresh = read_claims(read_document(data.DESK / "example.md"))
    shown = example_story(ledger, DAY)
    assert tuple(each.read for each in shown.claims) == fresh.claims
    assert {each.line.label for each in shown.claims} >= {"supports", "updates", "contradicts", "new"}
    assert any(len(p.claims) > 1 for pieces in mark_passages(fresh.document, fresh.claims) for p in pieces)
    assert str(data.DESK) not in shown.to_json()
    assert len(example_table(ledger, DAY)) == 1


def test_the_shipped_story_cannot_be_decided_about(store, ledger):
    story = find_story(None, ledger, EXAMPLE, DAY)
    with pytest.raises(BadInputError, match="shipped example"):
        decide_claim(store, ledger, story, story.claims[0].id, "accept", actor=MB, why="so", at=AT)


@pytest.mark.parametrize("document", ["0" * 16, "%", "'", "no such", ""])
def test_a_story_that_is_not_there_is_said_to_be_none(store, ledger, document):
    with pytest.raises(NotFoundError, match="No story of this store"):
        find_story(store, ledger, document, DAY)


def test_a_reader_that_did_not_read_it_is_named_with_those_that_did(store, ledger):
    store.put(replace(reading(reader="model-x"), claims=reading().claims[:1]), version="1", at=AT)
    digest = reading().document.digest[:16]
    assert find_story(store, ledger, digest, DAY).reader == "local"
    assert len(find_story(store, ledger, digest, DAY, "model-x").claims) == 1
    with pytest.raises(NotFoundError, match=r"'y' did not read this story. Readers: local, model-x"):
        find_story(store, ledger, digest, DAY, "y")


# --- decisions


def test_an_acceptance_stands_with_who_when_why_and_a_file_that_the_ledger_takes(store, ledger, tmp_path):
    own = decide(store, ledger, 3, "accept")
    assert own.decided is not None
    assert (own.decided.who, own.decided.at, own.decided.why) == ("mb", AT, "read the notice")
    assert own.proposal is not None
    name, text = accepted_file(on_desk(store, ledger), own.id)
    (tmp_path / name).write_text(text, encoding="utf-8")
    report = check_files([tmp_path])
    assert (report.measures, report.problems) == (1, ())
    assert "Accepted by mb on 2026-11-21: read the notice." in " ".join(text.split())


def test_a_claim_that_is_not_accepted_has_no_file(store, ledger):
    for verdict in (None, "dismiss"):
        if verdict:
            decide(store, ledger, 3, verdict)
        story = on_desk(store, ledger)
        with pytest.raises(NotFoundError, match="no accepted ledger entry"):
            accepted_file(story, story.claims[2].id)


def test_the_last_word_stands_and_every_word_is_kept(store, ledger):
    decide(store, ledger, 1, "accept")
    own = decide(store, ledger, 1, "dismiss", why="read wrongly")
    assert own.decided is not None
    assert own.decided.verdict == "dismiss"
    assert [each.verdict for each in own.decisions] == ["accept", "dismiss"]


def test_an_edited_claim_is_held_against_the_ledger_as_edited_and_is_open_again(store, ledger):
    before = on_desk(store, ledger).claims[2]
    own = decide(store, ledger, 3, "edit", slots={"stage": "considering", "actor": "NL, US", "date": ""})
    assert own.is_edited
    assert own.decided is None
    assert (own.claim.stage, own.claim.actor, own.claim.date) == ("considering", ("NL", "US"), None)
    assert own.read == before.read
    assert own.id == before.id
    assert own.line.says != before.line.says
    accepted = decide(store, ledger, 3, "accept")
    assert accepted.claim == own.claim
    assert accepted.decided is not None


def test_an_edit_back_to_what_was_read_is_no_edit_any_more(store, ledger):
    decide(store, ledger, 3, "edit", slots={"stage": "considering"})
    assert not decide(store, ledger, 3, "edit", slots={"stage": "refused"}).is_edited


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ({"stage": "gone"}, "stage: 'gone' is none of"),
        ({"date": "2025-02-31"}, "no day of the calendar"),
        ({"actor": "the Dutch"}, "actor: 'the Dutch' is not a slug"),
        ({"sentence": "x"}, "sentence: this is no slot of a claim to edit"),
        ({"future": "maybe"}, "future: 'maybe' is neither true nor false"),
        ({"stage": "refused"}, "Nothing is changed"),
    ],
)
def test_an_edit_that_is_no_claim_is_refused_with_its_slot_and_nothing_is_written(store, ledger, slots, said):
    with pytest.raises(BadInputError, match=re.escape(said)):
        decide(store, ledger, 3, "edit", slots=slots)
    assert store.decisions() == ()
    assert len(changes(store)) == 0


def test_a_number_is_edited_as_a_number():
    figure = reading().claims[1]
    assert edited_claim(figure, {"value": "-13"}, STORY).value == -13
    assert edited_claim(figure, {"value": "1.5"}, STORY).value == 1.5
    assert edited_claim(figure, {"value": ""}, STORY).value is None
    with pytest.raises(BadInputError, match="value: 'many' is not a number"):
        edited_claim(figure, {"value": "many"}, STORY)


@given(number=st.sampled_from(range(len(RECORDS))), slots=st.dictionaries(
    st.sampled_from(["stage", "instrument", "actor", "items", "date", "value", "unit", "future", "certainty", "x"]),
    st.text(max_size=12) | st.sampled_from(["in_force", "NL, US", "2025", "1e400", "nan", "-1", "true", "٣"]),
    max_size=3))  # fmt: skip
def test_whatever_is_written_into_a_slot_gives_a_claim_or_an_error_that_names_it(number, slots):
    claim = reading().claims[number]
    try:
        made = edited_claim(claim, slots, STORY)
    except BadInputError as error:
        assert any(f"{name}: " in str(error) for name in slots)
    else:
        assert Claim.from_dict(made.to_dict(), STORY) == made


@pytest.mark.parametrize(
    ("given_", "said"),
    [({"why": "  "}, "on what grounds"), ({"why": "x" * 301}, "301 characters, 300 are allowed"),
     ({"verdict": "maybe"}, "'maybe' is none of accept, dismiss, edit"),
     ({"slots": {"stage": "lifted"}}, "Slots are for an edit")],
)  # fmt: skip
def test_a_decision_without_grounds_or_sense_is_refused(store, ledger, given_, said):
    with pytest.raises(BadInputError, match=said):
        decide(store, ledger, 3, **{"verdict": "accept", **given_})
    assert store.decisions() == ()


def test_who_saw_less_than_was_decided_is_told_and_writes_nothing(store, ledger):
    decide(store, ledger, 1, "accept", seen=0)
    with pytest.raises(OvertakenError, match=r"since the page was opened. mb said accept"):
        decide(store, ledger, 1, "dismiss", seen=0)
    assert decide(store, ledger, 1, "dismiss", seen=1).decided.verdict == "dismiss"


def test_each_change_is_on_record_with_what_stood_there_before(store, ledger):
    decide(store, ledger, 1, "accept", why="first")
    decide(store, ledger, 1, "dismiss", why="second")
    last, first = changes(store).rows
    assert (last["who"], last["via"], last["act"], last["about"]) == ("mb", "proxy", "dismiss", "claim")
    assert first["before"] is None
    assert last["before"] == first["after"]
    assert (last["before"]["why"], last["after"]["why"]) == ("first", "second")
    assert last["at"] == AT.isoformat()


# --- the list


def test_the_list_counts_what_is_open_and_finds_by_state_and_words(store, ledger):
    [row] = story_table(store)
    assert (row["claims"], row["open"], row["copies"]) == (3, 3, 0)
    assert [len(story_table(store, state=s)) for s in ("open", "decided")] == [1, 0]
    decide(store, ledger, 1, "edit", slots={"stage": "urged"})
    assert story_table(store).rows[0]["open"] == 3
    for number in (1, 2, 3):
        decide(store, ledger, number, "dismiss")
    assert story_table(store).rows[0]["open"] == 0
    assert [len(story_table(store, state=s)) for s in ("open", "decided")] == [0, 1]
    assert [len(story_table(store, words=w)) for w in ("ASML servicing", "asml", "Tokyo", "100%")] == [
        1,
        1,
        0,
        0,
    ]


def test_of_copies_the_leading_one_stands_in_the_list(store, ledger):
    text = STORY.replace("Dutch weigh", "Dutch now weigh")
    store.put(reading(name="copy.txt", text=text, published="2025-02-26", outlet="Other"), version="1", at=AT)
    store.group_copies()
    [row] = story_table(store)
    assert (row["published"], row["copies"]) == ("2025-02-25", 1)


def test_the_list_comes_in_pages_newest_first(tmp_path, ledger):
    with Store.open(tmp_path / "many.db") as store:
        for number in range(53):
            words = " ".join(f"w{number}x{part}" for part in range(12))
            day = None if number == 0 else f"2025-01-{1 + number % 28:02}"
            store.put(
                reading(name=f"{number}.txt", text=words, records=(), published=day), version="1", at=AT
            )
        first, second = story_table(store), story_table(store, page=2)
        assert (len(first), len(second), first.about["pages"]) == (50, 3, 2)
        days = [row["published"] for row in (*first, *second)]
        assert days == sorted(days, key=lambda day: day or "", reverse=True)
        assert days[-1] is None
        assert len({row["id"] for row in (*first, *second)}) == 53

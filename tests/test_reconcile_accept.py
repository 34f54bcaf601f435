"""What a story adds: the proposed entry, its acceptance, and who disagrees with whom."""

import json
import os
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tidegate import data
from tidegate.claims.reconcile import AlreadyAcceptedError, accept, accepted, load_reading, reconcile
from tidegate.cli.app import app
from tidegate.errors import BadInputError, DocumentError, NotFoundError, TidegateError
from tidegate.ledger import load_ledger
from tidegate.ledger.load import check_files

WHO = {"who": "A. Reader", "why": "read the notice"}
WORDS = "Beijing said on Friday it will lift its curbs on rare earths."
STORY = f"Rare earths to flow again\n\n{WORDS} Prices fell.\n"
LIFT = {"kind": "measure", "sentence": WORDS, "actor": ["CN"], "stage": "lifted", "instrument": "materials_export",
        "items": ["rare_earths"], "target": ["US"], "certainty": "official", "source": ["mofcom"], "future": True}  # fmt: skip
NEW = {"kind": "measure", "sentence": WORDS, "actor": ["AU"], "stage": "in_force",
       "instrument": "materials_export", "items": ["rare_earths", "unobtainium"], "target": ["CN"],
       "certainty": "official"}  # fmt: skip


@pytest.fixture
def story(tmp_path):
    def write(*claims, published="2025-05-20", outlet="The Daily", text=STORY, name="story"):
        folder = tmp_path / "stories"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        record = {"document": f"{name}.txt", "published": published, "outlet": outlet, "claims": list(claims)}
        path = folder / f"{name}.json"
        path.write_text(json.dumps(record), encoding="utf-8")
        return path

    return write


def only(report):
    (proposal,) = report.proposals.values()
    return proposal


def run(*args):
    result = CliRunner().invoke(app, [*map(str, args)])
    if result.exception and not isinstance(result.exception, SystemExit | TidegateError):
        raise result.exception
    return result


# --- proposals


@pytest.mark.parametrize("claim", [LIFT, NEW])
def test_a_proposal_keeps_every_rule_of_ledger_files(ledger, story, tmp_path, claim):
    proposal = only(reconcile([load_reading(story(claim))], ledger))
    (tmp_path / "own.yaml").write_text(proposal.yaml(), encoding="utf-8")

    assert check_files([tmp_path / "own.yaml"]).problems == ()


def test_a_proposal_quotes_the_words_and_names_source_and_day(ledger, story):
    proposal = only(reconcile([load_reading(story(LIFT))], ledger))
    (entry,) = proposal.record["history"]

    assert WORDS in entry["note"]
    assert (
        entry["source"],
        entry["on"],
        entry["verified"],
    ) == ("press: The Daily, 2025-05-20", "2025-05-20", False)
    assert (proposal.label, proposal.amends) == ("updates", "cn-2025-04-04-seven-rare-earths")
    assert proposal.record["amends"] == ["cn-2025-04-04-seven-rare-earths"]


def test_a_promise_is_proposed_as_talk(ledger, story):
    entry = only(reconcile([load_reading(story(LIFT))], ledger)).record["history"][0]

    assert entry["stage"] == "considering"
    assert "told as lifted" in entry["note"]


def test_a_new_measure_has_no_scope_and_says_so(ledger, story):
    proposal = only(reconcile([load_reading(story(NEW))], ledger))

    assert "when" not in proposal.record
    assert "the scope is not known from a story" in proposal.record["scope_note"]
    assert proposal.record["items"] == ["rare_earths"]
    assert proposal.notes == ("not in the catalog, left out: unobtainium",)


def test_an_id_stays_with_the_story_and_changes_with_its_text(ledger, story):
    first = only(reconcile([load_reading(story(LIFT))], ledger)).id
    again = only(reconcile([load_reading(story(LIFT, name="copy"))], ledger)).id
    other = only(reconcile([load_reading(story(LIFT, name="other", text=STORY + "More.\n"))], ledger)).id

    assert first == again != other


def test_no_entry_is_proposed_without_a_day(ledger, story):
    report = reconcile([load_reading(story(NEW, published=None))], ledger)

    assert report.proposals == {}
    assert "no entry can be proposed, because the story gives no day" in report.stories[0].notes[1]


def test_a_tariff_on_nothing_named_is_not_proposed(ledger, story):
    tariff = NEW | {"actor": ["US"], "instrument": "tariff", "items": []}
    report = reconcile([load_reading(story(tariff))], ledger)

    assert report.proposals == {}
    assert "the ledger holds what bears on chips" in report.stories[0].notes[0]


def test_a_proposal_that_is_not_there_is_named(ledger):
    with pytest.raises(NotFoundError, match="no proposal 'abc'"):
        reconcile([], ledger).proposal("abc")


# --- acceptance


@pytest.fixture
def proposal(ledger, story):
    return only(reconcile([load_reading(story(LIFT))], ledger))


def test_what_is_accepted_loads_and_bears_the_story_out(proposal, story, tmp_path):
    path = accept(proposal, tmp_path / "own", **WHO, day="2025-05-21")
    ledger = load_ledger(tmp_path / "own")
    decision = reconcile([load_reading(story(LIFT))], ledger).stories[0].decisions[0]

    assert "Accepted by A. Reader on 2025-05-21: read the notice." in ledger[proposal.measure_id].remarks
    assert ("supports", proposal.measure_id) == (decision.label, decision.measure.id)
    assert {proposal.id: path} == accepted(tmp_path / "own")


def test_what_is_accepted_moves_no_measure_on_record(proposal, tmp_path, ledger):
    accept(proposal, tmp_path, **WHO)
    after = load_ledger(tmp_path)

    assert ledger.on("2026-10-01").table().rows == tuple(
        row for row in after.on("2026-10-01").table() if row["id"] != proposal.measure_id
    )


@pytest.mark.parametrize("folder", [data.LEDGER, data.LEDGER / "cn", data.LEDGER.parent])
def test_the_shipped_ledger_is_never_written(proposal, folder):
    before = sorted(data.LEDGER.rglob("*"))

    with pytest.raises(BadInputError, match="this is the shipped ledger"):
        accept(proposal, folder, **WHO)
    assert before == sorted(data.LEDGER.rglob("*"))


def test_a_link_to_the_shipped_ledger_is_the_shipped_ledger(proposal, tmp_path):
    (tmp_path / "mine").symlink_to(data.LEDGER)

    with pytest.raises(BadInputError, match="this is the shipped ledger"):
        accept(proposal, tmp_path / "mine", **WHO)


def test_a_second_acceptance_is_refused_and_changes_nothing(proposal, tmp_path):
    path = accept(proposal, tmp_path, **WHO)
    before = path.read_bytes()

    with pytest.raises(AlreadyAcceptedError, match=f"proposal {proposal.id} was accepted before"):
        accept(proposal, tmp_path, who="B", why="again")
    assert before == path.read_bytes()


def test_nothing_is_written_where_the_folder_would_not_load(proposal, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "broken.yaml").write_text("id: xx-1\n", encoding="utf-8")

    with pytest.raises(BadInputError, match="would not load"):
        accept(proposal, own, **WHO)
    assert [own / "broken.yaml"] == list(own.iterdir())


def test_an_acceptance_says_who_and_why(proposal, tmp_path):
    with pytest.raises(BadInputError, match="says who and why"):
        accept(proposal, tmp_path, who=" ", why="x")


def test_a_file_is_no_folder(proposal, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInputError, match="this is no folder"):
        accept(proposal, tmp_path / "file", **WHO)


KILLED = """
import os, signal, sys
from pathlib import Path
from tidegate.claims.reconcile import accept, load_reading, reconcile
from tidegate.claims.reconcile import accept as module
import importlib
module = importlib.import_module("tidegate.claims.reconcile.accept")
real = os.link
def link(*args):
    if sys.argv[3] == "after":
        real(*args)
    os.kill(os.getpid(), signal.SIGKILL)
os.link = link
from tidegate.ledger import load_ledger
(proposal,) = reconcile([load_reading(sys.argv[1])], load_ledger()).proposals.values()
accept(proposal, sys.argv[2], who="A. Reader", why="read the notice")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_leaves_the_whole_file_or_none(proposal, story, tmp_path, when):
    own = tmp_path / "own"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(story(LIFT)), str(own), when], capture_output=True, check=False
    )

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (when == "after") == (proposal.measure_id in load_ledger(own))
    if when == "before":
        accept(proposal, own, **WHO)
    else:
        with pytest.raises(AlreadyAcceptedError):
            accept(proposal, own, **WHO)
    assert proposal.measure_id in load_ledger(own)


def test_of_two_who_accept_at_once_one_is_told(proposal, tmp_path, monkeypatch):
    real = os.link

    def late(source, target):
        target.write_text("the other was first", encoding="utf-8")
        real(source, target)

    monkeypatch.setattr(os, "link", late)

    with pytest.raises(AlreadyAcceptedError):
        accept(proposal, tmp_path, **WHO)
    assert [path.read_text("utf-8") for path in tmp_path.glob("*")
                                       if path.is_file()] == ["the other was first"]  # fmt: skip


# --- side by side


EASED = {"kind": "measure", "actor": ["US"], "instrument": "software_export", "items": ["eda_software"],
         "target": ["CN"], "certainty": "stated"}  # fmt: skip


def told(stage, words, **slots):
    return EASED | {"stage": stage, "sentence": words} | slots


def test_a_story_and_the_ledger_stand_side_by_side(ledger, story):
    claim = LIFT | {"stage": "in_force", "date": "2025-04-13", "future": False, "target": []}
    (found,) = reconcile([load_reading(story(claim))], ledger).disagreements
    ours, theirs = found.sides

    assert (found.topic, found.differs) == ("cn-2025-04-04-seven-rare-earths", "date")
    assert (
        ours.outlet, ours.published, ours.says, ours.certainty, ours.source,
    ) == ("The Daily", "2025-05-20", "in_force on 2025-04-13", "official", ("mofcom",))  # fmt: skip
    assert (theirs.outlet, theirs.says) == ("the ledger", "on 2025-04-04")


def test_two_stories_that_disagree_stand_side_by_side_and_a_copy_is_no_third(ledger, story):
    lifted, stands = "The letters were withdrawn.", "The curbs on software remain in force."
    files = [
        story(told("lifted", lifted), published="2025-07-03", name="a", text=lifted + "\n", outlet="A"),
        story(told("in_force", stands), published="2025-07-04", name="b", text=stands + "\n", outlet="B"),
        story(told("in_force", stands), published="2025-07-04", name="c", text=stands + "\n", outlet="C"),
    ]
    found = reconcile(map(load_reading, files), ledger).disagreements
    (between,) = [each for each in found if each.sides[1].outlet != "the ledger"]

    assert (between.topic, between.differs) == ("us-2025-05-23-eda-letters", "stage")
    assert [(side.outlet, side.says, side.copies) for side in between.sides] == [
        ("A", "lifted", ()),
        ("B", "in_force", ("C",)),
    ]


def test_an_earlier_story_is_no_disagreement(ledger, story):
    lifted, stands = "The letters were withdrawn.", "The curbs on software remain in force."
    files = [
        story(told("lifted", lifted), published="2025-07-03", name="a", text=lifted + "\n"),
        story(told("in_force", stands), published="2025-06-20", name="b", text=stands + "\n"),
    ]

    assert reconcile(map(load_reading, files), ledger).disagreements == ()


def test_two_numbers_for_one_thing_disagree_and_a_rounding_does_not(ledger, story):
    def number(value, name):
        words = f"Imports came to {value} billion dollars in 2024."
        claim = {"kind": "figure", "sentence": words, "actor": ["CN"], "items": ["chips"], "metric": "imports",
                 "value": value * 1e9, "unit": "USD", "period": "2024", "certainty": "stated"}  # fmt: skip
        return load_reading(story(claim, name=name, text=words + "\n", outlet=name))

    (found,) = reconcile([number(387, "a"), number(412, "b")], ledger).disagreements

    assert (found.topic, found.differs) == ("imports of CN (chips)", "number")
    assert reconcile([number(387, "a"), number(386.5, "b")], ledger).disagreements == ()


# --- readings kept as JSON


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "this is not JSON"),
        ("[]", "a record with 'document' and 'claims' is expected"),
        ('{"claims": []}', "'document' does not name the story"),
        ('{"document": "story.txt", "claims": 3}', "'claims' is not a list"),
        ('{"document": "story.txt", "claims": [3]}', "claim 1 is no record"),
        ('{"document": "story.txt", "claims": [{"kind": "rumour"}]}', "claim 1: kind: 'rumour' is none of"),
        ('{"document": "story.txt", "published": "May", "claims": []}', "published: 'May' is not a date"),
    ],
)
def test_a_file_of_claims_that_is_none_says_what_is_wrong(story, content, message):
    path = story()
    path.write_text(content, encoding="utf-8")

    with pytest.raises(DocumentError, match=f"story.json: {message}"):
        load_reading(path)


# --- the command


def test_the_command_shows_claims_proposals_and_why(story):
    result = run("reconcile", story(LIFT), "--on", "2026-11-21")

    assert result.exit_code == 0
    assert "cn-2025-04-04-seven-rare-earths" in result.output
    assert "accept with --accept ID --into DIR" in result.output
    assert "stage: considering" in result.output


def test_the_command_gives_json_and_csv(story):
    record = json.loads(run("reconcile", story(LIFT), "--json").output)

    assert [claim["label"] for claim in record["stories"][0]["claims"]] == ["updates"]
    assert record["proposals"][0]["yaml"].startswith("id: cn-")
    assert "document,outlet,published" in run("reconcile", story(LIFT), "--format", "csv").output


def test_the_command_accepts_once(story, tmp_path):
    path, own = story(LIFT), tmp_path / "own"
    identity = json.loads(run("reconcile", path, "--json").output)["proposals"][0]["id"]
    args = ("reconcile", path, "--accept", identity, "--into", own, "--who", "A", "--why", "read it")

    first, second = run(*args), run(*args)
    third = run(*args, "--ledger", own)

    assert (first.exit_code, second.exit_code, third.exit_code) == (0, 2, 2)
    assert "written to" in first.output
    assert "was accepted before" in second.output
    assert "was accepted before" in third.output


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--accept", "abc"), "stand together"),
        (("--into", "x"), "stand together"),
        (("--accept", "abc", "--into", "x"), "says who and why"),
        (("--published", "May"), "'May' is not a date"),
    ],
)
def test_the_command_says_what_is_missing(story, args, message):
    result = run("reconcile", story(LIFT), *args)

    assert isinstance(result.exception, BadInputError)
    assert message in str(result.exception)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(story, tmp_path):
    result = run("reconcile", tmp_path / "none.json", story(LIFT))

    assert result.exit_code == 2
    assert "none.json: the file cannot be read" in result.output
    assert "cn-2025-04-04-seven-rare-earths" in result.output

"""The labelled stories held against the shipped ledger: what a careful reader says of each claim.

Each row: story, first words of the claim, label, measure (None where there is none), as of the day of the
story. Each was read beside the story and the ledger.
"""

import pytest

from tidegate.claims.reconcile import load_reading, reconcile
from tidegate.claims.reconcile.stages import RUMOUR, is_asserted
from tidegate.errors import Problem
from tidegate.ledger.check import check_records
from tidegate.records import YamlRecord, read_yaml_text

ASML, TOUGHER = "us-2024-04-asml-servicing-pressure", "us-2025-02-tougher-chip-controls-talks"
HANDSHAKE, ALLIES = "nl-2024-handshake-servicing", "us-2022-10-urging-allies-match"
LONDON, LETTERS = "us-2025-06-10-london-framework", "us-2025-05-23-eda-letters"
RARE, GUIDANCE = "cn-2025-04-04-seven-rare-earths", "cn-2025-07-31-h20-guidance"

GOLDEN = [
    ("000", "The Trump administration is looking to expand", "supports", TOUGHER),
    ("000", "is urging allies to strengthen", "supports", ASML),
    ("000", "The White House recently met with Japanese", "supports", ASML),
    ("000", "Some Trump officials are also discussing stronger", "supports", TOUGHER),
    ("000", "The Biden administration had secured a handshake", "supports", HANDSHAKE),
    ("000", "the Netherlands pulled back on the curbs", "supports", HANDSHAKE),
    ("000", "Biden’s team passed on several other priorities", "supports", "us-2025-02-cxmt-proposal"),
    ("000", "The new administration is also tackling", "supports", "us-2025-01-13-ai-diffusion-chips"),
    # The rule was published in January with a compliance date in May: on that day it bound nobody.
    ("000", "an AI diffusion rule imposed", "contradicts", "us-2025-01-13-ai-diffusion-chips"),
    ("000", "Tokyo Electron shares slid", "not_about_a_measure", None),
    ("001", "The U.S. is lobbying allies", "supports", ALLIES),
    ("001", "Nikkei Asia reported that Tokyo has started", "supports", "jp-2023-01-27-trilateral"),
    ("001", "top officials, like National Security Advisor", "supports", ALLIES),
    ("001", "the U.S. also prohibits Americans", "supports", "us-2022-10-07-us-persons"),
    ("001", "Three U.S. firms reportedly have started pulling", "not_about_a_measure", None),
    ("002", "We expect that right after the handshake", "supports", LONDON),
    ("002", "rare earths from China will be supplied", "updates", RARE),
    ("002", "Bloomberg has cited sources familiar", "supports", LETTERS),
    ("002", "is prepared to lift export controls", "supports", LONDON),
    ("002", "I imposed tariffs on China", "new", None),
    ("002", "the Trump second administration blocked access", "supports", LETTERS),
    # What the trade calls eased or normalised is no act: the letters were withdrawn on 2 July.
    ("002", "following the call between President Trump", "not_about_a_measure", LETTERS),
    ("002", "It appears that the technology support platforms", "not_about_a_measure", LETTERS),
    ("003", "as China has already banned H20 purchases", "supports", GUIDANCE),
    ("003", "For now, Trump’s gambit has left Nvidia shut out", "supports", GUIDANCE),
    ("003", "President Trump’s attempt to use U.S. chip", "updates", RARE),
    ("003", "In 2024, the country’s semiconductor imports", "not_about_a_measure", None),
]

CONTRADICTED = {
    "an AI diffusion rule imposed during": "stage",
    "Beijing’s announcement on April 13th": "date",
}
"""The claims of the labelled stories that the ledger contradicts, and in what: both read and found right."""


@pytest.fixture(scope="module")
def report(shared, ledger):
    files = sorted((shared / "claims" / "seeds").glob("*.json"))
    files += sorted((shared / "claims" / "dev").glob("*.json"))
    if not files:
        pytest.skip("the labelled stories are not beside this checkout")
    return reconcile(map(load_reading, files), ledger)


def decisions(report):
    for story in report.stories:
        for decision in story.decisions:
            yield story.reading.document.name.rpartition("/")[2], decision


@pytest.mark.parametrize(("seed", "words", "label", "measure"), GOLDEN)
def test_a_claim_of_a_seed_story_is_decided_as_a_reader_does(report, seed, words, label, measure):
    found = [
        decision
        for name, decision in decisions(report)
        if name.startswith(f"{seed}_") and decision.claim.sentence.startswith(words)
    ]

    assert (label, measure) in [(each.label, each.measure and each.measure.id) for each in found], found


def test_only_what_was_read_and_found_wrong_is_a_contradiction(report):
    found = {
        each.claim.sentence: each.differs for _, each in decisions(report) if each.label == "contradicts"
    }

    assert len(CONTRADICTED) == len(found)
    assert all(
        found[next(k for k in found if k.startswith(words))] == slot for words, slot in CONTRADICTED.items()
    )


def test_practice_leads_to_no_proposal(report):
    for story in report.stories:
        for decision, proposal in zip(story.decisions, story.proposals, strict=True):
            assert decision.standing == "de_jure" or proposal is None


def test_every_proposal_keeps_the_rules_of_ledger_files_and_of_rumour(report, ledger):
    records = []
    for proposal in report.proposals.values():
        content = read_yaml_text(proposal.yaml(), proposal.id)
        records.append(YamlRecord(proposal.id, content, {}))
    problems: list[Problem] = check_records(records, ledger)

    assert records
    assert problems == []
    for story in report.stories:
        for decision, identity in zip(story.decisions, story.proposals, strict=True):
            if identity and not is_asserted(decision.claim):
                assert report.proposals[identity].record["history"][0]["stage"] in RUMOUR


def test_no_decision_rests_on_what_was_not_public_by_the_story_without_saying_so(report):
    for story in report.stories:
        for decision in story.decisions:
            entry, day = decision.entry, story.reading.published
            if entry and day and entry.known > day:
                assert entry.on in decision.why, decision.why

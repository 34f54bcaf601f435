"""The four stories that commissioned tidegate, as briefs: a reader of each would agree."""

import pytest

from tidegate.brief import brief_readings, brief_stories
from tidegate.claims.reconcile import load_readings

ON = "2026-11-21"
NAMED = {
    "000": {"us-2024-04-asml-servicing-pressure", "jp-servicing-talks", "us-2025-01-13-ai-diffusion-chips"},
    "001": {"us-2022-10-07-us-persons", "us-2022-10-urging-allies-match"},
    "002": {"us-2025-05-23-eda-letters", "us-2025-06-10-london-framework"},
    "003": {"us-2025-07-14-h20-resumption", "cn-2025-07-31-h20-guidance"},
}


@pytest.fixture(scope="module")
def labelled(shared, ledger):
    """The briefs of the stories as people read them."""
    readings, failures = load_readings(sorted((shared / "claims" / "seeds").glob("*.json")))
    assert not failures
    brief = brief_readings(readings, ledger, ON)
    return {story.name.rpartition("/")[2][:3]: story for story in brief.stories}


@pytest.fixture(scope="module")
def read(shared, ledger):
    """The briefs of the stories as the local reader finds them, without their dates."""
    brief = brief_stories(sorted((shared / "documents" / "seeds").glob("*.txt")), ledger, ON)
    assert not brief.failures
    return {story.name.rpartition("/")[2][:3]: story for story in brief.stories}


@pytest.mark.parametrize(
    ("story", "words", "says", "authority", "label"),
    [
        ("000", "The White House recently met",
         "United States considers a limit on servicing chip-making tools with Japan and Netherlands, aimed at China, "
         "touching Tokyo Electron and ASML", "Bloomberg: not official", "supports"),
        ("000", "the Netherlands pulled back",
         "Netherlands refuses a limit on servicing chip-making tools towards United States, aimed at China",
         "People not named: not official", "supports"),
        ("001", "the U.S. also prohibits Americans",
         "United States has a bar on support by US persons in force, aimed at Chinese companies (unnamed)",
         "the outlet's own voice, no source named", "supports"),
        ("002", "the Trump second administration blocked access",
         "United States has a control on exports of chip design software in force, aimed at Chinese companies (unnamed); "
         "dated 2025-05", "the outlet's own voice, no source named", "supports"),
        ("002", "rare earths from China will be supplied",
         "China may or will ease a control on exports of materials (rare earths), aimed at United States",
         "CNBC, citing Kevin Hassett: an official source", "updates"),
        ("003", "as China has already banned H20 purchases",
         "China has a stop to purchases (AI chips, H20 SXM) in force, aimed at Nvidia", "Jefferies: not official",
         "supports"),
    ],
)  # fmt: skip
def test_each_claim_reads_as_the_story_has_it(labelled, story, words, says, authority, label):
    lines = [line for line in labelled[story].asserts if words in line.quote.words]

    assert (says, authority, label) in [(line.says, line.authority, line.label) for line in lines]


@pytest.mark.parametrize(
    ("story", "kind", "measure", "on", "stage"),
    [
        ("000", "contradicts", "us-2025-01-13-ai-diffusion-chips", "2025-05-13", "lifted"),
        ("000", "further", "nl-2024-handshake-servicing", "2024-11", "refused"),
        ("000", "since", "us-2025-01-13-ai-diffusion-chips", "2025-05-13", "lifted"),
        ("001", "since", "us-2022-10-urging-allies-match", "2023-01-27", "agreed"),
        ("002", "since", "us-2025-05-23-eda-letters", "2025-07-02", "lifted"),
        ("002", "practice", "us-2025-05-23-eda-letters", "2025-07-02", "lifted"),
        ("002", "since", "us-2025-04-09-h20-is-informed-letter", "2025-07-14", "eased"),
    ],
)
def test_what_the_ledger_knows_better(labelled, story, kind, measure, on, stage):
    facts = labelled[story].better

    assert (kind, measure, on, stage) in [(fact.kind, fact.measure, fact.on, fact.stage) for fact in facts]
    assert all(fact.source for fact in facts if fact.kind in ("since", "further"))


@pytest.mark.parametrize("story", NAMED)
def test_the_local_reader_finds_measures_a_reader_would_agree_with(read, story):
    assert {line.id for line in read[story].measures} >= NAMED[story]


@pytest.mark.parametrize("story", NAMED)
def test_no_claim_of_the_local_reader_is_without_its_words_and_its_authority(read, shared, story):
    found = read[story]
    text = next((shared / "documents" / "seeds").glob(f"{story}*.txt")).read_text("utf-8")

    assert found.asserts
    for line in found.claims:
        assert " ".join(line.quote.words.split()) in " ".join(text.split())
        assert line.authority
        assert line.says


@pytest.mark.parametrize("story", NAMED)
def test_without_its_date_a_story_leads_to_no_proposal(read, story):
    assert read[story].estimated is not None
    assert {line.label for line in read[story].asserts}.isdisjoint({"updates", "contradicts"})
    assert {line.proposal for line in read[story].claims} == {None}

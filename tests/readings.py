"""Readings made by hand, for the tests of what becomes of them."""

import datetime as dt

from hypothesis import strategies as st

from tidegate.claims.claim import CERTAINTIES, INSTRUMENTS, METRICS, STAGES, Claim
from tidegate.claims.documents import Document
from tidegate.claims.reading import LOCAL, Reading

AT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)

STORY = """Dutch weigh servicing limits
The Dutch government is considering limits on servicing ASML tools in China, people familiar said.
Nvidia's revenue in China fell 12 percent.
Japan refused to follow."""

RECORDS = (
    {"kind": "measure", "actor": ["NL"], "stage": "considering", "instrument": "servicing",
     "items": ["tool_servicing"], "target": ["CN"], "affected": ["asml"], "source": ["unnamed"],
     "certainty": "unnamed", "future": True,
     "sentence": "The Dutch government is considering limits on servicing ASML tools in China, people familiar said."},
    {"kind": "figure", "actor": ["nvidia"], "metric": "revenue", "value": -12, "unit": "percent",
     "target": ["CN"], "certainty": "stated", "period": "2025-Q1",
     "sentence": "Nvidia's revenue in China fell 12 percent."},
    {"kind": "measure", "actor": ["JP"], "stage": "refused", "instrument": "servicing", "date": "2025-02",
     "certainty": "stated", "sentence": "Japan refused to follow."},
)  # fmt: skip


def reading(name="dutch.txt", text=STORY, records=RECORDS, published="2025-02-25", outlet="The Post",
            reader=LOCAL, notes=()):  # fmt: skip
    day = dt.date.fromisoformat(published) if published else None
    document = Document(name, text, text.splitlines()[0], day, outlet)
    return Reading(document, tuple(Claim.from_dict(record, text) for record in records), day, reader, notes)


def write_stories(folder, count):
    """Write stories of a headline and three lines, each of words of its own."""
    folder.mkdir()
    for number in range(count):
        lines = [
            f"Story {number} of the tide",
            *(f"The gate of port {number} moved {part} times." for part in range(3)),
        ]
        (folder / f"story-{number:03}.txt").write_text("\n".join(lines))
    return folder


def by_line(document, published=None):
    """Read a document as nobody does: each line after the headline is a claim."""
    day = document.published or published
    record = {"kind": "measure", "stage": "considering", "instrument": "general", "actor": ["NL"],
              "certainty": "stated"}  # fmt: skip
    lines = document.text.splitlines()[1:]
    claims = tuple(Claim.from_dict({**record, "sentence": line}, document.text) for line in lines)
    return Reading(document, claims, day)


_slugs = st.lists(
    st.sampled_from(["US", "CN", "NL", "nvidia", "asml", "h20", "euv"]), max_size=3, unique=True
)
_dates = st.sampled_from([None, "2025", "2025-02", "2025-02-25"])


@st.composite
def any_reading(draw):
    """Any reading that the vocabulary allows, of a text with everything a text may hold."""
    text = draw(st.text(min_size=1, max_size=80).filter(lambda text: text.strip()))
    words = [place for place, char in enumerate(text) if not char.isspace()]
    records = []
    for _ in range(draw(st.integers(0, 4))):
        first, last = sorted((draw(st.sampled_from(words)), draw(st.sampled_from(words))))
        kind = draw(st.sampled_from(list(STAGES)))
        number = draw(st.none() | st.integers(-(10**14), 10**14) | st.floats(-1e9, 1e9))
        record = {
            "kind": kind, "sentence": text[first : last + 1], "start": first, "date": draw(_dates),
            "certainty": draw(st.sampled_from(CERTAINTIES)), "future": draw(st.booleans()),
            **{slot: draw(_slugs) for slot in ("actor", "items", "target", "counterparty", "affected", "source")},
        }  # fmt: skip
        if kind == "figure":
            record |= {"metric": draw(st.sampled_from(METRICS)), "value": number, "unit": "percent"}
        else:
            record["stage"] = draw(st.sampled_from(STAGES[kind]))
        if kind == "measure":
            record["instrument"] = draw(st.sampled_from(INSTRUMENTS))
        records.append(record)
    return reading(text=text, records=records)

"""Briefs: names, dates and measures named, and the whole brief, beside peers.

Peers: one regular expression of all names (Python's re) for names; dateparser.search for dates; for the whole
brief, and for a cold `tidegate brief`, spaCy's small English pipeline over the same texts, which the reader of
claims rests on. A cold `tidegate brief` of stories puts the law of the day beside them, without the supply model; what the tide
gauge asks of the law is kept from the run that warms up. The stories are the shipped examples, repeated; the first three in one process.

    python benchmarks/bench_brief.py
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tidegate.catalog import load_catalog
from tidegate.claims import find_dates, find_mentions, match_story, read_document
from tidegate.claims.documents import Document
from tidegate.ledger import Ledger, load_ledger
from timing import RUNS, median_seconds

STORIES = sorted((Path(__file__).parents[1] / "examples" / "stories").iterdir())
TIMES = 40


def main() -> None:
    documents = [read_document(path) for path in STORIES] * TIMES
    texts = [document.text for document in documents]
    day = dt.date(2025, 8, 25)
    names = sorted(
        {re.escape(name.text) for name in load_catalog().names() if name.text}, key=len, reverse=True
    )
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)")
    ledger = load_ledger()

    print(
        f"{len(texts)} stories of {sum(map(len, texts)) // len(texts)} characters, {len(names)} names; median of {RUNS} runs"
    )
    ours = median_seconds(lambda: [find_mentions(text) for text in texts])
    peer = median_seconds(lambda: [pattern.findall(text) for text in texts], runs=1)
    print(f"names, tidegate       {ours:7.3f} s  {len(texts) / ours:9,.0f} stories a second")
    print(f"names, re             {peer:7.3f} s  ratio {peer / ours:.1f}")

    ours = median_seconds(lambda: [find_dates(text, day) for text in texts])
    print(f"dates, tidegate       {ours:7.3f} s  {len(texts) / ours:9,.0f} stories a second")
    few = texts[: len(STORIES)]
    peer = _dateparser(few, day) * TIMES
    print(f"dates, dateparser     {peer:7.3f} s  ratio {peer / ours:.1f} (timed on {len(few)} stories)")

    given = median_seconds(lambda: [match_story(d, ledger, d.published or day) for d in documents])
    guessed = median_seconds(lambda: [match_story(d, ledger, None) for d in documents])
    print(f"matching, day given   {given:7.3f} s  {len(texts) / given:9,.0f} stories a second")
    print(f"matching, day guessed {guessed:7.3f} s  {len(texts) / guessed:9,.0f} stories a second")

    _whole(documents[: len(STORIES)], ledger)
    _cold()


def _whole(documents: Sequence[Document], ledger: Ledger) -> None:
    from tidegate.brief import brief_stories
    from tidegate.claims.extract.story import language

    ours = median_seconds(lambda: brief_stories(STORIES, ledger, "2026-11-21"))
    peer = median_seconds(lambda: [language()(document.text) for document in documents])
    print(f"brief, tidegate       {ours:7.3f} s  {len(documents) / ours:9,.0f} stories a second")
    print(f"brief, spaCy alone    {peer:7.3f} s  ratio {peer / ours:.2f}")


def _cold() -> None:
    """Time whole processes: the command, and one that loads spaCy's model and parses the same files."""
    spacy = (
        "import sys; from pathlib import Path; from tidegate.claims.extract.story import language;"
        "[language()(Path(name).read_text('utf-8')) for name in sys.argv[1:]]"
    )
    names = [str(path) for path in STORIES]
    with tempfile.TemporaryDirectory() as folder:
        out = ["--on", "2026-11-21", "--out", f"{folder}/brief.html"]
        ours = _process([sys.executable, "-m", "tidegate", "brief", *names, *out])
        peer = _process([sys.executable, "-c", spacy, *names])
    print(f"cold, tidegate brief  {ours:7.3f} s  {len(names)} stories, page written")
    print(f"cold, spaCy alone     {peer:7.3f} s  ratio {peer / ours:.2f}")


def _process(command: Sequence[str]) -> float:
    return median_seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def _dateparser(texts: list[str], day: dt.date) -> float:
    from dateparser.search import search_dates

    base = {"RELATIVE_BASE": dt.datetime.combine(day, dt.time(12)), "PREFER_DATES_FROM": "past"}
    return median_seconds(
        lambda: [search_dates(text, languages=["en"], settings=base) for text in texts], runs=1
    )


if __name__ == "__main__":
    main()

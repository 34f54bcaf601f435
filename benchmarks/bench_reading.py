"""Reading stories into claims beside the bare language pipeline on the same stories, in one process.

Peer: spaCy's small English pipeline, which the reader rests on, over each story's whole text: what is above one
is the price of the claims. The stories are the shipped examples, repeated to a thousand; or a folder's.

    python benchmarks/bench_reading.py [FOLDER]
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import resource
import sys
import time
from pathlib import Path

from tidegate.claims import read_claims, read_document
from tidegate.claims.documents import Document, find_files
from tidegate.claims.extract.story import language

COUNT = 1000
EXAMPLES = Path(__file__).parents[1] / "examples" / "stories"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES
    stories = [read_document(path) for path in find_files([folder])]
    documents = [
        dataclasses.replace(story, published=story.published or dt.date(2025, 8, 25))
        for story in itertools.islice(itertools.cycle(stories), COUNT)
    ]
    characters = sum(len(document.text) for document in documents)
    print(f"{COUNT} documents, {characters // COUNT} characters each on average, {len(stories)} different")
    read_claims(documents[0])
    # The two take turns in ten parts, so that a busy machine slows both.
    bare = ours = 0.0
    claims = 0
    for part in _parts(documents):
        start = time.process_time()
        for document in part:
            language()(document.text)
        middle = time.process_time()
        claims += sum(len(read_claims(document).claims) for document in part)
        bare, ours = bare + middle - start, ours + time.process_time() - middle
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"spaCy alone   {bare:7.1f} CPU s  {COUNT / bare:6.1f} documents a second")
    print(f"tidegate      {ours:7.1f} CPU s  {COUNT / ours:6.1f} documents a second, {claims} claims")
    print(f"ratio         {ours / bare:7.2f}  of spaCy's time; peak memory {peak:,.0f} MiB")


def _parts(documents: list[Document]) -> list[list[Document]]:
    size = COUNT // 10
    return [documents[start : start + size] for start in range(0, COUNT, size)]


if __name__ == "__main__":
    main()

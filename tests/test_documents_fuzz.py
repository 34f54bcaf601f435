"""Any bytes are stories or errors that name the file, whatever the kind, and soon."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents_made import ATOM, DUMP, HTML, MAIL, MARKDOWN, RSS, STORY, TEXT, pdf, wrapped
from tidegate.claims.documents import read_documents, unreadable
from tidegate.errors import DocumentError

VALID = {
    ".txt": TEXT, ".md": MARKDOWN, ".html": HTML, ".eml": MAIL, ".xml": RSS, ".atom": ATOM, ".jsonl": DUMP,
    ".pdf": pdf(wrapped(), [STORY[0]], compress=True), ".PDF": pdf(wrapped(), [STORY[0]]),
}  # fmt: skip
PIECES = {
    ".txt": [b"---\n", b"published: 2025-06-10\n", b"\xff", b"\x93", b"May 5, 2025\n"],
    ".md": [b"---\n", b"# ", b"[a](b)", b"```\n", b"<b>", b"title: [\n"],
    ".html": [
        b"<p>",
        b"</article>",
        b"<!--",
        b"<script>",
        b"&#x0;",
        b"&#55296;",
        b"<meta charset=utf-7>",
        b"\x00",
    ],
    ".eml": [
        b"Content-Type: text/html; charset=bad\n",
        b"Date: x\n",
        b"From: <\n",
        b"\n\n",
        b"=?utf-8?b?/?=",
        b"--x",
    ],
    ".xml": [
        b"<item>",
        b"</item>",
        b"<![CDATA[",
        b"&x;",
        b"<pubDate>x</pubDate>",
        b"<content:encoded>",
        b"&amp;#1;",
    ],
    ".atom": [b"<entry>", b"</entry>", b"<content type='xhtml'>", b"<published>2025-99-01</published>"],
    ".jsonl": [
        b'{"text":"\\ud800"}\n',
        b"{}\n",
        b"[",
        b'{"text":null}\n',
        b'{"text":"a","date":1e400}\n',
        b"\x00",
    ],
    ".pdf": [
        b"/Length -1 ",
        b"/Kids [2 0 R] ",
        b"stream\n",
        b"/Filter /LZWDecode ",
        b"99 0 R ",
        b"/Encrypt 1 0 R ",
    ],
    ".PDF": [b"/Count 99999999 ", b"Tj ", b"1e99 ", b"/Parent 4 0 R ", b"(\\777)", b"/Prev 9 "],
}


def read(folder, suffix, raw):
    """Read bytes as a file and check what must hold of any story and any error."""
    path = folder / f"a{suffix}"
    path.write_bytes(raw)
    problems = []
    started = time.perf_counter()
    try:
        documents = list(read_documents(path, problems.append))
    except DocumentError as error:
        documents, problems = [], [*problems, error]
    assert time.perf_counter() - started < 5
    assert documents or problems or suffix == ".jsonl"
    for problem in problems:
        assert str(problem).startswith(str(path))
    for document in documents:
        assert document.text.strip()
        document.text.encode("utf-8")
        assert "\x00" not in document.text
        assert len(document.digest) == 64
        assert document.name.startswith(str(path))
        assert unreadable(document) is None or document.language != "en"
    return documents


@pytest.mark.parametrize("suffix", VALID)
def test_the_files_that_the_fuzzing_starts_from_are_stories(tmp_path, suffix):
    assert read(tmp_path, suffix, VALID[suffix])


@pytest.mark.parametrize("suffix", VALID)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutated_file_is_a_story_or_a_clear_error(tmp_path, suffix, data):
    raw = bytearray(VALID[suffix])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw)))
        kind = data.draw(st.sampled_from(["put", "cut", "flip", "twice"]))
        length = data.draw(st.integers(1, 60))
        if kind == "put":
            raw[place:place] = data.draw(st.sampled_from(PIECES[suffix]) | st.binary(max_size=20))
        elif kind == "cut":
            del raw[place : place + length]
        elif kind == "flip" and place < len(raw):
            raw[place] = data.draw(st.integers(0, 255))
        else:
            raw[place:place] = raw[place : place + length] * data.draw(st.integers(1, 9))

    read(tmp_path, suffix, bytes(raw))


@pytest.mark.parametrize("suffix", VALID)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=300), head=st.booleans())
def test_any_bytes_are_a_story_or_a_clear_error(tmp_path, suffix, raw, head):
    read(tmp_path, suffix, VALID[suffix][: len(raw) if head else 0] + raw)

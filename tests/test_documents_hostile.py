"""What a reader of the file does not see, and what a file may do to a program."""

import contextlib
import time

import pytest

from documents_made import HTML, RSS, STORY, pdf
from tidegate.claims.documents import MAX_BYTES, read_document, read_documents
from tidegate.claims.documents.page import visible_text
from tidegate.errors import DocumentError

PARAGRAPHS = "".join(f"<p>{line}</p>" for line in STORY * 2)


@pytest.fixture
def read(tmp_path):
    """Read bytes under a name within five seconds; all the stories, or the error."""

    def read(name, raw):
        path = tmp_path / name
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        started = time.perf_counter()
        try:
            return list(read_documents(path))
        finally:
            assert time.perf_counter() - started < 20

    return read


UNSEEN = [
    "<script>Huawei pays</script>", "<style>p::after{content:'Huawei pays'}</style>",
    "<iframe srcdoc='x'>Huawei pays</iframe>", "<noscript>Huawei pays</noscript>", "<!-- Huawei pays -->",
    "<template><p>Huawei pays</p></template>", "<div style='color:red; DISPLAY : none'><p>Huawei pays</p></div>",
    "<p style='visibility:hidden'>Huawei pays</p>", "<p hidden>Huawei pays</p>",
    "<p aria-hidden='true'>Huawei pays</p>", "<p style='font-size:0'>Huawei pays</p>",
    "<svg><text>Huawei pays</text></svg>", "<p title='Huawei pays' data-x='Huawei pays'>Chips.</p>",
    "<object><p>Huawei pays</p></object>",
]  # fmt: skip


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_a_reader_does_not_see_is_no_text_of_the_story(read, unseen):
    page = f"<html><body><article>{PARAGRAPHS}{unseen}<p>{STORY[0]}</p></article></body></html>"

    (document,) = read("a.html", page)

    assert "Huawei pays" not in document.text
    assert STORY[2] in document.text
    assert "Huawei pays" not in visible_text(f"<p>One</p>{unseen}tail", "x")
    assert visible_text(f"<p>One</p>{unseen}tail", "x").endswith("tail")


def test_an_element_shown_faintly_or_small_stays():
    kept = "<p style='opacity:0.5; font-size:0.8em'>Huawei pays</p>"

    assert visible_text(kept, "x") == "Huawei pays"


@pytest.mark.parametrize(
    "reference", ["&#1;", "&#x1f", "&#0;", "&#xD800;", "&#xFFFF;", "&#99999999;", "\ufffe", "\x01"]
)
def test_a_reference_to_no_character_goes(reference):
    assert visible_text(f"<p>One<b hidden>x</b>{reference} two</p>", "x") == "One two"


def test_old_references_are_the_quotes_they_were_written_for():
    assert visible_text("<p>ASML&#146;s &#8220;plan&#8221; &amp; &#x2019;</p>", "x") == "ASML’s “plan” & ’"


class TestHtml:
    @pytest.mark.parametrize("depth", [200, 5_000, 500_000])
    def test_deep_nesting_is_a_story_or_a_clear_error(self, read, depth):
        page = "<html><body>" + "<div>" * depth + PARAGRAPHS
        try:
            (document,) = read("a.html", page)
        except DocumentError as error:
            assert depth > 200
            assert "no story" in str(error) or "too many elements" in str(error)
        else:
            assert STORY[0] in document.text

    def test_a_tag_with_a_hundred_thousand_attributes_loses_them(self, read):
        page = HTML.replace(
            b"<article>", b"<article " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">"
        )

        (document,) = read("a.html", page)

        assert STORY[0] in document.text

    @pytest.mark.parametrize(
        "piece", ["<p>x</p>", "<", "<a href=", "&amp;", "<table><tr><td>", "]]>", "<!--"]
    )
    def test_a_piece_repeated_to_megabytes_ends_soon(self, read, piece):
        try:
            documents = read("a.html", "<html><body>" + piece * (2_000_000 // len(piece)))
        except DocumentError:
            return
        assert len(documents[0].text) <= MAX_BYTES

    def test_entities_that_a_page_declares_are_not_expanded(self, read):
        bomb = "<!DOCTYPE html [<!ENTITY a 'lol'>" + "".join(
            f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        )

        (document,) = read(
            "a.html", f"{bomb}]><html><body><article>{PARAGRAPHS}<p>&i; end.</p></article></body></html>"
        )

        assert "lollol" not in document.text

    def test_a_file_named_in_an_entity_is_not_read(self, read, tmp_path):
        (tmp_path / "secret").write_text("the secret")
        head = f"<!DOCTYPE html [<!ENTITY x SYSTEM '{(tmp_path / 'secret').as_uri()}'>]>"

        (document,) = read(
            "a.html", f"{head}<html><body><article>{PARAGRAPHS}<p>&x;</p></article></body></html>"
        )

        assert "the secret" not in document.text


class TestFeeds:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_a_feed_that_declares_entities_is_refused(self, read, encoding):
        bomb = '<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
        raw = (
            '<?xml version="1.0"?>'
            + bomb
            + "<rss><channel><item><description>&b;</description></item></channel></rss>"
        )

        with pytest.raises(DocumentError, match="declares entities"):
            read("a.xml", raw.encode(encoding))

    def test_the_bytes_of_a_feed_are_never_taken_for_a_file_or_an_address(self, read):
        with pytest.raises(DocumentError, match="no RSS or Atom feed"):
            read("a.rss", b"http://127.0.0.1:9/feed.xml")

    def test_a_feed_cut_short_gives_its_stories_and_says_so(self, read, tmp_path):
        path = tmp_path / "a.xml"
        path.write_bytes(RSS[: RSS.index(b"</item>") + 20])
        problems = []

        documents = list(read_documents(path, problems.append))

        assert [document.text for document in documents] == [STORY[0]]
        assert "not well-formed" in str(problems[0])

    def test_deep_and_long_feeds_end_soon(self, read):
        with pytest.raises(DocumentError):
            read("a.xml", "<rss version='2.0'><channel><item>" + "<a>" * 50_000)


class TestSize:
    def test_a_line_of_ten_megabytes_is_refused_in_a_story(self, read):
        with pytest.raises(DocumentError, match="10 MiB is no news story"):
            read("a.txt", b"chips " * (10 * 2**20 // 6))

    def test_a_line_of_ten_megabytes_is_named_in_a_dump_that_goes_on(self, tmp_path):
        path = tmp_path / "a.jsonl"
        path.write_bytes(b'{"text": "one"}\n{"text": "' + b"x" * (10 * 2**20) + b'"}\n{"text": "three"}\n')
        problems = []

        documents = list(read_documents(path, problems.append))

        assert [document.text for document in documents] == ["one", "three"]
        assert [str(problem) for problem in problems] == [
            f"{path}:2: the line is over 5 MiB: no news story. Cut it."
        ]

    def test_a_dump_may_be_larger_than_a_story(self, tmp_path):
        path = tmp_path / "a.jsonl"
        path.write_bytes((b'{"text": "' + b"chips " * 20_000 + b'"}\n') * 60)

        assert path.stat().st_size > MAX_BYTES
        assert sum(1 for _ in read_documents(path)) == 60

    @pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.xml", "a.eml"])
    @pytest.mark.parametrize(
        "piece", [b" ", b"\n", b"a\n", b"-", b"[", b">", b"# ", b"\xe4\xb8\xad", b"From: a\n", b"\n\n\t"]
    )
    def test_a_megabyte_of_anything_ends_soon(self, read, name, piece):
        try:
            documents = read(name, piece * (2**18 // len(piece)))
        except DocumentError:
            return
        assert all(document.text.strip() for document in documents)

    def test_a_header_of_a_megabyte_is_refused(self, read):
        with pytest.raises(DocumentError, match="header of this mail is too long"):
            read("a.eml", b"From: a@b.example\nSubject: " + b"x " * 500_000 + b"\n\nhello")

    def test_a_pdf_of_a_thousand_pages_is_refused(self, read):
        with pytest.raises(DocumentError, match="500 pages are no news story"):
            read("a.pdf", pdf(*[["x"]] * 500))


def test_the_parser_of_pdf_writes_nothing_to_the_terminal(tmp_path, capfd):
    (tmp_path / "a.pdf").write_bytes(pdf([STORY[0]])[:-40])
    with contextlib.suppress(DocumentError):
        read_document(tmp_path / "a.pdf")

    assert capfd.readouterr() == ("", "")

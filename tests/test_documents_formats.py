"""One story of each kind of file, with what the file says about it."""

import datetime as dt
import itertools

import pytest

from documents_made import ATOM, DUMP, HTML, MAIL, MARKDOWN, RSS, STORY, TEXT, pdf, wrapped
from tidegate.claims.documents import Document, find_files, read_document, read_documents
from tidegate.errors import DocumentError

DAY = dt.date(2025, 6, 10)


@pytest.fixture
def file(tmp_path):
    def write(name, raw):
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return write


def test_a_plain_text_keeps_its_lines_and_gives_its_dateline(file):
    document = read_document(file("a.txt", TEXT))

    assert (document.title, document.published, document.language) == ("Permit for ASML", DAY, "en")
    assert document.text == TEXT.decode().strip("\n")
    assert document.notes == ()


def test_markdown_loses_its_markup_and_gives_its_front_matter(file):
    document = read_document(file("a.md", MARKDOWN))

    assert (document.title, document.published, document.outlet) == ("Permit", DAY, "The Gazette")
    assert document.text == "Permit\n" + "\n".join(STORY)


def test_a_page_gives_its_main_text_and_metadata_under_any_suffix(file):
    for name in ("a.html", "a.txt", "a.pdf"):
        document = read_document(file(name, HTML))

        assert (document.title, document.published, document.outlet) == (
            "Permit for ASML",
            DAY,
            "The Gazette",
        )
        assert document.url == "https://gazette.example/asml"
        assert all(line in document.text.split("\n") for line in STORY)
        assert "Weather" not in document.text


def test_the_day_of_a_page_is_not_taken_from_its_sentences(file):
    page = "<html><body><article>" + "".join(f"<p>{line}</p>" for line in STORY * 3)
    page += "<p>The first rules were published on October 7, 2022, in Washington.</p></article></body></html>"

    assert read_document(file("a.html", page.encode())).published is None


class TestPdf:
    @pytest.mark.parametrize("compress", [False, True])
    def test_lines_become_paragraphs_and_furniture_goes(self, file, compress):
        agencies = ("Justice", "Commerce", "Treasury", "Energy")
        stories = [
            [line.replace("The", name).replace("October", name) for line in STORY] for name in agencies
        ]
        pages = [
            ["The Gazette - export controls", *wrapped(story), f"Page {n} of 4"]
            for n, story in enumerate(stories, start=1)
        ]

        document = read_document(file("a.pdf", pdf(*pages, compress=compress)))

        assert document.text.split("\n") == list(itertools.chain(*stories))
        assert document.published is None

    def test_a_word_broken_at_the_end_of_a_line_is_whole_again(self, file):
        page = [
            "Tokyo asked makers of semi-", "conductor equipment and of high-", "bandwidth memory, and the US-",
            "China talks went on at 7-", "nanometre speed, an ad-", "hoc group said."
        ]  # fmt: skip

        assert read_document(file("a.pdf", pdf(page))).text == (
            "Tokyo asked makers of semiconductor equipment and of high-bandwidth memory, "
            "and the US-China talks went on at 7-nanometre speed, an adhoc group said."
        )

    def test_rows_of_figures_at_the_edges_of_pages_stay(self, file):
        pages = [
            ["Revenue by year in millions of dollars", f"{n}.5 {n * 3}.1", STORY[0], f"{n}"] for n in range(5)
        ]

        text = read_document(file("a.pdf", pdf(*pages))).text

        assert [f"{n}.5 {n * 3}.1" in text for n in range(5)] == [True] * 5
        assert "millions" not in text

    def test_a_sentence_goes_on_across_pages(self, file):
        first, second = STORY[0][:50].rsplit(" ", 1)[0], STORY[0][:50].rsplit(" ", 1)[1] + STORY[0][50:]

        assert read_document(file("a.pdf", pdf([first], [second]))).text == STORY[0]

    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (pdf([], []), "no text layer.*OCR"),
            (pdf(), "no pages"),
            (pdf(wrapped())[:300], "PDF is broken"),
            (pdf(wrapped(), extra=b"/Encrypt << /Filter /Standard /V 9 /R 9 >> "), "locked by a password"),
        ],
    )  # fmt: skip
    def test_a_scanned_broken_or_locked_file_says_what_to_do(self, file, raw, words):
        with pytest.raises(DocumentError, match=words):
            read_document(file("a.pdf", raw))

    def test_a_file_locked_with_a_password_says_so(self, file):
        from pypdf import PdfReader, PdfWriter

        path = file("a.pdf", pdf(wrapped()))
        writer = PdfWriter(clone_from=PdfReader(path))
        writer.encrypt("secret", algorithm="RC4-128")
        writer.write(path)

        with pytest.raises(DocumentError, match="locked by a password"):
            read_document(path)


class TestMail:
    @pytest.mark.parametrize("name", ["a.eml", "a.txt"])
    def test_the_plain_part_is_unwrapped_and_the_header_gives_the_rest(self, file, name):
        document = read_document(file(name, MAIL))

        assert document.text.split("\n") == list(STORY)
        assert (document.title, document.published, document.outlet) == (
            "Permit for ASML",
            DAY,
            "The Gazette",
        )

    def test_the_html_part_is_read_where_there_is_no_plain_one(self, file):
        mail = b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=cp1252\n\n"
        mail += b"<style>p {}</style><p>ASML\x92s permit</p><!-- no --><p hidden>unseen</p>"

        document = read_document(file("a.eml", mail))

        assert (document.text, document.outlet, document.published) == ("ASML’s permit", None, None)

    def test_a_forwarded_mail_has_neither_the_day_nor_the_name_of_the_story(self, file):
        document = read_document(file("a.eml", MAIL.replace(b"=?utf-8?q?", b"Fwd: =?utf-8?q?")))

        assert (document.title, document.published, document.outlet) == ("Permit for ASML", None, None)
        assert "forwarded" in document.notes[0]


class TestFeeds:
    def test_each_entry_is_a_story_with_its_link_and_day(self, file):
        documents = list(read_documents(file("a.xml", RSS)))

        assert [document.text for document in documents] == list(STORY[:2])
        assert [document.title for document in documents] == ["Story 1 & more", "Story 2 & more"]
        assert [document.url for document in documents] == [f"https://gazette.example/{n}" for n in (1, 2)]
        assert [document.published for document in documents] == [DAY, dt.date(2025, 6, 11)]
        assert {document.outlet for document in documents} == {"The Gazette"}

    def test_an_atom_entry_gives_its_content_before_its_summary(self, file):
        document = read_document(file("a.atom", ATOM))

        assert (document.text, document.published, document.outlet) == (STORY[0], DAY, "The Gazette")

    def test_an_entry_without_text_is_an_error_of_its_own(self, file):
        raw = RSS.replace(b"<channel>", b"<channel><item><title>bare</title></item>")
        problems = []

        documents = list(read_documents(file("a.xml", raw), problems.append))

        assert len(documents) == 2
        assert [str(problem).split(": ")[0].rsplit("#")[1] for problem in problems] == ["1"]

    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (b"<rss version='2.0'><channel></channel></rss>", "holds no entries"),
            (b"<data><row/></data>", "no RSS or Atom feed"),
        ],
    )
    def test_xml_without_stories_says_so(self, file, raw, words):
        with pytest.raises(DocumentError, match=words):
            list(read_documents(file("a.xml", raw)))


class TestDumps:
    def test_each_line_is_a_story_under_the_names_in_use(self, file):
        for name in ("a.jsonl", "a.txt"):
            path = file(name, DUMP)

            assert [
                (d.name, d.text, d.title, d.published, d.outlet, d.url) for d in read_documents(path)
            ] == [
                (f"{path}#1", STORY[0], "A", DAY, "The Gazette", "https://g.example/1"),
                (f"{path}#3", STORY[1], None, dt.date(2025, 6, 11), "Wire", None),
            ]

    def test_a_bad_line_is_named_and_the_good_ones_go_on(self, file):
        path = file(
            "a.jsonl", DUMP + b'{"text": 7}\n[1]\n{"text": "x"\n{"title": "no text"}\n\xff\xfe\n' + DUMP
        )
        problems, documents = [], []

        documents = list(read_documents(path, problems.append))

        assert len(documents) == 4
        assert [str(problem).split(": ")[0] for problem in problems] == [f"{path}:{n}" for n in range(4, 9)]

    def test_without_a_listener_the_errors_follow_the_last_story(self, file):
        stories = read_documents(file("a.jsonl", DUMP + b"[1]\n" * 9 + DUMP))

        assert [isinstance(next(stories), Document) for _ in range(4)] == [True] * 4
        with pytest.raises(DocumentError, match=r"a.jsonl:4: (?s:.*)and 4 more"):
            next(stories)

    def test_a_date_that_names_no_day_is_noted_and_not_guessed(self, file):
        document = read_document(file("a.jsonl", b'{"text": "Chips.", "date": "2025-02"}'))

        assert document.published is None
        assert document.notes == ("its date '2025-02' names no day",)

    def test_several_stories_where_one_is_wanted_are_refused(self, file):
        with pytest.raises(DocumentError, match="2 stories where one is wanted"):
            read_document(file("a.jsonl", DUMP))


class TestSidecar:
    def test_what_stands_beside_a_story_goes_before_what_stands_in_it(self, file):
        file("a.meta.yaml", b"published: 2025-06-12\noutlet: Wire\nurl: https://w.example\n")

        document = read_document(file("a.md", MARKDOWN))

        assert (document.published, document.outlet) == (dt.date(2025, 6, 12), "Wire")
        assert (document.title, document.url) == ("Permit", "https://w.example")

    @pytest.mark.parametrize(
        ("raw", "words"),
        [(b"outlt: x\n", "'outlt' is not known"), (b"- x\n", "no mapping"), (b"published: soon\n", "published"),
         (b"a: [\n", "broken"), (b"\xff\n", "UTF-8")],
    )  # fmt: skip
    def test_a_slip_in_it_is_an_error_that_names_it(self, file, raw, words):
        side = file("a.meta.yaml", raw)

        with pytest.raises(DocumentError, match=words) as caught:
            read_document(file("a.txt", TEXT))

        assert str(caught.value).startswith(str(side))


class TestFiles:
    def test_folders_give_their_readable_files_sorted_and_once(self, file, tmp_path):
        (tmp_path / "in" / ".git").mkdir(parents=True)
        for name in (
            "in/b.txt",
            "in/a.PDF",
            "in/.hidden.txt",
            "in/.git/c.txt",
            "in/c.meta.yaml",
            "in/d.png",
            "z.log",
        ):
            file(name, b"x")

        found = find_files([tmp_path / "z.log", tmp_path / "in", tmp_path / "in" / "b.txt"])

        assert [path.relative_to(tmp_path).as_posix() for path in found] == ["z.log", "in/a.PDF", "in/b.txt"]

    def test_an_empty_folder_and_a_missing_path_say_so(self, tmp_path):
        with pytest.raises(DocumentError, match="no readable file"):
            find_files([tmp_path])
        with pytest.raises(DocumentError, match="no such file"):
            find_files([tmp_path / "none"])


def test_the_digest_is_that_of_the_words():
    same = {Document("a", "One  two\n").digest, Document("b", "One\ntwo", title="x").digest}

    assert len(same) == 1
    assert Document("a", "One two.").digest not in same

"""Stories in; names, dates and measures out."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.claims import find_dates, find_mentions, match_story, read_document
from tidegate.claims.documents import Document
from tidegate.errors import DocumentError

SEEDS = {
    "000_9334d8c3c68bbbca.txt": (
        "2025-02-25",
        {"nl-2024-handshake-servicing", "jp-servicing-talks", "us-2024-04-asml-servicing-pressure",
         "us-2025-01-13-ai-diffusion-chips"},
    ),
    "001_ddef9ca790eaf9ff.txt": (
        "2022-10-31",
        {"us-2022-10-07-us-persons", "us-2022-10-07-advanced-computing", "us-2022-10-urging-allies-match",
         "jp-2023-01-27-trilateral"},
    ),
    "002_2d84454a48c0511b.txt": ("2025-06-10", {"us-2025-05-23-eda-letters", "us-2025-06-10-london-framework"}),
    "003_1fe72b8790bedffb.txt": (
        "2025-08-25",
        {"cn-2025-07-31-h20-guidance", "us-2025-07-14-h20-resumption", "us-2025-04-09-h20-is-informed-letter"},
    ),
}  # fmt: skip


def found(text, kind):
    return {mention.id for mention in find_mentions(text) if mention.kind == kind}


class TestMentions:
    def test_names_of_governments_companies_and_items(self):
        text = "The Dutch told ASML that Beijing wants DUV machines; 中芯国际 and Tokyo Electron wait."

        assert found(text, "country") == {"NL", "CN"}
        assert found(text, "party") == {"asml", "smic", "tokyo-electron"}
        assert found(text, "item") == {"duv"}

    def test_us_is_a_country_and_us_is_a_pronoun(self):
        assert found("They told us so.", "country") == set()
        assert found("The US said so.", "country") == {"US"}

    def test_names_are_whole_words(self):
        assert found("Metadata and intelligence, chipmunks, Chinatown.", "party") == set()
        assert found("Metadata and intelligence, chipmunks, Chinatown.", "item") == set()

    def test_an_abbreviation_the_text_spells_out_otherwise_is_left_out(self):
        text = "Kevin Hassett of the National Economic Council (NEC) spoke. NEC has no view."

        assert "nec" not in found(text, "party")
        assert "nec" in found("NEC makes computers.", "party")
        assert "cxmt" in found("ChangXin Memory Technologies (CXMT) grew. CXMT sells.", "party")

    def test_the_longest_name_wins(self):
        mentions = find_mentions(
            "Semiconductor Manufacturing International Corp said chip design software sells."
        )

        assert [mention.id for mention in mentions] == ["smic", "eda_software"]

    @settings(max_examples=200, deadline=None)
    @given(st.text(max_size=120))
    def test_every_mention_is_verbatim(self, text):
        for mention in find_mentions(text):
            assert text[mention.start : mention.end] == mention.text


class TestDates:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("on 7 October 2022", "2022-10-07"), ("October 7, 2022", "2022-10-07"), ("in October 2022", "2022-10"),
            ("2022-10-07", "2022-10-07"), ("on the 9th", "2025-06-09"), ("on the 15th", "2025-05-15"),
            ("on Tuesday", "2025-06-10"), ("last Tuesday", "2025-06-03"), ("on Wednesday", "2025-06-04"),
            ("last month", "2025-05"), ("last year", "2024"), ("in January", "2025-01"), ("In 2024", "2024"),
            ("this week", "2025-06-09/2025-06-15"), ("yesterday", "2025-06-09"),
        ],
    )  # fmt: skip
    def test_dates_are_resolved_against_the_day_of_the_story(self, words, expected):
        dates = find_dates(f"It happened {words}.", dt.date(2025, 6, 10))

        assert [date.when.text for date in dates] == [expected]

    @pytest.mark.parametrize("words", ["on Tuesday", "on the 9th", "last month", "in January", "yesterday"])
    def test_a_date_that_leans_on_an_unknown_day_stays_unknown(self, words):
        assert [date.when for date in find_dates(f"It happened {words}.")] == [None]

    @pytest.mark.parametrize("words", ["2025-02-31", "on the 31st", "on Tuesday", "last month", "last year"])
    def test_words_that_fit_no_calendar_are_no_date(self, words):
        assert all(date.when is None for date in find_dates(words, dt.date(1, 1, 1)))

    def test_an_unknown_date_says_why(self):
        def reason(words, published=None):
            return [date.why_unknown for date in find_dates(words, published)]

        no_day = ["no day of a calendar from 1900 to 2199"]
        assert reason("on Tuesday") == ["leans on the day of the story, which is not given"]
        assert reason("on Tuesday", dt.date(2025, 6, 10)) == [None]
        assert reason("2025-02-31") == reason("2025-02-31", dt.date(2025, 6, 10)) == no_day

    @settings(max_examples=150, deadline=None)
    @given(st.text(alphabet="0123456789- ,JanuryMonthe", max_size=40))
    def test_any_text_gives_dates_or_none(self, text):
        for date in find_dates(text, dt.date(2025, 6, 10)):
            assert text[date.start : date.end] == date.text


class TestDocuments:
    def test_front_matter_gives_day_and_outlet(self, tmp_path):
        file = tmp_path / "a.md"
        file.write_text(
            "---\npublished: 2025-06-10\noutlet: X\n---\n# A *title*\n\nSome [text](http://e.org).\n"
        )

        document = read_document(file)

        assert (document.title, document.outlet) == ("A title", "X")
        assert document.published == dt.date(2025, 6, 10)
        assert document.text == "A title\nSome text."

    def test_html_gives_its_story_without_menus(self):
        page = Path(__file__).parents[1] / "examples" / "stories" / "2025-06-london-round.html"

        document = read_document(page)

        assert document.published == dt.date(2025, 6, 10)
        assert "Kevin Hassett" in document.text
        assert "newsletter" not in document.text
        assert "Markets" not in document.text

    def test_scripts_of_a_page_are_not_text(self, tmp_path):
        file = tmp_path / "a.html"
        file.write_text(
            "<html><body><article><p>"
            + "Beijing answers Washington. " * 20
            + "</p><script>alert('Huawei')</script>"
            "<p onclick='x()'>More on chips and tools.</p></article></body></html>"
        )

        assert "alert" not in read_document(file).text

    @pytest.mark.parametrize(
        ("name", "raw", "words"),
        [
            ("empty.txt", b"", "empty"), ("blank.txt", b" \n\t\n", "empty"), ("zero.txt", b"a\x00b" * 50, "binary"),
            ("pdf.txt", b"%PDF-1.7 x", "PDF"), ("zip.md", b"PK\x03\x04 x", "zip"),
            ("latin.txt", "Die Ausfuhr für Geräte nach China wird geprüft, erklärte die Behörde.".encode("cp1252"), "is not utf-8"),
            ("chinese.txt", "商务部公布对稀土物项实施出口管制的公告。".encode("gb18030") * 8, "is not utf-8"),
            ("liar.html", b"<html><meta charset=ascii><body>f\xc3\xbcr</body></html>", "is not ascii"),
            ("nothing.html", b"<html><body></body></html>", "no story"),
            ("front.md", b"---\npublished: soon\n---\ntext", "published"),
            ("broken.md", b"---\na: 1\na: 2\n---\ntext", "front matter"),
            ("only.md", b"---\ntitle: x\n---\n", "no text"),
        ],
    )  # fmt: skip
    def test_a_file_that_is_no_story_gets_an_error_of_its_own(self, tmp_path, name, raw, words):
        file = tmp_path / name
        file.write_bytes(raw)

        with pytest.raises(DocumentError, match=words) as caught:
            read_document(file)

        assert str(caught.value).startswith(str(file))

    def test_fifty_megabytes_are_refused_unread(self, tmp_path):
        file = tmp_path / "big.txt"
        with file.open("wb") as out:
            out.truncate(50 * 2**20)

        with pytest.raises(DocumentError, match="50 MiB"):
            read_document(file)

    def test_a_folder_and_a_missing_file_say_so(self, tmp_path):
        with pytest.raises(DocumentError, match="folder"):
            read_document(tmp_path)
        with pytest.raises(DocumentError, match="no such file"):
            read_document(tmp_path / "none.txt")

    @settings(max_examples=150, deadline=None)
    @given(raw=st.binary(max_size=300), suffix=st.sampled_from([".txt", ".md", ".html"]))
    def test_any_bytes_are_a_story_or_a_clear_error(self, tmp_path_factory, raw, suffix):
        file = tmp_path_factory.mktemp("fuzz") / f"a{suffix}"
        file.write_bytes(raw)
        try:
            document = read_document(file)
        except DocumentError as error:
            assert str(error).startswith(str(file))
        else:
            assert document.text.strip()


class TestMatching:
    @pytest.mark.parametrize("name", sorted(SEEDS))
    @pytest.mark.parametrize("dated", [True, False], ids=["with its day", "without a day"])
    def test_the_commissioning_stories_find_their_measures(self, ledger, shared, name, dated):
        published, wanted = SEEDS[name]
        document = read_document(shared / "documents" / "seeds" / name)

        report = match_story(document, ledger, dt.date.fromisoformat(published) if dated else None)

        assert wanted <= {match.measure.id for match in report.matches}
        for match in report.matches:
            for part in match.evidence:
                assert part.passage.text in document.text
                assert part.words
        if not dated:
            first, last = report.estimated
            middle = dt.date.fromisoformat(published)
            assert first - dt.timedelta(days=31) <= middle <= last + dt.timedelta(days=31)

    def test_a_measure_is_not_matched_before_anything_was_known_of_it(self, ledger):
        text = "The US told Nvidia that H20 chips for China need a licence."

        early = match_story(Document("x", text), ledger, dt.date(2025, 4, 14))
        later = match_story(Document("x", text), ledger, dt.date(2025, 4, 15))

        assert "us-2025-04-09-h20-is-informed-letter" not in {match.measure.id for match in early.matches}
        assert "us-2025-04-09-h20-is-informed-letter" in {match.measure.id for match in later.matches}

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("Grape harvest starts early in Burgundy.", "no government, company or item"),
            (
                "China won the table tennis final against Japan.",
                "no chip, tool, software or material",
            ),
        ],
    )
    def test_a_story_about_something_else_says_why_nothing_matches(self, ledger, text, why):
        report = match_story(Document("x", text), ledger, dt.date(2025, 6, 1))

        assert report.matches == ()
        assert why in report.why_none

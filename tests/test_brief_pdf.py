"""The brief as PDF: one sheet, the words and links of the page, and nothing foreign that does anything."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tidegate.brief import brief_stories, day_brief, day_only
from tidegate.brief.day_page import day_page
from tidegate.brief.day_record import EffectLine, Effects, NotModelled, WhatIf
from tidegate.brief.page import render_page
from tidegate.brief.pdf import NO_FONT, pdf_of_layout, render_pdf
from tidegate.brief.text import render_text
from tidegate.ledger.shipped_scenarios import shipped_scenarios

typst = pytest.importorskip("typst", reason="tidegate[pdf] is not installed")

ROOT = Path(__file__).parents[1]
STORIES = sorted((ROOT / "examples" / "stories").iterdir())
DAYS = ("2025-12-09", "2026-10-09")


def a_line(number, kind="companies"):
    return EffectLine(
        f"sales:firm-{number}", f"Sales of a firm with a long name of its own, number {number}", kind, "percent", -57.84,
        -64.9, -48.5, 6.04, "equation (4), summed as in 9", "4-prices-market", "memory",
        f"https://example.org/calibration/{number}",
    )  # fmt: skip


EFFECTS = Effects(
    first="2027Q1", last="2027Q4", draws=100, reached=9,
    what_ifs=tuple(
        WhatIf(
            sort, f"Some measure with a title that goes over two lines of the column comes into force, {sort}",
            "the record", ("us-2026-04-match-act",), ("MATCH Act",), shipped_scenarios()["match-act"].text, False, 247,
            4.97, tuple(a_line(n, kind) for n, kind in enumerate(("companies", "countries", "goods") * 2)), None, "match-act",
        )
        for sort in ("changed", "coming", "talk")
    ),
    not_modelled=(NotModelled("talk", "jp-servicing-talks", "US requests", "its scope is not on record"),),
    record={"start": "2022Q3", "modelled": 164, "inside_band": 112, "inside_tolerance": 64},
)  # fmt: skip


@pytest.fixture(scope="module", params=DAYS)
def brief(request, ledger):
    return day_only(replace(day_brief(ledger, request.param, effects=False), effects=EFFECTS))


@pytest.fixture(scope="module")
def reader(brief):
    return PdfReader(io.BytesIO(render_pdf(brief)))


def words(reader):
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages).replace("-\n", ""))


def links(reader):
    found = []
    for page in reader.pages:
        for note in page.get("/Annots") or ():
            action = note.get_object().get("/A")
            if action is not None and "/URI" in action:
                found.append(str(action["/URI"]))
    return found


class _Links(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "a" and dict(attributes)["href"].startswith("http"):
            self.found.append(dict(attributes)["href"])


def squeezed(text):
    return re.sub(r"[\s­-]+", "", text)


# --- the sheet


def test_a_day_is_one_sheet_of_a4(reader):
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_it_has_the_headlines_of_the_page(brief, reader):
    layout = day_page(brief.day.to_dict())
    told = squeezed(words(reader))
    for section in layout["sections"]:
        assert squeezed(section["title"]) in told
        for group in section["groups"]:
            assert squeezed(group["title"] or "") in told
            for line in group["lines"]:
                assert squeezed("".join(span["text"] for span in line["spans"])) in told
            for row in group.get("table", ()):
                assert squeezed(row["value"]) in told
                assert squeezed(row["band"]) in told


def test_its_links_lead_where_those_of_the_page_lead(brief, reader):
    assert set(links(reader)) == set(_Links(render_page(brief)).found)
    assert "https://example.org/calibration/1" in links(reader)
    assert any(link.endswith("docs/supply.md#4-prices-market") for link in links(reader))


def test_title_language_and_tags_are_set_and_no_clock_is_in_it(brief, reader):
    assert reader.metadata.title == f"Brief of {brief.on}"
    root = reader.trailer["/Root"]
    assert str(root["/Lang"]).startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()
    assert reader.metadata.creation_date is None
    assert reader.metadata.modification_date is None


def test_the_same_brief_gives_the_same_bytes(brief):
    assert render_pdf(brief) == render_pdf(brief)


def test_another_process_gives_the_same_bytes(ledger, tmp_path):
    code = (
        "import sys; from tidegate.brief import write_brief, day_only, day_brief; from tidegate.ledger import load_ledger;"
        "write_brief(day_only(day_brief(load_ledger(), '2025-12-09', effects=False)), sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "a.pdf"], check=True, timeout=120)
    assert (tmp_path / "a.pdf").read_bytes() == render_pdf(
        day_only(day_brief(ledger, "2025-12-09", effects=False))
    )


def test_the_fullest_lists_still_fit_one_sheet(brief):
    """Every list at its bound, every note at its longest: what has no room is counted."""
    layout = day_page(brief.day.to_dict())
    long = "Word after word of a note that is as long as any is shown " * 3
    for section in layout["sections"]:
        for group in section["groups"]:
            if not group["lines"]:
                continue
            most = {"Law, and what was decided": 7, "Talk, by certainty": 4, "Dates": 6}.get(
                group["title"], 3
            )
            one = group["lines"][0]
            full = {
                "anchor": None,
                "spans": [*one["spans"], {"text": long[:60]}],
                "sub": [{"text": long[:150]}, *one["sub"]],
            }
            group["lines"] = [full] * most
    reader = PdfReader(io.BytesIO(pdf_of_layout(layout)))
    assert len(reader.pages) == 1
    assert re.search(r"\d lines? more on the HTML page", words(reader))


def test_a_day_like_those_on_record_loses_no_line(reader):
    assert "more on the HTML page" not in words(reader)


# --- what is foreign


HOSTILE = [
    '#link("https://evil.example")[click]', "*bold* _x_ $1+1$ `code` @ref <label> #eval(\"1\")", "\\u{41} \\ // /* */",
    "#import \"@preview/x:1.0.0\"", "= Heading", "<script>alert(1)</script>", "\"); #panic(\"x", "]#[", "\x00\x01\u202e",
]  # fmt: skip


@pytest.mark.parametrize("title", HOSTILE)
def test_markup_in_foreign_words_is_set_as_words(title):
    layout = {"title": "Brief", "lead": title, "warnings": [title], "foot": [[{"text": title}]], "sections": [
        {"id": "x", "title": title, "groups": [{"title": title, "notes": [{"text": title, "kind": "code"}],
         "lines": [{"anchor": None, "spans": [{"text": title, "kind": "strong"}], "sub": [{"text": title}]}]}]}]}  # fmt: skip
    reader = PdfReader(io.BytesIO(pdf_of_layout(layout)))
    plain = "".join(each for each in squeezed(title) if each.isprintable())
    assert squeezed(words(reader)).count(plain) >= 6
    assert links(reader) == []


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x24F), max_size=80))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_words_whatever_break_it_or_become_a_link(text):
    layout = {"title": "Brief", "lead": text, "warnings": [], "foot": [], "sections": [
        {"id": "x", "title": "t", "groups": [{"title": None, "notes": [{"text": text}], "lines": []}]}]}  # fmt: skip
    assert links(PdfReader(io.BytesIO(pdf_of_layout(layout)))) == []


def test_a_story_is_set_as_words_and_leads_nowhere_but_to_the_web(ledger, tmp_path):
    story = tmp_path / "a.md"
    story.write_text(
        "---\npublished: 2025-06-10\noutlet: '#link(\"x\")[Post]'\nurl: javascript:alert(1)\n---\n# <b>#panic()</b> Tokyo *weighs*\n\n"
        "Japan is considering export controls on graphite to China, people familiar with the matter said.\n"
    )
    report = replace(
        brief_stories([story], ledger, "2026-11-21"), day=day_brief(ledger, "2026-11-21", effects=False)
    )
    reader = PdfReader(io.BytesIO(render_pdf(report)))
    told = squeezed(words(reader))

    assert len(reader.pages) == 2
    assert squeezed("#panic()") in told
    assert squeezed(report.stories[0].asserts[0].says) in told
    assert all(link.startswith("http") for link in links(reader))
    assert "javascript" not in " ".join(links(reader))


def test_the_example_stories_stand_behind_the_day(ledger):
    report = brief_stories(STORIES, ledger, "2026-11-21")
    reader = PdfReader(io.BytesIO(render_pdf(report)))
    told = squeezed(words(reader))
    for story in report.stories:
        assert squeezed(story.title or Path(story.name).name) in told
        assert all(squeezed(line.says) in told for line in story.asserts)


# --- scripts


def chinese(name):
    return {"title": "Brief", "lead": "x", "warnings": [], "foot": [], "sections": [
        {"id": "x", "title": name, "groups": [{"title": None, "notes": [{"text": "after"}], "lines": []}]}]}  # fmt: skip


def test_cyrillic_and_greek_need_no_font_of_the_machine():
    told = words(PdfReader(io.BytesIO(pdf_of_layout(chinese("Минторг Ωμέγα Škoda naïve")))))
    assert "Минторг Ωμέγα Škoda naïve" in told


def test_chinese_is_set_with_a_font_of_the_machine_where_there_is_one_and_else_says_so():
    fonts = typst.Fonts(include_embedded_fonts=False).families()
    told = words(PdfReader(io.BytesIO(pdf_of_layout(chinese("中芯国际 華為")))))
    assert (NO_FONT[:40] in told) is not any("CJK" in family for family in fonts)
    # In either case the letters can be copied out.
    assert "中芯国际" in told


def test_a_script_that_no_font_has_is_shown_as_boxes_and_told():
    told = words(PdfReader(io.BytesIO(pdf_of_layout(chinese("Script \U00013000\U00013001")))))
    assert "no font is installed here" in told
    assert "after" in told


# --- beside it


def test_the_page_of_a_day_runs_nothing_and_asks_for_nothing(brief):
    page = render_page(brief)
    assert "<script" not in page
    assert "<link" not in page
    assert not re.search(r"""(?:src|@import|url\()\s*=?\s*["']?(?:https?:)?//""", page)


def test_plain_text_has_the_headlines_and_whole_addresses(brief):
    told = render_text(brief)
    layout = day_page(brief.day.to_dict())
    for section in layout["sections"]:
        assert f"\n{section['title']}\n" in told
    for one in brief.day.moved[:3]:
        assert one.said.href is None or f"<{one.said.href}>" in told
    assert "-57.8 %" in told


def test_without_typst_the_mend_is_told(monkeypatch, brief):
    from tidegate.errors import MissingExtraError

    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tidegate\[pdf\]'"):
        render_pdf(brief)

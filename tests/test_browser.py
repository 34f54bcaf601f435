"""The page as a person sees it: headless Chromium, at desk and phone width, by mouse and by keyboard."""

from itertools import pairwise
from pathlib import Path

import pytest

from browsers import browsing
from tidegate.brief import brief_stories, write_page

pytestmark = browsing
STORIES = sorted((Path(__file__).parents[1] / "examples" / "stories").iterdir())


@pytest.fixture(scope="module")
def page_file(ledger, tmp_path_factory):
    return write_page(
        brief_stories(STORIES, ledger, "2026-11-21"), tmp_path_factory.mktemp("page") / "brief.html"
    )


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request, browser, page_file):
    width, height = request.param
    page = browser.new_page(viewport={"width": width, "height": height})
    page.asked = []
    page.complaints = []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda said: page.complaints.append(said.text))
    page.goto(page_file.as_uri())
    yield page
    page.close()


def test_the_page_asks_for_nothing_but_itself(page, page_file):
    assert page.asked == [page_file.as_uri()]
    assert page.complaints == []


def test_nothing_runs_over_the_edge(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_nothing_runs_over_the_edge_when_all_is_unfolded(page):
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_no_stage_is_broken_over_two_lines(page):
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    lines = page.evaluate("[...document.querySelectorAll('.stage')].map(e => e.getClientRects().length)")
    assert lines
    assert set(lines) == {1}


def test_each_story_is_there_with_what_it_asserts_and_its_measures(page):
    assert page.locator("article").count() == len(STORIES)
    london = page.locator("article", has_text="Design software on the table in London")
    assert "Letters to design-software makers: licence for China" in london.text_content()
    for heading in ("What it asserts", "What is new against the ledger", "What the ledger knows better"):
        assert london.get_by_role("heading", name=heading).count() == 1
    assert london.locator("mark").count() > 3
    assert page.locator("article").get_by_text("Nothing in the ledger matches").count() == 1


def test_a_claim_leads_to_its_measure(page):
    link = page.locator("article .claim a[href^='#m-']").first
    link.click()
    target = page.evaluate("location.hash").removeprefix("#")
    assert page.locator(f"[id='{target}']").is_visible()


def test_the_keyboard_reaches_the_links_and_opens_the_passages(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash").startswith("#story-")
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None


def test_headings_language_and_pictures_speak_to_a_screen_reader(page):
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    labels = page.evaluate(
        "[...document.querySelectorAll('[role=img]')].map(e => e.getAttribute('aria-label'))"
    )
    assert labels
    assert all(labels)


def test_text_stands_out_from_its_ground(page):
    """Every stage, label and authority has a contrast of 4.5 to 1 or more against white (WCAG 2.1, 1.4.3)."""
    contrasts = page.evaluate(
        """() => [...document.querySelectorAll('.stage, .soft, .pill, .unofficial')].map(e => {
          const [r, g, b] = getComputedStyle(e).color.match(/[0-9]+/g).map(v => {
            const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4 });
          return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) })"""
    )
    assert contrasts
    assert min(contrasts) >= 4.5

"""The brief of a day as a person sees it: headless Chromium, desk and phone, light and dark."""

from dataclasses import replace
from itertools import pairwise

import pytest

from browsers import browsing
from test_brief_pdf import EFFECTS
from tidegate.brief import day_brief, day_only, write_page

axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = browsing


@pytest.fixture(scope="module")
def page_file(ledger, tmp_path_factory):
    day = replace(day_brief(ledger, "2026-10-09", effects=False), effects=EFFECTS)
    return write_page(day_only(day), tmp_path_factory.mktemp("page") / "day.html")


@pytest.fixture(
    params=[(1280, 900, "light"), (390, 844, "light"), (390, 844, "dark"), (1280, 900, "dark")],
    ids=["desk", "phone", "dark phone", "dark desk"],
)
def page(request, browser, page_file):
    width, height, colours = request.param
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=colours)
    page.asked, page.complaints = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda said: page.complaints.append(said.text))
    page.goto(page_file.as_uri())
    yield page
    page.close()


def test_it_fits_asks_for_nothing_and_has_no_fault_for_anybody(page, page_file):
    assert page.asked == [page_file.as_uri()]
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    found = axe_playwright.Axe().run(page).response
    assert [(each["id"], each["impact"]) for each in found["violations"]] == []
    assert len(found["passes"]) > 15
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_each_number_of_the_model_leads_to_its_equation_and_to_what_it_rests_on(page):
    rows = page.locator(".effects tbody tr")
    assert rows.count() == sum(len(one.lines) for one in EFFECTS.what_ifs)
    links = rows.first.locator("a").evaluate_all("all => all.map(a => a.href)")
    assert links[0].endswith("docs/supply.md#4-prices-market")
    assert links[-1] == "https://example.org/calibration/0"


def test_a_measure_named_below_leads_to_its_line_above(page):
    link = page.locator("section a[href^='#d-']").first
    link.click()
    target = page.evaluate("location.hash").removeprefix("#")
    assert page.locator(f"[id='{target}']").is_visible()


def test_printed_in_the_dark_it_is_dark_on_white(page):
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"

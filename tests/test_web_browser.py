"""The site as a person meets it: headless Chromium, desk and phone, light and dark, by keyboard, without scripts."""

import os
import re
import signal
import subprocess
import sys
from itertools import pairwise

import pytest

from browsers import browsing
from markets_made import made_prices, sessions

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")
axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = browsing

ADDRESSES = {
    "today": "/",
    "today in 2025": "/?on=2025-06-15&by=US&target=CN",
    # The model starts later: what is hit takes long, and is told of in the tests of the brief.
    "brief": "/brief?on=2021-06-01&since=90",
    "timeline": "/timeline",
    "timeline of an item": "/timeline?from=2025-01-01&item=h20",
    "two days": "/diff?from=2022-10-06&to=2022-10-22",
    "measure": "/measure/cn-2025-10-09-ann-61",
    "tide": "/tide",
    "map": "/map?by=US",
    "map of one country": "/map?target=CN",
    "network": "/network?buyer=CN&good=lithography",
    "scenarios": "/scenarios",
    "scenario to write": "/scenario",
    "scenario that makes no sense": "/scenario?text=title:+x%0Aedits:%0A++-+set:+foo%0A",
    "games": "/bargain",
    "exposed company": "/exposure?on=2025-06-15&measure=us-2025-05-23-eda-letters&company=Synopsys",
    "prices did": "/study?measure=us-2025-05-23-eda-letters&benchmark=SPY&tickers=MADE",
    "routes, none asked": "/routes",
    "routes without flows": "/routes?control=us-2022-10-07-advanced-computing",
    "rounds": "/rounds?from=2025-04-01&to=2025-07-31",
    "empty check": "/check",
    "check": "/check?item=h20&exporter_country=US&destination=CN&end_user=Alibaba&on=2025-05-01",
    "open check": "/check?item=h20&destination=CN",
    "screen": "/screen?name=Huawei&country=China&on=2026-10-09",
    "empty screen": "/screen",
    "desk": "/desk",
    "story": "/desk/example",
    "sign in": "/sign-in",
    "mistake": "/timeline?form=1",
    "nothing there": "/measure/us-nothing",
    "api": "/api",
}


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """The site as `tidegate serve` runs it, on a port that is free, with prices that are made up."""
    prices = tmp_path_factory.mktemp("prices") / "made.csv"
    made = made_prices(("MADE",), days=sessions(first=2024, last=2025))
    rows = (
        f"{day},{','.join(f'{price:.4f}' for price in close)}"
        for day, close in zip(made.days, made.close.T, strict=True)
    )
    prices.write_text("\n".join([f"date,{','.join(made.tickers)}", *rows]), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "tidegate", "serve", "--port", "0", "--on", "2026-11-21", "--prices", str(prices)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    line = process.stdout.readline()
    assert re.fullmatch(r"tidegate: http://127\.0\.0\.1:\d+/\n", line)
    yield line.split()[1].rstrip("/")
    process.send_signal(signal.SIGINT)
    process.stdout.close()
    assert process.wait(timeout=20) in (0, -signal.SIGINT, 130)


def page_of(browser, base, address, *, width=1280, height=900, **options):
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=base, **options)
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    # That a page is an error is told by its status; anything else on the console is a fault.
    page.on("console", lambda said: "status of 4" in said.text or page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address)
    return page


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def size(request):
    return {"width": request.param[0], "height": request.param[1]}


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_fits_asks_this_site_alone_and_has_no_serious_fault_for_anybody(browser, base, name, size):
    """No side-scrolling, no foreign request, no complaint on the console, and nothing serious that axe finds."""
    page = page_of(browser, base, ADDRESSES[name], **size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert all(asked.startswith(base) for asked in page.asked)
    assert page.complaints == []
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    found = axe_playwright.Axe().run(page).response
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    serious = [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == []
    assert len(found["passes"]) > 15
    page.context.close()


@pytest.mark.parametrize(
    "name",
    [
        "today in 2025",
        "brief",
        "timeline of an item",
        "measure",
        "open check",
        "tide",
        "map",
        "network",
        "exposed company",
        "prices did",
        "routes without flows",
        "scenarios",
        "story",
    ],
)
def test_a_page_in_the_dark_keeps_its_contrast(browser, base, name):
    page = page_of(browser, base, ADDRESSES[name], color_scheme="dark")
    found = axe_playwright.Axe().run(page, options={"runOnly": ["color-contrast"]}).response
    assert found["violations"] == []
    assert [each["id"] for each in found["passes"]] == ["color-contrast"]
    page.context.close()


def test_everything_works_without_scripts(browser, base):
    page = page_of(browser, base, "/", java_script_enabled=False)
    page.get_by_label("Government", exact=True).select_option("NL")
    page.get_by_role("button", name="Show").click()
    assert "by=NL" in page.url
    assert "target=" not in page.url
    page.locator("nav").get_by_role("link", name="Check").click()
    page.get_by_label("What", exact=True).fill("h20")
    page.get_by_label("To", exact=True).fill("China")
    page.get_by_role("button", name="Check", exact=True).click()
    assert "UNKNOWN, but at least LICENCE REQUIRED (US)" in page.locator(".verdict").text_content()
    page.get_by_label("Leaves from").fill("US")
    page.get_by_role("button", name="Check", exact=True).click()
    assert re.search(r"/check\?.*exporter_country=US", page.url)
    page.context.close()


def test_the_keyboard_alone_reaches_the_answer_and_a_source(browser, base):
    page = page_of(browser, base, "/check")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    page.keyboard.type("h20")
    page.keyboard.press("Tab")
    page.keyboard.type("CN")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check?*destination=CN*")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.finding a[href^=http]')"):
            break
    assert page.evaluate("document.activeElement.matches('.finding a[href^=http]')")
    page.context.close()


def test_the_lanes_are_one_stop_each_for_the_keyboard(browser, base):
    """A bar can be clicked; who goes by keyboard takes the name of the lane."""
    page = page_of(browser, base, "/timeline?by=NL")
    names, stops = page.evaluate(
        """[document.querySelectorAll('.lanes .name').length,
            [...document.querySelectorAll('.lanes a')].filter(a => a.tabIndex >= 0).length]"""
    )
    assert names == stops > 5
    page.context.close()


def test_a_bar_leads_to_the_entry_in_the_history(browser, base):
    page = page_of(browser, base, "/timeline?from=2025-01-01&item=eda_software")
    bar = page.locator(".lane a:has(rect.b-in_force)").last
    bar.click()
    anchor = page.evaluate("location.hash").removeprefix("#")
    assert "/measure/" in page.url
    assert page.locator(f"[id='{anchor}']").is_visible()
    page.context.close()


def test_no_two_stages_look_the_same_to_one_who_sees_no_colour(browser, base):
    """Bars of stages that mean different things differ in height or fill; words stand beside each sign."""
    page = page_of(browser, base, "/timeline")
    shapes = page.evaluate(
        """Object.fromEntries([...document.querySelectorAll('.lane rect')].map(bar => {
          const s = getComputedStyle(bar); return [bar.className.baseVal.slice(2),
            [s.height, s.y, s.fill === 'none', s.strokeDasharray].join(' ')] }))"""
    )
    groups = {}
    for stage, shape in shapes.items():
        groups.setdefault(shape, set()).add(stage)
    assert {frozenset(group) for group in groups.values()} == {
        frozenset(group)
        for group in (
            {"in_force"}, {"eased"}, {"suspended"}, {"unknown"}, {"announced", "agreed"},
            {"proposed", "urged", "considering"}, {"lifted", "refused"},
        )
    }  # fmt: skip
    page.context.close()


def test_a_printed_check_is_the_record_and_not_the_form(browser, base):
    page = page_of(browser, base, ADDRESSES["check"])
    page.emulate_media(media="print")
    assert page.locator(".record").is_visible()
    assert not page.locator("form.sheet").is_visible()
    assert not page.locator("nav").is_visible()
    page.context.close()


def test_the_map_is_reached_by_keyboard_through_its_table_and_a_tile_by_a_click(browser, base):
    page = page_of(browser, base, "/map")
    assert page.evaluate("[...document.querySelectorAll('.tiles a')].every(a => a.tabIndex < 0)")
    page.locator("summary").click()
    page.get_by_role("link", name="Russia", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/map?*target=RU*")
    page.go_back()
    page.locator(".tiles a", has_text="CN").click()
    page.wait_for_url("**/map?*target=CN*")
    page.context.close()


def test_a_picture_is_drawn_for_the_light_and_for_the_dark(browser, base):
    for scheme, ending in (("light", "/tide.svg"), ("dark", "/tide.dark.svg")):
        page = page_of(browser, base, "/tide", color_scheme=scheme)
        page.wait_for_function("document.querySelector('.picture img').naturalWidth > 400")
        assert page.evaluate("document.querySelector('.picture img').currentSrc").endswith(ending)
        page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_scenario_is_written_run_left_and_come_back_to(browser, base, scripts):
    """By keyboard: the text is edited, sent, its progress shown; the page comes again by itself, scripts or not."""
    page = page_of(browser, base, "/scenario?name=eda-letters-stay&draws=5", java_script_enabled=scripts)
    working = page.locator(".working")
    assert "come back" in working.text_content()
    assert page.get_by_role("progressbar").is_visible()
    address = page.url
    page.goto(f"{base}/scenarios")
    page.goto(address)
    text = page.get_by_label("Scenario, as YAML")
    text.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("  - set: jp-servicing-talk")
    page.get_by_role("button", name="Run").focus()
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert re.search(r"line \d+: 'set' needs 'on'", page.get_by_role("alert").text_content())
    assert "jp-servicing-talk" in page.get_by_label("Scenario, as YAML").input_value()
    page.context.close()

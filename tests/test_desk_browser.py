"""The desk as an analyst meets it: signed in, by keyboard, on a phone, without scripts."""

import os
import re
import signal
import subprocess
import sys

import pytest

from browsers import browsing
from readings import AT, RECORDS, reading
from test_web_browser import page_of
from tidegate.claims.store import Actor, Store
from tidegate.claims.store.tokens import new_token

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")
axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = browsing

# Its words stand within those of the first: two claims of one sentence.
INNER = {**RECORDS[0], "sentence": "limits on servicing ASML tools in China", "stage": "urged"}
STORY_OF = reading(records=(*RECORDS, INNER))
ADDRESS = f"/desk/{STORY_OF.document.digest[:16]}"


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """A site with a store and a token that may write: its address and the token."""
    path = tmp_path_factory.mktemp("team") / "team.db"
    with Store.open(path) as store:
        store.put(STORY_OF, version="1", at=AT)
        _, words = new_token(store, "night desk", "write", Actor("mb", "command line"), AT)
    process = subprocess.Popen(
        [sys.executable, "-m", "tidegate", "serve", "--port", "0", "--on", "2026-11-21", "--store", str(path)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    yield process.stdout.readline().split()[1].rstrip("/"), words, path
    process.send_signal(signal.SIGINT)
    process.stdout.close()
    assert process.wait(timeout=20) in (0, -signal.SIGINT, 130)


def signed_in(browser, team, **options):
    base, words, _ = team
    page = page_of(browser, base, "/sign-in", **options)
    page.get_by_label("Token").fill(words)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk")
    page.goto(ADDRESS)
    return page


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 900), "light"), ((390, 844), "dark")], ids=["desk", "phone in the dark"]
)
def test_the_desk_of_who_may_write_fits_and_has_no_serious_fault_for_anybody(browser, team, size, scheme):
    page = signed_in(browser, team, width=size[0], height=size[1], color_scheme=scheme)
    for address in (ADDRESS, "/desk", "/audit"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        found = axe_playwright.Axe().run(page).response
        assert [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")] == []
        assert len(found["passes"]) > 15
    assert page.complaints == []
    page.context.close()


def test_by_keyboard_alone_a_claim_is_found_in_the_words_and_accepted(browser, team):
    """From the number in the text to its card, into the grounds, and Enter accepts."""
    page = signed_in(browser, team)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "w-3":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**#c-3")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "why":
            break
    assert page.evaluate("document.activeElement.closest('.claim').id") == "c-3"
    page.keyboard.type("read the notice")
    page.keyboard.press("Enter")
    page.wait_for_url("**on=2026-11-21&reader=local#c-3")
    card = page.locator("#c-3")
    assert "Accepted by night desk" in card.text_content()
    with page.expect_download() as download:
        card.get_by_role("link", name="Download the ledger entry").click()
    assert re.fullmatch(r"jp-2025-02.*\.yaml", download.value.suggested_filename)
    page.context.close()


def test_without_scripts_a_claim_is_edited_and_dismissed(browser, team):
    page = signed_in(browser, team, java_script_enabled=False)
    card = page.locator("#c-2")
    card.get_by_text("Edit", exact=False).first.click()
    card.get_by_label("value").fill("-13")
    card.get_by_label("Why").fill("the filing says 13")
    card.get_by_role("button", name="Keep the edit").click()
    card = page.locator("#c-2")
    assert "edited" in card.locator("h3").text_content()
    assert "13 percent" in card.locator(".says").text_content()
    card.get_by_label("Why").fill("no figure of a control")
    card.get_by_role("button", name="Dismiss").click()
    assert "dismissed" in page.locator("#c-2 h3").text_content()
    with Store.open(team[2]) as store:
        assert [each.verdict for each in store.decisions(about="claim") if each.why.startswith(("the f", "no f"))] == [
            "edit", "dismiss",
        ]  # fmt: skip
    page.context.close()


def test_words_lead_to_their_claim_and_light_up_beside_it(browser, team):
    page = signed_in(browser, team)
    inner = page.locator("mark.several")
    assert inner.text_content() == INNER["sentence"]
    inner.click()
    page.wait_for_url("**#c-4")
    page.locator("#c-1").hover()
    lit = "".join(page.locator("mark.on").all_text_contents())
    assert lit == RECORDS[0]["sentence"]
    page.context.close()

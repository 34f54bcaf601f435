"""Bargaining on the site: a game chosen, worked out by a job, told in sentences and numbers; the same for assistants."""

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from tidegate.bargaining.shipped import shipped_games
from tidegate.brief.day_watch import games_about
from tidegate.web.jobs import Jobs
from web_client import client_of, read

GAME = "rare-earth-licences-for-eda"
# As many draws as the manual asks for: whichever test comes second finds it kept.
ADDRESS = f"/bargain?game={GAME}&draws=10"


@pytest.fixture(scope="module")
def site(ledger, tmp_path_factory):
    client = client_of(ledger, jobs=Jobs(tmp_path_factory.mktemp("jobs")))
    yield client
    client.close()


def test_without_a_game_the_page_lists_them_all_and_the_twin_says_that_nothing_is_asked(site):
    words, links, _ = read(site.get("/bargain").text)
    for name, game in shipped_games().items():
        assert game.title in words
        assert any(f"game={name}" in link for link in links)
    twin = site.get("/bargain.json")
    assert twin.status_code == 422
    assert "game" in twin.json()["error"]["message"]


def test_a_game_is_told_in_the_sentences_and_numbers_of_its_solution(site):
    twin = site.get(ADDRESS.replace("/bargain?", "/bargain.json?")).json()
    words, _, _ = read(site.get(ADDRESS).text)
    for sentence in twin["account"]:
        assert " ".join(sentence.split()) in words
    for row in twin["payoffs"]:
        assert row["path"] in words
        assert f"{row['expected']:+.2f}" in words
    for want in twin["wants"]:
        assert want["of"] in words
    assert "no forecast" in words


def test_its_tree_is_drawn_and_its_rows_are_csv(site):
    svg = site.get(ADDRESS.replace("/bargain?", "/bargain.svg?"))
    assert svg.status_code == 200
    assert b"<svg" in svg.content
    table = site.get(ADDRESS.replace("/bargain?", "/bargain.csv?")).text
    assert table.splitlines()[0].startswith("path,player,expected,low,high")


def test_a_game_that_does_not_ship_is_told_with_those_that_do(site):
    answer = site.get("/bargain.json?game=chess")
    assert answer.status_code == 422
    assert GAME in answer.json()["error"]["message"]


def test_the_brief_names_a_game_about_what_is_open():
    [one] = [each for each in games_about({"us-2025-05-23-eda-letters"}) if each.name == GAME]
    assert one.measures == ("us-2025-05-23-eda-letters",)
    assert games_about({"no-such-measure"}) == ()

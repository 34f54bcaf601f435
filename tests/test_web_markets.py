"""Markets and routes on the site: what is told without files, and with prices and flows of one's own."""

import csv
import datetime as dt
import io
import json
from dataclasses import asdict, replace

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")
pytest.importorskip("exchange_calendars", reason="tidegate[markets] is not installed")

from markets_made import made_prices, sessions
from tidegate.brief.day_changes import moved_between
from tidegate.brief.day_markets import markets_on
from tidegate.brief.page_markets import market_groups
from tidegate.brief.spans import plain_text
from tidegate.errors import BadInputError
from tidegate.ledger import Ledger
from tidegate.ledger.hs import hs_codes
from tidegate.markets import Design, StudyQuestion, answer_study
from tidegate.markets.around import EXCHANGES, around_measure, first_sessions
from tidegate.markets.brought import Brought, read_brought
from tidegate.markets.exchanges import sessions_of
from tidegate.web import Site, questions
from tidegate.web.jobs import Job, Jobs
from tidegate.web.mcp.tools import call
from tidegate.web.menu import menu, neighbours
from web_client import TODAY, Client, read

EDA = "us-2025-05-23-eda-letters"
H20 = "us-2025-04-09-h20-is-informed-letter"
RULE = "us-2022-10-07-advanced-computing"
ASKED = f"/study?measure={EDA}&benchmark=SPY"
NAMES = ("CDNS", "SNPS", *(f"N{n:02}" for n in range(14)))


@pytest.fixture(scope="module")
def prices():
    days = sessions(first=2023, last=2025)
    planted = {("CDNS", "2025-05-28"): -0.1, ("SNPS", "2025-05-28"): -0.1}
    return made_prices(NAMES, days=days, noise=0.01, plant=planted)


class Here(Jobs):
    """Jobs worked out in this process: what they are made of is imported once."""

    def ask(self, key, work):
        if key not in self._failed:
            answer = json.loads(json.dumps(work(lambda *told: None), default=str))
            self._failed[key] = Job(key, "done", answer)
        return self._failed[key]


@pytest.fixture(scope="module")
def bare(ledger, tmp_path_factory):
    """A site to which nothing was brought."""
    client = Client(Site(ledger, lambda: TODAY, None, Jobs(tmp_path_factory.mktemp("none"))))
    yield client
    client.close()


@pytest.fixture(scope="module")
def site(ledger, prices, tmp_path_factory):
    """A site with made-up prices."""
    from tidegate.markets.factors import Sources
    from tidegate.markets.universe import Universe

    universe = Universe(tuple(sorted(NAMES)), {}, None, {}, "made up")
    brought = Brought("made", prices, universe, Sources(prices, [], None, None))
    client = Client(Site(ledger, lambda: TODAY, None, Here(tmp_path_factory.mktemp("jobs")), brought=brought))
    yield client
    client.close()


# --- the menu


def test_the_pages_of_markets_share_one_entry_of_the_menu_and_each_leads_to_the_others(bare):
    entries = menu(questions()["ranking"])
    assert [(words, here) for words, _, here in entries if words == "Markets"] == [("Markets", True)]
    assert sum(here for _, _, here in entries) == 1
    names = [each.name for each in neighbours(questions()["ranking"])]
    assert names == ["exposure", "study", "ranking", "routes"]
    assert neighbours(questions()["tide"]) == []
    _, links, _ = read(bare.get("/ranking").text)
    assert {"/exposure", "/study", "/routes"} <= set(links)


def test_a_measure_leads_to_who_is_exposed_what_prices_did_and_ways_round_and_they_lead_back(bare):
    _, links, _ = read(bare.get(f"/measure/{EDA}").text)
    for address in (f"/exposure?measure={EDA}", f"/study?measure={EDA}", f"/routes?control={EDA}"):
        assert any(link.startswith(address) for link in links), address
    for address in (f"/study?measure={EDA}", f"/routes?control={EDA}"):
        _, links, _ = read(bare.get(address).text)
        assert any(link.startswith(f"/measure/{EDA}") for link in links)


# --- what prices did


def test_without_prices_a_page_says_so_and_shows_the_first_sessions_with_their_reasons(bare, ledger):
    words, _, _ = read(bare.get(f"/study?measure={EDA}").text)
    twin = bare.get(f"/study.json?measure={EDA}").json()
    assert "No prices ship" in words
    assert twin["study"] is None
    assert "No prices ship" in twin["why_none"]
    assert {row["exchange"] for row in twin["first_sessions"]} >= set(EXCHANGES)
    for row in twin["first_sessions"]:
        assert row["first"] in words
        assert row["why"] in words
        assert row["source"]


def test_a_first_session_is_one_that_was_not_over_when_the_event_became_known(ledger):
    """The letters became known within New York's session: too late for Tokyo's of that day."""
    from tidegate.markets import events_of_ledger

    events, _ = events_of_ledger(ledger, EDA)
    rows = {row["exchange"]: row for row in first_sessions(events[:1])}
    assert rows["XNYS"]["first"] == rows["XNYS"]["last"] == "2025-05-28"
    assert rows["XTKS"]["first"] == "2025-05-29"
    assert rows["XNYS"]["tickers"] == ["CDNS", "SNPS"]


def test_sessions_of_two_years_are_those_of_their_decades(ledger):
    whole = sessions_of("XNYS", 2020, 2029)
    part = sessions_of("XNYS", 2024, 2025)
    inside = (whole.days >= np.datetime64("2024-01-01")) & (whole.days <= np.datetime64("2025-12-31"))
    assert (part.days == whole.days[inside]).all()
    assert (part.closes == whole.closes[inside]).all()
    assert str(part.days[0]) == "2024-01-02"


def test_calendars_are_kept_from_one_run_to_the_next(tmp_path, monkeypatch):
    from tidegate import kept
    from tidegate.markets import exchanges

    monkeypatch.setattr(kept, "_MEMORY", {})
    with kept.keeping(tmp_path / "kept.sqlite"):
        exchanges._in_decades.cache_clear()
        before = exchanges._in_decades("XNYS", 2010, 2019)
        monkeypatch.setattr(kept, "_MEMORY", {})
        exchanges._in_decades.cache_clear()
        monkeypatch.setattr(
            exchanges, "_of_library", lambda *asked: pytest.fail("the library was asked again")
        )
        again = exchanges._in_decades("XNYS", 2010, 2019)
    assert (again.days == before.days).all()
    assert (again.closes == before.closes).all()
    exchanges._in_decades.cache_clear()


def test_with_prices_the_page_shows_the_numbers_of_the_study_raw_beside_abnormal(site, ledger, prices):
    words, _, _ = read(site.get(ASKED).text)
    made = answer_study(StudyQuestion(measure=EDA, design=Design(benchmark="SPY")), ledger, prices).study
    twin = site.get(ASKED.replace("/study?", "/study.json?")).json()
    assert len(twin["study"]["groups"]) == len(made.groups)
    for row in made.groups:
        assert f"{row['raw_percent']:+.1f}" in words
        assert f"{row['caar_percent']:+.1f}" in words
        assert f"{row['statistic']:.2f}" in words
    first = next(row for row in made.groups if row["day0"] == "2025-05-28")
    assert first["caar_percent"] < -5
    for row in made.left:
        assert row["reason"] in words
    assert "No prices ship" not in words
    rows = list(csv.DictReader(io.StringIO(site.get(ASKED.replace("/study?", "/study.csv?")).text)))
    assert {row["ticker"] for row in rows} == {"CDNS", "SNPS"}


def test_shares_of_ones_own_and_another_window_are_taken(site):
    twin = site.get(f"/study.json?measure={EDA}&tickers=N00,N01&window=0..5&benchmark=SPY").json()["study"]
    assert twin["window"] == "0..+5"
    assert {row["ticker"] for row in twin["firms"]} == {"N00", "N01"}


def test_the_path_is_drawn_in_the_light_and_in_the_dark(site):
    light, dark = (site.get(ASKED.replace("/study?", f"/study.{form}?")).text for form in ("svg", "dark.svg"))
    assert "<svg" in light
    assert light != dark
    drawn = site.get(ASKED.replace("/study?", "/study.vl.json?")).json()
    assert "vconcat" in drawn


def test_what_prices_leave_nothing_of_is_told_with_the_reason_beside_what_is_known(site):
    words, _, _ = read(site.get("/study?measure=us-2022-10-07-fab-end-use&tickers=ZZZZ").text)
    assert "Nothing was studied" in words
    assert "the price file does not have it" in words
    assert "Events, and the first session" in words


@pytest.mark.parametrize(
    ("address", "field", "words"),
    [
        ("/study.json?measure=us-nothing", None, "us-nothing"),
        (f"/study.json?measure={EDA}&window=later", "window", "first and last session"),
        (f"/study.json?measure={EDA}&window=0..500", "window", "out of range"),
        (f"/study.json?measure={EDA}&test=guess", "test", "kp"),
        ("/study.json", None, "measure"),
        ("/exposure.json?measure=us-nothing", None, "us-nothing"),
        ("/exposure.json?company=Nobody+Ltd", "company", "Nobody Ltd"),
        ("/exposure.json?to=Atlantis", "to", "Atlantis"),
        ("/routes.json", None, "control"),
        (f"/routes.json?control={RULE}&hs=chips", "hs", "pattern"),
        (f"/routes.json?control={RULE}&target=Atlantis", "target", "Atlantis"),
        ("/ranking.json", None, "--prices"),
        ("/ranking.json?on=July", "on", "YYYY-MM"),
    ],
)
def test_what_cannot_be_asked_is_told_with_the_field_and_the_mend(bare, address, field, words):
    answer = bare.get(address)
    assert answer.status_code in (404, 422)
    error = answer.json()["error"]
    assert words in error["message"]
    assert [each["field"] for each in error["fields"]] == ([field] if field else [])


# --- who is exposed


def test_who_is_exposed_is_told_with_bands_products_measures_and_the_source_of_the_revenue(bare):
    words, links, _ = read(bare.get(f"/exposure?on=2025-06-15&measure={H20}").text)
    twin = bare.get(f"/exposure.json?on=2025-06-15&measure={H20}").json()
    touched = [row for row in twin["companies"] if row["risk_high"]]
    assert [row["company"] for row in touched] == ["nvidia"]
    [row] = touched
    assert row["risk_low"] <= row["risk_central"] <= row["risk_high"] <= row["share_high"]
    assert f"{row['risk_central']:.0f} %" in words or f"{row['risk_central']:.1f} %" in words
    assert any(source in links for source in row["share"]["sources"])
    assert any(link.startswith(f"/measure/{H20}") for link in links)
    assert f"{row['always'] + row['some']} of {row['products']}" in words


def test_one_company_is_shown_product_by_product_and_with_what_it_said(bare):
    words, links, _ = read(bare.get(f"/exposure?on=2025-06-15&measure={H20}&company=Nvidia").text)
    [row] = bare.get(f"/exposure.json?on=2025-06-15&measure={H20}&company=Nvidia").json()["companies"]
    for product in row["product_list"]:
        assert product["name"] in words
    for said in row["statements"]:
        assert said["text"] in words
    assert any(link.startswith(f"/study?measure={H20}&tickers=NVDA") for link in links)


def test_where_nobodys_revenue_is_on_record_nobody_is_called_free(bare):
    words, _, _ = read(bare.get("/exposure?on=2025-06-15&to=JP").text)

    assert "no company's revenue in Japan is on record" in words
    assert "None of these companies" not in words


def test_a_measure_that_does_not_bind_on_the_day_says_so(bare):
    words, _, _ = read(bare.get(f"/exposure?on=2025-07-10&measure={EDA}").text)

    assert f"{EDA} does not bind on 2025-07-10: it is lifted" in words


def test_of_whom_too_little_is_known_it_is_unknown_with_the_reason(bare):
    words, _, _ = read(bare.get(f"/exposure?on=2025-06-15&measure={H20}&company=Samsung").text)
    [row] = bare.get(f"/exposure.json?on=2025-06-15&measure={H20}&company=Samsung").json()["companies"]
    assert row["risk_high"] is None or row["risk_high"] == 0
    if row["risk_high"] is None:
        assert f"unknown, because {row['reason']}" in words


# --- what ranks best


def test_without_prices_the_page_of_the_ranking_says_what_it_needs(bare):
    words, _, _ = read(bare.get("/ranking").text)
    assert "No prices ship" in words
    assert "--fundamentals" in words


def test_a_ranking_says_first_whether_there_is_any_skill(site):
    pytest.importorskip("alphalens", reason="tidegate[ranking] is not installed")
    address = "/ranking?factors=momentum&top=5"
    words, _, _ = read(site.get(address).text)
    found = site.get(address.replace("/ranking?", "/ranking.json?")).json()
    assert "skill" in found["verdict"][0].casefold()
    assert words.index(found["verdict"][0]) < words.index("Who ranks where")
    assert "No advice" in words
    for row in found["rows"]:
        assert row["rank"] is None or row["ticker"] in words
    assert b"<svg" in site.get(address.replace("/ranking?", "/ranking.svg?")).content
    rows = list(csv.DictReader(io.StringIO(site.get(address.replace("/ranking?", "/ranking.csv?")).text)))
    assert len(rows) == len(found["rows"])
    assert "/" not in found["prices"]


# --- ways round


def test_without_flows_the_page_tells_whose_control_it_is_its_dates_and_its_codes(bare, ledger):
    words, _, _ = read(bare.get(f"/routes?control={RULE}").text)
    twin = bare.get(f"/routes.json?control={RULE}").json()
    assert "No trade flows ship" in words
    assert "examples/flows/made-up.csv" in words
    assert twin["trace"] is None
    assert twin["control"]["controller"] == ["US"]
    assert twin["traced"] == list(hs_codes(ledger[RULE], twin["control"]["since"]).hs)
    for row in twin["codes"]:
        assert row["hs"] in words
    rows = list(csv.DictReader(io.StringIO(bare.get(f"/routes.csv?control={RULE}").text)))
    assert [row["hs"] for row in rows] == [row["hs"] for row in twin["codes"]]


def test_what_customs_cannot_see_is_told_with_the_reason(bare):
    words, _, _ = read(bare.get(f"/routes?control={EDA}").text)
    twin = bare.get(f"/routes.json?control={EDA}").json()
    assert twin["problem"]
    assert all(why in words for why in twin["unknown"])


def test_flows_of_ones_own_are_traced_by_a_job(ledger, tmp_path_factory):
    pytest.importorskip("ruptures", reason="tidegate[diversion] is not installed")
    from pathlib import Path

    brought = read_brought(flows=[Path(__file__).parents[1] / "examples" / "flows" / "made-up.csv"])
    client = Client(
        Site(ledger, lambda: TODAY, None, Here(tmp_path_factory.mktemp("flows")), brought=brought)
    )
    try:
        address = f"/routes?control={RULE}&hs=854231"
        words, _, _ = read(client.get(address).text)
        found = client.get(address.replace("/routes?", "/routes.json?")).json()
        routes = found["trace"]["routes"]
        assert routes[0]["verdict"] == "rises beyond expectation on both legs"
        assert routes[0]["verdict"] in words
        assert all(sentence in words for sentence in found["trace"]["explanations"])
        assert [source["name"] for source in found["trace"]["sources"]] == ["made-up.csv"]
        assert b"<svg" in client.get(address.replace("/routes?", "/routes.svg?")).content
        rows = list(csv.DictReader(io.StringIO(client.get(address.replace("/routes?", "/routes.csv?")).text)))
        assert len(rows) == len(routes)
    finally:
        client.close()


# --- what was brought


def test_the_record_of_a_site_hangs_on_what_was_brought(ledger, prices):
    ask = dict.fromkeys(("none", "one", "other"))
    ask["none"] = Site(ledger, lambda: TODAY).digest
    for name in ("one", "other"):
        ask[name] = Site(ledger, lambda: TODAY, brought=Brought(name, prices)).digest
    assert len(set(ask.values())) == 3


def test_files_are_read_once_and_named_by_their_name_alone(tmp_path):
    file = tmp_path / "closes.csv"
    file.write_text("date,ticker,close\n2025-01-02,NVDA,100\n2025-01-03,NVDA,101\n", "utf-8")
    brought = read_brought(file)
    assert brought.prices.path == "closes.csv"
    assert str(tmp_path) not in json.dumps(brought.prices.notes)
    same = tmp_path / "again"
    same.mkdir()
    (same / "closes.csv").write_bytes(file.read_bytes())
    assert read_brought(same / "closes.csv").digest == brought.digest
    file.write_text("date,ticker,close\n2025-01-02,NVDA,100\n2025-01-03,NVDA,102\n", "utf-8")
    assert read_brought(file).digest != brought.digest


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"prices": "nowhere.csv"}, "nowhere.csv"),
        ({"flows": ["nowhere.csv"]}, "nowhere.csv"),
        ({"fundamentals": ["figures.csv"]}, "--prices"),
        ({"sectors": "sectors.csv"}, "--prices"),
    ],
)
def test_a_file_that_is_not_there_is_named_with_the_mend(given, words):
    with pytest.raises(BadInputError, match=words):
        read_brought(**given)


def test_nothing_brought_is_nothing():
    assert read_brought() is None


# --- assistants


def test_assistants_are_told_what_a_ranking_needs_and_what_is_known_without_flows(ledger):
    own = Site(ledger, lambda: TODAY)
    with pytest.raises(BadInputError, match="--prices"):
        call("ranking", {}, own)
    told = call("routes", {"control": RULE}, own)["answer"]
    assert told["control"]["controller"] == ["US"]
    assert "No trade flows ship" in told["lacking"]


# --- the brief


FEW = (EDA, H20)
SINCE, ON = dt.date(2025, 5, 4), dt.date(2025, 6, 3)


@pytest.fixture(scope="module")
def few(ledger):
    return Ledger(tuple(ledger[name] for name in FEW), ledger.read_to, ledger.scenario, ledger.starts)


@pytest.fixture(scope="module")
def markets(few, prices):
    return markets_on(few, SINCE, ON, moved_between(few, SINCE, ON), prices=prices)


def groups_of(markets):
    return {
        group["title"]: group for group in market_groups({"on": "2025-06-03", "markets": asdict(markets)})
    }


def test_the_brief_tells_who_is_exposed_to_each_new_measure_with_band_and_source(markets):
    [one] = markets.exposed
    assert one.id == EDA
    assert {each.company for each in one.companies} == {"synopsys", "cadence"}
    for each in one.companies:
        assert each.low <= each.central <= each.high
        assert each.source
    spans = groups_of(markets)["Who is exposed to what is new"]["lines"][0]["spans"]
    assert {each.source for each in one.companies} <= {span.get("href") for span in spans}
    assert [span["measure"] for span in spans if "measure" in span] == [EDA]


def test_the_brief_tells_what_prices_did_by_the_day_and_nothing_later(markets, few, prices):
    [one] = [line for line in markets.prices if line.day0 == "2025-05-28"]
    assert one.abnormal < -5
    assert set(one.shares) == {"CDNS", "SNPS"}
    told = plain_text(groups_of(markets)["What prices did"]["lines"][0]["spans"])
    assert f"{one.abnormal:+.1f} %" in told
    cut = int(np.searchsorted(prices.days, np.datetime64("2025-06-04")))
    wild = prices.close.copy()
    wild[:, cut:] *= 3
    moved = moved_between(few, SINCE, ON)
    later = replace(prices, close=wild)
    assert markets_on(few, SINCE, ON, moved, exposed=False, prices=later).prices == markets.prices
    early = markets_on(few, SINCE, dt.date(2025, 5, 29), moved, exposed=False, prices=prices)
    assert not early.prices
    assert any(kind == "prices" and "do not reach" in note for kind, note in early.notes)


def test_a_day_with_nothing_new_asks_no_law_of_any_product(few):
    found = markets_on(few, dt.date(2018, 1, 1), dt.date(2018, 1, 20), ())
    assert (found.exposed, found.prices, found.routes, found.notes) == ((), None, None, ())
    assert market_groups({"on": "2018-01-20", "markets": asdict(found)}) == []
    assert market_groups({"on": "2018-01-20", "markets": None}) == []


def test_around_a_measure_without_prices_there_is_a_reason(ledger):
    found = around_measure(ledger, StudyQuestion(measure=H20), None)
    assert found.study is None
    assert found.why_none
    assert found.table().columns[:2] == ("event", "title")
    assert dt.date.fromisoformat(found.sessions[0]["first"])

"""Tide, map, network and scenarios: the pages say what the library says, pictures among it."""

import csv
import html
import io
import json
import re
from xml.etree import ElementTree

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")
pytest.importorskip("vl_convert", reason="tidegate[pictures] is not installed")

from tidegate.ledger.scenario import apply_scenario_text
from tidegate.ledger.shipped_scenarios import shipped_scenarios
from tidegate.licensing.control_map import control_map
from tidegate.licensing.tide import tide
from tidegate.supply.report import span_of
from tidegate.web.jobs import Jobs
from tidegate.web.question import questions
from web_client import client_of, read

DAY = "2026-11-21"
DRAWN = [
    ("tide", {"target": "CN", "by": "class", "from": "2022-01", "to": "2026-11"}),
    ("map", {"on": DAY, "target": "CN"}),
    ("network", {"buyer": "CN"}),
]


@pytest.fixture(scope="module")
def site(ledger):
    client = client_of(ledger)
    yield client
    client.close()


@pytest.fixture
def idle(ledger, tmp_path):
    """A site whose jobs wait for good: what a page shows while its answer is being worked out."""
    client = client_of(ledger, jobs=Jobs(tmp_path, at_once=0, waiting=2))
    yield client
    client.close()


# --- pictures


@pytest.mark.parametrize(("name", "values"), DRAWN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_picture_comes_in_every_form_by_the_address_of_its_question(site, name, values):
    asks = questions()[name]
    light, dark = (site.get(asks.address(values, form)) for form in ("svg", "dark.svg"))
    for answer in (light, dark):
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert ElementTree.fromstring(answer.text).tag.endswith("svg")
    assert light.text != dark.text
    png = site.get(asks.address(values, "png"))
    assert (png.headers["content-type"], png.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    spec = site.get(asks.address(values, "vl.json")).json()
    assert "vega-lite" in spec["$schema"]
    assert "http" not in json.dumps({key: value for key, value in spec.items() if key != "$schema"})


def test_a_picture_of_what_cannot_be_asked_is_an_error_like_any_other(site):
    assert site.get("/tide.svg?target=Atlantis").status_code == 422
    assert site.get("/tide.vl.json?target=Atlantis").json()["error"]["fields"][0]["field"] == "target"
    assert site.get("/today.svg").status_code == 404


# --- tide and map


def test_the_tide_shows_the_reading_of_each_line_and_the_measures_that_decide(site, ledger):
    gauge = tide(ledger, "CN", "2022-01", "2026-11", by="class")
    text, links, _ = read(site.get(questions()["tide"].address(DRAWN[0][1])).text)
    for goods in gauge.basket.classes:
        last = gauge.line(goods=goods)[-1]
        assert f"{last.low:.2f}" in text
        assert gauge.basket.classes[goods] in text
        assert any(link.startswith(f"/measure/{last.measures[0]}?") for link in links)
    now = gauge.line()[-1]
    assert f"{now.low:.2f} to {now.high:.2f}" in text


def test_the_first_page_shows_the_gauge_at_the_end_of_the_month(site, ledger):
    point = next(point for point in tide(ledger).line() if point.month == "2023-12")
    text, links, tags = read(site.get("/?on=2023-12-05").text)
    assert f"{point.low:.2f} to {point.high:.2f}" in text
    assert "at the end of 2023-12" in text
    assert any(link.startswith("/tide") for link in links)
    assert any("g-band" in (attributes.get("class") or "") for _, attributes in tags)


@pytest.mark.parametrize(
    "address", ["/?on=2017-06-01", "/?on=2030-01-01", "/?on=2025-01-01&known_by=2025-01-01"]
)
def test_where_the_gauge_does_not_reach_the_first_page_leads_to_its_own(site, address):
    page = site.get(address)
    assert page.status_code == 200
    assert "g-band" not in page.text
    assert any(link.startswith("/tide") for link in read(page.text)[1])


def test_the_map_has_a_tile_a_country_darker_where_controls_are_tighter(site, ledger):
    found = control_map(ledger, DAY)
    page = site.get(f"/map?on={DAY}").text
    shade = {
        code: int(n) for n, code in re.findall(r'class="t(\d)"><title>.*?<text [^>]*>(\w\w)</text>', page)
    }
    assert shade.keys() == set(found.targets)
    middle = {row["target"]: row["tightness"] for row in found.scores()}
    for code, step in shade.items():
        assert step == (0 if not middle[code] else min(int(middle[code] * 5), 4) + 1)
    assert shade["RU"] > shade["CN"] > shade["JP"]


def test_the_map_of_one_government_and_class_counts_only_these(site, ledger):
    found = control_map(ledger, DAY)
    record = site.get(f"/map.json?on={DAY}&by=NL&goods=lithography").json()
    assert {(cell["government"], cell["class"]) for cell in record["cells"]} == {("NL", "lithography")}
    assert len(record["cells"]) == found.reach()["NL", "lithography"]
    assert found.score("US", "NL", "eda_software") == (0, 0)


def test_one_country_shows_each_cell_with_its_answer_and_measures(site, ledger):
    found = control_map(ledger, DAY, ["CN"])
    text, links, _ = read(site.get(f"/map?on={DAY}&target=China").text)
    for cell in found.toward("CN"):
        assert cell.how.replace("_", " ") in text
        assert any(link.startswith(f"/measure/{cell.measures[0]}?") for link in links)
    low, high = found.score("CN")
    assert f"{low:.2f} to {high:.2f}" in text


def test_a_score_of_all_is_the_tide_of_that_day(ledger):
    last = tide(ledger, "CN", "2026-10", "2026-10").line()[-1]
    assert control_map(ledger, "2026-10-31", ["CN"]).score("CN") == pytest.approx((last.low, last.high))


# --- network


def test_the_network_shows_each_maker_of_a_good_with_its_source(site):
    rows = [row for row in site.get("/network.json?buyer=CN").json()["goods"] if row["good"] == "lithography"]
    text, links, tags = read(site.get("/network?buyer=CN&good=lithography").text)
    for source in rows[0]["sources"]:
        assert source in links
    assert "ASML" in text
    assert f"Netherlands {100 * rows[0]['country_share']:.0f} %" in text
    assert any(tag == "path" and attributes.get("d", "").startswith("M") for tag, attributes in tags)


@pytest.mark.parametrize(
    "address", ["/network?buyer=AE&good=lithography", "/network?buyer=TW", "/network?good=magnets"]
)
def test_the_network_has_a_page_for_buyers_that_do_not_buy_and_goods_without_named_firms(site, address):
    assert site.get(address).status_code == 200


# --- scenarios


def test_every_shipped_scenario_stands_on_the_shelf_with_the_span_of_its_effect(idle, ledger):
    text, links, _ = read(idle.get("/scenarios").text)
    for one in shipped_scenarios().values():
        first, last = span_of(ledger, apply_scenario_text(ledger, one.text, one.name))
        assert one.title in text
        assert f"{first} to {last}" in text
        assert f"/scenario?name={one.name}" in links
    assert "is being worked out" in text


def test_a_scenario_that_is_being_worked_out_says_so_and_comes_again_without_scripts(idle):
    answer = idle.ask("GET", "/scenario?name=match-act")
    assert answer.status_code == 202
    assert '<noscript><meta http-equiv="refresh"' in answer.text
    text, _, tags = read(answer.text)
    assert "You can leave this page and come back" in text
    assert "The MATCH Act" in text
    assert any(tag == "progress" for tag, _ in tags)
    twin = idle.ask("GET", "/scenario.json?name=match-act")
    assert (twin.status_code, twin.json()["job"]["state"]) == (202, "waiting")
    for form in ("csv", "svg", "png"):
        early = idle.ask("GET", f"/scenario.{form}?name=match-act")
        assert (early.status_code, early.headers["retry-after"]) == (202, "2")


def test_too_many_scenarios_at_once_are_told_to_come_again(idle):
    for seed in (1, 2):
        assert idle.ask("GET", f"/scenario?name=match-act&seed={seed}").status_code == 202
    assert idle.ask("GET", "/scenario?name=match-act&seed=3").status_code == 503
    assert idle.ask("GET", "/scenario.json?name=match-act&seed=3").json()["error"]["status"] == 503
    assert idle.ask("GET", "/scenario?name=match-act&seed=2").status_code == 202


TEXT = "title: A test\nedits:\n  - set: jp-servicing-talk\n    stage: agreed\n    on: 2025-06-01\n"


def test_a_scenario_that_makes_no_sense_is_shown_again_with_the_lines_to_mend(idle):
    answer = idle.ask("GET", "/scenario", params={"text": TEXT})
    assert answer.status_code == 422
    text, _, _ = read(answer.text)
    assert "line 3: 'jp-servicing-talk' is no measure. Did you mean 'jp-servicing-talks'?" in text
    assert "- set: jp-servicing-talk" in answer.text
    twin = idle.ask("GET", "/scenario.json", params={"text": TEXT})
    assert twin.status_code == 422
    assert "scenario:3" in twin.json()["error"]["message"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "match-acts"}, "is no shipped scenario"),
        ({"name": "match-act", "text": TEXT}, "Leave one of them out"),
        ({"name": "match-act", "from": "2022Q1"}, "before the first quarter"),
        ({"name": "match-act", "from": "2025Q9"}, "is no quarter"),
        ({"name": "match-act", "to": "2060Q1"}, "too far away"),
        ({"name": "match-act", "outcome": "sales:nobody"}, "no seller 'nobody'"),
        ({"name": "match-act", "draws": "100000"}, "less than or equal to"),
        ({"text": "a" * 7000}, "at most 6000"),
        ({}, "Nothing is asked"),
    ],
)  # fmt: skip
def test_what_the_model_cannot_be_asked_is_told_before_anything_runs(idle, values, said):
    answer = idle.ask("GET", "/scenario.json", params=values)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]
    assert not idle.site.jobs._queue


def test_the_address_of_a_written_scenario_holds_it_whole(idle):
    text = shipped_scenarios()["rare-earths-cut-off"].text.rstrip("\n")
    page = idle.ask("GET", "/scenario", params={"text": text.replace("\n", "\r\n")}).text
    address = next(link for link in read(page)[1] if link.startswith("/scenario?text="))
    again = idle.ask("GET", address)
    assert again.status_code == 202
    assert text in html.unescape(again.text)
    # Line ends are those of whoever sent it; the question is the same, and so is the job.
    assert len(idle.site.jobs._queue) == 1


def test_a_scenario_shows_effects_with_bands_the_quarters_and_what_carries_them(site):
    """The example of the question, which other tests have run already."""
    asks = questions()["scenario"]
    record = site.get(asks.address(asks.examples[0], "json")).json()
    [run] = record["runs"]
    assert record["job"]["state"] == "done"
    assert run["draws"] == int(asks.examples[0]["draws"])
    assert all(row["low"] <= row["effect"] <= row["high"] for row in run["effects"])
    text, links, _ = read(site.get(asks.address(asks.examples[0])).text)
    for row in [row for row in run["effects"] if row["low"] or row["high"]][:20]:
        assert row["label"] in text
    assert [cause["by"] for cause in record["why"]] == ["measure", "channel"]
    by_measure = record["why"][0]
    assert by_measure["outcome"] == record["explained"]
    *parts, whole = by_measure["parts"]
    assert sum(part["effect"] for part in parts) == pytest.approx(whole["effect"], rel=0.05)
    assert any(link.startswith(f"/measure/{parts[0]['measure']}") for link in links)
    assert "no forecast" in text
    assert "/model-record" in links
    assert site.get(asks.address(asks.examples[0], "svg")).status_code == 200


@pytest.mark.parametrize("name", ["scenario", "model_record"])
def test_a_page_that_a_job_works_out_keeps_what_every_page_promises(site, name):
    asks = questions()[name]
    example = asks.examples[0]
    page = site.get(asks.address(example))
    assert page.status_code == 200
    assert len(page.content) < 200_000
    text, links, tags = read(page.text)
    assert [tag for tag, _ in tags].count("h1") == 1
    assert [tag for tag, _ in tags].count("caption") == [tag for tag, _ in tags].count("table")
    assert not any("style" in attributes for _, attributes in tags)
    assert "not legal advice" in text
    assert not any(link.partition("?")[0].endswith(".atom") for link in links)
    rows = list(csv.reader(io.StringIO(site.get(asks.address(example, "csv")).text)))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    twin = site.get(asks.address(example, "json")).json()
    assert site.get(f"/api/{name}", params=dict(example)).json() == twin


def test_the_record_of_the_model_is_worked_out_and_says_what_it_misses(site):
    record = site.get("/model-record.json?draws=20").json()
    summary, targets = record["hindcast"]["summary"], record["hindcast"]["targets"]
    assert summary["modelled"] == len(targets) > 100
    assert summary["inside_tolerance"] == sum(row["inside_tolerance"] for row in targets)
    assert all(row["source"] for row in targets)
    text, _, tags = read(site.get("/model-record?draws=20").text)
    assert f"near {summary['inside_tolerance']} of {summary['modelled']} observations" in text
    assert "looked at while bands were widened" in text
    published = record["published"]["comparisons"]
    drawn = [row for row in published if row["model"] is not None]
    assert sum("r-middle" in (attributes.get("class") or "") for _, attributes in tags) == len(drawn)
    for row in published:
        assert row["source"] in text


def test_the_shelf_is_there_when_too_much_is_being_worked_out(ledger, tmp_path):
    client = client_of(ledger, jobs=Jobs(tmp_path, at_once=0, waiting=0))
    answer = client.ask("GET", "/scenarios")
    assert answer.status_code == 200
    assert "is not worked out yet: Too many questions" in read(answer.text)[0]
    assert client.ask("GET", "/scenarios.json").json()["scenarios"]
    client.close()


@pytest.mark.parametrize(("address", "said"), [("/scenario", "name, text"), ("/check", "item, destination")])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_where_nothing_is_asked_the_twin_names_what_a_question_needs(idle, address, said, form):
    answer = idle.ask("GET", f"{address}.{form}")
    assert answer.status_code == 422
    assert f"Say at least one of {said}" in answer.json()["error"]["message"]

"""The pages: every question has one, its twins say the same, and what cannot be asked is told field by field."""

import csv
import gzip
import io
import json
import re

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.licensing import decide
from tidegate.licensing.check import check
from tidegate.web import questions
from tidegate.web.headers import POLICY
from tidegate.web.jobs import Jobs
from web_client import client_of, read

QUESTIONS = list(questions().values())
# What jobs work out is tested once, in test_web_charts.py.
EXAMPLES = [(asks, example) for asks in QUESTIONS if not asks.by_job for example in asks.examples]


def ids(value):
    return getattr(value, "name", "")


@pytest.fixture(scope="module")
def site(ledger):
    client = client_of(ledger)
    yield client
    client.close()


# --- every question


@pytest.mark.parametrize(("asks", "example"), EXAMPLES, ids=ids)
def test_every_question_answers_its_examples_as_page_and_json_and_in_the_api(site, asks, example):
    page = site.get(asks.address(example))
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"

    twin = site.get(asks.address(example, "json"))
    assert twin.status_code == 200
    assert twin.json()

    path = "/api/" + "/".join([asks.name, *(example[name] for name in asks.in_path)])
    rest = {name: value for name, value in example.items() if name not in asks.in_path}
    assert site.get(path, params=rest).json() == twin.json()


@pytest.mark.parametrize(("asks", "example"), [(a, e) for a, e in EXAMPLES if a.has_csv], ids=ids)
def test_every_csv_twin_has_a_header_and_rows_of_that_width(site, asks, example):
    rows = list(csv.reader(io.StringIO(site.get(asks.address(example, "csv")).text)))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize(
    "asks", [a for a in QUESTIONS if not a.in_path and not a.asked.model_json_schema().get("required")], ids=ids
)  # fmt: skip
def test_every_question_that_needs_nothing_answers_without_parameters(idle, asks):
    assert idle.ask("GET", asks.address()).status_code == (
        202 if asks.name in ("model_record", "brief") else 200
    )


@pytest.mark.parametrize(("asks", "example"), EXAMPLES, ids=ids)
def test_a_page_has_one_heading_says_that_it_is_no_advice_and_how_far_sources_were_read(site, asks, example):
    page = site.get(asks.address(example)).text
    text, links, tags = read(page)
    assert [tag for tag, _ in tags].count("h1") == 1
    assert "not legal advice" in text
    assert "Sources were read to 2026-10-09" in text
    assert "#main" in links
    assert all(attributes.get("scope") for tag, attributes in tags if tag == "th")
    captions = [tag for tag, _ in tags].count("caption")
    assert captions == [tag for tag, _ in tags].count("table")


def weight(site, page):
    """Return the bytes of a page with its styles and scripts, unpacked: all but pictures."""
    _, _, tags = read(page)
    parts = [own.get("src") if tag == "script" else own["href"] for tag, own in tags
             if tag == "script" or (tag == "link" and own["rel"] in ("stylesheet", "icon"))]  # fmt: skip
    return len(page.encode()) + sum(len(site.get(part).content) for part in parts)


@pytest.mark.parametrize(("asks", "example"), EXAMPLES, ids=ids)
def test_a_page_weighs_less_than_200_kb_and_holds_nothing_inline(site, asks, example):
    page = site.get(asks.address(example)).text
    assert weight(site, page) < 200_000
    _, _, tags = read(page)
    assert not any(
        "style" in attributes or any(name.startswith("on") for name in attributes) for _, attributes in tags
    )
    assert all(attributes.get("src") for tag, attributes in tags if tag == "script")
    assert "<style" not in page


def test_the_timeline_of_everything_weighs_less_than_200_kb(site):
    assert weight(site, site.get("/timeline").text) < 200_000


@pytest.fixture(scope="module")
def idle(ledger, tmp_path_factory):
    """The same site, where whatever takes long waits for good."""
    client = client_of(ledger, jobs=Jobs(tmp_path_factory.mktemp("answers"), at_once=0, waiting=1000))
    yield client
    client.close()


@pytest.mark.parametrize(("asks", "example"), EXAMPLES, ids=ids)
def test_every_link_of_a_page_into_the_site_leads_to_a_page(site, idle, asks, example):
    _, links, _ = read(site.get(asks.address(example)).text)
    inner = list(dict.fromkeys(link.partition("#")[0] for link in links if link.startswith("/")))
    assert inner
    for link in [*inner[:12], *inner[-8:]]:
        assert idle.ask("GET", link).status_code in (200, 202), link


def test_a_question_names_no_parameter_that_it_has_not():
    with pytest.raises(ValueError, match="timeline has no parameter colour"):
        questions()["timeline"].address({"colour": "red"})


# --- the page says what its twin says


def test_today_shows_every_measure_date_change_and_rumour_of_its_twin(site):
    record = site.get("/today.json").json()
    text, links, _ = read(site.get("/").text)
    for name in ("binding", "changed", "dated", "announced", "rumours"):
        assert record[name]
        for row in record[name]:
            assert re.sub(r"\s+", " ", row["title"]) in text
            assert any(link.startswith(f"/measure/{row['id']}?") for link in links)
    assert sum(row["binding"] for row in record["counts"]) == len(record["binding"])
    assert all(row["stage"] in ("in_force", "eased") for row in record["binding"])


def test_today_with_filters_keeps_what_they_say(site):
    record = site.get("/today.json?on=2025-06-15&by=Washington&target=CN&instrument=chip_export").json()
    assert record["binding"]
    assert {row["jurisdiction"] for row in record["binding"]} == {"US"}
    assert {row["instrument"] for row in record["binding"]} == {"chip_export"}


def test_today_as_known_by_a_day_leaves_out_what_was_not_public(site, ledger):
    shown = {row["id"] for row in site.get("/today.json?on=2025-02-25&known_by=2025-02-24").json()["binding"]}
    assert shown == {s.measure.id for s in ledger.on("2025-02-25", "2025-02-24") if s.binds}


def test_the_timeline_draws_each_run_of_its_twin_as_a_link_to_the_entry(site):
    address = "/timeline{}?from=2025-01-01&to=2026-11-21&item=eda_software"
    runs = site.get(address.format(".json")).json()["runs"]
    page = site.get(address.format("")).text
    _, links, tags = read(page)
    assert sum(tag == "rect" and own.get("class", "").startswith("b-") for tag, own in tags) == len(runs)
    for run in runs:
        assert f"/measure/{run['id']}?on=2026-11-21#e-{run['entry']}" in links
        assert f"{run['stage'].replace('_', ' ')} {run['from']} to {run['to']}" in page


def test_every_link_of_a_run_has_its_entry_on_the_page_of_the_measure(site):
    page = site.get("/timeline?from=2025-01-01&item=h20").text
    _, links, _ = read(page)
    anchored = [link for link in dict.fromkeys(links) if "#e-" in link]
    assert len(anchored) > 20
    for link in anchored[::6]:
        to, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in site.get(to).text, link


def test_two_days_compared_show_each_change_with_its_source(site):
    address = "/diff{}?from=2025-11-01&to=2025-11-12"
    rows = site.get(address.format(".json")).json()["changes"]
    text, links, _ = read(site.get(address.format("")).text)
    assert rows
    for row in rows:
        assert row["title"] in text
        assert row["source"] in links or row["source"] in text


def test_a_measure_shows_its_history_its_scope_in_words_and_sql_and_what_it_is_tied_to(site, ledger):
    text, links, _ = read(site.get("/measure/cn-2025-10-09-ann-61").text)
    measure = ledger["cn-2025-10-09-ann-61"]
    for entry in measure.entries:
        assert re.sub(r"\s+", " ", entry.note) in text
        assert not entry.source.startswith("http") or entry.source in links
    assert "extension announced, text lapsed, not confirmed" in text
    assert "cn rare earth value share at least 0.001" in text
    assert "cn_rare_earth_value_share >= 0.001" in text
    assert any(link.startswith("/measure/us-2025-09-29-affiliates-rule?") for link in links)


@pytest.mark.parametrize("step", range(0, 280, 35))
def test_any_measure_has_a_page_on_any_day(site, ledger, step):
    for measure in ledger.measures[step : step + 6]:
        for day in ("2018-06-01", "2024-01-01", "2026-11-21"):
            answer = site.get(f"/measure/{measure.id}?on={day}&known_by={day}")
            assert answer.status_code == 200
            assert measure.title in read(answer.text)[0]


# --- check


H20 = "item=h20&exporter_country=US&destination=CN&end_user=Alibaba&on=2025-05-01"


def test_a_check_says_what_the_library_says(site, ledger):
    facts = {
        "item": "h20",
        "exporter_country": "US",
        "destination": "CN",
        "end_user": "Alibaba",
        "activity": "export",
    }
    decision = decide(facts, ledger.on("2025-05-01"))
    record = site.get(f"/check.json?{H20}").json()
    assert record["decisions"] == json.loads(decision.to_json())["decisions"]
    text, links, _ = read(site.get(f"/check?{H20}").text)
    assert "LICENCE REQUIRED (US)" in text
    for finding in decision["US"].findings:
        assert finding.provision.measure.title in text
    assert any(link.startswith("/measure/us-2025-04-09-h20-is-informed-letter?") for link in links)


def test_a_check_gives_a_record_to_file(site):
    text, _, _ = read(site.get(f"/check?{H20}").text)
    for part in (
        "Record to file",
        site.site.digest,
        "2025-05-01",
        "sources read to 2026-10-09",
        "Not legal advice",
    ):
        assert part in text


def test_a_check_asks_for_the_fact_that_settles_most_and_telling_it_settles_something(site):
    address = "item=h20&destination=CN&on=2026-11-21"
    page = site.get(f"/check?{address}").text
    assert "Told next, this settles most" in page
    assert re.search(r'class="next">.*?name="exporter_country"', page, re.DOTALL)
    count = [
        sum(bool(d["unknown"]) for d in site.get(f"/check.json?{address}{more}").json()["decisions"].values())
        for more in ("", "&exporter_country=US")
    ]
    assert count[1] < count[0]


def test_any_column_may_be_told_in_the_address(site, ledger):
    facts = {
        "kind": "chip",
        "tpp": "5000",
        "destination": "CN",
        "exporter_country": "US",
        "end_user_us_listed": "false",
    }
    record = site.get("/check.json", params={**facts, "on": "2024-01-01"}).json()
    assert (record["transaction"]["tpp"], record["transaction"]["end_user_us_listed"]) == (5000, False)
    assert record == json.loads(check(facts, ledger, "2024-01-01").to_json())


def test_a_form_with_empty_fields_leads_to_the_address_without_them(site):
    answer = site.get("/check?item=h20&destination=&on=2025-05-01&end_user=+")
    assert (answer.status_code, answer.headers["location"]) == (303, "/check?item=h20&on=2025-05-01")


def test_an_empty_check_is_a_form_and_its_twin_says_that_nothing_is_asked(site):
    assert "Say what goes where" in site.get("/check").text
    twin = site.get("/check.json")
    assert twin.status_code == 422
    assert "Nothing is asked" in twin.json()["error"]["message"]


# --- a table


def test_a_table_comes_back_decided(site):
    table = (
        b"date,activity,item,destination,exporter_country,end_user,order_no\n"
        b"2025-05-01,export,h20,CN,US,Alibaba,17\n2025-05-01,export,h20,Nowhere,US,Alibaba,18\n"
    )
    answer = site.ask("POST", "/check/table", files={"table": ("deals.csv", table)}, timeout=120)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["order_no"] for row in rows] == ["17", "18"]
    assert rows[0]["us_outcome"] == "licence_required"
    assert "destination" in rows[1]["error"]
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("sent", "headers", "status", "said"),
    [
        ({"table": ("deals.exe", b"x")}, {}, 422, "Send a .csv or .parquet file"),
        ({"other": ("deals.csv", b"x")}, {}, 422, "no file was sent"),
        ({"table": ("deals.csv", b"x")}, {"sec-fetch-site": "cross-site"}, 403, "from another site"),
        ({"table": ("deals.csv", b"x")}, {"content-length": str(2**40)}, 413, "may weigh 32 MB"),
    ],
    ids=["ending", "field", "stranger", "weight"],
)
def test_a_table_that_cannot_be_taken_is_refused_with_the_mend(site, sent, headers, status, said):
    answer = site.ask("POST", "/check/table", files=sent, headers=headers)
    assert answer.status_code == status
    assert said in read(answer.text)[0]


# --- what cannot be asked


@pytest.mark.parametrize(
    ("address", "field", "said"),
    [
        ("/timeline{}?form=2025-01-01", "form", "Did you mean 'from'?"),
        ("/today{}?on=2025-13-01", "on", "not a date"),
        ("/today{}?by=Atlantis", "by", "called 'Atlantis'"),
        ("/today{}?days=0", "days", "greater than or equal to 1"),
        ("/timeline{}?stage=gone", "stage", "is not known. Known:"),
        ("/timeline{}?from=2025-02-01&to=2025-01-01", "address", "Give the earlier day"),
        ("/diff{}", "from", "Add it to the address"),
        ("/check{}?item=h20&tpp=-4", "tpp", "below zero"),
        ("/check{}?item=h20&tpp=1&tpp=2", "tpp", "stands twice"),
        ("/check{}?item=h2000000", "item", "Ids that are near"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_field_and_the_mend(site, address, field, said):
    twin = site.get(address.format(".json"))
    assert twin.status_code == 422
    [mistake] = twin.json()["error"]["fields"]
    assert mistake["field"] == field
    assert said in mistake["message"]
    page = site.get(address.format("").replace("/today?", "/?"))
    assert page.status_code == 422
    text, _, _ = read(page.text)
    assert said in text
    assert field in text


def test_a_measure_that_is_not_there_gives_names_that_are_near(site):
    answer = site.get("/measure/cn-2025-10-09-ann-62x")
    assert answer.status_code == 404
    assert "cn-2025-10-09-ann-62" in answer.text
    assert site.get("/measure/nothing.json").json()["error"]["status"] == 404


def test_a_page_that_is_not_there_gives_pages_that_are_near(site):
    answer = site.get("/timelin")
    assert answer.status_code == 404
    assert "/timeline" in read(answer.text)[1]


def test_what_is_asked_is_never_markup(site):
    for address in ("/?by=<script>alert(1)</script>", "/<script>alert(1)</script>", "/measure/<b>x</b>",
                    "/check?item=h20&end_user=<script>alert(1)</script>"):  # fmt: skip
        assert "<script>alert" not in site.get(address).text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        [*QUESTIONS[0].parameters, *QUESTIONS[1].parameters, "tpp", "item", "destination", "x"]
    ),
    value=st.text(max_size=40)
    | st.sampled_from(["2025-02-30", "US,", ",", "%00", "1e999", "nan", "-0", "true"]),
    asks=st.sampled_from([asks for asks in QUESTIONS if not asks.in_path]),
)
def test_no_parameter_whatever_is_in_it_breaks_a_page(idle, asks, name, value):
    assert idle.ask("GET", asks.path, params={name: value}).status_code in (200, 202, 303, 422)


# --- how it is sent


@pytest.mark.parametrize("address", ["/", "/today.json", "/nowhere", "/api", "/static/tidegate.css", "/diff"])
def test_every_answer_carries_the_strict_headers(site, address):
    headers = site.get(address).headers
    assert headers["content-security-policy"] == POLICY
    assert "'unsafe-inline'" not in POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


def test_an_answer_that_the_reader_has_is_not_sent_again(site):
    first = site.get("/timeline?item=h20")
    again = site.get("/timeline?item=h20", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = site.get("/timeline?item=h200", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_another_record_has_another_etag(site, ledger):
    from tidegate.ledger import Ledger

    smaller = client_of(Ledger(ledger.measures[1:], ledger.read_to, None, ledger.starts))
    assert smaller.get("/api").headers["etag"] != site.get("/api").headers["etag"]
    smaller.close()


def test_an_answer_is_compressed_for_those_who_take_it(site):
    plain = site.get("/", headers={"accept-encoding": "identity"})
    packed = site.get("/", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert len(gzip.compress(plain.content)) < len(plain.content) / 4


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/app.py"])  # fmt: skip
def test_no_file_of_the_server_can_be_reached(site, path):
    answer = site.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_the_api_describes_every_question_with_its_parameters(site):
    described = site.get("/api/openapi.json").json()
    for asks in QUESTIONS:
        path = "/api/" + "/".join([asks.name, *(f"{{{name}}}" for name in asks.in_path)])
        entry = described["paths"][path]["get"]
        assert entry["operationId"] == asks.name
        assert {each["name"] for each in entry["parameters"]} == set(asks.parameters)
        assert all(each["description"] for each in entry["parameters"])
        assert {"200", "404", "422"} <= entry["responses"].keys()

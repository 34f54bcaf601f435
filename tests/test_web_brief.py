"""The brief on the site: worked out by a job, with its twins, its sheet and what the store has."""

import csv
import datetime as dt
import html
import io
import sys

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from tidegate.brief.day import report_day
from tidegate.claims.documents import document_of_text
from tidegate.claims.reading import read_claims
from tidegate.claims.store import Store
from tidegate.web.jobs import Jobs
from web_client import NOW, client_of, read

# Before the supply model starts, so that no job runs it: its numbers are in test_brief_effects.py.
DAY = "2021-06-01"
ASKED = f"/brief{{}}?on={DAY}&since=90"


@pytest.fixture(scope="module")
def site(ledger):
    client = client_of(ledger)
    yield client
    client.close()


def test_the_page_says_what_its_twins_say(site):
    text, links, _ = read(site.get(ASKED.format("")).text)
    record = site.get(ASKED.format(".json")).json()
    rows = list(csv.DictReader(io.StringIO(site.get(ASKED.format(".csv")).text)))

    assert (record["on"], record["since"]) == (DAY, "2021-03-03")
    assert record["job"]["state"] == "done"
    assert record["moved"]
    assert [row["id"] for row in rows if row["section"] == "moved"] == [one["id"] for one in record["moved"]]
    for one in record["moved"][:7]:
        assert one["title"] in text
        assert f"/measure/{one['id']}?on={DAY}" in links
        assert one["said"]["href"] is None or one["said"]["href"] in links
    assert "the supply model runs from 2022Q3" in text


def test_it_is_one_sheet_as_pdf(site):
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("typst", reason="tidegate[pdf] is not installed")

    answer = site.get(ASKED.format(".pdf"))

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert len(pypdf.PdfReader(io.BytesIO(answer.content)).pages) == 1
    assert ASKED.format(".pdf") in read(site.get(ASKED.format("")).text)[1]


def test_without_typst_the_page_offers_no_sheet_and_its_address_says_how_to_get_it(site, monkeypatch):
    monkeypatch.setattr(sys.modules["tidegate.web.question"], "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "typst", None)

    answer = site.get("/brief.pdf?on=2021-06-02&since=90")

    assert "pip install" in answer.text
    assert answer.status_code < 500 or answer.status_code == 501
    assert not any(".pdf" in link for link in read(site.get("/brief?on=2021-06-02&since=90").text)[1])


def test_while_it_is_worked_out_the_page_says_so_and_can_be_left(ledger, tmp_path):
    client = client_of(ledger, jobs=Jobs(tmp_path, at_once=0, waiting=2))
    page, twin, sheet = (client.ask("GET", ASKED.format(form)) for form in ("", ".json", ".pdf"))
    client.close()

    assert [each.status_code for each in (page, twin, sheet)] == [202] * 3
    assert "You can leave this page and come back" in page.text
    assert twin.json()["job"]["state"] == "waiting"


def test_the_law_is_there_before_markets_and_effects(ledger):
    """Who waits for the model reads what changed meanwhile."""
    told = []

    with pytest.raises(InterruptedError):
        report_day(ledger, "2026-10-09", 30, lambda *each: told.append(each) or _stop_at(each))

    doing, _, _, so_far = told[-1]
    assert doing == "asking whose revenue is touched"
    assert so_far["moved"]
    assert so_far["markets"] is None
    assert so_far["effects"] is None


def _stop_at(each):
    if each[3] is not None:
        raise InterruptedError


@pytest.mark.parametrize(
    ("query", "field"),
    [("since=yesterday", "since"), ("since=0", "since"), (f"on={DAY}&since={DAY}", "address"),
     (f"on={DAY}&since=2021-07-01", "address"), ("on=nonsense", "on"), ("days=3", "days")],
)  # fmt: skip
def test_what_cannot_be_asked_names_the_field(site, query, field):
    answer = site.get(f"/brief.json?{query}")

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["error"]["fields"]] == [field]


def test_claims_of_the_store_are_on_it_as_they_stand_now(ledger, tmp_path):
    text = "Japan is considering export controls on graphite to China, people familiar with the matter said."
    with Store.open(tmp_path / "own.db") as store:
        client = client_of(ledger, store)
        before = client.get(ASKED.format(".json")).json()["claims"]
        document = document_of_text(f"# Tokyo\n\n{text}", "a.md", dt.date(2021, 5, 20), "The Post")
        store.put(read_claims(document), version="1", at=NOW)
        after = client.get(ASKED.format(".json")).json()["claims"]
        page = html.unescape(client.get(ASKED.format("")).text)
        client.close()

    assert before == []
    assert {claim["words"] for claim in after} == {text}
    assert text[:60] in page
    assert "The Post" in page

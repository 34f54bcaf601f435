"""The site behind its socket: what it reads beforehand, the names it answers under, who waits for what, and stories."""

import asyncio
import socket
import threading
import time

import httpx
import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from readings import AT, reading
from tidegate.claims.store import Store
from tidegate.errors import BadInputError
from tidegate.web import Site, create_app
from tidegate.web.app import warm
from tidegate.web.hosts import check_host
from tidegate.web.serve import run_site
from web_client import TODAY, Client, client_of, read


@pytest.fixture
def site(ledger):
    client = client_of(ledger)
    yield client
    client.close()


# --- names


@pytest.fixture(scope="module")
def guarded(ledger):
    site = Site(ledger, lambda: TODAY)
    client = Client(site)
    client.app = create_app(site, ["desk.example.org", "*.tide.example"])
    yield client
    client.close()


@pytest.mark.parametrize(
    "name",
    ["127.0.0.1:8642", "localhost", "LOCALHOST:1", "[::1]:8642", "192.168.1.7", "desk.example.org", "Desk.Example.org:443",
     "a.tide.example"],
)  # fmt: skip
def test_the_site_answers_under_its_names_and_under_addresses_in_figures(guarded, name):
    assert guarded.get("/today.json", headers={"host": name}).status_code == 200


@pytest.mark.parametrize(
    "name", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8642", "tide.example", "", "a b", "[::1"]
)  # fmt: skip
@pytest.mark.parametrize("address", ["/", "/api/today", "/static/tidegate.css", "/check/table"])
def test_a_foreign_name_that_leads_here_gets_nothing(guarded, address, name):
    """DNS rebinding: a page of another site has its own name turned to this machine and reads what it answers."""
    answer = guarded.ask("POST" if "table" in address else "GET", address, headers={"host": name})
    assert answer.status_code == 400
    assert "x-frame-options" in answer.headers
    said = answer.json()["error"]["message"] if address.startswith("/api/") else read(answer.text)[0]
    assert "--allow-host" in said
    assert "0 measures" not in said


@pytest.mark.parametrize("name", ["http://x", "a/b", "x:80", "*x", "a.*.b", "", "*."])
def test_a_name_that_no_browser_sends_cannot_be_allowed(name):
    with pytest.raises(BadInputError, match="is not the name of a machine"):
        check_host(name)


# --- the socket


def test_a_port_that_is_taken_is_told_with_the_mend(ledger):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInputError, match=rf"--port {port}: .*in use.*--port 0 for any that is free"):
            run_site(ledger, lambda: TODAY, port=port)


def test_an_address_that_is_not_of_this_machine_is_told(ledger):
    with pytest.raises(BadInputError, match=r"--host 192\.0\.2\.1"):
        run_site(ledger, lambda: TODAY, host="192.0.2.1", port=0)


def test_every_page_is_tried_before_the_first_visitor_and_one_that_the_record_cannot_answer_is_left(
    site, monkeypatch
):
    from tidegate.errors import NotFoundError
    from tidegate.web import app
    from tidegate.web.question import questions

    tried = []

    def make(site, asks, *rest):
        tried.append(asks.name)
        if asks.name == "measure":
            raise NotFoundError("No measure has that id.")

    monkeypatch.setattr(app, "_make", make)
    # What rests on files that were not brought takes libraries that nothing else needs.
    beforehand = [
        asks
        for asks in questions().values()
        if not asks.by_job and not (asks.lacks and asks.lacks(site.site))
    ]
    expected = [asks.name for asks in beforehand for _ in asks.examples]
    assert "study" not in expected
    assert warm(site.site) == len(expected) - expected.count("measure")
    assert tried == expected


# --- turns


def test_what_many_ask_at_once_is_worked_out_once(site, monkeypatch):
    from tidegate.web import app

    made, make = [], app._make

    def slowly(*given):
        made.append(given)
        time.sleep(0.05)
        return make(*given)

    monkeypatch.setattr(app, "_make", slowly)

    async def together():
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tidegate.test") as client:
            return await asyncio.gather(*(client.get("/rounds?to=2025-03-03") for _ in range(20)))

    answers = site.run(together())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(made) == 1


def test_what_lies_ready_does_not_wait_for_what_is_worked_out(site, monkeypatch):
    from tidegate.web import app

    site.get("/rounds")
    hold, make = threading.Event(), app._make
    monkeypatch.setattr(app, "_make", lambda *given: hold.wait(20) and make(*given))

    async def one_behind_the_others():
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tidegate.test") as client:
            slow = [asyncio.create_task(client.get(f"/timeline?to=2025-01-{day:02}")) for day in range(1, 6)]
            await asyncio.sleep(0.05)
            ready = await client.get("/rounds")
            waiting = [each.done() for each in slow]
            hold.set()
            return ready, waiting, await asyncio.gather(*slow)

    ready, waiting, slow = site.run(one_behind_the_others())
    assert ready.status_code == 200
    assert waiting == [False] * 5
    assert {answer.status_code for answer in slow} == {200}


def test_an_error_is_not_kept_for_an_answer(site, monkeypatch):
    from tidegate.web import app

    make = app._make
    monkeypatch.setattr(app, "_make", lambda *given: 1 / 0)
    assert site.get("/rounds?to=2025-03-04").status_code == 500
    monkeypatch.setattr(app, "_make", make)
    assert site.get("/rounds?to=2025-03-04").status_code == 200


def test_the_next_day_has_an_answer_of_its_own(ledger):
    day = [TODAY]
    client = Client(Site(ledger, lambda: day[0]))
    first = client.get("/today.json").json()["on"]
    day[0] = TODAY.replace(day=22)
    assert (first, client.get("/today.json").json()["on"]) == ("2026-11-21", "2026-11-22")
    client.close()


# --- stories


def test_the_page_of_a_measure_shows_what_stories_say_of_it_and_what_is_read_while_it_runs(ledger, tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        store.put(reading(), version="1", at=AT)
        client = client_of(ledger, store)
        client.site.claims.hold(60)
        page = client.get("/measure/jp-servicing-talks")
        assert "Japan refused to follow." in read(page.text)[0]
        assert "What stories say of it" in page.text

        store.put(reading("other.txt", "Other. Japan refused to follow.", [{**_REFUSED}]), version="1", at=AT)
        client.site.claims.hold(60)
        rows = client.get("/measure/jp-servicing-talks.json").json()["claims"]
        assert rows["held"] == rows["stories"] == 2
        assert len(rows["claims"]) == 2
        client.close()


def test_a_view_says_when_stories_are_still_being_held_against_the_record(ledger, tmp_path, monkeypatch):
    from tidegate.web.questions import measure

    monkeypatch.setattr(measure, "SECONDS", 0)
    with Store.open(tmp_path / "store.db") as store:
        store.put(reading(), version="1", at=AT)
        client = client_of(ledger, store)
        assert (
            "From 0 of the 1 stories in the store" in read(client.get("/measure/jp-servicing-talks").text)[0]
        )
        client.close()


_REFUSED = {"kind": "measure", "actor": ["JP"], "stage": "refused", "instrument": "servicing", "date": "2025-02",
            "certainty": "stated", "sentence": "Japan refused to follow."}  # fmt: skip


def test_reading_beforehand_stops_between_two_pages_when_the_site_does(site, monkeypatch):
    from tidegate.web import app

    tried = []
    monkeypatch.setattr(app, "_make", lambda site, asks, *rest: tried.append(asks.name))
    assert warm(site.site, lambda: len(tried) >= 3) == len(tried) == 3


def test_a_site_that_is_stopped_while_it_reads_ends_in_order(tmp_path):
    import os
    import signal
    import subprocess
    import sys

    process = subprocess.Popen(
        [sys.executable, "-m", "tidegate", "serve", "--port", "0", "--no-cache", "--on", "2026-11-21"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert "terminate" not in errors

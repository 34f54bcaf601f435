"""Who is let in and what they are told: addresses behind a proxy, a site without a store, a store that is away."""

import asyncio
import ipaddress
import json
import sqlite3
import time

import httpx
import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from readings import AT, reading
from tidegate.claims.store import Actor, Store
from tidegate.claims.store.tokens import new_token
from tidegate.errors import BadInputError
from tidegate.web.access import FAILURES_A_MINUTE, access_of
from web_client import Person, client_of, read

PROXY = {"trust_header": "X-Remote-User", "trust_proxy": (ipaddress.ip_network("10.0.0.0/24"),)}
WRONG = {"authorization": "Bearer tidegate_000000000000_" + "x" * 43}
ID = reading().document.digest[:16]


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "team.db") as opened:
        opened.put(reading("/home/desk/private/dutch.txt"), version="1", at=AT)
        yield opened


@pytest.fixture
def make(ledger):
    made = []

    def site(store=None, **access):
        made.append(client_of(ledger, store, **access))
        return made[-1]

    yield site
    for each in made:
        each.close()


# --- wrong tokens


def test_a_line_of_the_callers_own_above_that_of_the_proxy_does_not_hide_the_caller(make, store):
    """As HAProxy does it: a second X-Forwarded-For below the one that was sent."""
    client = make(store, **PROXY)
    for number in range(FAILURES_A_MINUTE + 1):
        lines = [*WRONG.items(), ("x-forwarded-for", f"1.1.1.{number}"), ("x-forwarded-for", "192.0.2.1")]
        last = client.get("/audit", headers=lines, peer="10.0.0.7")
    assert last.status_code == 429


def test_wrong_tokens_that_are_sent_at_once_are_counted_as_well(make, store, monkeypatch):
    asked = []

    def slow(store, words):
        asked.append(words)
        time.sleep(0.02)

    monkeypatch.setattr("tidegate.claims.store.tokens.find_token", slow)
    client = make(store)

    async def all_at_once():
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tidegate.test") as many:
            return await asyncio.gather(*(many.get("/audit", headers=WRONG) for _ in range(30)))

    codes = [answer.status_code for answer in client.run(all_at_once())]
    # Two are looked at side by side.
    assert FAILURES_A_MINUTE <= codes.count(401) == len(asked) <= FAILURES_A_MINUTE + 1
    assert codes.count(429) == len(codes) - codes.count(401)


# --- where people see the site


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("https://Desk.Example.org", "https://desk.example.org"),
        ("https://desk.example.org:443", "https://desk.example.org"),
        ("http://desk:80", "http://desk"),
        ("https://desk.example.org:8443", "https://desk.example.org:8443"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_origin_is_taken_as_browsers_send_it(told, meant):
    assert access_of(None, None, origin=told).origin == meant


@pytest.mark.parametrize(
    "told",
    [
        "https://[desk",
        "https://desk:x",
        "https://desk:99999",
        "https://a@desk",
        "ftp://desk",
        "https://desk/",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused_before_the_site_starts(told):
    with pytest.raises(BadInputError, match="--origin"):
        access_of(None, None, origin=told)


def test_a_feed_leads_to_where_people_see_the_site(make, store):
    feed = make(store, origin="https://desk.example").get("/today.atom").text
    assert 'href="https://desk.example/today.atom"' in feed
    assert "http://tidegate.test" not in feed


# --- no store


@pytest.mark.parametrize("peer", ["10.0.0.7", "192.0.2.1"])
def test_without_a_store_nobody_is_told_to_ask_for_a_token(make, peer):
    person = Person(make(**PROXY), **{"X-Remote-User": "mb"})
    answers = [
        person.get("/audit", peer=peer),
        person.ask("POST", "/api/story/example/decisions", json={}, peer=peer),
        person.ask(
            "POST", "/desk", data={"form": person.form("/desk"), "text": "x", "keep": "1"}, peer="192.0.2.1"
        ),
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert "--store FILE" in read(answer.text)[0]
        assert "token" not in read(answer.text)[0]


# --- what is nobody's business


def test_where_the_store_and_its_stories_lie_is_told_nowhere(make, store):
    client = make(store)
    measure = "/measure/jp-servicing-talks"
    pages = ["/desk", "/desk.json", f"/desk/{ID}", f"/desk/{ID}.json", measure, f"{measure}.json"]
    for address in [*pages, "/api/desk"]:
        told = client.get(address).text
        assert "team.db" not in told
        assert "private" not in told, address
    [claim] = json.loads(client.get(f"{measure}.json").text)["claims"]["claims"]
    assert (claim["document"], claim["story"]) == ("dutch.txt", ID)
    assert any(link.startswith(f"/desk/{ID}?") for link in read(client.get(measure).text)[1])


def test_a_database_that_fails_is_a_matter_of_the_log_and_not_of_whoever_asks(make, store, tmp_path, caplog):
    words = new_token(store, "w", "write", Actor("mb", "command line"), AT)[1]
    open_, private = make(store), make(store, private=True)
    with sqlite3.connect(tmp_path / "team.db") as broken:
        for table in ("claims", "tokens"):
            broken.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
    token = {"authorization": f"Bearer {words}"}
    for client, address in ((open_, "/desk"), (open_, "/desk.json"), (open_, "/audit"), (private, "/")):
        answer = client.get(address, headers=token)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60"), address
        assert "Try again in a minute" in answer.text
        assert "team.db" not in answer.text
    assert "no such table" in caplog.text


def test_on_a_private_site_a_style_that_there_is_not_tells_nothing_of_the_record(make, store):
    client = make(store, private=True)
    assert client.get("/static/tidegate.css").status_code == 200
    answer = client.get("/static/cn-2025-10-09-ann-61")
    assert answer.status_code == 401
    assert "Announcement" not in answer.text

"""Screening over HTTP: what the page and its twins say of a hit, and who may clear one."""

import datetime as dt

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from tidegate.claims.store import Actor, Store
from tidegate.claims.store.audit import changes
from tidegate.claims.store.tokens import new_token
from tidegate.screening.screen import Lists
from tidegate.sources.listing import Entry, PartyList
from tidegate.watch import PartyCourse, feed_of
from tidegate.web import Site, create_app
from tidegate.web.access import Access
from web_client import NOW, TODAY, Client, Person, client_of, read

ME = Actor("mb", "command line")
AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
HOSTILE = "<script>alert(1)</script> Trading GmbH"


def listed(*entries, as_of=dt.date(2026, 11, 1), digest="0"):
    return PartyList("A made list", "made", tuple(entries), digest * 64, as_of)


def entry(name, number=1, **more):
    given = {"countries": ("CN",), "source": "https://example.org/list", **more}
    return Entry(f"EL:{number}", "EL", "BIS", name, number, **given)


JOTRIN = entry("Jotrin Electronics Ltd.", licence_policy="Presumption of denial", notice="88 FR 13675")


@pytest.fixture
def team(ledger, tmp_path):
    with Store.open(tmp_path / "team.db") as store:
        words = {scope: new_token(store, scope, scope, ME, AT)[1] for scope in ("read", "write")}

        made = []

        def client(*entries, digest="0"):
            lists = (listed(*(entries or (JOTRIN,)), digest=digest),)
            access = Access(store, lambda: NOW)
            made.append(Client(Site(ledger, lambda: TODAY, store, access=access, lists=lists)))
            return made[-1]

        yield client, words, store
        for each in made:
            each.close()


def test_a_hit_is_shown_with_its_score_its_reasons_the_list_and_its_age(team):
    client = team[0]()
    words, links, _ = read(client.get("/screen?name=Jotrin+Elec&country=China").text)
    assert "1 listed party that Jotrin Elec may mean on 2026-11-21" in words
    assert "A made list of 2026-11-01, 20 days old, 1 entries" in words
    assert "Presumption of denial" in words
    assert "its list does not say since when (88 FR 13675)" in words
    assert "https://example.org/list" in links
    twin = client.get("/screen.json?name=Jotrin+Elec&country=China").json()
    assert [hit["id"] for hit in twin["hits"]] == ["EL:1"]
    assert twin["hits"][0]["country"] == "same"


def test_that_nothing_is_alike_is_no_clean_bill(team):
    words, _, _ = read(team[0]().get("/screen?name=Zzyzx+Bakery").text)
    assert "No party on this list on 2026-11-21 has a name like Zzyzx Bakery" in words
    assert "not that the party is nobody's" in words


def test_the_shipped_list_says_that_it_is_no_whole_copy(ledger):
    client = client_of(ledger)
    words, _, _ = read(client.get("/screen?name=Huawei").text)
    client.close()
    assert "no whole copy of any list" in words


def test_a_name_from_a_list_or_an_address_is_never_markup(team):
    page = team[0](entry(HOSTILE)).get("/screen?name=%3Cscript%3Ealert(1)%3C/script%3E Trading").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_who_may_write_clears_a_hit_and_the_page_and_twin_say_so_ever_after(team):
    make, words, store = team
    client = make()
    person = Person(client).sign_in(words["write"])
    page = "/screen?name=Jotrin+Elec"
    sent = {"asked": "Jotrin Elec", "id": "EL:1", "verdict": "cleared", "why": "other address"}
    assert person.send(page, "/screen/decide", sent).status_code == 303
    told, _, _ = read(client.get(page).text)
    assert "Cleared as another party by write" in told
    assert "other address" in told
    hit = client.get("/screen.json?name=Jotrin+Elec").json()["hits"][0]
    assert hit["cleared"]["verdict"] == "cleared"
    assert not hit["cleared"]["changed"]
    assert any("write" in str(row) for row in changes(store).rows)


def test_what_the_list_says_anew_of_a_party_opens_a_cleared_hit_again(team):
    make, words, _ = team
    person = Person(make()).sign_in(words["write"])
    sent = {"asked": "Jotrin Elec", "id": "EL:1", "verdict": "cleared", "why": "other address"}
    person.send("/screen?name=Jotrin+Elec", "/screen/decide", sent)
    later = make(entry("Jotrin Electronics Ltd.", addresses=("Shenzhen",)), digest="1")
    told, _, _ = read(later.get("/screen?name=Jotrin+Elec").text)
    assert "has changed since: this decision does not cover it" in told


@pytest.mark.parametrize("scope", ["read", None])
def test_who_may_not_write_finds_no_form_and_is_refused(team, scope):
    make, words, store = team
    client = make()
    person = Person(client)
    if scope:
        person.sign_in(words[scope])
    page = "/screen?name=Jotrin+Elec"
    assert 'action="/screen/decide"' not in person.get(page).text
    sent = {"asked": "Jotrin Elec", "id": "EL:1", "verdict": "cleared", "why": "x"}
    assert person.send(page, "/screen/decide", sent).status_code in (401, 403)
    assert list(store.decisions("screening")) == []


def test_a_form_of_another_site_is_refused(team):
    make, words, store = team
    person = Person(make()).sign_in(words["write"])
    sent = {"asked": "Jotrin Elec", "id": "EL:1", "verdict": "cleared", "why": "x"}
    page = "/screen?name=Jotrin+Elec"
    foreign = person.send(page, "/screen/decide", sent, headers={"origin": "https://evil.example"})
    bare = person.ask("POST", "/screen/decide", data=sent)
    assert (foreign.status_code, bare.status_code) == (403, 403)
    assert list(store.decisions("screening")) == []


def test_a_program_clears_with_a_token_and_gets_the_answer(team):
    make, words, _ = team
    body = {"name": "Jotrin Elec", "id": "EL:1", "verdict": "confirmed", "why": "same address"}
    headers = {"authorization": f"Bearer {words['write']}"}
    answer = make().ask("POST", "/api/screen/decisions", json=body, headers=headers)
    assert answer.status_code == 201
    assert answer.json()["hits"][0]["cleared"]["verdict"] == "confirmed"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"name": "Jotrin Elec", "id": "EL:9", "verdict": "cleared", "why": "x"}, 404, "no hit 'EL:9'"),
        ({"name": "Jotrin Elec", "id": "EL:1", "verdict": "fine", "why": "x"}, 422, "verdict"),
        ({"name": "Jotrin Elec", "id": "EL:1", "verdict": "cleared", "why": " "}, 422, "why"),
        ({"name": "", "id": "EL:1", "verdict": "cleared", "why": "x"}, 422, "name"),
        ({"id": "EL:1"}, 422, "name"),
    ],
)
def test_a_decision_that_makes_no_sense_is_told_with_the_mend_and_nothing_is_written(
    team, body, status, said
):
    make, words, store = team
    headers = {"authorization": f"Bearer {words['write']}"}
    answer = make().ask("POST", "/api/screen/decisions", json=body, headers=headers)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]
    assert list(store.decisions("screening")) == []


@pytest.mark.parametrize("address", ["/api/screen/decisions", "/api/story/0123456789ab/decisions"])
def test_without_a_store_every_decision_is_refused_with_the_same_mend(ledger, address):
    client = client_of(ledger)
    answer = client.ask("POST", address, json={"id": "EL:1"})
    client.close()
    assert answer.status_code == 403
    assert "Start the site with --store FILE" in answer.json()["error"]["message"]


def test_a_feed_tells_the_day_on_which_a_party_goes_on_a_list(ledger):
    lists = Lists([listed(entry("Jotrin Electronics Ltd.", starts=dt.date(2026, 10, 5)))])
    course = PartyCourse(lists, "Jotrin Elec")
    feed = feed_of(course, "/screen?name=Jotrin+Elec", "Screen", TODAY)
    assert [change.day for change in feed.changes] == [dt.date(2026, 10, 5)]


def test_another_list_is_another_version_of_the_record(ledger):
    own = Site(ledger, lambda: TODAY, lists=(listed(JOTRIN),))
    other = Site(ledger, lambda: TODAY, lists=(listed(JOTRIN, digest="1"),))
    assert len({own.digest, other.digest, Site(ledger, lambda: TODAY).digest}) == 3
    assert len(own.digest) == len(other.digest)


def test_the_application_takes_lists_as_it_takes_a_ledger(ledger):
    assert create_app(Site(ledger, lambda: TODAY, lists=(listed(JOTRIN),)))


def test_a_check_looks_the_end_user_up_in_the_lists_and_owners_of_the_site(ledger, tmp_path):
    from tidegate.sources.owner_files import read_owners

    owners = tmp_path / "owners.csv"
    owners.write_text("owner,owned,share,source\nJotrin Electronics Ltd.,Harmless Trading,60%,register\n")
    site = Site(ledger, lambda: TODAY, lists=(listed(JOTRIN),), owners=(read_owners(owners),))
    client = Client(site)
    address = "/check?item=h100&exporter_country=US&destination=VN&end_user=Harmless+Trading&on=2025-10-15"
    words, _, _ = read(client.get(address).text)
    twin = client.get(address.replace("/check?", "/check.json?")).json()
    client.close()
    assert "The end user on lists, and its owners" in words
    assert "A made list of 2026-11-01" in words
    assert any(answer["steps"] for answer in twin["parties"]["ownership"])


def test_a_hit_that_was_cleared_no_longer_keeps_a_check_open(team):
    make, words, _ = team
    client = make(entry("Jotrin Electronics Ltd."))
    address = "/check.json?item=h100&exporter_country=US&destination=CN&end_user=Jotrin+Elec&on=2026-11-21"
    before = client.get(address).json()["parties"]["open"]["end_user_us_listed"]
    assert "settle the hit" in before
    sent = {"asked": "Jotrin Elec", "id": "EL:1", "verdict": "cleared", "why": "other address"}
    person = Person(client).sign_in(words["write"])
    assert person.send("/screen?name=Jotrin+Elec", "/screen/decide", sent).status_code == 303
    after = client.get(address).json()["parties"]
    assert "settle the hit" not in str(after["open"])

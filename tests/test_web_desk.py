"""The desk over HTTP: who may write, forms that other sites cannot send, stories that cannot do harm."""

import csv
import io
import ipaddress
import json
import re
import shutil

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readings import AT, STORY, reading
from tidegate.claims.store import Actor, Store, claim_ids
from tidegate.claims.store.audit import changes
from tidegate.claims.store.tokens import new_token, revoke_token
from tidegate.errors import BadInputError
from tidegate.web import story_upload
from tidegate.web.access import FAILURES_A_MINUTE, access_of
from tidegate.web.headers import POLICY
from web_client import Person, client_of, read

ME = Actor("mb", "command line")
ID = reading().document.digest[:16]
PROXY = {"trust_header": "X-Remote-User", "trust_proxy": (ipaddress.ip_network("10.0.0.0/24"),)}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> Japan refused to follow."


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A store with a story and two tokens, made once: its file, and the words of the tokens by scope."""
    path = tmp_path_factory.mktemp("template") / "team.db"
    with Store.open(path) as opened:
        opened.put(reading(), version="1", at=AT)
        opened.group_copies()
        names = {"read": "a reader", "write": "a writer"}
        tokens = {scope: new_token(opened, name, scope, ME, AT)[1] for scope, name in names.items()}
    return path, tokens


@pytest.fixture
def store(template, tmp_path):
    shutil.copy(template[0], tmp_path / "team.db")
    with Store.open(tmp_path / "team.db", create=False) as opened:
        yield opened


@pytest.fixture
def tokens(template):
    return template[1]


@pytest.fixture
def make(ledger, store):
    made = []

    def site(**access):
        made.append(client_of(ledger, store, **access))
        return made[-1]

    yield site
    for each in made:
        each.close()


@pytest.fixture
def client(make):
    return make()


def claim_id(number=3):
    return claim_ids(reading())[number - 1]


def bearer(words):
    return {"authorization": f"Bearer {words}"}


def decision(**more):
    return {"claim": claim_id(), "verdict": "accept", "why": "read the notice", **more}


def decide(person, **more):
    return person.send(f"/desk/{ID}", f"/desk/{ID}/decide", {**decision(), **more})


def said(answer):
    return read(answer.text)[0]


# --- reading


def test_without_a_store_the_desk_says_how_to_give_one_and_shows_one_story(ledger):
    client = client_of(ledger)
    page = client.get("/desk")
    assert "tidegate serve --store" in said(page)
    assert "/desk/example" in read(page.text)[1]
    story = client.get("/desk/example")
    assert story.status_code == 200
    assert "it can be read and not decided about" in said(story)
    assert "/decide" not in story.text
    assert client.get(f"/desk/{ID}").status_code == 404
    assert "Start the site with" in said(client.get(f"/desk/{ID}"))
    client.close()


def test_the_page_of_a_story_shows_what_its_twin_says(make):
    client = make()
    record = client.get(f"/desk/{ID}.json").json()
    page = client.get(f"/desk/{ID}").text
    text, links, tags = read(page)
    ids = {attributes.get("id") for _, attributes in tags}
    for claim in record["claims"]:
        number = claim["number"]
        assert {f"c-{number}", f"w-{number}"} <= ids
        assert {f"#c-{number}", f"#w-{number}"} <= set(links)
        assert claim["says"] in text
        if claim["measure"]:
            assert any(link.startswith(f"/measure/{claim['measure']}?") for link in links)
    marked = "".join(re.sub(r"<[^>]+>", "", m) for m in re.findall(r"<mark[^>]*>(.*?)</mark>", page))
    assert "Nvidia&#39;s revenue in China fell 12 percent." in marked
    rows = list(csv.DictReader(io.StringIO(client.get(f"/desk/{ID}.csv").text)))
    assert [row["id"] for row in rows] == [claim["id"] for claim in record["claims"]]


def test_the_feed_of_a_story_follows_the_measures_that_its_claims_are_about(make):
    from tidegate.web import questions
    from tidegate.web.follow import follow

    client = make()
    about = {claim["measure"] for claim in client.get(f"/desk/{ID}.json").json()["claims"]} - {None}
    assert about
    for name, given_ in (("story", [("document", ID)]), ("desk", [])):
        assert follow(questions()[name], given_, client.site).course.ids == about
        address = f"/desk/{ID}.atom" if name == "story" else "/desk.atom"
        assert client.get(address).headers["content-type"].startswith("application/atom+xml")


def test_who_is_not_known_sees_no_form_to_decide_and_the_way_in(make):
    page = make().get(f"/desk/{ID}")
    assert "/decide" not in page.text
    assert "/sign-in" in read(page.text)[1]


def test_pages_with_forms_are_kept_by_nobody_and_carry_the_strict_headers(make, tokens):
    client = make()
    for address in ("/desk", f"/desk/{ID}", "/sign-in"):
        headers = client.get(address).headers
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"] == POLICY
        assert headers["referrer-policy"] == "same-origin"
        assert "etag" not in headers
    assert client.get("/audit", headers=bearer(tokens["write"])).headers["cache-control"] == "no-store"


def test_a_page_that_holds_no_form_starts_no_session(make):
    client = make()
    for address in ("/", "/check", f"/desk/{ID}.json", "/desk.csv", "/api"):
        assert "set-cookie" not in client.get(address).headers


@pytest.mark.parametrize(("origin", "flags"), [(None, set()), ("https://desk.example", {"secure"})])
def test_the_cookie_goes_to_this_site_alone_and_no_script_reads_it(make, origin, flags):
    cookie = make(origin=origin).get("/desk").headers["set-cookie"]
    told = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/", *flags} <= told
    assert ("secure" in told) == bool(flags)
    assert cookie.startswith("__Host-tidegate=" if flags else "tidegate=")


# --- who may write


def test_nobody_in_particular_decides_nothing(make, store):
    person = Person(make())
    form = person.form("/desk")
    answer = person.ask("POST", f"/desk/{ID}/decide", data={"form": form, **decision()})
    assert answer.status_code == 401
    assert make().ask("POST", f"/api/story/{ID}/decisions", json=decision()).status_code == 401
    assert store.decisions() == ()


def test_who_signs_in_with_a_token_decides_and_is_named(make, store, tokens):
    person = Person(make()).sign_in(tokens["write"])
    assert "Signed in as a writer" in said(person.get(f"/desk/{ID}"))
    answer = decide(person)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/desk/{ID}#c-3"
    [own] = store.decisions()
    assert (own.who, own.verdict, own.why, own.at) == ("a writer", "accept", "read the notice", AT)
    [row] = changes(store, subject=claim_id()).rows
    assert row["via"].startswith("token ")
    assert "Accepted by a writer" in said(person.get(f"/desk/{ID}"))


def test_an_accepted_claim_gives_its_ledger_file(make, tokens):
    person = Person(make()).sign_in(tokens["write"])
    assert person.get(f"/desk/{ID}/{claim_id()}.yaml").status_code == 404
    decide(person)
    file = person.get(f"/desk/{ID}/{claim_id()}.yaml")
    assert file.status_code == 200
    assert file.headers["content-disposition"].startswith("attachment")
    assert "Accepted by a writer on 2026-11-21" in " ".join(file.text.split())
    assert f"/desk/{ID}/{claim_id()}.yaml" in read(person.get(f"/desk/{ID}").text)[1]


def test_an_edit_by_form_changes_the_slots_that_were_changed(make, store, tokens):
    person = Person(make()).sign_in(tokens["write"])
    page = person.get(f"/desk/{ID}").text
    card = page.partition('id="d-3"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(slot-\w+)" value="([^"]*)"', card))
    fields |= {n: re.search(r'value="([^"]*)" selected', body).group(1)
               for n, body in re.findall(r'<select id="[^"]+" name="(slot-\w+)">(.*?)</select>', card)}  # fmt: skip
    assert set(fields) >= {"slot-stage", "slot-actor", "slot-date", "slot-certainty", "slot-future"}
    untouched = decide(person, verdict="edit", **fields)
    assert "Nothing is changed" in said(untouched)
    assert decide(person, verdict="edit", **fields | {"slot-stage": "considering"}).status_code == 303
    [own] = store.decisions()
    read_slots = reading().claims[2].to_dict()
    assert {k: v for k, v in own.payload["claim"].items() if v != read_slots[k]} == {"stage": "considering"}
    assert decide(person, verdict="accept", **fields).status_code == 303


def test_a_token_that_may_read_does_not_write(make, store, tokens):
    person = Person(make()).sign_in(tokens["read"])
    assert "who may read and not decide" in said(person.get(f"/desk/{ID}"))
    assert decide(person).status_code == 403
    answer = make().ask("POST", f"/api/story/{ID}/decisions", json=decision(), headers=bearer(tokens["read"]))
    assert answer.status_code == 403
    assert person.get("/audit").status_code == 403
    assert store.decisions() == ()


def test_a_program_decides_with_its_token_and_is_answered_what_stands(make, store, tokens):
    answer = make().ask(
        "POST", f"/api/story/{ID}/decisions", json=decision(seen=0), headers=bearer(tokens["write"])
    )
    assert answer.status_code == 201
    assert answer.json()["claim"]["decisions"][-1]["who"] == "a writer"
    assert answer.headers["location"] == f"/desk/{ID}#c-3"
    assert len(store.decisions()) == 1


@pytest.mark.parametrize(
    ("sent", "status", "said_"),
    [
        ({"json": {"claim": "x"}}, 422, "missing required field `verdict`"),
        ({"json": {"claim": "x", "verdict": "accept", "why": "so", "who": "me"}}, 422, "unknown field `who`"),
        ({"content": b"\xff{"}, 422, "The body is no decision"),
        ({"content": b"x" * 70_000}, 413, "64 kB"),
        ({"json": {"claim": "0" * 16, "verdict": "accept", "why": "so"}}, 404, "has no claim"),
        ({"json": {"claim": "@", "verdict": "maybe", "why": "so"}}, 422, "none of accept, dismiss, edit"),
        ({"json": {"claim": "@", "verdict": "accept", "why": " "}}, 422, "on what grounds"),
    ],
)
def test_a_decision_that_is_none_is_refused_with_the_mend(make, store, tokens, sent, status, said_):
    if sent.get("json", {}).get("claim") == "@":
        sent = {"json": {**sent["json"], "claim": claim_id()}}
    answer = make().ask("POST", f"/api/story/{ID}/decisions", headers=bearer(tokens["write"]), **sent)
    assert answer.status_code == status
    assert said_ in answer.json()["error"]["message"]
    assert store.decisions() == ()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.fixed_dictionaries(
        {"claim": st.just(claim_id()) | st.text(max_size=8), "why": st.text(max_size=8),
         "verdict": st.sampled_from(["accept", "edit", "dismiss", ""])},
        optional={"slots": st.dictionaries(st.sampled_from(["stage", "actor", "value", "unit", "date", "period", "future"]),
                                           st.text(max_size=6) | st.sampled_from(["\ud800", "\x00", "1e999", "urged"]), max_size=2),
                  "seen": st.integers(-2, 10**20) | st.none(), "reader": st.text(max_size=4) | st.none()},
    )
)  # fmt: skip
def test_whatever_a_program_sends_is_a_decision_or_an_error_of_its_own(client, tokens, body):
    content = json.dumps(body).encode()
    answer = client.ask(
        "POST", f"/api/story/{ID}/decisions", content=content, headers=bearer(tokens["write"])
    )
    assert answer.status_code in (201, 404, 409, 422), answer.text
    assert (answer.status_code == 201) == ("error" not in answer.json())


def test_who_decides_on_what_somebody_decided_meanwhile_is_told(make, store, tokens):
    client = make()
    send = lambda verdict: client.ask(  # noqa: E731
        "POST",
        f"/api/story/{ID}/decisions",
        json=decision(verdict=verdict, seen=0),
        headers=bearer(tokens["write"]),
    )
    assert send("accept").status_code == 201
    late = send("dismiss")
    assert late.status_code == 409
    assert "a writer said accept" in late.json()["error"]["message"]
    assert [each.verdict for each in store.decisions()] == ["accept"]


def test_a_revoked_token_ends_its_session_and_its_requests_at_once(make, store, tokens):
    client = make()
    person = Person(client).sign_in(tokens["write"])
    assert client.get("/audit", headers=bearer(tokens["write"])).status_code == 200
    revoke_token(store, "a writer", ME, AT)
    assert client.get("/audit", headers=bearer(tokens["write"])).status_code == 401
    assert "Signed in" not in said(person.get(f"/desk/{ID}"))
    assert person.send("/desk", f"/desk/{ID}/decide", decision()).status_code == 401
    assert store.decisions() == ()


def test_signing_out_ends_the_session(make, tokens):
    person = Person(make()).sign_in(tokens["write"])
    assert person.send("/desk", "/sign-out", {}).status_code == 303
    assert person.get("/audit").status_code == 401


def test_a_cookie_of_ones_own_making_is_nobody(make):
    import base64

    forged = base64.b64encode(json.dumps({"token": "0" * 12}).encode()).decode()
    assert make().get("/audit", headers={"cookie": f"tidegate={forged}.x.y"}).status_code == 401


def test_another_secret_ends_every_session(make, tokens):
    person = Person(make(secret="a" * 32)).sign_in(tokens["write"])
    person.client = make(secret="a" * 32)
    assert person.get("/audit").status_code == 200
    person.client = make(secret="b" * 32)
    assert person.get("/audit").status_code == 401


# --- wrong tokens


def test_a_wrong_token_is_refused_and_after_ten_so_is_everything_from_there(make, tokens):
    client = make()
    wrong = bearer("tidegate_000000000000_" + "x" * 43)
    for _ in range(FAILURES_A_MINUTE):
        answer = client.get("/audit", headers=wrong, peer="192.0.2.1")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    for words in (wrong, bearer(tokens["write"])):
        answer = client.get("/audit", headers=words, peer="192.0.2.1")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert client.get("/audit", headers=bearer(tokens["write"]), peer="192.0.2.2").status_code == 200


def test_a_right_token_is_not_counted(make, tokens):
    client = make()
    for _ in range(FAILURES_A_MINUTE + 3):
        assert client.get("/audit", headers=bearer(tokens["write"])).status_code == 200


def test_behind_the_proxy_each_caller_is_counted_alone(make, tokens):
    client = make(**PROXY)
    wrong = bearer("tidegate_000000000000_" + "x" * 43)
    for _ in range(FAILURES_A_MINUTE + 1):
        last = client.get(
            "/audit", headers={**wrong, "x-forwarded-for": "1.1.1.1, 192.0.2.1"}, peer="10.0.0.7"
        )
    assert last.status_code == 429
    other = {**bearer(tokens["write"]), "x-forwarded-for": "192.0.2.1, 192.0.2.2"}
    assert client.get("/audit", headers=other, peer="10.0.0.7").status_code == 200


# --- the proxy's word


def test_the_proxy_names_the_person_and_they_decide(make, store):
    person = Person(make(**PROXY), **{"x-remote-user": "mb@example.org"})
    page = person.get(f"/desk/{ID}", peer="10.0.0.7")
    assert "Signed in as mb@example.org" in said(page)
    assert "Sign out" not in said(page)
    form = re.search(r'name="form" value="([^"]+)"', page.text).group(1)
    data = {"form": form, **decision()}
    assert person.ask("POST", f"/desk/{ID}/decide", data=data, peer="10.0.0.7").status_code == 303
    assert [
        (d.who, row["via"])
        for d, row in zip(store.decisions(), changes(store, subject=claim_id()), strict=True)
    ] == [("mb@example.org", "proxy")]


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.1.7", "192.0.2.1", "::1", "testclient", ""])
def test_the_header_is_believed_from_the_proxy_alone(make, store, peer):
    person = Person(make(**PROXY), **{"x-remote-user": "mb", "x-forwarded-for": "10.0.0.7"})
    assert "Signed in" not in said(person.get("/desk", peer=peer))
    assert person.get("/audit", peer=peer).status_code == 401
    assert store.decisions() == ()


def test_an_ipv4_proxy_on_a_socket_of_both_kinds_is_the_proxy(make):
    assert (
        make(**PROXY).get("/audit", headers={"x-remote-user": "mb"}, peer="::ffff:10.0.0.7").status_code
        == 200
    )


def test_without_the_option_no_header_is_believed(make):
    assert make().get("/audit", headers={"x-remote-user": "mb"}).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        [("x-remote-user", "a"), ("x-remote-user", "b")],
        [("x-remote-user", "x" * 300)],
        [("x-remote-user", "\t")],
    ],
)
def test_a_header_that_names_nobody_or_two_is_refused(make, headers):
    assert make(**PROXY).get("/desk", headers=headers, peer="10.0.0.7").status_code == 400


# --- forms of other sites


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://tidegate.test.evil.example"}, 403),
        ({"origin": "http://tidegate.test", "sec-fetch-site": "same-origin"}, 303),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),
        ({}, 303),
    ],
)
def test_a_form_that_another_site_sends_is_refused(make, store, tokens, headers, status):
    person = Person(make()).sign_in(tokens["write"])
    form = person.form(f"/desk/{ID}")
    answer = person.ask("POST", f"/desk/{ID}/decide", data={"form": form, **decision()}, headers=headers)
    assert answer.status_code == status
    assert len(store.decisions()) == (status == 303)


def test_a_program_of_another_site_is_refused_too(make, tokens):
    headers = {**bearer(tokens["write"]), "origin": "https://evil.example"}
    assert (
        make().ask("POST", f"/api/story/{ID}/decisions", json=decision(), headers=headers).status_code == 403
    )


def test_where_the_address_of_the_site_is_told_no_other_counts(make, tokens):
    person = Person(make(origin="https://desk.example"))
    form = person.form("/sign-in")
    for origin, status in (
        ("http://desk.example", 403),
        ("http://tidegate.test", 403),
        ("https://desk.example", 303),
    ):
        data = {"form": form, "token": tokens["write"]}
        assert person.ask("POST", "/sign-in", data=data, headers={"origin": origin}).status_code == status


@pytest.mark.parametrize("value", [None, "", "x", "other"])
def test_every_form_needs_the_value_of_its_page(make, store, tokens, value):
    client = make()
    person, other = Person(client).sign_in(tokens["write"]), Person(client)
    data = {**decision(), "text": STORY, "token": tokens["write"]}
    if value is not None:
        data["form"] = other.form("/desk") if value == "other" else value
    for page in (f"/desk/{ID}/decide", "/desk", "/sign-in", "/sign-out"):
        answer = person.ask("POST", page, data=data)
        assert answer.status_code == 403, page
        assert "load the page anew" in said(answer)
    assert store.decisions() == ()


def test_the_value_of_a_form_is_for_the_person_it_was_made_for(make, tokens):
    """A form that lay open while somebody else signed in is not sent in their name."""
    person = Person(make())
    before = person.form("/desk")
    person.sign_in(tokens["write"])
    assert person.ask("POST", f"/desk/{ID}/decide", data={"form": before, **decision()}).status_code == 403


def test_the_value_of_a_form_differs_each_time(make):
    person = Person(make())
    assert len({person.form("/desk") for _ in range(4)}) == 4


def test_a_cookie_alone_does_not_decide_through_the_api(make, store, tokens):
    person = Person(make()).sign_in(tokens["write"])
    assert person.ask("POST", f"/api/story/{ID}/decisions", json=decision()).status_code == 403
    assert store.decisions() == ()


# --- the record of changes


def test_the_record_of_changes_is_for_those_who_may_write(make, tokens):
    client = make()
    for address in ("/audit", "/audit.json", "/audit.csv"):
        assert client.get(address).status_code == 401
        assert client.get(address, headers=bearer(tokens["read"])).status_code == 403
        assert client.get(address, headers=bearer(tokens["write"])).status_code == 200


def test_the_record_of_changes_says_the_same_on_the_page_and_in_both_twins(make, tokens):
    client = make()
    person = Person(client).sign_in(tokens["write"])
    decide(person)
    decide(person, verdict="dismiss", why="read wrongly")
    rows = person.get("/audit.json").json()["changes"]
    assert [row["act"] for row in rows] == ["dismiss", "accept", "new", "new"]
    text = said(person.get("/audit"))
    listed = list(csv.DictReader(io.StringIO(person.get("/audit.csv").text)))
    assert [int(row["id"]) for row in listed] == [row["id"] for row in rows]
    for row in rows:
        assert row["who"] in text
        assert row["subject"][:16] in text
    assert "read wrongly" in text


def test_nothing_that_is_sent_changes_the_record(make, store, tokens):
    before, client = changes(store).rows, make()
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for address in ("/audit", "/audit.json", "/audit.csv"):
            assert client.ask(method, address, headers=bearer(tokens["write"]), json={}).status_code == 405
    assert changes(store).rows == before


# --- a private site


def test_on_a_private_site_nothing_is_read_by_who_is_not_known(make, tokens):
    client = make(private=True)
    for address in (
        "/",
        "/today.json",
        f"/desk/{ID}",
        f"/desk/{ID}.json",
        "/api",
        "/api/openapi.json",
        "/nowhere",
        "/audit",
    ):
        answer = client.get(address)
        assert answer.status_code == 401, address
        assert answer.headers["content-security-policy"] == POLICY
        assert client.get(address, headers=bearer(tokens["read"])).status_code in (200, 403, 404), address
    assert client.ask("POST", "/check/table", files={"table": ("a.csv", b"x")}).status_code == 401
    assert client.get("/sign-in").status_code == 200
    assert client.get("/static/tidegate.css").status_code == 200
    page = said(Person(client).sign_in(tokens["read"]).get("/desk"))
    assert "Signed in as a reader" in page, page


# --- stories that are sent


def send_story(person, files=None, **form):
    form = {"form": person.form("/desk"), **form}
    return person.ask("POST", "/desk", data=form, files=files or {"file": ("", b"")}, timeout=90)


def test_a_pasted_story_is_read_and_shown_as_text_and_not_kept(make, store):
    """Read in a process of its own; markup in it is words."""
    answer = send_story(
        Person(make()), text=f"{HOSTILE}\n\n{STORY}", published="2025-02-25", outlet="<b>The Post</b>"
    )
    assert answer.status_code == 200
    text, _, tags = read(answer.text)
    assert "Shown and not kept" in text
    assert "Netherlands considers" in text
    assert "<script>alert(1)</script>" in text
    assert "<b>The Post</b>" in text
    assert all("onerror" not in attributes for _, attributes in tags)
    assert all(
        attributes.get("src", "").startswith("/static/") for tag, attributes in tags if tag == "script"
    )
    assert len(list(store.readings())) == 1


def test_an_uploaded_page_is_kept_by_who_may_write_and_what_its_reader_does_not_see_is_gone(
    make, store, tokens
):
    person = Person(make()).sign_in(tokens["write"])
    page = f"<html><head><title>T</title><script>evil()</script></head><body><article><p>{STORY}</p><p hidden>secret words</p>" \
           f"<p>{'The gate stood open all night. ' * 20}</p></article></body></html>"  # fmt: skip
    answer = send_story(
        person, files={"file": ("../../etc/story.html", page.encode())}, keep="1", published="2025-02-25"
    )
    assert answer.status_code == 303, said(answer)
    [kept] = [each for each in store.readings() if each.document.name != "dutch.txt"]
    assert kept.document.name == "story.html"
    assert "evil" not in kept.document.text
    assert "secret" not in kept.document.text
    assert str(kept.published) == "2025-02-25"
    shown = person.get(answer.headers["location"])
    assert "Netherlands considers" in said(shown)
    [row] = changes(store, subject=kept.document.digest).rows
    assert (row["who"], row["act"]) == ("a writer", "read")


@pytest.mark.parametrize(
    ("form", "files", "status", "said_"),
    [
        ({}, None, 422, "no story was sent"),
        ({"text": "x"}, {"file": ("a.txt", b"y")}, 422, "there is a text and a file"),
        ({}, {"file": ("a.exe", b"y")}, 422, "'.exe' is not read. Send one of .txt"),
        ({}, {"file": ("a.jsonl", b"{}")}, 422, "is not read"),
        ({"text": STORY, "published": "2025-13-01"}, None, 422, "published:"),
        ({"text": STORY, "url": "javascript:alert(1)"}, None, 422, "url: an address begins with"),
        ({"text": STORY, "keep": "1"}, None, 401, "read-only"),
    ],
)
def test_a_story_that_cannot_be_taken_is_refused_with_the_mend(make, form, files, status, said_):
    answer = send_story(Person(make()), files=files, **form)
    assert answer.status_code == status
    assert said_ in said(answer)


@pytest.mark.parametrize("weight", [str(2**40), "", "-1", "many"])
def test_a_story_whose_weight_is_too_much_or_not_told_is_not_received(make, weight):
    answer = Person(make()).ask("POST", "/desk", content=b"form=x", headers={
        "content-length": weight, "content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert answer.status_code == 413


def test_a_story_that_takes_too_long_is_given_up_and_its_file_deleted(make, monkeypatch, tmp_path):
    monkeypatch.setattr(story_upload, "MOST_SECONDS", 0.05)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = send_story(Person(make()), text=STORY)
    assert answer.status_code == 503
    assert "Not read within" in said(answer)
    assert not any(path.name.startswith("tidegate-story-") for path in tmp_path.iterdir())


def test_who_comes_while_many_wait_is_told_to_come_back(make, monkeypatch):
    monkeypatch.setattr(story_upload, "MOST_WAITING", -1)
    answer = send_story(Person(make()), text=STORY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


# --- what is said of access on the command line


@pytest.mark.parametrize(
    ("given", "said_"),
    [
        ({"trust_header": "X-User"}, "stand together"),
        ({"trust_proxy": ("127.0.0.1",)}, "stand together"),
        ({"trust_header": "X User", "trust_proxy": ("127.0.0.1",)}, "no name of a header"),
        ({"trust_header": "X-User", "trust_proxy": ("localhost",)}, "--trust-proxy: 'localhost'"),
        ({"origin": "desk.example"}, "--origin: 'desk.example' is none"),
        ({"origin": "https://desk.example/path"}, "scheme and host alone"),
        ({"secret": "short"}, "openssl rand"),
        ({"private": True}, "nobody can be known"),
    ],
)
def test_access_that_makes_no_sense_is_refused_before_the_site_starts(given, said_):
    with pytest.raises(BadInputError, match=re.escape(said_)):
        access_of(None, None, **given)

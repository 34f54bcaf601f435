"""The questions as tools, asked with the SDK's own client: in memory, over stdio, and over HTTP."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")
pytest.importorskip("mcp", reason="tidegate[mcp] is not installed")

import anyio
import httpx
import jsonschema
from mcp import Client, MCPError, StdioServerParameters

from tidegate.web import Site, questions
from tidegate.web.mcp.answers import MOST_CHARACTERS, Paging
from tidegate.web.mcp.server import server_of
from tidegate.web.mcp.tools import call, tools
from web_client import TODAY, client_of

ROOT = Path(__file__).parents[1]
STORY = (ROOT / "examples/stories/2025-02-servicing-talks.md").read_text("utf-8")
NO_RULE = "title: The October 2022 rule never came\nedits:\n  - {drop: us-2022-10-07-fab-end-use}\n"
QUARTER = {"scenario": NO_RULE, "from": "2022Q4", "to": "2022Q4", "draws": 5}
ASKED = {
    **{name: dict(asks.examples[0]) for name, asks in questions().items() if not asks.by_job},
    "read": {"text": STORY, "on": "2026-11-21"},
    # Before the supply model starts: what is hit takes long, and has tests of its own.
    "brief": {"on": "2021-06-01"},
    "bargain": {"game": "rare-earth-licences-for-eda", "draws": 1},
    # A ranking needs prices: test_web_markets.py has its answer.
    "ranking": {"factors": "momentum"},
    # Without trade flows of one's own: what is known of the control.
    "routes": {"control": "us-2022-10-07-advanced-computing"},
    "simulate": {**QUARTER, "outcomes": "sales:lam-research"},
    "explain": {**QUARTER, "outcome": "sales:lam-research"},
}  # fmt: skip


@pytest.fixture(scope="module")
def site(ledger):
    return Site(ledger, lambda: TODAY)


def ask(site, *calls, progress=None):
    """Return what a client gets for each (tool, arguments)."""

    async def run():
        async with Client(server_of(site)) as client:
            return [await client.call_tool(name, given, progress_callback=progress) for name, given in calls]

    return anyio.run(run)


def answer_of(result):
    assert not result.is_error, result.content[0].text
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


# --- what there is


def test_every_question_of_the_register_is_a_tool_with_its_words_and_parameters(site):
    async def run():
        async with Client(server_of(site)) as client:
            return (await client.list_tools()).tools

    found = {tool.name: tool for tool in anyio.run(run)}
    assert set(found) == {name for name, asks in questions().items() if not asks.by_job} | {
        "read",
        "bargain",
        "brief",
        "ranking",
        "routes",
        "simulate",
        "explain",
    }
    for name in found.keys() & questions().keys():
        asks, tool = questions()[name], found[name]
        assert tool.description.startswith(asks.about)
        assert set(tool.input_schema["properties"]) == {*asks.parameters, "offset", "limit"}
        assert all(each["description"] for each in tool.input_schema["properties"].values())
        assert tool.input_schema["additionalProperties"] is False
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
    for tool in found.values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.validate(ASKED[tool.name], tool.input_schema)
    assert sum(len(json.dumps(tool.input_schema)) for tool in found.values()) < 60_000


@pytest.mark.parametrize("name", sorted(tools().keys() - {"ranking"}))
def test_a_tool_answers_with_its_sources_its_day_and_its_record(site, name):
    told = []

    async def progress(done, whole, message):
        told.append((done, whole))

    [result] = ask(site, (name, ASKED[name]), progress=progress)
    found = answer_of(result)

    assert found["tool"] == name
    assert dt.date.fromisoformat(found["day"])
    assert found["record"] == site.digest
    assert found["sources_read_to"] == site.ledger.read_to.isoformat()
    assert "not legal advice" in found["notice"]
    assert found["answer"]
    assert len(result.content[0].text) < MOST_CHARACTERS * 1.6
    assert '"source"' in result.content[0].text or found["sources"]
    if tools()[name].is_long and name != "routes":
        assert any("no forecast" in each for each in found["assumed"])
    if name == "simulate":
        assert told
        assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize("name", sorted(name for name, asks in questions().items() if not asks.by_job))
def test_a_tool_says_what_the_json_twin_of_its_page_says(site, ledger, name):
    asks = questions()[name]
    client = client_of(ledger)
    twin = client.get(asks.address(asks.examples[0], "json")).json()
    client.close()
    found = call(name, {**asks.examples[0], "limit": 200}, site)

    assert found["address"].split("?")[0] == asks.address(asks.examples[0]).split("?")[0]
    cut = {each.split(":")[0].split(".")[0] for each in found["left_out"]}
    for key, value in twin.items():
        if not cut:
            assert found["answer"][key] == value


def test_a_story_comes_back_as_claims_with_their_words_and_what_the_record_says(site):
    found = answer_of(ask(site, ("read", ASKED["read"]))[0])["answer"]

    assert found["published"] == "2025-02-25"
    assert found["claims"]
    for claim in found["claims"]:
        assert claim["quote"]["words"] in STORY
        assert claim["authority"]
        assert claim["label"]
    assert all(measure["source"] for measure in found["measures"])


def test_a_check_with_few_facts_says_what_is_unknown_and_what_was_assumed(site):
    few, more = ask(site, ("check", {"item": "h20", "destination": "CN"}), ("check", ASKED["check"]))

    assert any("exporter_country" in each for each in answer_of(few)["unknown"])
    assert any("US: taken as not known" in each for each in answer_of(more)["assumed"])


def test_a_day_after_the_sources_were_read_says_so(site):
    late, early = ask(site, ("today", {"on": "2026-11-21"}), ("today", {"on": "2025-06-15"}))

    assert "Sources were read to 2026-10-09" in answer_of(late)["unknown"][0]
    assert not any("Sources were read" in each for each in answer_of(early)["unknown"])


def test_a_number_a_truth_value_and_a_list_are_taken_as_json_has_them(site):
    given = {"kind": "chip", "tpp": 5000, "destination": "CN", "exporter_country": "US",
             "end_user_us_listed": False, "on": "2024-01-01"}  # fmt: skip
    one, two = ask(site, ("check", given), ("today", {"by": ["US", "NL"], "item": None}))

    transaction = answer_of(one)["answer"]["transaction"]
    assert (transaction["tpp"], transaction["end_user_us_listed"]) == (5000, False)
    assert {row["jurisdiction"] for row in answer_of(two)["answer"]["binding"]} <= {"US", "NL"}


# --- of bounded size


def test_pages_of_rows_make_up_the_whole_and_say_what_is_left(site):
    asks = questions()["timeline"]
    whole = asks.plain(site, asks.asked(item="h20", to=TODAY))["runs"]
    seen = []
    while len(seen) < len(whole):
        found = call("timeline", {"item": "h20", "limit": 200, "offset": len(seen)}, site)
        assert found["answer"]["runs"]
        seen += found["answer"]["runs"]
        assert f"to {len(seen)} of {len(whole)} shown" in found["left_out"][0]
        assert (f"offset={len(seen)} for the next" in found["left_out"][0]) == (len(seen) < len(whole))
    assert seen == whole


def test_an_answer_that_is_too_long_is_cut_within_its_rows_and_tells_where(site):
    found = call("check", {"kind": "chip"}, site)

    assert len(json.dumps(found["answer"], ensure_ascii=False)) <= MOST_CHARACTERS
    assert set(found["answer"]["decisions"]) >= {"US", "NL", "CN"}
    assert any(each.startswith("findings: at most") for each in found["left_out"])


@pytest.mark.parametrize(
    "given", [{"limit": 0}, {"limit": 201}, {"offset": -1}, {"limit": "ten"}, {"limit": True}]
)
def test_a_page_that_cannot_be_is_refused(site, given):
    [result] = ask(site, ("today", given))
    assert result.is_error
    assert "whole number" in result.content[0].text


def test_paging_has_bounds_of_its_own():
    assert Paging.of({"limit": None}) == Paging(0, 10)


# --- what cannot be asked


@pytest.mark.parametrize(
    ("name", "given", "field", "said"),
    [
        ("timeline", {"form": "2025-01-01"}, "form", "Did you mean 'from'?"),
        ("today", {"on": "2025-13-01"}, "on", "not a date"),
        ("today", {"by": "Atlantis"}, "by", "called 'Atlantis'"),
        ("check", {"item": "h20", "tpp": -4}, "tpp", "below zero"),
        ("check", {"item": {"id": "h20"}}, "item", "not an object"),
        ("diff", {}, "from", "Add it"),
        ("simulate", {**QUARTER, "draws": 100_000}, "draws", "200"),
        ("simulate", {**QUARTER, "from": "2022"}, "from", "match"),
        ("explain", {**QUARTER, "outcome": "sales:x", "by": "luck"}, "by", "measure"),
        ("read", {"text": " "}, "text", "Add it"),
        ("read", {"text": "x" * 200_001}, "text", "200000"),
    ],
)
def test_a_mistake_is_a_tool_error_with_its_field_and_the_mend(site, name, given, field, said):
    [result] = ask(site, (name, given))

    assert result.is_error
    [mistake] = json.loads(result.content[0].text)["error"]["fields"]
    assert mistake["field"] == field
    assert said in mistake["message"]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("check", {}, "Nothing is asked"),
        ("measure", {"id": "../../../../etc/passwd"}, "No measure has the id"),
        (
            "simulate",
            {**QUARTER, "scenario": "title: x\nedits:\n  - {set: nothing, stage: in_force, on: 2026-12-01}"},
            "scenario:3:",
        ),
        ("simulate", {**QUARTER, "scenario": "/etc/passwd"}, "scenario"),
        ("simulate", {**QUARTER, "scenario": "- !!python/object:os.system x"}, "scenario:1"),
        ("simulate", {**QUARTER, "from": "2019Q1"}, "2022Q3"),
        ("explain", {**QUARTER, "outcome": "sales:nobody"}, "nobody"),
    ],
)
def test_what_cannot_be_answered_says_why_and_reads_no_file(site, name, given, said):
    [result] = ask(site, (name, given))

    assert result.is_error
    assert said in result.content[0].text
    assert "root:" not in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_a_fault_of_the_program_is_told_in_the_log_and_not_to_the_client(site, monkeypatch, caplog):
    from tidegate.web.mcp import server

    def broken(*_):
        raise RuntimeError("/home/someone/secret")

    monkeypatch.setattr(server, "call", broken)
    [result] = ask(site, ("today", {}))

    assert result.is_error
    assert "fault of the program" in result.content[0].text
    assert "secret" not in result.content[0].text
    assert "/home/someone/secret" in caplog.text


def test_a_tool_that_there_is_not_is_an_error_of_the_protocol(site):
    def innermost(error):
        return innermost(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error

    with pytest.raises(BaseExceptionGroup) as raised:
        ask(site, ("reed", {}))

    assert isinstance(innermost(raised.value), MCPError)
    assert "There is no tool 'reed'. Tools: read" in str(innermost(raised.value))


# --- over a wire


def test_the_tools_answer_over_stdio_in_a_process_of_their_own(tmp_path):
    owners = tmp_path / "owners.csv"
    owners.write_text("owner,owned,share,source\nHarmless Holding,Harmless Trading,60%,register\n")
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "tidegate", "mcp", "--on", "2026-11-21", "--owners", str(owners)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, cwd=str(ROOT),
    )  # fmt: skip

    async def run():
        async with Client(command) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            good = await client.call_tool("measure", {"id": "cn-2025-10-09-ann-61"})
            bad = await client.call_tool("measure", {"id": "x", "colour": "red"})
            owned = await client.call_tool("check", {**ASKED["check"], "end_user": "Harmless Trading"})
            return names, client.server_info.name, good, bad, owned

    names, server, good, bad, owned = anyio.run(run)
    assert names == set(tools())
    assert server == "tidegate"
    assert answer_of(good)["day"] == "2026-11-21"
    assert answer_of(good)["answer"]["standing"]["stage"] == "unknown"
    assert bad.is_error
    assert "There is no such parameter" in bad.content[0].text
    assert "Harmless Holding" in str(answer_of(owned)["answer"]["parties"]["ownership"])


@pytest.fixture(scope="module")
def served():
    command = [sys.executable, "-m", "tidegate", "serve", "--port", "0", "--on", "2026-11-21"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    yield process.stdout.readline().removeprefix("tidegate: ").strip()
    process.terminate()
    process.wait(10)
    process.stdout.close()


def test_the_tools_answer_at_mcp_of_the_site(served):
    async def run():
        async with Client(f"{served}mcp") as client:
            return (await client.list_tools()).tools, await client.call_tool("check", ASKED["check"])

    listed, result = anyio.run(run)
    assert {tool.name for tool in listed} == set(tools())
    assert answer_of(result)["answer"]["decisions"]["US"]["outcome"] == "licence_required"


def test_a_page_of_another_site_cannot_reach_the_tools(served):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    sent = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    for headers, status in (({"host": "evil.test"}, 400), ({"origin": "http://evil.test"}, 403)):
        answer = httpx.post(f"{served}mcp", json=body, headers={**sent, **headers})
        assert answer.status_code == status
        assert answer.headers["content-security-policy"]
    assert httpx.get(f"{served}mcp").status_code == 405
    assert httpx.post(f"{served}mcp", content=b"x" * (2**20 + 1), headers=sent).status_code == 413


def test_behind_a_proxy_the_tools_answer_under_the_name_that_people_see_and_to_no_other_page(ledger):
    """Not under a name and a port of the machine alone: the same guards stand before them as before the pages."""
    from tidegate.web import create_app
    from tidegate.web.access import Access
    from tidegate.web.mcp.server import mount_mcp

    site = Site(ledger, lambda: TODAY, access=Access(origin="https://desk.example"))
    app = create_app(site, ["desk.example"])
    running = mount_mcp(app, site)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    sent = {"accept": "application/json, text/event-stream"}

    asked_from = (
        {},
        {"origin": "https://desk.example"},
        {"origin": "http://evil.test"},
        {"host": "evil.test"},
    )

    async def run():
        transport = httpx.ASGITransport(app)
        async with (
            running(),
            httpx.AsyncClient(transport=transport, base_url="http://desk.example") as client,
        ):
            return [await client.post("/mcp", json=body, headers={**sent, **each}) for each in asked_from]

    answers = anyio.run(run)
    assert [answer.status_code for answer in answers] == [200, 200, 403, 400]
    assert answers[2].json()["error"]["message"].startswith("This form was sent from another site")

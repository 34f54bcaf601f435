"""Pulling lists from a server on loopback: what is taken, what is refused, and that the list in use always reads."""

import datetime as dt
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tidegate.errors import BadInputError, NotFoundError
from tidegate.sources.list_changes import list_changes
from tidegate.sources.party_lists import read_list
from tidegate.sources.pull import PullError, pull
from tidegate.sources.pullable import PULLABLE
from tidegate.sources.pulled import find_list, kept_in, pulled, pulled_table, read_named

HEAD, *ROWS = (Path(__file__).parent / "data" / "lists" / "csl_2019.csv").read_text("utf-8").splitlines()
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def csl(*names, day="2024-12-02"):
    """A list in the layout of the Consolidated Screening List with one Entity List row a name."""
    source = "Entity List (EL) - Bureau of Industry and Security"
    rows = [f'{source},,,,{name},,"CN",89 FR 1,{day},{"," * 20}' for name in names]
    width = HEAD.count(",")
    return ("\n".join([HEAD, *(row[: len(row) + width - row.count(",")] for row in rows)]) + "\n").encode()


TEN = [f"Lilliput Works {n}" for n in range(10)]


class Publisher(http.server.BaseHTTPRequestHandler):
    """Answers what the test has put on `server.answer`; remembers what it was asked."""

    def do_GET(self):
        server = self.server
        server.asked.append({name.lower(): value for name, value in self.headers.items()})
        answer = server.answer
        if answer.get("etag") and self.headers.get("If-None-Match") == answer["etag"]:
            self.send_response(304)
            self.end_headers()
            return
        body = answer.get("body", b"")
        self.send_response(answer.get("status", 200))
        for name in ("etag", "last-modified", "location"):
            if name in answer:
                self.send_header(name, answer[name])
        self.send_header("Content-Length", str(answer.get("length", len(body))))
        self.end_headers()
        for start in range(0, len(body), 200):
            self.wfile.write(body[start : start + 200])
            self.wfile.flush()
            time.sleep(answer.get("slow", 0))

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as found:
        found.asked, found.answer = [], {}
        found.daemon_threads = True
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        found.address = f"http://127.0.0.1:{found.server_address[1]}/list"
        yield found
        found.shutdown()


def bring(server, folder, **more):
    return pull("us-csl", now=more.pop("now", NOW), folder=folder, address=server.address, **more)


def names(folder):
    return [entry.name for entry in read_list(find_list("us-csl", folder)).entries]


def left_behind(folder):
    return sorted(path.name for path in (folder / "us-csl").iterdir() if path.suffix == ".part")


def test_the_first_copy_is_kept_and_found_by_name(server, tmp_path):
    server.answer = {"body": csl(*TEN)}

    result = bring(server, tmp_path)

    assert (result.state, result.pulled.entries, result.pulled.layout) == ("first", 10, "csl-csv-2019")
    assert names(tmp_path) == TEN
    assert find_list("us-csl", tmp_path) == kept_in(PULLABLE["us-csl"], tmp_path)
    assert left_behind(tmp_path) == []


def test_a_new_copy_tells_what_changed_and_keeps_the_one_before(server, tmp_path):
    server.answer = {"body": csl(*TEN)}
    bring(server, tmp_path)
    server.answer = {
        "body": csl(*TEN[1:9], "Blefuscu Works") + csl(TEN[9], day="2025-01-16").split(b"\n", 1)[1]
    }

    result = bring(server, tmp_path)

    assert result.state == "new"
    assert {(change.what, change.entry.name, change.fields) for change in result.changes.changes} == {
        ("removed", TEN[0], ()), ("added", "Blefuscu Works", ()), ("changed", TEN[9], ("starts",)),
    }  # fmt: skip
    before = read_list(kept_in(PULLABLE["us-csl"], tmp_path, previous=True))
    assert [entry.name for entry in before.entries] == TEN


def test_a_list_that_did_not_change_is_not_sent_again(server, tmp_path):
    server.answer = {"body": csl(*TEN), "etag": '"one"', "last-modified": "Fri, 31 Jul 2026 13:15:00 GMT"}
    bring(server, tmp_path)
    later = NOW + dt.timedelta(days=3)

    result = bring(server, tmp_path, now=later)

    assert (result.state, result.changes) == ("unchanged", None)
    assert server.asked[1]["if-none-match"] == '"one"'
    assert server.asked[1]["if-modified-since"] == "Fri, 31 Jul 2026 13:15:00 GMT"
    state = pulled("us-csl", tmp_path)
    assert (state.pulled_at, state.asked_at) == (NOW.isoformat(), later.isoformat())
    assert state.age(later + dt.timedelta(days=2)) == dt.timedelta(days=2)


def test_a_file_changed_from_outside_is_asked_for_anew(server, tmp_path):
    server.answer = {"body": csl(*TEN), "etag": '"one"'}
    bring(server, tmp_path)
    find_list("us-csl", tmp_path).write_bytes(csl(*TEN[:5]))

    bring(server, tmp_path)

    assert "if-none-match" not in server.asked[1]
    assert names(tmp_path) == TEN


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"status": 500, "body": b"sorry"}, "answered 500"),
        ({"status": 404}, "answered 404"),
        ({"body": csl(*TEN)[:-40], "length": len(csl(*TEN))}, "could not be had"),
        ({"body": csl(*TEN)[:-10]}, "does not read"),
        ({"body": b"<html><body>Please log in</body></html>"}, "does not read"),
        ({"body": b""}, "does not read"),
        ({"body": csl(*TEN).replace(b"license_policy", b"policy")}, "license_policy"),
        ({"body": csl(*TEN[:7])}, "3 of its 10 entries are gone"),
        ({"status": 302, "location": "http://127.0.0.1:9/nobody"}, "could not be had"),
    ],
    ids=[
        "500",
        "404",
        "cut body",
        "cut file",
        "login page",
        "nothing",
        "changed layout",
        "shrunken",
        "nobody",
    ],
)
def test_what_is_refused_leaves_the_list_in_use(server, tmp_path, answer, says):
    server.answer = {"body": csl(*TEN), "etag": '"one"'}
    bring(server, tmp_path)
    state = pulled("us-csl", tmp_path)
    server.answer = answer

    with pytest.raises(PullError, match=says) as raised:
        bring(server, tmp_path)

    assert "stays" in str(raised.value)
    assert names(tmp_path) == TEN
    assert pulled("us-csl", tmp_path) == state
    assert left_behind(tmp_path) == []


def test_a_loss_that_the_user_expects_is_taken(server, tmp_path):
    server.answer = {"body": csl(*TEN)}
    bring(server, tmp_path)
    server.answer = {"body": csl(*TEN[:7])}

    assert bring(server, tmp_path, may_lose=0.3).changes.lost == pytest.approx(0.3)
    assert len(names(tmp_path)) == 7


def test_a_loss_at_the_bound_is_taken_and_one_above_is_not(server, tmp_path):
    server.answer = {"body": csl(*TEN)}
    bring(server, tmp_path)
    server.answer = {"body": csl(*TEN[:8])}

    assert bring(server, tmp_path).changes.lost == pytest.approx(0.2)


def test_a_first_copy_that_does_not_read_leaves_nothing(server, tmp_path):
    server.answer = {"body": b"nothing of the kind"}

    with pytest.raises(PullError):
        bring(server, tmp_path)
    with pytest.raises(NotFoundError, match="tidegate pull us-csl"):
        find_list("us-csl", tmp_path)


def test_a_damaged_record_is_as_if_there_were_none(server, tmp_path):
    server.answer = {"body": csl(*TEN), "etag": '"one"'}
    bring(server, tmp_path)
    (tmp_path / "us-csl" / "state.json").write_text('{"name": "us-csl"', "utf-8")

    assert pulled("us-csl", tmp_path) is None
    assert bring(server, tmp_path).state == "unchanged"
    assert "if-none-match" not in server.asked[1]


def test_killed_in_the_middle_the_old_list_reads_and_the_next_run_sweeps(server, tmp_path):
    server.answer = {"body": csl(*TEN)}
    bring(server, tmp_path)
    server.answer = {"body": csl(*TEN, *[f"Blefuscu Works {n}" for n in range(200)]), "slow": 0.05}
    code = (
        "import datetime as dt, sys; from pathlib import Path; from tidegate.sources.pull import pull;"
        "pull('us-csl', now=dt.datetime.now(dt.UTC), folder=Path(sys.argv[1]), address=sys.argv[2],"
        "     progress=lambda came, whole: print(came, flush=True))"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), server.address], stdout=subprocess.PIPE, text=True
    )
    while int(run.stdout.readline()) < 1000:
        pass
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()

    assert names(tmp_path) == TEN
    assert len(left_behind(tmp_path)) == 1
    for path in (tmp_path / "us-csl").glob("*.part"):
        os.utime(path, (0, 0))
    server.answer = {"body": csl(*TEN)}
    bring(server, tmp_path)
    assert left_behind(tmp_path) == []


def test_the_table_of_lists_shows_the_age_of_each_copy(server, tmp_path):
    server.answer = {"body": csl(*TEN)}
    bring(server, tmp_path)

    rows = {row["name"]: row for row in pulled_table(NOW + dt.timedelta(days=9), tmp_path)}

    assert (rows["us-csl"]["entries"], rows["us-csl"]["age_days"]) == (10, 9.0)
    assert (rows["eu-fsf"]["entries"], rows["eu-fsf"]["path"]) == (None, None)
    assert all(row["address"].startswith("https://") for row in rows.values())


def test_a_path_is_found_as_it_stands(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("x", "utf-8")

    assert find_list(path) == path
    with pytest.raises(BadInputError, match="no such file"):
        find_list(tmp_path / "other.csv")


def test_a_pulled_file_without_a_day_counts_as_of_the_day_it_was_asked_for(server, tmp_path):
    server.answer = {"body": csl(*TEN)}
    bring(server, tmp_path)

    assert read_named("us-csl", tmp_path).as_of == NOW.date()
    assert read_list(find_list("us-csl", tmp_path)).as_of is None


def test_two_copies_that_agree_have_no_changes(tmp_path):
    path = tmp_path / "l.csv"
    path.write_bytes(csl(*TEN))

    assert list_changes(read_list(path), read_list(path)).changes == ()


class TestCommand:
    def run(self, *words, folder):
        return subprocess.run(
            [sys.executable, "-m", "tidegate", "pull", *words], capture_output=True, text=True, check=False,
            env=os.environ | {"XDG_DATA_HOME": str(folder)},
        )  # fmt: skip

    def test_what_changed_as_json(self, server, tmp_path):
        server.answer = {"body": csl(*TEN)}
        self.run("us-csl", "--from", server.address, folder=tmp_path)
        server.answer = {"body": csl(*TEN, "Blefuscu Works")}

        done = self.run("us-csl", "--from", server.address, "--json", folder=tmp_path)

        found = json.loads(done.stdout)
        assert (done.returncode, found["state"], found["added"]) == (0, "new", 1)
        assert [change["name"] for change in found["changes"]] == ["Blefuscu Works"]

    def test_what_is_refused_says_so_by_its_exit_code(self, server, tmp_path):
        server.answer = {"status": 500}

        done = self.run("us-csl", "--from", server.address, folder=tmp_path)

        assert done.returncode == 2
        assert "answered 500" in done.stderr
        assert done.stdout == ""

    def test_a_list_that_there_is_not(self, tmp_path):
        done = self.run("us-cls", folder=tmp_path)

        assert done.returncode == 1
        assert "us-csl" in done.stderr

    def test_the_lists_there_are(self, tmp_path):
        done = self.run("--json", folder=tmp_path)

        assert [row["name"] for row in json.loads(done.stdout)["lists"]] == list(PULLABLE)

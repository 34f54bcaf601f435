"""Killed with signal 9: nothing that was acknowledged is lost, on each database, and nothing is left behind."""

import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from readings import AT, reading
from tidegate.claims.store import Actor, Store, claim_ids
from tidegate.claims.store.audit import changes
from tidegate.claims.store.tokens import find_token, new_token, token_table
from tidegate.desk import find_story
from tidegate.ledger import load_ledger

CLIENTS = 4
ENOUGH = 40
"""Acknowledged decisions after which the server is killed, in the midst of others."""


def serve(address):
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "TIDEGATE_STORE": address}
    process = subprocess.Popen(
        [sys.executable, "-m", "tidegate", "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    line = process.stdout.readline()
    assert re.fullmatch(r"tidegate: http://127\.0\.0\.1:\d+/\n", line)
    return process, line.split()[1].rstrip("/")


def test_a_server_killed_in_the_midst_of_decisions_loses_none_that_it_acknowledged(address):
    """Clients post as fast as they are answered; each grounds are one of a kind, so that each can be counted."""
    with Store.open(address) as store:
        store.put(reading(), version="1", at=AT)
        _, words = new_token(store, "clients", "write", Actor("mb", "command line"), AT)
    story, ids = reading().document.digest[:16], claim_ids(reading())
    process, base = serve(address)
    acknowledged, sent, numbers, gone = set(), set(), itertools.count(), threading.Event()

    def post():
        with httpx.Client(base_url=base, headers={"authorization": f"Bearer {words}"}, timeout=30) as client:
            while not gone.is_set():
                number = next(numbers)
                why, verdict = f"grounds {number}", ("accept", "dismiss")[number % 2]
                body = {"claim": ids[number % len(ids)], "verdict": verdict, "why": why}
                sent.add(why)
                try:
                    answer = client.post(f"/api/story/{story}/decisions", json=body)
                except httpx.HTTPError:
                    return
                assert answer.status_code == 201
                acknowledged.add(why)

    threads = [threading.Thread(target=post) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    limit = time.monotonic() + 60
    while len(acknowledged) < ENOUGH and time.monotonic() < limit:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    gone.set()
    for thread in threads:
        thread.join(40)
    process.stdout.close()

    assert len(acknowledged) >= ENOUGH
    assert process.returncode == -signal.SIGKILL
    with Store.open(address) as store:
        kept = [each.why for each in store.decisions()]
        told = [row["after"]["why"] for row in changes(store, limit=None) if row["about"] == "claim"]
        assert acknowledged <= set(kept) <= sent
        assert len(kept) == len(set(kept))
        assert sorted(kept) == sorted(told)
        assert find_story(store, load_ledger(), story, "2026-11-21").open == 0


def test_a_token_that_was_shown_stands_and_one_that_was_revoked_is_gone_whenever_the_program_is_killed(
    address,
):
    program = (
        "import sys\n"
        "from readings import AT\n"
        "from tidegate.claims.store import Actor, Store\n"
        "from tidegate.claims.store.tokens import new_token, revoke_token\n"
        "store, me = Store.open(sys.argv[1]), Actor('mb', 'command line')\n"
        "for number in range(10_000):\n"
        "    made, words = new_token(store, f'token {number}', 'read', me, AT)\n"
        "    print('new', words, flush=True)\n"
        "    if number % 2:\n"
        "        revoke_token(store, made.id, me, AT)\n"
        "        print('gone', words, flush=True)\n"
    )
    with Store.open(address):
        pass
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(address)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent,
    )  # fmt: skip
    told = [process.stdout.readline().split() for _ in range(11)]
    process.kill()
    told += [line.split() for line in process.stdout.read().splitlines() if line.count("_") >= 2]
    process.stdout.close()
    process.wait(20)
    assert process.returncode == -signal.SIGKILL
    last = {words: act for act, words in told}
    with Store.open(address) as store:
        tokens = {words: find_token(store, words) for words in last}
        # The last of them may have been revoked without anybody having been told.
        assert all(token is None for words, token in tokens.items() if last[words] == "gone")
        assert all(token is not None for words, token in list(tokens.items())[:-1] if last[words] == "new")
        rows = [row["act"] for row in changes(store, limit=None) if row["about"] == "token"]
        assert rows.count("new") == len(token_table(store))
        assert rows.count("revoke") == sum(row["revoked_at"] is not None for row in token_table(store))


def test_a_server_killed_while_it_reads_a_story_leaves_no_file_of_it_behind(tmp_path):
    import psutil

    server = subprocess.Popen(
        [sys.executable, "-m", "tidegate", "serve", "--port", "0"], stderr=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    base = server.stdout.readline().split()[1]

    def send():
        with httpx.Client(base_url=base, timeout=60) as client, contextlib.suppress(httpx.HTTPError):
            form = re.search(r'name="form" value="([^"]+)"', client.get("/desk").text).group(1)
            client.post("/desk", data={"form": form, "text": "Japan refused to follow. " * 20_000})

    sending = threading.Thread(target=send)
    sending.start()
    end = time.monotonic() + 40
    while not list(tmp_path.glob("tidegate-story-*/story.txt")) and time.monotonic() < end:
        time.sleep(0.01)
    assert list(tmp_path.glob("tidegate-story-*/story.txt"))
    time.sleep(1.5)
    reading_ = psutil.Process(server.pid).children()
    assert reading_
    server.kill()
    server.wait()
    server.stdout.close()
    sending.join()
    _, alive = psutil.wait_procs(reading_, timeout=20)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]
    assert list(tmp_path.iterdir()) == []

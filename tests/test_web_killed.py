"""A server killed while people decide: nothing that it acknowledged is lost, on each database."""

import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time

import httpx
import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from readings import AT, reading
from tidegate.claims.store import Actor, Store, claim_ids
from tidegate.claims.store.audit import changes
from tidegate.claims.store.tokens import new_token
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

"""A table sent in by a stranger: bounded in size, time, memory and room, one after another, and nothing is left."""

import asyncio
import contextlib
import csv
import io
import os
import pickle
import re
import subprocess
import sys
import threading
import time

import httpx
import pytest

pytest.importorskip("fastapi", reason="tidegate[web] is not installed")

from tidegate.web import upload
from web_client import client_of, read

HEAD = b"date,activity,item,destination,exporter_country\n"
ROW = b"2025-05-01,export,h20,CN,US\n"
BOUNDARY = "tide"


@pytest.fixture
def site(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(upload.tempfile, "tempdir", str(tmp_path))
    client = client_of(ledger)
    yield client
    client.close()
    assert list(tmp_path.glob("tidegate-*")) == []


@pytest.fixture
def at_once(monkeypatch):
    """Deciding that takes a moment; how many were decided at the same time."""
    running, most = [], []

    def decide(table, ending, folder, ledger):
        running.append(table)
        most.append(len(running))
        time.sleep(0.15)
        folder.mkdir()
        (folder / "decided.csv").write_bytes(table)
        running.pop()

    monkeypatch.setattr(upload, "_decide_apart", decide)
    return most


def form(table, name="deals.csv"):
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="table"; filename="{name}"\r\n\r\n'.encode()
        + table + f"\r\n--{BOUNDARY}--\r\n".encode()
    )  # fmt: skip


def send(site, body, **headers):
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}", **headers}
    return site.ask("POST", "/check/table", content=body, headers=headers, timeout=120)


def said(answer):
    return read(answer.text)[0]


async def in_pieces(body, size=65_536, pause=0.0):
    for start in range(0, len(body), size):
        yield body[start : start + size]
        await asyncio.sleep(pause)


def test_a_table_too_large_is_refused_before_it_is_read_where_its_length_is_told(site, monkeypatch):
    monkeypatch.setattr(upload, "MOST_BYTES", 2**20)
    answer = send(site, form(HEAD + ROW * 80_000))
    assert answer.status_code == 413
    assert "may weigh 1 MB" in said(answer)


@pytest.mark.parametrize("told", [None, "1000"], ids=["in chunks", "told falsely"])
def test_a_table_too_large_is_refused_while_it_is_read_where_its_length_is_not_told_or_not_truly(
    site, monkeypatch, told
):
    monkeypatch.setattr(upload, "MOST_BYTES", 2**20)
    come = []

    async def pieces():
        async for piece in in_pieces(form(HEAD + ROW * 400_000)):
            come.append(len(piece))
            yield piece

    answer = send(site, pieces(), **({"content-length": told} if told else {}))
    assert answer.status_code == 413
    assert sum(come) < 2 * 2**20


def test_a_length_that_is_no_number_is_refused(site):
    assert send(site, form(ROW), **{"content-length": "x"}).status_code == 413


def test_a_table_in_chunks_is_decided_as_one_in_a_piece(site):
    answer = send(site, in_pieces(form(HEAD + ROW), size=50))
    assert answer.status_code == 200
    assert [row["us_outcome"] for row in csv.DictReader(io.StringIO(answer.text))] == ["licence_required"]


def test_a_table_that_trickles_in_is_given_up(site, monkeypatch):
    monkeypatch.setattr(upload, "MOST_SENDING", 0.2)
    answer = send(site, in_pieces(form(HEAD + ROW * 50), size=20, pause=0.05))
    assert answer.status_code == 408
    assert "did not arrive within 0.2 s" in said(answer)


def test_a_table_that_takes_too_long_is_stopped(site, monkeypatch):
    monkeypatch.setattr(upload, "MOST_SECONDS", 0.05)
    answer = send(site, form(HEAD + ROW))
    assert answer.status_code == 503
    assert "Send fewer rows" in said(answer)


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (b",".join(b"c%d" % n for n in range(100_000)) + b"\n" + b"," * 99_999 + b"\n", "wide.csv"),
        (HEAD + b"2025-05-01" + b"," * 3_000_000 + b"\n", "row.csv"),
        (HEAD + b'2025-05-01,export,"' + b"x" * 8_000_000 + b'",CN,US\n', "field.csv"),
        (b"\0" * 100_000, "nul.csv"),
        (HEAD + b'"' * 100_001, "quotes.csv"),
        (b"PAR1" + b"x" * 1000 + b"PAR1", "no.parquet"),
        (b"", "empty.csv"),
    ],
    ids=["wide table", "wide row", "huge field", "NUL", "quotes", "no Parquet", "empty"],
)
def test_a_table_made_to_hurt_is_refused_with_a_reason(site, table, name):
    answer = send(site, form(table, name))
    assert answer.status_code == 422
    assert re.search(r"Mend the file|Name the day|has no column", said(answer)), said(answer)[:400]
    assert "\0" not in answer.text
    assert str(upload.tempfile.tempdir) not in answer.text


def test_a_few_bytes_that_stand_for_many_rows_fill_no_disk(ledger, tmp_path):
    """Twenty kilobytes of Parquet for two million rows, in a process that may write a megabyte."""
    import duckdb

    table = tmp_path / "sent"
    duckdb.sql(
        "COPY (SELECT DATE '2025-05-01' AS date, 'export' AS activity, 'h20' AS item, 'CN' AS destination, "
        f"repeat('x', 200) AS note FROM range(2000000)) TO '{table}' (FORMAT parquet, COMPRESSION zstd)"
    )
    assert table.stat().st_size < 100_000
    (tmp_path / "ledger").write_bytes(pickle.dumps(ledger))
    program = (
        "import pathlib, pickle, sys, tidegate.web.upload as upload\n"
        "upload._WRITTEN = 2**20\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "sent, ledger = ((folder / name).read_bytes() for name in ('sent', 'ledger'))\n"
        "upload._decide(folder / 'apart', sent, '.parquet', pickle.loads(ledger))\n"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], timeout=100, capture_output=True, check=False
    )
    assert (tmp_path / "apart" / "table.parquet").exists()
    assert not (tmp_path / "apart" / "decided.csv").exists()
    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) < 8 * 2**20


def test_two_tables_at_once_are_decided_one_after_the_other_and_too_many_are_told_to_come_back(site, at_once):
    async def all_of(count):
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tidegate.test") as client:
            return await asyncio.gather(
                *(client.post("/check/table", files={"table": ("a.csv", HEAD + ROW)}) for _ in range(count))
            )

    assert [answer.status_code for answer in site.run(all_of(2))] == [200, 200]
    assert max(at_once) == 1

    answers = site.run(all_of(8))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [503] * 3
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert refused.headers["retry-after"] == "60"
    assert "in a minute" in said(refused)
    assert max(at_once) == 1


@pytest.mark.parametrize("moment", ["as deciding starts", "while it is decided"])
def test_a_killed_server_leaves_no_file_behind(tmp_path, moment):
    """kill -9: the process that decides tidies up and goes as well."""
    import psutil

    server = subprocess.Popen(
        [sys.executable, "-m", "tidegate", "serve", "--port", "0"], stderr=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    address = server.stdout.readline().split()[1]
    rows = b"".join(b"2025-05-01,export,h20,CN,%d\n" % number for number in range(300_000))

    def ask():
        with contextlib.suppress(httpx.HTTPError):
            httpx.post(f"{address}check/table", files={"table": ("deals.csv", HEAD + rows)}, timeout=60)

    def until(told):
        end = time.monotonic() + 30
        while not (found := told()) and time.monotonic() < end:
            time.sleep(0.02)
        return found

    asking = threading.Thread(target=ask)
    asking.start()
    deciding = until(
        lambda: [c for c in psutil.Process(server.pid).children() if "spawn_main" in " ".join(c.cmdline())]
    )
    assert deciding
    if moment == "while it is decided":
        assert until(lambda: list(tmp_path.glob("tidegate-*/table.csv")))
    server.kill()
    server.wait()
    server.stdout.close()
    asking.join()
    _, alive = psutil.wait_procs(deciding, timeout=20)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]
    assert list(tmp_path.iterdir()) == []

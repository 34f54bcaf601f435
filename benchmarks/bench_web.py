"""The site under load: many users at once over a socket, beside the same pages as bytes that lie ready.

Each user asks the next question as soon as the last is answered (or after a pause), over a connection of its
own. Questions differ as people's do: many repeat, a third have a day, a filter, a measure or a shipment that
nobody asked about before. Peer: a bare Starlette application under uvicorn, run the same way, that answers the
same addresses with bytes rendered beforehand: what is left is the cost of sockets, HTTP and this client, so the
ratio is what answering costs. Server and client share the machine.

    python benchmarks/bench_web.py [--users 50] [--seconds 60] [--pause 0]
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import anyio
import httpx
import psutil

from tidegate.catalog import load_catalog
from tidegate.ledger import load_ledger
from tidegate.ledger.hs import measures_with_codes

DAY = "2026-11-21"
CATALOG = load_catalog()
Ask = Callable[[random.Random], str]


def _day(chance: random.Random, first: int = 2022, last: int = 2026) -> str:
    return f"{chance.randint(first, last)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


ITEMS, PARTIES, COUNTRIES = (sorted(names) for names in (CATALOG.items, CATALOG.parties, CATALOG.countries))
GOODS = ("lithography", "eda_software", "hbm", "ai_chips", "magnets")
FAMILY = ("Shenzhen", "Harbour", "Jotrin", "Volga", "Golden", "Nova", "Kunpeng", "Atlas")
TRADES = ("Electronics Co Ltd", "Trading LLC", "Semiconductor", "Optics GmbH", "Technology Limited")
MEASURES = [measure.id for measure in load_ledger()]
BY_CUSTOMS = [measure.id for measure, _ in measures_with_codes(load_ledger())]
# What is kept of a day serves whoever asks for it next; a day that nobody asked about takes seconds once.
DAYS, COMPANIES = ("2023-12-01", "2025-06-15", "2026-10-09"), ("nvidia", "asml", "synopsys", "lam-research")


def _shipment(chance: random.Random) -> str:
    item, user, to = quote(chance.choice(ITEMS)), quote(chance.choice(PARTIES)), chance.choice(COUNTRIES)
    leaves = chance.choice(("US", "NL", "JP", "TW", "KR", "DE"))
    return f"item={item}&destination={to}&exporter_country={leaves}&end_user={user}&on={_day(chance)}"


MIX: Mapping[str, tuple[int, Ask]] = {
    "today": (15, lambda chance: "/"),
    "today, any day": (5, lambda chance: f"/?on={_day(chance)}"),
    "today.json": (5, lambda chance: "/today.json"),
    "timeline": (8, lambda chance: "/timeline"),
    "timeline, filters": (
        10,
        lambda chance: (
            f"/timeline?by={chance.choice(('US', 'CN', 'NL', 'JP'))}&from={_day(chance, 2018, 2025)}&to={DAY}"
        ),
    ),
    "timeline.csv": (4, lambda chance: "/timeline.csv"),
    "measure": (15, lambda chance: f"/measure/{chance.choice(MEASURES)}"),
    "check": (14, lambda chance: f"/check?{_shipment(chance)}"),
    "check.json": (5, lambda chance: f"/check.json?{_shipment(chance)}"),
    "diff": (7, lambda chance: f"/diff?from={_day(chance, 2020, 2023)}&to={_day(chance, 2024)}"),
    "rounds": (6, lambda chance: "/rounds"),
    "rounds.csv": (3, lambda chance: f"/rounds.csv?to={_day(chance)}"),
    "tide": (4, lambda chance: f"/tide?target={chance.choice(('CN', 'US', 'RU', 'IR'))}"),
    "map": (4, lambda chance: f"/map?by={chance.choice(('US', 'NL', 'JP', 'CN'))}"),
    "network": (4, lambda chance: f"/network?buyer=CN&good={chance.choice(GOODS)}"),
    "screen": (6, lambda chance: f"/screen?name={quote(CATALOG.parties[chance.choice(PARTIES)].name)}"),
    "screen.json": (
        3,
        lambda chance: f"/screen.json?name={quote(chance.choice(FAMILY) + ' ' + chance.choice(TRADES))}",
    ),
    "desk": (3, lambda chance: "/desk/example"),
    "exposure": (3, lambda chance: f"/exposure?on={chance.choice(DAYS)}&company={chance.choice(COMPANIES)}"),
    "study": (3, lambda chance: f"/study?measure={chance.choice(MEASURES)}"),
    "routes": (2, lambda chance: f"/routes?control={chance.choice(BY_CUSTOMS)}"),
    "ranking": (1, lambda chance: "/ranking"),
    "games": (2, lambda chance: "/bargain"),
    "style": (3, lambda chance: "/static/tidegate.css"),
}


@dataclass
class Load:
    """What came of it. times: seconds by page. memory: MB of the server at the start, in the middle, at the end."""

    seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(map(len, self.times.values())) / self.seconds


def main() -> None:
    wanted = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    wanted.add_argument("--users", type=int, default=50)
    wanted.add_argument("--seconds", type=float, default=60)
    wanted.add_argument(
        "--pause", type=float, default=0, help="mean seconds between answer and next question"
    )
    given = wanted.parse_args()

    with _serving([sys.executable, "-m", "tidegate", "serve", "--port", "0", "--on", DAY]) as (base, process):
        bodies = {}
        for _, ask in MIX.values():
            address = ask(random.Random(1))
            answer = httpx.get(base + address, timeout=60)
            bodies[urlsplit(address).path.split("/")[1]] = (
                gzip.compress(answer.content, 6), answer.headers["content-type"]
            )  # fmt: skip
        ours = anyio.run(_load, base, process, given.users, given.seconds, given.pause)
    with _peer(bodies) as (base, process):
        peer = anyio.run(_load, base, process, given.users, given.seconds, given.pause)

    pace = f"{given.pause:g} s between an answer and the next question" if given.pause else "without a pause"
    print(f"{given.users} users, {given.seconds:g} s, {pace}; milliseconds")
    print(f"{'':18} {'asked':>7} {'p50':>8} {'p99':>8} {'peer p50':>9} {'p99':>8} {'ratio of p50':>13}")
    for name in MIX:
        if not (mine := ours.times.get(name)) or not (theirs := peer.times.get(name)):
            print(f"{name:18} not asked in that time")
            continue
        ratio = statistics.median(mine) / statistics.median(theirs)
        print(
            f"{name:18} {len(mine):7} {_ms(mine, 50):8.1f} {_ms(mine, 99):8.1f} "
            f"{_ms(theirs, 50):9.1f} {_ms(theirs, 99):8.1f} {ratio:13.1f}"
        )
    for who, load in (("tidegate", ours), ("bytes that lie ready", peer)):
        memory = ", ".join(f"{size:.0f}" for size in load.memory)
        failed = ", ".join(f"{number} x {what}" for what, number in load.errors.items()) or "none"
        print(
            f"{who}: {load.rate:,.0f} answers a second; errors: {failed}; MB at start, middle, end: {memory}"
        )
    print(f"ratio of answers a second: {ours.rate / peer.rate:.2f}")
    sys.exit(1 if ours.errors else 0)


async def _load(base: str, process: int, users: int, seconds: float, pause: float) -> Load:
    load = Load()
    start = time.perf_counter()

    async def user(number: int) -> None:
        chance = random.Random(number)
        names, weights = list(MIX), [weight for weight, _ in MIX.values()]
        # Nothing is encrypted on loopback; certificates would be read while the clock runs.
        async with httpx.AsyncClient(base_url=base, timeout=60, verify=False) as client:
            while time.perf_counter() - start < seconds:
                [name] = chance.choices(names, weights)
                address = MIX[name][1](chance)
                asked = time.perf_counter()
                try:
                    answer = await client.get(address)
                except httpx.HTTPError as error:
                    load.errors[type(error).__name__] += 1
                    continue
                load.times[name].append(time.perf_counter() - asked)
                if answer.status_code != 200:
                    load.errors[f"{answer.status_code} {address}"] += 1
                if pause:
                    await anyio.sleep(chance.expovariate(1 / pause))

    async def weigh() -> None:
        for _ in range(2):
            load.memory.append(_megabytes(process))
            await anyio.sleep(seconds / 2)

    async with anyio.create_task_group() as group:
        group.start_soon(weigh)
        for number in range(users):
            group.start_soon(user, number)
    load.memory.append(_megabytes(process))
    load.seconds = time.perf_counter() - start
    return load


def _ms(times: list[float], part: int) -> float:
    """Return a percentile in milliseconds."""
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def _megabytes(process: int) -> float:
    top = psutil.Process(process)
    return sum(each.memory_info().rss for each in (top, *top.children(recursive=True))) / 1e6


@contextmanager
def _serving(command: list[str]) -> Iterator[tuple[str, int]]:
    """Run a server; give its address, which is the first that it says, and its process."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        found = re.search(r"http://[\d.]+:\d+", said)
        if found is None:
            sys.exit(f"the server does not say where it listens: {said!r}")
        yield found[0], process.pid
    finally:
        process.terminate()
        process.wait(20)


PEER = """
import pickle, socket, sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

bodies = pickle.load(open(sys.argv[1], "rb"))

async def answer(request):
    body, media = bodies[request.url.path.split("/")[1]]
    return Response(body, headers={"content-type": media, "content-encoding": "gzip"})

listening = socket.create_server(("127.0.0.1", 0), backlog=512)
print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
app = Starlette(routes=[Route("/{path:path}", answer)])
config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_keep_alive=15)
uvicorn.Server(config).run(sockets=[listening])
"""


@contextmanager
def _peer(bodies: Mapping[str, tuple[bytes, str]]) -> Iterator[tuple[str, int]]:
    import pickle

    with tempfile.TemporaryDirectory() as folder:
        program, ready = Path(folder, "peer.py"), Path(folder, "bodies")
        program.write_text(PEER)
        ready.write_bytes(pickle.dumps(dict(bodies)))
        with _serving([sys.executable, str(program), str(ready)]) as served:
            yield served


if __name__ == "__main__":
    main()

"""Answers kept by what they rest on, so that the same question is not worked out twice.

A key is a digest of everything that an answer follows from: the texts of the law, the shipments asked about, the
calibration, and the program itself. Whatever changes makes another key, so nothing kept is ever out of date, and a
file of them can be deleted at any time. In memory for a process; in a file of the user's cache folder within
`keeping`.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

__all__ = ["cache_file", "digest", "keeping", "known", "learn"]

_MOST = 200 * 2**20
"""Bytes from which on the file is emptied: it then holds the answers of many scenarios."""

_MOST_IN_MEMORY = 64 * 2**20

_LONG = 1000
"""Bytes from which on an answer is compressed."""

_FILE: ContextVar[Path | None] = ContextVar("file of kept answers", default=None)
_MEMORY: dict[bytes, bytes] = {}
_REMEMBERING = threading.Lock()
"""Held while memory is added to: a site answers from several threads."""


def cache_file() -> Path:
    """Return where answers are kept from one run of the command to the next."""
    from platformdirs import user_cache_path

    return user_cache_path("tidegate") / "answers.sqlite"


@contextmanager
def keeping(file: Path | None) -> Iterator[None]:
    """Keep answers in a file as well as in memory; None: in memory alone.

    A file that cannot be read or written, or is no store, is done without.
    """
    token = _FILE.set(file)
    try:
        yield
    finally:
        _FILE.reset(token)


def digest(*parts: bytes | str) -> bytes:
    """Return the key of an answer that follows from these parts and from the program."""
    found = hashlib.blake2b(_program(), digest_size=16)
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        found.update(len(raw).to_bytes(8, "big"))
        found.update(raw)
    return found.digest()


def known(keys: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return those of some answers that are kept, by key."""
    wanted, fresh = list(dict.fromkeys(keys)), dict[bytes, bytes]()
    packed = {key: raw for key in wanted if (raw := _MEMORY.get(key)) is not None}
    file, missing = _FILE.get(), [key for key in wanted if key not in packed]
    try:
        if file is None or not missing or not file.exists():
            return {key: _unpacked(raw) for key, raw in packed.items()}
        with closing(_open(file)) as store:
            for key in missing:
                for (raw,) in store.execute("SELECT value FROM answers WHERE key = ?", (key,)):
                    fresh[key] = bytes(raw)
        found = {key: _unpacked(raw) for key, raw in (packed | fresh).items()}
    except (sqlite3.Error, zlib.error, OSError):
        return {key: _unpacked(raw) for key, raw in packed.items()}
    _remember(fresh)
    return found


def learn(answers: Mapping[bytes, bytes]) -> None:
    """Keep answers by key. What is in the file is written in one go, or not at all."""
    packed = {key: _packed(value) for key, value in answers.items()}
    _remember(packed)
    file = _FILE.get()
    if file is None or not packed:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(_open(file)) as store, store:
            if file.stat().st_size > _MOST:
                store.execute("DELETE FROM answers")
            store.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", packed.items())
    except (sqlite3.Error, OSError):
        # A full disk, a folder that may not be written, a file that is no store: the answer stands without.
        return


def _open(file: Path) -> sqlite3.Connection:
    store = sqlite3.connect(file, timeout=2.0)
    store.execute("PRAGMA auto_vacuum = FULL")
    store.execute("PRAGMA synchronous = NORMAL")
    store.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    return store


def _packed(value: bytes) -> bytes:
    """The first letter says whether the rest is compressed."""
    return b"z" + zlib.compress(value, 1) if len(value) > _LONG else b"-" + value


def _unpacked(raw: bytes) -> bytes:
    return zlib.decompress(raw[1:]) if raw[:1] == b"z" else raw[1:]


def _remember(answers: Mapping[bytes, bytes]) -> None:
    with _REMEMBERING:
        if answers and sum(map(len, _MEMORY.values())) + sum(map(len, answers.values())) > _MOST_IN_MEMORY:
            _MEMORY.clear()
        _MEMORY.update(answers)


@lru_cache(maxsize=1)
def _program() -> bytes:
    """A digest of the program as it is installed: size and time of every file of it."""
    root = Path(__file__).parent
    found = hashlib.blake2b(digest_size=16)
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".yaml", ".csv", ".json")):
        state = path.stat()
        found.update(f"{path.relative_to(root)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return found.digest()

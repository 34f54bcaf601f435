"""The databases that the tests run on: a SQLite file, and a PostgreSQL server of the tests' own on loopback."""

import atexit
import contextlib
import functools
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

PASSWORD = "the-tide-comes-in"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    """The address of an empty database, of each sort."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return new_database()


def new_database():
    """Return the address of an empty database on the server; skips the test where there is no server."""
    server = _server()
    if not server.startswith("postgresql:"):
        pytest.skip(server)
    import psycopg

    name = f"tidegate_{next(_numbers)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


_numbers = itertools.count(1)


@functools.cache
def _server():
    """Return the address of the one server of a test run, or why there is none."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    try:
        return stack.enter_context(postgresql())
    except NotThereError as error:
        return str(error)


class NotThereError(Exception):
    """Why there is no server."""


def _bin():
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    for folder in [*reversed(folders), *map(Path, os.get_exec_path())]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NotThereError("PostgreSQL is not installed (apt-get install postgresql)")


@contextlib.contextmanager
def postgresql():
    """Give the address of a server that nobody else uses. Raises: NotThereError: saying why there is none."""
    tools = _bin()
    folder = Path(tempfile.mkdtemp(prefix="tidegate-pg-"))
    as_user = []
    if os.geteuid() == 0:
        # The server refuses to be run by root.
        if not (shutil.which("runuser") and _exists("postgres")):
            raise NotThereError("there is no ordinary user to run PostgreSQL as")
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    secret, data = folder / "password", folder / "data"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c shared_buffers=16MB"
    )
    started = False
    try:
        _run([*as_user, tools / "initdb", "-D", data, "-U", "tidegate", f"--pwfile={secret}", "-A",
              "scram-sha-256", "-E", "UTF8", "--no-locale"])  # fmt: skip
        _run([*as_user, tools / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"])
        started = True
        yield f"postgresql://tidegate:{PASSWORD}@127.0.0.1:{port}"
    finally:
        if started:
            _run([*as_user, tools / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _exists(user):
    import pwd

    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(user))
    return False


def _run(command):
    done = subprocess.run(
        [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        text=True, check=False, cwd="/", timeout=120,
    )  # fmt: skip
    if done.returncode:
        raise NotThereError(f"{command[-1]}: {done.stdout.strip()[-300:]}")

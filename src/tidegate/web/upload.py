"""A table sent in to be decided: bounded in size and time, in a process of its own, deleted afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive

from tidegate.errors import BadInputError
from tidegate.web.apart import bound, run_apart
from tidegate.web.forms import refuse_strangers
from tidegate.web.question import Site

if TYPE_CHECKING:
    from tidegate.ledger import Ledger

__all__ = ["MOST_BYTES", "MOST_SECONDS", "MOST_SENDING", "MOST_WAITING", "upload_endpoint"]

MOST_BYTES = 32 * 2**20
"""What a table may weigh: about a quarter of a million rows of CSV."""

MOST_SECONDS = 120
"""How long a table may be decided before it is given up."""

MOST_SENDING = 60
"""Seconds in which a table has to arrive."""

MOST_WAITING = 4
"""Tables that arrive or wait while one is decided; who comes after is told to come back."""

_MEMORY = "1GB"
_ADDRESSES = 6 * 2**30
_WRITTEN = 2**30
_CHUNK = 256 * 1024
_FORM = 4096
"""Bytes of a form around its file."""


def upload_endpoint(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that decides the rows of a table and streams the answers as CSV."""
    one_at_a_time = asyncio.Semaphore(1)
    here = 0

    async def check_table(request: Request) -> Response:
        nonlocal here
        refuse_strangers(request, site.access.origin if site.access else None)
        told = request.headers.get("content-length", "0")
        if not told.isdecimal() or int(told) > MOST_BYTES + _FORM:
            raise _too_large()
        if here > MOST_WAITING:
            raise HTTPException(
                503, "Several tables are being decided. Send it again in a minute.", {"retry-after": "60"}
            )
        here += 1
        try:
            async with _received(request) as sent, one_at_a_time:
                answers = await asyncio.to_thread(_answers, sent, site.ledger)
        finally:
            here -= 1
        headers = {"content-disposition": 'attachment; filename="decided.csv"', "cache-control": "no-store"}
        return StreamingResponse(_stream(answers), media_type="text/csv; charset=utf-8", headers=headers)

    return check_table


@contextlib.asynccontextmanager
async def _received(request: Request) -> AsyncIterator[UploadFile]:
    """Give the file of a form that was sent, once it is here; it lies in no folder and goes when it is closed."""
    bounded = Request(request.scope, _bounded(request.receive))
    try:
        async with asyncio.timeout(MOST_SENDING):
            form = await bounded.form(max_files=1, max_fields=4)
    except TimeoutError:
        raise HTTPException(
            408, f"The table did not arrive within {MOST_SENDING} s. Send it again."
        ) from None
    except ClientDisconnect:
        raise HTTPException(400, "The table did not arrive whole. Send it again.") from None
    try:
        sent = form.get("table")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise BadInputError("table: no file was sent. Choose a CSV or Parquet file.")
        if _ending(sent) not in (".csv", ".parquet"):
            named = _ending(sent) or sent.filename[:40]
            raise BadInputError(f"table: '{named}' is not read. Send a .csv or .parquet file.")
        yield sent
    finally:
        await form.close()


def _bounded(receive: Receive) -> Receive:
    """Count what comes in: how much it is need not be told, nor truly."""
    come = 0

    async def counted() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > MOST_BYTES + _FORM:
            raise _too_large()
        return message

    return counted


def _too_large() -> HTTPException:
    return HTTPException(413, f"A table may weigh {MOST_BYTES // 2**20} MB. Use `tidegate check TABLE`.")


def _ending(sent: UploadFile) -> str:
    return Path(sent.filename or "").suffix.lower()


def _answers(sent: UploadFile, ledger: Ledger) -> IO[bytes]:
    """Return the answers, open: their folder is gone by then, so that nothing is left whatever happens next."""
    # Made by the process that decides, which tidies up where this one is killed.
    folder = Path(tempfile.gettempdir(), f"tidegate-{secrets.token_hex(8)}")
    try:
        _decide_apart(sent.file.read(), _ending(sent), folder, ledger)
        return (folder / "decided.csv").open("rb")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _decide_apart(table: bytes, ending: str, folder: Path, ledger: Ledger) -> None:
    """Decide in a process of its own, so that it can be stopped and its memory goes with it."""
    too_long = f"Not done within {MOST_SECONDS} s. Send fewer rows, or use `tidegate check TABLE`."
    run_apart(_decide, table, ending, ledger, folder=folder, seconds=MOST_SECONDS, too_long=too_long)
    wrong = folder / "wrong.txt"
    if wrong.exists():
        raise BadInputError(wrong.read_text("utf-8"))
    if not (folder / "decided.csv").exists():
        raise HTTPException(
            503, "The table could not be decided: it took more memory or room than there is for it."
        )


def _decide(folder: Path, sent: bytes, ending: str, ledger: Ledger) -> None:
    """Decide a table, bounded; runs in a process of its own."""
    folder.mkdir(mode=0o700)
    # A name of our own: the sender's is looked at for its ending alone.
    table = folder / f"table{ending}"
    table.write_bytes(sent)
    # A few bytes of Parquet may stand for a thousand million rows.
    bound(_ADDRESSES, _WRITTEN)
    # What the engine puts aside goes with the folder.
    tempfile.tempdir = str(folder)
    from tidegate.licensing.table import decide_table

    try:
        decide_table(table, ledger, out=folder / "decided.csv", memory=_MEMORY)
    except BadInputError as error:
        # The reader knows the table by the name it was sent under.
        said = "".join(char for char in str(error).replace(f"{folder}/", "") if char.isprintable())
        # What is wrong stands in front, the mend at the end.
        said = said if len(said) < 1000 else f"{said[:700]} ... {said[-250:]}"
        (folder / "wrong.txt").write_text(said, encoding="utf-8")


async def _stream(answers: IO[bytes]) -> AsyncIterator[bytes]:
    with answers:
        while chunk := await asyncio.to_thread(answers.read, _CHUNK):
            yield chunk

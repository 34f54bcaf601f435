"""A table sent in to be decided: bounded in size and time, in a process of its own, deleted afterwards."""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tidegate.errors import BadInputError
from tidegate.web.question import Site

if TYPE_CHECKING:
    from tidegate.ledger import Ledger

__all__ = ["MOST_BYTES", "MOST_SECONDS", "upload_endpoint"]

MOST_BYTES = 32 * 2**20
"""What a table may weigh: about a quarter of a million rows of CSV."""

MOST_SECONDS = 120
"""How long a table may be decided before it is given up."""

_MEMORY = "1GB"
_CHUNK = 256 * 1024


def upload_endpoint(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that decides the rows of a table and streams the answers as CSV."""
    one_at_a_time = asyncio.Semaphore(1)

    async def check_table(request: Request) -> Response:
        _refuse_strangers(request)
        if int(request.headers.get("content-length") or MOST_BYTES + 1) > MOST_BYTES + 4096:
            raise HTTPException(
                413, f"A table may weigh {MOST_BYTES // 2**20} MB. Use `tidegate check TABLE`."
            )
        folder = Path(tempfile.mkdtemp(prefix="tidegate-"))
        try:
            table = await _receive(request, folder)
            async with one_at_a_time:
                await asyncio.to_thread(_decide_apart, table, folder, site.ledger)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        headers = {"content-disposition": 'attachment; filename="decided.csv"', "cache-control": "no-store"}
        return StreamingResponse(_stream(folder), media_type="text/csv; charset=utf-8", headers=headers)

    return check_table


def _refuse_strangers(request: Request) -> None:
    """Refuse a form that another site made somebody's browser send."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(
            403, "This form was sent from another site. Open the page and send it from there."
        )


async def _receive(request: Request, folder: Path) -> Path:
    """Write what was sent to a file of our own name: the sender's is looked at for its ending alone."""
    async with request.form(max_files=1, max_fields=4) as form:
        sent = form.get("table")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise BadInputError("table: no file was sent. Choose a CSV or Parquet file.")
        ending = Path(sent.filename).suffix.lower()
        if ending not in (".csv", ".parquet"):
            raise BadInputError(
                f"table: '{ending or sent.filename[:40]}' is not read. Send a .csv or .parquet file."
            )
        table = folder / f"table{ending}"
        with table.open("wb") as file:
            while chunk := await sent.read(_CHUNK):
                await asyncio.to_thread(file.write, chunk)
    return table


def _decide_apart(table: Path, folder: Path, ledger: Ledger) -> None:
    """Decide in a process of its own, so that it can be stopped and its memory goes with it."""
    context = multiprocessing.get_context("spawn")
    job = context.Process(target=_decide, args=(table, folder, pickle.dumps(ledger)), daemon=True)
    job.start()
    try:
        job.join(MOST_SECONDS)
        if job.is_alive():
            raise HTTPException(
                503, f"Not done within {MOST_SECONDS} s. Send fewer rows, or use `tidegate check TABLE`."
            )
    finally:
        job.kill()
        job.join()
    wrong = folder / "wrong.txt"
    if wrong.exists():
        raise BadInputError(wrong.read_text("utf-8"))
    if not (folder / "decided.csv").exists():
        raise HTTPException(503, "The table could not be decided: it took more memory than there is for it.")


def _decide(table: Path, folder: Path, ledger: bytes) -> None:
    from tidegate.licensing.table import decide_table

    try:
        decide_table(table, pickle.loads(ledger), out=folder / "decided.csv", memory=_MEMORY)
    except BadInputError as error:
        # The reader knows the table by the name it was sent under.
        said = str(error).replace(f"{folder}/", "")
        (folder / "wrong.txt").write_text(said, encoding="utf-8")


async def _stream(folder: Path) -> AsyncIterator[bytes]:
    try:
        with (folder / "decided.csv").open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk
    finally:
        shutil.rmtree(folder, ignore_errors=True)

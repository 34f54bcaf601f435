"""A story sent in to be read: bounded in size and time, read in a process of its own, its file deleted afterwards."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tidegate.claims.documents import MAX_BYTES, READABLE
from tidegate.claims.reading import Reading
from tidegate.dates import Day, parse_day
from tidegate.errors import BadInputError, TidegateError
from tidegate.web.apart import bound, run_apart

__all__ = [
    "ENDINGS", "MOST_BYTES", "MOST_FORM", "MOST_SECONDS", "MOST_STORY_FORM", "StoryReader", "arriving",
    "check_weight", "received",
]  # fmt: skip

MOST_BYTES = MAX_BYTES
"""What a story may weigh, whatever its kind; see `tidegate.claims.documents.MAX_BYTES`."""

MOST_FORM = 64 * 1024
"""Bytes of a form, or of a decision as JSON, that holds no story."""

MOST_STORY_FORM = 3 * MOST_BYTES + MOST_FORM
"""Bytes of a form with a story: a pasted character that is no letter may be sent as three."""

MOST_SECONDS = 60
"""How long a story may be read; one of 50 kB takes three, most of them to load the language."""

MOST_SENDING = 30
"""Seconds in which a form has to arrive."""

MOST_WAITING = 4
"""Stories that wait while one is read; who comes after is told to come back."""

ENDINGS = tuple(ending for ending, kind in READABLE.items() if kind not in ("feed", "dump"))
"""Kinds of files that hold one story."""

_MEMORY = 3 * 2**30
_WRITTEN = 2**28
_CHUNK = 256 * 1024


async def received(request: Request, most: int = MOST_FORM) -> FormData:
    """Return a form that was sent, within the bounds of size and time. The caller closes it."""
    check_weight(request, most)
    async with arriving():
        return await request.form(max_files=1, max_fields=40, max_part_size=most)


def check_weight(request: Request, most: int) -> None:
    """Refuse, before it is received, what is heavier than so many bytes or does not say. Raises: HTTPException: 413."""
    told = request.headers.get("content-length", "")
    if not told.isdecimal() or int(told) > most:
        weight = f"{most // 2**20} MB" if most >= 2**20 else f"{most // 1024} kB"
        raise HTTPException(413, f"What is sent may weigh {weight} and says how much it weighs. Send less.")


@asynccontextmanager
async def arriving() -> AsyncIterator[None]:
    """Give what is sent its time to arrive. Raises: HTTPException: 408."""
    try:
        async with asyncio.timeout(MOST_SENDING):
            yield
    except TimeoutError:
        raise HTTPException(408, f"It did not arrive within {MOST_SENDING} s. Send it again.") from None


class StoryReader:
    """Reads one story at a time; a few wait, the others are turned away."""

    def __init__(self) -> None:
        self._one = asyncio.Semaphore(1)
        self._waiting = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Give a place in the queue, taken before the story is received. Raises: HTTPException: 503 if it is full."""
        if self._waiting > MOST_WAITING:
            raise HTTPException(
                503, "Several stories are being read. Send it again in a minute.", {"retry-after": "60"}
            )
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def read(self, form: Mapping[str, object]) -> Reading:
        """Return the claims of the story in a form: `text`, or `file`; with `title`, `outlet`, `published`, `url`.

        Raises: BadInputError: naming the field. HTTPException: 503 if it takes too long.
        """
        told = _told(form)
        # Its file is there no longer than it is read: a story that waits lies in no folder.
        async with self._one:
            folder = Path(tempfile.mkdtemp(prefix="tidegate-story-"))
            try:
                story, name = await _written(form, folder)
                return await asyncio.to_thread(_read_apart, story, name, folder, told)
            finally:
                shutil.rmtree(folder, ignore_errors=True)


async def _written(form: Mapping[str, object], folder: Path) -> tuple[Path, str]:
    """Write a story to a file of our own name; return it with the name that its sender has for it."""
    sent, text = form.get("file"), str(form.get("text") or "")
    if isinstance(sent, UploadFile) and sent.filename:
        if text.strip():
            raise BadInputError("text: there is a text and a file. Send one of them.")
        ending = Path(sent.filename).suffix.lower()
        if ending not in ENDINGS:
            raise BadInputError(
                f"file: '{ending or sent.filename[:40]}' is not read. Send one of {' '.join(ENDINGS)}."
            )
        if (sent.size or 0) > MOST_BYTES:
            raise HTTPException(413, f"A story may weigh {MOST_BYTES // 2**20} MB. Use `tidegate read FILE`.")
        story = folder / f"story{ending}"
        with story.open("wb") as file:
            while chunk := await sent.read(_CHUNK):
                await asyncio.to_thread(file.write, chunk)
        return story, _plain(Path(sent.filename.replace("\\", "/")).name)
    if not text.strip():
        raise BadInputError("text: no story was sent. Paste its text, or choose a file.")
    story = folder / "story.txt"
    await asyncio.to_thread(story.write_bytes, text.encode("utf-8", "replace"))
    return story, "pasted"


def _plain(name: str) -> str:
    return "".join(char for char in name if char.isprintable())[:120] or "sent"


def _told(form: Mapping[str, object]) -> dict[str, str | None]:
    """Return what a person says of a story: day, title, outlet, address."""
    told = {name: " ".join(str(form.get(name) or "").split())[:500] or None
            for name in ("title", "outlet", "url", "published")}  # fmt: skip
    if (url := told["url"]) is not None and not url.startswith(("http://", "https://")):
        raise BadInputError(
            "url: an address begins with http:// or https://. Give it whole, or leave it out."
        )
    if told["published"] is not None:
        try:
            told["published"] = parse_day(told["published"]).isoformat()
        except BadInputError as error:
            raise BadInputError(f"published: {error}") from None
    return told


def _read_apart(story: Path, name: str, folder: Path, told: Mapping[str, str | None]) -> Reading:
    too_long = f"Not read within {MOST_SECONDS} s. Send a shorter story, or use `tidegate read FILE`."
    run_apart(_read, story, name, dict(told), folder=folder, seconds=MOST_SECONDS, too_long=too_long)
    wrong, done = folder / "wrong.txt", folder / "reading.json"
    if wrong.exists():
        raise BadInputError(wrong.read_text("utf-8"))
    if not done.exists():
        raise HTTPException(503, "The story could not be read: it took more memory than there is for it.")
    # Not a pickle: what a story did to the process that read it must not go further than text.
    return msgspec.json.decode(done.read_bytes(), type=Reading)


def _read(folder: Path, story: Path, name: str, told: Mapping[str, str | None]) -> None:
    """Read a story and write its claims, or what is wrong with it; runs in a process of its own."""
    bound(_MEMORY, _WRITTEN)
    from tidegate.claims import read_claims, read_document

    try:
        document = read_document(story)
        day: Day | None = parse_day(told["published"]) if told["published"] else document.published
        document = replace(
            document, name=name, published=day, title=told["title"] or document.title,
            outlet=told["outlet"] or document.outlet, url=told["url"] or document.url,
        )  # fmt: skip
        reading = msgspec.json.encode(read_claims(document))
    except TidegateError as error:
        (folder / "wrong.txt").write_text(str(error).replace(str(story), name), encoding="utf-8")
        return
    part = folder / "reading.part"
    part.write_bytes(reading)
    part.rename(folder / "reading.json")

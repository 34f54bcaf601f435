"""Read many files into a store, into a folder, or both: can be stopped, killed and gone on with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tidegate.claims.documents import Document, find_files, read_documents
from tidegate.claims.reading import LOCAL, READER_VERSION, Reading, read_claims
from tidegate.claims.store.errors import StoreError
from tidegate.claims.store.files import Folder
from tidegate.claims.store.store import Store
from tidegate.dates import Day
from tidegate.errors import DocumentError, TidegateError

if TYPE_CHECKING:
    from tidegate.claims.model import Meter

__all__ = ["LOCAL_READER", "Progress", "Reader", "model_reader", "read_into"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads a story: given a document and a day for one that has none, returns its claims.

    name: under which the readings stand in the store. version: another one reads everything anew.
    """

    name: str
    version: str
    read: Callable[[Document, Day | None], Reading]


def _read_locally(document: Document, published: Day | None) -> Reading:
    return read_claims(document, published)


LOCAL_READER = Reader(LOCAL, READER_VERSION, _read_locally)


def model_reader(model: str, meter: Meter | None = None) -> Reader:
    """Return the reader that asks a language model of the user's. meter: adds up what that costs.

    Raises: BadInputError: if the environment does not say where the model is, before anything is read.
    """
    from tidegate.claims.model import ModelSettings, read_with_model

    settings = ModelSettings.from_environment(model)

    def read(document: Document, published: Day | None) -> Reading:
        return read_with_model(document, published, model=model, settings=settings, on_progress=meter)

    return Reader(model, READER_VERSION, read)


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of one document, or of a file that gave none.

    outcome: `read`, `skipped` (the store has it already) or `failed`. name: of the document or the file.
    done, total: files finished and files in all. reading: the claims; None where the document failed, or was
    skipped and nobody asked for a file of it. file: the JSON file written. error: why it failed.
    """

    outcome: Literal["read", "skipped", "failed"]
    name: str
    done: int
    total: int
    reading: Reading | None = None
    file: Path | None = None
    error: str | None = None


def read_into(
    paths: Sequence[str | Path],
    *,
    now: Callable[[], dt.datetime],
    store: Store | None = None,
    out: str | Path | None = None,
    reader: Reader = LOCAL_READER,
    published: Day | None = None,
    again: bool = False,
    stop: Callable[[], bool] = bool,
) -> Iterator[Progress]:
    """Read files and folders, yielding what became of each document once that is on disk.

    store: where readings go, a document at a time; what it has of this reader and version is skipped.
    out: a folder that gets one JSON file a document. now: the clock, with its time zone. published: the day
    of documents that give none. again: also reads what the store has. stop: asked before each document.
    A file that cannot be read is a `failed` event, and so is a document at which the reader breaks.
    Raises: BadInputError: if `out` cannot be written. StoreError: if the store cannot be.
    """
    folder = Folder(out) if out is not None else None
    files, missing = _files(paths)
    total = len(files) + len(missing)
    for done, (name, error) in enumerate(missing, 1):
        yield Progress("failed", name, done, total, error=error)
    for done, path in enumerate(files, len(missing) + 1):
        if stop():
            break
        for found in _documents(path):
            if stop():
                break
            if isinstance(found, str):
                yield Progress("failed", str(path), done, total, error=found)
                continue
            yield _read_one(found, done, total, now, store, folder, reader, published, again)
    if store is not None:
        store.group_copies()


def _read_one(
    document: Document, done: int, total: int, now: Callable[[], dt.datetime], store: Store | None,
    folder: Folder | None, reader: Reader, published: Day | None, again: bool,
) -> Progress:  # fmt: skip
    day = document.published or published
    if store is not None and not again and store.is_read(document, reader.name, reader.version, day):
        reading = store.reading(document, reader.name) if folder is not None else None
        file = folder.write(reading) if folder is not None and reading is not None else None
        return Progress("skipped", document.name, done, total, reading, file)
    try:
        reading = reader.read(document, published)
    except TidegateError as error:
        return Progress("failed", document.name, done, total, error=str(error))
    except Exception as error:
        # A reader that breaks at one story must not cost the night's other thousand.
        what = f"{document.name}: the reader broke: {type(error).__name__}: {error}"
        return Progress("failed", document.name, done, total, error=f"{what}. The others are not touched.")
    if store is not None:
        try:
            store.put(reading, version=reader.version, at=now())
        except StoreError:
            raise
        except TidegateError as error:
            return Progress("failed", document.name, done, total, error=str(error))
    file = folder.write(reading) if folder is not None else None
    return Progress("read", document.name, done, total, reading, file)


def _files(paths: Sequence[str | Path]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return the files to read, each once and folders walked, and what is wrong with the paths that fail."""
    found: dict[Path, None] = {}
    missing = []
    for path in paths:
        try:
            found.update(dict.fromkeys(find_files([path])))
        except DocumentError as error:
            missing.append((str(path), str(error)))
    return list(found), missing


def _documents(path: Path) -> Iterator[Document | str]:
    """Yield the documents of a file, and in their place the errors of those that cannot be read."""
    problems: list[DocumentError] = []
    try:
        for document in read_documents(path, problems.append):
            yield from _drained(problems)
            yield document
        yield from _drained(problems)
    except TidegateError as error:
        yield str(error)
    except Exception as error:
        yield f"{path}: the file cannot be read: {type(error).__name__}: {error}"


def _drained(problems: list[DocumentError]) -> list[str]:
    found = [str(problem) for problem in problems]
    problems.clear()
    return found

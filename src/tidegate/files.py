"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tidegate.errors import BadInputError

__all__ = ["write_whole", "writing_whole"]


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file so that it holds all of the content or what it held before; when this returns, it is on disk.

    Who may read it is as for any new file of the user's (umask). Raises: BadInputError: if it cannot be written.
    """
    with writing_whole(path) as file:
        file.write(content.encode("utf-8", "replace") if isinstance(content, str) else content)
    return path


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to piece by piece; it takes its name when all is written, and is gone if that fails.

    Raises: BadInputError: if it cannot be written.
    """
    try:
        temporary = path.parent / f".{path.name[:100]}.{secrets.token_hex(6)}.part"
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync(path.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInputError(f"{path}: this file cannot be written: {reason}. Give another --out.") from None


def _sync(folder: Path) -> None:
    """Bring the new name to the disk too, where the system has a way to."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tidegate.errors import BadInputError

__all__ = ["write_whole", "writing_whole"]


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file so that it holds all of the content or what it held before.

    Raises: BadInputError: if it cannot be written.
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
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInputError(f"{path}: this file cannot be written: {reason}. Give another --out.") from None

"""Files of one's own that questions about markets and trade routes are answered from: read once, known by a digest.

None of them ships. Each is read by its reader in `tidegate.sources`; what is not given is None, and a question that
rests on it says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError

if TYPE_CHECKING:
    from tidegate.sources.prices import Prices

__all__ = ["NO_PRICES", "Brought", "read_brought"]

NO_PRICES = "No prices ship with the program. Start it with --prices FILE; docs/study.md says how a file may look."


@dataclass(frozen=True, eq=False)
class Brought:
    """What a user brought. digest: of the content of all the files, in hexadecimal.

    prices: daily closing prices.
    """

    digest: str
    prices: Prices | None = None


def read_brought(prices: str | Path | None = None) -> Brought | None:
    """Return what some files hold; None where none is given.

    prices: a file, or a folder of files. Raises: BadInputError: naming the file, the row and the mend.
    """
    if prices is None:
        return None
    from tidegate.sources.prices import read_prices

    return Brought(_digest({"prices": [prices]}), read_prices(prices))


def _digest(given: dict[str, Sequence[str | Path]]) -> str:
    found = hashlib.sha256()
    for kind, paths in sorted(given.items()):
        for path in _files(map(Path, paths)):
            try:
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise BadInputError(
                    f"{path}: the file cannot be read: {error.strerror or error}. Give another."
                ) from None
            found.update(f"{kind} {path.name} {content}\n".encode())
    return found.hexdigest()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else (path,)

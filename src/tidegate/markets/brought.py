"""Files of one's own that questions about markets and trade routes are answered from: read once, known by a digest.

None of them ships. Each is read by its reader in `tidegate.sources`; what is not given is None, and a question that
rests on it says so. Where a file lies on the machine is kept out of what was read: answers name it by its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.errors import BadInputError

if TYPE_CHECKING:
    from tidegate.markets.factors import Sources
    from tidegate.markets.universe import Universe
    from tidegate.sources.flows import Flows
    from tidegate.sources.prices import Prices

__all__ = ["Brought", "read_brought"]


@dataclass(frozen=True, eq=False)
class Brought:
    """What a user brought. digest: of the content of all the files, in hexadecimal.

    prices: daily closing prices. universe, sources: the names to rank, and the prices and company figures to rank them
    by; there where prices are. flows: trade between countries in the codes of the catalog's goods.
    """

    digest: str
    prices: Prices | None = None
    universe: Universe | None = None
    sources: Sources | None = None
    flows: Flows | None = None


def read_brought(
    prices: str | Path | None = None,
    flows: Sequence[str | Path] = (),
    fundamentals: Sequence[str | Path] = (),
    sectors: str | Path | None = None,
) -> Brought | None:
    """Return what some files hold; None where none is given.

    prices: a file, or a folder of files. flows: trade files, or folders of them. fundamentals: company figures with
    filing days. sectors: tickers with their sectors. Raises: BadInputError: naming the file, the row and the mend.
    MissingExtraError: if what reads one is not installed.
    """
    if prices is None and (fundamentals or sectors):
        name = "--fundamentals" if fundamentals else "--sectors"
        raise BadInputError(f"{name}: ranking rests on prices as well. Give a file with --prices.")
    given = {
        "prices": [prices] if prices is not None else [],
        "flows": list(flows),
        "fundamentals": list(fundamentals),
        "sectors": [sectors] if sectors is not None else [],
    }
    if not any(given.values()):
        return None
    found = Brought(_digest(given))
    if flows:
        from tidegate.catalog.hs import goods_codes
        from tidegate.sources.flows import read_flows

        trade = read_flows(list(flows), hs=goods_codes())
        sources = tuple(one._replace(name=Path(one.name).name) for one in trade.sources)
        notes = trade.notes
        for one in trade.sources:
            notes = _bare(notes, one.name)
        found = replace(found, flows=replace(trade, sources=sources, notes=notes))
    if prices is None:
        return found
    from tidegate.markets.factors import Sources
    from tidegate.markets.universe import universe_of
    from tidegate.sources.fundamentals import read_fundamentals
    from tidegate.sources.prices import read_prices

    read = read_prices(prices)
    names = universe_of(read, None, sectors)
    figures = [read_fundamentals(path, None, names.numbers) for path in fundamentals]
    named = replace(read, path=Path(read.path).name, notes=_bare(read.notes, read.path))
    return replace(
        found,
        prices=named,
        universe=replace(names, path=Path(names.path).name),
        sources=Sources(
            named,
            [replace(one, path=Path(one.path).name, notes=_bare(one.notes, one.path)) for one in figures],
            None,
            None,
        ),
    )


def _bare(notes: Iterable[str], path: str) -> tuple[str, ...]:
    """Notes that name a file by its name alone."""
    return tuple(note.replace(path, Path(path).name) for note in notes)


def _digest(given: Mapping[str, Sequence[str | Path]]) -> str:
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
        yield from sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else (path,)

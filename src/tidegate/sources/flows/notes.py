"""What was left out of a table of flows, counted and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

__all__ = ["Counts", "notes_of"]

_KINDS = {
    "world": "rows of the world as partner, which stand in `world`",
    "group": "rows of groups of countries, whose members stand by themselves",
    "nes": "rows of areas not specified, or of states that are no more",
    "unknown": "rows of partners that no country answers to",
    "reporter": "rows of reporters that are no country of the catalog",
}


@dataclass(slots=True)
class Counts:
    """Counts for the notes, over all files."""

    dropped: Counter[str] = field(default_factory=Counter)
    places: Counter[tuple[str, str]] = field(default_factory=Counter)
    layouts: set[str] = field(default_factory=set)
    taiwan: bool = False
    again: int = 0


def notes_of(counts: Counts, table: polars.DataFrame, codes: Sequence[str]) -> Iterator[str]:
    """Yield what was left out and why, in sentences. codes: the beginnings of codes asked for."""
    for reason, count in sorted(counts.dropped.items()):
        yield f"Left out: {count} rows {reason}."
    if counts.again:
        yield f"{counts.again} rows say the same as another; each was read once."
    for kind, said in _KINDS.items():
        words = {word: count for (found, word), count in counts.places.items() if found == kind}
        if words:
            shown = sorted(words, key=lambda word: (-words[word], word))[:12]
            more = f" and {len(words) - len(shown)} more" if len(words) > len(shown) else ""
            yield f"Left out: {sum(words.values())} {said} ({', '.join(shown)}{more})."
    if counts.taiwan:
        yield (
            "Code 490, other Asia not specified, is put down as Taiwan: in practice it is, but for rows of Saudi Arabia, "
            "which are left out as not specified."
        )
    yield from sorted(counts.layouts)
    lengths = sorted(set(table["hs"].str.len_chars().to_list()))
    if len(lengths) > 1:
        yield (
            f"Codes of {' and '.join(map(str, lengths))} digits stand side by side: the shorter ones hold "
            "the longer ones, so do not add them up."
        )
    if table.is_empty():
        under = f" under {', '.join(codes)}" if codes else ""
        yield (
            f"No row{under} between two countries is left of what was asked for; that is not to say that nothing was "
            "traded."
        )

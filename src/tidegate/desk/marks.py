"""The text of a story cut where claims begin and end, so that words which carry several are marked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document

__all__ = ["Piece", "mark_passages"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a story that the same claims rest on.

    claims: their numbers, from 1, the shortest first; empty where no claim rests on the words.
    begins: those of them whose words begin here.
    """

    text: str
    claims: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()


def mark_passages(document: Document, claims: Sequence[Claim]) -> tuple[tuple[Piece, ...], ...]:
    """Return the paragraphs of a story, each as pieces in order; the pieces of a paragraph are its whole text.

    claims: of the story, numbered from 1 in their order. Of a claim whose words run over several paragraphs
    each paragraph has its part.
    """
    spans = [(claim.start, claim.end) for claim in claims]
    begun: set[int] = set()
    return tuple(tuple(_pieces(passage.text, passage.start, spans, begun)) for passage in document.passages)


def _pieces(text: str, start: int, spans: Sequence[tuple[int, int]], begun: set[int]) -> list[Piece]:
    end = start + len(text)
    inside = [number for number, (first, last) in enumerate(spans, 1) if first < end and last > start]
    inside.sort(key=lambda number: spans[number - 1][1] - spans[number - 1][0])
    cuts = {start, end} | {cut for number in inside for cut in spans[number - 1] if start < cut < end}
    edges = sorted(cuts)
    pieces = []
    for first, last in pairwise(edges):
        over = tuple(n for n in inside if spans[n - 1][0] <= first and last <= spans[n - 1][1])
        begins = tuple(sorted(set(over) - begun))
        begun.update(begins)
        pieces.append(Piece(text[first - start : last - start], over, begins))
    return pieces

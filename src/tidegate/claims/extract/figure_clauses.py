"""The clause of a number: the words around it, the verbs above it and their subject."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.claims.extract.figure_values import Quantity
from tidegate.claims.extract.story import Sentence
from tidegate.claims.mentions import Mention

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Clause", "clauses_of"]

# Where a clause ends that stands beside another: what follows has a verb or a number of its own.
_BREAK = re.compile(
    # 'year - on - year' is one word, however it is spaced.
    r"[;:]\s|\s[\u2013\u2014-]{1,2}\s(?!on\s|year|month|quarter)(?<!year - )(?<!month - )(?<!quarter - )(?<!on - )"
    r"|\u2014|[\"(]\s?(?=\w)|,\s+(?=(?:while|whereas|but|and|with|following|versus|compared|"
    r"marking|surpassing|adding|according|which|who|although|though|because|after|as|up|down|to|or|from)\b)"
    r"|\s(?=(?:while|whereas|versus|following|although)\s)",
    re.IGNORECASE,
)
_CONNECTOR = re.compile(
    r",?\s(?=(?:and|or|to|from|versus|vs|against|compared|while|up|down|of|for|with|at|following|after|than)\s)|[,;(]\s?",
    re.IGNORECASE,
)
_STRONG = re.compile(r",?\s(?:and|or|versus|vs|against|compared|while|following)\s|[,;(]", re.IGNORECASE)
_STOP = re.compile(
    r"[,;:()\u2014]|\s[\u2013-]\s(?!on\s|year|month|quarter)|\s(?=while\s|whereas\s|versus\s)", re.IGNORECASE
)
_ASIDE = re.compile(r"\s?\([^()]{1,40}\)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A number with the words that carry it.

    start, end: the clause in the sentence; it holds no other number unless that stands inside its words.
    left, right: its words before and after the number. verbs: the verbs above the number, nearest first.
    subject: the tokens that the nearest verb with a subject is said of.
    """

    sentence: Sentence
    quantity: Quantity
    start: int
    end: int
    verbs: tuple[Token, ...]
    subject: Token | None

    @property
    def text(self) -> str:
        """The words of the clause."""
        return self.sentence.text[self.start : self.end]

    @property
    def left(self) -> str:
        """The words before the number."""
        return self.sentence.text[self.start : self.quantity.start]

    @property
    def right(self) -> str:
        """The words after the number."""
        return self.sentence.text[self.quantity.end : self.end]

    def names(self) -> tuple[Mention, ...]:
        """Return the catalog's names in the clause."""
        low, high = self.sentence.start + self.start, self.sentence.start + self.end
        return tuple(name for name in self.sentence.names if low <= name.start < high)

    def subject_names(self) -> tuple[Mention, ...]:
        """Return the names in the subject, without those of a clause that describes it."""
        if self.subject is None:
            return ()
        places = sorted(token.idx + self.sentence.offset for token in _phrase(self.subject))
        inside = frozenset(places)
        return tuple(
            name for name in self.sentence.names if any(p in inside for p in range(name.start, name.end))
        )

    def subject_text(self) -> str:
        """Return the words of the subject, without those of a clause that describes it."""
        if self.subject is None:
            return ""
        tokens = sorted(_phrase(self.subject), key=lambda token: token.i)
        return "".join(token.text_with_ws for token in tokens).strip()


def clauses_of(sentence: Sentence, quantities: Sequence[Quantity]) -> Iterator[Clause]:
    """Yield the clause of each number of a sentence."""
    text = sentence.text
    tokens = {token.idx + sentence.offset - sentence.start: token for token in sentence.span}
    starts = sorted(tokens)
    for index, quantity in enumerate(quantities):
        low = quantities[index - 1].end if index else 0
        high = quantities[index + 1].start if index + 1 < len(quantities) else len(text)
        start = low
        if index:
            # The second number's words begin where the first one's end: 'rose 6% | to $227 billion'.
            start = _joint(text, low, quantity.start)[1]
        for found in _BREAK.finditer(text, start, quantity.start):
            start = found.end()
        end = _end(text, quantity, high, len(text))
        place = next((s for s in starts if s + len(tokens[s].text) > quantity.start), None)
        token = tokens[place] if place is not None else None
        verbs = tuple(_verbs(token)) if token is not None else ()
        while start < quantity.start and text[start] in " ,;:)":
            start += 1
        yield Clause(sentence, quantity, start, end, verbs, _subject(verbs))


def _joint(text: str, low: int, high: int) -> tuple[int, int]:
    """Return where the words of one number end and those of the next begin, between the two."""
    joints = list(_CONNECTOR.finditer(text, low, high))
    strong = [joint for joint in joints if _STRONG.match(text, joint.start())]
    for joint in reversed(strong or joints):
        return joint.start(), joint.end()
    return (high, low)


def _end(text: str, quantity: Quantity, high: int, length: int) -> int:
    # '12 million (about $1.5 million) worth of chips': what restates the number does not end its clause.
    aside = _ASIDE.match(text, quantity.end, high)
    stop = _STOP.search(text, aside.end() if aside else quantity.end, high)
    end = stop.start() if stop else high
    if stop is None and high < length:
        end = _joint(text, quantity.end, high)[0]
    while end > quantity.end and text[end - 1] in " ,;(":
        end -= 1
    return end


def _verbs(token: Token) -> Iterator[Token]:
    seen = 0
    while seen < 40:
        if token.pos_ in ("VERB", "AUX"):
            yield token
        if token.head is token or token.head.i == token.i:
            return
        token = token.head
        seen += 1


def _subject(verbs: Sequence[Token]) -> Token | None:
    for verb in verbs:
        for child in verb.lefts:
            if child.dep_ in ("nsubj", "nsubjpass"):
                if child.lower_ in ("which", "that", "who") and verb.dep_ == "relcl":
                    return verb.head
                return child
        if verb.dep_ in ("relcl", "acl"):
            return verb.head
    return None


def _phrase(head: Token) -> Iterator[Token]:
    """Yield the tokens of a noun phrase, without relative clauses and what stands in apposition."""
    stack = [head]
    while stack:
        token = stack.pop()
        yield token
        stack += [
            child
            for child in token.children
            if child.dep_ not in ("relcl", "acl", "advcl", "punct", "parataxis")
        ]

"""What a story has spoken of so far: the company, the country, the goods and the figure before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tidegate.catalog import load_catalog
from tidegate.claims.extract.figure_firms import is_holder, parties_of, short_names
from tidegate.claims.extract.figure_items import covered, items_in
from tidegate.claims.extract.figure_words import pattern, words
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.mentions import Mention

__all__ = ["AGAINST", "Memory", "root_subject", "rules", "state_of", "states_of"]

AGAINST = re.compile(
    r"\b(?:to|from|against|into|in|for|with|on|by|at|toward)\s+(?:the\s+|mainland\s+)?$", re.IGNORECASE
)
_ADJECTIVE = re.compile(r"(?:'s)?\s+(?:firms|companies|imports|chipmakers|customers|market|goods|products)\b")


@dataclass(slots=True)
class Memory:
    """What was spoken of last. actors, items: of the figure before, and the paragraph that held it."""

    party: str | None = None
    country: str | None = None
    ruler: str | None = None
    actors: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    paragraph: int = -1
    shares: tuple[str, ...] = field(default=())
    topic: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    short: dict[str, str] = field(default_factory=dict)
    trader: str | None = None
    main: str | None = None
    metric: str | None = None

    @classmethod
    def of(cls, story: Story) -> Memory:
        """Return the memory of a story before its first sentence: short names, and whose trade it tells of."""
        trader = None
        for match in pattern("trade").finditer(story.plain):
            near = [n for n in story.names if state_of(n) and match.start() - 60 < n.start < match.start()]
            near = [n for n in near if "." not in story.plain[n.end : match.start()]]
            near = [n for n in near if not AGAINST.search(story.plain[max(0, n.start - 30) : n.start])]
            if near:
                trader = state_of(near[-1])
                break
        states = [state for name in story.names if (state := state_of(name))]
        return cls(
            short=short_names(story),
            trader=trader,
            main=Counter(states).most_common(1)[0][0] if states else None,
        )

    target: str | None = None

    def hear(self, sentence: Sentence) -> None:
        """Note whom a sentence spoke of."""
        subject = root_subject(sentence)
        self.topic = _narrower(items_in(sentence.names, sentence), self.topic)
        parties = [name for name in sentence.names if is_holder(name)]
        self.recent = parties_of(parties) or self.recent
        leading = [name for name in parties if subject and name.start in subject]
        # Who a sentence is said of stays whom the next one means by 'the company'; a bystander does not.
        if leading or (parties and (self.party is None or len({name.id for name in parties}) == 1)):
            self.party = (leading or parties)[0].id
        for name in sentence.names:
            country = state_of(name)
            if country is None:
                continue
            self.country = country
            if AGAINST.search(sentence.text[: name.start - sentence.start]) or _ADJECTIVE.match(
                sentence.text[name.end - sentence.start :]
            ):
                self.target = country
            if rules(name, sentence):
                self.ruler = country
        if pattern("market_of_world").search(sentence.text):
            self.actors = ("world",)
        elif (
            pattern("home").search(sentence.text) and re.search(r"\bprices?\b", sentence.text) and self.ruler
        ):
            self.actors = (self.main or self.ruler,)


def rules(name: Mention, sentence: Sentence) -> bool:
    """Whether a country is named as one that acts, not as the place or the goods acted on."""
    before, after = sentence.text[: name.start - sentence.start], sentence.text[name.end - sentence.start :]
    return not AGAINST.search(before) and not _ADJECTIVE.match(after)


def _narrower(new: tuple[str, ...], old: tuple[str, ...]) -> tuple[str, ...]:
    """Return the items spoken of now; a bare 'chip' after 'H20' still means that one."""
    if not new or (
        all(word in words()["wide"] for word in new) and any(covered(new[0], [word]) for word in old)
    ):
        return old
    return new


def root_subject(sentence: Sentence) -> range | None:
    """Return the places in the story of what a sentence is said of."""
    root = sentence.span.root
    for child in root.lefts:
        if child.dep_ in ("nsubj", "nsubjpass"):
            first, last = child.left_edge, child.right_edge
            return range(first.idx + sentence.offset, last.idx + len(last.text) + sentence.offset)
    return None


def state_of(name: Mention) -> str | None:
    """Return the country a name stands for: a country, or a body of its government."""
    if name.kind == "country":
        return name.id
    if name.kind == "party":
        party = load_catalog().parties[name.id]
        if party.role in words()["of_state"]:
            return party.country
    return None


def states_of(names: Iterable[Mention]) -> tuple[str, ...]:
    """Return the countries that names stand for, each once."""
    return tuple(dict.fromkeys(state for name in names if (state := state_of(name))))

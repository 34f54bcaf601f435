"""What a story has spoken of so far: whom 'the rule', 'the company' and 'it' lean on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tidegate.claims.claim import Claim
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.who import firm_country

__all__ = ["Memory"]


_OF_TWO = frozenset(("deal", "talks"))
"""Sorts of acts that are between states: a control does not lean on them."""


@dataclass(slots=True)
class Memory:
    """The last of each sort that a story named, and its measures so far.

    governments: how often each state is named in the whole story. measures: the claims found, latest last,
    with the sort of their act. actor: the state that acted last. seller: the last firm named outside China.
    published_rule: the day on which 'the new rules' were announced. items: the catalog's items that the whole
    story names, as often as it does. firms_of: the last firm named of each country.
    """

    governments: Counter[str] = field(default_factory=Counter)
    measures: list[Claim] = field(default_factory=list)
    sorts: list[str] = field(default_factory=list)
    actor: str | None = None
    seller: str | None = None
    items: tuple[str, ...] = ()
    published_rule: str | None = None
    firms_of: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, story: Story) -> Memory:
        """Return the memory of a story before its first sentence."""
        items = [name.id for name in story.names if name.kind == "item"]
        return cls(Counter(name.id for name in story.names if name.kind == "country"), items=tuple(items))

    @property
    def actors(self) -> frozenset[str]:
        """The states that have acted so far."""
        return frozenset(actor for claim in self.measures for actor in claim.actor)

    def last(self, sort: str) -> Claim | None:
        """Return the latest measure on which an act of a sort can lean."""
        for claim, its in zip(reversed(self.measures), reversed(self.sorts), strict=True):
            if sort == its or (sort not in _OF_TWO and its not in _OF_TWO):
                return claim
        return None

    def keep(self, sentence: Sentence, claims: Iterable[tuple[Claim, str]]) -> None:
        """Remember a sentence and the measures found in it."""
        for claim, sort in claims:
            self.measures.append(claim)
            self.sorts.append(sort)
            if claim.actor:
                self.actor = claim.actor[0]
        firms = tuple(dict.fromkeys(name.id for name in sentence.named("party")))
        for firm in firms:
            home = firm_country(firm)
            if home is not None:
                self.firms_of[home] = firm
        self.seller = next((firm for firm in firms if firm_country(firm) not in ("CN", None)), self.seller)

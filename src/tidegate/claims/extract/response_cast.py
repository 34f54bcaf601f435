"""Whom the nouns and pronouns of a response stand for, with the help of what the story said before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tidegate.claims.extract.grammar import SUBJECTS, conjuncts, is_verb, subjects_of
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.who import firm_country, names_on, slug, who_of

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Cast", "heads_of"]

_COUNTS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5}
_BOSS = r"(?:chief executive|CEO|chief financial officer|CFO|founder|president|chairman|chief)"
_NAME = r"((?:[A-Z][\w.-]+ ){1,3}?[A-Z][\w-]+)"
_NO_FIRMS = frozenset(
    ("bis", "us-commerce", "mofcom", "cac", "samr", "meti", "motir", "jefferies", "techinsights")
)
"""Parties of the catalog that do not trade: they are seldom whom 'the company' means."""

_PRONOUNS = frozenset(("it", "they", "he", "she", "which", "that"))


@dataclass(slots=True)
class Cast:
    """Who has been named so far.

    firms: those of the last sentence that named some. subject: the firm that a clause last spoke of. seen: all
    firms in order of mention, repeats among them. states: all states likewise. items: the item words of the last
    mention of goods. people: firms by the surname of those who lead them.
    """

    people: dict[str, str] = field(default_factory=dict)
    firms: tuple[str, ...] = ()
    subject: str | None = None
    seen: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    items: tuple[str, ...] = ()

    @classmethod
    def of(cls, story: Story) -> Cast:
        """Return the cast of a story before its first sentence: only who leads which firm is known."""
        people = {}
        for name in story.names:
            if name.kind != "party":
                continue
            after = story.plain[name.end : name.end + 90]
            found = re.match(rf"(?:'s)? (?:\w+ )?{_BOSS}(?: [Oo]fficer)?,? {_NAME}", after)
            before = story.plain[max(0, name.start - 90) : name.start]
            back = re.search(rf"{_NAME}, (?:the )?(?:\w+ )?{_BOSS}(?: officer)? (?:of|at) $", before)
            for match in (found, back):
                if match:
                    people[match.group(1).split()[-1].lower()] = name.id
        return cls(people)

    def keep(self, sentence: Sentence, items: tuple[str, ...]) -> None:
        """Remember whom and what a sentence names."""
        firms = tuple(dict.fromkeys(name.id for name in sentence.named("party") if name.id not in _NO_FIRMS))
        self.firms = firms or self.firms
        self.seen += firms
        self.states += [name.id for name in sentence.named("country")]
        self.items = items or self.items
        for token in sentence.span:
            if token.dep_ in ("nsubj", "nsubjpass"):
                subject = [who.id for who in who_of(sentence, token) if who.sort == "firm"]
                subject = [one for one in subject if one not in _NO_FIRMS]
                if subject:
                    self.subject = subject[0]
                    break
        else:
            if firms:
                self.subject = firms[0]

    def parties(
        self, sentence: Sentence, nouns: Iterable[Token], source: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Return whom nouns stand for, as slugs and codes; empty where the story does not tell.

        source: whose words they are, for 'we'.
        """
        nouns = list(nouns)
        found = [one for noun in nouns for one in self._one(sentence, noun, source)]
        if any(_examples(sentence, noun) for noun in nouns):
            found = [one for one in found if firm_country(one) or len(one) == 2 or one == "allies"]
        return tuple(dict.fromkeys(one for one in found if one))

    def _one(self, sentence: Sentence, noun: Token, source: tuple[str, ...]) -> tuple[str, ...]:
        lower = noun.lower_
        if lower in ("which", "that", "who"):
            up = noun.head
            while up.dep_ not in ("relcl", "ROOT") and up.head != up:
                up = up.head
            return self._one(sentence, up.head, source) if up.dep_ == "relcl" and up.head != noun else ()
        if lower in ("we", "i"):
            firms = [one for one in source if firm_country(one)]
            return tuple(firms[-1:]) or ((self.subject,) if self.subject else ())
        if lower in ("it", "they", "he", "she", "its", "their"):
            return self._leaning(sentence, noun, plural=lower in ("they", "their"))
        examples = _examples(sentence, noun)
        if examples:
            return ("allies", *examples) if noun.lemma_.lower() == "ally" else examples
        if noun.lemma_.lower() in ("supplier", "customer", "distributor") and (
            of := _of_firm(sentence, noun)
        ):
            return (of,)
        count = next(
            (_COUNTS[child.lower_] for child in noun.children if child.lower_ in _COUNTS),
            _COUNTS.get(lower, 0),
        )
        whos = who_of(sentence, noun)
        definite = any(child.lower_ in ("the", "this") for child in noun.children)
        found: list[str] = []
        for who in whos:
            if who.sort == "firms":
                placed = names_on(sentence, [one for one in noun.subtree if one.i < noun.i], "country")
                if who.id.startswith("based-") and placed:
                    found.append(f"{placed[-1].id.lower()}-companies")
                    continue
                country = who.id[:2].upper() if who.id.endswith("-companies") and who.id[2:3] == "-" else None
                named = self._named(count, country)
                if count and len(named) == count:
                    found += named
                elif not count and definite and noun.tag_ in ("NN", "NNP") and (country or not who.id):
                    found += self._named(1, country) if country else self._leaning(sentence, noun, False)
                elif not who.id:
                    found += self._leaning(sentence, noun, noun.tag_ in ("NNS", "NNPS"))
                elif who.id in ("companies", "firms") and self.states[-1:] == ["CN"]:
                    found.append("cn-companies")
                else:
                    found.append(who.id)
            elif who.sort == "speaker":
                named_here = names_on(sentence, noun.subtree, "party")
                found += [name.id for name in named_here[:1]] or list(self._leaning(sentence, noun, False))
            elif who.sort == "state" and not who.id:
                found += self.states[-1:]
            elif who.sort == "other":
                person = self.people.get(noun.lower_)
                if person:
                    found.append(person)
                elif noun.pos_ == "PROPN" and noun.ent_type_ == "ORG":
                    found.append(slug(who.id))
            else:
                found.append(who.id)
        return tuple(found)

    def _named(self, count: int, country: str | None) -> tuple[str, ...]:
        """Return the last few firms named, of a country where one is given, in the order of the text."""
        kept: list[str] = []
        for firm in reversed(self.seen):
            if country in (None, firm_country(firm)) and firm not in kept:
                kept.append(firm)
            if len(kept) == count:
                break
        return tuple(reversed(kept))

    def _subject(self, sentence: Sentence, subject: Token) -> list[str]:
        """Return the firms and states that a subject names, a spokesman's firm among them."""
        whos = [who for one in conjuncts(subject) for who in who_of(sentence, one)]
        named = [who.id for who in whos if who.sort in ("firm", "state") and who.id]
        if any(who.sort == "speaker" for who in whos):
            named += [name.id for name in names_on(sentence, subject.subtree, "party")]
        if subject.lower_ in self.people:
            named.append(self.people[subject.lower_])
        return named

    def _leaning(self, sentence: Sentence, noun: Token, plural: bool) -> tuple[str, ...]:
        """Return whom 'it' or 'the company' means: the subject of the clause above, else the last one named."""
        above = noun.head
        while above.head != above:
            above = above.head
            if not is_verb(above):
                continue
            for subject in subjects_of(above):
                if subject.i < noun.i and subject.lower_ not in _PRONOUNS:
                    named = self._subject(sentence, subject)
                    if named:
                        return tuple(named if plural else named[:1])
        if plural and self.firms:
            return self.firms
        if self.subject:
            return (self.subject,)
        return self.firms[:1]


def _examples(sentence: Sentence, noun: Token) -> tuple[str, ...]:
    """Return the firms that stand for a common noun: 'developers such as A and B', 'giants, including A'."""
    for child in noun.children:
        if child.lower_ in ("including", "as", "like", "include") and child.dep_ in ("prep", "acl"):
            return tuple(dict.fromkeys(name.id for name in names_on(sentence, child.subtree, "party")))
    return ()


def _of_firm(sentence: Sentence, noun: Token) -> str | None:
    """Return 'nvidia-suppliers' for 'suppliers of parts for Nvidia's chips'; None where no firm stands below."""
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ in ("of", "to", "for"):
            named = names_on(sentence, child.subtree, "party")
            if named:
                return f"{named[0].id}-{noun.lower_}"
    return None


def heads_of(noun: Token, prepositions: tuple[str, ...]) -> list[Token]:
    """Return the nouns that stand under a noun by one of some prepositions, and its possessor."""
    found = [child for child in noun.children if child.dep_ == "poss"]
    for child in noun.children:
        if child.dep_ in ("prep", "agent") and child.lower_ in prepositions:
            found += [one for below in child.children if below.dep_ == "pobj" for one in conjuncts(below)]
    return [one for one in found if one.dep_ not in SUBJECTS]

"""One act about a control, and the words by which sentences tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tidegate import data
from tidegate.claims.extract.grammar import lemma_of
from tidegate.records import read_yaml_fast

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Act", "classes_of", "noun_sorts", "operators_of", "table", "wordset"]


@dataclass(frozen=True, slots=True)
class Act:
    """One act about a control in a sentence.

    head: the word that carries it. noun: the control it is about, where a noun names it. verb: what is done;
    None for a control that is merely mentioned. top: the outermost verb that governs it, whose subject does
    it. sort: the class of the noun, or 'flow' where goods or parties are the object. doing: the class of the
    verb. asked: the verb of asking where another party is asked. relation: whether the noun is the verb's
    'object' or 'subject'.
    """

    head: Token
    noun: Token | None
    verb: Token | None
    top: Token | None
    stage: str
    sort: str
    doing: str | None = None
    relation: str = ""
    future: bool = False
    asked: Token | None = None

    @property
    def carrier(self) -> Token:
        """The word by which the sentence tells the act: its verb, or the head of a control merely mentioned."""
        return self.verb if self.verb is not None else self.head

    @property
    def core(self) -> Token:
        """The word that says what the act is about: the control's noun, or the verb of a flow."""
        core = self.noun if self.noun is not None else self.verb
        assert core is not None
        return core


@cache
def _lexicon() -> Mapping[str, Any]:
    lexicon: Mapping[str, Any] = read_yaml_fast(data.VOCABULARY / "acts.yaml")
    return lexicon


@cache
def _inverse(section: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, entries in _lexicon()[section].items():
        for word in entries:
            found.setdefault(str(word), []).append(key)
    return {word: tuple(keys) for word, keys in found.items()}


@cache
def wordset(name: str) -> frozenset[str]:
    """Return a set of words of the lexicon by its name."""
    lexicon = _lexicon()
    return frozenset(map(str, lexicon[name] if name in lexicon else lexicon["words"][name]))


def table(name: str) -> Mapping[str, Any]:
    """Return a table of stages of the lexicon by its name."""
    found: Mapping[str, Any] = _lexicon()[name]
    return found


def classes_of(verb: Token) -> tuple[str, ...]:
    """Return what a verb does: 'impose', 'announce', 'restrict' ..., most telling first."""
    return _inverse("verbs").get(lemma_of(verb), ())


def noun_sorts(lemma: str) -> tuple[str, ...]:
    """Return what a noun names: 'control', 'licence', 'deal' ..., by its base form."""
    return _inverse("nouns").get(lemma, ())


def operators_of(verb: Token) -> tuple[str, ...]:
    """Return the stages that a verb or noun gives to the act it governs."""
    operators = _inverse("operators")
    return operators.get(verb.lemma_.lower(), ()) or operators.get(lemma_of(verb), ())

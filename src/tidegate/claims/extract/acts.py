"""What governments do about controls, as a sentence says it: one act for each thing said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.claims.extract.act import Act, wordset
from tidegate.claims.extract.act_nouns import acts_of_noun, sort_of
from tidegate.claims.extract.act_stages import governed
from tidegate.claims.extract.act_verbs import act_of_verb
from tidegate.claims.extract.grammar import is_infinitive, is_verb
from tidegate.claims.extract.story import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Act", "find_acts"]


def find_acts(sentence: Sentence) -> list[Act]:
    """Return the acts of a sentence, in the order of their words."""
    acts: list[Act] = []
    used: set[int] = set()
    for token in sentence.span:
        sort = sort_of(sentence, token)
        for act in acts_of_noun(token, sort) if sort is not None else ():
            acts.append(act)
            if act.verb is not None:
                used.add(act.verb.i)
    verbs = [token for token in sentence.span if is_verb(token) and token.i not in used]
    acts += [found for verb in verbs if (found := act_of_verb(sentence, verb)) is not None]
    acts = [act for act in acts if not any(_describes_a_rule(act, other) for other in acts)]
    kept = [act for act in acts if not any(_contains(outer, act) for outer in acts if outer is not act)]
    told = [ahead for act in _without_doubles(kept) if (ahead := governed(sentence, act)) is not None]
    return sorted(told, key=lambda act: act.head.i)


def _contains(outer: Act, inner: Act) -> bool:
    """Return whether an act is only what another act is about: 'revoked licences allowing it to buy'."""
    tops = [token for token in (outer.noun, outer.verb) if token is not None]
    if inner.head in tops or (inner.noun is not None and inner.noun in tops):
        return inner.noun is None and outer.noun is not None and inner.verb == outer.verb
    current = inner.core
    while current.head != current:
        if _separates(current, outer, inner):
            return False
        current = current.head
        if current in tops:
            return not (inner.verb is not None and outer.verb == inner.verb and inner.noun is not None)
    return False


def _separates(token: Token, outer: Act, inner: Act) -> bool:
    """Return whether the step up from a token leaves the thought it belongs to."""
    dep = token.dep_
    if dep in ("parataxis",):
        return True
    if dep == "prep" and token.lower_ in wordset("apart"):
        return True
    if dep == "advcl":
        return not is_infinitive(token)
    own = [child for child in token.children if child.dep_ in ("nsubj", "nsubjpass")]
    if dep == "conj":
        return is_verb(token) and (bool(own) or inner.verb == token or inner.noun == token)
    if dep == "relcl":
        is_other = bool(own) and own[0].lower_ not in ("that", "which", "who")
        return is_other or (token.tag_ == "VBD" and outer.sort != "licence")
    if dep == "acl" and token.tag_ == "VBN":
        return True
    return dep == "ccomp" and bool(own)


def _describes_a_rule(outer: Act, inner: Act) -> bool:
    """Return whether an act only publishes a rule that another act says to ease, lift or suspend controls."""
    if outer.doing != "announce" or outer.noun is None or inner is outer or inner.verb is None:
        return False
    return inner.stage in ("eased", "lifted", "suspended") and inner.verb in outer.noun.subtree


def _without_doubles(acts: list[Act]) -> list[Act]:
    """Return the acts with one for each verb where its objects are joined by 'and'."""
    kept: list[Act] = []
    for act in sorted(acts, key=lambda act: act.head.i):
        twin = next(
            (
                other
                for other in kept
                if other.verb is not None and other.verb == act.verb and other.sort == act.sort
            ),
            None,
        )
        if twin is None or not _are_joined(act.noun, twin.noun):
            kept.append(act)
    return kept


def _are_joined(noun: Token | None, earlier: Token | None) -> bool:
    return noun is not None and earlier is not None and (noun in earlier.subtree or noun in earlier.conjuncts)

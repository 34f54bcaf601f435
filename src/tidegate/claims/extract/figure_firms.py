"""Companies that the catalog does not hold, and short names of those it does ('Lam' after 'Lam Research')."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tidegate.catalog import load_catalog
from tidegate.claims.extract.figure_clauses import Clause
from tidegate.claims.extract.figure_words import pattern, words
from tidegate.claims.extract.story import Sentence, Story
from tidegate.claims.extract.who import slug
from tidegate.claims.mentions import Mention

__all__ = ["is_holder", "parties_of", "short_names", "subject_parties"]

_SUFFIX = re.compile(
    r"[,\s]+(?:inc|corp|ltd|co|plc|holdings?|nv|n\.v|ag|se|group|limited|company)\b\.?", re.IGNORECASE
)


def is_holder(name: Mention) -> bool:
    """Whether a name is a company that a number can be about, not a house or body that reports it."""
    if name.kind != "party":
        return False
    party = load_catalog().parties.get(name.id)
    return party is None or party.role not in words()["reporters"]


def parties_of(names: Sequence[Mention]) -> tuple[str, ...]:
    """Return the companies among names, each once."""
    return tuple(dict.fromkeys(name.id for name in names if is_holder(name)))


def short_names(story: Story) -> dict[str, str]:
    """Return the first words of the companies that a story names in full, with the company of each."""
    found: dict[str, str] = {}
    for name in story.names:
        first, _, rest = name.text.partition(" ")
        if is_holder(name) and rest and len(first) > 2 and not load_catalog().find_all(first):
            found.setdefault(first, name.id)
    return found


def subject_parties(clause: Clause, short: dict[str, str]) -> tuple[str, ...]:
    """Return the companies that a number's verb is said of, by their names or the first words of them."""
    named = parties_of([name for name in clause.subject_names() if not _is_based(clause.sentence, name)])
    if named or clause.subject is None:
        return named
    text = clause.subject_text()
    for word, party in short.items():
        if re.search(rf"\b{re.escape(word)}\b", text):
            return (party,)
    return _unknown(clause)


def _is_based(sentence: Sentence, name: Mention) -> bool:
    return sentence.text.startswith("-based", name.end - sentence.start)


def _unknown(clause: Clause) -> tuple[str, ...]:
    """Return a company that the parser marks where the subject is one, or something of one."""
    subject = clause.subject
    if subject is None:
        return ()
    owners = [subject, *(child for child in subject.children if child.dep_ in ("poss", "pobj"))]
    owners += [
        grand
        for child in subject.children
        if child.dep_ == "prep"
        for grand in child.children
        if child.lower_ == "of"
    ]
    covered = [range(name.start, name.end) for name in clause.sentence.names]
    for entity in clause.sentence.span.ents:
        place = entity.start_char + clause.sentence.offset
        if entity.label_ != "ORG" or any(
            place in span or span.start in range(place, place + len(entity.text)) for span in covered
        ):
            continue
        if not any(entity.start <= owner.i < entity.end for owner in owners):
            continue
        bare = _SUFFIX.sub("", re.sub(r"^(?:the|The)\s+|'s$", "", entity.text))
        if (
            len(bare) > 2
            and bare[0].isupper()
            and not pattern("no_firm").search(bare)
            and (own := slug(bare))
        ):
            return (own,)
    return ()

"""A claim in plain words: who, what, against whom and when; on whose authority; past, now or ahead.

The words are in `data/vocabulary/wording.yaml`. A slug that the catalog does not know is given as the story
writes it, where the story does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from tidegate import data
from tidegate.catalog import load_catalog
from tidegate.claims.claim import Claim
from tidegate.dates import Day, parse_when
from tidegate.errors import BadInputError
from tidegate.records import read_yaml_fast

__all__ = ["authority_of", "authority_words", "label_words", "number_words", "say", "when_of", "when_words"]

_NOBODY = {"measure": "A government not named", "response": "Somebody not named", "figure": "Not told whose"}
_SLUGS = {"unnamed": "people not named", "allies": "allies not named"}


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = read_yaml_fast(data.VOCABULARY / "wording.yaml")
    return words


def label_words(label: str) -> str:
    """Return a label of reconciliation in plain words."""
    return str(_words()["label"][label])


def when_words(when: str) -> str:
    """Return `ahead`, `now`, `past` or `undated` in plain words."""
    return str(_words()["when"][when])


def when_of(claim: Claim, published: Day | None) -> str:
    """Return whether a claim is about what is `ahead`, `now` or `past` on the day of the story, or `undated`.

    `now` is a date that holds the story's day. Without a date, or without the day of the story, nothing in
    the claim tells the past from the present.
    """
    if claim.future:
        return "ahead"
    told = claim.date or (claim.period if claim.kind == "figure" else None)
    if told is None or published is None:
        return "undated"
    try:
        day = parse_when(told)
    except BadInputError:  # a quarter or half of a year
        return "undated"
    if day.last < published:
        return "past"
    return "ahead" if day.first > published else "now"


def authority_of(claim: Claim, text: str) -> str:
    """Return on whose word a claim stands, outermost source first.

    text: of the story, for the names of sources as it writes them.
    """
    return authority_words(claim.certainty, claim.source, text)


def authority_words(certainty: str, source: Sequence[str], text: str) -> str:
    """Return a certainty and a chain of sources in plain words."""
    kind = str(_words()["certainty"][certainty])
    if not source:
        return kind
    chain = ", citing ".join(_name(slug, text, is_title=True) for slug in source)
    chain = chain[0].upper() + chain[1:]
    return f"{chain}: {'not official' if 'not official' in kind else kind}"


def say(claim: Claim, text: str) -> str:
    """Return a claim in plain words. text: of the story, for names as it writes them."""
    sentence = _SAY[claim.kind](claim, text)
    if claim.date:
        sentence += f"; dated {claim.date}"
    return sentence[0].upper() + sentence[1:]


def _measure(claim: Claim, text: str) -> str:
    stage = _words()["measure"][claim.stage]
    control = _words()["instrument"][claim.instrument]
    items = _items([item for item in claim.items if item not in control["says"]], text)
    parts = [_who_does(claim, text, stage), control["noun"]]
    if items:
        parts.append(f"({items})")
    if after := stage.get("after"):
        parts.append(after)
    # Whom it is eased for and whom it is aimed at is told once.
    others = [slug for slug in claim.counterparty if slug not in claim.target or claim.stage == "urged"]
    if others:
        parts.append(f"{stage['with']} {_names(others, text)}")
    return " ".join(parts) + _aims(claim, text, "aimed at")


def _response(claim: Claim, text: str) -> str:
    items = _items(claim.items, text)
    does = _who_does(claim, text, _words()["response"][claim.stage]) + (f" ({items})" if items else "")
    if claim.counterparty:
        does += f", with {_names(claim.counterparty, text)}"
    return does + _aims(claim, text, "concerning")


def _evasion(claim: Claim, text: str) -> str:
    items = _items(claim.items, text) or "goods not named"
    place = _names(claim.target, text) or "a place not told"
    way = f", by way of {_names(claim.counterparty, text)}" if claim.counterparty else ""
    doer = f", by {_names(claim.actor, text)}" if claim.actor else ""
    ahead = "may yet reach" if claim.future else "reach"
    return f"{_words()['evasion'][claim.stage]}: {items} {ahead} {place} around a control{way}{doer}"


def _figure(claim: Claim, text: str) -> str:
    who = _names(claim.actor, text) or _NOBODY["figure"]
    metric = "a number" if claim.metric in (None, "other") else str(claim.metric).replace("_", " ")
    unit = {"percentage_points": "percentage points"}.get(claim.unit or "", claim.unit or "")
    value = "not told" if claim.value is None else number_words(claim.value)
    about = [
        _items(claim.items, text),
        _names(claim.target, text),
        f"for {claim.period}" if claim.period else "",
    ]
    scope = "; ".join(part for part in (*about, "expected" if claim.future else "") if part)
    number = f"{who}, {metric}: {value} {unit.replace('_', ' ')}".rstrip()
    return number + (f" ({scope})" if scope else "")


_SAY: Mapping[str, Callable[[Claim, str], str]] = {
    "measure": _measure,
    "response": _response,
    "evasion": _evasion,
    "figure": _figure,
}


def _who_does(claim: Claim, text: str, verb: Mapping[str, str]) -> str:
    who = _names(claim.actor, text) or _NOBODY[claim.kind]
    # What is considered, urged or proposed lies ahead anyway; the verb says so.
    if claim.future and claim.stage not in ("considering", "urged", "proposed"):
        return f"{who} may or will {verb['bare']}"
    is_many = len(claim.actor) > 1 or any(_is_many(slug) for slug in claim.actor)
    return f"{who} {verb['many' if is_many else 'one']}"


def _is_many(slug: str) -> bool:
    return slug == "allies" or (slug not in load_catalog().parties and slug.endswith("s") and len(slug) > 3)


def _aims(claim: Claim, text: str, word: str) -> str:
    """Return whom it is against and whom it touches; a name that is told already is not told again."""
    asked = claim.counterparty if claim.stage == "urged" else ()
    target = [slug for slug in claim.target if slug not in asked]
    touched = [slug for slug in claim.affected if slug not in claim.target]
    aims = f", {word} {_names(target, text)}" if target else ""
    return aims + (f", touching {_names(touched, text)}" if touched else "")


def number_words(value: float) -> str:
    """Return a number with every digit it has, in millions, billions or trillions where that is shorter.

    >>> number_words(387_000_000_000), number_words(-12), number_words(1234567)
    ('387 billion', '-12', '1,234,567')
    """
    number = Decimal(str(value))
    for word, power in (("trillion", 12), ("billion", 9), ("million", 6)):
        scaled = (number / 10**power).normalize()
        if abs(scaled) >= 1 and len(scaled.as_tuple().digits) <= 5:
            return f"{scaled:,f} {word}"
    return f"{number.normalize():,f}"


def _names(slugs: Iterable[str], text: str) -> str:
    names = [_name(slug, text) for slug in slugs]
    return " and ".join(", ".join(names).rsplit(", ", 1)) if len(names) > 1 else "".join(names)


def _name(slug: str, text: str, *, is_title: bool = False) -> str:
    catalog = load_catalog()
    if slug in _SLUGS:
        return _SLUGS[slug]
    if slug in catalog.countries:
        return catalog.countries[slug].name
    if slug in catalog.parties:
        return catalog.parties[slug].name
    if match := re.fullmatch(r"([a-z]{2})-companies", slug):
        country = catalog.countries.get(match[1].upper())
        if country is not None:
            return f"companies of {country.name}"
    return _as_written(slug, text) or (slug.replace("-", " ").title() if is_title else slug.replace("-", " "))


def _as_written(slug: str, text: str) -> str | None:
    """Return the words behind a slug as the story writes them."""
    words = [re.escape(word) for word in re.split(r"[-_]", slug) if word]
    if not words:
        return None
    between = r"[\W_]{1,3}"
    found = re.search(rf"(?<!\w){between.join(words)}(?!\w)", text, re.IGNORECASE)
    return " ".join(found.group().split()) if found else None


def _items(slugs: Iterable[str], text: str) -> str:
    return ", ".join(_item(slug, text) for slug in slugs)


def _item(slug: str, text: str) -> str:
    item = load_catalog().items.get(slug)
    if item is None:
        return _as_written(slug, text) or slug.replace("-", " ").replace("_", " ")
    name = item.name
    is_word = item.sort_of_entry == "class" and name[1:2].islower()
    return name[0].lower() + name[1:] if is_word else name

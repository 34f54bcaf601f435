"""Which measures of the ledger a story speaks of, with the passages and words that say so.

A thin matcher, a table of features and weights rather than a model: for each passage it adds up how rare
each shared feature is in the ledger (a measure on `hbm` is rarer than one on `chips`), asks that subject
and actor come together, and prefers measures that moved shortly before the story. Weights were set on
the four commissioning stories and looked at on others; docs/brief.md says what they get wrong.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tidegate.catalog import load_catalog
from tidegate.claims.dating import estimate_day, last_move
from tidegate.claims.documents import Document, Passage
from tidegate.claims.mentions import Mention, find_mentions
from tidegate.claims.views import View, views_of
from tidegate.dates import Day
from tidegate.ledger import Ledger, Measure

__all__ = ["Evidence", "Match", "MatchReport", "match_story"]

WEIGHTS = {
    "name": 7.0,  # the story uses a name under which the measure is known
    "item": 1.0,  # times the rarity of the item among measures
    "item_above": 0.45,  # the measure covers a class above the item named
    "item_below": 0.2,  # the measure covers a product under the class named
    "instrument": 1.1,  # times the rarity of the instrument
    "party": 0.8,  # times the rarity of the party
    "actor": 1.0,  # times the rarity of the government, plus one
    "target": 0.4,  # the country or party it is aimed at
    "other_product": 0.6,  # times all of it, where the story names products and none is the measure's
    "unnamed_product": 0.85,  # times all of it, for each of its products that the story leaves out
    "other_target": 0.5,  # times all of it, where the story names none of the countries it is aimed at
    "more": 0.3,  # share of what further items, parties and passages add
}

MINIMUM = 5.0
"""A measure below this is not shown; on the commissioning stories the wrong ones start there."""

MOST_ACTOR_RARITY = 2.0
"""A government with few measures is not for that reason the one a story is about."""

SHARE_OF_BEST = 0.4
MOST = 14
HALF_LIFE_DAYS = 75.0
"""A measure whose last move lies this long before the story counts half, down to a third."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that speaks of a measure. words: pairs of feature and the words that carry it."""

    passage: Passage
    score: float
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A measure the story speaks of. evidence: its passages, best first."""

    measure: Measure
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What matching found. why_none: the reason where nothing matched. day: the day it was done for.

    estimated: the day follows from the measures named, not from the story; None where it was given or
    where too little is named to tell.
    """

    matches: tuple[Match, ...]
    why_none: str | None
    day: Day | None
    estimated: tuple[Day, Day] | None


def match_story(
    document: Document,
    ledger: Ledger,
    published: Day | None,
    mentions: Sequence[Mention] | None = None,
) -> MatchReport:
    """Return the measures a story speaks of.

    published: the day of the story. Measures of which nothing was public by then are left out. Without
        it the days on which the story fits the ledger best are estimated, and reported as such.
    """
    found = find_mentions(document.text) if mentions is None else mentions
    views = views_of(document, found)
    raw = _score_all(views, ledger, document.text)
    if not raw:
        return MatchReport((), _why_none(found), published, None)
    span = None
    day = published
    if day is None:
        strongest = sorted(raw, key=lambda pair: -pair[1][0].score)[:12]
        if strongest[0][1][0].score >= MINIMUM:
            weighted = [(measure, evidence[0].score) for measure, evidence in strongest]
            span = estimate_day(document.text, found, weighted)
        day = span[1] if span else None
    matches = []
    for measure, evidence in raw:
        factor = _time_factor(measure, day, span)
        if factor == 0.0:
            continue
        scaled = sorted((part.score for part in evidence), reverse=True)
        score = factor * (scaled[0] + WEIGHTS["more"] * sum(scaled[1:4]))
        matches.append(Match(measure, round(score, 2), evidence[:4]))
    matches.sort(key=lambda match: (-match.score, match.measure.id))
    bar = max(MINIMUM, SHARE_OF_BEST * matches[0].score) if matches else MINIMUM
    kept = tuple(match for match in matches if match.score >= bar)[:MOST]
    why = None if kept else _why_none(found)
    return MatchReport(kept, why, published, span if kept else None)


class _Rarity:
    """How rare each feature is among the measures: the logarithm of one over its share."""

    def __init__(self, ledger: Ledger) -> None:
        self.total = len(ledger)
        self.counts: Counter[tuple[str, str]] = Counter()
        for measure in ledger:
            self.counts.update({("item", item) for item in measure.items})
            self.counts.update({("party", party) for party in measure.parties})
            self.counts[("instrument", measure.instrument.value)] += 1
            self.counts[("actor", measure.jurisdiction)] += 1

    def of(self, kind: str, name: str) -> float:
        return math.log(self.total / max(1, self.counts[kind, name]))


def _score_all(
    views: Sequence[View], ledger: Ledger, text: str
) -> list[tuple[Measure, tuple[Evidence, ...]]]:
    rarity = _Rarity(ledger)
    everywhere = Counter(country for view in views for country in view.countries)
    named = frozenset(item for view in views for item in view.items)
    scored = []
    for measure in ledger:
        evidence = []
        subjects, names = _subjects(measure), _names(measure, text)
        for index, view in enumerate(views):
            # Most passages share no subject with most measures: a set tells before words are weighed.
            end = view.passage.start + len(view.passage.text)
            name = next((words for at, words in names if view.passage.start <= at < end), None)
            if name is None and subjects.isdisjoint(view.subjects):
                continue
            nearby = set(view.countries) | (set(views[index - 1].countries) if index else set())
            part = _score(measure, view, name, nearby, rarity, everywhere)
            if part is not None:
                evidence.append(part)
        if evidence:
            factor = _mismatch(measure, named, everywhere)
            evidence = [replace(part, score=part.score * factor) for part in evidence]
            evidence.sort(key=lambda part: -part.score)
            scored.append((measure, tuple(evidence)))
    return scored


def _subjects(measure: Measure) -> frozenset[str]:
    """Return the items, classes and products a measure may be about, and its instrument."""
    catalog = load_catalog()
    lines = [catalog.items_in(item) | frozenset(catalog.classes_of(item)) for item in measure.items]
    return frozenset().union({f"instrument {measure.instrument.value}"}, *lines)


def _mismatch(measure: Measure, named: frozenset[str], countries: Mapping[str, int]) -> float:
    """Return what a measure's score is worth where the story names other products or countries."""
    catalog = load_catalog()
    factor = 1.0
    products = {item for item in measure.items if _is_product(item)}
    line = {part for product in products for part in _line(product)}
    others = {item for item in named if _is_product(item)}
    if products and others and others.isdisjoint(line):
        factor *= WEIGHTS["other_product"]
    elif products and others:
        unnamed = sum(named.isdisjoint(_line(product)) for product in products)
        factor *= WEIGHTS["unnamed_product"] ** unnamed
    targets = {place for place in measure.destinations if place in catalog.countries}
    if targets and len(targets) == len(measure.destinations) and targets.isdisjoint(countries):
        factor *= WEIGHTS["other_target"]
    return factor


def _line(product: str) -> frozenset[str]:
    catalog = load_catalog()
    return catalog.items_in(product) | frozenset(filter(_is_product, catalog.classes_of(product)))


def _is_product(item: str) -> bool:
    return load_catalog().items[item].sort_of_entry != "class"


def _score(
    measure: Measure,
    view: View,
    named: str | None,
    nearby: set[str],
    rarity: _Rarity,
    everywhere: Counter[str],
) -> Evidence | None:
    words: list[tuple[str, str]] = []
    score = 0.0
    if named:
        score += WEIGHTS["name"]
        words.append(("name", named))
    subject = _items(measure, view, rarity, words)
    instrument = view.instruments.get(measure.instrument.value)
    if instrument:
        subject += WEIGHTS["instrument"] * rarity.of("instrument", measure.instrument.value)
        words.append(("instrument", instrument))
    parties = sorted(
        ((rarity.of("party", party), party) for party in measure.parties if party in view.parties),
        reverse=True,
    )
    weight = WEIGHTS["party"]
    for number, (rare, party) in enumerate(parties):
        score += rare * (weight if number == 0 else weight * WEIGHTS["more"])
        words.append(("party", view.parties[party]))
    actor = measure.jurisdiction
    has_actor = actor in view.countries or actor in nearby
    if has_actor:
        score += WEIGHTS["actor"] * (min(rarity.of("actor", actor), MOST_ACTOR_RARITY) + 1)
        if actor in view.countries:
            words.append(("government", view.countries[actor]))
    for target in measure.destinations:
        if target in view.countries and target != actor:
            score += WEIGHTS["target"]
            words.append(("target", view.countries[target]))
    if not named and (subject == 0.0 or not (has_actor or (parties and everywhere[actor]))):
        return None
    return Evidence(view.passage, score + subject, tuple(dict.fromkeys(words)))


def _items(measure: Measure, view: View, rarity: _Rarity, words: list[tuple[str, str]]) -> float:
    catalog = load_catalog()
    scores = []
    for item in measure.items:
        best: tuple[float, str] | None = None
        for named, text in view.items.items():
            if named == item:
                value = WEIGHTS["item"] * rarity.of("item", item)
            elif item in catalog.classes_of(named):
                value = WEIGHTS["item_above"] * rarity.of("item", item)
            elif named in catalog.classes_of(item):
                value = WEIGHTS["item_below"] * rarity.of("item", named)
            else:
                continue
            if best is None or value > best[0]:
                best = (value, text)
        if best is not None:
            scores.append(best)
    scores.sort(reverse=True)
    words += [("item", text) for _, text in scores]
    return sum(value * (1.0 if number == 0 else WEIGHTS["more"]) for number, (value, _) in enumerate(scores))


def _names(measure: Measure, text: str) -> list[tuple[int, str]]:
    """Return where the text uses a name under which the measure is known."""
    if not measure.known_as:
        return []
    names = sorted(map(re.escape, measure.known_as), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE)
    return [(match.start(), match.group()) for match in pattern.finditer(text)]


def _time_factor(measure: Measure, day: Day | None, span: tuple[Day, Day] | None) -> float:
    """Return 0 where nothing of the measure was public, else 1/3 to 1 by how recently it moved."""
    if day is None:
        return 1.0
    last = last_move(measure, day)
    if last is None:
        return 0.0
    start = span[0] if span else day
    age = abs((start - last).days)
    return float(1 / 3 + 2 / 3 * 0.5 ** (age / HALF_LIFE_DAYS))


def _why_none(mentions: Sequence[Mention]) -> str:
    kinds = {mention.kind for mention in mentions}
    if not kinds:
        return "it names no government, company or item of the catalog"
    if "item" not in kinds:
        return "it names no chip, tool, software or material of the catalog"
    if kinds == {"item"}:
        return "it names items of the catalog and nobody who controls them"
    return "no passage names what a measure covers together with who made it"

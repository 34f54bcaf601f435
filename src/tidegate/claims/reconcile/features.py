"""What a claim and a measure share and on which they differ, each worth points: government to stage."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tidegate.catalog import load_catalog
from tidegate.claims.claim import Claim
from tidegate.claims.reconcile.dates import AFTER_DAYS, falls_on, first_public, is_near
from tidegate.claims.reconcile.rarity import Rarity
from tidegate.claims.reconcile.stages import (
    BINDING,
    LOOSENING,
    OFF,
    TALK,
    bears_out,
    is_open_talk,
    stage_held,
)
from tidegate.claims.reconcile.weights import POINTS, STAGE_WEIGHTS, WIDE
from tidegate.dates import Day, parse_when
from tidegate.ledger import Entry, Measure, Regime
from tidegate.ledger.model import Effect

__all__ = ["Part", "government", "item_of", "items", "parties", "shared", "time"]

HALF_LIFE_DAYS = 120.0

OLD_TALK_DAYS = 540

_ASKED = frozenset({"considering", "urged", "agreed", "refused"})
"""Stages in which the measure may be that of the other party: who is asked, agrees or declines."""

_CATCH_ALLS = frozenset({"all_goods", "general", "general_dual_use", "strategic_high_tech_commodities"})


_SISTERS = {"chips", "wafer_fab_equipment"}


_AIMED = frozenset({"entity_listing", "purchase_ban", "investigation", "investment"})
"""Acts that are about the firms they name; in others a firm is named as an example."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a claim and a measure share, or on which they differ. words: which."""

    name: str
    points: float
    words: str

    def to_dict(self) -> dict[str, Any]:
        """Return the part as plain values."""
        return {"part": self.name, "points": self.points, "words": self.words}


def government(claim: Claim, measure: Measure) -> Part | None:
    """Return whose measure it would be; None where it is another government's."""
    catalog = load_catalog()
    actors = [actor for actor in claim.actor if actor in catalog.countries]
    if measure.jurisdiction in actors:
        return Part("government", POINTS["government"], measure.jurisdiction)
    if claim.stage in _ASKED and measure.jurisdiction in claim.counterparty:
        return Part("counterparty", POINTS["counterparty"], measure.jurisdiction)
    if not claim.actor:
        return Part("no_government", POINTS["no_government"], "the claim names none")
    return None


def shared(
    claim: Claim, measure: Measure, then: Regime | None, rarity: Rarity, published: Day | None
) -> Iterator[Part]:
    """Yield everything else that counts for or against a measure.

    then: the regime on the day of the story, as known then; None where that day is unknown.
    """
    yield from name(claim, measure)
    yield from items(claim, measure, rarity)
    yield from places(claim, measure, published)
    yield from parties(claim, measure, rarity, claim.affected)
    yield from time(claim, measure, published)
    yield from stage(claim, measure, then, published)
    yield from vague(claim, measure)


def name(claim: Claim, measure: Measure) -> Iterator[Part]:
    names = sorted(map(re.escape, measure.known_as), key=len, reverse=True)
    if names and (hit := re.search(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", claim.sentence, re.IGNORECASE)):
        yield Part("name", POINTS["name"], hit.group())


def items(claim: Claim, measure: Measure, rarity: Rarity) -> Iterator[Part]:
    """Yield the items both are about, by class above and below, or that there are none."""
    catalog = load_catalog()
    claimed = [item for word in claim.items if (item := item_of(word))]
    if not claimed and measure.items and measure.instrument.value in WIDE:
        yield Part("item_unnamed", POINTS["item_unnamed"], ", ".join(measure.items))
    if not claimed or not measure.items:
        return
    hits: list[tuple[float, str, str]] = []
    for item in measure.items:
        for named in claimed:
            if item == named:
                hits.append((POINTS["item"] * rarity.item(item), "item", item))
            elif item in catalog.classes_of(named):
                hits.append((POINTS["item_above"] * rarity.item(item), "item_above", f"{named} < {item}"))
            elif named in catalog.classes_of(item):
                hits.append((POINTS["item_below"] * rarity.item(item), "item_below", f"{named} > {item}"))
    hits.sort(reverse=True)
    for number, (points, name, words) in enumerate(hits[:4]):
        yield Part(name, round(points * (1.0 if number == 0 else POINTS["more"]), 2), words)
    # What citizens may not help with is told by what comes of it, and recorded by what they work on.
    if not hits and not _CATCH_ALLS.intersection(measure.items) and claim.instrument != "us_persons":
        sisters = {catalog.classes_of(item)[-1] for item in (*claimed, *measure.items)}
        name = "sister_item" if sisters == _SISTERS else "no_item"
        yield Part(name, POINTS[name], f"{', '.join(claimed)} / {', '.join(measure.items)}")
    ours, theirs = set(filter(_is_product, claimed)), set(filter(_is_product, measure.items))
    if ours and theirs and not any(_same_line(one, other) for one in ours for other in theirs):
        words = f"{', '.join(sorted(ours))} / {', '.join(sorted(theirs))}"
        yield Part("other_product", POINTS["other_product"], words)
    elif theirs and not ours:
        yield Part("product_unnamed", POINTS["product_unnamed"], ", ".join(sorted(theirs)))


def item_of(word: str) -> str | None:
    """Return the item of the catalog that a claim's word means; None where there is none, or several."""
    catalog = load_catalog()
    if word in catalog.items:
        return word
    found = catalog.find_all(word.replace("-", " "), "item") or catalog.find_all(word, "item")
    return found[0].id if len(found) == 1 else None


def _is_product(item: str) -> bool:
    return load_catalog().items[item].sort_of_entry != "class"


def _same_line(one: str, other: str) -> bool:
    catalog = load_catalog()
    return one in catalog.classes_of(other) or other in catalog.classes_of(one)


def places(claim: Claim, measure: Measure, published: Day | None) -> Iterator[Part]:
    catalog = load_catalog()
    wanted = [place for place in claim.target if place in catalog.countries]
    if "cn-companies" in claim.target:
        wanted.append("CN")
    if not wanted or not measure.destinations:
        return
    day = published or measure.history[-1].when.last
    reached = [place for place in wanted if catalog.covers(measure.destinations, place, day)]
    if reached:
        own = [place for place in reached if place in measure.destinations]
        # A measure on the whole world reaches every place, which says little.
        yield Part("place", POINTS["place"] * (1.0 if own else 0.5), ", ".join(reached))
    else:
        yield Part(
            "other_place", POINTS["other_place"], f"{', '.join(wanted)} / {', '.join(measure.destinations)}"
        )


def parties(claim: Claim, measure: Measure, rarity: Rarity, affected: tuple[str, ...]) -> Iterator[Part]:
    """Yield the firms both name. affected: those whose business the claim says is hit."""
    catalog = load_catalog()
    known = [party for party in claim.target if party in catalog.parties and party != "cn-companies"]
    named = set(measure.parties)
    hits = sorted(((rarity.party(party), party) for party in known if party in named), reverse=True)
    for number, (rare, party) in enumerate(hits):
        share = 1.0 if number == 0 else POINTS["more"]
        yield Part("party", round(POINTS["party"] * rare * share, 2), party)
    is_listing = "entity_listing" in (claim.instrument, measure.instrument.value)
    if known and not hits and (is_listing or measure.targets):
        yield Part("other_party", POINTS["other_party"], f"{', '.join(known)} / {', '.join(measure.targets)}")
    if claim.kind == "measure" and not known and measure.targets and set(measure.targets) != {"cn-companies"}:
        aimed = measure.instrument.value in _AIMED and len(measure.targets) <= 2
        name = "party_unnamed" if aimed else "list_unnamed"
        yield Part(name, POINTS[name], ", ".join(measure.targets[:4]))
    touched = sorted(((rarity.party(party), party) for party in affected if party in named), reverse=True)
    for number, (rare, party) in enumerate(touched):
        share = 1.0 if number == 0 else POINTS["more"]
        yield Part("affected", round(POINTS["affected"] * rare * share, 2), party)
    if 0 < len(measure.binds) <= 3 and not named.intersection((*known, *affected, *claim.target)):
        yield Part("letter_unnamed", POINTS["letter_unnamed"], ", ".join(measure.binds))


def time(claim: Claim, measure: Measure, published: Day | None) -> Iterator[Part]:
    """Yield whether the measure moved on the day claimed, or shortly before the story."""
    if claim.date is not None:
        claimed = parse_when(claim.date)
        hit = next((entry for entry in measure.entries if falls_on(claimed, entry.when, entry.known)), None)
        if hit is None:
            other = next(
                (e for e in measure.entries if _says(claim, e, measure) and is_near(claimed, e.when)), None
            )
            if other is not None:
                yield Part("near_day", POINTS["near_day"], f"{claim.date} / {other.on}")
                return
            yield Part("other_day", POINTS["other_day"], f"{claim.date}: nothing moved")
            return
        yield Part(
            "day" if claimed.is_exact else "month", POINTS["day" if claimed.is_exact else "month"], hit.on
        )
        return
    if published is None:
        return
    moves = [entry for entry in measure.entries if entry.known <= published]
    if moves:
        last = max(moves, key=lambda entry: min(entry.when.first, published))
        age = (published - min(last.when.first, published)).days
        yield Part("recent", round(POINTS["recent"] * float(0.5 ** (age / HALF_LIFE_DAYS)), 2), last.on)


def _says(claim: Claim, entry: Entry, measure: Measure) -> bool:
    return claim.stage is not None and bears_out(claim.stage, entry, measure)


def stage(claim: Claim, measure: Measure, then: Regime | None, published: Day | None) -> Iterator[Part]:
    stage = stage_held(claim)
    if measure.effect is Effect.EXCEPT and stage in (*BINDING - {"eased"}, "announced"):
        yield Part("exception", POINTS["exception"], f"{stage} / an exception")
        return
    if published is not None and first_public(measure) > published:
        yield Part("not_yet", POINTS["not_yet"], f"first public on {first_public(measure)}")
    until = published + dt.timedelta(days=AFTER_DAYS) if published else None
    entries = sorted(
        (entry for entry in measure.entries if until is None or entry.known <= until),
        key=lambda entry: entry.when.first,
    )
    if (
        claim.future
        and claim.stage in LOOSENING
        and not any(e.role == "change" and e.stage not in TALK for e in entries)
    ):
        yield Part("direction", POINTS["direction"], f"{claim.stage} / talk of a control")
    hits = [entry for entry in entries if bears_out(stage, entry, measure)]
    if stage in TALK and claim.future:
        hits = [entry for entry in hits if is_open_talk(entry, entries)]
    if not hits:
        standing = then.get(measure.id) if then else None
        if stage in BINDING and claim.date is None and standing and standing.stage.value in OFF:
            yield Part("over", POINTS["over"], f"{standing.stage} on {published}")
        if stage in TALK:
            is_talk = any(entry.stage in TALK and is_open_talk(entry, entries) for entry in entries)
            # Word that a control will loosen is about that control, whether or not talk of it is on record.
            is_talk = is_talk or (claim.stage in LOOSENING and _binds(measure, then))
            if is_talk:
                yield Part("stage", 0.5 * POINTS["stage"] * STAGE_WEIGHTS[stage], f"{stage} / other talk")
            elif not (_may_change(claim, measure) and _binds(measure, then)):
                yield Part("no_talk", POINTS["no_talk"], f"{stage} / no such talk")
        return
    hit = hits[-1]
    yield Part("stage", POINTS["stage"] * STAGE_WEIGHTS[stage], f"{hit.stage} {hit.on}")
    if published is None or claim.date is not None:
        return
    if (stage in TALK or hit.stage in TALK) and (published - hit.when.last).days > OLD_TALK_DAYS:
        yield Part("old_talk", POINTS["old_talk"], hit.on)
    standing = then.get(measure.id) if then else None
    if standing and stage in BINDING and standing.stage.value in OFF:
        yield Part("over", POINTS["over"], f"{standing.stage} on {published}")
    if standing and standing.stage.value == hit.stage:
        yield Part("standing", POINTS["standing"], f"{hit.stage} on {published}")


def _may_change(claim: Claim, measure: Measure) -> bool:
    """Whether talk of a control may be talk of changing one that stands: the actor's own, of the same kind."""
    same = claim.instrument == measure.instrument.value and claim.instrument not in (
        "general",
        "entity_listing",
    )
    return same and claim.stage == "considering" and measure.jurisdiction in claim.actor and bool(claim.items)


def _binds(measure: Measure, then: Regime | None) -> bool:
    standing = then.get(measure.id) if then else None
    return standing is not None and standing.binds


def vague(claim: Claim, measure: Measure) -> Iterator[Part]:
    if claim.instrument != measure.instrument.value and not claim.items:
        named = {party for party in (*claim.target, *claim.affected) if party != "cn-companies"}
        if not named.intersection(measure.parties):
            yield Part("vague", POINTS["vague"], "no item or party is claimed")

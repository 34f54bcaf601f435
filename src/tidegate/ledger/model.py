"""What a measure is: the record that the ledger holds, field by field.

These types are the schema. `docs/measure.schema.json` is made from them, the loader checks every file
against it, and no other place in tidegate stores law.
"""

from __future__ import annotations

import enum
from typing import Annotated, Literal

import msgspec

from tidegate.dates import Day, When, parse_day, parse_when

__all__ = [
    "BINDING",
    "Effect",
    "Entry",
    "Instrument",
    "LicencePolicy",
    "Limb",
    "Measure",
    "Quota",
    "Relation",
    "Review",
    "Role",
    "Scheduled",
    "Stage",
]


class Stage(enum.StrEnum):
    """How far a measure has come. The order is that of a measure's life, not of its strictness."""

    CONSIDERING = "considering"
    URGED = "urged"
    PROPOSED = "proposed"
    AGREED = "agreed"
    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    EASED = "eased"
    SUSPENDED = "suspended"
    LIFTED = "lifted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The record does not say: `Standing.condition` tells why. Never written in a ledger file."""


BINDING = frozenset({Stage.IN_FORCE, Stage.EASED})
"""The stages in which a measure binds."""

WrittenStage = Literal[
    "considering",
    "urged",
    "proposed",
    "agreed",
    "announced",
    "in_force",
    "eased",
    "suspended",
    "lifted",
    "refused",
]


class Instrument(enum.StrEnum):
    """What kind of act a measure is."""

    CHIP_EXPORT = "chip_export"
    EQUIPMENT_EXPORT = "equipment_export"
    SERVICING = "servicing"
    SOFTWARE_EXPORT = "software_export"
    TECHNOLOGY_EXPORT = "technology_export"
    US_PERSONS = "us_persons"
    ENTITY_LISTING = "entity_listing"
    TIERED_CAP = "tiered_cap"
    MATERIALS_EXPORT = "materials_export"
    PURCHASE_BAN = "purchase_ban"
    REVENUE_SHARE = "revenue_share"
    TARIFF = "tariff"
    INVESTMENT = "investment"
    SUBSIDY = "subsidy"
    INVESTIGATION = "investigation"
    GENERAL = "general"


class Effect(enum.StrEnum):
    """What a measure does to a transaction within its scope while it binds."""

    REQUIRE = "require"
    """A licence is needed; `licence_policy` says how applications are judged."""
    PROHIBIT = "prohibit"
    CAP = "cap"
    """A quota, drawn down over a window."""
    EXCEPT = "except"
    """Lifts named requirements under conditions."""
    NOTIFY = "notify"
    DISCOURAGE = "discourage"
    """A buyer's government leans on its own firms."""
    NONE = "none"
    """Decides no shipment: talks, probes, tariffs, subsidies."""


class LicencePolicy(enum.StrEnum):
    """How an application for a licence is judged."""

    APPROVAL = "presumption_of_approval"
    CASE_BY_CASE = "case_by_case"
    DENIAL = "presumption_of_denial"
    POLICY_OF_DENIAL = "denial"
    NOT_STATED = "not_stated"


class Role(enum.StrEnum):
    """What a history entry does to the standing of the measure."""

    CHANGE = "change"
    """The measure takes this stage."""
    TALK = "talk"
    """A plan, request or notice to change the measure, which itself keeps its stage."""
    REPORT = "report"
    """A source that says how things stood on that day; nothing changed."""


class Relation(enum.StrEnum):
    """How one measure stands to another; the field of the same name lists the other's id."""

    SUPERSEDES = "supersedes"
    """The other is gone."""
    AMENDS = "amends"
    """Widens or alters the other, which stays."""
    SUSPENDS = "suspends"
    """Puts the other on hold."""
    OVERLAPS = "overlaps"
    """Covers the same items at another level, with no finding that the older rule ended."""
    MIRRORS = "mirrors"
    """Takes over what another government did."""
    ANSWERS = "answers"
    """Is a reply to the other: retaliation, or a concession for it."""
    COUNTERPART = "counterpart"
    """Shows the same event from another government's side; no further act."""


_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
_Target = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)?$")
]
_Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=60)]
_Place = Annotated[str, msgspec.Meta(pattern=r"^!?(world|[A-Z]{2}|[a-z]{2}:[A-Za-z0-9:_]+)$")]
_Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
_Line = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
_Source = Annotated[str, msgspec.Meta(pattern=r"^(https?://\S+|(press|note|law): .+)$", max_length=600)]
_DayText = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_WhenText = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?$")]

Scope = str | dict[_DayText, str]
"""A predicate, or a predicate for each day from which it is the one that counts."""


class _Dated(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    on: _WhenText
    note: _Line
    source: _Source
    known_by: _DayText | None = None

    @property
    def when(self) -> When:
        """The days on which it may have happened."""
        return parse_when(self.on)

    @property
    def known(self) -> Day:
        """The first day on which the public could know: `known_by`, else the last day of `on`."""
        return parse_day(self.known_by) if self.known_by else self.when.last


class Entry(_Dated, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One dated line of a measure's history.

    on: when, as exact as the source. stage, role: what it is and does. note: in our own words.
    source: an address, or `press:`, `note:` or `law:` and a citation where there is none.
    known_by: first day the public could know it, where that is not `on`.
    verified: false where the fact is from general knowledge and was not read in a source.
    until: first day on which this stage is over by its own text; `then` follows.
    until_announced: first day on which officials say it is over, where no legal act says so.
    printed: stage of the text as printed, where what is enforced differs.
    via: where the source was read as quoted.
    """

    stage: WrittenStage
    role: Literal["change", "talk", "report"] = "change"
    verified: bool = True
    until: _DayText | None = None
    until_announced: _DayText | None = None
    then: WrittenStage | None = None
    printed: WrittenStage | None = None
    via: _Line | None = None


class Scheduled(_Dated, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A date fixed beforehand, by text or by word, that the ledger has not seen happen.

    stage: the stage the measure then takes by its text; None where only the terms change.
    known_by: the day on which the date was fixed.
    """

    stage: WrittenStage | None = None


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """How applications are judged where a condition holds; the first that holds counts.

    when: the condition, a predicate as in a scope, or one for each day from which it is the one.
    """

    policy: LicencePolicy
    when: Scope


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a cap, or an exception with an amount, is drawn down by.

    fills: the column that holds what has been drawn, this shipment included. amount: the column that
    one piece draws. per: the columns whose values have an allowance each. window: `year` for each
    calendar year, or `all`. limit: the allowance, in units of `amount`; or, with `against`, a share of
    what the rows of the book add up to of which that predicate holds.
    """

    fills: str
    amount: str
    per: tuple[str, ...]
    window: Literal["year", "all"]
    limit: float
    against: str | None = None


class Limb(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A part of one instrument with its own scope and dates.

    Its history is the measure's own entries and these, in order of date.
    """

    limb: _Word
    title: _Line
    history: tuple[Entry, ...] = ()
    scheduled: tuple[Scheduled, ...] = ()
    when: Scope | None = None
    effect: Effect | None = None
    licence_policy: LicencePolicy | None = None
    reviews: tuple[Review, ...] = ()
    exception: str | None = None
    lifts: tuple[_Target, ...] = ()
    quota: Quota | None = None
    conditions: str | None = None


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One act by one government: whom it binds, what it covers, what it does, and its history.

    id: jurisdiction, date and a few words. jurisdiction: ISO 3166-1 alpha-2, or EU.
    items, destinations, binds, targets, names, activities: words of the catalog.
    destinations: ISO codes, `world` or dated groups; a leading '!' takes out.
    binds: parties it is addressed to; targets: parties it is aimed at; names: others it touches.
    codes: control-list numbers. when: the scope, an SQL predicate over the columns of
    docs/columns.md, or one for each day on which the scope changed; None where the measure decides
    no shipment or its scope was not read, and then `scope_note` says which.
    """

    id: _Id
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
    jurisdiction: _Country
    authority: _Line
    instrument: Instrument
    legal_form: _Line
    effect: Effect
    history: Annotated[tuple[Entry, ...], msgspec.Meta(min_length=1)]
    licence_policy: LicencePolicy | None = None
    reviews: tuple[Review, ...] = ()
    exception: str | None = None
    lifts: tuple[_Target, ...] = ()
    quota: Quota | None = None
    citation: _Line | None = None
    official_url: str | None = None
    known_as: tuple[str, ...] = ()
    items: tuple[_Word, ...] = ()
    codes: tuple[str, ...] = ()
    destinations: tuple[_Place, ...] = ()
    activities: tuple[_Word, ...] = ()
    binds: tuple[_Word, ...] = ()
    targets: tuple[_Word, ...] = ()
    names: tuple[_Word, ...] = ()
    when: Scope | None = None
    scope_note: str | None = None
    conditions: str | None = None
    supersedes: tuple[_Id, ...] = ()
    amends: tuple[_Id, ...] = ()
    suspends: tuple[_Id, ...] = ()
    overlaps: tuple[_Id, ...] = ()
    mirrors: tuple[_Id, ...] = ()
    answers: tuple[_Id, ...] = ()
    counterpart: tuple[_Id, ...] = ()
    remarks: str | None = None
    open_question: str | None = None
    limbs: tuple[Limb, ...] = ()
    scheduled: tuple[Scheduled, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        """Every party the record names, in the order bound, targeted, touched."""
        return tuple(dict.fromkeys((*self.binds, *self.targets, *self.names)))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every history entry, those of the limbs after the measure's own."""
        return (*self.history, *(entry for limb in self.limbs for entry in limb.history))

    def scope_on(self, day: Day, limb: str | None = None) -> str | None:
        """Return the predicate that counts on `day`, of the measure or of one of its limbs.

        None where there is none, or where the first one starts after `day`.
        """
        part = next((part for part in self.limbs if part.limb == limb), None)
        scope = part.when if part else self.when
        if scope is None or isinstance(scope, str):
            return scope
        starts = [start for start in scope if parse_day(start) <= day]
        return scope[max(starts)] if starts else None

    def related(self, relation: Relation) -> tuple[str, ...]:
        """Return the ids of the measures that stand in `relation` to this one."""
        ids: tuple[str, ...] = getattr(self, relation.value)
        return ids

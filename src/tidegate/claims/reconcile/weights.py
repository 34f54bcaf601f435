"""What counts for how much when a claim is matched to a measure: tables, no control flow.

The points were set on the labelled seeds and looked at on the other labelled stories, whose texts no rule
names. `docs/reconcile.md` says what they get wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MINIMUM", "NEAR_INSTRUMENTS", "POINTS", "STAGE_WEIGHTS", "WIDE", "nearness"]

MINIMUM = 6.0
"""A measure with fewer points is none that the claim speaks of."""

POINTS: Mapping[str, float] = {
    "government": 2.0,  # the actor's own measure
    "counterparty": 1.2,  # the measure of the one who is asked, agrees or refuses
    "no_government": 0.4,  # the claim names no government
    "name": 4.0,  # the words of the claim hold a name under which the measure is known
    "instrument": 3.0,  # times the nearness of the two instruments
    "item": 1.0,  # times the rarity of the item in the ledger, at most 2.5
    "item_above": 0.7,  # the measure covers a class above the item claimed
    "item_below": 0.4,  # the measure covers a product under the class claimed
    "more": 0.3,  # share of what further items and parties add
    "item_unnamed": -3.0,  # a tariff, subsidy or investment rule on items that the claim does not name
    "sister_item": -1.0,  # chips where the measure is on the tools that make them, or the other way round
    "no_item": -2.5,  # the claim names items and the measure covers none of them
    "other_product": -2.0,  # both name products, and no product is shared
    "product_unnamed": -0.8,  # the measure is of one product, the claim names none
    "place": 1.0,  # the place it is against is a destination; half of it where the measure reaches the world
    "other_place": -3.5,  # it is not
    "party": 0.9,  # times the rarity of the party, at most 3
    "affected": 0.5,  # the same for a party whose business is said to be hit
    "other_party": -3.5,  # the claim is against named firms, the measure against others
    "party_unnamed": -2.5,  # the measure is against one or two named firms, the claim names none
    "list_unnamed": -0.8,  # the measure is a list of many firms, the claim names none
    "letter_unnamed": -0.8,  # it binds a few named firms, and the claim names none of them
    "day": 2.5,  # an entry lies on the day claimed
    "month": 1.8,  # an entry lies in the month or year claimed
    "near_day": 0.5,  # the claim gives a day, and the same stage stands at another day close by
    "over": -1.5,  # the claim tells of a control in force, which on the day of the story was none
    "other_day": -1.5,  # the claim gives a day and nothing of the measure moved near it
    "recent": 1.5,  # the measure moved shortly before the story; halves in 120 days
    "stage": 1.0,  # times the weight of the stage below: the stage claimed stands in its history
    "standing": 0.8,  # and it stood so on the day of the story
    "old_talk": -2.5,  # the talk on record is of another year
    "no_talk": -2.0,  # the claim tells of talk and there is none on record
    "exception": -2.5,  # the claim tells of a control, the measure is an exception to one
    "not_yet": -1.0,  # nothing of the measure was public by the day of the story
    "direction": -3.0,  # the claim expects a loosening, the measure is talk of a tightening
    "context": 1.0,  # another claim of the story is clearly about this measure
    "vague": -1.5,  # another kind of act, and neither an item nor a party is claimed
}
"""Points by what two sides share; docs/reconcile.md shows the same table."""

STAGE_WEIGHTS: Mapping[str, float] = {
    "considering": 1.6, "urged": 2.5, "proposed": 1.6, "agreed": 2.0, "announced": 0.8, "in_force": 0.8,
    "eased": 1.4, "suspended": 2.0, "lifted": 2.0, "refused": 2.0,
}  # fmt: skip
"""Most measures are announced and come into force, which tells little; few are urged, refused or lifted."""

NEAR_INSTRUMENTS: Mapping[frozenset[str], float] = {
    # A claim of technology is often one of chips or tools by their design or know-how, and software is part
    # of technology in most control lists.
    frozenset({"technology_export", "chip_export"}): 0.6,
    frozenset({"technology_export", "equipment_export"}): 0.6,
    frozenset({"technology_export", "software_export"}): 0.6,
    frozenset({"technology_export", "materials_export"}): 0.5,
    # Upkeep of tools and spare parts is written into rules on tools; so is the work of citizens.
    frozenset({"servicing", "equipment_export"}): 0.6,
    frozenset({"servicing", "us_persons"}): 0.5,
    frozenset({"us_persons", "equipment_export"}): 0.4,
    # The press says 'chips' of the tools that make them.
    frozenset({"chip_export", "equipment_export"}): 0.35,
    # A listing is enforced as a bar on chips or tools to that firm.
    frozenset({"entity_listing", "chip_export"}): 0.5,
    frozenset({"entity_listing", "equipment_export"}): 0.5,
    # Quotas by country, and a share of what is sold, are conditions of leave to export chips.
    frozenset({"tiered_cap", "chip_export"}): 0.5,
    frozenset({"revenue_share", "chip_export"}): 0.5,
    # A review of a maker's products ends in a bar on buying them; a seizure is fought out in court.
    frozenset({"investigation", "purchase_ban"}): 0.5,
    frozenset({"investigation", "investment"}): 0.4,
    frozenset({"revenue_share", "tariff"}): 0.3,
}
"""How near two kinds of act are, from 0 to 1; kinds that are not listed are apart."""

GENERAL = 0.4
"""Nearness of `general` (controls without more detail) to every other kind of control."""

GENERAL_WIDE = 0.15
"""The same to acts that are no export controls."""

WIDE = frozenset({"tariff", "subsidy", "investment", "investigation", "revenue_share"})
"""Acts that are no export controls; of tariffs, subsidies and investment rules the ledger holds only those that
bear on chips."""


def nearness(one: str, other: str) -> float:
    """Return how near two instruments are: 1 the same, 0 apart."""
    if one == other:
        return 1.0
    if "general" in (one, other):
        return GENERAL_WIDE if WIDE & {one, other} else GENERAL
    return NEAR_INSTRUMENTS.get(frozenset({one, other}), 0.0)

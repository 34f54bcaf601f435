"""Measures as wedges: what bites on which flow follows from deciding it, and from nothing else."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from tidegate.errors import BadInputError
from tidegate.ledger.scenario import apply_scenario
from tidegate.licensing import decide
from tidegate.supply.calibration import load_calibration
from tidegate.supply.cycle import cycle_level, demand_paths
from tidegate.supply.decisions import decide_lots
from tidegate.supply.lots import lots_of
from tidegate.supply.quarters import months_of_period, quarters_between
from tidegate.supply.wedges import bind, wedges_of

SCENARIOS = Path(__file__).parents[1] / "examples" / "scenarios"


@pytest.fixture(scope="module")
def calibration():
    return load_calibration()


@pytest.fixture(scope="module")
def record(ledger, calibration):
    """The record from the start of the run to the end of 2025."""
    return bind(calibration, ledger, "2022Q3", "2025Q4")


@pytest.fixture(scope="module")
def wedges(record):
    return wedges_of(record)


def total(wedges, network, good, channel, buyer, seller=None, quarter=None, measure=None):
    """The largest share of a flow that a channel holds, over the parts that one measure or any holds."""
    parts = {}
    column = network.buyers.index(buyer)
    rows = [i for i, s in enumerate(network.suppliers[good]) if seller in (None, s.company, s.country)]
    place = wedges.quarters.index(quarter)
    for bite in wedges.bites:
        if (bite.good, bite.channel) == (good, channel) and measure in (None, bite.measure):
            own = bite.values[place][rows, column].max()
            parts[bite.part] = max(parts.get(bite.part, 0.0), own)
    return sum(parts.values())


def test_wedges_fit_the_network(wedges, calibration):
    wedges.check(calibration.network)


def test_before_october_2022_no_tool_is_held(wedges, calibration):
    for good in ("lithography", "etch_deposition", "metrology", "other_tools", "tool_servicing"):
        assert total(wedges, calibration.network, good, "stop", "CN", quarter="2022Q3") == 0


def test_the_october_2022_rule_stops_us_tools_for_advanced_plants_and_no_dutch_ones(wedges, calibration):
    measure = "us-2022-10-07-fab-end-use"

    assert total(wedges, calibration.network, "etch_deposition", "stop", "CN", "US", "2023Q1", measure) > 0.1
    assert total(wedges, calibration.network, "lithography", "stop", "CN", "NL", "2023Q1") == 0


def test_the_dutch_rule_bites_from_the_month_it_is_in_force(wedges, calibration):
    measure, network = "nl-2023-09-01-duv", calibration.network
    values = [
        total(wedges, network, "lithography", "stop", "CN", "asml", q, measure)
        for q in ("2023Q2", "2023Q3", "2023Q4")
    ]

    assert values[0] == 0
    assert values[1] == pytest.approx(values[2] / 3)


def test_an_announced_rule_is_feared_before_it_binds_and_not_after(wedges):
    hazard = next(b for b in wedges.bites if b.measure == "nl-2023-09-01-duv" and b.channel == "hazard")
    by_quarter = hazard.values.max(axis=(1, 2))
    first = wedges.quarters.index("2023Q1")

    assert by_quarter[first] > 0
    assert by_quarter[wedges.quarters.index("2023Q4") :].max() == 0


def test_talk_without_a_scope_is_feared_until_it_becomes_law(wedges, calibration):
    hazard = next(
        b
        for b in wedges.bites
        if b.measure == "nl-2023-01-27-trilateral" and b.good == "lithography" and b.channel == "hazard"
    )
    asml = [s.company for s in calibration.network.suppliers["lithography"]].index("asml")
    china = calibration.buyer_ids.index("CN")

    assert hazard.values[wedges.quarters.index("2022Q4"), asml, china] > 0
    assert hazard.values[wedges.quarters.index("2023Q4") :].max() == 0
    assert np.count_nonzero(hazard.values.max(axis=(0, 2))) == 1


def test_every_bite_names_a_measure_of_the_ledger(wedges, ledger):
    for measure in wedges.measures:
        assert measure in ledger


def test_chinas_own_guidance_against_the_h20_is_a_ban_and_not_a_stop(wedges, calibration):
    measure, network = "cn-2025-07-31-h20-guidance", calibration.network

    assert total(wedges, network, "ai_chips", "ban", "CN", "nvidia", "2025Q4", measure) > 0
    assert total(wedges, network, "ai_chips", "stop", "CN", "nvidia", "2025Q4", measure) == 0


def test_what_is_licensed_for_every_destination_cannot_go_round(wedges, calibration):
    measure, network = "cn-2025-04-04-seven-rare-earths", calibration.network

    assert total(wedges, network, "magnets", "ban", "US", "CN", "2025Q3", measure) > 0
    assert total(wedges, network, "magnets", "stop", "US", "CN", "2025Q3", measure) == 0


def test_the_embargo_on_the_united_states_alone_can(wedges, calibration):
    measure, network = "cn-2024-12-03-us-ga-ge-sb", calibration.network

    held = [
        total(wedges, network, "gallium_germanium", channel, "US", "CN", "2025Q1", measure)
        for channel in ("stop", "ban")
    ]
    assert sum(held) > 0.3
    assert total(wedges, network, "gallium_germanium", "stop", "EU", "CN", "2025Q1", measure) == 0


def test_a_licence_that_is_given_comes_late_by_the_time_it_takes(wedges, calibration):
    delay = next(
        b for b in wedges.bites if b.measure == "cn-2023-08-01-gallium-germanium" and b.channel == "delay"
    )
    days = calibration.parameter("licence_days").central

    assert delay.values.max() == pytest.approx(days / 63)


def test_what_bound_in_the_base_year_does_not_bite_again(record, calibration):
    lots = [
        i
        for i, lot in enumerate(record.lots)
        if lot.part == "other@smic-mature" and lot.good == "etch_deposition"
    ]
    before = {m for place in lots for hold in record.base[place].holds for m in hold.measures}

    assert "us-2020-12-18-smic-entity-listing" in before
    for place in lots:
        for days in record.days:
            for day in days:
                assert before.isdisjoint(m for hold in record.new_holds(place, day) for m in hold.measures)


def test_the_high_end_bites_more_than_the_low_end(record):
    def stopped(at):
        return sum(b.values.sum() for b in wedges_of(record, at=at).bites if b.channel in ("stop", "ban"))

    assert stopped(0.0) < stopped(0.5) < stopped(1.0)


def test_a_lot_is_decided_as_the_licensing_engine_decides_its_transaction(calibration, ledger):
    lots = [lot for lot in lots_of(calibration) if lot.good == "lithography" and lot.part.endswith("@cxmt")]
    day = dt.date(2023, 12, 15)
    held = decide_lots(lots, ledger, [day])

    for place, lot in enumerate(lots):
        (transaction,) = lot.transactions(day)
        answer = decide({k: v for k, v in transaction.items() if k != "date"}, ledger.on(day))
        assert {h.government for h in held[place, day].holds} == {
            name
            for name, own in answer.by_government.items()
            if own.outcome in ("licence_required", "prohibited")
        }


def test_the_law_of_days_decided_together_is_that_of_days_decided_alone(calibration, ledger):
    lots = [lot for lot in lots_of(calibration) if lot.good in ("ai_chips", "magnets")]
    days = [dt.date(2025, month, 15) for month in (3, 4, 5)]
    together = decide_lots(lots, ledger, days)

    for day in days:
        alone = decide_lots(lots, ledger, [day])
        assert {p: held for (p, d), held in together.items() if d == day} == {
            p: h for (p, _), h in alone.items()
        }


@pytest.mark.parametrize(
    ("name", "span", "flows"),
    [
        (
            "allies-match-servicing",
            "2025Q3",
            {("tool_servicing", "NL", "CN"), ("tool_servicing", "JP", "CN")},
        ),
        ("diffusion-rule-applies", "2025Q3", {("ai_chips", "US", "MY"), ("ai_chips", "US", "ROW")}),
        ("eda-letters-stay", "2025Q3", {("eda_software", "US", "CN")}),
        ("h20-allowed-china-bans", "2025Q4", {("ai_chips", "US", "CN")}),
        ("rare-earths-cut-off", "2026Q1", {("magnets", "CN", "US"), ("rare_earths", "CN", "JP")}),
        ("match-act", "2026Q4", {("lithography", "NL", "CN"), ("etch_deposition", "JP", "CN")}),
    ],
)
def test_a_scenario_changes_the_decisions_of_its_flows(calibration, ledger, name, span, flows):
    before, after = (
        bind(calibration, law, span, span)
        for law in (ledger, apply_scenario(ledger, SCENARIOS / f"{name}.yaml"))
    )
    day = before.days[0][-1]
    changed = {
        (lot.good, calibration.of_good(lot.good)[lot.supplier]["country"], calibration.buyer_ids[lot.buyer])
        for place, lot in enumerate(before.lots)
        if before.new_holds(place, day) != after.new_holds(place, day)
    }

    assert flows <= changed


def test_easing_lets_more_pass_and_refusal_takes_the_fear_away(calibration, ledger):
    eased = bind(
        calibration, apply_scenario(ledger, SCENARIOS / "allied-tool-controls-eased.yaml"), "2026Q1", "2026Q1"
    )
    record = bind(calibration, ledger, "2026Q1", "2026Q1")

    def stopped(bound):
        return sum(
            b.values.sum() for b in wedges_of(bound).bites if b.channel == "stop" and b.good == "lithography"
        )

    assert stopped(eased) < stopped(record)


def test_the_tiers_put_a_cap_on_a_tier_two_country_and_none_on_an_ally(calibration, ledger):
    bound = bind(
        calibration, apply_scenario(ledger, SCENARIOS / "diffusion-rule-applies.yaml"), "2025Q3", "2025Q3"
    )
    (cap,) = [b for b in wedges_of(bound).bites if b.channel == "cap"]
    rows = [i for i, s in enumerate(calibration.network.suppliers["ai_chips"]) if s.country == "US"]

    assert np.isfinite(cap.values[0, rows, calibration.buyer_ids.index("MY")]).all()
    assert np.isinf(cap.values[0, :, calibration.buyer_ids.index("JP")]).all()


def test_the_base_year_is_one_on_either_path_of_the_cycle(calibration):
    months = months_of_period("2021-07/2022-06")
    for path in ("known", "realised"):
        for name in ("tools", "chips", "ai_chips", "materials"):
            assert cycle_level(calibration, name, months, path).mean() == pytest.approx(1)


def test_the_known_cycle_does_not_know_the_fall_of_2023(calibration):
    quarters = quarters_between("2022Q3", "2023Q4")
    known, realised = (
        demand_paths(calibration, quarters, path)["memory_chips"][:, 0] for path in ("known", "realised")
    )

    assert known[-1] > known[0]
    assert realised[-1] < realised[0] < known[-1]


def test_an_unknown_path_of_the_cycle_is_refused(calibration):
    with pytest.raises(BadInputError, match="'hoped' is no path of the cycle"):
        demand_paths(calibration, ("2023Q1",), "hoped")


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("2024", 12),
        ("2024H2", 6),
        ("2024Q2", 3),
        ("2024-05", 1),
        ("2022-08/2022-10", 3),
        ("2021Q3/2022Q2", 12),
    ],
)
def test_periods_are_read_as_their_months(period, months):
    assert len(months_of_period(period)) == months


@pytest.mark.parametrize("period", ["", "soon", "2024Q5", "2024-13", "2024H3", "2024/2023", "2024/2025/2026"])
def test_what_is_no_period_is_refused(period):
    with pytest.raises(BadInputError, match="is no period"):
        months_of_period(period)

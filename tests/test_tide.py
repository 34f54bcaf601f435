"""The tide gauge: steps on the days on which the law moved, bands where it is not known, a basket that is checked."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.errors import BadInputError, NotFoundError
from tidegate.kept import cache_file, keeping
from tidegate.ledger import Ledger
from tidegate.ledger.model import Effect
from tidegate.licensing import decide
from tidegate.licensing.basket import read_basket
from tidegate.licensing.control_map import control_map
from tidegate.licensing.tide import tide
from tidegate.licensing.tightness import FREE, SCORES, Hold, decide_deals, strictest_of

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def toward_china(ledger):
    with keeping(cache_file()):
        return tide(ledger, "CN")


@pytest.fixture(scope="module")
def toward_america(ledger):
    with keeping(cache_file()):
        return tide(ledger, "US")


def month_before(month):
    first = dt.date.fromisoformat(f"{month}-01")
    return f"{first - DAY:%Y-%m}"


STEPS = [
    # Listed firms.
    ("2019-05", "US", "eda-huawei", "free", "presumption_of_denial", "us-2019-05-16-huawei-entity-listing"),
    ("2020-05", "US", "phone-chip-huawei", "free", "presumption_of_denial", "us-2020-05-15-huawei-fdp-rule"),
    ("2020-12", "US", "etch-smic", "not_stated", "case_by_case", "us-2020-12-18-smic-entity-listing"),
    # October 2022: letters first, the plants on the 7th, the chips on the 21st.
    ("2022-08", "US", "h100-cloud", "free", "not_stated", "us-2022-08-26-nvidia-a100-h100-letter"),
    ("2022-10", "US", "h100-cloud", "not_stated", "presumption_of_denial", "us-2022-10-07-advanced-computing"),
    ("2022-10", "US", "etch-unlisted-advanced-fab", "free", "presumption_of_denial", "us-2022-10-07-fab-end-use"),
    ("2022-10", "US", "service-us-advanced-fab", "free", "presumption_of_denial", "us-2022-10-07-us-persons"),
    # October 2023: a letter, then the rule.
    ("2023-10", "US", "h800-cloud", "free", "not_stated", "us-2023-10-23-nvidia-letter"),
    ("2023-11", "US", "h800-cloud", "not_stated", "presumption_of_denial", "us-2023-10-17-advanced-computing"),
    ("2023-11", "US", "rtx-4090-shop", "free", "exception", "us-2023-11-17-nac"),
    # Allies.
    ("2023-07", "JP", "immersion-jp-unlisted-fab", "free", "not_stated", "jp-2023-07-23-23-items"),
    ("2023-09", "NL", "immersion-advanced-unlisted-fab", "free", "not_stated", "nl-2023-09-01-duv"),
    ("2024-09", "NL", "immersion-older-unlisted-fab", "free", "not_stated", "nl-2024-09-07-nxt1970i-1980i"),
    ("2025-04", "NL", "electron-beam-nl-unlisted-fab", "free", "not_stated", "nl-2025-04-01-metrology"),
    # December 2024.
    ("2024-12", "US", "hbm2e-module-maker", "free", "presumption_of_denial", "us-2024-12-02-hbm"),
    # 2025: H20 held and let go, design software held and let go, affiliates held and let go.
    ("2025-04", "US", "h20-cloud", "free", "not_stated", "us-2025-04-09-h20-is-informed-letter"),
    ("2025-07", "US", "h20-cloud", "not_stated", "case_by_case", "us-2025-07-14-h20-resumption"),
    ("2025-05", "US", "eda-designer", "free", "not_stated", "us-2025-05-23-eda-letters"),
    ("2025-07", "US", "eda-designer", "not_stated", "free", None),
    ("2025-09", "US", "plain-chip-affiliate", "free", "not_stated", "us-2025-09-29-affiliates-rule"),
    ("2025-11", "US", "plain-chip-affiliate", "not_stated", "free", None),
    ("2026-01", "US", "h200-cloud", "presumption_of_denial", "case_by_case", "us-2026-01-15-h200-case-by-case"),
    # The target's own government.
    ("2025-08", "CN", "h20-cloud", "free", "discouraged", "cn-2025-07-31-h20-guidance"),
]  # fmt: skip


@pytest.mark.parametrize(("month", "government", "deal", "before", "after", "measure"), STEPS)
def test_the_gauge_steps_when_the_law_does(toward_china, month, government, deal, before, after, measure):
    [step] = [s for s in toward_china.steps() if (s.month, s.government, s.deal) == (month, government, deal)]

    assert (step.before.how, step.after.how) == (before, after)
    assert measure in step.after.measures if measure else step.after == FREE


MATERIALS = [
    ("2023-08", "gallium-parts-maker", "free", "not_stated", "cn-2023-08-01-gallium-germanium"),
    ("2023-12", "graphite-battery-maker", "free", "not_stated", "cn-2023-12-01-graphite"),
    ("2024-12", "gallium-parts-maker", "not_stated", "presumption_of_denial", "cn-2024-12-03-us-ga-ge-sb"),
    ("2025-04", "dysprosium-magnet-maker", "free", "not_stated", "cn-2025-04-04-seven-rare-earths"),
    ("2025-10", "rare-earth-know-how", "free", "not_stated", "cn-2025-10-09-ann-62"),
    ("2025-11", "rare-earth-know-how", "not_stated", "free", None),
    ("2025-11", "gallium-parts-maker", "presumption_of_denial", "not_stated", "cn-2023-08-01-gallium-germanium"),
]  # fmt: skip


@pytest.mark.parametrize(("month", "deal", "before", "after", "measure"), MATERIALS)
def test_chinas_answers_in_materials_are_steps_toward_america(
    toward_america, month, deal, before, after, measure
):
    [step] = [s for s in toward_america.steps() if (s.month, s.government, s.deal) == (month, "CN", deal)]

    assert (step.before.how, step.after.how) == (before, after)
    assert measure in step.after.measures if measure else step.after == FREE


# day, deal toward China or the United States, government, and how it is held the day before and on the day
EXACT = [
    ("2022-10-07", "etch-unlisted-advanced-fab", "CN", "US", "free", "presumption_of_denial"),
    ("2022-10-21", "h100-cloud", "CN", "US", "not_stated", "presumption_of_denial"),
    ("2023-11-17", "h800-cloud", "CN", "US", "not_stated", "presumption_of_denial"),
    ("2024-12-02", "hbm3e-accelerator-maker", "CN", "US", "free", "presumption_of_denial"),
    ("2025-04-09", "h20-cloud", "CN", "US", "free", "not_stated"),
    ("2025-05-23", "eda-designer", "CN", "US", "free", "not_stated"),
    ("2025-10-09", "rare-earth-know-how", "US", "CN", "free", "not_stated"),
    ("2025-11-10", "plain-chip-affiliate", "CN", "US", "not_stated", "free"),
]  # fmt: skip


def test_a_step_falls_on_its_day(ledger):
    deals = {deal.id: deal for deal in read_basket().deals}
    days = sorted(
        {
            day
            for text, *_ in EXACT
            for day in (dt.date.fromisoformat(text), dt.date.fromisoformat(text) - DAY)
        }
    )
    asked = [(deals[name], target) for _, name, target, *_ in EXACT]
    held = decide_deals(asked, ledger, days)

    for text, name, target, government, before, after in EXACT:
        day = dt.date.fromisoformat(text)
        found = [held[name, target, on].get(government, FREE).how for on in (day - DAY, day)]
        assert found == [before, after], (text, name)


# Why there is no step where a reader may look for one.
NO_STEP = [
    ("h800-cloud", "US", "2023-10-17", "CN", "the rule of that day counts from 17 November; the letter came on the 23rd"),
    ("h100-cloud", "US", "2022-10-07", "CN", "the rule of that day counts for chips from the 21st"),
    ("holmium-magnet-maker", "CN", "2025-10-09", "US", "announcement 57 was to count from 8 November, suspended on the 7th"),
    ("neodymium-magnet-maker", "CN", "2025-10-09", "US", "no announcement names it"),
]  # fmt: skip


def test_a_rule_that_came_out_and_did_not_count_yet_is_no_step(ledger):
    deals = {deal.id: deal for deal in read_basket().deals}
    days = sorted(
        {
            d
            for _, _, text, *_ in NO_STEP
            for d in (dt.date.fromisoformat(text), dt.date.fromisoformat(text) - DAY)
        }
    )
    held = decide_deals([(deals[name], target) for name, _, _, target, _ in NO_STEP], ledger, days)

    for name, government, text, target, why in NO_STEP:
        day = dt.date.fromisoformat(text)
        now, before = (held[name, target, on].get(government, FREE) for on in (day, day - DAY))
        assert now == before, (name, why)


def test_a_suspended_announcement_is_no_step_and_its_lapse_without_an_act_is_an_open_one(toward_america):
    own = [s for s in toward_america.steps() if s.deal == "holmium-magnet-maker"]

    assert [(s.month, s.after.how, s.after.low, s.after.high) for s in own] == [
        ("2026-11", "unknown", 0.0, 1.0)
    ]


@pytest.mark.parametrize("day", ["2022-10-31", "2024-12-31", "2026-06-30"])
def test_the_gauge_says_of_each_deal_what_check_says(ledger, toward_china, day):
    regime, on = ledger.on(day), dt.date.fromisoformat(day)
    for deal in toward_china.deals:
        decision = decide({**deal.transaction("CN", on)}, regime)
        for government, own in decision.by_government.items():
            hold = toward_china.held[deal.id, on].get(government, FREE)
            word = own.outcome.value
            if word == "unknown":
                assert hold.how == "unknown", (deal.id, government)
                assert hold.low <= hold.high
            elif word == "licence_required":
                assert hold.how == (own.review.value if own.review else "not_stated"), (deal.id, government)
            else:
                assert hold.how == ("free" if word in ("none", "not_subject") else word), (
                    deal.id,
                    government,
                )
            if hold.how not in ("free", "exception"):
                assert set(hold.measures) == set(own.measures), (deal.id, government)


def test_a_stricter_answer_never_has_a_lower_score():
    order = ("free", "exception", "discouraged", "notification", "quota", "presumption_of_approval", "case_by_case",
             "presumption_of_denial", "denial", "prohibited")  # fmt: skip
    scores = [SCORES[how][0] for how in order]

    assert scores == sorted(scores)
    assert SCORES["not_stated"] == (SCORES["presumption_of_approval"][0], SCORES["denial"][1])


def test_governments_together_are_as_strict_as_the_strictest_and_as_open_as_any():
    approval = Hold("presumption_of_approval", 0.25, 0.25, ("a",))
    denial = Hold("presumption_of_denial", 0.9, 0.9, ("b",))
    silent = Hold("not_stated", 0.25, 1.0, ("c",))

    assert strictest_of([approval, denial]) == denial
    assert strictest_of([denial, silent]) == Hold("presumption_of_denial", 0.9, 1.0, ("b", "c"))
    assert strictest_of([]) == FREE


def test_the_line_of_all_is_never_under_that_of_one_and_leaves_the_targets_own_out(toward_china):
    alone = {g: toward_china.line(g) for g in toward_china.governments if g != "CN"}
    for index, point in enumerate(toward_china.line()):
        assert point.low >= max(line[index].low for line in alone.values())
        assert point.high >= max(line[index].high for line in alone.values())
        assert sum(point.counts.values()) == len(toward_china.deals)
        assert not [m for m in point.measures if m.startswith("cn-")]


def test_classes_weigh_the_same(ledger, toward_china):
    cut = tide(ledger, "CN", by="class")
    lines = {p.goods for p in cut.points} - {"all"}

    assert len(lines) == 8
    for index, point in enumerate(toward_china.line()):
        mean = sum(cut.line(goods=goods)[index].low for goods in lines) / 8
        assert point.low == pytest.approx(mean, abs=1e-5)


def test_what_was_not_public_yet_does_not_move_the_gauge(ledger):
    early = tide(ledger, "CN", "2025-05", "2025-06", known_by="2025-04-30")
    late = tide(ledger, "CN", "2025-05", "2025-06")

    assert early.line("US", "eda_software")[-1].high < late.line("US", "eda_software")[-1].high


def test_the_same_question_gives_the_same_bytes(ledger):
    code = (
        "from tidegate.ledger import load_ledger; from tidegate.licensing.tide import tide; import hashlib; "
        "g = tide(load_ledger(), 'CN', '2025-04', '2025-12', by=('government', 'class')); "
        "print(hashlib.sha256((g.to_json() + g.step_table().to_json()).encode()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert len(seen) == 1


# --- a measure taken away


def restricting(ledger, gauge):
    """The measures that hold something and lift nothing: an eased policy or an exception may well tighten by its end."""
    ids = {m for holds in gauge.held.values() for hold in holds.values() for m in hold.measures}
    lifting = {
        m.id for m in ledger if m.effect is Effect.EXCEPT or m.lifts or any(limb.lifts for limb in m.limbs)
    }
    return sorted(ids), sorted(ids - lifting)


def test_a_measure_taken_away_never_tightens_the_gauge_of_its_government(ledger, toward_china):
    deciding, restrict = restricting(ledger, toward_china)
    few = Ledger(tuple(m for m in ledger if m.id in deciding), ledger.read_to)
    span = ("2025-04", "2025-12")
    full = tide(few, "CN", *span)

    @settings(
        max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
    )  # fmt: skip
    @given(st.sampled_from(restrict))
    def never_tighter(gone):
        less = tide(Ledger(tuple(m for m in few if m.id != gone), few.read_to), "CN", *span)
        government = few[gone].jurisdiction
        for deal in full.deals:
            for day in full.days.values():
                was = full.held[deal.id, day].get(government, FREE)
                now = less.held[deal.id, day].get(government, FREE)
                # A band may open where the policy that is left is not stated; it never starts above where it was.
                assert now.low <= was.high, (gone, deal.id, day)
                if was.low == was.high and now.low == now.high:
                    assert now.low <= was.low, (gone, deal.id, day)

    never_tighter()


def test_a_measure_that_decides_alone_loosens_the_gauge_when_it_goes(ledger):
    gone = "us-2025-05-23-eda-letters"
    without = Ledger(tuple(m for m in ledger if m.id != gone), ledger.read_to)
    full, less = (tide(own, "CN", "2025-05", "2025-05") for own in (ledger, without))

    assert less.line("US")[0].low < full.line("US")[0].low
    assert gone in full.line("US", "all")[0].measures


# --- questions that cannot be asked


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "2025"}, "'2025' is no month. Write YYYY-MM"),
        ({"first": "2025-13"}, "'2025-13' is not a date"),
        ({"first": "2025-06", "last": "2025-05"}, "2025-05 is before 2025-06"),
        ({"first": "1950-01"}, "is over 600 months"),
        ({"by": "party"}, "'party' is no cut of the gauge"),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(ledger, asked, said):
    with pytest.raises(BadInputError, match=said):
        tide(ledger, "CN", **asked)


def test_a_country_nobody_knows_is_not_found(ledger):
    with pytest.raises(NotFoundError, match="Atlantis"):
        tide(ledger, "Atlantis")


# --- the basket

HEAD = "common: {activity: export}\nclasses: {chips: Chips}\ntransactions:\n"
GOOD = "- {id: a, class: chips, instrument: chip_export, from: US, why: because, facts: {item: h20, end_user_us_listed: false, end_user: x}}\n"


def basket_file(tmp_path, text):
    path = tmp_path / "basket.yaml"
    path.write_text(text)
    return path


def test_a_basket_of_ones_own_is_asked(ledger, tmp_path):
    own = basket_file(tmp_path, HEAD + GOOD)
    gauge = tide(ledger, "China", "2025-03", "2025-05", basket=own)

    assert [p.high for p in gauge.line()] == [0.0, 1.0, 1.0]
    assert gauge.about()["basket"] == "basket.yaml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + GOOD + GOOD, "the id 'a' stands twice"),
        (HEAD + GOOD.replace("class: chips", "class: ships"), "a: class: 'ships' is none of chips"),
        (HEAD + GOOD.replace("why: because, ", ""), "missing required field `why`"),
        (HEAD + GOOD.replace("why:", "wy: x, why:"), "unknown field `wy`"),
        (HEAD + GOOD.replace("from: US", "from: XX"), "'XX' is no country of the catalog"),
        (HEAD + GOOD.replace("item: h20", "item: h21x"), "item 'h21x' is not in the catalog"),
        (HEAD + GOOD.replace("item: h20", "itm: h20"), r"itm: \[unknown-column\]"),
        (HEAD + GOOD.replace("item: h20", "destination: CN"), "destination is set by the gauge"),
        (HEAD + GOOD.replace("end_user_us_listed: false", "end_user_us_listed: maybe"), r"\[wrong-type\]"),
        (HEAD + GOOD.replace("chip_export", "chips"), "Invalid enum value 'chips'"),
        (HEAD + GOOD.replace("}}", "}, changes: [{on: 2025-02-30, facts: {}}]}"), "Invalid RFC3339|Invalid"),
        (
            HEAD + GOOD.replace("}}", "}, changes: [{on: 2025-02-02, facts: {}}, {on: 2024-02-02, facts: {}}]}"),
            "their days are not in order",
        ),
        ("common: {}\nclasses: {}\ntransactions: []\n", "length >= 1"),
        ("- 1\n", "Expected `object`"),
    ],
)  # fmt: skip
def test_a_basket_that_is_wrong_names_the_file_the_deal_and_the_field(tmp_path, text, said):
    path = basket_file(tmp_path, text)
    with pytest.raises(BadInputError, match=said) as caught:
        read_basket(path)
    assert str(path) in str(caught.value)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(HEAD + GOOD) - 1), st.text(max_size=12))
def test_a_broken_basket_raises_nothing_but_bad_input(tmp_path, place, noise):
    text = HEAD + GOOD
    path = tmp_path / "broken.yaml"
    path.write_bytes((text[:place] + noise + text[place + 1 :]).encode("utf-8", "surrogatepass"))
    try:
        basket = read_basket(path)
    except BadInputError as error:
        assert str(path) in str(error)
    else:
        assert basket.deals


def test_each_deal_of_the_shipped_basket_says_why_it_is_in_and_every_class_has_some():
    basket = read_basket()

    assert {deal.goods for deal in basket.deals} == set(basket.classes)
    assert {deal.exporter for deal in basket.deals} == {"US", "NL", "JP", "KR", "TW", "CN"}
    assert all(len(deal.why) > 10 for deal in basket.deals)
    assert not [deal.id for deal in basket.deals if deal.goes_to(deal.exporter)]


# --- the map


@pytest.fixture(scope="module")
def matrix(ledger):
    return control_map(ledger, "2025-10-31", ["CN", "US", "JP", "Russia"])


@pytest.mark.parametrize(
    ("government", "target", "goods", "how", "measure"),
    [
        ("US", "CN", "memory", "presumption_of_denial", "us-2024-12-02-hbm"),
        ("NL", "CN", "lithography", "not_stated", "nl-2023-09-01-duv"),
        ("JP", "CN", "metrology", "not_stated", "jp-2023-07-23-23-items"),
        ("CN", "CN", "chips", "discouraged", "cn-2025-07-31-h20-guidance"),
        ("CN", "US", "materials", "prohibited", "cn-2024-12-03-us-military-users"),
        ("CN", "JP", "materials", "not_stated", "cn-2025-04-04-seven-rare-earths"),
        ("US", "RU", "chips", "denial", "us-2022-02-24-russia-belarus"),
        ("CN", "US", "chips", None, None),
        ("US", "JP", "chips", None, None),
        ("KR", "CN", "etch_deposition", None, None),
    ],
)
def test_who_controls_what_toward_whom(matrix, government, target, goods, how, measure):
    cell = matrix.cell(government, target, goods)

    if how is None:
        assert cell is None
    else:
        assert cell.how == how
        assert measure in cell.measures
        assert 0 < cell.held <= cell.deals


def test_the_map_and_the_gauge_agree(ledger, matrix):
    for row in matrix.countries().rows[:2]:
        [point] = tide(ledger, row["target"], "2025-10", "2025-10").line()
        assert (row["low"], row["high"]) == pytest.approx((point.low, point.high), abs=1e-5)


def test_the_map_without_targets_has_every_country_once(ledger):
    found = control_map(ledger, "2026-11-21")
    codes = [row["target"] for row in found.countries()]

    assert len(codes) == len(set(codes)) == 250
    assert found.on.isoformat() == "2026-11-21"
    assert all(len(code) == 2 for code in codes)


def test_what_was_decided_once_is_kept_and_the_same(ledger, tmp_path, monkeypatch):
    """Kept in a file under a digest of law, basket and program: not asked of the engine again, and no other answer."""
    from tidegate import kept
    from tidegate.ledger import Ledger
    from tidegate.licensing import tightness

    kept._MEMORY.clear()
    with kept.keeping(tmp_path / "answers.sqlite"):
        first = tide(ledger, "CN", "2025-04", "2025-05")
        kept._MEMORY.clear()
        monkeypatch.setattr(tightness, "_decided", lambda *_: pytest.fail("decided again"))
        again = tide(
            Ledger(ledger.measures, ledger.read_to, ledger.scenario, ledger.starts),
            "CN",
            "2025-04",
            "2025-05",
        )

    assert again.to_json() == first.to_json()

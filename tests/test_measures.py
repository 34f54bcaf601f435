"""What the local reader takes from one sentence about a measure: who, which stage, what, against whom."""

import datetime as dt

import pytest

from tidegate.claims.claim import Claim
from tidegate.claims.documents import Document
from tidegate.claims.reading import read_claims

DAY = dt.date(2023, 7, 28)


def measures(text: str) -> list[Claim]:
    return [claim for claim in read_claims(Document("story", text), DAY).claims if claim.kind == "measure"]


def one(text: str) -> Claim:
    (claim,) = measures(text)
    return claim


@pytest.mark.parametrize(
    ("text", "actor", "stage", "instrument"),
    [
        ("Japan imposed export restrictions on 23 types of chipmaking equipment.", "JP", "in_force", "equipment_export"),
        ("The United States is weighing sanctions on several Chinese chip companies.", "US", "considering", "entity_listing"),
        ("Washington urged the Netherlands to stop ASML from servicing tools in China.", "US", "urged", "servicing"),
        ("The Dutch government plans to restrict exports of lithography machines.", "NL", "proposed", "equipment_export"),
        ("China suspended its ban on exports of gallium to the United States.", "CN", "suspended", "materials_export"),
        ("The Commerce Department lifted export restrictions on chip design software.", "US", "lifted", "software_export"),
        ("The White House eased curbs on sales of H20 chips to China.", "US", "eased", "chip_export"),
        ("Seoul rejected a US request to limit exports of memory chips to China.", "KR", "refused", "chip_export"),
        ("The Commerce Department unveiled export controls on high-bandwidth memory.", "US", "announced", "chip_export"),
        ("The US added SMIC to the Entity List.", "US", "in_force", "entity_listing"),
        ("China told its companies to stop buying Nvidia's H20 chips.", "CN", "in_force", "purchase_ban"),
        ("Washington prohibits US citizens from supporting chip production in China.", "US", "in_force", "us_persons"),
        ("China launched an antitrust probe into Nvidia.", "CN", "in_force", "investigation"),
        ("The Trump administration imposed a 25% tariff on semiconductors.", "US", "in_force", "tariff"),
        ("The Netherlands seized control of Nexperia.", "NL", "in_force", "investment"),
        ("Nvidia agreed to pay 15% of its China chip revenue to the U.S. government.", "US", "agreed", "revenue_share"),
        ("China has granted export licences to some magnet makers.", "CN", "eased", "materials_export"),
        ("The US barred Nvidia from selling A100 chips to China.", "US", "in_force", "chip_export"),
    ],
)  # fmt: skip
def test_a_sentence_tells_who_does_what_about_which_control(text, actor, stage, instrument):
    claim = one(text)

    assert (claim.actor, claim.stage, claim.instrument) == ((actor,), stage, instrument)


def test_what_may_come_is_considered_and_lies_ahead():
    claim = one("China may tighten export controls on rare earths.")

    assert (claim.stage, claim.future) == ("considering", True)


def test_what_was_done_does_not_lie_ahead():
    assert not one("Beijing tightened export controls on rare earths.").future


def test_a_denied_act_is_no_claim():
    assert measures("The United States has not banned exports of EDA software to China.") == []


def test_a_ban_that_stands_only_under_an_if_is_no_ban():
    assert one("If Beijing bans exports of magnets, carmakers would suffer.").stage == "considering"


def test_goods_that_may_not_be_shipped_are_barred():
    claim = one("The United States said the chips are under review. EUV machines cannot be shipped to China.")

    assert (claim.stage, claim.items) == ("in_force", ("euv", "lithography"))


def test_what_a_control_is_for_is_no_second_control():
    text = "The US announced export controls on AI chips designed to keep supercomputers from China."

    assert [claim.stage for claim in measures(text)] == ["announced"]


def test_a_licence_revoked_is_one_act_however_it_is_described():
    claim = one("The Commerce Department revoked licences that let Intel sell chips to Huawei.")

    assert (claim.stage, claim.target, claim.affected) == ("in_force", ("huawei",), ("intel",))


def test_chips_and_the_tools_to_make_them_are_two_claims():
    text = "Washington imposed restrictions on AI chips and on lithography machines."

    assert {claim.instrument for claim in measures(text)} == {"chip_export", "equipment_export"}


def test_machines_to_make_chips_are_machines():
    assert one("Japan restricted exports of machines used to make chips.").instrument == "equipment_export"


def test_the_asked_party_is_the_counterparty_and_not_the_target():
    claim = one("Washington urged the Netherlands to stop ASML from servicing tools in China.")

    assert (claim.counterparty, claim.target, claim.affected) == (("NL",), ("CN",), ("asml",))


def test_what_a_state_hopes_of_its_allies_is_asked_of_them():
    text = "Officials in Washington are hoping allies will match the limits the US placed on Lam Research and KLA."

    assert [(claim.stage, claim.instrument) for claim in measures(text)] == [
        ("urged", "equipment_export"),
        ("in_force", "equipment_export"),
    ]


def test_a_product_stands_beside_its_class():
    assert one("The US eased curbs on sales of H20 chips to China.").items == ("ai_chips", "h20")


def test_the_curbs_are_those_the_story_spoke_of():
    text = "China imposed export controls on germanium last year. Beijing suspended the curbs on Thursday."

    assert measures(text)[-1].items == ("gallium_germanium",)
    assert measures(text)[-1].instrument == "materials_export"


def test_a_weekday_is_the_last_before_the_story():
    assert one("Japan imposed export restrictions on chip equipment on Thursday.").date == "2023-07-27"


def test_without_the_storys_day_a_weekday_stays_open():
    text = "Japan imposed export restrictions on chip equipment on Thursday."
    (claim,) = read_claims(Document("story", text)).claims

    assert claim.date is None


def test_a_repeat_that_adds_nothing_is_told_once():
    text = "The US banned exports of AI chips to China. The US has banned exports of AI chips to China."

    assert len(measures(text)) == 1


def test_lines_cut_inside_a_sentence_change_nothing():
    whole = "The Commerce Department lifted export restrictions on chip design software to China."
    cut = whole.replace(" restrictions", "\nrestrictions").replace(" software", "\nsoftware")

    assert one(cut).to_dict() == one(whole).to_dict() | {"sentence": cut}


def test_a_refusal_without_an_object_refuses_what_was_asked():
    text = "Washington pressed The Hague to stop ASML from servicing tools in China. The Dutch government has resisted."
    claim = measures(text)[-1]

    assert (claim.actor, claim.stage, claim.instrument) == (("NL",), "refused", "servicing")
    assert claim.counterparty == ("US",)


def test_who_is_urged_to_do_the_same_is_urged_to_what_was_told_before():
    text = "Japan restricted exports of chip equipment to China. Washington is urging Seoul to do the same."
    claim = measures(text)[-1]

    assert (claim.actor, claim.stage, claim.counterparty) == (("US",), "urged", ("KR",))
    assert claim.instrument == "equipment_export"


def test_the_goods_of_a_ban_may_be_named_before_it():
    claim = one("Shipments of germanium have dropped to zero since Beijing banned them last December.")

    assert (claim.actor, claim.items, claim.date) == (("CN",), ("gallium_germanium",), "2022-12")


def test_a_presumption_of_denial_is_a_bar_and_one_of_approval_is_not():
    assert one("BIS will review exports of chips to China under a presumption of denial.").stage == "in_force"
    assert one("BIS will review exports of chips to Japan under a presumption of approval.").stage == "eased"


def test_a_tariff_that_a_measure_answers_is_not_what_it_is():
    claim = one("China imposed export controls on tungsten in response to U.S. tariffs.")

    assert (claim.actor, claim.instrument) == (("CN",), "materials_export")


def test_what_would_have_come_was_published_and_never_came():
    claim = one(
        "The AI diffusion rule, which would have capped sales of AI chips to Malaysia, divided the industry."
    )

    assert (claim.stage, claim.future) == ("announced", False)

"""Status by question, differences, what is coming, timeline."""

import pytest

from tidegate.errors import BadInputError
from tidegate.ledger.bargains import rounds_between
from tidegate.ledger.changes import coming, diff, timeline
from tidegate.ledger.dossier import dossier, group_dossier
from tidegate.ledger.query import Question, filter_regime


def ids(rows):
    return {row["id"] for row in rows}


def asked(ledger, on, **question):
    return ids(filter_regime(ledger.on(on), Question.of(**question)).table())


def test_status_by_government_and_target(ledger):
    found = asked(ledger, "2025-06-15", by="US", target="CN")

    assert "us-2025-05-23-eda-letters" in found
    assert all(name.startswith("us-") for name in found)
    assert "us-2026-02-04-cambodia-leaves-d5" not in asked(
        ledger, "2026-06-01", by="Washington", target="Beijing"
    )


def test_target_reaches_through_groups_of_the_day(ledger):
    assert "us-2024-12-02-hbm" in asked(ledger, "2025-06-01", target="KH")
    assert "us-2024-12-02-hbm" not in asked(ledger, "2026-06-01", target="KH")


def test_status_by_instrument_stage_party_and_item(ledger):
    servicing = asked(ledger, "2025-03-01", instrument="servicing")
    assert {"jp-servicing-talks", "nl-2024-handshake-servicing"} <= servicing

    both = asked(ledger, "2025-03-01", by="US,the Dutch", instrument="servicing")
    assert {name[:3] for name in both} == {"us-", "nl-"}

    binding = filter_regime(ledger.on("2025-03-01"), Question.of(stage="binding"))
    assert {standing.stage.value for standing in binding} == {"in_force", "eased"}

    assert "us-2022-10-07-advanced-computing" in asked(ledger, "2023-01-01", item="A100")
    assert "cn-2023-08-01-gallium-germanium" not in asked(ledger, "2024-01-01", item="A100")
    assert "us-2019-05-16-huawei-entity-listing" in asked(ledger, "2024-01-01", party="HiSilicon")


def test_a_word_that_is_no_stage_is_refused_with_the_stages():
    with pytest.raises(BadInputError, match="Known: considering"):
        Question.of(stage="enforced")


def test_diff_shows_the_october_2022_package(ledger):
    table = diff(ledger, "2022-10-06", "2022-10-22")
    rows = {row["id"]: row for row in table}

    package = {measure.id for measure in ledger if measure.id.startswith("us-2022-10-07-")}
    assert package <= set(rows)
    assert rows["us-2022-10-07-advanced-computing"]["before"] is None
    assert rows["us-2022-10-07-advanced-computing"]["after"] == "in_force"
    assert rows["us-2022-08-26-nvidia-a100-h100-letter"]["after"] == "lifted"
    assert "jp-2023-07-23-23-items" not in rows


def test_diff_of_a_day_with_itself_is_empty_and_of_days_turned_round_refused(ledger):
    assert len(diff(ledger, "2025-06-15", "2025-06-15")) == 0
    with pytest.raises(BadInputError, match="before"):
        diff(ledger, "2025-06-15", "2025-06-14")


def test_diff_names_the_limbs_that_moved(ledger):
    rows = {row["id"]: row for row in diff(ledger, "2025-10-10", "2025-11-08")}

    assert "content: announced > suspended" in rows["cn-2025-10-09-ann-61"]["limbs"]


def test_coming_shows_lapses_schedules_and_rumours(ledger):
    table = coming(ledger, "2026-11-21", days=60)
    rows = {(row["id"], row["what"]): row for row in table}

    lapse = rows["cn-2024-12-03-us-ga-ge-sb", "change"]
    assert (lapse["on"], lapse["days"], lapse["next_stage"]) == ("2026-11-27", 6, "unknown")
    assert rows["us-2025-12-30-annual-fab-licences", "change"]["next_stage"] == "lifted"
    assert rows["us-2025-01-15-foundry-due-diligence", "date"]["on"] == "2026-12-31"
    assert ("us-2026-04-match-act", "rumour") in rows
    assert all(row["days"] is None or 0 < row["days"] <= 60 for row in table)


def test_coming_looks_back_without_seeing_the_future(ledger):
    rows = {row["id"]: row for row in coming(ledger, "2023-07-15", days=90) if row["what"] == "change"}

    assert rows["nl-2023-09-01-duv"]["on"] == "2023-09-01"
    assert rows["cn-2023-08-01-gallium-germanium"]["on"] == "2023-08-01"
    assert "us-2023-10-17-advanced-computing" not in rows
    with_hindsight = coming(ledger, "2023-07-15", days=120, known_by="2026-11-21")
    assert "us-2023-10-17-advanced-computing" in ids(with_hindsight)


def test_coming_shows_the_diffusion_rule_before_it_was_dropped(ledger):
    rows = {row["id"]: row for row in coming(ledger, "2025-03-01", days=90) if row["what"] == "change"}

    assert rows["us-2025-01-13-ai-diffusion-chips"]["on"] == "2025-05-15"
    assert rows["us-2025-01-13-ai-diffusion-chips"]["next_stage"] == "in_force"


def test_timeline_is_in_order_and_within_its_days(ledger):
    table = timeline(ledger, "2025-05-01", "2025-07-31", Question.of(item="eda_software"))

    days = [row["on"] for row in table]
    assert days == sorted(days)
    assert {"us-2025-05-23-eda-letters", "us-2025-06-10-london-framework"} <= ids(table)
    early = timeline(ledger, "2025-05-01", "2025-07-31", known_by="2025-05-25")
    assert "us-2025-05-23-eda-letters" not in ids(early)


def test_a_dossier_shows_who_answers_whom(ledger):
    record = dossier(ledger, "cn-2025-10-09-ann-61", "2026-11-21")

    assert {"relation": "suspends", "id": "cn-2025-11-07-ann-70"} in record["pointed_at_by"]
    assert record["standing"]["condition"] == "extension announced, text lapsed, not confirmed"
    early = dossier(ledger, "cn-2025-10-09-ann-61", "2026-01-01", known_by="2025-10-20")
    assert all(entry["on"] <= "2025-10-20" for entry in early["measure"]["history"])


def test_a_dossier_leaves_out_plans_and_limbs_that_were_not_public_yet(ledger):
    def plans(measure, known_by):
        record = dossier(ledger, measure, known_by, known_by)["measure"]
        return [plan["on"] for plan in record.get("scheduled", [])]

    assert plans("us-2025-01-15-foundry-due-diligence", "2026-04-08") == []
    assert plans("us-2025-01-15-foundry-due-diligence", "2026-04-09") == ["2026-12-31"]

    def limbs(known_by):
        record = dossier(ledger, "cn-2025-10-09-ann-61", "2025-12-01", known_by)["measure"]
        return [(limb.get("history", []), limb.get("scheduled", [])) for limb in record["limbs"]]

    assert limbs("2025-10-08") == [([], [])] * 3
    assert any(history for history, _ in limbs("2025-10-09"))
    assert any(plans for _, plans in limbs("2025-10-09"))


def test_the_tiers_exist_on_paper_only(ledger):
    record = group_dossier(ledger, "tier1", "2026-01-01")

    assert record["defined_by"] == {
        "id": "us-2025-01-13-ai-diffusion-chips", "stage": "lifted", "printed": "in_force",
    }  # fmt: skip


def test_rounds_by_days_and_government():
    table = rounds_between("2025-06-01", "2025-06-30", by="Beijing")

    assert any("2025-06-09" in row["on"] for row in table)
    assert all("CN" in row["parties"] for row in table)
    assert all(row["sources"] for row in table)
    assert table.to_polars().height == len(table)


def test_a_regime_gives_itself_in_every_form(ledger):
    regime = ledger.on("2025-06-15")

    assert regime.to_arrow().equals(regime.table().to_arrow())
    assert regime.to_polars().height == len(regime.to_pandas()) == len(regime)
    assert regime.to_csv() == regime.table().to_csv()
    assert regime.to_json() == regime.table().to_json()
    assert "<table>" in regime._repr_html_()


def test_a_table_becomes_arrow_polars_and_pandas(ledger):
    table = ledger.on("2025-06-15").table()

    arrow, frame, pandas = table.to_arrow(), table.to_polars(), table.to_pandas()

    assert arrow.num_rows == frame.height == len(pandas) == len(table)
    assert arrow.column_names == list(table.columns)
    assert frame["items"].to_list()[0] == list(table.rows[0]["items"])
    assert table.to_csv().count("\n") >= len(table) + 1
    assert "<table>" in table._repr_html_()

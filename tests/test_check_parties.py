"""Lists and owners in a determination: the columns they fill, what they leave open and why, in one, cases and tables."""

import csv
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.ledger import load_ledger
from tidegate.licensing.check import check
from tidegate.licensing.parties import FLAGS, Parties
from tidegate.licensing.party_table import COLUMNS, OPEN, filled_table
from tidegate.screening.answer import Cleared
from tidegate.screening.finding import ExactFinder, NearFinder, SettledFinder
from tidegate.screening.ownership import Owners
from tidegate.screening.shipped import shipped_list
from tidegate.sources.listing import Entry, PartyList
from tidegate.sources.owner_files import read_owners

DAY = dt.date(2026, 8, 1)
AS_OF = dt.date(2026, 7, 31)
NOBODY = [Entry(f"{code}-0", code, "somebody", f"Nobody of {code}", 9) for code in
          ("EL", "MEU", "SDN", "CN-ECL", "CN-AL", "CN-UEL", "JP-EUL", "TW-SHTC")]  # fmt: skip


def lists(*entries, as_of=AS_OF):
    return [PartyList("made", "made", (*entries, *NOBODY), "0" * 64, as_of)]


def entry(name, code, own="e-1", **more):
    return Entry(own, code, "somebody", name, 1, **more)


def fill(name, *entries, on=DAY, owners=None, finder=NearFinder, given=(), as_of=AS_OF):
    return Parties(finder(lists(*entries, as_of=as_of)), owners).fill({"end_user": name, **dict(given)}, on)


@pytest.fixture
def owners(tmp_path):
    path = tmp_path / "owners.csv"
    path.write_text(
        "owner,owned,share,from,to,source,owner_kind\n"
        "Lilliput Photonics Co. Ltd.,Mildendo Holdings,50%,2021-01-01,,annual report,\n"
        "Gulliver Smith,Mildendo Holdings,50%,2021-01-01,,annual report,person\n"
        "Mildendo Holdings,Blefuscu Lasers,60%,2022-01-01,,register,\n"
        "Gulliver Smith,Blefuscu Lasers,40%,2022-01-01,,register,person\n"
        "Gulliver Smith,Clean Optics,70%,2022-01-01,,register,person\n"
        "Lilliput Photonics Co. Ltd.,Murky Optics,30%,2022-01-01,,register,\n",
        "utf-8",
    )
    return path


LISTED = entry("Lilliput Photonics Co., Ltd.", "EL", starts=dt.date(2024, 12, 2), footnotes=("5",))


def test_a_listed_end_user_brings_flag_and_footnote_with_their_source():
    filled = fill("Lilliput Photonics Co Ltd", LISTED)

    assert filled.facts["end_user_us_listed"] is True
    assert filled.facts["end_user_us_footnote"] == 5.0
    assert filled.origins["end_user_us_listed"] == (
        "on EL since 2024-12-02: Lilliput Photonics Co., Ltd. (e-1, made of 2026-07-31)"
    )


@pytest.mark.parametrize(("on", "listed"), [("2024-12-01", None), ("2024-12-02", True)])
def test_a_listing_counts_from_its_day(on, listed):
    filled = fill("Lilliput Photonics Co Ltd", LISTED, on=dt.date.fromisoformat(on))

    assert filled.facts.get("end_user_us_listed") is listed


def test_a_party_near_no_entry_is_on_no_list():
    filled = fill("Quite Another Firm GmbH", LISTED)

    assert {column: filled.facts[column] for column in FLAGS} == dict.fromkeys(FLAGS, False)


def test_who_is_merely_near_stays_open():
    filled = fill("Liliput Photonics Company", LISTED)

    assert "end_user_us_listed" not in filled.facts
    assert "settle the hit" in filled.open["end_user_us_listed"]


def test_a_list_that_is_not_given_leaves_its_column_open():
    parties = Parties(NearFinder([PartyList("one", "made", (LISTED,), "", AS_OF), shipped_list()]))

    filled = parties.fill({"end_user": "Quite Another Firm GmbH"}, DAY)

    assert filled.facts == {"end_user_us_listed": False}
    assert filled.open["end_user_cn_listed"] == "no list that is given is a whole copy of CN-ECL"


def test_exact_names_alone_prove_no_absence():
    filled = fill("Quite Another Firm GmbH", LISTED, finder=ExactFinder)

    assert filled.facts == {}
    assert "exactly this name" in filled.open["end_user_us_listed"]


def test_of_days_before_the_list_absence_is_not_told():
    filled = fill("Quite Another Firm GmbH", LISTED, on=dt.date(2020, 1, 1))

    assert "who had left the list by then is not told" in filled.open["end_user_us_listed"]


def test_a_listing_without_a_day_is_open_before_the_day_of_the_list():
    undated = entry("Lilliput Photonics Co., Ltd.", "EL")

    assert fill("Lilliput Photonics", undated, on=AS_OF).facts.get("end_user_us_listed") in (True, None)
    assert fill("Lilliput Photonics Co Ltd", undated, on=AS_OF).facts["end_user_us_listed"] is True
    filled = fill("Lilliput Photonics Co Ltd", undated, on=dt.date(2020, 1, 1))
    assert "does not tell since when" in filled.open["end_user_us_listed"]


def test_what_the_user_gives_stands():
    filled = fill("Lilliput Photonics Co Ltd", LISTED, given={"end_user_us_listed": False}.items())

    assert "end_user_us_listed" not in filled.facts


def test_a_party_of_the_catalog_is_found_by_any_of_its_names():
    filled = Parties(NearFinder([shipped_list()])).fill({"end_user": "中芯国际"}, DAY)

    assert filled.facts["end_user_us_listed"] is True
    assert filled.facts["end_user_tw_listed"] is True


@pytest.mark.parametrize(
    ("name", "share"), [("Blefuscu Lasers", 0.6), ("Mildendo Holdings", 0.5), ("Clean Optics", 0.3), ("Murky Optics", None)]
)  # fmt: skip
def test_owners_bring_the_share_of_listed_parties(name, share, owners):
    filled = fill(name, LISTED, owners=Owners.of(read_owners(owners)))

    assert filled.facts.get("us_listed_owner_share") == share
    if share is None:
        assert (
            "70 percent of Murky Optics's shares have no known owner" in filled.open["us_listed_owner_share"]
        )


def test_without_owners_nothing_is_said_of_shares():
    filled = fill("Blefuscu Lasers", LISTED)

    assert "us_listed_owner_share" not in {*filled.facts, *filled.open}


def settled(verdict, *, changed=False):
    moment = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)

    def said(name, entry):
        return Cleared(verdict, "Ann Lee", moment, "another firm", changed) if entry.id == "e-1" else None

    return lambda lists_: SettledFinder(NearFinder(lists_), said)


@pytest.mark.parametrize(("verdict", "listed"), [("cleared", False), ("confirmed", True)])
def test_a_hit_that_a_person_settled_is_settled(verdict, listed):
    filled = fill("Liliput Photonics Company", LISTED, finder=settled(verdict))

    assert filled.facts["end_user_us_listed"] is listed


def test_what_was_settled_of_an_entry_as_it_was_is_open_again():
    filled = fill("Liliput Photonics Company", LISTED, finder=settled("cleared", changed=True))

    assert "settle the hit" in filled.open["end_user_us_listed"]


ASK = {"item": "h20", "destination": "CN", "exporter_country": "US", "end_user": "Blefuscu Lasers"}


@pytest.mark.parametrize(
    ("on", "binds"), [("2025-09-28", False), ("2025-10-15", True), ("2026-01-15", False)]
)
def test_a_half_owned_buyer_meets_the_affiliates_rule_while_it_binds(on, binds, owners):
    parties = Parties(NearFinder(lists(LISTED)), Owners.of(read_owners(owners)))

    checked = check(ASK, load_ledger(), on, parties=parties, with_nearest=False)

    assert ("us-2025-09-29-affiliates-rule" in checked.decision["US"].measures) is binds
    assert checked.to_dict()["parties"]["ownership"][0]["verdict"] == "owned"


def test_an_answer_without_lists_is_as_it_was():
    assert "parties" not in check(ASK, load_ledger(), "2025-10-15", with_nearest=False).to_dict()


def test_a_table_gets_the_columns_row_by_row(owners, tmp_path):
    import duckdb

    parties = Parties(NearFinder(lists(LISTED)), Owners.of(read_owners(owners)))
    rows = [("2021-06-01", "Blefuscu Lasers", ""), ("2025-10-15", "Blefuscu Lasers", ""), ("2026-08-01", "Clean Optics", ""),
            ("2026-08-01", "Lilliput Photonics Co Ltd", "false"), ("", "Clean Optics", ""), ("2026-08-01", "", "")]  # fmt: skip
    path = tmp_path / "deals.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("date", "end_user", "end_user_us_listed"), *rows])

    with filled_table(path, parties) as filled:
        found = duckdb.sql(f"SELECT * FROM '{filled}'").fetchall()
        names = [column[0] for column in duckdb.sql(f"DESCRIBE SELECT * FROM '{filled}'").fetchall()]
    assert not filled.exists()

    assert set(names) == {"date", *COLUMNS, OPEN, "end_user"}
    table = [dict(zip(names, row, strict=True)) for row in found]
    assert [row["us_listed_owner_share"] for row in table] == [None, "0.6", "0.3", None, None, None]
    assert [row["end_user_us_listed"] for row in table] == [None, None, "false", "false", None, None]
    for row, (day, name, given) in zip(table, rows, strict=True):
        if day and name:
            one = parties.fill(
                {"end_user": name, "end_user_us_listed": given or None}, dt.date.fromisoformat(day)
            )
            for column in COLUMNS:
                value = one.facts.get(column)
                text = (
                    None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
                )
                assert row[column] == (given or text if column == "end_user_us_listed" else text)


class TestCommand:
    def run(self, *words):
        return subprocess.run(
            [sys.executable, "-m", "tidegate", "check", *words], capture_output=True, text=True, check=False
        )

    def test_one_shipment(self, owners):
        done = self.run("--item", "h20", "--from", "US", "--to", "CN", "--end-user", "Blefuscu Lasers", "--on", "2025-10-15",
                        "--owners", str(owners), "--list", str(Path(__file__).parent / "data/lists/csl.csv"), "--json",
                        "--no-nearest")  # fmt: skip

        found = json.loads(done.stdout)["parties"]
        assert done.returncode == 1
        assert found["facts"]["us_listed_owner_share"] == 0.6
        assert found["ownership"][0]["steps"][0]["owner"] == "Mildendo Holdings"

    def test_a_table(self, owners, tmp_path):
        deals, out = tmp_path / "deals.csv", tmp_path / "out.csv"
        deals.write_text(
            "date,item,end_user,exporter_country,destination,activity\n"
            "2025-10-15,h20,Blefuscu Lasers,US,CN,export\n2026-01-15,h20,Blefuscu Lasers,US,CN,export\n", "utf-8"
        )  # fmt: skip

        done = self.run(str(deals), "--out", str(out), "--owners", str(owners), "--list",
                        str(Path(__file__).parent / "data/lists/csl.csv"))  # fmt: skip

        assert done.returncode == 0, done.stderr
        with out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert ["us-2025-09-29-affiliates-rule" in row["us_measures"] for row in rows] == [True, False]
        assert all(row["us_listed_owner_share"] == "0.6" for row in rows)
        assert all("end_user_jp_listed: no list" in row[OPEN] for row in rows)

    def test_cases(self, owners, tmp_path):
        path = tmp_path / "cases.yaml"
        path.write_text(
            "- id: a\n  date: 2025-10-15\n  activity: export\n  exporter_country: US\n  destination: CN\n"
            "  item: {id: h20}\n  end_user: {name: Blefuscu Lasers}\n", "utf-8"
        )  # fmt: skip

        done = self.run("--cases", str(path), "--format", "json", "--owners", str(owners), "--list",
                        str(Path(__file__).parent / "data/lists/csl.csv"))  # fmt: skip

        assert "us-2025-09-29-affiliates-rule" in json.loads(done.stdout)[0]["decisions"]["US"]["measures"]

    def test_a_hit_cleared_by_screening_is_no_hit_for_check(self, tmp_path):
        made = str(Path(__file__).parent / "data/lists/csl.csv")
        store = str(tmp_path / "s.db")
        name, day = "Liliput Photonics Company", ("--on", "2026-11-21")
        ask = ("--item", "h20", "--from", "US", "--to", "CN", "--end-user", name, *day, "--list", made, "--store", store,
               "--json", "--no-nearest")  # fmt: skip
        clear = [sys.executable, "-m", "tidegate", "screen", name, *day, "--list", made, "--store", store, "--clear", "a1",
                 "--by", "Ann Lee", "--why", "another address"]  # fmt: skip
        subprocess.run(clear, capture_output=True, check=False)

        found = json.loads(self.run(*ask).stdout)["parties"]

        assert found["facts"]["end_user_us_listed"] is False

    def test_a_list_that_was_not_pulled(self):
        done = self.run("--item", "h20", "--to", "CN", "--list", "us-csl")

        assert done.returncode == 1
        assert "tidegate pull us-csl" in done.stderr

"""Search in a store: every condition, copies as one row, what is left out is said; on both databases."""

import dataclasses
import itertools
import json

import pytest

from readings import AT, RECORDS, reading
from tidegate.claims.search import COLUMNS, search_claims
from tidegate.claims.store import Decision, Store
from tidegate.claims.store.export import write_claims
from tidegate.errors import BadInputError, MissingExtraError

KOREA = (
    "Korea holds back\nSamsung said it had stockpiled HBM before the rules; Ümlaut Corp 100% agreed_to it."
)
KOREA_RECORD = {"kind": "response", "actor": ["samsung"], "stage": "stockpiled", "items": ["hbm"], "date": "2024-11",
                "source": ["samsung"], "certainty": "official",
                "sentence": "Samsung said it had stockpiled HBM before the rules; Ümlaut Corp 100% agreed_to it."}  # fmt: skip


@pytest.fixture
def store(address):
    with Store.open(address) as store:
        store.put(reading(), version="1", at=AT)
        store.put(
            reading("korea.txt", KOREA, [KOREA_RECORD], published=None, outlet=None), version="1", at=AT
        )
        store.group_copies()
        yield store


def found(store, **asked):
    return [row["stage"] or row["metric"] for row in search_claims(store, **asked)]


def test_without_a_condition_all_claims_are_found_the_newest_story_first(store):
    table = search_claims(store)

    assert [row["kind"] for row in table] == ["measure", "figure", "measure", "response"]
    assert table.columns == COLUMNS
    assert all(set(row) == set(COLUMNS) for row in table)
    first = table.rows[0]
    assert {name: first[name] for name in RECORDS[0]} == RECORDS[0]
    assert first["outlets"] == ["The Post"]
    assert first["documents"] == ["dutch.txt"]
    assert first["published"] == "2025-02-25"
    assert table.rows[1]["value"] == -12


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"about": "the Dutch"}, ["considering"]),
        ({"about": "China"}, ["considering", "revenue"]),
        ({"about": "ASML"}, ["considering"]),
        ({"about": "Nvidia"}, ["revenue"]),
        ({"about": "HBM"}, ["stockpiled"]),
        ({"about": "servicing"}, ["considering", "refused"]),
        ({"by": "Tokyo"}, ["refused"]),
        ({"by": "Samsung"}, ["stockpiled"]),
        ({"source": "unnamed"}, ["considering"]),
        ({"source": "Samsung"}, ["stockpiled"]),
        ({"kind": "measure"}, ["considering", "refused"]),
        ({"kind": "figure,response"}, ["revenue", "stockpiled"]),
        ({"stage": "refused"}, ["refused"]),
        ({"stage": "refused, stockpiled"}, ["refused", "stockpiled"]),
        ({"instrument": "servicing", "by": "NL"}, ["considering"]),
        ({"certainty": "official"}, ["stockpiled"]),
        ({"text": "REVENUE fell"}, ["revenue"]),
        ({"text": "ümlaut corp"}, ["stockpiled"]),
        ({"text": "100%"}, ["stockpiled"]),
        ({"text": "0%0"}, []),
        ({"text": "agreed_to"}, ["stockpiled"]),
        ({"text": "agreed-to"}, []),
        ({"reader": "local"}, ["considering", "revenue", "refused", "stockpiled"]),
        ({"reader": "gpt"}, []),
        ({"since": "2025-02-25", "until": "2025-02-25"}, ["considering", "revenue", "refused"]),
        ({"since": "2025-02-26"}, []),
        ({"until": "2025-02-24"}, ["stockpiled"]),
        ({"until": "2024-10"}, []),
        ({"since": "2024-11-30", "until": "2025-02"}, ["considering", "revenue", "refused", "stockpiled"]),
        ({"limit": 2}, ["considering", "revenue"]),
    ],
)  # fmt: skip
def test_a_condition_finds(store, asked, expected):
    assert found(store, **asked) == expected


def test_a_name_the_catalog_does_not_know_is_looked_for_in_the_words_and_that_is_said(store):
    table = search_claims(store, about="people familiar")

    assert [row["stage"] for row in table] == ["considering"]
    assert table.about["notes"] == [
        "'people familiar' is no name of the catalog: it is looked for in the words of the claims."
    ]


def test_claims_that_a_span_of_days_cannot_place_are_counted(address):
    with Store.open(address) as store:
        store.put(reading(published=None), version="1", at=AT)
        table = search_claims(store, since="2025-01-01")

    # The refusal has a day of its own, the two others have none.
    assert [row["stage"] for row in table] == ["refused"]
    assert table.about["undated"] == 2
    assert "2 more have no day" in table.about["notes"][0]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"stage": "imposed"}, "stage 'imposed' is not known. Known: considering, urged"),
        ({"kind": "rumour"}, "Known: measure, response, evasion, figure"),
        ({"instrument": "fax"}, "instrument 'fax' is not known. Known: chip_export"),
        ({"certainty": ","}, "Known: official, stated"),
        ({"since": "last week"}, "'last week' is not a date"),
        ({"since": "2025-03", "until": "2025-02"}, "lies after"),
        ({"text": "  "}, "words to look for are empty"),
        ({"limit": 0}, "Give 1 or more"),
    ],
)
def test_a_condition_that_is_none_says_what_may_be_given(tmp_path, asked, message):
    with Store.open(tmp_path / "a.db") as store, pytest.raises(BadInputError) as caught:
        search_claims(store, **asked)

    assert message in str(caught.value)


WIRE = "\n".join(
    [
        "Washington, Feb 25 - The Dutch government is considering limits on servicing ASML tools in China, people familiar said.",
        "The talks with allies began under the last administration and went on through the winter in The Hague.",
        "Officials of three countries met at a hotel by the sea and spoke of engineers, spare parts and software keys.",
        "Nvidia's revenue in China fell 12 percent.",
        "An industry group said its members would lose customers they had served for twenty years and more.",
        "Japan refused to follow.",
        "A spokesman of the ministry of economic affairs in The Hague said that it does not comment on talks.",
        "Shares of the company fell in early trade in Amsterdam before they regained what they had lost.",
    ]
)
WIRE_RECORDS = ({**RECORDS[0], "sentence": WIRE.splitlines()[0].split(" - ")[1]}, *RECORDS[1:])


def copies():
    """One story as the agency sent it and as two papers printed it, one with a date resolved otherwise."""
    dated = ({**WIRE_RECORDS[2], "date": "2025-02-25"},)
    return (
        reading("wire.txt", WIRE, WIRE_RECORDS, "2025-02-25", "The Wire"),
        reading(
            "post.txt", WIRE + "\nReporting by the wire.", WIRE_RECORDS[:2] + dated, "2025-02-26", "The Post"
        ),
        reading(
            "times.txt",
            WIRE.replace("in early trade", "in trade"),
            WIRE_RECORDS[:2],
            "2025-02-27",
            "The Times",
        ),
    )


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_copies_of_a_story_are_one_row_with_every_outlet_whatever_their_order(address, order):
    with Store.open(address) as store:
        for place in order:
            store.put(copies()[place], version="1", at=AT)
            store.group_copies()
        table = search_claims(store)
        late = search_claims(store, since="2025-02-27")

    assert [sorted(row["outlets"]) for row in table if row["stage"] == "considering"] == [
        ["The Post", "The Times", "The Wire"]
    ]
    assert len(table) == 3
    assert [row["stage"] or row["metric"] for row in late] == ["considering", "revenue"]
    (refused,) = [row for row in table if row["stage"] == "refused"]
    assert sorted(refused["outlets"]) == ["The Post", "The Wire"]
    # The lead is the earliest, and speaks for the copies.
    assert refused["date"] == "2025-02"


def test_documents_that_come_in_while_copies_are_compared_are_compared_too(address, monkeypatch):
    from tidegate.claims.store import linking

    one, two, three = copies()
    coming = [two, three]
    compare = linking.group_copies
    with Store.open(address) as store, Store.open(address) as other:
        store.put(one, version="1", at=AT)

        def interrupted(documents):
            if coming:
                other.put(coming.pop(), version="1", at=AT)
            return compare(documents)

        monkeypatch.setattr(linking, "group_copies", interrupted)
        store.group_copies()

        assert len(search_claims(store)) == 3


def test_a_copy_read_anew_stays_linked(address):
    one, two, three = copies()
    with Store.open(address) as store:
        for item in (one, two, three):
            store.put(item, version="1", at=AT)
        store.group_copies()
        before = search_claims(store).rows
        for item in (two, one, three):
            assert store.put(item, version="2", at=AT).outcome == "replaced"

        assert sorted(map(str, search_claims(store).rows)) == sorted(map(str, before))


def test_the_same_words_in_two_papers_are_one_document_met_twice(address):
    paper = reading("b.txt", outlet="The Times")
    with Store.open(address) as store:
        store.put(reading(), version="1", at=AT)
        assert store.is_read(paper.document, "local", "1", None)
        rows = search_claims(store).rows

    assert rows[0]["outlets"] == ["The Post", "The Times"]
    assert rows[0]["documents"] == ["dutch.txt", "b.txt"]


def test_what_two_readers_read_alike_is_one_row(address):
    with Store.open(address) as store:
        store.put(reading(), version="1", at=AT)
        store.put(reading(records=RECORDS[:1], reader="gpt"), version="1", at=AT)
        rows = search_claims(store).rows

    assert [row["readers"] for row in rows] == [["gpt", "local"], ["local"], ["local"]]


def test_two_claims_of_one_sentence_are_not_taken_for_one(address):
    both = ({**RECORDS[0]}, {**RECORDS[0], "actor": ["US"]})
    with Store.open(address) as store:
        store.put(reading(records=both), version="1", at=AT)
        store.group_copies()

        assert [row["actor"] for row in search_claims(store)] == [["NL"], ["US"]]


def test_a_row_shows_the_last_word_about_its_claim(store):
    id_ = search_claims(store, stage="refused").rows[0]["id"]
    for verdict in ("accept", "dismiss"):
        store.decide(Decision("claim", id_, verdict, "mb", AT))

    assert [row["verdict"] for row in search_claims(store)] == [None, None, "dismiss", None]


def test_each_form_of_file_holds_what_was_found(store, tmp_path):
    import pyarrow.parquet as pq

    table = search_claims(store)
    rows = json.loads(json.dumps(table.rows))
    for ending in ("jsonl", "json", "csv", "parquet"):
        write_claims(table, tmp_path / f"found.{ending}")

    assert [json.loads(line) for line in (tmp_path / "found.jsonl").read_text("utf-8").splitlines()] == rows
    assert json.loads((tmp_path / "found.json").read_text("utf-8"))["claims"] == rows
    assert (tmp_path / "found.csv").read_text("utf-8") == table.to_csv()
    assert pq.read_table(tmp_path / "found.parquet").to_pylist() == rows
    assert len(list(tmp_path.glob("found.*"))) == 4


def test_a_number_beyond_what_a_double_holds_is_exact_in_text_and_near_in_parquet(tmp_path):
    import pyarrow.parquet as pq

    limit = {**RECORDS[1], "metric": "performance_threshold", "value": 10**26}
    with Store.open(tmp_path / "a.db") as store:
        store.put(reading(records=(limit, {**limit, "value": 10**400})), version="1", at=AT)
        table = search_claims(store)
    for ending in ("jsonl", "parquet"):
        write_claims(table, tmp_path / f"found.{ending}")

    assert f'"value": {10**26},' in (tmp_path / "found.jsonl").read_text()
    assert pq.read_table(tmp_path / "found.parquet")["value"].to_pylist() == [1e26, float("inf")]


def test_a_parquet_file_has_the_same_columns_whatever_was_found(store, tmp_path):
    import pyarrow.parquet as pq

    write_claims(search_claims(store), tmp_path / "all.parquet")
    write_claims(search_claims(store, text="nothing says this"), tmp_path / "none.parquet")

    assert pq.read_schema(tmp_path / "all.parquet") == pq.read_schema(tmp_path / "none.parquet")


def test_a_file_is_written_whole_or_not_at_all(store, tmp_path, monkeypatch):
    table = search_claims(store)
    file = tmp_path / "found.jsonl"
    file.write_text("what was there")
    with pytest.raises(BadInputError, match="ending names no form"):
        write_claims(table, tmp_path / "found.xlsx")
    with pytest.raises(BadInputError, match="cannot be written"):
        write_claims(table, tmp_path / "nowhere" / "found.jsonl")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BadInputError, match="No space left"):
        write_claims(table, file)
    assert file.read_text() == "what was there"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_without_pyarrow_the_error_says_how_to_install_it(store, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'tidegate\[tables\]'"):
        write_claims(search_claims(store), tmp_path / "found.parquet")


def test_many_claims_are_found_in_one_search(address):
    lines = [f"The gate of port {number} closed." for number in range(1200)]
    record = {"kind": "evasion", "stage": "alleged", "certainty": "stated"}
    item = reading("long.txt", "\n".join(["Ports", *lines]), [{**record, "sentence": line} for line in lines])
    with Store.open(address) as store:
        store.put(item, version="1", at=AT)
        store.put(dataclasses.replace(item, reader="gpt"), version="1", at=AT)
        table = search_claims(store, about="port 7")

    assert len(table) == table.about["found"]
    assert {row["sentence"] for row in table} == {line for line in lines if "7" in line.casefold()}


def test_the_labelled_stories_come_out_of_a_store_as_they_went_in(address, shared):
    from pathlib import Path

    folder = Path(shared) / "claims" / "dev"
    if not folder.is_dir():
        pytest.skip("the labelled stories are not beside this checkout")
    items = []
    for path in sorted(folder.glob("*.json")):
        labels = json.loads(path.read_text("utf-8"))
        text = path.with_suffix(".txt").read_text("utf-8").strip("\n")
        day = labels["published"] if len(labels["published"] or "") == 10 else None
        items.append(reading(path.name, text, labels["claims"], day, labels["outlet"]))
    with Store.open(address) as store:
        for item in items:
            store.put(item, version="1", at=AT)
        store.group_copies()

        assert list(store.readings()) == items
        assert len(search_claims(store)) == sum(len(item.claims) for item in items)

"""The repacked Consolidated Screening List: what is read, and what is refused with the place and the mend."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parties_made import csl_file
from tidegate.dates import parse_day
from tidegate.errors import BadInputError
from tidegate.sources.made_ids import made_ids
from tidegate.sources.party_lists import read_list


def test_an_entry_has_what_the_file_says_of_it(tmp_path):
    read = read_list(csl_file(tmp_path / "list.json"))
    first, second = read.entries

    assert (read.layout, read.as_of, read.title) == (
        "csl-json",
        parse_day("2026-11-01"),
        "US Consolidated Screening List",
    )
    assert (first.id, first.list, first.authority) == (
        "EL:valtrex-technology-limited",
        "EL",
        "Bureau of Industry and Security",
    )
    assert (first.countries, first.programs, first.notice) == (("CN",), ("A", "B"), "84 FR 1")
    assert (first.licence_requirement, first.licence_policy) == ("For all items.", "Denial.")
    assert (first.row, second.row, first.kind) == (1, 2, None)
    assert len(read.digest) == 64


def entries(*records):
    return {
        "entries": [{"n": "Valtrex", "s": 0, "u": 0} | record for record in records],
        "entryCount": len(records),
    }


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"entryCount": 3}, "entryCount says 3 entries, and there are 2"),
        (entries({}, {"n": " "}), "entry 2, field 'n': the name is empty"),
        (entries({"s": 4}), "entry 1, field 's': 4 points outside its table of 1"),
        (entries({"lr": -1}), "entry 1, field 'lr': -1 points outside"),
        (entries({"t": "Robot"}), "entry 1, field 't': type 'Robot' is none of"),
        (entries({"zz": 1}), "unknown field `zz`"),
        (entries({"n": 7}), r"\$.entries\[0\].n"),
        ({"sourceGeneratedAt": "soon"}, "sourceGeneratedAt 'soon' is no moment"),
        ({"listAuthority": {}}, "is not in listAuthority"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_it_should_be_is_refused(tmp_path, changes, says):
    with pytest.raises(BadInputError, match=says):
        read_list(csl_file(tmp_path / "list.json", **changes))


def test_a_country_that_is_written_out_is_its_code_or_an_address(tmp_path):
    path = csl_file(tmp_path / "list.json", **entries({"c": ["TURKIYE", "REGION: WEST BANK"]}))
    [entry] = read_list(path).entries

    assert (entry.countries, entry.addresses) == (("TR",), ("REGION: WEST BANK",))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_file_that_is_cut_or_changed_is_read_or_refused_with_its_name(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("list") / "list.json"
    raw = bytearray(csl_file(path).read_bytes())
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw)))]
    for _ in range(data.draw(st.integers(0, 4))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        read_list(path)
    except BadInputError as error:
        assert "list.json" in str(error)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["entries", "n", "s", "tables", "listAuthority", "entryCount"]), x, max_size=4)))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_any_json_is_read_or_refused(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("list") / "list.json"
    path.write_text(json.dumps({"listAuthority": value, "entries": value}), "utf-8")
    with pytest.raises(BadInputError, match=r"list\.json"):
        read_list(path)


@given(
    st.lists(
        st.tuples(st.sampled_from(["EL", "SDN"]), st.sampled_from(["A", "a", "A-2", "A 2", "华为", "!!"])),
        max_size=12,
    )
)
def test_made_ids_are_never_the_same(names):
    made = list(made_ids(names))

    assert len(set(made)) == len(names)
    assert made == list(made_ids(names))

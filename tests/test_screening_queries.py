"""Files of names: any bytes are read or refused with the row and the mend."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tidegate.errors import BadInputError
from tidegate.screening.queries import LONGEST_NAME, QueryFile


def read(tmp_path, text, name="q.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(QueryFile(path))


def test_a_row_has_its_name_country_and_identifiers(tmp_path):
    [query] = read(tmp_path, "country;x,identifier,country,query\na,IMO 1; 22 ,hong kong,Valtrex\n")

    assert (query.name, query.row, query.country, query.identifiers) == ("Valtrex", 1, "HK", ("IMO 1", "22"))


def test_a_mark_at_the_start_of_a_file_is_no_part_of_a_name(tmp_path):
    assert [query.name for query in read(tmp_path, "\ufeffquery\nValtrex\n")] == ["Valtrex"]
    assert [query.name for query in read(tmp_path, "\ufeffValtrex\n", "q.txt")] == ["Valtrex"]


def test_a_name_with_a_comma_in_a_plain_file_is_one_name(tmp_path):
    assert [query.name for query in read(tmp_path, "Valtrex Co., Ltd.\nOrlan, JSC\n", "q.txt")] == [
        "Valtrex Co., Ltd.",
        "Orlan, JSC",
    ]


def test_an_open_quote_is_told_by_its_row(tmp_path):
    with pytest.raises(BadInputError, match="row 2"):
        read(tmp_path, 'query\nValtrex\n"Orlan\n' + "x\n" * LONGEST_NAME)


def test_lines_may_end_in_a_bare_carriage_return(tmp_path):
    path = tmp_path / "q.csv"
    path.write_bytes(b"query,country\rValtrex,CN\rOrlan,RU\r")

    assert [(query.name, query.country) for query in QueryFile(path)] == [("Valtrex", "CN"), ("Orlan", "RU")]


@given(st.binary(max_size=300), st.sampled_from(["q.csv", "q.txt"]))
@example(b"\r\x00", "q.csv")
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(tmp_path_factory, raw, name):
    path = tmp_path_factory.mktemp("queries") / name
    path.write_bytes(raw)
    try:
        queries = list(QueryFile(path))
    except BadInputError as error:
        assert name in str(error)
    else:
        assert all(query.name.strip() == query.name != "" for query in queries)

"""The US control list, read from eCFR XML and from JSON, and what its Country Chart asks."""

import datetime as dt
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.catalog import load_catalog
from tidegate.errors import BadInputError, NotFoundError
from tidegate.sources.ecfr import EcfrError, Scope, files, read_control_list
from tidegate.sources.ecfr.controls import parse_controls, parse_places
from tidegate.sources.ecfr.files import read_day
from tidegate.sources.ecfr.paragraphs import parse_path, parse_scope, split_eccn

DATA = Path(__file__).parent / "data" / "ecfr"
LIST, CHART, GROUPS = (
    DATA / name for name in ("title-15-part-774-2026-07-23.xml", "govinfo-part-738.xml", "part-740.xml")
)
CATALOG = load_catalog()


def code(name):
    return CATALOG.find(name, "country")


@pytest.fixture(scope="module")
def small():
    return read_control_list(LIST, CHART, GROUPS, country_code=code)


@pytest.fixture(scope="module")
def whole():
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "us"
    if not (folder / "ccl.json").is_file():
        pytest.skip("../shared/data/us is not beside this checkout")
    names = ("ccl", "country-chart", "country-groups", "license-exception-catalog")
    return read_control_list(*(folder / f"{name}.json" for name in names), country_code=code)


class TestParagraphs:
    @pytest.mark.parametrize(
        ("words", "covered", "left_out", "open_"),
        [
            ("entire entry", ["", "a", "c.1.a"], [], []),
            ("entire entry except 3B001.y", ["a"], ["y", "y.1"], [""]),
            ("entire entry, except .e, .x, and .y", ["a", "d"], ["e", "x", "y.3"], [""]),
            ("entire entry (refer to 4A994 for others)", ["", "a"], [], []),
            ("3B001.a.1 to a.3, b, e", ["a.1", "a.3", "a.3.b", "b", "b.2", "e"], ["a.4", "c", "a.10"], ["", "a"]),
            ("3B001.c.1.a or c.1.c", ["c.1.a", "c.1.c.2"], ["c.1.b", "c.2"], ["c", "c.1", ""]),
            ("3B001.b (except .b.5), .c, .f (except f.3), and .j", ["b.1", "c", "f.4", "j"], ["b.5", "f.3", "a"], ["b", "f"]),
            ("g to j", ["g", "h", "i", "j.1"], ["f", "k"], [""]),
            ("items controlled by 3B001.d.15 and .16", ["d.15", "d.16"], ["d.1", "d.17", "e"], ["d"]),
            ("paragraphs .a and .x of this entry", ["a", "x.9"], ["b"], [""]),
            ("3B001 .g, .r only", ["g", "r"], ["a"], []),
            ("3B001.z. 1.b, z.2.b", ["z.1.b", "z.2.b"], ["z.1.a"], ["z"]),
            ("3B001.a.1 through a.8, .h", ["a.8", "h"], ["a.9", "i"], ["a"]),
        ],
    )  # fmt: skip
    def test_forms_of_the_list_are_read(self, words, covered, left_out, open_):
        scope = parse_scope(words, "3B001")

        assert [True] * len(covered) == [scope.covers(parse_path(p)) for p in covered]
        assert [False] * len(left_out) == [scope.covers(parse_path(p)) for p in left_out]
        assert [None] * len(open_) == [scope.covers(parse_path(p)) for p in open_]

    @pytest.mark.parametrize(
        "words",
        [
            "“software” for equipment controlled by 3B001.q",  # in another entry
            "3A001.b.2", "3A001.a.1 to a.3",  # of another entry
            "shotguns with a barrel length less than 18 inches",
            "3B001.a.1.a when usable in “missiles”",
            "3B001.b.4.a and .b",  # b.4.b, or b?
            "entire entry except equipment for 3B001.y",
            "3B001.a.3 (except a.3.d and a.3.e for arrays)",
            "3B001.b, except c.1", "b.2 and b.3, except b.2, c",  # takes out what is not in
            "3B001.a.3 to a.1", "3B001.a to c.3", "3B001.a.1 to .b", "k to 3", ".16",
            "", "and", "a barrel", "A", "to c", "entire entry except", "entire entry for all",
            "3B001.a except b except c", "3B001.a-b-c", "3B001.1.a", "3B001.a.b",
        ],
    )  # fmt: skip
    def test_a_form_that_is_not_sure_gives_no_scope(self, words):
        assert parse_scope(words, "3B001") is None

    @given(st.text(max_size=60) | st.text("3B01.abc,() toexpand-", max_size=60))
    def test_no_words_make_the_reading_fail(self, words):
        scope = parse_scope(words, "3B001")

        assert scope is None or (scope.included and all(isinstance(p, tuple) for p in scope.included))

    @given(
        st.lists(st.sampled_from(["a", "b.1", "b.2.c", "d.4", "g"]), min_size=1, unique=True),
        st.sampled_from(["a", "b", "b.1", "b.2", "b.2.c", "b.2.c.1", "b.3", "d", "h"]),
    )
    def test_a_scope_covers_the_paragraphs_it_lists_and_those_below(self, listed, asked):
        got = parse_scope(", ".join(f"3B001.{one}" for one in listed), "3B001").covers(parse_path(asked))

        below = any(f"{asked}.".startswith(f"{one}.") for one in listed)
        above = any(f"{one}.".startswith(f"{asked}.") for one in listed)
        assert (True if below else None if above else False) is got

    def test_an_exception_wins_over_what_is_in(self):
        scope = Scope(((),), (("b", "5"),))

        assert [scope.covers(p) for p in (("a",), ("b",), ("b", "5"), ("b", "5", "a"))] == [
            True,
            None,
            False,
            False,
        ]

    @pytest.mark.parametrize("text", ["3B001.c.1.a", "3b001.C.1.A", "ECCN 3B001.c.1.a", " 3B001.c.1.a. "])
    def test_a_number_is_read_in_any_dress(self, text):
        assert split_eccn(text) == ("3B001", ("c", "1", "a"))

    @pytest.mark.parametrize(
        "text", ["3F001", "3B01", "3B001.1", "3B001.a.b", "3B001 c", "", "8542.31", "3B001.a.01"]
    )
    def test_what_is_no_number_is_refused_with_a_mend(self, text):
        with pytest.raises(BadInputError, match=r"eccn: .* Write digit, letter A to E"):
            split_eccn(text)


class TestControls:
    @pytest.mark.parametrize(
        ("words", "cell", "expected"),
        [
            ("NS applies to entire entry", "NS Column 2.", [("NS", 2, True)]),
            ("CB applies to entire entry CB Column 2.", "", [("CB", 2, True)]),
            ("CB applies to entire entry", "Column 1.", [("CB", 1, True)]),
            ("NP applies to entire entry AT applies to entire entry", "NP Column 1 AT Column 1",
             [("NP", 1, True), ("AT", 1, True)]),
            ("NS and RS apply to 3B001.a", "NS Column 1, RS Column 2", [("NS", 1, True), ("RS", 2, True)]),
            ("NS applies to entire entry", "RS Column 1", [("NS", None, True)]),
            ("NS applies to entire entry", "NS Column 1 NS Column 2", [("NS", None, True)]),
            ("NP applies, unless an exception is available", "N/A.", [("NP", None, False)]),
            ("UN applies to entire entry", "See § 746.1(b) for UN controls.", [("UN", None, True)]),
            ("some words", "", [(None, None, False)]),
            ("x" * 5000, "NS Column 1", [(None, None, False)]),
        ],
    )  # fmt: skip
    def test_a_line_is_taken_apart(self, words, cell, expected):
        got = parse_controls(words, cell, "3B001")

        assert expected == [(c.reason, c.column, c.scope is not None) for c in got]

    def test_a_column_with_more_words_refers_elsewhere(self):
        (control,) = parse_controls("RS applies to entire entry", "RS Column 1, See § 742.6(a)(3).", "0A919")

        assert control.refers
        assert not control.is_decidable

    @pytest.mark.parametrize(
        ("cell", "inside"),
        [
            ("Worldwide control. See § 742.4(a)(5) of the EAR.", "any"),
            ("To or within any destination worldwide, see § 742.6(a)(6)(iii)(A) of the EAR.", "any"),
            ("A license is required for all destinations, as specified in § 742.13 of the EAR. Accordingly, ...", "any"),
            ("A license is required for ALL destinations, except Canada, regardless of end use. Accordingly, a column "
             "specific to this control does not appear.", "not Canada"),
            ("China, Russia, or Venezuela (see § 742.6(a)(7)).", "named"),
            ("Worldwide control, except Japan.", None),
            ("A license is required for all destinations unless some section lets it pass.", None),
            ("China, Russia, or Venezuela, and Nauru", None),
            ("See § 742.6(a)(11) of the EAR.", None),
        ],
    )  # fmt: skip
    def test_places_are_read_in_known_forms_only(self, cell, inside):
        places = parse_places(cell)

        kind = places and (
            ("not Canada" if places.all_but else "any")
            if places.worldwide
            else "named"
            if places.names
            else ""
        )
        assert inside == kind


class TestXml:
    def test_entries_are_found_however_their_headings_are_set(self, small):
        assert list(small.entries) == ["0A983", "0A002", "1C350", "3A991", "3B001", "3D006", "8D001"]
        assert small.entries["3D006"].heading.endswith("(‘ECAD’) “software”.")

    def test_an_entry_holds_controls_exceptions_and_paragraphs(self, small):
        entry = small.entries["3B001"]

        assert entry.reasons == ("NS", "RS", "AT")
        assert [(control.reason, control.column) for control in entry.controls] == [
            ("NS", None),
            ("NS", 2),
            ("NS", None),
            ("RS", None),
            ("AT", 1),
        ]
        assert {"LVS", "GBS", "IEC"} == set(entry.exceptions)
        assert ("c", "1", "a") in entry.paragraphs

    def test_a_control_beside_the_table_is_read(self, small):
        assert [control.reason for control in small.entries["1C350"].controls] == ["CB", "CW", "AT"]
        assert small.chart_need("0A983", "MY").required is True

    def test_the_chart_keeps_its_three_kinds_of_row_apart(self, small):
        assert frozenset({("CB", 1), ("FC", 1)}) == small.chart["CA"]
        assert "CU" not in small.chart
        assert small.rows["CU"].elsewhere.startswith("See part 746")
        assert [next(iter(small.rows[c].footnotes)) for c in ("IQ", "RU", "UA")] == [1, 6, 9]

    def test_groups_and_exceptions_come_from_part_740(self, small):
        assert frozenset({"CN", "RU"}) == small.groups["D:5"]
        assert frozenset({"JP", "MY"}) == small.groups["B"]
        assert dict(small.exceptions) == {"LVS": "740.3", "NAC": "740.8", "ACA": "740.8"}

    def test_each_part_has_its_own_day_and_the_oldest_is_the_lists(self, small):
        assert dt.date(2026, 7, 20) == small.issued
        assert {"the name of the file", "AMDDATE"} == {v.basis for v in small.vintages.values()}
        assert any("not known to be of one day" in note for note in small.notes)

    def test_an_unknown_day_stays_unknown_and_is_said(self, tmp_path):
        copy = tmp_path / "ccl.xml"
        copy.write_bytes(LIST.read_bytes())
        got = read_control_list(copy, CHART)

        assert got.issued is None
        assert any("No file tells the day" in note for note in got.chart_need("3A991", "China").notes)

    def test_without_codes_countries_keep_their_printed_names(self):
        got = read_control_list(LIST, CHART, GROUPS)

        assert "north korea" in got.rows
        assert got.chart_need("3B001.c.2", "China").required is True
        assert got.chart_need("3B001.c.2", "Hong Kong").row == "China"

    @pytest.mark.parametrize(
        ("text", "day"),
        [("2026-07-23", (2026, 7, 23)), ("Jan. 26, 2026", (2026, 1, 26)), ("July 3, 2024", (2024, 7, 3))],
    )
    def test_days_are_read(self, text, day):
        assert dt.date(*day) == read_day(text)

    @pytest.mark.parametrize("text", ["2026-02-30", "Foo 3, 2024", "", None, "12026-07-233", "Sept 99, 2024"])
    def test_what_is_no_day_is_none(self, text):
        assert read_day(text) is None


class TestNeed:
    @pytest.mark.parametrize(
        ("eccn", "country", "required"),
        [
            ("3B001.a.1", "CN", True), ("3B001.a.3", "CN", True), ("3B001.a.1", "JP", False), ("3B001.a", "CN", None),
            ("3B001.a.4", "CN", True), ("3B001.a.4", "MO", True), ("3B001.a.4", "MY", False),
            ("3B001.c.1.a", "MY", True), ("3B001.c.1.a", "CU", True), ("3B001.c.1.b", "MY", False),
            ("3B001.c.1", "MY", None), ("3B001.c.2", "HK", True), ("3B001", "CN", None), ("3B001.w", "CN", None),
            ("3B001.a.1", "LI", False), ("3B001.a.1", "CA", False),
            ("3A991", "CN", False), ("3A991", "CU", None), ("3A991", "RU", None), ("3A991", "UA", None),
            ("3A991", "IQ", None), ("3A991", "JP", False), ("0A002", "CN", None), ("1C350.a", "CN", True),
            ("1C350.a", "JP", False), ("1C350.b", "JP", None), ("3D006", "CN", True), ("3D006", "CA", None),
            ("8D001", "CN", None), ("8D001", "CA", False),
            ("EAR99", "CN", False), ("ear99", "RU", False), ("EAR99", "CU", None), ("EAR99", "UA", None),
        ],
    )  # fmt: skip
    def test_the_answer_is_three_valued(self, small, eccn, country, required):
        assert required is small.chart_need(eccn, country).required

    def test_the_answer_says_what_asks_and_what_does_not(self, small):
        need = small.chart_need("3b001.a.1", "CN")

        assert (need.eccn, need.entry, need.country, need.row) == ("3B001.a.1", "3B001", "CN", "China")
        assert [finding.why for finding in need.asking] == [
            "NS Column 2, 3B001.a.1 to a.3, b, e, f.2 to f.4, g to j: China is marked."
        ]
        assert len(need.silent) == 4
        assert need.citation == "15 CFR 774 Supp. 1, ECCN 3B001; 15 CFR 738 Supp. 1, China"
        assert any("end users" in note for note in need.notes)

    def test_without_country_groups_places_are_undecided(self):
        got = read_control_list(LIST, CHART, country_code=code)

        need = got.chart_need("3B001.c.2", "CN")
        assert need.required is None
        assert any("give part 740" in finding.why for finding in need.undecided)

    def test_a_row_without_marks_is_no_permission(self, small):
        need = small.chart_need("3A991", "CU")

        assert "See part 746" in need.undecided[0].why
        assert any("no permission" in note for note in need.notes)

    def test_a_reason_without_a_line_keeps_the_answer_open(self, small):
        assert any("names RS" in finding.why for finding in small.chart_need("3D006", "CA").undecided)

    def test_an_unknown_country_or_entry_is_refused_with_what_is_near(self, small):
        with pytest.raises(NotFoundError, match=r"no row 'Malasia'.*738\.3\(b\).*malaysia"):
            small.chart_need("3A991", "Malasia")
        with pytest.raises(NotFoundError, match=r"holds no 3B002.*3B001"):
            small.chart_need("3B002", "CN")
        with pytest.raises(BadInputError, match="eccn: 'chip'"):
            small.chart_need("chip", "CN")

    def test_the_chart_is_asked_for_where_it_is_missing(self):
        with pytest.raises(EcfrError, match="Give the file of part 738"):
            read_control_list(LIST).chart_need("3A991", "CN")

    def test_a_finer_paragraph_never_undoes_an_answer(self, small):
        for eccn in ("3B001.a", "3B001.c", "3B001.b", "3B001.d"):
            for country in small.rows:
                above = small.chart_need(eccn, country).required
                for below in ("1", "1.a", "2", "4", "9.z"):
                    got = small.chart_need(f"{eccn}.{below}", country).required
                    assert above in (None, got), (eccn, below, country)


class TestBrokenFiles:
    def test_the_message_names_file_and_mend(self, tmp_path):
        with pytest.raises(EcfrError, match=r"nowhere\.xml: there is no such file\. Check the path"):
            read_control_list(tmp_path / "nowhere.xml")
        with pytest.raises(EcfrError, match=r"this is a folder\. Name the XML files"):
            read_control_list(tmp_path)
        with pytest.raises(EcfrError, match=r"no file was given\. Give the XML of 15 CFR part 774"):
            read_control_list()
        with pytest.raises(EcfrError, match="none of the files holds the Commerce Control List"):
            read_control_list(CHART)
        with pytest.raises(EcfrError, match=r"part 738 is in .* already\. Give one of the two"):
            read_control_list(CHART, CHART)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "empty"), (b"\xff\xfe<\x00", "not UTF-8"), (b"hello", "not whole XML"), (b"<a>", "not whole XML"),
            (b"<a/>", "neither supplement"), (b"{}", "neither supplement"), (b"[]", "an object is expected"),
            (b"{", "not JSON"), (b"[" * 100_000, "not JSON"), (b"\x00", "not whole XML"),
            (b'{"entries": [{"eccn": "3Z001"}]}', r"entries\[0\]\.eccn: '3Z001' is no ECCN"),
            (b'{"entries": [{"eccn": "3A001", "heading": 1}]}', r"entries\[0\] 3A001\.heading: text is expected"),
            (b'{"columns": ["NS"], "countries": {}}', "no column of the chart"),
            (b'{"columns": ["NS 1"], "countries": {"X": {"marks": ["NS 2"]}}}', "NS 2 is not among the columns"),
            (b"<a>" * 400 + b"</a>" * 400, "not whole XML"),
        ],
    )  # fmt: skip
    def test_a_broken_file_is_refused(self, tmp_path, content, message):
        path = tmp_path / "file.xml"
        path.write_bytes(content)
        with pytest.raises(EcfrError, match=message):
            read_control_list(path)

    def test_a_laughing_file_is_refused(self, tmp_path):
        lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        path = tmp_path / "lol.xml"
        path.write_text(f'<!DOCTYPE a [<!ENTITY l0 "ha">{lol}]><a>&l9;</a>', "utf-8")
        with pytest.raises(EcfrError, match="declares XML entities"):
            read_control_list(path)

    def test_a_file_above_the_bound_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(files, "MAX_BYTES", 100)
        with pytest.raises(EcfrError, match="Download the part, not the title"):
            read_control_list(LIST)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("<TD>X</TD><TD/>", "<TD>X</TD>", "15 cells stand under 16 columns"),
            ("<TD>X</TD>", "<TD>Y</TD>", "'Y' is no mark"),
            ("<TH>NS 2</TH>", "<TH>NS 1</TH>", "a column stands twice"),
            ("<TD>China</TD>", "<TD>Canada</TD>", "both taken for"),
        ],
    )
    def test_a_chart_that_does_not_add_up_is_refused(self, tmp_path, old, new, message):
        text = CHART.read_text("utf-8")
        assert old in text
        path = tmp_path / "chart.xml"
        path.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(EcfrError, match=message):
            read_control_list(LIST, path)

    @pytest.mark.parametrize("source", [LIST, CHART, GROUPS], ids=lambda path: path.stem)
    def test_cuts_and_flips_raise_nothing_else(self, tmp_path, source):
        raw = source.read_bytes()
        chance = random.Random(774)
        path = tmp_path / "mutated.xml"
        for _ in range(250):
            data = bytearray(raw)
            if chance.random() < 0.3:
                del data[chance.randrange(len(data)) :]
            elif chance.random() < 0.3:
                # A tag dropped with its twin keeps the file whole and its structure wrong.
                tag = chance.choice(
                    [b"TD", b"TR", b"FP-2", b"FP-1", b"B", b"TH", b"HEAD", b"DIV9", b"P", b"I"]
                )
                other = chance.choice([b"P", b"LI", b"TABLE", b"TD", b"TR", b"ENT", b"DIV9", b"HD1"])
                data = bytearray(raw.replace(b"<" + tag + b">", b"<" + other + b">").replace(b"</" + tag + b">", b"</" + other + b">"))  # fmt: skip
            for _ in range(chance.choice([0, 1, 3, 30])):
                if data:
                    data[chance.randrange(len(data))] = chance.choice(b"aX09<>& .()/;\"'\n\xc3\x00")
            path.write_bytes(bytes(data))
            others = [one for one in (LIST, CHART, GROUPS) if one != source]
            try:
                got = read_control_list(path, *others)
                for eccn in list(got.entries)[:5]:
                    got.chart_need(eccn, next(iter(got.rows)))
            except BadInputError as error:
                assert str(error)

    @given(st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["entries", "columns", "countries", "groups", "exceptions", "eccn", "heading",
                             "countryChart", "control", "items", "marks", "footnotes", "embargoed", "1"]),
            inner, max_size=4),
    ))  # fmt: skip
    def test_json_of_any_shape_raises_nothing_else(self, tmp_path_factory, data):
        path = tmp_path_factory.getbasetemp() / "any.json"
        path.write_text(json.dumps(data), "utf-8")
        try:
            read_control_list(path)
        except EcfrError as error:
            assert str(error)


class TestWholeList:
    def test_it_is_read_whole(self, whole):
        assert len(whole.entries) == 633
        assert len(whole.rows) == 200
        assert dt.date(2026, 7, 23) == whole.issued
        assert len(whole.exceptions) >= 27
        assert {"CN", "RU", "VE"} <= whole.groups["D:5"]
        assert whole.notes == ("No country code was found for: Kosovo. Ask by these names.",)

    @pytest.mark.parametrize(
        ("eccn", "country", "required"),
        [
            ("3A001.a.1", "CN", True), ("3A001.a.1", "JP", None), ("3A001.b.2", "JP", None),
            ("3B001.c", "MY", None), ("3B001.c.2", "MY", False), ("3B001.c.2", "CN", True), ("3B001.c.1.a", "MY", True),
            ("3B001.c.2", "HK", True), ("3B001.c.2", "MO", True), ("3B001.f.1", "NL", False), ("3B001.f.2", "MY", True),
            ("3A991", "CN", False), ("3A991", "IR", None), ("3D991", "CN", False), ("3D991", "KP", None),
            ("3A090.a", "MY", True), ("3A090.b", "CN", True), ("3A090.b", "AE", True), ("3A090.b", "MY", None),
            ("3A090.c", "CN", True), ("3A090.c", "MY", False), ("4A090.b", "SA", True), ("3A090.b", "JP", None),
            ("0A983", "FR", None), ("5A992", "CN", None), ("5A992.c", "CN", False), ("9A004.y", "FR", False),
            ("EAR99", "CN", False), ("EAR99", "IR", None), ("1A231", "IN", True), ("3A229", "JP", False),
        ],
    )  # fmt: skip
    def test_known_answers(self, whole, eccn, country, required):
        assert required is whole.chart_need(eccn, country).required

    def test_most_of_it_is_decidable(self, whole):
        """The share is printed (pytest -s); the floor guards against a reader that reads less."""
        entries = whole.entries.values()
        sure = sum(entry.is_decidable for entry in entries)
        controls = [control for entry in entries for control in entry.controls]
        answers = Counter(
            whole.chart_need(eccn, key).required for eccn in whole.entries for key in whole.rows
        )
        print(
            f"\n{sure} of {len(whole.entries)} entries, {sum(c.is_decidable for c in controls)} of {len(controls)}"
        )
        print(f"controls; entry by country: {dict(answers)}")

        assert sure >= 346
        assert answers[None] < 0.3 * sum(answers.values())

    def test_no_entry_without_lines_is_called_free(self, whole):
        for eccn, entry in whole.entries.items():
            if not entry.controls:
                assert whole.chart_need(eccn, "CN").required is None, eccn

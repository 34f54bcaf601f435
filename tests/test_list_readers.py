"""Readers of official lists: what each layout gives, and what of a cut or changed file is refused."""

import csv
import datetime as dt
import hashlib
import json
import random
import shutil
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings

from damage import damage, damaged
from tidegate.errors import BadInputError
from tidegate.sources.country_names import address_country, country_code
from tidegate.sources.csl_fields import footnotes_of, list_of
from tidegate.sources.party_lists import LAYOUTS, read_list

HERE = Path(__file__).parent / "data" / "lists"
SHARED = Path(__file__).parents[2] / "shared" / "data"
FILES = sorted(path for path in HERE.iterdir() if path.is_file())
LAYOUT = {
    "csl.csv": "csl-csv", "csl_2019.csv": "csl-csv-2019", "csl_results.json": "csl-results",
    "part744.xml": "ecfr-entity-list", "meti.csv": "jp-end-users", "registry.json": "party-registry",
    "eu.xml": "eu-xml", "eu.csv": "eu-csv", "entities.ftm.json": "ftm", "targets.simple.csv": "targets-simple",
}  # fmt: skip


def shared(*parts):
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def named(path):
    return {entry.name: entry for entry in read_list(path).entries}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_layout_is_told_by_what_stands_in_the_file(path, tmp_path):
    moved = tmp_path / "no-name-tells"
    shutil.copy(path, moved)

    found = read_list(moved)

    assert found.layout == LAYOUT[path.name]
    assert found.path == str(moved)
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [entry.row for entry in found.entries] == sorted(entry.row for entry in found.entries)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_layout_fits_one_reader_alone(path):
    head = path.read_bytes()[:65536]

    assert len([layout.says for layout in LAYOUTS if layout.is_this(head)]) == 1


def test_every_layout_that_is_read_has_a_made_file():
    made = {layout for layout in LAYOUT.values() if layout != "csl-csv-2019"}

    # The repacked list has its tests beside the matching.
    assert len(made) == len(LAYOUTS) - 1


def test_the_csv_and_the_json_of_trade_gov_say_the_same():
    rows, objects = read_list(HERE / "csl.csv").entries, read_list(HERE / "csl_results.json").entries

    for field in ("id", "list", "authority", "name", "kind", "aliases", "countries", "identifiers", "programs",
                  "licence_requirement", "licence_policy", "footnotes", "starts", "ends", "notice", "remarks"):  # fmt: skip
        assert [getattr(e, field) for e in rows[:2]] == [getattr(e, field) for e in objects], field


def test_an_entity_list_entry_of_the_consolidated_list():
    entry = named(HERE / "csl.csv")["Lilliput Photonics Co., Ltd."]

    assert (entry.id, entry.list, entry.authority) == ("a1", "EL", "Bureau of Industry and Security")
    assert entry.aliases == ("Lilliput Optics", "利立浦特光电有限公司")
    assert entry.addresses == ("1 Needle Road, Mildendo, China, CN", "2 Thread Street, Hong Kong, HK")
    assert entry.countries == ("CN", "HK")
    assert entry.footnotes == ("5",)
    assert (entry.starts, entry.ends, entry.kind) == (dt.date(2024, 12, 2), None, None)


def test_a_denial_order_binds_through_its_last_day():
    assert named(HERE / "csl.csv")["Swift Exports"].ends == dt.date(2030, 3, 4)


def test_a_state_is_no_country_on_the_denied_persons_list():
    assert named(HERE / "csl.csv")["Swift Exports"].countries == ()


def test_identifiers_are_told_from_remarks_in_both_layouts():
    new, old = named(HERE / "csl.csv")["GULLIVER, Lemuel"], named(HERE / "csl_2019.csv")["BOAT"]

    assert new.identifiers == (("ofac", "101"), ("passport", "P123 (IR)"))
    assert new.remarks == "Gender: Male"
    assert old.identifiers == (("ofac", "201"), ("imo", "9187629"), ("nit #", "811038291-3 (CO)"))
    assert (old.kind, old.countries) == ("vessel", ("IR",))


@pytest.mark.parametrize(
    ("requirement", "footnotes"),
    [
        ("For all items subject to the EAR. (See §744.11 of the EAR).", ()),
        ("For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR) 4", ("4",)),
        ("For all items subject to the EAR, see §§ 734.9(e)1 and 744.11 of the EAR2", ("1", "2")),
        (
            "For All Items Subject to the EAR (See §734.9(g), 3 §746.8(a)(3), and §744.21(b) of the EAR).",
            ("3",),
        ),
        ("For all items subject to the EAR. (See §734.4(a)(9), 734.9(e)(3) and 744.11 of the EAR)5", ("5",)),
        ("For items on the CCL and listed in supplement no. 7 to part 746 of the EAR", ()),
        ("For any item subject to the EAR listed in supplement no. 2 to part 744.", ()),
        (None, ()),
    ],
)
def test_footnote_numbers_are_taken_where_they_are_printed(requirement, footnotes):
    assert footnotes_of(requirement) == footnotes


def test_a_cell_of_the_entity_list_is_taken_apart_and_kept_whole():
    found = named(HERE / "part744.xml")
    photonics, tools, aviation = found.values()

    assert photonics.aliases == ("Lilliput Optics", "Lilliput Lasers Co., Ltd.")
    assert photonics.addresses == ("1 Needle Road, Mildendo, China", "2 Thread Street, Mildendo, China")
    assert photonics.starts == dt.date(2019, 5, 21)
    assert photonics.notice == "84 FR 22963, 5/21/19. 89 FR 96830, 12/5/24."
    assert photonics.footnotes == ("5",)
    assert tools.name == "Brobdingnag Tools, Inc."
    assert (tools.countries, tools.starts) == (("CN",), dt.date(1997, 2, 3))
    assert (aviation.aliases, aviation.countries, aviation.starts) == (("Laputa Aviation",), ("TR",), None)
    assert aviation.remarks.endswith("—Laputa Aviation. Flying Island, Ankara, Türkiye.")


def test_a_name_and_its_country_in_one_cell_of_the_registry_are_told_apart():
    entry = named(HERE / "registry.json")["Blefuscu Electronics"]

    assert (entry.list, entry.addresses, entry.countries) == (
        "JP-EUL",
        ("People's Republic of China",),
        ("CN",),
    )


def test_the_keeper_of_a_registry_is_not_the_country_of_the_party():
    assert named(HERE / "registry.json")["Lilliput Denki Co., Ltd."].countries == ("JP",)


def test_the_xml_and_the_csv_of_the_eu_say_the_same():
    one, other = read_list(HERE / "eu.xml"), read_list(HERE / "eu.csv")

    assert one.as_of == other.as_of == dt.date(2026, 7, 20)
    for left, right in zip(one.entries, other.entries, strict=True):
        for field in ("id", "list", "name", "kind", "aliases", "addresses", "countries", "identifiers", "programs",
                      "starts", "notice"):  # fmt: skip
            assert getattr(left, field) == getattr(right, field), field


def test_a_linked_party_of_an_export_is_no_entry():
    assert set(named(HERE / "entities.ftm.json")) == {"Lilliput Photonics", "Lemuel Gulliver"}


def test_a_sanction_of_an_export_gives_its_party_list_day_and_policy():
    entry = named(HERE / "entities.ftm.json")["Lilliput Photonics"]

    assert (entry.list, entry.starts, entry.licence_policy) == (
        "EL",
        dt.date(2024, 12, 2),
        "Presumption of denial",
    )


def test_an_alias_with_a_semicolon_stays_one():
    assert named(HERE / "targets.simple.csv")["Lilliput Photonics"].aliases == (
        "利立浦特光电",
        "Lilliput; Optics",
    )


def workbook(path, rows):
    """The smallest workbook that holds rows of text and numbers."""

    def cell(value):
        return (
            f"<c><v>{value}</v></c>"
            if value.isdigit()
            else f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        )

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{sheet}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{sheet}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets><sheet name="list" sheetId="1" '
        'r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def test_a_workbook_of_the_end_user_list_reads_like_its_csv(tmp_path):
    with (HERE / "meti.csv").open(encoding="utf-8", newline="") as file:
        workbook(tmp_path / "list.xlsx", csv.reader(file))

    assert read_list(tmp_path / "list.xlsx").entries == read_list(HERE / "meti.csv").entries


def test_a_workbook_cut_off_is_refused(tmp_path):
    with (HERE / "meti.csv").open(encoding="utf-8", newline="") as file:
        workbook(tmp_path / "whole.xlsx", csv.reader(file))
    raw = (tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(raw[: len(raw) // 2])

    with pytest.raises(BadInputError, match="no workbook"):
        read_list(tmp_path / "cut.xlsx")


@pytest.mark.parametrize(
    ("name", "code"),
    [("Islamic Republic of Iran", "IR"), ("CHINA, PEOPLE'S REPUBLIC OF", "CN"), ("Türkiye", "TR"), ("kp", "KP"),
     ("CRIMEA REGION OF UKRAINE", "UA"), ("Korea", None), ("", None), ("zz", None), ("Lilliput", None)],
)  # fmt: skip
def test_country_names_of_the_lists(name, code):
    assert country_code(name) == code


def test_an_address_ends_in_its_country():
    assert address_country("Thamova 289/13, Praha 8, Czech Republic（邮编：18600）") == "CZ"


class TestWhatIsRefused:
    def refused(self, tmp_path, name, change, *says):
        path = tmp_path / name
        path.write_bytes(change((HERE / name).read_bytes()))
        with pytest.raises(BadInputError) as raised:
            read_list(path)
        for text in (str(path), *says):
            assert text in str(raised.value)

    @pytest.mark.parametrize("name", ["csl.csv", "csl_results.json", "registry.json", "eu.xml", "part744.xml",
                                      "entities.ftm.json"])  # fmt: skip
    def test_a_file_that_ends_in_the_middle_of_a_record(self, name, tmp_path):
        self.refused(tmp_path, name, lambda raw: raw.rstrip()[:-30])

    def test_a_column_that_is_gone(self, tmp_path):
        self.refused(
            tmp_path, "csl.csv", lambda raw: raw.replace(b"license_policy,", b"policy,", 1), "license_policy"
        )

    def test_a_total_that_does_not_fit(self, tmp_path):
        self.refused(
            tmp_path, "csl_results.json", lambda raw: raw.replace(b'"total": 2', b'"total": 3'), "3", "2"
        )

    def test_a_list_without_entries(self, tmp_path):
        self.refused(tmp_path, "csl.csv", lambda raw: raw.split(b"\n")[0] + b"\n", "no entry")

    def test_a_row_that_is_lost_from_the_end_user_list(self, tmp_path):
        self.refused(tmp_path, "meti.csv", lambda raw: raw.replace(b"\n2,", b"\n3,"), "entry 2", "No.")

    def test_heads_of_the_entity_list_in_another_order(self, tmp_path):
        def swap(raw):
            return raw.replace(b"<TH>Entity</TH><TH>License requirement</TH>",
                               b"<TH>License requirement</TH><TH>Entity</TH>")  # fmt: skip

        self.refused(tmp_path, "part744.xml", swap, "columns")

    def test_a_list_that_is_new(self, tmp_path):
        self.refused(tmp_path, "registry.json", lambda raw: raw.replace(b"cn-attention-list", b"cn-new"), "entry 3",
                     "list_id", "cn-new")  # fmt: skip

    def test_a_day_that_is_none(self, tmp_path):
        self.refused(tmp_path, "csl.csv", lambda raw: raw.replace(b"2024-12-02", b"2024-13-02"), "entry 1",
                     "start_date")  # fmt: skip

    def test_a_source_that_names_no_list(self, tmp_path):
        self.refused(tmp_path, "csl.csv", lambda raw: raw.replace(b"(DPL)", b"-"), "entry 3", "source")

    def test_two_exports_joined(self, tmp_path):
        self.refused(tmp_path, "entities.ftm.json", lambda raw: raw + raw, "twice")

    @pytest.mark.parametrize("name", ["eu.xml", "part744.xml"])
    def test_entities_that_would_grow(self, name, tmp_path):
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

        def plant(raw):
            head, _, rest = raw.partition(b"?>")
            return head + b"?>" + bomb + rest.replace(b"Lilliput", b"&b;", 1)

        self.refused(tmp_path, name, plant)

    def test_no_list_at_all(self, tmp_path):
        path = tmp_path / "letter.txt"
        path.write_text("Dear Sir,\n", "utf-8")
        with pytest.raises(BadInputError, match="in a layout that is known"):
            read_list(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(harm=damage())
def test_a_damaged_file_is_a_table_or_a_named_error(path, harm, tmp_path):
    changed = tmp_path / path.name
    changed.write_bytes(damaged(path.read_bytes(), *harm))

    try:
        found = read_list(changed)
    except BadInputError as error:
        assert str(changed) in str(error)
        assert len(str(error)) < 3000
    else:
        assert found.entries
        assert len({entry.id for entry in found.entries}) == len(found.entries)
        for entry in found.entries:
            assert entry.id
            assert entry.name.strip()
            assert all(len(code) == 2 and code.isupper() for code in entry.countries)
            assert all(part.strip() for part in (*entry.aliases, *entry.addresses))
            assert all(isinstance(day, dt.date | None) for day in (entry.starts, entry.ends))


def test_the_real_sample_of_2025():
    found = read_list(shared("us", "csl_sample_2025.csv"))

    assert (found.layout, len(found.entries)) == ("csl-csv", 13)
    cetc = next(entry for entry in found.entries if entry.list == "EL")
    assert cetc.aliases[-1] == "CETC Research Institute 13"
    assert (cetc.starts, cetc.footnotes, cetc.countries) == (dt.date(2018, 8, 1), ("3",), ("CN",))


def test_the_real_sample_of_2019():
    found = read_list(shared("us", "csl_sample_2019.csv"))

    assert (found.layout, len(found.entries)) == ("csl-csv-2019", 115)
    assert {entry.list for entry in found.entries} == {
        "DPL",
        "ISN",
        "SDN",
        "EL",
        "UVL",
        "SSI",
        "PLC",
        "DTC",
        "CAP",
    }
    assert next(e for e in found.entries if e.name == "7-28").identifiers == (
        ("ofac", "23156"),
        ("imo", "8898831"),
    )


def test_every_list_of_the_real_consolidated_list_has_its_code():
    given = json.loads(shared("us", "screening-list.json").read_text("utf-8"))["listAuthority"]

    assert {list_of(name, Path("x"), 1)[0] for name in given} == {about["code"] for about in given.values()}


def test_the_real_list_of_japan():
    found = read_list(shared("jp", "entities.json"))

    assert len(found.entries) == 835
    assert all(entry.countries for entry in found.entries)
    assert found.as_of == dt.date(2026, 7, 20)


def test_the_real_lists_of_china():
    found = read_list(shared("cn", "entities.json"))

    counted = {
        code: sum(entry.list == code for entry in found.entries) for code in ("CN-ECL", "CN-AL", "CN-UEL")
    }
    assert counted == {"CN-ECL": 139, "CN-AL": 40, "CN-UEL": 61}
    assert all(entry.starts for entry in found.entries)


@pytest.mark.parametrize("seed", range(5))
def test_the_real_samples_cut_anywhere_are_refused_or_shorter(seed, tmp_path):
    raw = shared("us", "csl_sample_2025.csv").read_bytes()
    path = tmp_path / "cut.csv"
    path.write_bytes(raw[: random.Random(seed).randrange(2000, len(raw) - 1)])

    # Every cell of it stands in quotes: only a cut between two rows leaves a whole file, and a shorter one.
    try:
        found = read_list(path)
    except BadInputError as error:
        assert str(path) in str(error)
    else:
        assert len(found.entries) < 13


def test_json_numbers_beyond_measure_are_no_text(tmp_path):
    record = json.loads((HERE / "registry.json").read_text("utf-8"))
    record[0]["entity_name"] = 1e308
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")

    with pytest.raises(BadInputError, match="entity_name"):
        read_list(path)

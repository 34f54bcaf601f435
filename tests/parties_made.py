"""A small list of parties for tests: names in the manner of the official ones, none of them real."""

import json

from tidegate.dates import parse_day
from tidegate.screening.screen import Lists
from tidegate.sources.listing import Entry, PartyList

ON = parse_day("2026-11-21")


def entry(name, *aliases, entry_id=None, of="EL", **fields):
    return Entry(
        entry_id or f"{of}:{name.lower().replace(' ', '-')}",
        of,
        "an authority",
        name,
        1,
        aliases=aliases,
        **fields,
    )


ENTRIES = (
    entry("Hongkong Valtrex Technology Limited", countries=("HK", "CN")),
    entry("Shenzhen Dongbaifeng Electronics Co., Ltd.", countries=("CN",)),
    entry("Chengdu Tianruike Semiconductor Equipment Co., Ltd.", "Tianruike Semi", countries=("CN",)),
    entry("China Marine Instruments Group Corporation 54th Research Institute (CMIG 54)", countries=("CN",)),
    entry("China Marine Instruments Group Corporation 13th Research Institute", countries=("CN",)),
    entry("National Scientific Exploration Commission (NASCOM)", countries=("PK",)),
    entry("Joint Stock Company Volgaprompribor", "AO Volgaprompribor", countries=("RU",)),
    entry("OOO Tekhnosvyaz-Orlan", countries=("RU",)),
    entry("Limited Liability Company Kuntserov Design Bureau", countries=("RU",)),
    entry("Nortal Avionik Havacilik Sanayi ve Ticaret Anonim Sirketi", countries=("TR",)),
    entry("Institute of Photonic Crystals", countries=("CN",)),
    entry("Almas Labs Inc., a/k/a Brightwater Trading", countries=("AE",)),
    entry("ESTRELLA MORALES, Josue de Jesus", of="SDN", kind="person", countries=("MX",)),
    entry("ZLENKOVA, Yelena Gennadyevna", of="SDN", kind="person", countries=("RU",)),
    entry("AL-RASHIDI, Muhammad Yusuf", of="SDN", kind="person"),
    entry("ORIENT MERIDIAN", of="SDN", kind="vessel", identifiers=(("imo", "9187629"),)),
    entry("PARTNER", of="SDN", kind="vessel"),
    entry("Huawei Technologies Co., Ltd.", countries=("CN",)),
    entry("Harbin Institute of Technology", countries=("CN",)),
    entry("Nanjing Hengwei Technology Co., Ltd.", countries=("CN",)),
    entry("Old Harbour Metals Ltd.", starts=parse_day("2019-01-01"), ends=parse_day("2024-01-01")),
)  # fmt: skip


def made_list(entries=ENTRIES, **fields):
    return PartyList(
        "Made list", "made", tuple(entries), "0" * 64, **({"as_of": parse_day("2026-11-01")} | fields)
    )


def csl_file(path, names=("Valtrex Technology Limited", "ESTRELLA, Josue"), **changes):
    """Write a file in the layout of the repacked Consolidated Screening List."""
    whole = "Entity List (EL) - Bureau of Industry and Security"
    record = {
        "citation": "a list for tests", "sourceGeneratedAt": "2026-11-01T13:15:00+00:00", "entryCount": len(names),
        "listAuthority": {whole: {"code": "EL", "citation": "", "effect": ""}},
        "fieldKey": {"n": "name"},
        "tables": {"sources": [whole], "licenceRequirements": ["For all items."], "licencePolicies": ["Denial."],
                   "programmes": ["A; B"], "urls": ["https://example.org/list"]},
        "entries": [{"n": name, "s": 0, "u": 0, "c": ["CN"], "lr": 0, "lp": 0, "pg": 0, "fr": "84 FR 1"} for name in names],
    } | changes  # fmt: skip
    path.write_text(json.dumps(record), "utf-8")
    return path


def lists(entries=ENTRIES, **fields):
    return Lists([made_list(entries, **fields)])

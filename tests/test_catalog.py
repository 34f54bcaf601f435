"""Countries, dated groups, items and parties by any of their names."""

import datetime as dt

import pytest

from tidegate.catalog import load_catalog
from tidegate.errors import AmbiguousError, NotFoundError

CATALOG = load_catalog()


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Beijing", "country", "CN"), ("the Dutch", "country", "NL"), ("Washington", "country", "US"),
        ("NL", "country", "NL"), ("South Korea", "country", "KR"), ("Brussels", "country", "EU"),
        ("h20", "item", "h20"), ("H20", "item", "h20"), ("AI chips", "item", "ai_chips"),
        ("rare earths", "item", "rare_earths"), ("extreme ultraviolet", "item", "euv"),
        ("TSMC", "party", "tsmc"), ("台積電", "party", "tsmc"), ("中芯国际", "party", "smic"),
        ("삼성전자", "party", "samsung"), ("東京エレクトロン", "party", "tokyo-electron"),
        ("Hygon", "party", "higon"), ("D:5", "group", "us:D:5"),
    ],
)  # fmt: skip
def test_any_name_finds_the_one_thing(name, kind, expected):
    assert expected == CATALOG.find(name, kind)


def test_an_ambiguous_name_says_so_and_lists_the_choices():
    with pytest.raises(AmbiguousError, match=r"ascend-910 .* or ascend-910-premium") as caught:
        CATALOG.find("Ascend 910", "item")
    assert set(caught.value.candidates) == {"ascend-910", "ascend-910-premium"}
    with pytest.raises(AmbiguousError, match="Give the id"):
        CATALOG.find("Commerce Department")


def test_an_id_goes_before_an_alias():
    assert CATALOG.find("mofcom") == "mofcom"
    assert CATALOG.find("mofcom", "country") == "CN"


def test_an_unknown_name_offers_near_ones():
    with pytest.raises(NotFoundError, match=r"Mitsubishi|mitsubishi"):
        CATALOG.find("Mitsubishi", "party")
    with pytest.raises(NotFoundError, match="See `tidegate lookup`"):
        CATALOG.find("qqqqqqq")


def test_h20_is_an_ai_chip_is_a_chip():
    line = CATALOG.classes_of("h20")

    assert line[0] == "h20"
    assert {"ai_chips", "chips"} <= set(line)
    assert "h20" in CATALOG.items_in("chips")
    assert "h20" not in CATALOG.items_in("memory_chips")


@pytest.mark.parametrize(
    ("group", "on", "country", "inside"),
    [
        ("us:D:5", "2021-12-08", "KH", False), ("us:D:5", "2021-12-09", "KH", True),
        ("us:D:5", "2026-02-03", "KH", True), ("us:D:5", "2026-02-04", "KH", False),
        ("us:D:5", "2024-03-14", "NI", False), ("us:D:5", "2024-03-15", "NI", True),
        ("us:D:4", "2026-07-09", "AE", True), ("us:D:4", "2026-07-10", "AE", False),
        ("us:A:5", "2026-07-09", "AE", False), ("us:A:5", "2026-07-10", "AE", True),
        ("us:D:5", "2025-01-01", "MO", False), ("us:d5_macau", "2025-01-01", "MO", True),
        ("us:china", "2020-12-22", "HK", False), ("us:china", "2020-12-23", "HK", True),
        ("us:D:5", "2025-01-01", "HK", True), ("us:A:5", "2025-01-01", "NO", True),
        ("us:tier1", "2025-01-12", "JP", False), ("us:tier1", "2025-01-13", "JP", True),
        ("us:tier2", "2025-02-01", "IN", True), ("us:tier2", "2025-02-01", "CN", False),
        ("us:tier2", "2025-02-01", "US", False), ("us:tier2", "2025-02-01", "JP", False),
        ("us:tier3", "2025-02-01", "MO", True), ("eu:members", "2020-12-31", "GB", True),
        ("eu:members", "2021-01-01", "GB", False),
    ],
)  # fmt: skip
def test_a_group_has_the_members_of_the_day(group, on, country, inside):
    assert inside == (country in CATALOG.members(group, day(on)))


def test_the_d5_of_2022_is_not_that_of_2026():
    assert CATALOG.members("us:D:5", day("2022-10-07")) != CATALOG.members("us:D:5", day("2026-07-23"))


def test_the_tiers_and_the_united_states_divide_the_world():
    on = day("2025-02-01")
    tiers = [CATALOG.members(f"us:tier{number}", on) for number in (1, 2, 3)]

    assert sum(map(len, tiers)) == len(frozenset().union(*tiers))
    assert frozenset().union(*tiers) | {"US", "EU"} == set(CATALOG.countries)


@pytest.mark.parametrize(
    ("destinations", "country", "covered"),
    [
        (("world",), "CN", True), (("world", "!eu:members"), "DE", False), (("!eu:members", "world"), "DE", False),
        (("us:D:1", "us:D:4", "us:D:5", "!us:A:5"), "CN", True), (("us:D:5",), "NL", False), (("CN",), "HK", False),
    ],
)  # fmt: skip
def test_destinations_reach_a_country_unless_taken_out(destinations, country, covered):
    assert covered == CATALOG.covers(destinations, country, day("2025-06-01"))


def test_attributes_that_were_not_read_are_named():
    assert "performance_density" in CATALOG.items["ascend-910b1"].not_verified
    assert CATALOG.items["h20"].not_verified == frozenset()
    for item in CATALOG.items.values():
        assert item.not_verified <= set(item.attributes), item.id


def test_a_missing_attribute_is_missing_and_not_zero():
    assert "interconnect_gb_s" not in CATALOG.items["hanguang-800"].attributes
    assert CATALOG.items["h20"].attributes["tpp"] == 2368

"""Names against a list: what is found, what is not, and that the score says why."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parties_made import ENTRIES, ON, entry, lists, made_list
from tidegate.errors import BadInputError
from tidegate.screening.screen import Lists
from tidegate.screening.sounds import nearness, skeleton
from tidegate.screening.words import is_pinyin, words_of

MADE = lists()


def names(query, **known):
    return [hit.entry.name for hit in MADE.screen(query, on=ON, **known).hits]


@pytest.mark.parametrize(
    ("kind", "query", "listed"),
    [
        ("the same", "Hongkong Valtrex Technology Limited", "Hongkong Valtrex Technology Limited"),
        ("abbreviations", "Hongkong Valtrex Tech Ltd", "Hongkong Valtrex Technology Limited"),
        ("a word cut off", "Shenzhen Dongbaifeng Electr", "Shenzhen Dongbaifeng Electronics Co., Ltd."),
        ("form left out", "Shenzhen Dongbaifeng Electronics", "Shenzhen Dongbaifeng Electronics Co., Ltd."),
        ("form changed", "Shenzhen Dongbaifeng Electronics GmbH", "Shenzhen Dongbaifeng Electronics Co., Ltd."),
        ("form in another tongue", "ООО Волгапромприбор", "Joint Stock Company Volgaprompribor"),
        ("slip in a form", "Joint Stcok Compny Volgaprompribor", "Joint Stock Company Volgaprompribor"),
        ("city left out", "Tianruike Semiconductor Equipment Co., Ltd.", "Chengdu Tianruike Semiconductor Equipment Co., Ltd."),
        ("city left out of common words", "Inst. of Photonic Crystals", "Institute of Photonic Crystals"),
        ("reordered", "54th Research Institute of the China Marine Instruments Group Corp.", "China Marine Instruments Group Corporation 54th Research Institute (CMIG 54)"),
        ("rotated", "Dongbaifeng Electronics Co., Ltd. Shenzhen", "Shenzhen Dongbaifeng Electronics Co., Ltd."),
        ("written together", "DongBaiFeng Electronics Shenzhen", "Shenzhen Dongbaifeng Electronics Co., Ltd."),
        ("written apart", "Shenzhen Dong Bai Feng Electronics", "Shenzhen Dongbaifeng Electronics Co., Ltd."),
        ("letter left out", "Hongkong Valtex Technology", "Hongkong Valtrex Technology Limited"),
        ("letters swapped", "Hongkong Vlatrex Technology", "Hongkong Valtrex Technology Limited"),
        ("short name in brackets", "NASCOM", "National Scientific Exploration Commission (NASCOM)"),
        ("no brackets", "NATIONAL SCIENTIFIC EXPLORATION COMMISSION", "National Scientific Exploration Commission (NASCOM)"),
        ("also known as", "Brightwater Trdg", "Almas Labs Inc., a/k/a Brightwater Trading"),
        ("words of a trade in Russian", "АО Конструкторское бюро Кунцеров", "Limited Liability Company Kuntserov Design Bureau"),
        ("Cyrillic", "ООО Техносвязь-Орлан", "OOO Tekhnosvyaz-Orlan"),
        ("Chinese signs, by sound and word", "深圳市东白峰电子有限公司", "Shenzhen Dongbaifeng Electronics Co., Ltd."),
        ("Chinese signs, by the catalog", "哈尔滨工业大学", "Harbin Institute of Technology"),
        ("old Chinese signs", "華為技術有限公司", "Huawei Technologies Co., Ltd."),
        ("Chinese numeral", "中国海洋仪器集团公司第五十四研究所", "China Marine Instruments Group Corporation 54th Research Institute (CMIG 54)"),
        ("Turkish trade words", "Nortal Avionik Aviation Industry and Trade A.S.", "Nortal Avionik Havacilik Sanayi ve Ticaret Anonim Sirketi"),
        ("person, natural order", "Josue de Jesus Estrella Morales", "ESTRELLA MORALES, Josue de Jesus"),
        ("person, no patronymic", "Yelena Zlenkova", "ZLENKOVA, Yelena Gennadyevna"),
        ("person, other romanisation", "Elena Gennadievna Zlenkova", "ZLENKOVA, Yelena Gennadyevna"),
        ("two names in one", "Nordwind Ltd a/k/a Almas Labs", "Almas Labs Inc., a/k/a Brightwater Trading"),
        ("vessel", "M/V ORIENT MERIDAN", "ORIENT MERIDIAN"),
    ],
)  # fmt: skip
def test_a_name_as_others_write_it_is_found(kind, query, listed):
    assert names(query)[:1] == [listed], kind


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("common words only", "Hong Kong Electronics Limited"),
        ("common words only", "Semiconductor Equipment Co., Ltd."),
        ("common words only", "Joint Stock Company Scientific Production Enterprise"),
        ("a new distinctive word", "Hongkong Vektoria Technology Limited"),
        ("a new distinctive word", "Chengdu Mingsheng Semiconductor Equipment Co., Ltd."),
        ("a Chinese name one letter away", "Nanjing Hongwei Technology Co., Ltd."),
        ("another number", "China Marine Instruments Group Corporation 55th Research Institute"),
        ("persons recombined", "Yelena Gennadyevna Morales"),
        ("a company where a vessel is listed", "Partner Logistics Services LLC"),
        ("a university of like words", "Nanyang Technological University"),
        ("nothing to compare", "..."),
    ],
)
def test_a_name_that_is_only_like_one_is_not_found(kind, query):
    assert names(query) == [], kind


def test_a_hit_says_which_words_match_how_and_what_is_left_over():
    [hit] = MADE.screen("Valtrex Tech Ltd", on=ON).hits
    said = hit.to_dict()

    assert list(said)[:4] == ["id", "name", "score", "why"]
    assert {part["query"]: part["how"] for part in said["parts"]} == {
        "valtrex": "same", "tech": "same word of the trade", "ltd": "same legal form",
    }  # fmt: skip
    assert [left["word"] for left in said["left_in_listed"]] == ["hongkong"]
    assert "'tech' for 'technology'" in said["why"]
    assert "not in the query: 'hongkong' (place)" in said["why"]


def test_an_equal_country_lifts_a_score_and_another_lowers_it():
    plain, same, other = (
        MADE.screen("Hongkong Valtrex Tech", on=ON, country=country).hits[0] for country in (None, "CN", "DE")
    )

    assert other.score < plain.score < same.score
    assert (plain.evidence.country, same.evidence.country, other.evidence.country) == (
        "unknown",
        "same",
        "differs",
    )
    assert "lowers" in other.why


def test_hong_kong_for_china_says_nothing():
    hit = MADE.screen("Shenzhen Dongbaifeng Electronics", on=ON, country="HK").hits[0]

    assert hit.evidence.country == "unknown"


def test_an_equal_identifier_decides_whatever_the_name():
    [hit] = MADE.screen("GOLDEN HORIZON", on=ON, identifiers=["IMO 9187629"]).hits

    assert (hit.entry.name, hit.score) == ("ORIENT MERIDIAN", 1.0)
    assert "identifier IMO 9187629 is equal" in hit.why


@pytest.mark.parametrize(
    ("day", "found"), [("2018-12-31", 0), ("2019-01-01", 1), ("2023-12-31", 1), ("2024-01-01", 0)]
)
def test_an_entry_counts_from_its_first_day_to_before_its_end(day, found):
    from tidegate.dates import parse_day

    assert len(MADE.screen("Old Harbour Metals", on=parse_day(day)).hits) == found


def test_every_answer_says_how_old_the_list_is():
    from tidegate.dates import parse_day

    assert MADE.screen("x y", on=ON).to_dict()["lists"][0]["says"] == "Made list of 2026-11-01, 20 days old"
    assert "does not say" in lists(as_of=None).screen("x y", on=ON).ages[0].says
    assert "after the day asked about" in MADE.screen("x y", on=parse_day("2026-10-01")).ages[0].says


@pytest.mark.parametrize(
    ("name", "note"),
    [("...", "no word"), ("the", "no word"), ("Valtrex " * 60, "first 400"), ("Valtrex", None)],
)
def test_what_of_a_name_could_not_be_compared_is_said(name, note):
    said = MADE.screen(name, on=ON).note

    assert said is None if note is None else note in said


def test_entries_of_one_name_on_one_list_are_one_hit():
    twice = [
        entry("Valtrex Labs", entry_id="EL:v"),
        entry("VALTREX LABS", entry_id="EL:v-2"),
        entry("Valtrex Labs", entry_id="SDN:v", of="SDN"),
    ]
    hits = lists(twice).screen("Valtrex Labs", on=ON).hits

    assert [(hit.entry.id, hit.also) for hit in hits] == [("EL:v", ("EL:v-2",)), ("SDN:v", ())]


def test_hits_beyond_those_given_are_counted():
    many = [
        entry(f"Valtrex {word}", entry_id=f"EL:{word}") for word in ("Labs", "Group", "Trading", "Services")
    ]
    answer = lists(many).screen("Valtrex", on=ON, most=2)

    assert (len(answer.hits), answer.more) == (2, 2)


@pytest.mark.parametrize("threshold", [0, -1, 1.01])
def test_a_threshold_outside_0_and_1_is_refused(threshold):
    with pytest.raises(BadInputError, match="not within 0 and 1"):
        Lists([made_list()], threshold=threshold)


def test_nothing_listed_finds_nothing():
    assert lists(()).screen("Valtrex", on=ON).hits == ()


def test_a_name_of_the_catalog_goes_only_to_an_entry_of_that_name():
    other = [entry("Huawei Bakery Products of Lima"), entry("Harbin Institute of Astronomy")]

    assert lists(other).screen("哈尔滨工业大学", on=ON).hits == ()


class TestProperties:
    @given(st.sampled_from(ENTRIES))
    def test_a_listed_name_is_the_first_hit_with_the_top_score(self, listed):
        from tidegate.dates import parse_day

        hit = MADE.screen(listed.name, on=parse_day("2023-01-01")).hits[0]

        assert hit.entry == listed
        assert hit.score > 0.99

    @given(st.sampled_from([e for e in ENTRIES if "," not in e.name and "(" not in e.name]), st.randoms())
    def test_the_order_of_words_does_not_matter(self, listed, chance):
        # Words of a form, a number or a place that belong together stay so.
        words = [w.written for w in words_of(listed.name)]
        chance.shuffle(words)
        before, after = (
            MADE.screen(text, on=ON)
            for text in (" ".join(w.written for w in words_of(listed.name)), " ".join(words))
        )
        if [w.text for w in sorted(words_of(" ".join(words)))] == [
            w.text for w in sorted(words_of(listed.name))
        ]:
            assert [(h.entry.id, round(h.score, 9)) for h in before.hits] == [
                (h.entry.id, round(h.score, 9)) for h in after.hits
            ]

    @given(st.sampled_from(ENTRIES[:-1]), st.text(string.ascii_letters + " ", min_size=1, max_size=40))
    @settings(max_examples=60, deadline=None)
    def test_a_further_entry_does_not_hide_a_listed_name(self, listed, name):
        more = lists([*ENTRIES, entry(name, entry_id="EL:more")])

        assert listed.id in [hit.entry.id for hit in more.screen(listed.name, on=ON, most=None).hits]

    @given(st.text(max_size=200))
    @settings(max_examples=300, deadline=None)
    def test_any_text_is_answered_with_scores_within_0_and_1(self, text):
        answer = MADE.screen(text, on=ON)

        assert all(0 < hit.score <= 1 for hit in answer.hits)
        assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)
        assert all(hit.why for hit in answer.hits)

    @given(st.text(min_size=1, max_size=60))
    @settings(max_examples=60, deadline=None)
    def test_the_same_question_has_the_same_answer_in_a_new_index(self, text):
        small = ENTRIES[:4]

        assert lists(small).screen(text, on=ON).to_json() == lists(small).screen(text, on=ON).to_json()


class TestWords:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("A.O. Ramenskoe", ["jsc", "ramenskoe"]),
            ("S.A. de C.V.", ["jsc"]),
            ("No. 054 Institute", ["number", "54", "institute"]),
            ("Xi’an Int'l", ["xian", "international"]),
            ("NII Orlan", ["science", "research", "institute", "orlan"]),
            ("第五十四研究所", ["54", "research", "institute"]),
            ("第七〇四研究所", ["704", "research", "institute"]),
            ("第一百二十研究所", ["120", "research", "institute"]),
            ("\x1fname\x1ffoo _bar_", ["namefoo", "bar"]),
            ("", []),
        ],
    )  # fmt: skip
    def test_a_name_is_cut_into_words(self, name, words):
        assert [word.text for word in words_of(name)] == words

    @pytest.mark.parametrize(
        ("word", "is_it"), [("hengwei", True), ("yogli", False), ("servatan", False), ("xian", True)]
    )
    def test_chinese_syllables_are_told_from_other_words(self, word, is_it):
        assert is_pinyin(word) is is_it

    @pytest.mark.parametrize(
        ("one", "other"), [("yevgeny", "evgeniy"), ("mohammed", "muhamad"), ("khalid", "halid")]
    )
    def test_romanisations_of_one_name_have_one_skeleton(self, one, other):
        assert skeleton(one) == skeleton(other)

    def test_two_chinese_names_are_not_slips_of_each_other(self):
        assert nearness("hengwei", "hongwei")[0] < 0.7 < nearness("valtrex", "valtrix")[0]

    @given(
        st.text(string.ascii_lowercase, min_size=3, max_size=15),
        st.text(string.ascii_lowercase, min_size=3, max_size=15),
    )
    def test_nearness_is_a_share(self, one, other):
        assert 0 <= nearness(one, other)[0] <= 1

"""Languages are named, not misread; old encodings are read where they are certain, and refused where not."""

import pytest

from documents_made import STORY
from tidegate.claims.documents import Document, detect_language, read_document, unreadable
from tidegate.errors import DocumentError

TEXTS = {
    "zh": "商务部新闻发言人就对稀土相关物项实施出口管制答记者问。稀土相关物项具有军民两用属性，对其实施出口管制是国际通行做法。"
    "中国作为负责任大国，旨在更好维护国家安全和利益，履行防扩散等国际义务，体现了坚定维护世界和平与地区稳定的一贯立场。",
    "ja": "経済産業省は、半導体製造装置など二十三品目を輸出管理の対象に加える省令改正を行い、七月二十三日に施行した。"
    "米国は日本とオランダに対し、中国への先端半導体製造装置の輸出規制で足並みをそろえるよう求めてきた。日本企業は影響を精査している。",
    "ko": "미국 상무부는 고대역폭메모리와 반도체 제조 장비의 대중국 수출을 제한하는 새로운 조치를 발표했다. "
    "삼성전자와 에스케이하이닉스는 영향을 검토하고 있다고 밝혔다. 산업통상자원부는 국내 기업에 미치는 영향이 제한적일 것이라고 설명했다.",
    "he": "משרד המסחר האמריקני הודיע ביום שלישי על הגבלות חדשות על יצוא שבבים לסין. חברת אנבידיה מסרה כי תזדקק לרישיון.",
    "ar": "أعلنت وزارة التجارة الأمريكية يوم الثلاثاء قيودا جديدة على تصدير الرقائق إلى الصين، وقالت شركة إنفيديا إنها ستحتاج إلى ترخيص.",
    "fa": "وزارت بازرگانی آمریکا روز سه‌شنبه محدودیت‌های تازه‌ای برای صادرات تراشه به چین اعلام کرد و شرکت انویدیا گفت که به مجوز نیاز دارد.",
    "ru": "Министерство торговли США объявило о новых ограничениях на экспорт полупроводников в Китай. Компании потребуется лицензия.",
    "de": "Die niederländische Regierung prüft, ob ASML für die Wartung von Anlagen in China künftig eine Genehmigung benötigt. "
    "Das Unternehmen erklärte, die möglichen Änderungen würden keinen wesentlichen Einfluss auf die Prognose haben.",
    "nl": "De Nederlandse regering overweegt of ASML een vergunning nodig heeft voor het onderhoud van machines in China. "
    "Het bedrijf zei dat de wijziging geen wezenlijke invloed zal hebben op de verwachtingen voor dit jaar.",
    "fr": "Le gouvernement néerlandais étudie si ASML aura besoin d’une licence pour l’entretien des machines en Chine. "
    "L’entreprise a déclaré que les modifications n’auraient pas d’effet important sur ses prévisions pour l’été.",
}
ENGLISH = " ".join(STORY)


@pytest.mark.parametrize("code", TEXTS)
def test_a_story_in_another_language_is_named_as_such(code):
    assert detect_language(TEXTS[code]) == code
    assert unreadable(Document("x", TEXTS[code])).endswith(f"({code}): the local reader reads English")


def test_the_reason_names_the_language_in_words():
    assert unreadable(Document("x", TEXTS["zh"])) == "written in Chinese (zh): the local reader reads English"


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        ENGLISH[:90],
        ENGLISH.upper(),
        "The ITA (經濟部國際貿易署) has added Huawei (華為) and SMIC (中芯國際) to the list of the trade act (貿易法).",
        ENGLISH + "\n" + TEXTS["zh"][:60],
        ENGLISH + "\n" + TEXTS["ar"][:60],
    ],
)  # fmt: skip
def test_english_with_names_and_quotes_in_other_letters_stays_english(text):
    assert detect_language(text) == "en"
    assert unreadable(Document("x", text)) is None


@pytest.mark.parametrize(
    "text", ["Nvidia AMD ASML TSMC", "", "12.5 % 2024 2025", "中芯", "Huawei (华为)", "!" * 500]
)
def test_too_little_text_has_no_language_and_is_not_refused(text):
    assert detect_language(text) is None
    assert unreadable(Document("x", text)) is None


def test_an_english_foreword_does_not_make_a_chinese_story_english():
    assert detect_language(ENGLISH[:100] + "\n" + TEXTS["zh"] * 3) == "zh"


def test_a_story_half_in_chinese_is_english_with_a_note(tmp_path):
    (tmp_path / "a.txt").write_text(ENGLISH + "\n" + TEXTS["zh"][:80], encoding="utf-8")

    document = read_document(tmp_path / "a.txt")

    assert document.language == "en"
    assert document.notes == ("partly in Chinese: those passages are not read",)


def test_right_to_left_text_keeps_its_order(tmp_path):
    (tmp_path / "a.txt").write_text(TEXTS["he"], encoding="utf-8")

    document = read_document(tmp_path / "a.txt")

    assert document.text == TEXTS["he"]
    assert document.language == "he"


class TestEncodings:
    @pytest.mark.parametrize(
        ("code", "encoding", "named"),
        [
            ("zh", "gb18030", "gb18030"), ("ja", "shift_jis", "cp932"), ("ko", "euc_kr", "cp949"),
            ("de", "cp1252", "cp1252"), ("fr", "cp1252", "cp1252"), ("ja", "euc_jp", "euc_jp"),
        ],
    )  # fmt: skip
    def test_an_old_encoding_that_is_certain_is_read_with_a_note(self, tmp_path, code, encoding, named):
        (tmp_path / "a.txt").write_bytes(TEXTS[code].encode(encoding))

        document = read_document(tmp_path / "a.txt")

        assert document.text == TEXTS[code]
        assert document.notes == (f"read as {named}",)
        assert document.language == code

    def test_the_quotes_of_old_word_processors_are_read(self, tmp_path):
        text = ENGLISH + " “It wouldn’t – we’re told – cost more than €700,” the firm’s head said…"
        (tmp_path / "a.txt").write_bytes(text.encode("cp1252"))

        document = read_document(tmp_path / "a.txt")

        assert (document.text, document.notes) == (text, ("read as cp1252",))

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
    def test_wide_text_is_read_with_or_without_a_mark(self, tmp_path, encoding):
        (tmp_path / "a.txt").write_bytes(ENGLISH.encode(encoding))

        assert read_document(tmp_path / "a.txt").text == ENGLISH

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            (TEXTS["de"] * 2, "mac_roman"), (TEXTS["de"] * 2, "cp850"), (TEXTS["fr"] * 2, "mac_roman"),
            (ENGLISH + " The firm’s head said: “It wouldn’t.”", "mac_roman"), (TEXTS["ru"] * 2, "koi8-r"),
            ("Rząd Holandii rozważa, czy firma ASML będzie potrzebowała zezwolenia na obsługę maszyn w Chinach. " * 3, "cp1250"),
            ("Hollanda hükümeti, ASML şirketinin Çin'deki makinelerin bakımı için izne ihtiyaç duyup duymadığını " * 3, "cp1254"),
        ],
    )  # fmt: skip
    def test_an_encoding_that_is_not_certain_is_refused_and_never_misread(self, tmp_path, text, encoding):
        (tmp_path / "a.txt").write_bytes(text.encode(encoding))

        with pytest.raises(DocumentError, match=r"byte \d+ is not utf-8\. It may be \w+: iconv"):
            read_document(tmp_path / "a.txt")

    def test_utf_8_with_a_damaged_byte_is_refused(self, tmp_path):
        (tmp_path / "a.txt").write_bytes((TEXTS["fr"] * 3).encode() + b"\xe9\x20 fin")

        with pytest.raises(DocumentError, match="is not utf-8"):
            read_document(tmp_path / "a.txt")

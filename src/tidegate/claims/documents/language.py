"""Which language a story is written in, and whether the reader can read it.

Chinese names in an English story do not make it Chinese: letters are counted by script first, a Chinese
character, kana or Hangul syllable as two letters since it holds more of a word. Scripts that belong to one language
settle it; the others are told apart by a classifier (py3langid) among the languages of that script.
English is known by its small words, so that the classifier is not loaded for an English story.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from tidegate.claims.documents.document import Document

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["detect_language", "partly_in", "unreadable"]

NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""The languages told apart: those in which news of this trade is written. ISO 639-1."""

_RANGES = (
    ("kana", "\u3040-\u30ff\uff66-\uff9f"), ("han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"),
    ("hangul", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"), ("he", "\u0590-\u05ff\ufb1d-\ufb4f"),
    ("arabic", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"), ("cyrillic", "\u0400-\u052f"),
    ("el", "\u0370-\u03ff\u1f00-\u1fff"), ("th", "\u0e00-\u0e7f"), ("hi", "\u0900-\u097f"),
    ("latin", "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"),
)  # fmt: skip
_SCRIPTS = {script: re.compile(f"[{letters}]") for script, letters in _RANGES}
_OF_SCRIPT = {
    "arabic": ("ar", "fa", "ur"),
    "cyrillic": ("ru", "uk", "bg", "sr"),
    "latin": tuple(
        code for code in NAMES if code not in {"ar", "bg", "el", "fa", "he", "hi", "ja", "ko", "ru", "th",
                                               "uk", "ur", "zh"}
    ),
}  # fmt: skip

_SMALL = (
    "the of and to in a that for is on with as by from at are was has its be have which it an will not "
    "this their but or had been would who were said more than"
)
_SMALL_WORDS = frozenset(_SMALL.split())
_SAMPLE = 20_000
_FEW_LETTERS, _FEW_TO_CLASSIFY = 30, 80
"""Letters below which a text in Latin letters has no language, by its small words and by the classifier:
three company names prove nothing."""


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the main language; None where too little is there to tell.

    >>> detect_language("商务部公布对稀土物项实施出口管制的公告"), detect_language("Nvidia AMD ASML")
    ('zh', None)
    """
    counts = _scripts(text)
    total = sum(counts.values())
    if total < 12:
        return None
    script = max(counts, key=lambda each: (counts[each], each))
    return _language_of(script, counts, _sample(text))


def unreadable(document: Document) -> str | None:
    """Return why the local reader cannot read a story; None where it can, or where nobody can tell.

    >>> unreadable(Document("x", "商务部公布对稀土物项实施出口管制的公告"))
    'written in Chinese (zh): the local reader reads English'
    """
    language = document.language or detect_language(document.text)
    if language is None or language == "en":
        return None
    return (
        f"written in {NAMES.get(language, 'another language')} ({language}): the local reader reads English"
    )


def partly_in(text: str) -> str | None:
    """Return the note on a story in English with a good part, 15% or more, in another script."""
    counts = _scripts(text)
    foreign = {script: count for script, count in counts.items() if script != "latin"}
    if not foreign or sum(foreign.values()) < max(60, 0.15 * sum(counts.values())):
        return None
    script = max(foreign, key=lambda each: (foreign[each], each))
    code = _language_of(script, foreign, "".join(re.findall(r"[^\x00-\u024f]+\s?", _sample(text))))
    return f"partly in {NAMES.get(code or '', 'another language')}: those passages are not read"


def _sample(text: str) -> str:
    """Return the beginning, or of a long text pieces from three places: a foreword may be in English."""
    if len(text) <= _SAMPLE:
        return text
    third, middle = _SAMPLE // 3, len(text) // 2
    return "\n".join((text[:third], text[middle : middle + third], text[-third:]))


def _scripts(text: str) -> Counter[str]:
    """Return how many letters stand in each script; Chinese characters, kana and Hangul weigh as words do."""
    sample = _sample(text)
    counts = Counter({script: len(letters.findall(sample)) for script, letters in _SCRIPTS.items()})
    for script in ("han", "kana", "hangul"):
        counts[script] *= 2
    # Kana is what tells Japanese, in which the Chinese characters are many, from Chinese.
    if counts["kana"] > 0.15 * counts["han"]:
        counts["kana"] += counts.pop("han")
    return +counts


def _language_of(script: str, counts: Counter[str] | dict[str, int], text: str) -> str | None:
    fixed = {"han": "zh", "kana": "ja", "hangul": "ko"}.get(script, script)
    if fixed not in _OF_SCRIPT:
        return fixed
    if script == "latin":
        words = re.findall(r"[a-z]+", text.lower())
        if counts["latin"] < _FEW_LETTERS:
            return None
        if sum(word in _SMALL_WORDS for word in words) > 0.2 * len(words):
            return "en"
        if counts["latin"] < _FEW_TO_CLASSIFY:
            return None
    code, share = _classifier(script).classify(text)
    return str(code) if share >= 0.8 else None


@lru_cache(maxsize=4)
def _classifier(script: str) -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_OF_SCRIPT[script])
    return identifier

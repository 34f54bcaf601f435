"""The words of a name: cut, brought into Latin letters, and each told by what it says about who it is.

'Co., Ltd.', 'LLC', 'OOO' and 有限公司 say the legal form; 'Tech', 'Technologies' and 科技 a trade; 'Harbin' and 哈尔滨 a
place; '54th' and 'No. 54' a number. What is left is the name proper, and only that tells one firm from the next. The
words are data (`data/screening/words.csv`, `places.csv`); other scripts are romanised by anyascii (ISC licence, tables
of Unicode and Unihan), sign by sign for Chinese after the known words were taken out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from tidegate.screening.lexicon import Kind, lexicon

__all__ = ["LONGEST", "Word", "is_pinyin", "mend_forms", "words_of", "words_once"]

LONGEST = 400
"""Letters of a name that are looked at: the longest listed one has 350."""


class Word(NamedTuple):
    """One word of a name.

    text: as it is compared; the word of the vocabulary for what is in it. written: as it stood, in Latin letters.
    optional: it stood in brackets.
    """

    text: str
    written: str
    kind: Kind
    optional: bool = False


_HAN = re.compile(
    "[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[\u3040-\u30ff\uff66-\uff9f]+|[\uac00-\ud7af]+"
)
_MIXED_SCRIPT = re.compile(r"\b(?=\w*[a-zA-Z])(?=\w*[\u0370-\u04ff])\w+")
_LOOK_ALIKE = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορν", "ABEKMHOPCTYXIJSaeopcyxijsABEZHIKMNOPTYXaopv"
)
"""Letters of other alphabets that look like Latin ones, for words in which both stand."""

_SAID = "\x1f"
"""Before a word that was read out of other signs, with its kind; no name has this sign."""

_MARKS = re.compile("[\x1f'’‘ʼʻ`´ʹʺ\u0300-\u036f\u200b-\u200f\u00ad\ufeff]")
_ORDINAL = re.compile(r"0*(\d+)(?:st|nd|rd|th)?$")
_MIXED = re.compile(r"(\d+)([a-z]{4,})$|([a-z]{4,})(\d+)$")


def words_once(words: Iterable[Word]) -> tuple[Word, ...]:
    """Return words without stop words and without those that stand twice, as a name and its short form may."""
    found: dict[str, Word] = {}
    for word in words:
        if word.kind == "stop":
            continue
        old = found.get(word.text)
        if old is None or (old.optional and not word.optional):
            found[word.text] = word
    return tuple(found.values())


def words_of(name: str, mended: Mapping[str, str] | None = None) -> tuple[Word, ...]:
    """Return the words of a name, in order; none where it has no letter.

    mended: what some of them are slips of the pen for.

    >>> [word.text for word in words_of("Hongkong Inkson Tech Co., Ltd.")]
    ['hongkong', 'inkson', 'technology', 'ltd']
    >>> [word.text for word in words_of("深圳市东鹏尚电子有限公司")]
    ['shenzhen', 'city', 'dongpengshang', 'electronic', 'ltd']
    """
    return _words(name) if not mended else _words_of_cut(_cut(_latin(name)), mended)


@lru_cache(maxsize=1 << 17)
def _words(name: str) -> tuple[Word, ...]:
    return tuple(_read(mend_forms(_joined(_cut(_latin(name))), foreign=not name.isascii())))


def _words_of_cut(cut: list[tuple[str, bool]], mended: Mapping[str, str]) -> tuple[Word, ...]:
    return tuple(_read([(mended.get(word, word), optional) for word, optional in mend_forms(_joined(cut))]))


def _latin(name: str) -> str:
    """A name in small Latin letters, without marks."""
    text = name[:LONGEST]
    if text.isascii():
        return text.lower().replace("'", "").replace(_SAID, "")
    text = unicodedata.normalize("NFKC", text)
    text = _MIXED_SCRIPT.sub(lambda word: word.group().translate(_LOOK_ALIKE), text).lower()
    text = _HAN.sub(_of_signs, _MARKS.sub("", text))
    if not text.isascii():
        from anyascii import anyascii

        text = anyascii(text).lower().replace("'", "")
    return text


def _of_signs(match: re.Match[str]) -> str:
    """A run of signs as Latin words: the known ones as the vocabulary has them, the others by their sound."""
    from anyascii import anyascii

    known = lexicon()
    run, at, rest, out = match.group(), 0, "", list[str]()
    while at < len(run):
        numeral = _NUMERAL.match(run, at)
        if numeral is not None:
            out += [rest, f"{_SAID}number{_SAID}{_number(numeral.group(1))}"]
            rest, at = "", numeral.end()
            continue
        for length in range(min(8, len(run) - at), 0, -1):
            found = known.han.get(run[at : at + length])
            # A single sign is a word of its own only at the end (厂, 院): inside a name it is part of it.
            if found and (length > 1 or at + 1 == len(run) or found[0] == "place"):
                out.append(rest)
                rest = ""
                out.append(_SAID.join(("", found[0], *found[1])))
                at += length
                break
        else:
            sign = run[at]
            rest += known.readings.get(sign) or anyascii(sign)
            at += 1
    out.append(rest)
    return " " + " ".join(part for part in out if part).lower() + " "


_NUMERAL = re.compile("第?([零〇一二三四五六七八九十百]+)(?=研究|设计|設計|学院|學院|[院所厂廠局])")
_DIGITS = {sign: digit for digit, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}


def _number(signs: str) -> int:
    """Return what a Chinese numeral below a thousand says: 五十四, or digit by digit: 七二四."""
    if not set(signs) & {"十", "百"}:
        return int("".join(str(_DIGITS[sign]) for sign in signs))
    total, digit = 0, 0
    for sign in signs:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
    return total + digit


def _cut(text: str) -> list[tuple[str, bool]]:
    """Cut into words, with whether each stood in brackets; initials are joined (`l.l.c.` as `llc`)."""
    out: list[tuple[str, bool]] = []
    depth, initials = 0, False
    for piece in _CUT_ALL.findall(text):
        if piece in "([":
            depth, initials = depth + 1, False
        elif piece in ")]":
            depth, initials = max(0, depth - 1), False
        elif len(piece) == 1 and piece.isalpha():
            if initials:
                out[-1] = (out[-1][0] + piece, depth > 0)
            else:
                out.append((piece, depth > 0))
            initials = True
        else:
            initials = False
            mixed = None if piece.isalpha() else _MIXED.match(piece)
            parts = [part for part in mixed.groups() if part] if mixed else [piece]
            out += [(part, depth > 0) for part in parts]
    return out


_CUT_ALL = re.compile(rf"{_SAID}[a-z0-9{_SAID}]+|[a-z0-9]+|[()\[\]]")


def _joined(cut: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Join what a hyphen or a line break put asunder: 'Com-pany', 'Tech nology'."""
    known, at, out = lexicon(), 0, list[tuple[str, bool]]()
    while at < len(cut):
        text, optional = cut[at]
        if at + 1 < len(cut):
            further = cut[at + 1][0]
            joint = text + further
            if (
                len(joint) > 6
                and (joint in known.single or joint in known.form_parts)
                and not (text in known.single and further in known.single)
            ):
                out.append((joint, optional))
                at += 2
                continue
        out.append((text, optional))
        at += 1
    return out


def mend_forms(cut: list[tuple[str, bool]], *, foreign: bool = False) -> list[tuple[str, bool]]:
    """Return words with slips of the pen in legal forms put right: 'Joint Stcok Compny'.

    Only beside another word of a form, and a short one only beside a part of the same long form: 'Point LLC' is a name.
    Listed names are read in the same way, so that both sides stay equal. foreign: the name was in other letters, so
    that all the words of a form may be misspelt, if there are two: 'Dzhoint Stokk Kompaniy'.
    """
    known = lexicon()
    if len(cut) < 2:
        return cut
    out = list(cut)
    if known.form_words.isdisjoint([text for text, _ in cut]):
        slips = [_form_slip(text) if len(text) > 4 else None for text, _ in cut] if foreign else []
        if sum(slip is not None for slip in slips) < 2:
            return cut
        out = [(slip or text, optional) for slip, (text, optional) in zip(slips, cut, strict=True)]
    for at, (text, optional) in enumerate(out):
        if len(text) < 5 or text in known.single or text in known.form_parts or not text.isalpha():
            continue
        beside = [out[near][0] for near in (at - 1, at + 1) if 0 <= near < len(out)]
        if any(word in known.form_words for word in beside):
            part = _form_slip(text)
            if part and (len(part) > 5 or any(word in known.form_parts for word in beside)):
                out[at] = (part, optional)
    return out


@lru_cache(maxsize=100_000)
def _form_slip(word: str) -> str | None:
    """The part of a long legal form that a word is a slip, or another spelling, of."""
    from tidegate.screening.sounds import skeleton, sound_alike

    by_letters, by_sound = _form_slips()
    for way in (word, *sorted(_without_one(word))):
        if way in by_letters:
            return by_letters[way]
    for part in by_sound.get(skeleton(word), ()):
        if sound_alike(word, part) > 0.84:
            return part
    return None


@lru_cache(maxsize=1)
def _form_slips() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Parts of legal forms by themselves and what a letter left out makes of them, and by their consonants."""
    from tidegate.screening.sounds import skeleton

    by_letters: dict[str, str] = {}
    by_sound: dict[str, list[str]] = {}
    for part in sorted(lexicon().form_parts):
        for way in (part, *_without_one(part)):
            by_letters.setdefault(way, part)
        if len(skeleton(part)) > 2:
            by_sound.setdefault(skeleton(part), []).append(part)
    return by_letters, by_sound


def _without_one(text: str) -> frozenset[str]:
    return frozenset(text[:at] + text[at + 1 :] for at in range(len(text)))


_VESSEL = frozenset(("mv", "mt", "ss", "fv", "sv", "lng", "tb", "mts"))


def _read(cut: list[tuple[str, bool]]) -> list[Word]:
    known = lexicon()
    texts = [text for text, _ in cut]
    out: list[Word] = []
    at = 0
    while at < len(texts):
        text, optional = cut[at]
        if text[0] == _SAID:
            _, kind, *reads = text.split(_SAID)
            out += [Word(word, word, kind, optional) for word in reads]  # type: ignore[arg-type]
            at += 1
            continue
        for length in range(min(known.longest.get(text, 0), len(texts) - at), 0, -1):
            found = known.phrases.get(tuple(texts[at : at + length]))
            if found is not None:
                written = " ".join(texts[at : at + length])
                out += [Word(word, written, found[0], optional) for word in found[1]]
                at += length
                break
        else:
            if not text.isalpha():
                number = _ORDINAL.match(text)
                out.append(Word(number.group(1) if number else text, text, "number", optional))
            elif at == 0 and text in _VESSEL and len(texts) > 1:
                out.append(Word(text, text, "stop", optional))
            else:
                out.append(Word(text, text, "name", optional))
            at += 1
    return out


_SYLLABLES = (
    "[bpm](?:a|o|ai|ei|ao|an|en|ang|eng|i|ie|iao|ian|in|ing|u)|mou|miu|pou|f(?:a|o|ei|ou|an|en|ang|eng|u)|"
    "[dt](?:a|e|ai|ao|ou|an|ang|eng|ong|i|ie|iao|ian|ing|u|uo|ui|uan|un)|diu|dei|"
    "[nl](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|i|ie|iao|iu|ian|in|iang|ing|u|uo|uan|un|v|ve|ue)|lia|"
    "[gkh](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|uan|un|uang)|"
    "[jqx](?:i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ue|uan|un)|"
    "(?:zh|ch|sh|z|c|s|r)(?:a|e|i|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|uan|un|uang)|"
    "y(?:a|e|ao|ou|an|i|in|ang|ing|ong|u|ue|uan|un)|w(?:a|o|ai|ei|an|en|ang|eng|u)|a|o|e|ai|ao|ou|an|en|ang|er"
)
_PINYIN = re.compile(rf"(?:{_SYLLABLES})+$")


@lru_cache(maxsize=200_000)
def is_pinyin(word: str) -> bool:
    """Whether a word can be read as Chinese syllables, so that a changed letter makes another name, not a slip.

    >>> is_pinyin("hengwei"), is_pinyin("yogli")
    (True, False)
    """
    return _PINYIN.match(word) is not None

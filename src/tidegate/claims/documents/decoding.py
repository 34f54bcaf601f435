"""Bytes to text: UTF-8, the encoding a page declares, and old encodings where the evidence is strong.

A wrong guess gives mojibake, in which names and numbers are lost without a word. So an encoding that is
not declared is taken only where three things agree: the bytes decode without a gap, the detector ranks
it first (or, for cp1252, each special letter and quote stands where one belongs), and the result is in a
language that was written in that encoding. Where they do not agree, the file is refused with a mend.
"""

from __future__ import annotations

import re
import unicodedata

from tidegate.claims.documents.language import detect_language
from tidegate.errors import DocumentError

__all__ = ["decode"]

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

_BY_NAME = {"utf-16": "utf-16", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}

_LEGACY = {"gb18030": "zh", "cp932": "ja", "cp949": "ko", "big5": "zh", "cp950": "zh", "euc_jp": "ja"}
"""Encodings of several bytes a letter, and the language that a text in them must turn out to be in."""

_WESTERN = frozenset(("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi"))
"""Languages of cp1252."""

_ENOUGH = 120
"""Letters below which no encoding is guessed."""

_DISTINCT = 40
"""Different letters beyond ASCII that a guess at a Chinese, Japanese or Korean encoding needs: the
same line repeated is no more evidence than the line."""


def decode(raw: bytes, name: str, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the text, and a note where its encoding was neither UTF-8 nor declared.

    declared: the encoding the file itself names.
    Raises: DocumentError: if the bytes are binary, or in an encoding that is not certain.
    """
    encoding = next((codec for bom, codec in _BOMS if raw.startswith(bom)), "utf-8")
    wide = _utf_16(raw) if encoding == "utf-8" else None
    if wide is not None:
        return wide
    if encoding != "utf-16" and (b"\x00" in raw or sum(byte < 9 for byte in raw[:4096]) > 8):
        raise DocumentError(f"{name}: this is binary, not text. Save the story as text, Markdown or HTML.")
    if encoding == "utf-8" and declared and declared.lower() not in _BY_NAME:
        encoding = declared
    try:
        return raw.decode(encoding), ()
    except (UnicodeDecodeError, LookupError) as error:
        if (found := _legacy(raw)) is not None:
            return found
        where = f"byte {error.start} " if isinstance(error, UnicodeDecodeError) else "the file "
        guess = _detected(raw)
        mend = f"It may be {guess[0]}: iconv -f {guess[0]} -t utf-8." if guess else "Save it as UTF-8."
        raise DocumentError(f"{name}: {where}is not {encoding}. {mend}") from None


def _utf_16(raw: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Return UTF-16 text without a mark: every second byte is zero in Latin text, which nothing else has."""
    sample = raw[:4096]
    if len(sample) < 2 * _ENOUGH or sample.count(0) < len(sample) * 0.3:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even and odd and min(even, odd) * 20 > max(even, odd):
        return None
    codec = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    if any(unicodedata.category(char) in ("Cc", "Cn", "Co") and char not in "\t\r\n" for char in text[:4096]):
        return None
    return text, (f"read as {codec}",)


def _legacy(raw: bytes) -> tuple[str, tuple[str, ...]] | None:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return (
            None if sum(byte > 127 for byte in raw) < _ENOUGH else (raw.decode("utf-8"), ("read as utf-8",))
        )
    for codec in _detected(raw):
        language = _LEGACY.get(codec)
        text = _strictly(raw, codec) if language else None
        if text is None:
            continue
        letters = {char for char in text if char > "\x7f" and char.isalpha()}
        if len(letters) >= _DISTINCT and detect_language(text) == language:
            return text, (f"read as {codec}",)
    text = _strictly(raw, "cp1252")
    if text is not None and _is_western(text):
        return text, ("read as cp1252",)
    return None


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


_PLACES = re.compile(
    r"(?<=[A-Za-zÀ-ÿ0-9])’(?=[A-Za-zÀ-ÿ0-9])"  # an apostrophe in a word
    r"|(?<![^\W_])[“‘„«](?=[\w\s(\[$€£-])"  # a quote that opens before a word
    r"|(?<=[\w\s.,;:!?%)\]’”…-])[”’»](?![^\W_])"  # a quote that closes after one
    r"|(?<=[“‘])[“‘]|(?<=[”’])[”’]"
    r"|(?<=[ \w”’])[–—](?=[ \w“‘\r\n])|(?<=[\w\s])…|[•·](?=\s)|€(?=\s?\d)|£(?=\d)|(?<=\d)\s?[€°]"
    r"|[\w\s][®™©§]|[§©]|\xa0"
    r"|(?<![A-Za-zà-ÿ])[àáéèóÀÉòäåöøæ](?![A-Za-zà-ÿ])"  # one-letter words
    r"|(?<=[A-Za-zÀ-ÿ])[à-öø-ÿßœšž]|[À-ÖØ-ßà-öø-ÿŠŽŒ](?=[a-zà-öø-ÿ])|(?<=[A-ZÀ-Þ])[À-ÖØ-Þ]"
)
"""Where a character beyond ASCII stands in Western text. An upper-case letter in the middle of a
lower-case word, or a quote inside one, is what other encodings look like when read as cp1252."""


def _is_western(text: str) -> bool:
    special = [match.start() for match in re.finditer(r"[^\x00-\x7f]", text)]
    letters = sum(char.isalpha() for char in text)
    if letters < _ENOUGH or not special or len(special) > 0.15 * len(text):
        return False
    placed = {position for match in _PLACES.finditer(text) for position in range(*match.span())}
    return all(position in placed for position in special) and detect_language(text) in _WESTERN


def _detected(raw: bytes) -> list[str]:
    """Return the encodings the detector thinks of, its best first; those that give the same text count too."""
    from charset_normalizer import from_bytes

    sample = raw[:20000]
    best = from_bytes(sample).best()
    return [] if best is None else [best.encoding, *best.could_be_from_charset]

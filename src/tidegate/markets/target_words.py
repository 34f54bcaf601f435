"""The words in which papers and tables ask for a number: model, window, benchmark, shares, statistic, unit.

Each function says in `said` what it took where the words leave something open, and refuses what it does not
know: a wrong reading would be a wrong number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from tidegate.errors import BadInputError
from tidegate.markets.design import LEAST_SESSIONS, Model, Window

__all__ = ["benchmark_of", "model_of", "number_of", "scale_of", "tickers_of_words", "window_of"]

_SCALES = {
    **dict.fromkeys(("", "percent", "%", "pct", "per cent", "percentage points", "pp"), 1.0),
    **dict.fromkeys(("basis points", "basis point", "bp", "bps"), 100.0),
    **dict.fromkeys(("fraction", "decimal", "share", "ratio", "log points", "return"), 0.01),
}
"""What a value in percent is multiplied with for the unit that a row names."""

_MODELS: Sequence[tuple[str, Model]] = (
    (r"market adjusted|net of market|index adjusted|\badjusted (by|for) the (market|index)|^adjusted$", "adjusted"),
    (r"constant|mean adjusted|^mean|comparison period", "mean"),
    (r"market|capm|single[- ](index|factor)|one factor|risk adjusted|\bmm\b|\bols\b", "market"),
)  # fmt: skip
_PLAIN = (
    r"market|market model|market adjusted( returns?)?|constant mean( returns?)?|mean adjusted( returns?)?|"
    r"mean|adjusted"
)
_OTHER_MODELS = r"fama|french|carhart|\bff ?[356]\b|three factor|3 factor|five factor|garch|matched|peer"

_INDICES: Mapping[str, str] = {
    r"s ?& ?p ?500|sp ?500|\bspx\b|\bgspc\b|standard (and|&) poor": "^GSPC",
    r"nikkei|\bn225\b|\bnky\b": "^N225",
    r"kospi|\bks11\b": "^KS11",
    r"hang seng|\bhsi\b": "^HSI",
    r"taiex|\btwii\b": "^TWII",
    r"nasdaq[- ]?100|\bndx\b": "^NDX",
    r"nasdaq|\bixic\b": "^IXIC",
    r"phlx|philadelphia semiconductor|\bsox\b": "^SOX",
    r"russell|\brut\b": "^RUT",
    r"dow jones|\bdjia?\b": "^DJI",
}

_DASH = str.maketrans({"−": "-", "–": "-", "—": "-", "＋": "+"})
_NUMBER = r"([+-]?\d+)"
_PAIR = re.compile(rf"{_NUMBER}\s*(?:\.\.\.?|:|,|;|/|…|\bto\b|\buntil\b|\bthrough\b)\s*{_NUMBER}")
_DASHED = re.compile(r"^([+-]?\d+)\s*-\s*([+-]?\d+)$")
_WORD = r"[\^A-Z0-9][A-Z0-9.\-=]*"


def model_of(named: str, said: list[str]) -> Model:
    """Return the model that some words name. Raises: BadInputError: if it is none of ours."""
    words = re.sub(r"[\s_-]+", " ", named.lower()).strip()
    if not re.search(_OTHER_MODELS, words):
        for pattern, model in _MODELS:
            if re.search(pattern, words):
                if not re.fullmatch(_PLAIN, words):
                    said.append(f"'{named}' was read as the {model} model")
                return model
    if words:
        raise BadInputError(f"the model '{named}' is not one that an event study here knows")
    said.append("the row names no model: the market model was taken")
    return "market"


def window_of(text: str, usual: Window, what: str, said: list[str]) -> Window:
    """Return the window that some words name: `-5..+5`, `(0, 1)`, `[-1;1]`, `0`, `260 to 11 before day 0`.

    Raises: BadInputError: if they name none.
    """
    words = text.translate(_DASH).lower().strip()
    if not words:
        said.append(f"the row states no {what}: {usual[0]}..{usual[1]} was taken")
        return usual
    bare = words.strip("[](){} ")
    found = _DASHED.match(bare) or _PAIR.search(bare)
    if found:
        first, last = int(found[1]), int(found[2])
        if "before" in bare and first > last >= 0:
            first, last = -first, -last
        if first > last:
            raise BadInputError(f"the {what} '{text}' ends before it starts")
        return first, last
    if single := re.fullmatch(rf"(?:day|session|t)?\s*=?\s*{_NUMBER}(?: only)?", bare):
        day = int(single[1])
        if what == "event window":
            return day, day
        if day >= LEAST_SESSIONS:
            said.append(f"{what} of {day} sessions, taken as {usual[1] - day + 1}..{usual[1]}")
            return usual[1] - day + 1, usual[1]
    if bare in ("event day", "announcement day", "day of the event", "announcement"):
        return 0, 0
    raise BadInputError(f"the {what} '{text}' is not one that can be read. Write -5..+5")


def benchmark_of(named: str, known: Collection[str]) -> str:
    """Return the ticker of a benchmark that some words name; the words themselves where they name none."""
    if named in known:
        return named
    words = named.lower()
    # 'SPY (S&P 500 fund)' is SPY: a ticker beats the name of an index.
    for word in re.findall(_WORD, named):
        if len(word) > 2 and word in known:
            return str(word)
    return next((ticker for pattern, ticker in _INDICES.items() if re.search(pattern, words)), named)


def tickers_of_words(text: str, known: Collection[str], without: str = "") -> tuple[str, ...]:
    """Return the tickers of a list in a sentence: the longest run of them, else all that stand in it.

    A single capital is a word of the sentence (L, K or N of a formula) before it is a share.
    """
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[^\s,;|()\[\]/]+", text):
        bare = word.strip(":.'\"")
        if len(bare) > 1 and bare in known and re.fullmatch(_WORD, bare):
            runs[-1].append(bare)
        elif bare not in ("and", "&", ""):
            runs.append([])
    longest = max(runs, key=len)
    kept = longest if len(longest) >= 4 else [name for run in runs for name in run]
    return tuple(name for name in dict.fromkeys(kept) if name != without)


def scale_of(unit: str) -> float | None:
    """Return what a value in percent is multiplied with for a unit; None where it is no unit of a return."""
    return _SCALES.get(unit.lower().strip())


def number_of(text: str) -> float | None:
    """Return the number that a cell holds, None where it holds none."""
    try:
        return float(text.translate(_DASH).strip().rstrip("%").replace(" ", ""))
    except ValueError:
        return None

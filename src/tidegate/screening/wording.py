"""Why a hit is one, in a sentence or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tidegate.screening.answer import Hit
    from tidegate.screening.compare import Comparison, Left

__all__ = ["why"]

_SORTS = {"form": "legal form", "generic": "word of the trade", "place": "place", "number": "number",
          "name": "name", "stop": "filler"}  # fmt: skip


def why(hit: Hit) -> str:
    """Return the score of a hit in words: which words match how, which are left over, what else counts."""
    out = []
    if hit.evidence.identifier:
        out.append(f"The identifier {hit.evidence.identifier} is equal, which decides.")
    if hit.comparison is not None:
        what = "the listed name" if hit.matched_as == "name" else f"its {hit.matched_as}"
        shown = "" if hit.matched == hit.entry.name else f" '{hit.matched}'"
        out.append(_names(hit.comparison, f"{what}{shown}"))
    if hit.evidence.country == "differs":
        out.append(
            f"The country given is none of its countries ({', '.join(hit.entry.countries)}), which lowers it."
        )
    elif hit.evidence.country == "same":
        out.append("The country is the same.")
    if hit.also:
        entries = "entry" if len(hit.also) == 1 else "entries"
        out.append(f"{len(hit.also)} further {entries} of that name.")
    if hit.cleared is not None:
        day = hit.cleared.at.date().isoformat()
        said = f"{hit.cleared.verdict.capitalize()} by {hit.cleared.who} on {day}"
        out.append(f"{said}, but the entry has changed since." if hit.cleared.changed else f"{said}.")
    return " ".join(out)


def _names(compared: Comparison, what: str) -> str:
    near = [pair for pair in compared.pairs if pair.how]
    same = [pair for pair in compared.pairs if not pair.how]
    if not compared.asked_left and not compared.listed_left and not near:
        return f"Every word is that of {what}."
    said = []
    if same:
        said.append(f"{_list([pair.listed for pair in same])} as in {what}")
    else:
        said.append(f"Against {what}")
    said += [f"'{pair.asked}' for '{pair.listed}' ({pair.how})" for pair in near]
    if compared.listed_left:
        said.append(f"not in the query: {_words(compared.listed_left)}")
    if compared.asked_left:
        said.append(f"only in the query: {_words(compared.asked_left)}")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _words(left: tuple[Left, ...]) -> str:
    return ", ".join(f"'{word.word}' ({_SORTS[word.kind]})" for word in left)


def _list(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)

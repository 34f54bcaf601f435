"""Pages out of templates: one environment, the words and pieces that every template may use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined, select_autoescape

from tidegate import __version__
from tidegate.brief.markup import cited
from tidegate.catalog import load_catalog
from tidegate.kept import digest as program_digest
from tidegate.ledger.model import Stage
from tidegate.licensing.wording import is_telling
from tidegate.web.describe import parameter_rows
from tidegate.web.menu import menu, neighbours
from tidegate.web.parameters import filter_choices
from tidegate.web.question import Question, Site, questions

__all__ = ["STAGE_WORDS", "page_digest", "render", "static_file", "static_files"]

STAGE_WORDS: Mapping[str, str] = {
    Stage.IN_FORCE: "it binds",
    Stage.EASED: "it binds, and is applied more loosely",
    Stage.SUSPENDED: "on hold until a day or until further notice",
    Stage.ANNOUNCED: "made public, not yet in force",
    Stage.AGREED: "agreed between governments, no act yet",
    Stage.PROPOSED: "a draft is on paper",
    Stage.URGED: "somebody presses for it",
    Stage.CONSIDERING: "a government thinks about it",
    Stage.LIFTED: "it is gone",
    Stage.REFUSED: "turned down",
    Stage.UNKNOWN: "the record does not say, and tells why",
}
"""What each stage means, for the legend."""

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@lru_cache(maxsize=1)
def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Return the files that pages may ask for, by name: content and media type. No other file is served."""
    folder = files("tidegate.web") / "static"
    found = sorted((each for each in folder.iterdir() if each.is_file()), key=lambda each: each.name)
    return {
        each.name: (each.read_bytes(), _TYPES["." + each.name.rpartition(".")[2]])
        for each in found
        if "." + each.name.rpartition(".")[2] in _TYPES
    }


def static_file(name: str) -> str:
    """Return the address of a file that pages ask for; it changes when the file does."""
    content, _ = static_files()[name]
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


@lru_cache(maxsize=1)
def page_digest() -> str:
    """Return digits that change with the program and all that ships with it: what an ETag hangs on."""
    # Any file of the program as it is installed, of the supply model's data too; those that it does not look at follow.
    digest = hashlib.sha256(program_digest("pages"))
    for each in sorted((files("tidegate.web") / "templates").iterdir(), key=lambda each: each.name):
        digest.update(each.read_bytes())
    digest.update((files("tidegate.brief") / "templates" / "day.html").read_bytes())
    for content, _ in static_files().values():
        digest.update(content)
    return digest.hexdigest()[:12]


def render(template: str, site: Site, **values: Any) -> str:  # noqa: ANN401
    """Return a page as HTML text; a question that has no template of its own is shown as a table."""
    return _environment().select_template([template, "table.html"]).render(site=site, **values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        # The brief of a day looks alike here and in a file.
        loader=ChoiceLoader(
            [PackageLoader("tidegate.web"), PrefixLoader({"brief": PackageLoader("tidegate.brief")})]
        ),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cited": cited,
        "plain": lambda word: str(word).replace("_", " "),
        "country": _country,
        "item": _item,
        "party": _party,
    }
    environment.tests["telling"] = is_telling
    environment.globals |= {
        "address": address,
        "filter_choices": filter_choices,
        "menu": menu,
        "neighbours": neighbours,
        "parameter_rows": parameter_rows,
        "questions": questions,
        "static": static_file,
        "stage_words": STAGE_WORDS,
        "version": __version__,
    }
    return environment


def address(name: str, form: str = "", /, **values: Any) -> str:  # noqa: ANN401
    """Return the address of a question, for templates; a parameter named like a word of Python takes a `_`."""
    asks: Question[Any] = questions()[name]
    return asks.address({key.rstrip("_"): value for key, value in values.items()}, form)


def _country(code: str) -> str:
    found = load_catalog().countries.get(code)
    return found.name if found else code


def _item(item: str) -> str:
    found = load_catalog().items.get(item)
    return found.name if found else item.replace("_", " ")


def _party(party: str) -> str:
    found = load_catalog().parties.get(party)
    return found.name if found else party.replace("-", " ")

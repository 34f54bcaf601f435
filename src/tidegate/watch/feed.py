"""An Atom feed (RFC 4287) of the days on which an answer changed.

Nothing is kept for it: the ledger is dated, so what would have been answered on each day, as known on it, can be
worked out at any time. The same record gives the same feed.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from markupsafe import Markup

from tidegate import __version__
from tidegate.brief.markup import cited
from tidegate.dates import Day
from tidegate.watch.course import Course, changes_over
from tidegate.watch.facts import Answer, Change

__all__ = ["ENTRIES", "SPAN", "Feed", "feed_of"]

SPAN = 366
"""Days that a feed looks back."""

ENTRIES = 50
"""Changes that a feed holds; a reader that asks once a week sees every one of a year."""

_ATOM = "http://www.w3.org/2005/Atom"
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/tidegate/tidegate#feed")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Feed:
    """What changed in the answer to a question, newest first.

    question: its address without a site, which the ids rest on. first, last: the days looked at. cut: whether
    there was more than a feed holds.
    """

    question: str
    title: str
    changes: tuple[Change, ...]
    first: Day
    last: Day
    cut: bool

    def to_atom(
        self, *, page: str, own: str, measure_page: Callable[[str, Day], str], about: str, updated: Day
    ) -> str:
        """Return the feed as XML text.

        page, own: addresses of the page and of the feed. measure_page: gives the address of a measure's page on a
        day. about: a sentence on what the feed rests on. updated: the day of a feed without any change.
        """
        Xml.register_namespace("", _ATOM)
        root = Xml.Element(f"{{{_ATOM}}}feed")
        identity = uuid.uuid5(_NAMES, self.question)
        _text(root, "id", identity.urn)
        _text(root, "title", self.title)
        _text(root, "subtitle", f"{self._span()} {about}")
        _text(root, "updated", _moment(self.changes[0].day if self.changes else updated))
        _link(root, "self", own, "application/atom+xml")
        _link(root, "alternate", page, "text/html")
        author = Xml.SubElement(root, f"{{{_ATOM}}}author")
        _text(author, "name", "tidegate")
        _text(root, "generator", "tidegate").set("version", __version__)
        for change in self.changes:
            entry = Xml.SubElement(root, f"{{{_ATOM}}}entry")
            name = "\0".join((change.day.isoformat(), change.key, change.state))
            _text(entry, "id", uuid.uuid5(identity, name).urn)
            _text(entry, "title", str(change))
            _text(entry, "updated", _moment(change.day))
            _text(entry, "published", _moment(change.day))
            _link(entry, "alternate", page, "text/html")
            for word in change.words:
                if word.source.startswith(("http://", "https://")):
                    _link(entry, "via", word.source)
            pages = {
                word.measure: measure_page(word.measure, change.day) for word in change.words if word.stage
            }
            _text(entry, "content", _content(change, pages)).set("type", "html")
        return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode")

    def _span(self) -> str:
        if not self.changes:
            return f"No change between {self.first} and {self.last}."
        if self.cut:
            return f"The last {len(self.changes)} changes up to {self.last}; earlier ones are left out."
        return f"Every change between {self.first} and {self.last}."


def feed_of(
    course: Course, question: str, title: str, today: Day, *, on: Day | None = None, known_by: Day | None = None,
    since: Day | None = None,
) -> Feed:  # fmt: skip
    """Return what changed in an answer over the last year, or since a day within it.

    today: the last day looked at. on: the legal day asked about, where the question names one: then the answer
    changes with what is known. known_by: what became known later is left out.
    """
    first = max(today - dt.timedelta(days=SPAN), min(since or dt.date.min, today))

    def answer(day: Day) -> Answer:
        return course.answer(on or day, min(day, known_by or day))

    changes, cut = changes_over(answer, course.days(first, today, on), ENTRIES)
    return Feed(question, title, changes, first, today, cut)


def _content(change: Change, pages: dict[str, str]) -> str:
    lines = [Markup("<p>Now: {}</p>").format(change.now or "no longer on record")]
    if change.was is not None:
        lines.append(Markup("<p>Before: {}</p>").format(change.was))
    lines.append(Markup("<p>Since: {}. On whose word:</p>").format(change.since))
    for word in change.words:
        page = pages.get(word.measure)
        own = Markup('<a href="{}">{}</a>').format(page, word.title) if page else word.title
        stage = f", {word.stage.replace('_', ' ')}" if word.stage else ""
        doubt = "" if word.verified else " Not read in the source."
        lines.append(
            Markup("<p>{}{} since {}: {}.{} Source: {}</p>").format(
                own, stage, word.since, word.note, doubt, cited(word.source)
            )
        )
    if not change.words:
        lines.append(
            Markup("<p>No entry of a measure stands behind it: a definition or a group changed.</p>")
        )
    return str(Markup("").join(lines))


def _text(parent: Xml.Element, name: str, text: str) -> Xml.Element:
    element = Xml.SubElement(parent, f"{{{_ATOM}}}{name}")
    element.text = _UNPRINTABLE.sub("\ufffd", text)
    return element


def _link(parent: Xml.Element, rel: str, href: str, kind: str | None = None) -> None:
    kinds = {"type": kind} if kind else {}
    Xml.SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "href": _UNPRINTABLE.sub("", href), **kinds})


def _moment(day: Day) -> str:
    return f"{day.isoformat()}T00:00:00Z"

"""The menu: an entry a question, or one for a group of questions that stand beside each other."""

from __future__ import annotations

from typing import Any

from tidegate.web.question import Question, questions

__all__ = ["menu", "neighbours"]


def menu(asks: Question[Any] | None = None) -> list[tuple[str, Question[Any], bool]]:
    """Return the entries of the menu: their words, where each leads, and whether `asks` is under it.

    Questions of a group share one entry, which leads to the first of them.
    """
    found: dict[str, tuple[str, Question[Any], bool]] = {}
    for each in questions().values():
        if each.in_menu:
            here = asks is not None and (
                asks.name == each.name or (bool(each.group) and asks.group == each.group)
            )
            found.setdefault(each.group or each.name, (each.group or each.title, each, here))
    return list(found.values())


def neighbours(asks: Question[Any] | None) -> list[Question[Any]]:
    """Return the pages that share the entry of the menu with a page, itself among them."""
    if asks is None or not asks.group:
        return []
    return [each for each in questions().values() if each.group == asks.group and each.in_menu]

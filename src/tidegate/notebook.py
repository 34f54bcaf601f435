"""A table as a notebook shows it: what was asked above it, no empty columns, sources as links, nothing cut unsaid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["MOST_ROWS", "html_table"]

MOST_ROWS = 100
"""Rows shown; the others are told of."""

_MOST_LETTERS = 160


def html_table(
    rows: Sequence[Mapping[str, object]], columns: Sequence[str], about: Mapping[str, object]
) -> str:
    """Return rows as an HTML table. about: what was asked; its plain values stand above the table.

    A column that is empty in every row is left out and named below. A nested value is told as its number of entries:
    the JSON has it. Text is escaped; an address becomes a link.
    """
    shown = [name for name in columns if any(row[name] not in (None, "", (), [], {}) for row in rows)]
    left = [name for name in columns if name not in shown] if rows else []
    told = [f"{name.replace('_', ' ')}: {value}" for name, value in about.items() if _is_plain(value)]
    head = "".join(f'<th scope="col">{escape(name.replace("_", " "))}</th>' for name in shown or columns)
    body = "".join("<tr>" + "".join(_cell(row[name]) for name in shown) + "</tr>" for row in rows[:MOST_ROWS])
    notes = []
    if len(rows) > MOST_ROWS:
        notes.append(f"{len(rows) - MOST_ROWS} more rows: to_pandas() or to_csv() has all")
    if left:
        notes.append(f"empty in every row: {', '.join(left)}")
    if not rows:
        notes.append("no rows")
    caption = f'<caption style="text-align:left">{escape(" · ".join(told))}</caption>' if told else ""
    below = f"<p><small>{escape('; '.join(notes))}</small></p>" if notes else ""
    return (
        f'<div style="overflow-x:auto"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f"{below}</div>"
    )


def _is_plain(value: object) -> bool:
    return (
        value is not None and value != "" and not isinstance(value, Mapping | list | tuple | set | frozenset)
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, float):
        return f'<td style="text-align:right" title="{value!r}">{value:.4g}</td>'
    if isinstance(value, int):
        return f'<td style="text-align:right">{value}</td>'
    if isinstance(value, Mapping):
        return _entries(len(value))
    if isinstance(value, list | tuple | set | frozenset):
        if any(isinstance(part, Mapping | list | tuple) for part in value):
            return _entries(len(value))
        return f'<td style="text-align:left">{", ".join(_words(str(part)) for part in value)}</td>'
    return f'<td style="text-align:left">{_words("" if value is None else str(value))}</td>'


def _entries(count: int) -> str:
    return f"<td>{count} {'entry' if count == 1 else 'entries'}</td>" if count else "<td></td>"


def _words(text: str) -> str:
    """Text of a cell, escaped, an address as a link, a long text cut with the whole of it under the pointer."""
    if text.startswith(("https://", "http://")) and not any(letter.isspace() for letter in text):
        host = text.split("/")[2].removeprefix("www.")
        return f'<a href="{escape(text)}" rel="noopener noreferrer">{escape(host)}</a>'
    if len(text) > _MOST_LETTERS:
        return f'<span title="{escape(text)}">{escape(text[:_MOST_LETTERS])}…</span>'
    return escape(text)

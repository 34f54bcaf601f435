"""The brief as a file: a page, a PDF or plain text, by the ending of its name."""

from __future__ import annotations

from pathlib import Path

from tidegate.brief.day_record import DayBrief
from tidegate.brief.page import write_page
from tidegate.brief.record import Brief
from tidegate.errors import BadInputError
from tidegate.files import write_whole

__all__ = ["ENDINGS", "check_out", "day_only", "write_brief"]

ENDINGS = (".html", ".pdf", ".txt")


def day_only(day: DayBrief) -> Brief:
    """Return the brief of a day without stories."""
    return Brief(
        on=day.on, stories=(), proposals=(), disagreements=(), failures=(), read_to=day.read_to,
        scenario=day.scenario, measures_in_ledger=day.measures_in_ledger, day=day,
    )  # fmt: skip


def check_out(path: str | Path) -> None:
    """Raise an error, before anything is worked out, for a file that a brief cannot be written to.

    Raises: BadInputError: for another ending, or a folder that is not there. MissingExtraError: for PDF without Typst.
    """
    out = Path(path)
    if out.suffix.lower() not in ENDINGS:
        raise BadInputError(
            f"{out}: a brief is a page, a PDF or plain text. Give --out a name in {', '.join(ENDINGS)}."
        )
    if not out.absolute().parent.is_dir():
        raise BadInputError(f"{out}: there is no folder {out.parent}. Make it, or give another --out.")
    if out.is_dir():
        raise BadInputError(f"{out}: this is a folder. Give --out the name of a file in it.")
    if out.suffix.lower() == ".pdf":
        from tidegate.brief.pdf import need_typst

        need_typst()


def write_brief(brief: Brief, path: str | Path) -> Path:
    """Write the brief, whole or not at all, as its ending says: a page, a PDF or plain text.

    Raises: BadInputError: if the file cannot be written. MissingExtraError: for PDF without Typst.
    """
    check_out(path)
    ending = Path(path).suffix.lower()
    if ending == ".pdf":
        from tidegate.brief.pdf import write_pdf

        return write_pdf(brief, path)
    if ending == ".txt":
        from tidegate.brief.text import render_text

        return write_whole(Path(path), render_text(brief))
    return write_page(brief, path)

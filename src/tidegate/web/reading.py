"""From an address to what is asked, or to what is wrong with it, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tidegate.errors import BadInputError
from tidegate.web.question import Asked, Question, Site

__all__ = ["Mistake", "MistakenError", "read_address"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One parameter that cannot be used. message: what is wrong, and the mend."""

    field: str
    message: str

    def row(self) -> dict[str, str]:
        """Return it as plain values."""
        return {"field": self.field, "message": self.message}


class MistakenError(BadInputError):
    """An address asks what cannot be asked: `.mistakes` names each field."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(" ".join(f"{mistake.field}: {mistake.message}" for mistake in self.mistakes))


def read_address(
    asks: Question[Any], given: Iterable[tuple[str, str]], site: Site, *, by_form: bool = True
) -> Asked:
    """Return what an address asks.

    given: pairs of name and value. A day that is not named is today. by_form: a form sends its empty fields
    along, and they are as if not given; a program that sends one has lost a value, and is told so.
    Raises: MistakenError: naming each field, what is wrong with it and the mend.
    """
    values: dict[str, str] = {}
    mistakes = []
    for name, value in given:
        if not value.strip():
            if not by_form and name in asks.parameters:
                mistakes.append(Mistake(name, "It is empty. Give a value, or leave it out."))
            continue
        if name in values:
            mistakes.append(
                Mistake(name, "It stands twice in the address. Give it once; commas divide values.")
            )
        values[name] = value
    if mistakes:
        raise MistakenError(mistakes)
    for name in asks.by_today:
        values.setdefault(name, site.today().isoformat())
    try:
        asked: Asked = asks.asked.model_validate(values)
    except ValidationError as error:
        raise MistakenError(_mistakes(asks, error)) from None
    return asked


def _mistakes(asks: Question[Any], error: ValidationError) -> Iterable[Mistake]:
    for each in error.errors(include_url=False):
        name = str(each["loc"][0]) if each["loc"] else "address"
        yield Mistake(name, _message(asks, name, each))


def _message(asks: Question[Any], name: str, error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        from rapidfuzz import process

        near = process.extractOne(name, asks.parameters, score_cutoff=60)
        hint = f" Did you mean '{near[0]}'?" if near else f" The parameters are {_listed(asks.parameters)}."
        return f"There is no such parameter.{hint}"
    if error["type"] == "missing":
        return "It is not given, and without it there is no question. Add it to the address."
    message = str(error["msg"]).removeprefix("Value error, ")
    message = message.removeprefix(f"{name}: ").removeprefix(f"{name} ")
    return message if message.endswith((".", "?")) else f"{message}."


def _listed(names: tuple[str, ...], most: int = 12) -> str:
    more = f" and {len(names) - most} more, listed at /api" if len(names) > most else ""
    return ", ".join(names[:most]) + more

"""The shape of a record: the JSON Schema made from `model.Measure`, and what breaking it is called."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.errors import Problem
from tidegate.ledger.model import Measure
from tidegate.records import YamlRecord

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

__all__ = ["Path", "did_you_mean", "measure_schema", "problem", "shape_problems"]

Path = tuple[str | int, ...]
"""Keys and indices that lead to a value in a record."""


def shape_problems(record: YamlRecord) -> list[Problem]:
    """Return where a record breaks the schema."""
    return [_shape_problem(record, error) for error in _validator().iter_errors(record.data)]


@lru_cache(maxsize=1)
def measure_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one measure, as published in docs/measure.schema.json."""
    schemas, components = msgspec.json.schema_components([Measure], ref_template="#/$defs/{name}")
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A tidegate measure",
        **schemas[0],
        "$defs": components,
    }
    cleaned: dict[str, Any] = _without_null(schema)
    return cleaned


def _without_null(node: Any) -> Any:  # noqa: ANN401
    # A field that is not given is left out of the file, so null never stands in one.
    if isinstance(node, list):
        return [_without_null(part) for part in node]
    if not isinstance(node, dict):
        return node
    node = {key: _without_null(value) for key, value in node.items() if key != "default"}
    options = [option for option in node.get("anyOf", ()) if option != {"type": "null"}]
    if options:
        rest = {key: value for key, value in node.items() if key != "anyOf"}
        return {**rest, **options[0]} if len(options) == 1 else {**rest, "anyOf": options}
    return node


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(measure_schema())


def _shape_problem(record: YamlRecord, error: ValidationError) -> Problem:
    path: Path = tuple(error.absolute_path)
    field = str(next((part for part in reversed(path) if isinstance(part, str)), "the record"))
    value: Any = error.instance
    schema: Any = error.schema
    expected: Any = error.validator_value
    if error.validator == "additionalProperties":
        allowed = schema.get("properties", {})
        extra = next(key for key in value if key not in allowed)
        return problem(record, (*path, extra), "unknown-key", f"'{extra}' is no field.",
                        did_you_mean(extra, allowed))  # fmt: skip
    if error.validator == "required":
        missing = next(key for key in schema["required"] if key not in value)
        return problem(record, path, "missing-key", f"'{missing}' is missing.", f"Add '{missing}: ...'.")
    if error.validator == "enum":
        return problem(record, path, "bad-word", f"{field} '{value}' is not known.",
                        did_you_mean(str(value), expected))  # fmt: skip
    if error.validator == "pattern":
        rule, mend = _PATTERN_MENDS.get(field, ("bad-word", "Use lower-case words joined by '-' or '_'."))
        return problem(record, path, rule, f"{field} '{value}' is not well formed.", mend)
    if error.validator in ("minLength", "maxLength", "minItems"):
        return problem(record, path, "bad-length", f"{field} is too short or too long.",
                        f"Its bounds are {error.validator} {expected}.")  # fmt: skip
    if error.validator == "anyOf":
        return problem(record, path, "wrong-type", f"{field} is neither text nor dated texts.",
                        "Write one predicate, or `2025-01-16: predicate` lines.")  # fmt: skip
    names = {"array": "a list", "object": "`key: value` lines", "string": "text (quote it)"}
    wanted = names.get(str(expected), str(expected))
    return problem(record, path, "wrong-type", f"{field} is {value!r}.", f"Write {wanted}.")


_PATTERN_MENDS = {
    "id": ("bad-id", "Write jurisdiction, date and words: us-2025-05-23-eda-letters."),
    "on": ("bad-date", "Write 2025, 2025-02, 2025-02-25 or 2025-10-12/2025-10-13."),
    "known_by": ("bad-date", "Write YYYY-MM-DD."),
    "until": ("bad-date", "Write YYYY-MM-DD."),
    "until_announced": ("bad-date", "Write YYYY-MM-DD."),
    "source": (
        "bad-source",
        "Give an http(s) address, or `press:`, `note:` or `law:` and a citation.",
    ),
    "jurisdiction": ("bad-word", "Write the ISO 3166-1 alpha-2 code, or EU."),
    "destinations": ("bad-word", "Write an ISO code, `world` or a group, as in us:D:5."),
}


def problem(record: YamlRecord, path: Path, rule: str, message: str, mend: str) -> Problem:
    """Return a problem at the line of a value, or of the nearest parent that has one."""
    return Problem(record.path, record.line(*path), rule, message, mend)


def did_you_mean(word: str, words: Iterable[str], otherwise: str = "") -> str:
    """Return the mend for a word that is not known: the nearest known one, or the known ones."""
    from rapidfuzz import process

    choices = sorted(map(str, words))
    near = process.extractOne(word, choices, score_cutoff=60)
    if near:
        return f"Did you mean '{near[0]}'? {otherwise}".strip()
    return otherwise or f"Known: {', '.join(choices[:20])}{', ...' if len(choices) > 20 else ''}."

"""YAML files read as records that remember the line each value stands on.

YAML 1.1 turns `NO` into false, `2025-02-25` into a date object and `1:30` into 90, and PyYAML keeps
the last of two equal keys. A ledger of law cannot live with that, so scalars are resolved by the YAML 1.2
JSON rules (null, true, false, numbers; a float has a dot, so that the ECCN 3E001 is no number), dates
stay text, and a doubled key is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tidegate.errors import LedgerError, Problem

__all__ = [
    "Lines",
    "YamlRecord",
    "read_yaml",
    "read_yaml_fast",
    "read_yaml_records",
    "read_yaml_text",
    "read_yaml_text_records",
]

MAX_BYTES = 16 * 1024 * 1024
"""A record file above this is refused: the whole shipped ledger is under one megabyte."""

MAX_DEPTH = 64
"""Nesting above this is refused: records are at most five deep."""

Lines = dict[tuple[str | int, ...], int]
"""Line of each value, by the path of keys and indices that leads to it."""


@dataclass(frozen=True, slots=True)
class YamlRecord:
    """One YAML mapping with the file it came from and the line of every value in it."""

    path: str
    data: dict[str, Any]
    lines: Lines

    def line(self, *path: str | int) -> int:
        """Return the line of the value at `path`, or of the nearest parent that has one."""
        for length in range(len(path), -1, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return 0


class _Loader(yaml.CSafeLoader):
    """The libyaml loader with the scalars of YAML 1.2's JSON schema and no aliases."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"true|false", "tf"),
    ("tag:yaml.org,2002:null", r"null|~|", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("tag:yaml.org,2002:float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?", "-0123456789"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))


def read_yaml_records(path: Path) -> list[YamlRecord]:
    """Return the records of a YAML file: one mapping, or a list of mappings.

    Raises: LedgerError: if the file cannot be read, is not YAML, doubles a key or holds something
        other than mappings.
    """
    return _records(*read_yaml(path), str(path))


def read_yaml_text_records(text: str, name: str) -> list[YamlRecord]:
    """Return the records of YAML text, as `read_yaml_records` does; `name` is used in messages.

    Raises: LedgerError: as `read_yaml_records`.
    """
    _check_characters(text, name)
    return _records(*_parse(text, name), name)


def _records(data: Any, lines: Lines, name: str) -> list[YamlRecord]:  # noqa: ANN401
    if isinstance(data, dict):
        return [YamlRecord(name, data, lines)]
    if data is None:
        raise _error(name, 1, "empty-file", "The file holds no record.", "Write a record or delete it.")
    if not isinstance(data, list):
        raise _error(name, 1, "not-a-record", f"A record is expected, not {_kind(data)}.", _MEND_RECORD)
    records = []
    for index, entry in enumerate(data):
        if not isinstance(entry, dict):
            line = lines.get((index,), 1)
            raise _error(
                name,
                line,
                "not-a-record",
                f"A record is expected, not {_kind(entry)}.",
                _MEND_RECORD,
            )
        own = {key[1:]: line for key, line in lines.items() if key[:1] == (index,)}
        records.append(YamlRecord(name, entry, own))
    return records


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """Return the content of a YAML file and the line of each value in it.

    Raises: LedgerError: if the file cannot be read, is not YAML or doubles a key.
    """
    name = str(path)
    return _parse(_read_text(path, name), name)


def read_yaml_text(text: str, name: str) -> Any:  # noqa: ANN401
    """Return the content of YAML text; `name` is used in messages.

    Raises: LedgerError: if the text is not YAML or doubles a key.
    """
    _check_characters(text, name)
    return _parse(text, name)[0]


def _parse(text: str, name: str) -> tuple[Any, Lines]:
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = " ".join(str(getattr(error, "problem", None) or error).split())
        line = mark.line + 1 if mark else 1
        raise _error(name, line, "not-yaml", f"This is not YAML: {what}.", "Mend the syntax.") from None
    except RecursionError:
        raise _error(name, 1, "too-deep", "The nesting is too deep.", "Flatten it.") from None
    if node is None:
        return None, {}
    lines: Lines = {}
    loader = _Loader("")
    try:
        data = _construct(loader, node, (), lines, name)
    finally:
        loader.dispose()
    return data, lines


def read_yaml_fast(path: Path) -> Any:  # noqa: ANN401
    """Return the content of a file that ships with tidegate, without keeping lines.

    Twice as fast as `read_yaml`, but lets doubled keys pass: for files that the tests have checked.
    """
    return yaml.load(path.read_bytes(), Loader=_Loader)


_MEND_RECORD = "Write `key: value` lines, or a list of such records."


def _read_text(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            mend = f"Split it: at most {MAX_BYTES // 2**20} MiB."
            raise _error(name, 0, "too-large", "The file is too large.", mend)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise _error(
            name, 0, "unreadable", f"The file cannot be read: {reason}.", "Check the path."
        ) from None
    except UnicodeDecodeError as error:
        mend = "Save it as UTF-8."
        raise _error(name, 0, "not-utf8", f"Byte {error.start} is not UTF-8.", mend) from None
    _check_characters(text, name)
    return text


def _check_characters(text: str, name: str) -> None:
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        what = f"Character U+{ord(found.group()):04X} is not allowed in YAML."
        raise _error(name, line, "not-yaml", what, "Delete it.")


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "bool", "null", "int", "float")
)


def _construct(loader: _Loader, node: yaml.Node, path: tuple[str | int, ...], lines: Lines, name: str) -> Any:  # noqa: ANN401
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > MAX_DEPTH:
        raise _error(name, line, "too-deep", "The nesting is too deep.", "Flatten it.")
    if node.tag not in _TAGS:
        what = f"The tag '{node.tag}' is not allowed."
        raise _error(name, line, "not-yaml", what, "Write plain values.")
    if not isinstance(node, yaml.ScalarNode):
        # A node met twice is an alias: it could make a small file enormous.
        if getattr(node, "met", False):
            what = "Anchors and aliases are not allowed."
            raise _error(name, line, "not-yaml", what, "Write the value out.")
        node.met = True  # type: ignore[attr-defined]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _error(name, line, "bad-key", "A key must be plain text.", "Rename it.")
            key = str(key_node.value)
            key_line = key_node.start_mark.line + 1
            if key in mapping:
                what = f"The key '{key}' stands twice."
                raise _error(name, key_line, "doubled-key", what, "Keep one of the two.")
            lines[*path, key] = key_line
            mapping[key] = _construct(loader, value_node, (*path, key), lines, name)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_construct(loader, child, (*path, i), lines, name) for i, child in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        what = " ".join(str(error).split())
        raise _error(name, line, "not-yaml", f"This value cannot be read: {what}.", "Quote it.") from None


def _kind(value: object) -> str:
    names = {str: "text", int: "a number", float: "a number", bool: "a truth value", list: "a list"}
    return names.get(type(value), "nothing")


def _error(name: str, line: int, rule: str, message: str, mend: str) -> LedgerError:
    return LedgerError([Problem(name, line, rule, message, mend)])

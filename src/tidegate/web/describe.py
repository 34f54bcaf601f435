"""What the API says of a question in OpenAPI: its parameters, with words, defaults and examples."""

from __future__ import annotations

from typing import Any

from tidegate.web.question import Question

__all__ = ["ERROR_SCHEMA", "operation", "parameter_rows"]

ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "status": {"type": "integer"},
                "message": {"type": "string"},
                "fields": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                        "required": ["field", "message"],
                    },
                },
            },
            "required": ["status", "message", "fields"],
        }
    },
    "required": ["error"],
}
"""The one shape of every error."""


def parameter_rows(asks: Question[Any]) -> list[dict[str, Any]]:
    """Return the parameters of a question: name, where it stands, whether it must be given, schema, about."""
    schema = asks.asked.model_json_schema(by_alias=True)
    shared, required = schema.get("$defs", {}), schema.get("required", ())
    rows = []
    for name, own in schema["properties"].items():
        parts = [part for part in own.get("anyOf", [own]) if part.get("type") != "null"]
        plain = {**parts[0], **{key: own[key] for key in ("maximum", "minimum", "enum") if key in own}}
        if "$ref" in plain:
            plain = shared[plain["$ref"].rpartition("/")[2]]
        plain = {k: v for k, v in plain.items() if k not in ("title", "description", "default", "examples")}
        default = own.get("default")
        if default is not None and default != "today":
            plain["default"] = default
        rows.append(
            {
                "name": name,
                "in": "path" if name in asks.in_path else "query",
                "required": name in required,
                "schema": plain,
                "description": own.get("description", ""),
                "example": _example(asks, name, own),
            }
        )
    return rows


def operation(asks: Question[Any]) -> dict[str, Any]:
    """Return what FastAPI is told of a question besides its name and sentence."""
    parameters = []
    for row in parameter_rows(asks):
        kept = {key: value for key, value in row.items() if key != "example"}
        parameters.append({**kept, "example": row["example"]} if row["example"] is not None else kept)
    bad = {"content": {"application/json": {"schema": ERROR_SCHEMA}}}
    return {
        "openapi_extra": {"parameters": parameters},
        "responses": {
            200: {
                "description": "The answer, with what it rests on.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            404: {"description": "Nothing in the record answers to a name.", **bad},
            422: {"description": "A parameter cannot be used; the answer names it and the mend.", **bad},
            **(_LATER if asks.by_job else {}),
        },
    }


_LATER: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "It is being worked out: how far it is, and what there is of it. Ask again in a moment.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
    503: {
        "description": "Too many wait already. Ask again in a minute.",
        "content": {"application/json": {"schema": ERROR_SCHEMA}},
    },
}
"""What else may come of a question that a job works out."""


def _example(asks: Question[Any], name: str, own: dict[str, Any]) -> Any:  # noqa: ANN401
    given = next((example[name] for example in asks.examples if name in example), None)
    return given if given is not None else next(iter(own.get("examples", ())), None)

"""The explorer's form: a field for each parameter, made from the schema that validates it."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from brim.api.framework.operation import Operation
from brim.api.framework.params import Schema
from brim.api.published import parameters_schema
from brim.api.resources.meanings import TEST_VALUES_KEY
from brim.web.reference.attributes import Word

Control = Literal["text", "number", "choice", "list", "pairs", "group"]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field.

    Attributes:
        name: under which it is sent, as `us_bank_account[routing_number]`; that of a list ends in `[]`.
        label: its own name.
        control: how it is filled in: a list has a value on each line, pairs have `key=value` on each line.
        required: whether it must be filled in.
        value: what it holds at first.
        hint: what may be filled in.
        choices: the values there are.
        fields: what is inside a group.
        suggestions: what test mode has for it.
    """

    name: str
    label: str
    control: Control
    required: bool
    value: str = ""
    hint: str = ""
    choices: tuple[str, ...] = ()
    fields: tuple["Field", ...] = ()
    suggestions: tuple[Word, ...] = ()


def fields_of(operation: Operation, values: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the fields of an operation; the required ones first, filled in with the example's values."""
    fields = _fields(parameters_schema(operation), values, within="")
    return tuple(sorted(fields, key=lambda field: (not field.required, not field.value and not field.fields)))


def _fields(schema: Schema, values: Mapping[str, Any], *, within: str) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(
        _field(name, inner, values.get(name), within=within, required=name in required)
        for name, inner in schema["properties"].items()
    )


def _field(name: str, schema: Schema, value: Any, *, within: str, required: bool) -> Field:
    full = f"{within}[{name}]" if within else name
    hint = str(schema.get("description", ""))
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice.get("const") != ""]
    main = choices[0]
    given = _shown(value)
    if "properties" in main:
        inside = _fields(main, value if isinstance(value, Mapping) else {}, within=full)
        return Field(name=full, label=name, control="group", required=required, hint=hint, fields=inside)
    if main.get("type") == "object":
        return Field(name=full, label=name, control="pairs", required=required, value=given, hint=hint)
    if main.get("type") == "array":
        words = tuple(main["items"].get("enum", ()))
        return Field(
            name=f"{full}[]", label=name, control="list", required=required, value=given, hint=hint, choices=words
        )
    words = ("true", "false") if main.get("type") == "boolean" else tuple(main.get("enum", ()))
    control: Control = "choice" if words else "number" if main.get("type") == "integer" else "text"
    return Field(
        name=full,
        label=name,
        control=control,
        required=required,
        value=given,
        hint=hint,
        choices=words,
        suggestions=tuple(Word(*pair) for pair in schema.get(TEST_VALUES_KEY, {}).items()),
    )


def _shown(value: Any) -> str:
    """Return a value as its field holds it."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}={inner}" for key, inner in value.items() if not isinstance(inner, Mapping))
    if isinstance(value, (list, tuple)):
        return "\n".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def typed(raw: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Return a decoded form's values with numbers and truth values as such, as far as they are; the rest stays text."""
    known = schema.get("properties", {})
    return {name: _typed(value, known.get(name, {})) for name, value in raw.items()}


def _typed(value: Any, schema: Schema) -> Any:
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice.get("const") != ""]
    if isinstance(value, Mapping):
        inner: Schema = next((choice for choice in choices if "properties" in choice), {})
        return typed(value, inner)
    if isinstance(value, list):
        items = choices[0].get("items", {}) if choices else {}
        return [_typed(item, items) for item in value]
    kinds = {choice.get("type") for choice in choices}
    if "integer" in kinds and value.removeprefix("-").isdigit() and value.isascii() and len(value) < 19:
        return int(value)
    if "boolean" in kinds and value in {"true", "false"}:
        return value == "true"
    return value

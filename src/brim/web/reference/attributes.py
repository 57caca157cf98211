"""What a reader sees of a JSON schema: names, types, limits, words, and what is inside."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

import msgspec

from brim.api.framework.params import Parameter, Schema, object_schema
from brim.api.published import component_schemas

_USUAL_LENGTH: Final = 5000
"""The ceiling of every text; said once, in the guide, not at each."""


@cache
def _components() -> dict[str, Schema]:
    """Return the published schemas by name: made for the first page that shows one, not at each start."""
    return component_schemas()


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute of an object, or one parameter.

    Attributes:
        name: its own name, without what it stands in.
        kind: its type in words.
        description: what it means; backticks mark code.
        required: whether it must be sent.
        nullable: whether it can be null.
        expandable: the object that can stand in place of the id, by its published name.
        words: the values it can have, where they are few.
        limits: what else bounds it, each in words.
        children: what is inside.
    """

    name: str
    kind: str
    description: str
    required: bool = False
    nullable: bool = False
    expandable: str | None = None
    words: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    children: tuple["Attribute", ...] = ()


def attributes_of_object(name: str) -> tuple[Attribute, ...]:
    """Return the attributes of a published object."""
    return _attributes(_components()[name], above=(name,), mark_required=False)


def attributes_of_parameters(parameters: tuple[Parameter, ...]) -> tuple[Attribute, ...]:
    """Return an operation's parameters, the required ones first."""
    attributes = _attributes(object_schema(parameters), above=(), mark_required=True)
    return tuple(sorted(attributes, key=lambda attribute: not attribute.required))


def _attributes(schema: Schema, *, above: tuple[str, ...], mark_required: bool) -> tuple[Attribute, ...]:
    required = set(schema.get("required", ())) if mark_required else set()
    return tuple(
        _attribute(name, inner, above=above, required=name in required)
        for name, inner in schema.get("properties", {}).items()
    )


def _attribute(name: str, schema: Schema, *, above: tuple[str, ...], required: bool) -> Attribute:
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice.get("const") != ""]
    references = [_name_of(choice) for choice in choices if "$ref" in choice]
    types = [word for choice in choices for word in _types(choice)]
    expandable = references[0] if references and "string" in types else None
    main = next((choice for choice in choices if "$ref" in choice or "properties" in choice), choices[0])
    return Attribute(
        name=name,
        kind=_kind({**schema, **main}, types, references),
        description=schema.get("description", ""),
        required=required,
        nullable="null" in types or any(word is None for word in schema.get("enum", ())),
        expandable=expandable,
        words=_words({**schema, **main}),
        limits=tuple(_limits({**main, **schema})),
        children=() if expandable or len(references) > 1 else _children(main, above),
    )


def _types(schema: Schema) -> list[str]:
    given = schema.get("type", [])
    return [given] if isinstance(given, str) else list(given)


def _name_of(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _kind(schema: Schema, types: Iterable[str], references: list[str]) -> str:
    """Return a type in words."""
    if schema.get("format") == "unix-time":
        return "timestamp"
    if "items" in schema:
        inner = schema["items"]
        kind = "object" if "$ref" in inner or "properties" in inner else "".join(_types(inner)) or "value"
        return f"array of {kind}s"
    words = [word for word in dict.fromkeys(types) if word != "null"]
    if references and "object" not in words:
        words.append("object")
    if schema.get("enum"):
        return "enum"
    return " or ".join(words) or "object"


def _words(schema: Schema) -> tuple[str, ...]:
    items = schema.get("items", {})
    words = schema.get("enum") or items.get("enum") or ([schema["const"]] if schema.get("const") else [])
    return tuple(str(word) for word in words if word is not None)


def _limits(schema: Schema) -> Iterable[str]:
    """Yield what bounds a value, each in words."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None and most < 2**62:
        yield f"{least} to {most}"
    elif least is not None:
        yield f"at least {least}"
    if schema.get("maxLength", _USUAL_LENGTH) < _USUAL_LENGTH:
        yield f"at most {schema['maxLength']} characters"
    if "maxItems" in schema:
        yield f"at most {schema['maxItems']} of them"
    if "maxProperties" in schema:
        yield f"at most {schema['maxProperties']} keys"
    if "default" in schema:
        yield f"{schema['default']} if left out"


def _children(schema: Schema, above: tuple[str, ...]) -> tuple[Attribute, ...]:
    """Return what is inside an object or the objects of an array; nothing for one that it stands in itself."""
    if "items" in schema:
        return _children(schema["items"], above)
    if "$ref" in schema:
        name = _name_of(schema)
        if name in above:
            return ()
        return _attributes(_components()[name], above=(*above, name), mark_required=False)
    return _attributes(schema, above=above, mark_required=True)


def words_in(attributes: Iterable[Attribute]) -> Iterable[str]:
    """Yield every name and description, for searching."""
    for attribute in attributes:
        yield attribute.name
        yield attribute.description
        yield from attribute.words
        yield from words_in(attribute.children)


def example_of(schema: Mapping[str, Any], name: str = "") -> Any:
    """Return a plausible value of a schema, for what has no example of its own."""
    if "$ref" in schema:
        return example_of(_components()[_name_of(dict(schema))])
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], name)
    for key in ("const", "examples", "enum"):
        if key in schema:
            return schema[key] if key == "const" else schema[key][0]
    types = _types(dict(schema))
    if "properties" in schema:
        wanted = schema.get("required", schema["properties"])
        return {key: example_of(schema["properties"][key], key) for key in wanted}
    if "null" in types:
        return None
    plain = {"integer": schema.get("minimum", 0), "number": 0, "boolean": False, "array": [], "object": {}}
    return plain.get(types[0] if types else "object", "text")

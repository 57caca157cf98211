"""The schemas as `/openapi.json` publishes them."""

from typing import Any, Final, get_args

import msgspec

from brim.api.framework.params import Schema
from brim.api.framework.schema import REFERENCE, TEXT, Component, constant
from brim.api.resources.schemas import COMPONENTS, NAMES


def reference_to(struct: type[msgspec.Struct]) -> Schema:
    """Return the reference to a struct's published schema."""
    return {"$ref": REFERENCE.format(name=NAMES[struct])}


def list_of(struct: type[msgspec.Struct], path: str) -> Schema:
    """Return the schema of a list's reply."""
    return {
        "type": "object",
        "description": "A page, newest first.",
        "properties": {
            "object": {"type": "string", **constant("list")},
            "data": {"type": "array", "items": reference_to(struct), "description": "The objects of this page."},
            "has_more": {"type": "boolean", "description": "Whether more follow in the direction travelled."},
            "url": {"type": "string", "description": "Where the list is.", "examples": [path], **TEXT},
        },
        "required": ["object", "data", "has_more", "url"],
    }


def v2_list_of(struct: type[msgspec.Struct]) -> Schema:
    """Return the schema of a list's reply in the second version of the API."""
    url: Schema = {"type": ["string", "null"], **TEXT}
    return {
        "type": "object",
        "description": "A page, newest first.",
        "properties": {
            "data": {"type": "array", "items": reference_to(struct), "description": "The objects of this page."},
            "next_page_url": {**url, "description": "Where the older ones are; null where there are none."},
            "previous_page_url": {**url, "description": "Where the newer ones are; null on the first page."},
        },
        "required": ["data", "next_page_url", "previous_page_url"],
    }


def component_schemas() -> dict[str, Schema]:
    """Return the published schemas by name."""
    _, generated = msgspec.json.schema_components(tuple(NAMES), ref_template=REFERENCE)
    return {each.name: _component(each, generated[each.struct.__name__]) for each in COMPONENTS}


def _component(component: Component, generated: Schema) -> Schema:
    """Return a struct's schema. Every property is always there, save those that its encoding leaves out as unset."""
    properties = {name: _refined(schema, component.rows[name]) for name, schema in generated["properties"].items()}
    struct = component.struct
    always = generated["required"] if struct.__struct_config__.omit_defaults else _always_there(struct)
    return {
        "type": "object",
        "description": generated["description"],
        "properties": properties,
        "required": always,
    }


def _always_there(struct: type[msgspec.Struct]) -> list[str]:
    """Return the properties that no encoding of a struct leaves out."""
    return [field.name for field in msgspec.structs.fields(struct) if msgspec.UnsetType not in get_args(field.type)]


def _refined(generated: Schema, row: Schema) -> Schema:
    """Return a property's schema: what its type says, unless the row says it all, and what the row adds."""
    if "anyOf" in row:
        return row
    schema = _renamed(_joined(generated))
    schema.pop("default", None)
    return {**schema, **row}


def _joined(schema: Schema) -> Schema:
    """Return `{"type": ["string", "null"]}` for a choice between a type and null."""
    choices = schema.get("anyOf", [])
    if len(choices) != 2 or choices[1] != {"type": "null"} or "type" not in choices[0]:
        return dict(schema)
    return {**choices[0], "type": [choices[0]["type"], "null"]}


def _renamed(schema: Any) -> Any:
    """Return a schema whose references are to the published names."""
    if isinstance(schema, list):
        return [_renamed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _PUBLISHED.get(inner, inner) if key == "$ref" else _renamed(inner) for key, inner in schema.items()}


_PUBLISHED: Final = {
    REFERENCE.format(name=struct.__name__): REFERENCE.format(name=name) for struct, name in NAMES.items()
}

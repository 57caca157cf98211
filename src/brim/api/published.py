"""The schemas as `/openapi.json` publishes them."""

from typing import Annotated, Any, Final, get_args, get_origin

import msgspec

from brim.api.framework.operation import Operation
from brim.api.framework.params import Schema, object_schema
from brim.api.framework.schema import REFERENCE, TEXT, Component, constant
from brim.api.resources.meanings import explained
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
            "object": {"type": "string", **_added_by(constant("list"))},
            "data": {"type": "array", "items": reference_to(struct), "description": "The objects of this page."},
            "has_more": {
                "type": "boolean",
                "description": "Whether there are more objects after these, in the direction of the pagination.",
            },
            "url": {"type": "string", "description": "The URL of the list.", "examples": [path], **TEXT},
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
            "next_page_url": {
                **url,
                "description": "The URL of the next page, with older events; null on the last page.",
            },
            "previous_page_url": {
                **url,
                "description": "The URL of the previous page, with newer events; null on the first page.",
            },
        },
        "required": ["data", "next_page_url", "previous_page_url"],
    }


def component_schemas() -> dict[str, Schema]:
    """Return the published schemas by name."""
    return {component.name: explained(_component(component), component.name) for component in COMPONENTS}


def parameters_schema(operation: Operation) -> Schema:
    """Return the schema that validates an operation's parameters, with what their values mean."""
    return explained(object_schema(operation.parameters), operation.operation_id)


def _component(component: Component) -> Schema:
    """Return a struct's schema."""
    struct = component.struct
    fields = msgspec.structs.fields(struct)
    types, _ = msgspec.json.schema_components([_bare(field.type) for field in fields], ref_template=REFERENCE)
    return {
        "type": "object",
        "description": " ".join((struct.__doc__ or "").partition("\n\n")[0].split()),
        "properties": {
            field.encode_name: _property(schema, _added_by(_meta_of(field, component)))
            for field, schema in zip(fields, types, strict=True)
        },
        "required": [field.encode_name for field in fields if _is_always_there(struct, field)],
    }


def _is_always_there(struct: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> bool:
    """Return whether no encoding leaves a field out: as unset, or as its default where these are omitted."""
    if struct.__struct_config__.omit_defaults:
        return field.required
    return msgspec.UnsetType not in get_args(_bare(field.type))


def _bare(annotation: Any) -> Any:
    """Return a type without what is annotated beside it."""
    return annotation.__origin__ if get_origin(annotation) is Annotated else annotation


def _meta_of(field: msgspec.structs.FieldInfo, component: Component) -> msgspec.Meta:
    """Return what describes a field."""
    if get_origin(field.type) is Annotated:
        meta: msgspec.Meta = field.type.__metadata__[0]
        return meta
    return component.below[field.name]


def _added_by(meta: msgspec.Meta) -> Schema:
    """Return what a description adds to what a type says."""
    return {"description": meta.description, **(meta.extra_json_schema or {})}


def _property(generated: Schema, added: Schema) -> Schema:
    """Return a property's schema: what its type says, unless the description says it all, and what that adds."""
    if "anyOf" in added:
        return added
    return {**_renamed(_joined(generated)), **added}


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

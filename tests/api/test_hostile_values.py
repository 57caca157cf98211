"""No value of any parameter or path makes an operation fail in a way that is ours."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from brim.api.framework.operation import Operation, is_v2_path
from brim.api.openapi import build_openapi
from brim.api.resources.operations import OPERATIONS
from tests.support.hostile_values import HOSTILE_IDS, HOSTILE_VALUES
from tests.support.long_form import long_form
from tests.support.wire import Wire, WireReply

_DOCUMENT: Final[Any] = build_openapi(OPERATIONS)


def parameters_of(operation: Operation) -> list[tuple[str, ...]]:
    """Return the paths of an operation's parameters down to those that hold no others."""
    described = _DOCUMENT["paths"][operation.path][operation.method.lower()]
    found = [
        path
        for parameter in map(_resolved, described.get("parameters", ()))
        if parameter["in"] == "query"
        for path in _leaves((parameter["name"],), parameter["schema"])
    ]
    for content in described.get("requestBody", {}).get("content", {}).values():
        found += [path for name, schema in content["schema"]["properties"].items() for path in _leaves((name,), schema)]
    return found


def _resolved(part: Any) -> Any:
    """Return a part of the document, or what it refers to."""
    if "$ref" not in part:
        return part
    found = _DOCUMENT
    for name in part["$ref"].split("/")[1:]:
        found = found[name]
    return found


def _leaves(path: tuple[str, ...], schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    schema = _resolved(schema)
    yield path
    for choice in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        for name, inner in choice.get("properties", {}).items():
            yield from _leaves((*path, name), inner)


def send(wire: Wire, operation: Operation, path: tuple[str, ...], value: str) -> WireReply:
    """Send a request that names one parameter and nothing else that could be refused before it."""
    target = "/".join("x" if part.startswith("{") else part for part in operation.path.split("/"))
    name = path[0] + "".join(f"[{part}]" for part in path[1:])
    if operation.method == "POST" and is_v2_path(operation.path):
        body: Any = value
        for part in reversed(path):
            body = {part: body}
        headers = {"Content-Type": "application/json"}
        return wire.send("POST", target, body=json.dumps(body).encode(), headers=headers)
    if operation.method == "POST":
        return wire.send("POST", target, form={name: value})
    return wire.send(operation.method, f"{target}?{urlencode({name: value})}")


@pytest.mark.long_form
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_no_value_of_a_parameter_is_answered_500(wire: Wire, operation: Operation) -> None:
    for turn, path in enumerate(parameters_of(operation), OPERATIONS.index(operation)):
        for value in long_form(HOSTILE_VALUES, short=HOSTILE_VALUES[turn % 3 :: 3]):
            reply = send(wire, operation, path, value)
            assert reply.status < 500, (path, value, reply.body)
            assert isinstance(reply.json, dict)


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if "{" in each.path], ids=lambda operation: operation.operation_id
)
def test_no_id_in_a_path_is_answered_500(wire: Wire, operation: Operation) -> None:
    before, _, rest = operation.path.partition("{")
    after = rest.partition("}")[2]
    for hostile in HOSTILE_IDS:
        target = before + hostile + "/".join("x" if part.startswith("{") else part for part in after.split("/"))
        reply = wire.send(operation.method, target)
        assert 400 <= reply.status < 500, (target, reply.body)
        assert isinstance(reply.json, dict)

"""The types of the official Python SDK, read from its source, and what of a reply is not as they say.

They are read, not imported: the SDK writes them for checkers, under names that do not exist at run time.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import stripe

_ROOT: Final = Path(stripe.__file__).parent
_OBJECTS: Final = {
    "account": ("_account.py", "Account"),
    "balance": ("_balance.py", "Balance"),
    "balance_transaction": ("_balance_transaction.py", "BalanceTransaction"),
    "event": ("_event.py", "Event"),
    "payment_method": ("_payment_method.py", "PaymentMethod"),
    "source": ("_source.py", "Source"),
    "test_helpers.test_clock": ("test_helpers/_test_clock.py", "TestClock"),
    "token": ("_token.py", "Token"),
    "topup": ("_topup.py", "Topup"),
    "v2.core.event": ("v2/core/_event.py", "Event"),
    "v2.core.event_destination": ("v2/core/_event_destination.py", "EventDestination"),
    "webhook_endpoint": ("_webhook_endpoint.py", "WebhookEndpoint"),
}
"""Where the SDK has the class of each object that is known by its `object`."""

_PLAIN: Final = {"str": str, "int": int, "bool": bool}


@cache
def _class_of(path: str, name: str) -> ast.ClassDef:
    tree = ast.parse((_ROOT / path).read_text())
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)


def _fields(definition: ast.ClassDef) -> dict[str, ast.expr]:
    """Return the annotations of a class, without the types in quotes that only checkers know."""
    return {
        node.target.id: node.annotation
        for node in definition.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id.islower()
    }


def _inner(definition: ast.ClassDef, name: str) -> ast.ClassDef | None:
    found = (node for node in definition.body if isinstance(node, ast.ClassDef) and node.name == name)
    return next(found, None)


def words_of(path: str, name: str, field: str) -> list[str]:
    """Return the words that the literal type of a field allows."""
    walked = ast.walk(_fields(_class_of(path, name))[field])
    return [node.value for node in walked if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def violations(body: Any) -> list[str]:
    """Return what of a reply is not as the SDK's types say: nulls, words, and kinds of values, each with its path."""
    return list(_of_object(body, "$"))


def _of_object(value: Any, path: str) -> Iterator[str]:
    """Look for the objects that the SDK has a class for, however deep."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _of_object(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        place = _OBJECTS.get(str(value.get("object")))
        if place is not None:
            yield from _of_class(value, _class_of(*place), path)
        for name, item in value.items():
            yield from _of_object(item, f"{path}.{name}")


def _of_class(value: Mapping[str, Any], definition: ast.ClassDef, path: str) -> Iterator[str]:
    for name, annotation in _fields(definition).items():
        if name in value:
            yield from _of_value(value[name], annotation, definition, f"{path}.{name}")
        elif not _is_optional(annotation):
            yield f"{path}.{name} is missing"


def _head(annotation: ast.expr) -> tuple[str, list[ast.expr]]:
    """Return the name of a type and its arguments: `Optional` and those of `Optional[str]`."""
    if not isinstance(annotation, ast.Subscript):
        return ast.unparse(annotation), []
    inner = annotation.slice
    return ast.unparse(annotation.value), inner.elts if isinstance(inner, ast.Tuple) else [inner]


def _is_optional(annotation: ast.expr) -> bool:
    return _head(annotation)[0] == "Optional"


def _of_value(value: Any, annotation: ast.expr, definition: ast.ClassDef, path: str) -> Iterator[str]:
    head, arguments = _head(annotation)
    if value is None:
        if head != "Optional":
            yield f"{path} is null"
    elif head in {"Optional", "Union"}:  # of a union the words that are known: we send none of those to come
        yield from _of_value(value, arguments[0], definition, path)
    elif head == "List":
        yield from _of_list(value, arguments[0], definition, path)
    elif head == "Literal":
        if value not in [ast.literal_eval(word) for word in arguments]:
            yield f"{path} is {value!r}"
    elif type(value) is not _PLAIN.get(head, type(value)):
        yield f"{path} is no {head}"
    elif isinstance(value, dict) and (inner := _inner(definition, head.rpartition(".")[2])):
        yield from _of_class(value, inner, path)


def _of_list(value: Any, item_type: ast.expr, definition: ast.ClassDef, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} is no list"
        return
    for index, item in enumerate(value):
        yield from _of_value(item, item_type, definition, f"{path}[{index}]")

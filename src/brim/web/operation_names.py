"""The words by which pages, samples and addresses call an operation."""

import re
from collections.abc import Callable
from typing import Final

from brim.api.framework.operation import Operation

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_BELOW_AN_OBJECT: Final = re.compile(r"(.+\}/(?:capabilities|external_accounts|login_links))(?:/(.+))?")
"""Collections that belong to one object; anything else behind an id is what is done with the object."""

_OWN_VERBS: Final = {
    "/v1/account": "retrieve_current",
    "/v1/brim/topups/search": "search",
    "/v1/brim/topups/counts": "count",
}


def path_params_of(operation: Operation) -> tuple[str, ...]:
    """Return the names of the ids in an operation's path."""
    return tuple(_PLACEHOLDER.findall(operation.path))


def with_ids(operation: Operation, path_id: str, quote: Callable[[str], str] = str) -> str:
    """Return an operation's path with its ids filled in; where there are two, `path_id` has a slash between them."""
    ids = iter(path_id.split("/", 1) if len(path_params_of(operation)) > 1 else [path_id])
    return _PLACEHOLDER.sub(lambda _: quote(next(ids, "")), operation.path)


def verb_of(operation: Operation) -> str:
    """Return what an operation does, in the SDKs' words: `create`, `list`, `retrieve`, or its own such as `cancel`."""
    _, behind = _parts_of(operation)
    own = behind.partition("}")[2].strip("/")
    if own.endswith("}"):  # something of the object, by its own id
        return f"retrieve_{path_params_of(operation)[-1]}"
    if own:
        return own if operation.method == "POST" else f"{'list' if operation.in_list else 'retrieve'}_{own}"
    if behind:
        return {"GET": "retrieve", "POST": "update", "DELETE": "delete"}[operation.method]
    if operation.path in _OWN_VERBS:
        return _OWN_VERBS[operation.path]
    return "create" if operation.method == "POST" else "list" if operation.in_list else "retrieve"


def collection_of(operation: Operation) -> str:
    """Return the path of what an operation is about, without its ids and verbs: `/v1/topups`."""
    return _parts_of(operation)[0]


def _parts_of(operation: Operation) -> tuple[str, str]:
    """Return the collection's path, and what stands behind it."""
    below = _BELOW_AN_OBJECT.fullmatch(operation.path)
    if below:
        return below[1], below[2] or ""
    collection, _, behind = operation.path.partition("/{")
    return collection, f"{{{behind}" if behind else ""


def camel(name: str) -> str:
    """Return `balanceTransactions` for `balance_transactions`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal(name: str) -> str:
    """Return `BalanceTransactions` for `balance_transactions`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[_.]", name))

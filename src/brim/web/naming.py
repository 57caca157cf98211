"""The words by which pages, samples and addresses call an operation."""

import re
from typing import Final

from brim.api.operation import Operation

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def place_of(operation: Operation) -> str | None:
    """Return the name of the id in an operation's path, or None."""
    found = _PLACEHOLDER.search(operation.path)
    return found[1] if found else None


def verb_of(operation: Operation) -> str:
    """Return what an operation does, in the SDKs' words: `create`, `list`, `retrieve`, or its own such as `cancel`."""
    after = operation.path.partition("{")[2]
    rest = after.partition("}")[2].strip("/")
    if rest:
        return rest if operation.method == "POST" else f"list_{rest}"
    if after:
        return {"GET": "retrieve", "POST": "update", "DELETE": "delete"}[operation.method]
    if operation.path == "/v1/account":
        return "retrieve_current"
    return "create" if operation.method == "POST" else "list" if operation.in_list else "retrieve"


def collection_of(operation: Operation) -> str:
    """Return the path of what an operation is about, without ids and verbs: `/v1/topups`."""
    return operation.path.partition("/{")[0]


def camel(name: str) -> str:
    """Return `balanceTransactions` for `balance_transactions`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal(name: str) -> str:
    """Return `BalanceTransactions` for `balance_transactions`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[_.]", name))

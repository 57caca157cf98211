"""Errors and lists of every operation, made from the server's own document: nobody has to list them by hand."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from wire_recording.caller import Call, Caller, Operations

_UNKNOWN: Final = "nonsense_1"
_JSON: Final = "application/json"
_FILTERS: Final[dict[str, tuple[str, ...]]] = {
    "amount": ("amount=1500", "amount[gt]=1500", "amount[lte]=900&amount[gte]=500", "amount[foo]=1"),
    "created": ("created[gte]=1", "created[lt]=1", "created[gt]=a", "created[foo]=1"),
    "status": ("status=succeeded", "status=failed", "status=pending", "status=canceled", "status=reversed"),
    "currency": ("currency=usd", "currency=jpy"),
    "type": ("type=topup", "type=topup_reversal", "type=topup.*", "type=topup.failed", "type=us_bank_account"),
    "types[]": ("types[]=topup.created&types[]=topup.failed", "types[]=v1.topup.created"),
    "source": ("source=api", "source=dashboard"),
    "delivery_success": ("delivery_success=true", "delivery_success=false"),
    "after_sequence": ("after_sequence=0&limit=3", "after_sequence=1&limit=2"),
    "allow_redisplay": ("allow_redisplay=always",),
    "method": ("method=POST&limit=20", "method=DELETE"),
    "path": ("method=POST&limit=5&path=/v1/topups", "method=POST&limit=5&path=/v1/accounts"),
}
"""Queries by the parameter that they are about; whichever an operation has no use for, it refuses."""

_POLLED: Final = "/v1/brim/request_logs"
"""What it lists grows by every look at something that is waited for, so that it is asked for POSTs only."""


def probe(caller: Caller, others: Mapping[str, str]) -> None:
    """Record what each operation refuses.

    Args:
        caller: speaks for the account whose objects there are.
        others: keys that may not do it, by what they are.
    """
    operations = caller.operations
    for name in list(operations.statuses):
        for what, key, call in _wrong_calls(operations, name, caller.key, others):
            caller.with_key(key).call(f"refused {name}", what, call)


def probe_lists(caller: Caller, group: str, *, without: frozenset[str] = frozenset()) -> None:
    """Record each list: its pages, the ends of what may be asked for, and every filter but those in `without`."""
    for name in list(caller.operations.statuses):
        operation = caller.operations.described(name)
        parameters = _query_names(operation) - without
        example = caller.operations.examples.get(name)
        if name.startswith("GET ") and "limit" in parameters and example:
            path = example.path.split("?")[0]
            for query in _list_queries(caller, path, parameters):
                caller.get(f"{group} {path if '{' not in name else name}", query or "all", f"{path}?{query}")


def probe_modes(caller: Caller, other: Caller, group: str) -> None:
    """Record what another mode or account answers to each GET that has just succeeded."""
    for name, call in list(caller.operations.examples.items()):
        if call.method == "GET" and not call.path.startswith(_POLLED):
            other.call(group, name, Call("GET", call.path.split("?")[0]))


def _list_queries(caller: Caller, path: str, parameters: frozenset[str]) -> Iterator[str]:
    fixed = "method=POST&" if path == _POLLED else ""
    listed: list[Any] = caller.read(f"{path}?{fixed}limit=5").get("data", [])
    yield from (f"{fixed}limit={limit}" for limit in (3, 0, 101, -1, "a"))
    for cursor in sorted(parameters & {"starting_after", "ending_before"}):
        yield f"{fixed}limit=2&{cursor}={_UNKNOWN}"
        if listed:
            yield f"{fixed}limit=2&{cursor}={listed[len(listed) // 2]['id']}"
    if {"starting_after", "ending_before"} <= parameters:
        yield f"{fixed}starting_after={_UNKNOWN}&ending_before={_UNKNOWN}"
    if "page" in parameters:
        yield f"page={_UNKNOWN}"
        following = caller.read(f"{path}?limit=2").get("next_page_url")
        if following:
            yield following.partition("?")[2]
    for parameter in sorted(parameters & _FILTERS.keys()):
        yield from (each if fixed in each else fixed + each for each in _FILTERS[parameter])
        yield f"{fixed}{quote(parameter, safe='[]')}={_UNKNOWN}"


def _wrong_calls(
    operations: Operations, name: str, key: str, others: Mapping[str, str]
) -> Iterator[tuple[str, str, Call]]:
    """Yield what is wrong, the key to send and the call."""
    method, _, pattern = name.partition(" ")
    operation = operations.described(name)
    example = operations.examples.get(name)
    path = example.path.split("?")[0] if example else _with_unknown(pattern)
    takes_json = _takes_json(operation)
    empty = _call(method, path, {}, takes_json=takes_json)
    yield "no key", "", empty
    for what, other in others.items():
        is_another = what == "another account"
        if not is_another or ((method == "GET" or "{" in pattern) and pattern != _POLLED):
            yield what, other, empty
    yield "unknown parameter", key, _call(method, path, {_UNKNOWN: "1"}, takes_json=takes_json)
    if "{" in pattern:
        yield "unknown id", key, _call(method, _with_unknown(pattern), {}, takes_json=takes_json)
    if operation.get("requestBody"):
        yield (
            "nothing sent",
            key,
            _call(method, path if "{" not in pattern else _with_unknown(pattern), {}, takes_json=takes_json),
        )
    if "expand[]" in str(operation):
        yield "unknown expansion", key, _call(method, path, {"expand[]": _UNKNOWN}, takes_json=takes_json)


def _call(method: str, path: str, sent: Mapping[str, object], *, takes_json: bool) -> Call:
    if method == "POST":
        return Call(method, path, data=sent) if takes_json else Call(method, path, sent)
    query = "&".join(f"{name}={value}" for name, value in sent.items())
    return Call(method, f"{path}?{query}" if query else path)


def _with_unknown(pattern: str) -> str:
    return "/".join(_UNKNOWN if segment.startswith("{") else segment for segment in pattern.split("/"))


def _takes_json(operation: Mapping[str, Any]) -> bool:
    return _JSON in str(operation.get("requestBody", {}))


def _query_names(operation: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each["name"] for each in operation.get("parameters", []) if each.get("in") == "query")

"""Records what a service's API says of a scenario's accounts, and compares two recordings."""

import difflib
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from upgrading.load import Account, Api, People
from upgrading.version import UpgradeError

Recording: TypeAlias = Mapping[str, str]
"""The body of each reply, byte for byte, by account and path."""

_LISTS: Final = (
    "/v1/topups",
    "/v1/balance_transactions",
    "/v1/events",
    "/v2/core/events",
    "/v1/payment_methods",
    "/v1/webhook_endpoints",
    "/v2/core/event_destinations",
    "/v1/test_helpers/test_clocks",
)
_SINGLE: Final = ("/v1/account", "/v1/balance", "/v1/brim/balance_overview", "/v1/brim/default_funding_sources")
_OWN: Final = " /v1/brim/"
_QUIET_FOR_S: Final = 2.0
"""Longer than anything that the sandbox still has to say takes to be due."""

_QUIET_WITHIN_S: Final = 180.0
_MOST_SHOWN: Final = 5


def read_everything(api: Api, people: People) -> Recording:
    """Return what the API says of all accounts."""
    recording: dict[str, str] = {}
    for account in (*people.all, people.live):
        recording |= {f"{account.name} {path}": text for path, text in _read_account(api, account)}
    recording["accounts"] = _read(api, people.platform, "/v1/accounts?limit=100")
    for account in people.all[1:]:
        for path in ("", "/capabilities", "/external_accounts"):
            recording[f"{account.id}{path}"] = _read(api, people.platform, f"/v1/accounts/{account.id}{path}")
    return recording


def wait_until_quiet(api: Api, people: People) -> Recording:
    """Return what the API says once it says the same for a while, with everything done and delivered.

    Raises:
        UpgradeError: it keeps changing.
    """
    deadline = time.monotonic() + _QUIET_WITHIN_S
    before = read_everything(api, people)
    while time.monotonic() < deadline:
        time.sleep(_QUIET_FOR_S)
        after = read_everything(api, people)
        if after == before:
            return after
        before = after
    raise UpgradeError("the service does not come to rest")


def compare(before: Recording, after: Recording) -> None:
    """Return quietly when two recordings are the same.

    Brim's own objects may have fields that they did not have before; Stripe's are compared byte for byte.

    Raises:
        UpgradeError: they differ, and where.
    """
    differing = [name for name in sorted({*before, *after}) if not _is_kept(name, before.get(name), after.get(name))]
    if differing:
        shown = [_difference(name, before.get(name), after.get(name)) for name in differing[:_MOST_SHOWN]]
        raise UpgradeError(f"{len(differing)} replies of {len(before)} differ after the upgrade:\n" + "\n".join(shown))


def _is_kept(name: str, before: str | None, after: str | None) -> bool:
    if before is None or after is None or _OWN not in name:
        return before == after
    return _has_all(json.loads(before), json.loads(after))


def _has_all(before: Any, after: Any) -> bool:
    """Tell whether everything that a value says is said by a later one, which may have further fields."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(name in after and _has_all(value, after[name]) for name, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_has_all, before, after))
    return bool(before == after)


def _difference(name: str, before: str | None, after: str | None) -> str:
    lines = difflib.unified_diff(
        (before or "").splitlines(), (after or "").splitlines(), "before", "after", lineterm=""
    )
    return "\n".join([name, *lines])


def without(recording: Recording, account: Account) -> Recording:
    """Return a recording without what it says of one account."""
    return {name: text for name, text in recording.items() if not name.startswith(account.id)}


def _read_account(api: Api, account: Account) -> Iterator[tuple[str, str]]:
    for path in _SINGLE:
        yield path, _read(api, account, path)
    for path in _LISTS:
        yield from _read_list(api, account, path)


def _read_list(api: Api, account: Account, path: str) -> Iterator[tuple[str, str]]:
    """Yield a list's pages, and for top-ups each as it is retrieved and what the ledger has of it."""
    page_path: str | None = f"{path}?limit=100"
    while page_path is not None:
        reply = api.get(account, page_path)
        if reply.status != 200:
            raise UpgradeError(f"GET {page_path}: {reply.status} {reply.text}")
        yield page_path, reply.text
        page = reply.json
        if path == "/v1/topups":
            for topup in page["data"]:
                yield from ((each, _read(api, account, each)) for each in _paths_of(topup["id"]))
        page_path = _next_page(path, page)


def _paths_of(topup: str) -> tuple[str, str]:
    return f"/v1/topups/{topup}", f"/v1/brim/topups/{topup}/transfers"


def _next_page(path: str, page: Mapping[str, Any]) -> str | None:
    if page.get("has_more"):
        return f"{path}?limit=100&starting_after={page['data'][-1]['id']}"
    return page.get("next_page_url")


def _read(api: Api, account: Account, path: str) -> str:
    reply = api.get(account, path)
    if reply.status != 200:
        raise UpgradeError(f"GET {path}: {reply.status} {reply.text}")
    return reply.text

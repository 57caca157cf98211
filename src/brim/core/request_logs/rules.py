"""Requests as they are kept for looking at: what was asked, what was answered, nothing that is secret."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from brim.base.disclosure import HIDDEN, is_name, without_numbers
from brim.base.paging import Range
from brim.base.scope import AccountScope
from brim.core.accounts import SECRET_NAMES

PREFIX: Final = "resp_"
"""Source: ids of request logs as the official CLI shows them."""

MAX_KEPT: Final = 10_000
"""Requests of one account; a walk along all of them takes a few milliseconds."""

KEPT_S: Final = 7 * 24 * 60 * 60
HOUR_S: Final = 60 * 60
COUNTED_S: Final = 31 * 24 * HOUR_S
"""How long it is known how many requests there were in an hour."""

MAX_PARAMETERS: Final = 4_096
"""Bytes of JSON; a request with more keeps none of them."""

BY_PAGES: Final = "Brim pages"
"""The user agent of the dashboard's own requests."""

_SECRET_NAMES: Final = SECRET_NAMES | {
    "account_number",
    "client_secret",
    "cvc",
    "documents",
    "file",
    "iban",
    "individual",
    "ip",
    "number",
    "person",
    "pii",
    "secret",
    "token",
}
"""Names of secrets, of a bank account's or a card's numbers, and of what says who somebody is."""

_PLAIN_NAMES: Final = {
    "after_sequence",
    "amount",
    "created",
    "date",
    "description",
    "expires_in",
    "frozen_time",
    "gt",
    "gte",
    "interval_end",
    "interval_start",
    "limit",
    "lt",
    "lte",
    "metadata",
    "statement_descriptor",
    "transfer_group",
    "url",
}
"""Names of numbers, and of texts and metadata that their account has on the object anyway."""


class RequestRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `error` is what was answered in place of an object; `object_id` names what was answered.

    `api_key` is the id of the key that it was made with, None where that was not written down.
    """

    scope: AccountScope
    id: str
    request_id: str
    created: int
    method: str
    path: str
    status: int
    duration_ms: float
    api_version: str
    idempotency_key: str | None = None
    object_id: str | None = None
    parameters: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    user_agent: str | None = None
    api_key: str | None = None

    @property
    def source(self) -> "RequestSource":
        """Whether a page of the dashboard made it, or a program."""
        return RequestSource.DASHBOARD if self.user_agent == BY_PAGES else RequestSource.API


class RequestSource(StrEnum):
    """Who made a request. Source: the values of `stripe logs tail --filter-source`, in lower case."""

    API = "api"
    DASHBOARD = "dashboard"


class RequestFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests: all given filters hold. `created` is in Unix seconds, `status` a range of HTTP statuses."""

    created: Range | None = None
    method: str | None = None
    path: str | None = None
    path_prefix: str | None = None
    api_key: str | None = None
    request_id: str | None = None
    source: RequestSource | None = None
    status: Range | None = None


def redact(value: Any, name: str = "") -> Any:
    """Return parameters with those replaced that are secret or say who a person is, and all that stands below them.

    Metadata and descriptions stay: their account has them on the object anyway. What stands under a name that no
    parameter has, as where a bracket is missing, may be anything, and so may the name.
    """
    if name in _SECRET_NAMES:
        return HIDDEN
    if isinstance(value, dict):
        if name == "metadata":
            return value
        return {
            key if is_name(key) else HIDDEN: redact(item, key) if is_name(key) else HIDDEN
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [redact(item, name) for item in value]
    return without_numbers(value) if isinstance(value, str) and name not in _PLAIN_NAMES else value

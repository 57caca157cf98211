"""What is read of an installation's health; no clock, no database."""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.core.diagnosis import Finding
from brim.core.request_logs import HOUR_S
from brim.core.webhooks import Endpoint

MOST_COUNTED: Final = 10_000
"""Where queues and failures of one account are counted no further."""

MOST_TOPUPS: Final = 250_000
"""Where the top-ups of a period are counted no further: that takes a twentieth of a second."""

MOST_LISTED: Final = 50
"""How many accounts, or endpoints, are listed of a kind; those with most failures."""

LONGEST_PERIOD_S: Final = 8 * 24 * HOUR_S
"""Seven whole days before one that has begun: about as long as requests are kept, so that every number has a list."""


class FailedTopups(msgspec.Struct, frozen=True, kw_only=True):
    """How many top-ups of an account have failed with a code."""

    account: str
    account_name: str | None
    failure_code: str
    number: int


class TopupNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Top-ups that were created in the period: all, up to `MOST_TOPUPS`, and those that failed, the most first."""

    created: int
    failed: int
    failures: Sequence[FailedTopups]


class FailedRequests(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests to the API an account's programs made that failed, by whose fault that was."""

    account: str
    account_name: str | None
    client_errors: int
    server_errors: int


class RequestNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Requests that programs made in the period, by class of status, and the accounts with most failures."""

    succeeded: int
    client_errors: int
    server_errors: int
    accounts: Sequence[FailedRequests]


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """Work that waits: how much, up to `MOST_COUNTED`, None where only its age is known; and for how long, at most."""

    name: str
    waiting: int | None
    oldest_s: int


class Replica(msgspec.Struct, frozen=True, kw_only=True):
    """A standby of the database; what the service's role may not see is None."""

    name: str | None
    state: str | None
    lag_bytes: int | None


class DatabaseHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The database. `backup_ms` is when the last base backup ended: 0 for never, None where Brim makes none."""

    version: str
    schema: int
    size_bytes: int
    connections: int
    max_connections: int
    replicas: Sequence[Replica]
    is_archiving: bool
    archived_ms: int | None
    backup_ms: int | None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How an installation does in one mode, since a Unix second; `findings` are those of `brim doctor`."""

    since: int
    livemode: bool
    findings: Sequence[Finding]
    topups: TopupNumbers
    requests: RequestNumbers
    endpoints: Sequence[Endpoint]
    queues: Sequence[Queue]
    database: DatabaseHealth

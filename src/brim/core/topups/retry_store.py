"""Retries of top-ups in the database. Rows are only added."""

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.topups.retry_rules import RetryLinks, TopupRetry
from brim.core.topups.rules import Status
from brim.platform.database import Conn
from brim.platform.sql import load_queries, recordset

_SQL: Final = load_queries(__package__, "retries")


class KnownRetry(NamedTuple):
    """A retry of a top-up: its id, its number and its status."""

    topup: str
    number: int
    status: Status


async def insert_retries(conn: Conn, new: Sequence[tuple[AccountScope, str, TopupRetry, int]]) -> frozenset[str]:
    """Write which top-ups are retried, given account, id and moment; return those that were written.

    One is not written if another top-up has become the same retry meanwhile.
    """
    rows = [
        {
            "account": scope.account,
            "livemode": scope.livemode,
            "topup": topup,
            "retry_of": retry.retry_of,
            "number": retry.number,
            "kind": retry.kind,
            "root": retry.root,
            "retry": retry.retry,
            "original_date": retry.original_date,
            "created_ms": now_ms,
        }
        for scope, topup, retry, now_ms in new
    ]
    records = await conn.fetch(_SQL["insert_topup_retries"], recordset(rows))
    return frozenset(record["topup"] for record in records)


async def find_dishonored(conn: Conn, topups: Collection[tuple[AccountScope, str]]) -> dict[str, str]:
    """Return those of some top-ups of which a return was dishonored, with the id of such a return."""
    rows = [{"account": scope.account, "livemode": scope.livemode, "topup": topup} for scope, topup in topups]
    records = await conn.fetch(_SQL["find_dishonored_returns"], recordset(rows))
    return {record["topup"]: record["id"] for record in records}


async def retries_of(conn: Conn, scope: AccountScope, topup: str) -> list[KnownRetry]:
    """Return the retries of an account's top-up, the newest first."""
    records = await conn.fetch(_SQL["retries_of_topup"], scope.account, scope.livemode, topup)
    return [KnownRetry(record["topup"], record["number"], Status(record["status"])) for record in records]


async def read_links(conn: Conn, scope: AccountScope, topups: Sequence[str]) -> dict[str, RetryLinks]:
    """Return the retry links of an account's top-ups, by their ids."""
    records = await conn.fetch(_SQL["read_retry_links"], scope.account, scope.livemode, list(topups))
    return {
        record["id"]: RetryLinks(retry_of=record["retry_of"], retried_by=record["retried_by"]) for record in records
    }

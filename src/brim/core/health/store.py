"""Numbers of all accounts together."""

from collections.abc import Collection, Sequence
from typing import Final

from brim.base.ids import first_id_at
from brim.core.health.rules import FailedRequests, FailedTopups, Replica
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def count_topups(conn: Conn, *, livemode: bool, since: int, most: int) -> dict[str, int]:
    """Return how many top-ups of each account that has any were created since a Unix second, up to `most` in all."""
    found = await conn.fetch(_SQL["count_topups"], livemode, first_id_at("tu_", since), most)
    return {record["account"]: record["number"] for record in found}


async def list_failed_topups(
    conn: Conn, accounts: Collection[str], *, livemode: bool, since: int, most: int
) -> list[FailedTopups]:
    """Return how many top-ups of some accounts failed, by account and code, up to `most` of each; the most first."""
    found = await conn.fetch(_SQL["failed_topups"], livemode, first_id_at("tu_", since), most, list(accounts))
    return sorted((FailedTopups(**record) for record in found), key=lambda each: (-each.number, each.account))


async def all_accounts(conn: Conn) -> list[str]:
    """Return the ids of all accounts."""
    return [record["account"] for record in await conn.fetch(_SQL["all_accounts"])]


async def count_requests(conn: Conn, *, livemode: bool, hours: Sequence[int]) -> dict[int, int]:
    """Return how many requests programs made in some hours, by class of status."""
    found = await conn.fetch(_SQL["count_requests"], livemode, hours)
    return {record["status_class"]: record["number"] for record in found}


async def list_failed_requests(
    conn: Conn, *, livemode: bool, since: int, most: int, limit: int
) -> list[FailedRequests]:
    """Return how many requests of each account failed since an hour: of the accounts with most, server errors first.

    Of each class the newest `most` counts are read, which are one for each account and hour.
    """
    found = await conn.fetch(_SQL["failed_requests"], livemode, since, most, limit)
    return sorted(
        (FailedRequests(**record) for record in found),
        key=lambda each: (-each.server_errors, -each.client_errors, each.account),
    )


async def list_replicas(conn: Conn) -> list[Replica]:
    """Return the standbys that receive the database's WAL."""
    return [Replica(**record) for record in await conn.fetch(_SQL["replicas"])]


async def schema_version(conn: Conn) -> int:
    """Return the number of the newest migration that was applied."""
    version: int = await conn.fetchval(_SQL["schema_version"])
    return version

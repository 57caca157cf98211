"""Top-ups that were made elsewhere, in the database: new ones, and those that went on at their source."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from brim.core.topups.rules import Status, Topup
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries, recordset

_SQL: Final = load_queries(__package__, "imports")


async def import_topups(conn: Conn, topups: Sequence[Topup], event_rules: Sequence[tuple[Status, str]]) -> set[str]:
    """Write those of some top-ups that are not there yet, and return their ids.

    Args:
        conn: the caller's transaction.
        topups: of one account, none of them pending.
        event_rules: for each status, each type of event that it calls for.
    """
    records = await conn.fetch(_SQL["import_topups"], recordset(map(_row, topups)), *columns(event_rules))
    return {record["id"] for record in records}


async def revise_topups(conn: Conn, revised: Iterable[tuple[Status, Topup, str | None]], *, rail: str) -> set[str]:
    """Change imported top-ups to what they are at their source, and return the ids of those that were changed.

    Args:
        conn: the caller's transaction.
        revised: of each the status in which it was seen, what it is to be, and the type of the event that a change of
            status would be announced by.
        rail: what imported ones name.
    """
    rows = [
        {
            "account": topup.scope.account,
            "livemode": topup.scope.livemode,
            "id": topup.id,
            "seen_in": seen_in,
            "status": topup.status,
            "event": event,
            "failure_code": topup.failure_code,
            "failure_message": topup.failure_message,
            "expected_availability_date": topup.expected_availability_date,
            "description": topup.description,
            "metadata": topup.metadata or None,
        }
        for seen_in, topup, event in revised
    ]
    return {record["id"] for record in await conn.fetch(_SQL["revise_imported_topups"], recordset(rows), rail)}


def _row(topup: Topup) -> dict[str, Any]:
    row = msgspec.structs.asdict(topup)
    del row["scope"]
    details = topup.source_details
    return {
        **row,
        "account": topup.scope.account,
        "livemode": topup.scope.livemode,
        "metadata": topup.metadata or None,
        "source_details": msgspec.Raw(details) if details else None,
    }

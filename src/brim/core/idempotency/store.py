"""Idempotency keys in the database: claim one, keep its answer, read the answers of those taken."""

from collections.abc import Sequence
from typing import Final

from brim.base.scope import AccountScope
from brim.core.idempotency.rules import KeptReply, KeyClaim
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def claim_key(conn: Conn, scope: AccountScope, claim: KeyClaim, *, request_id: str, now_ms: int) -> bool:
    """Take a key for the caller's transaction and tell whether it was free.

    Waits while another open transaction holds the same key.
    """
    won = await conn.fetchval(
        _SQL["claim_key"], scope.account, scope.livemode, claim.key, claim.fingerprint, request_id, now_ms
    )
    return won is not None


async def record_reply(conn: Conn, scope: AccountScope, key: str, *, status: int, body: bytes) -> None:
    """Keep the answer of the request that claimed the key in this transaction."""
    await conn.execute(_SQL["record_reply"], scope.account, scope.livemode, key, status, body.decode())


async def fetch_replies(conn: Conn, wanted: Sequence[tuple[AccountScope, str]]) -> list[KeptReply | None]:
    """Return the answers kept under keys, in order; None where a key was pruned in the meantime."""
    records = await conn.fetch(
        _SQL["fetch_replies"],
        [scope.account for scope, _ in wanted],
        [scope.livemode for scope, _ in wanted],
        [key for _, key in wanted],
    )
    found = {(record["account"], record["livemode"], record["key"]): record for record in records}
    rows = [found.get((scope.account, scope.livemode, key)) for scope, key in wanted]
    return [
        row
        and KeptReply(
            fingerprint=row["fingerprint"],
            request_id=row["request_id"],
            status=row["response_status"],
            body=row["body"].encode(),
        )
        for row in rows
    ]

"""Logins of the official CLI that wait or were decided. Their secrets never get here, only the SHA-256 of each."""

from collections.abc import Mapping
from typing import Any, Final

from brim.core.pairing.rules import Pairing, PairingState
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def forget_pairings(conn: Conn, *, before_ms: int) -> None:
    """Remove the pairings that were asked for up to a time."""
    await conn.execute(_SQL["forget_pairings"], before_ms)


async def insert_pairing(
    conn: Conn,
    pairing: Pairing,
    *,
    poll_hash: bytes,
    token_hash: bytes,
    code_hash: bytes,
    since_ms: int,
    limit: int,
) -> bool | None:
    """Add a pairing, unless `limit` were asked for since a time; None if so, False if another one has its words."""
    record = await conn.fetchrow(
        _SQL["insert_pairing"],
        *(pairing.id, poll_hash, token_hash, code_hash, pairing.device, pairing.client_version),
        *(pairing.created_ms, pairing.expires_ms, since_ms, limit),
    )
    return None if record["too_many"] else bool(record["is_added"])


async def list_pairings(conn: Conn, *, since_ms: int) -> list[Pairing]:
    """Return the pairings that wait and were asked for after a time, oldest first."""
    return [_from_record(record) for record in await conn.fetch(_SQL["list_pairings"], since_ms)]


async def find_by_token(conn: Conn, token_hash: bytes, *, now_ms: int) -> Pairing | None:
    """Return the pairing of a link for a browser; None where there is none or it has expired."""
    record = await conn.fetchrow(_SQL["find_pairing_by_token"], token_hash, now_ms)
    return _from_record(record) if record else None


async def find_by_id(conn: Conn, pairing_id: str, *, now_ms: int) -> tuple[Pairing, bytes] | None:
    """Return a pairing and the SHA-256 of the secret that asks for it; None where there is none or it has expired."""
    record = await conn.fetchrow(_SQL["find_pairing_by_id"], pairing_id, now_ms)
    return (_from_record(record), record["poll_hash"]) if record else None


async def decide_pairing(
    conn: Conn, code_hash: bytes, state: PairingState, *, account: str | None, now_ms: int
) -> Pairing | None:
    """Approve the pairing of these words for an account, or deny it; return it, None where none waits."""
    record = await conn.fetchrow(_SQL["decide_pairing"], code_hash, state.value, account, now_ms)
    return _from_record(record) if record else None


async def redeem_pairing(conn: Conn, pairing_id: str, *, now_ms: int) -> bool:
    """Take an approved pairing; tell whether it was there to be taken."""
    return await conn.fetchval(_SQL["redeem_pairing"], pairing_id, now_ms) is not None


def _from_record(record: Mapping[str, Any]) -> Pairing:
    return Pairing(
        id=record["id"],
        device=record["device"],
        client_version=record["client_version"],
        state=PairingState(record["state"]),
        account=record["account"],
        created_ms=record["created_ms"],
        expires_ms=record["expires_ms"],
    )

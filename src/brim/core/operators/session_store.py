"""Sessions of operators, and the counts of tries to begin one."""

from collections.abc import Sequence
from typing import Any, Final

from brim.core.operators.sign_in_rules import Session, Tries
from brim.core.operators.store import operator_from_record
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "sessions")


async def find_session(conn: Conn, digest: bytes) -> Session | None:
    """Return the session whose token has this SHA-256, ended or not; None when there is none."""
    record = await conn.fetchrow(_SQL["find_session"], digest)
    return _session(record) if record else None


async def list_sessions(conn: Conn, operator: str) -> list[Session]:
    """Return the sessions of the operator with this id, newest first."""
    return [_session(record) for record in await conn.fetch(_SQL["list_sessions"], operator)]


async def insert_session(conn: Conn, session: Session) -> None:
    """Add a session."""
    await conn.execute(
        _SQL["insert_session"],
        session.hash,
        session.operator.id,
        session.awaits_code,
        session.address,
        session.created_ms,
        session.seen_ms,
        session.ends_ms,
    )


async def touch_session(conn: Conn, digest: bytes, *, now_ms: int) -> None:
    """Keep that a session was used."""
    await conn.execute(_SQL["touch_session"], digest, now_ms)


async def confirm_session(conn: Conn, digest: bytes, operator: str, *, now_ms: int) -> bool:
    """Keep that the operator with this id has shown anew who they are; tell whether it is a session of theirs."""
    return bool(await conn.fetchval(_SQL["confirm_session"], digest, operator, now_ms))


async def delete_session(conn: Conn, digest: bytes) -> bool:
    """End a session; tell whether there was one."""
    return bool(await conn.fetchval(_SQL["delete_session"], digest))


async def delete_sessions(conn: Conn, operator: str) -> None:
    """End all sessions of the operator with this id."""
    await conn.execute(_SQL["delete_sessions"], operator)


async def delete_other_sessions(conn: Conn, operator: str, digest: bytes) -> int:
    """End all sessions of the operator with this id but the one with this hash; return how many went."""
    command_tag: str = await conn.execute(_SQL["delete_other_sessions"], operator, digest)
    return int(command_tag.removeprefix("DELETE "))


async def prune_sessions(conn: Conn, *, before_ms: int, limit: int) -> int:
    """Forget up to `limit` sessions that ended before a time; return how many went."""
    command_tag: str = await conn.execute(_SQL["prune_sessions"], before_ms, limit)
    return int(command_tag.removeprefix("DELETE "))


async def lock_tries(conn: Conn, subjects: Sequence[str], *, now_ms: int) -> dict[str, Tries]:
    """Return how often each subject tried, held until the caller's transaction ends."""
    records = await conn.fetch(_SQL["lock_tries"], sorted(subjects), now_ms)
    return {
        record["subject"]: Tries(
            subject=record["subject"], tries=record["tries"], next_ms=record["next_ms"], seen_ms=record["seen_ms"]
        )
        for record in records
    }


async def write_tries(conn: Conn, tries: Sequence[Tries]) -> None:
    """Store how often subjects tried, whose rows are held."""
    await conn.execute(
        _SQL["write_tries"],
        [each.subject for each in tries],
        [each.tries for each in tries],
        [each.next_ms for each in tries],
        [each.seen_ms for each in tries],
    )


async def prune_tries(conn: Conn, *, before_ms: int, limit: int) -> int:
    """Forget up to `limit` subjects that last tried before a time; return how many went."""
    command_tag: str = await conn.execute(_SQL["prune_tries"], before_ms, limit)
    return int(command_tag.removeprefix("DELETE "))


def _session(record: Any) -> Session:
    return Session(
        hash=record["hash"],
        operator=operator_from_record(record),
        awaits_code=record["awaits_code"],
        address=record["address"],
        created_ms=record["created_ms"],
        seen_ms=record["seen_ms"],
        ends_ms=record["ends_ms"],
        confirmed_ms=record["confirmed_ms"],
    )

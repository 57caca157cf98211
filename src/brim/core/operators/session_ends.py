"""Ends sessions of operators, and with them the keys by which their pages speak to the API.

An operator has one key for each account and mode, whichever browser looks. A page of another browser of theirs makes a
new one when it next needs it, so a key that somebody copied from a page works for no longer than who signs out expects.
The audit log gets a line about each key that ends.
"""

from brim.base.ids import IdFactory
from brim.core.access import record_ends
from brim.core.audit import Actor
from brim.core.operators import key_store as operator_keys
from brim.core.operators import session_store as operator_sessions
from brim.core.operators.sign_in_rules import Session
from brim.platform.database import Conn


async def end_session(conn: Conn, session: Session, *, by: Actor, now_ms: int, ids: IdFactory) -> bool:
    """End a session and the keys of its operator's pages; tell whether it had not ended before."""
    if not await operator_sessions.delete_session(conn, session.hash):
        return False
    await end_page_keys(conn, session.operator.id, by=by, now_ms=now_ms, ids=ids)
    return True


async def end_sessions(conn: Conn, operator: str, *, by: Actor, now_ms: int, ids: IdFactory) -> None:
    """End all sessions of the operator with this id, and the keys of their pages."""
    await operator_sessions.delete_sessions(conn, operator)
    await end_page_keys(conn, operator, by=by, now_ms=now_ms, ids=ids)


async def end_other_sessions(conn: Conn, session: Session, *, by: Actor, now_ms: int, ids: IdFactory) -> int:
    """End all sessions of an operator but this one, and the keys of their pages; return how many sessions went."""
    ended = await operator_sessions.delete_other_sessions(conn, session.operator.id, session.hash)
    if ended:
        await end_page_keys(conn, session.operator.id, by=by, now_ms=now_ms, ids=ids)
    return ended


async def end_page_keys(conn: Conn, operator: str, *, by: Actor, now_ms: int, ids: IdFactory) -> None:
    """End the keys of the pages of the operator with this id, in whatever account and mode."""
    ended = await operator_keys.end_operator_keys(conn, operator, now_ms=now_ms)
    await record_ends(conn, by, ended, now_ms=now_ms, ids=ids)

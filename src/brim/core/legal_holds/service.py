"""Place and lift legal holds, and tell what is held.

Whoever removes something, because it is old or because somebody asks for it, keeps holds out for the length of that
transaction, and then sees which are in force. Placing one waits for these transactions, so that nothing is removed any
more once it has returned.
"""

from brim.base.actor import Actor
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.legal_holds import store
from brim.core.legal_holds.rules import (
    HOLD_PREFIX,
    INSTALLATION,
    HoldKind,
    HoldLiftedError,
    LegalHold,
    LegalHoldError,
    check_text,
)
from brim.platform.database import Conn, Database


async def place_hold(
    conn: Conn,
    *,
    kind: HoldKind,
    account: str,
    reason: str,
    reference: str | None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> LegalHold:
    """Place a hold, in the caller's transaction; it is in force once that has committed.

    Args:
        conn: the transaction. It waits for those that are pruning or erasing, a moment each.
        kind: what is held.
        account: which account or platform, a deleted one too; empty for the installation.
        reason: why, for people.
        reference: the number of a case or a letter, if there is one.
        by: who places it.
        now_ms: the time.
        ids: makes its id.

    Raises:
        ResourceMissingError: there is no such account.
        HoldTextError: a text cannot be kept.
    """
    if kind is not HoldKind.INSTALLATION and not await store.account_exists(conn, account):
        raise ResourceMissingError("account", account, param="account")
    hold = LegalHold(
        id=ids.new_at(HOLD_PREFIX, now_ms),
        kind=kind,
        account=INSTALLATION if kind is HoldKind.INSTALLATION else account,
        reason=check_text("reason", reason),
        reference=check_text("reference", reference) if reference else None,
        placed_ms=now_ms,
        placed_by=by.name or by.id or by.kind,
    )
    await store.await_pruning(conn)
    await store.insert_hold(conn, hold)
    await _record(conn, Action.LEGAL_HOLD_PLACED, None, hold, by=by, now_ms=now_ms, ids=ids)
    return hold


async def lift_hold(conn: Conn, hold_id: str, *, by: Actor, now_ms: int, ids: IdFactory) -> LegalHold:
    """End a hold, in the caller's transaction, and return it. What others cover too stays held.

    Raises:
        ResourceMissingError: there is no such hold.
        HoldLiftedError: it was lifted before.
    """
    before = await retrieve_hold(conn, hold_id)
    lifted = await store.lift_hold(conn, hold_id, by=by.name or by.id or by.kind, now_ms=now_ms)
    if lifted is None:
        raise HoldLiftedError(hold_id)
    await _record(conn, Action.LEGAL_HOLD_LIFTED, before, lifted, by=by, now_ms=now_ms, ids=ids)
    return lifted


async def retrieve_hold(conn: Conn, hold_id: str) -> LegalHold:
    """Return the hold with this id, lifted or not.

    Raises:
        ResourceMissingError: there is none.
    """
    hold = await store.find_hold(conn, hold_id)
    if hold is None:
        raise ResourceMissingError("legal hold", hold_id, param="legal_hold", in_path=True)
    return hold


async def list_holds(database: Database, request: PageRequest) -> Page[LegalHold]:
    """Return a page of all holds, newest first, lifted ones too.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    given = {"starting_after": request.starting_after, "ending_before": request.ending_before}
    cursors = {param: cursor for param, cursor in given.items() if cursor is not None}
    if len(cursors) > 1:
        raise ExclusiveParametersError(*cursors)
    async with database.connection() as conn:
        for param, cursor in cursors.items():
            if not cursor.isprintable() or await store.find_hold(conn, cursor) is None:
                raise ResourceMissingError("legal hold", cursor, param=param)
        return await store.list_holds(conn, request)


async def require_no_hold(conn: Conn, account: str) -> None:
    """Let something of an account be erased in the caller's transaction, and no hold be placed until that ends.

    Raises:
        LegalHoldError: the account is held: itself, its platform with all below it, or the installation.
    """
    await store.keep_holds_out(conn)
    hold = await store.hold_over(conn, account)
    if hold is not None:
        raise LegalHoldError(account, hold)


async def keep_holds_out(conn: Conn) -> None:
    """Let no hold be placed until the caller's transaction ends: what later statements see of holds stays true.

    For whoever removes rows of many accounts, by statements that ask row by row (`fragments.sql`).
    """
    await store.keep_holds_out(conn)


async def is_held(conn: Conn, account: str) -> bool:
    """Tell whether a hold is in force over an account: on itself, on its platform, or on the installation."""
    return await store.hold_over(conn, account) is not None


async def is_installation_held(conn: Conn) -> bool:
    """Tell whether a hold is in force over the installation, and with it over what belongs to no account."""
    return await store.hold_over(conn, INSTALLATION) is not None


async def _record(
    conn: Conn,
    action: Action,
    before: LegalHold | None,
    after: LegalHold,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.LEGAL_HOLD,
        object_id=after.id,
        before=before,
        after=after,
        now_ms=now_ms,
        ids=ids,
    )

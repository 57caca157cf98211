"""What people do with breaks: look, and settle with a reason."""

from collections.abc import Mapping
from typing import Final

import msgspec

from brim.base.actor import Actor, ActorKind
from brim.base.errors import KeptRefusalError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.reconciliation import store
from brim.core.reconciliation.listing_store import fetch_lines
from brim.core.reconciliation.rules import (
    BREAK_PREFIX,
    LINE_BREAKS,
    TAKEN_IN,
    TAKEN_KINDS,
    Break,
    BreakKind,
    LineStatus,
    NewBreak,
    ShownLine,
    StatementLineRow,
)
from brim.core.reconciliation.statement_store import BankAccountName, list_payments_of_entry, lock_bank_account
from brim.platform import lookups
from brim.platform.database import Conn, Database

_BY_ITSELF: Final = Actor(kind=ActorKind.JOB, name="statements")


class BreakResolvedError(KeptRefusalError):
    """The break was already resolved, with a different resolution."""

    def __init__(self, found: Break) -> None:
        super().__init__(f"The break {found.id} was already resolved: {found.resolution}")


class BreakNotReopenedError(KeptRefusalError):
    """The break is open, or wasn't resolved by a person, so it can't be reopened."""

    def __init__(self, found: Break, why: str) -> None:
        super().__init__(f"The break {found.id} cannot be reopened: {why}")


async def settle_break(
    conn: Conn, scope: AccountScope, break_id: str, *, resolution: str, by: Actor, now_ms: int, ids: IdFactory
) -> Break:
    """Settle a break with a reason, in the caller's transaction, with its audit entry.

    Raises:
        ResourceMissingError: the platform has none of that id.
        BreakResolvedError: somebody has settled it before.
    """
    before = await store.lock_break(conn, scope, break_id)
    if before is None:
        raise ResourceMissingError("break", break_id, param="break", in_path=True)
    if before.resolved_ms is not None:
        raise BreakResolvedError(before)
    name = by.id or by.name or by.kind
    after = msgspec.structs.replace(before, resolved_ms=now_ms, resolved_by=name, resolution=resolution)
    await store.resolve_break(conn, scope, break_id, by=name, resolution=resolution, now_ms=now_ms)
    await audit.record(
        conn,
        by,
        Action.BREAK_RESOLVED,
        object_type=ObjectType.BREAK,
        object_id=break_id,
        before=before,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


async def reopen_resolved(
    conn: Conn, scope: AccountScope, break_id: str, *, note: str, by: Actor, now_ms: int, ids: IdFactory
) -> Break:
    """Reopen a break about a statement or its lines that a person has resolved, in the caller's transaction.

    Nothing was posted for it, so nothing is taken back: it is work again, and its `note` says why. The bank account is
    held, as for whatever settles its lines.

    Raises:
        ResourceMissingError: the platform has none of that id.
        BreakNotReopenedError: it is open, it is about something else, or something else has settled it.
    """
    seen = (await store.fetch_breaks(conn, scope, [break_id])).get(break_id)
    if seen is None:
        raise ResourceMissingError("break", break_id, param="break", in_path=True)
    line = None if seen.line is None else (await fetch_lines(conn, scope, [seen.line])).get(seen.line)
    if line is not None:
        await lock_bank_account(conn, BankAccountName(scope, line.bank_account, line.currency))
        line = (await fetch_lines(conn, scope, [line.id]))[line.id]
    before = await store.lock_break(conn, scope, break_id)
    if before is None:
        raise AssertionError("breaks are never removed")
    why = _why_not_reopened(before, line)
    if why is None and line is not None and await list_payments_of_entry(conn, scope, line.id):
        why = "its payments are lines of their own."
    if why is not None:
        raise BreakNotReopenedError(before, why)
    after = msgspec.structs.replace(before, resolved_ms=None, resolved_by=None, resolution=None, note=note)
    await store.reopen_break(conn, scope, break_id)
    await store.update_break(conn, scope, break_id, assigned_to=after.assigned_to, note=after.note)
    await audit.record(
        conn,
        by,
        Action.BREAK_REOPENED,
        object_type=ObjectType.BREAK,
        object_id=break_id,
        before=before,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


def _why_not_reopened(found: Break, line: ShownLine | None) -> str | None:
    """Return why a break cannot be reopened; None where nothing is against it."""
    if found.resolved_ms is None:
        return "it is open."
    if line is None:
        if found.kind not in TAKEN_KINDS:
            return "it is not about a statement or a line of one."
        return "its lines were taken in." if (found.resolution or "").startswith(TAKEN_IN) else None
    if found.kind not in LINE_BREAKS:
        return "it is not about a statement or a line of one."
    if line.status is not LineStatus.EXPLAINED:
        return "its line was settled since. Undo the settlement."
    return None


async def explain_by_payments(
    conn: Conn, line: StatementLineRow, *, payments: int, now_ms: int, ids: IdFactory
) -> None:
    """Write that nothing of an entry itself is posted, as its payments are lines, in the caller's transaction.

    The break about it has its whole amount, and is resolved; it is opened here where there was none.
    """
    opened = NewBreak(
        scope=line.scope,
        kind=BreakKind.LINE,
        cause=f"{line.bank_account}/{line.line_key}",
        detail=f"The bank booked {payments} payments as one entry.",
        bank_file=line.bank_file,
        amount=line.amount,
        currency=line.currency,
        reference=line.reference or line.bank_reference,
    )
    new = await store.open_break(conn, opened, now_ms=now_ms, ids=ids)
    found = new.id if new else await store.find_open_break_of_cause(conn, line.scope, opened.kind, opened.cause)
    if found is None:
        raise AssertionError("an entry whose break is resolved is explained already")
    resolution = f"Each of its {payments} payments is a line of its own."
    await settle_break(conn, line.scope, found, resolution=resolution, by=_BY_ITSELF, now_ms=now_ms, ids=ids)


async def update_break(
    conn: Conn,
    scope: AccountScope,
    break_id: str,
    changes: Mapping[str, str | None],
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Break:
    """Write who looks after a break (`assigned_to`) or what is known of it (`note`), with its audit entry.

    Raises:
        ResourceMissingError: the platform has none of that id.
    """
    before = await store.lock_break(conn, scope, break_id)
    if before is None:
        raise ResourceMissingError("break", break_id, param="break", in_path=True)
    after = msgspec.structs.replace(before, **changes)
    if after == before:
        return before
    await store.update_break(conn, scope, break_id, assigned_to=after.assigned_to, note=after.note)
    await audit.record(
        conn,
        by,
        Action.BREAK_UPDATED,
        object_type=ObjectType.BREAK,
        object_id=break_id,
        before=before,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


async def retrieve_break(database: Database, scope: AccountScope, break_id: str) -> Break:
    """Return a platform's break, a settled one too.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, break_id, store.fetch_breaks, kind="break")


async def page_breaks(
    database: Database,
    scope: AccountScope,
    request: PageRequest,
    *,
    is_open: bool | None,
    bank_file: str | None = None,
    kind: str | None = None,
) -> Page[Break]:
    """Return a page of a platform's breaks, newest first: open ones, settled ones, or all (None).

    Of a `bank_file` only those that were found in it, and of a `kind` only those.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="break", exists=_exists)
    async with database.connection() as conn:
        window = window_of(BREAK_PREFIX, None, request)
        return await store.page_breaks(conn, scope, window, is_open=is_open, bank_file=bank_file, kind=kind)


async def _exists(conn: Conn, scope: AccountScope, break_id: str) -> bool:
    return break_id in await store.fetch_breaks(conn, scope, [break_id])

"""Lists negative balances, announces balances that cross zero, and says how much a top-up should be."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core.events import EventType, Renderers, insert_events, new_event
from brim.core.negative_balances import store
from brim.core.negative_balances.rules import (
    MOST_ENTRIES,
    Crossing,
    DebtPendingError,
    DebtTooSmallError,
    Episode,
    NegativeBalance,
    NotNegativeError,
    Tracing,
    debt,
    read_balance_id,
)
from brim.platform.database import Conn

_STRIDE: Final = 200
"""How many journal entries are read at once; nearly every balance fell below zero within the last few."""


async def announce_crossings(conn: Conn, crossings: Sequence[Crossing], *, renderers: Renderers) -> None:
    """Write an event for each balance that has just crossed zero, in the transaction that posted the cause."""
    events = []
    for crossing in crossings:
        kind = EventType.NEGATIVE_BALANCE_CREATED if crossing.is_negative else EventType.NEGATIVE_BALANCE_RECOVERED
        if crossing.is_negative:
            await store.note_since(conn, crossing.scope, crossing.currency, since_ms=crossing.moment.now_ms)
        found = await _describe(conn, crossing.scope, crossing.currency)
        payload = renderers.payload(kind, found)
        events.append(new_event(crossing.scope, kind, found.id, payload, crossing.moment, crossing.cause))
    if events:
        await insert_events(conn, events)


async def _describe(conn: Conn, scope: AccountScope, currency: str) -> NegativeBalance:
    available = await store.find_balance(conn, scope, currency)
    return NegativeBalance(
        scope=scope,
        currency=currency,
        available=available,
        pending=await store.pending_amount(conn, scope, currency),
        episode=await _trace(conn, scope, currency, available),
        reserve=await store.find_reserve(conn, scope, currency),
    )


async def _trace(conn: Conn, scope: AccountScope, currency: str, available: int) -> Episode:
    tracing = Tracing(available, currency)
    before, seen = store.AFTER_ALL, 0
    while not tracing.is_over and seen < MOST_ENTRIES:
        entries = await store.newest_entries(conn, scope, before=before, limit=_STRIDE)
        tracing.take(entries)
        if len(entries) < _STRIDE:
            break
        before, seen = entries[-1].id, seen + len(entries)
    return tracing.episode()


async def list_negative_balances(
    conn: Conn, scope: AccountScope, page: PageRequest, *, account: str | None = None, currency: str | None = None
) -> Page[NegativeBalance]:
    """Return a page of the negative balances of an account and its connected accounts, by account and currency.

    Of an `account` or in a `currency` only those.

    Raises:
        ResourceMissingError: a cursor names none of them, or one that has recovered.
        ExclusiveParametersError: both cursors are given.
    """

    async def exists(cursor: str) -> bool:
        return await store.find_negative_balance(conn, scope, *read_balance_id(cursor)) is not None

    await check_cursors(page, kind="negative balance", exists=exists)
    found = await store.page_negative_balances(conn, scope, page, account=account, currency=currency)
    items = [await _describe(conn, AccountScope(each.account, scope.livemode), each.currency) for each in found.items]
    return Page(items=items, has_more=found.has_more)


async def check_cursors(page: PageRequest, *, kind: str, exists: Callable[[str], Awaitable[bool]]) -> None:
    """Check that a page's cursor exists, and that only one is given.

    Raises:
        ResourceMissingError: a cursor names nothing.
        ExclusiveParametersError: both cursors are given.
    """
    cursors = {"starting_after": page.starting_after, "ending_before": page.ending_before}
    given = {param: cursor for param, cursor in cursors.items() if cursor is not None}
    for param, cursor in given.items():
        if not await exists(cursor):
            raise ResourceMissingError(kind, cursor, param=param)
    if len(given) > 1:
        raise ExclusiveParametersError(*given)


async def retrieve_negative_balance(conn: Conn, scope: AccountScope, negative_balance: str) -> NegativeBalance:
    """Return a negative balance of an account, or of one of its connected accounts.

    Raises:
        ResourceMissingError: there is none of that name, or it is not below zero.
    """
    found = await store.find_negative_balance(conn, scope, *read_balance_id(negative_balance))
    if found is None:
        raise ResourceMissingError("negative balance", negative_balance, param="negative_balance", in_path=True)
    return await _describe(conn, AccountScope(found.account, scope.livemode), found.currency)


async def amount_to_ask_for(
    conn: Conn, scope: AccountScope, currency: str, *, amount: int | None, even_if_pending: bool
) -> int:
    """Return the amount of a top-up that recovers an account's balance: all that is missing, or part of it.

    Raises:
        NotNegativeError: it is not below zero.
        DebtTooSmallError: the part is larger than that.
        DebtPendingError: pending top-ups will recover it, and `even_if_pending` is not set.
    """
    owed = debt(await store.find_balance(conn, scope, currency))
    if owed == 0:
        raise NotNegativeError(scope.account, currency)
    if amount is not None and amount > owed:
        raise DebtTooSmallError(owed, currency)
    pending = await store.pending_amount(conn, scope, currency)
    if pending >= owed and not even_if_pending:
        raise DebtPendingError(pending, currency)
    return amount or owed

"""Reserves: the first part of an account's money is held, and a late return draws on it.

A reserve is a hold in the ledger. Whenever it holds too much or too little, that hold is voided and another one
created: out of the account's available and held money, the first part up to the target (`rules.kept_back`). So a
negative balance draws on it, and top-ups refill it.
"""

from typing import Final

import structlog

from brim.base.actor import Actor
from brim.base.errors import DatabaseUnavailableError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core import accounts, audit
from brim.core.audit import Action, ObjectType
from brim.core.events import BY_ITSELF, Cause, Renderers
from brim.core.ledger import find_hold, lock_balances, reserve, void_hold
from brim.core.negative_balances import store
from brim.core.negative_balances.rules import Crossing, Reserve, kept_back, read_balance_id
from brim.core.negative_balances.service import announce_crossings, check_cursors
from brim.core.time import ClockAdvancingError, OwnerTime, lock_owner_time
from brim.platform.database import Conn, Database

RESERVE_SOURCE_TYPE: Final = "reserve"
"""The ledger's source type for a reserve."""
RESERVE_PREFIX: Final = "rsv_"

_log = structlog.get_logger()


async def list_reserves(conn: Conn, scope: AccountScope, page: PageRequest) -> Page[Reserve]:
    """Return a page of the reserves of an account and its connected accounts, by account and currency.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """

    async def exists(cursor: str) -> bool:
        account, currency = read_balance_id(cursor)
        found = await store.find_reserve(conn, AccountScope(account, scope.livemode), currency)
        return found is not None and await _reaches(conn, scope, account)

    await check_cursors(page, kind="balance reserve", exists=exists)
    return await store.page_reserves(conn, scope, page)


async def _reaches(conn: Conn, viewer: AccountScope, account: str) -> bool:
    try:
        await accounts.require_account(conn, viewer, account)
    except accounts.UnreachableAccountError:
        return False
    return True


async def set_reserve(  # noqa: PLR0913  of whose money how much, by whom
    conn: Conn,
    platform: AccountScope,
    account: str,
    currency: str,
    target: int,
    *,
    by: Actor,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    now_ms: int,
    ids: IdFactory,
) -> Reserve:
    """Set the reserve of an account, in the caller's transaction, and hold what is available of it.

    Args:
        conn: the transaction.
        platform: who sets it: on its own money, or on a connected account's.
        account: whose money.
        currency: the currency.
        target: the reserve, in minor units; 0 ends it.
        by: who sets it.
        renderers: write what events show.
        cause: the request, if there is one.
        now_ms: the time.
        ids: makes ids.

    Raises:
        ResourceMissingError: the platform has no such account.
        ClockAdvancingError: the test clock that keeps its time is advancing.
    """
    if not await _reaches(conn, platform, account):
        raise ResourceMissingError("account", account, param="account")
    scope = AccountScope(account, platform.livemode)
    moment = await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    await lock_balances(conn, {(scope, currency)})
    before = await store.lock_reserve(conn, scope, currency)
    wanted = Reserve(
        scope=scope,
        currency=currency,
        target=target,
        held=before.held if before else 0,
        hold=before.hold if before else None,
        set_by=by.id or by.name or by.kind,
        set_ms=now_ms,
    )
    after = await _settle(conn, wanted, moment, cause=cause, renderers=renderers)
    await store.write_reserve(conn, after)
    await audit.record(
        conn,
        by,
        Action.BALANCE_RESERVE_SET,
        object_type=ObjectType.BALANCE_RESERVE,
        object_id=account,
        before=before,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


async def settle_reserves(database: Database, renderers: Renderers, *, now_ms: int, ids: IdFactory, limit: int) -> int:
    """Draw on, and fill, up to `limit` reserves that have too much or too little; return how many were settled.

    One that cannot be settled is logged, and holds up no other.
    """
    async with database.connection() as conn:
        places = await store.reserves_to_settle(conn, limit=limit)
    settled = 0
    for place in places:

        async def work(conn: Conn, place: store.ReservePlace = place) -> None:
            try:
                moment = await lock_owner_time(conn, place.scope, now_ms=now_ms, ids=ids)
            except ClockAdvancingError:
                return
            await lock_balances(conn, {(place.scope, place.currency)})
            found = await store.lock_reserve(conn, place.scope, place.currency)
            if found is not None:
                await store.write_reserve(
                    conn, await _settle(conn, found, moment, cause=BY_ITSELF, renderers=renderers)
                )

        try:
            await database.transact(work)
        except DatabaseUnavailableError:
            raise
        except Exception:  # noqa: BLE001  whatever is wrong with one must not hold up the others
            _log.exception("reserve cannot be settled", account=place.scope.account, currency=place.currency)
        else:
            settled += 1
    return settled


async def _settle(conn: Conn, found: Reserve, moment: OwnerTime, *, cause: Cause, renderers: Renderers) -> Reserve:
    """Adjust the hold of a reserve to its target; the transaction holds the balance and the reserve."""
    available = await store.find_balance(conn, found.scope, found.currency)
    held = kept_back(available, found.held, found.target)
    if held == found.held:
        return found
    if found.hold is not None:
        hold = await find_hold(conn, found.scope, found.hold)
        await void_hold(conn, hold, moment=moment)
    source = None
    if held:
        source = moment.new_id(RESERVE_PREFIX)
        await reserve(
            conn,
            found.scope,
            source_type=RESERVE_SOURCE_TYPE,
            source=source,
            amount=held,
            currency=found.currency,
            moment=moment,
        )
    after = Reserve(
        scope=found.scope,
        currency=found.currency,
        target=found.target,
        held=held,
        hold=source,
        set_by=found.set_by,
        set_ms=found.set_ms,
    )
    left = available + found.held - held
    if available < 0 <= left:
        await store.write_reserve(conn, after)  # what the event shows
        crossing = Crossing(scope=found.scope, currency=found.currency, is_negative=False, moment=moment, cause=cause)
        await announce_crossings(conn, [crossing], renderers=renderers)
    return after

"""Keeps returns as a worklist, and records the progress of their dishonors; `ach` calls it with the bank's files."""

from datetime import date
from typing import Final

import msgspec
import structlog

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core.dishonors import store
from brim.core.dishonors.rules import (
    RETURN_PREFIX,
    AchReturn,
    NotDishonorableError,
    ReturnFilters,
    ReturnStatus,
    Standing,
    TooLateToDishonorError,
    check_dishonor,
)
from brim.core.events import BY_ITSELF, Cause, EventType, Renderers, insert_events, new_event
from brim.core.rails.ach import OriginatorProfile, final_ms
from brim.core.time import OwnerTime
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

_MOST_OF_TOPUP: Final = 100

_log = structlog.get_logger()


async def note_return(conn: Conn, vault: Vault, received: AchReturn, record: str) -> AchReturn | None:
    """Keep a return that was just received, with the record of its entry; once, however often it comes.

    One that could not be applied at first, and is now, has what is known of it now, unless it was dishonored meanwhile.

    Returns:
        What was noted of it before, where it is applied now only.
    """
    if await store.insert_return(conn, received, vault.seal(record.encode(), place=received.place)):
        _log.info("ach return received", ach_return=received.id, code=received.code, topup=received.topup)
        return None
    if not received.is_applied:
        return None
    known = await store.lock_same_return(conn, received)
    if known is None or known.is_applied:
        return None
    if known.status in {ReturnStatus.RETURNED, ReturnStatus.MISSED}:
        applied = msgspec.structs.replace(received, id=known.id)
        await store.write_applied(conn, applied, vault.seal(record.encode(), place=applied.place))
        _log.info("ach return applied late", ach_return=known.id, code=known.code, topup=applied.topup)
    return known


async def dishonor(  # noqa: PLR0913  who says what, when and why
    conn: Conn,
    found: AchReturn,
    standing: Standing,
    *,
    code: str,
    information: str | None,
    leaves_ms: int,
    renderers: Renderers,
    cause: Cause,
    by: Actor,
    moment: OwnerTime,
) -> AchReturn:
    """Dishonor a return that the caller's transaction holds, with its event.

    Raises:
        NotDishonorableError: its status is not `returned`.
        TooLateToDishonorError: its deadline has passed.
        UnfitDishonorError: the code does not fit.
    """
    if found.status is not ReturnStatus.RETURNED:
        raise NotDishonorableError(found)
    if moment.now_ms >= found.dishonorable_until_ms:
        raise TooLateToDishonorError(found)
    check_dishonor(found, standing, code, information)
    after = msgspec.structs.replace(
        found,
        status=ReturnStatus.DISHONORED,
        dishonor_code=code,
        information=information or None,
        dishonored_ms=moment.now_ms,
        dishonored_by=by.id or by.name or by.kind,
        leaves_ms=leaves_ms,
    )
    await store.update_return(conn, after)
    await announce(conn, renderers, after, EventType.ACH_RETURN_DISHONORED, moment, cause=cause)
    return after


async def write_booked(
    conn: Conn, found: AchReturn, *, profile: OriginatorProfile, booked_on: date, booked_by: str
) -> AchReturn:
    """Record that the bank has booked back the money of a dishonored return that the transaction holds."""
    status = ReturnStatus.MONEY_BACK if found.status is ReturnStatus.DISHONORED else found.status
    after = msgspec.structs.replace(
        found, status=status, booked_on=booked_on, booked_by=booked_by, final_ms=final_ms(profile, booked_on)
    )
    await store.update_return(conn, after)
    return after


async def write_taken(conn: Conn, found: AchReturn, *, taken_by: str) -> AchReturn:
    """Record that the bank has taken back the money that it booked for a return that the transaction holds."""
    after = msgspec.structs.replace(found, taken_by=taken_by)
    await store.update_return(conn, after)
    return after


async def write_contested(
    conn: Conn, found: AchReturn, *, code: str, trace: str, renderers: Renderers, moment: OwnerTime
) -> AchReturn:
    """Record that the receiving bank has contested the dishonor of a return that the transaction holds."""
    after = msgspec.structs.replace(
        found,
        status=ReturnStatus.CONTESTED,
        contest_code=code,
        contest_trace=trace,
        contested_ms=moment.now_ms,
        ended_ms=moment.now_ms,
    )
    await store.update_return(conn, after)
    await announce(conn, renderers, after, EventType.ACH_RETURN_CONTESTED, moment)
    return after


async def write_missed(conn: Conn, found: AchReturn, *, now_ms: int) -> AchReturn:
    """Write that nothing comes of the dishonor of a return that the transaction holds."""
    after = msgspec.structs.replace(found, status=ReturnStatus.MISSED, ended_ms=now_ms)
    await store.update_return(conn, after)
    return after


async def write_accepted(conn: Conn, found: AchReturn, *, renderers: Renderers, moment: OwnerTime) -> AchReturn:
    """Record that the dishonor of a return that the transaction holds was not contested in time."""
    after = msgspec.structs.replace(found, status=ReturnStatus.ACCEPTED, ended_ms=moment.now_ms)
    await store.update_return(conn, after)
    await announce(conn, renderers, after, EventType.ACH_RETURN_DISHONOR_ACCEPTED, moment)
    return after


async def announce(
    conn: Conn, renderers: Renderers, found: AchReturn, kind: EventType, moment: OwnerTime, *, cause: Cause = BY_ITSELF
) -> None:
    """Announce a return's new status to its platform, in the caller's transaction."""
    payload = renderers.payload(kind, found)
    await insert_events(conn, [new_event(found.scope, kind, found.id, payload, moment, cause)])
    _log.info("ach return updated", ach_return=found.id, status=found.status, topup=found.topup)


async def see_return(conn: Conn, scope: AccountScope, return_id: str) -> AchReturn:
    """Return a platform's return as it is: the clock of its account and its top-up are held before it is.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    found = (await store.fetch_returns(conn, scope, [return_id])).get(return_id)
    if found is None:
        raise ResourceMissingError("ACH return", return_id, param="return", in_path=True)
    return found


async def hold_return(conn: Conn, scope: AccountScope, return_id: str) -> AchReturn:
    """Return a platform's return, held until the transaction ends.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    found = await store.lock_return(conn, scope, return_id)
    if found is None:
        raise ResourceMissingError("ACH return", return_id, param="return", in_path=True)
    return found


async def retrieve_return(database: Database, scope: AccountScope, return_id: str) -> AchReturn:
    """Return a platform's return.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, return_id, store.fetch_returns, kind="ACH return")


async def list_returns(
    database: Database, scope: AccountScope, request: PageRequest, filters: ReturnFilters
) -> Page[AchReturn]:
    """Return a page of a platform's returns, newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="ACH return", exists=_exists)
    async with database.connection() as conn:
        return await store.page_returns(conn, scope, window_of(RETURN_PREFIX, None, request), filters)


async def list_returns_of_topup(conn: Conn, scope: AccountScope, topup: str) -> list[AchReturn]:
    """Return a top-up's newest returns; with at most three presentments there are few."""
    place = window_of(RETURN_PREFIX, None, PageRequest(limit=_MOST_OF_TOPUP))
    return list((await store.page_returns(conn, scope, place, ReturnFilters(topup=topup))).items)


async def _exists(conn: Conn, scope: AccountScope, return_id: str) -> bool:
    return return_id in await store.fetch_returns(conn, scope, [return_id])

"""Finds what allows a new top-up to retry another one whose debit was returned."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from brim.base.actor import ActorKind
from brim.base.errors import ResourceMissingError
from brim.base.scope import AccountScope
from brim.core.accounts import account_platform
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.disputing import is_retry_sent
from brim.core.direct_debits.representing import standing_of
from brim.core.direct_debits.retry_rules import ReturnFacts, kind_of_retry
from brim.core.direct_debits.rules import Entry, EntryStatus, RetryStanding
from brim.core.dishonors import ReturnStatus, list_returns_of_topup
from brim.core.idempotency import RequestContext
from brim.core.rails.ach import ACH
from brim.core.reversals import find_of_topups
from brim.core.time import read_clock
from brim.core.topups import (
    CreateTopup,
    RetriedAlreadyError,
    RetryKind,
    RetryRefusedError,
    Status,
    Topup,
    TopupRetry,
    fetch_topups,
    read_links,
    refused_as_dishonored,
    retries_of,
)
from brim.platform.database import Conn, Database

_PARAM = "brim[retry_of]"
_COMES_BACK = frozenset({ReturnStatus.DISHONORED, ReturnStatus.MONEY_BACK, ReturnStatus.ACCEPTED})
"""The statuses of a return whose money has come back, or may."""


async def find_retry(database: Database, context: RequestContext, wanted: CreateTopup) -> CreateTopup:
    """Return a create that retries another top-up, with what allows it, and its bank account if it names none.

    Raises:
        ResourceMissingError: there is no such top-up.
        RetryRefusedError: it cannot be retried, or not so.
        RetriedAlreadyError: another top-up retries it, or did.
    """
    scope = context.scope
    async with database.connection() as conn:
        found = await fetch_topups(conn, scope, [wanted.retry_of or ""])
        if not found:
            raise ResourceMissingError("topup", wanted.retry_of or "", param=_PARAM)
        original = found[0]
        platform = AccountScope(await account_platform(conn, scope.account) or scope.account, scope.livemode)
        await _check_not_reversed(conn, platform, original)
        newest = await _returned_entry(conn, platform, original)
        await _check_not_dishonored(conn, platform, original)
        number = await _next_number(conn, platform, original)
        if wanted.source is None and wanted.payment_method is None:
            wanted = msgspec.structs.replace(wanted, source=original.source, payment_method=original.payment_method)
        on_file = await entry_store.read_retry_facts(
            conn, scope, [_paid_by(original), wanted.payment_method or wanted.source or ""]
        )
        clock = await read_clock(conn, scope)
    before, after = on_file.get(_paid_by(original)), on_file.get(wanted.payment_method or wanted.source or "")
    returned_ms = newest.returned_ms or 0
    root_date = newest.original_date or newest.effective_date or _day(returned_ms)
    kind = kind_of_retry(
        ReturnFacts(
            topup=original.id,
            code=newest.return_code or "",
            returned=_day(returned_ms),
            original=root_date,
            retries=newest.retry,
            amount=original.amount,
            wanted=wanted.amount,
            today=_day(context.now_ms if clock is None else clock.frozen_time * 1000),
            is_same_account=before is not None and after is not None and before.fingerprint == after.fingerprint,
            is_corrected=after is not None and (after.corrected_ms or 0) > returned_ms,
            is_authorized_anew=after is not None and (after.authorized_ms or 0) > returned_ms,
            by_person=context.by.kind in {ActorKind.OPERATOR, ActorKind.CLI},
        )
    )
    retry = TopupRetry(retry_of=original.id, number=number, kind=kind)
    if kind is RetryKind.REINITIATED:
        retry = msgspec.structs.replace(
            retry, root=newest.retry_of or original.id, retry=newest.retry + 1, original_date=root_date
        )
    return msgspec.structs.replace(wanted, retry=retry)


async def _returned_entry(conn: Conn, platform: AccountScope, original: Topup) -> Entry:
    """Return the newest entry of a failed or reversed top-up, which must be returned."""
    if original.rail != ACH:
        raise RetryRefusedError(original.id, "only live ACH top-ups whose debit was returned can be retried.")
    if original.status in {Status.PENDING, Status.SUCCEEDED}:
        raise RetryRefusedError(original.id, f"it is {original.status}.")
    entries = await entry_store.list_entries_of_topups(conn, platform, [original.id])
    if not entries or entries[-1].status is not EntryStatus.RETURNED:
        raise RetryRefusedError(original.id, f"it is {original.status}, and its debit was not returned.")
    return entries[-1]


async def _check_not_dishonored(conn: Conn, platform: AccountScope, original: Topup) -> None:
    """Check that a top-up's money cannot come back in another way.

    Raises:
        RetryRefusedError: one of its returns was dishonored.
    """
    returns = await list_returns_of_topup(conn, platform, original.id)
    dishonored = next((each for each in returns if each.status in _COMES_BACK), None)
    if dishonored is not None:
        raise refused_as_dishonored(original.id, dishonored.id)


async def _check_not_reversed(conn: Conn, platform: AccountScope, original: Topup) -> None:
    """Check that nobody has said that a top-up's debit was wrong.

    Raises:
        RetryRefusedError: it has a reversal.
    """
    found = (await find_of_topups(conn, platform, [original.id])).get(original.id)
    if found is not None:
        reason = f"its debit was wrong and was reversed ({found.id}). Create a new top-up instead."
        raise RetryRefusedError(original.id, reason)


async def _next_number(conn: Conn, platform: AccountScope, original: Topup) -> int:
    """Return the number of a top-up's next retry: there is another one only if none was sent."""
    known = await retries_of(conn, original.scope, original.id)
    if not known:
        return 1
    newest = known[0]
    if await is_retry_sent(conn, platform, [newest]):
        raise RetriedAlreadyError(original.id, newest.topup)
    return newest.number + 1


def _paid_by(topup: Topup) -> str:
    return topup.payment_method or topup.source or ""


def _day(moment_ms: int) -> date:
    return datetime.fromtimestamp(moment_ms // 1000, UTC).date()


async def read_standings(
    conn: Conn, scope: AccountScope, topups: Sequence[Topup], entries: Sequence[Entry]
) -> dict[str, RetryStanding]:
    """Return the retry standing of one account's top-ups by id; `entries` are all of theirs."""
    links = await read_links(conn, scope, [topup.id for topup in topups])
    found = {}
    for topup in topups:
        standing = standing_of(topup, [entry for entry in entries if entry.topup == topup.id])
        link = links[topup.id]
        found[topup.id] = msgspec.structs.replace(standing, retry_of=link.retry_of, retried_by=link.retried_by)
    return found

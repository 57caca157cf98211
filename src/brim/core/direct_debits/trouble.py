"""What keeps one file, or one entry, from being made, sent or applied is listed, and does not hold up the others."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog

from brim.base.currency import dollars, written_amount
from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import refunds, reversals
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.announcing import list_break
from brim.core.events import Renderers
from brim.core.jobs import listed_error
from brim.core.originators import find_originator
from brim.core.rails.ach import entry_cap_of_any_file
from brim.core.reconciliation import BreakKind, NewBreak, find_open_break
from brim.core.refunds import Refund
from brim.core.reversals import Reversal
from brim.platform.database import Conn, Database

Done = TypeVar("Done")

_USD: Final = "usd"
_log = structlog.get_logger()


async def done_or_listed(
    database: Database,
    work: Callable[[Conn], Awaitable[Done]],
    renderers: Renderers,
    *,
    scope: AccountScope,
    cause: str,
    doing: str,
    now_ms: int,
    ids: IdFactory,
) -> Done | None:
    """Return what `work` returns, run in one transaction; None where it failed, which is listed as a break once.

    Args:
        database: where.
        work: what is to be done; nothing of it is kept when it fails.
        renderers: write what events show.
        scope: the platform.
        cause: names what it is done to, so that it is listed once.
        doing: what is done, for people, as in `send achf_1`.
        now_ms: the time.
        ids: makes the id of the break.

    Raises:
        DatabaseUnavailableError: the database does not answer; that is nobody's file's fault.
    """
    try:
        return await database.transact(work)
    except DatabaseUnavailableError:
        raise
    except Exception as error:  # noqa: BLE001  whatever is wrong with one must not hold up the others
        _log.exception("ach work failed", task=doing)
        new = NewBreak(
            scope=scope,
            kind=BreakKind.FAILED_WORK,
            cause=f"{doing}/{cause}/{type(error).__name__}",
            detail=f"Could not {doing}: {listed_error(error)} Brim retries every second.",
            reference=cause,
        )
        async with database.transaction() as conn:
            await list_break(conn, renderers, new, now_ms=now_ms, ids=ids)
        return None


async def list_trouble(
    database: Database,
    renderers: Renderers,
    error: Exception,
    *,
    scope: AccountScope,
    reference: str,
    doing: str,
    now_ms: int,
    ids: IdFactory,
) -> None:
    """List what prevents something, unless it is already listed and open.

    Args:
        database: where.
        renderers: write what events show.
        error: what went wrong.
        scope: the platform.
        reference: names what it is about.
        doing: what was to be done, for people, as in `send achf_1`.
        now_ms: the time.
        ids: makes the id of the break.
    """
    async with database.transaction() as conn:
        if await find_open_break(conn, scope, [BreakKind.FAILED_WORK], [reference]) is None:
            new = NewBreak(
                scope=scope,
                kind=BreakKind.FAILED_WORK,
                cause=f"{doing}/{type(error).__name__}/{now_ms}",
                detail=f"Could not {doing}: {listed_error(error)} Brim keeps trying.",
                reference=reference,
            )
            await list_break(conn, renderers, new, now_ms=now_ms, ids=ids)


async def report_over_cap(database: Database, renderers: Renderers, *, now_ms: int, ids: IdFactory) -> int:
    """List what no file takes, because a profile's cap was lowered below it; return how many are new.

    These are queued entries, reversals and refunds.

    The others go out all the same. One that was settled is listed again once the profile was written anew, if it is
    above the cap even then.
    """
    async with database.connection() as conn:
        new = 0
        for entry, cap, version in await entry_store.entries_over_cap(conn):
            if await find_open_break(conn, entry.scope, [BreakKind.FAILED_WORK], [entry.topup]) is not None:
                continue
            currency = "eur" if entry.is_sepa else _USD
            over_cap = NewBreak(
                scope=entry.scope,
                kind=BreakKind.FAILED_WORK,
                cause=f"file_cap/{entry.topup}/{entry.number}/{version}",
                detail=f"The debit of {entry.topup} waits: its {written_amount(entry.amount, currency)} are more than "
                f"the {written_amount(cap, currency)} that a file of {entry.originator} may have. Raise the cap per "
                f"file in its profile and activate it again. The debit then goes out with the next file.",
                amount=entry.amount,
                currency=currency,
                reference=entry.topup,
            )
            async with conn.transaction():
                new += await list_break(conn, renderers, over_cap, now_ms=now_ms, ids=ids) is not None
        credits_: list[tuple[Refund | Reversal, int]] = [*await reversals.list_over_caps(conn)]
        credits_ += await refunds.list_over_caps(conn)
        for found, version in credits_:
            profile = (await find_originator(conn, found.scope, found.originator)).profile
            cap = entry_cap_of_any_file(profile)
            if found.amount <= cap:
                continue
            if await find_open_break(conn, found.scope, [BreakKind.FAILED_WORK], [found.id]) is None:
                over_cap = _credit_over_cap(found, version, cap)
                async with conn.transaction():
                    new += await list_break(conn, renderers, over_cap, now_ms=now_ms, ids=ids) is not None
        return new


def _credit_over_cap(found: Refund | Reversal, version: int, cap: int) -> NewBreak:
    kind = "reversal" if isinstance(found, Reversal) else "refund"
    return NewBreak(
        scope=found.scope,
        kind=BreakKind.FAILED_WORK,
        cause=f"file_cap/{found.id}/{version}",
        detail=f"The {kind} {found.id} of {found.topup} waits: its {dollars(found.amount)} are more than "
        f"the {dollars(cap)} that a file of {found.originator} may have. Raise the cap per file in its "
        f"profile (and the largest same-day debit, if all its files settle on the same day) and activate it again. "
        f"The {kind} then goes out with the next file.",
        amount=found.amount,
        currency=_USD,
        reference=found.id,
    )

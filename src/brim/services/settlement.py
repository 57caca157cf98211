"""Settle what is due: status, transfer, balance, balance transaction and event, in one transaction, exactly once."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import structlog

from brim.domain.events import DEFAULT_API_VERSION, EVENT_OF_STATUS, Event
from brim.domain.ledger import TransferKind, book, statement_line
from brim.domain.topups import Status, Topup, fail, succeed
from brim.domain.wire import topup_json
from brim.kit.ids import IdFactory, created_of
from brim.rails.rail import Fail, Rail, Succeed
from brim.store import settlement
from brim.store.database import CAUSED_BY_A_ROW, Conn, Database
from brim.store.settlement import Settlement

ObserveOutcome: TypeAlias = Callable[[Status, int], None]
"""Told how many top-ups got a status, for the metrics."""

MAX_BATCH: Final = 500
_SHORTEST_PAUSE_MS: Final = 1_000
_LONGEST_PAUSE_MS: Final = 60 * 60 * 1000

_log = structlog.get_logger()


async def settle_due(
    database: Database,
    *,
    now_ms: int,
    ids: IdFactory,
    rail: Rail,
    limit: int = MAX_BATCH,
    observe: ObserveOutcome = lambda _status, _count: None,
) -> int:
    """Settle up to `limit` top-ups whose answer is due; return how many were taken in hand.

    Any number of workers may do this at once: a top-up is claimed by one and settles once. One that cannot be
    settled is put off and logged; its neighbours settle all the same. `observe` is told after the commit.

    Raises:
        DatabaseUnavailableError: nothing is known to have settled; the same call may simply be made again.
    """

    async def work(conn: Conn) -> tuple[int, Sequence[Settlement]]:
        due = await settlement.claim_due(conn, now_ms=now_ms, limit=limit)
        return len(due), await _settle(conn, due, now_ms=now_ms, ids=ids, rail=rail)

    taken, written = await database.transact(work)
    for status, count in Counter(end.topup.status for end in written).items():
        observe(status, count)
    return taken


async def _settle(conn: Conn, due: Sequence[Topup], *, now_ms: int, ids: IdFactory, rail: Rail) -> Sequence[Settlement]:
    """Settle what was claimed; return the ends that were written."""
    ends: list[Settlement] = []
    waiting: list[Topup] = []
    for topup in due:
        try:
            end = _decide(topup, now_ms=now_ms, ids=ids, rail=rail)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not hold up the others
            await _park(conn, topup, error, now_ms=now_ms)
            continue
        if end:
            ends.append(end)
        else:
            waiting.append(topup)
    if waiting:
        await settlement.postpone(conn, [(topup, None) for topup in waiting])
    return await _write(conn, ends, now_ms=now_ms) if ends else []


async def _write(conn: Conn, ends: Sequence[Settlement], *, now_ms: int) -> Sequence[Settlement]:
    """Write ends and return those written; when one breaks the batch, halve it until that one stands alone."""
    try:
        async with conn.transaction():  # a savepoint: what failed is undone, the claim stays
            await settlement.write_settlements(conn, ends)
    except (*CAUSED_BY_A_ROW, ValueError) as error:
        if len(ends) == 1:
            await _park(conn, ends[0].topup, error, now_ms=now_ms)
            return []
        middle = len(ends) // 2
        first, second = ends[:middle], ends[middle:]
        return [*await _write(conn, first, now_ms=now_ms), *await _write(conn, second, now_ms=now_ms)]
    return ends


def _decide(topup: Topup, *, now_ms: int, ids: IdFactory, rail: Rail) -> Settlement | None:
    """Return how a top-up ends by what came back; None when nothing did."""
    outcome = rail.outcome(topup)
    if isinstance(outcome, Succeed):
        return _arrival(topup, now_ms=now_ms, ids=ids)
    if isinstance(outcome, Fail):
        failed = fail(topup, code=outcome.code, message=outcome.message)
        return Settlement(topup=failed, event=_announce(failed, now_ms=now_ms, ids=ids))
    return None


def _arrival(topup: Topup, *, now_ms: int, ids: IdFactory) -> Settlement:
    """Return the top-up with its money arrived and booked."""
    line = statement_line(topup, TransferKind.TOPUP, transaction_id=ids.new_at("txn_", now_ms))
    arrived = succeed(topup, balance_transaction=line.id)
    return Settlement(
        topup=arrived,
        event=_announce(arrived, now_ms=now_ms, ids=ids),
        transfer=book(topup, TransferKind.TOPUP, transfer_id=ids.new_at("tr_", now_ms)),
        line=line,
    )


def _announce(topup: Topup, *, now_ms: int, ids: IdFactory) -> Event:
    """Return the event of a status that the bank brought about: no request stands behind it."""
    event_id = ids.new_at("evt_", now_ms)
    return Event(
        owner=topup.owner,
        id=event_id,
        type=EVENT_OF_STATUS[topup.status],
        created=created_of(event_id),
        api_version=DEFAULT_API_VERSION,
        object_id=topup.id,
        payload=topup_json(topup),
    )


async def _park(conn: Conn, topup: Topup, error: Exception, *, now_ms: int) -> None:
    """Put off a top-up that cannot be settled, so that it does not stand before the others for ever.

    The pause is as long as the top-up has existed, between a second and an hour, so it doubles from try to try.
    """
    pause_ms = min(max(now_ms - topup.created * 1000, _SHORTEST_PAUSE_MS), _LONGEST_PAUSE_MS)
    _log.error(
        "topup cannot be settled",
        account=topup.owner.account,
        livemode=topup.owner.livemode,
        topup=topup.id,
        error=type(error).__name__,
        reason=str(error),
        retry_in_s=pause_ms // 1000,
    )
    await settlement.postpone(conn, [(topup, now_ms + pause_ms)])

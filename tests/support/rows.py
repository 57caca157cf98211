"""Rows for tests of reads, written straight into the tables, ids of any second to give them, and a list of them."""

from collections.abc import Mapping, Sequence

from brim.base.ids import encode_time
from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core.events.rules import Event
from brim.core.ledger.rules import BalanceTransaction
from brim.core.topups import list_store as lists
from brim.core.topups.rules import Status, Topup, TopupFilters
from brim.core.webhooks.rules import DeliveryState
from brim.platform.database import Database

CREDITED = frozenset({Status.SUCCEEDED, Status.REVERSED})


def id_at(prefix: str, milliseconds: int, number: int) -> str:
    """Return the id of an object made then; ids of one millisecond sort by number."""
    return f"{prefix}{encode_time(milliseconds)}{number:016}"


async def copy_topups(database: Database, topups: Sequence[Topup]) -> None:
    """Write top-ups without events or entries."""
    await _copy(
        database,
        "topups",
        "account livemode id amount created currency status balance_transaction description",
        [
            (
                topup.scope.account,
                topup.scope.livemode,
                topup.id,
                topup.amount,
                topup.created,
                topup.currency,
                topup.status,
                topup.balance_transaction,
                topup.description,
            )
            for topup in topups
        ],
    )


async def copy_balance_transactions(database: Database, lines: Sequence[BalanceTransaction]) -> None:
    """Write balance transactions without entries."""
    await _copy(
        database,
        "balance_transactions",
        "account livemode id amount fee net available_on created currency description source type",
        [
            (
                line.scope.account,
                line.scope.livemode,
                line.id,
                line.amount,
                line.fee,
                line.net,
                line.available_on,
                line.created,
                line.currency,
                line.description,
                line.source,
                line.type,
            )
            for line in lines
        ],
    )


async def copy_events(database: Database, events: Sequence[Event]) -> None:
    """Write events of no particular objects."""
    await _copy(
        database,
        "events",
        "account livemode id created type object_id api_version request_id idempotency_key payload",
        [
            (
                event.scope.account,
                event.scope.livemode,
                event.id,
                event.created,
                event.type,
                event.object_id,
                event.api_version,
                event.request_id,
                event.idempotency_key,
                event.payload.decode(),
            )
            for event in events
        ],
    )


async def copy_deliveries(
    database: Database, deliveries: Mapping[tuple[AccountScope, str], Sequence[DeliveryState]]
) -> None:
    """Write what is owed of events, named by owner and id, to one endpoint of a platform's for each state."""
    await _copy(
        database,
        "webhook_deliveries",
        "account livemode endpoint event_account event number attempts next_attempt_ms created_ms",
        [
            ("acct_listening", scope.livemode, f"we_{endpoint}", scope.account, event_id, 1, 0, due, 0)
            for (scope, event_id), states in deliveries.items()
            for endpoint, state in enumerate(states)
            if state is not DeliveryState.DELIVERED
            for due in [0 if state is DeliveryState.PENDING else None]
        ],
    )


async def _copy(database: Database, table: str, columns: str, records: Sequence[tuple[object, ...]]) -> None:
    async with database.connection() as conn:
        await conn.copy_records_to_table(table, columns=columns.split(), records=records)


async def list_topups(
    database: Database, scope: AccountScope, filters: TopupFilters, request: PageRequest
) -> Page[Topup]:
    """Return a page of top-ups by the statements that serve one, shared with nobody."""
    query = lists.topup_list_query(scope, filters, request)
    if query is None:
        return await lists.search_topups(database, scope, filters, request)
    async with database.connection() as conn:
        (page,) = await lists.list_topups_many(conn, [query])
    return page

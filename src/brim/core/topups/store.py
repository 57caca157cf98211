"""Top-ups and their events in the database: create many at once, fetch many at once, change one."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.ids import first_id_at
from brim.base.scope import AccountScope
from brim.core.events import Event
from brim.core.idempotency import KeyClaim
from brim.core.originators import Exposure
from brim.core.topups.retry_rules import TopupRetry
from brim.core.topups.rules import TOPUP_PREFIX, Status, Topup
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__)
_decode_metadata: Final = json_codec.decoder(dict[str, str])
_STATUSES: Final = {status.value: status for status in Status}


class Refusal(StrEnum):
    """Why a top-up was not created."""

    KEY_TAKEN = "its idempotency key has an answer already"
    CONFIG_CHANGED = "its account's configuration has changed since it was made"


class NewTopup(msgspec.Struct, frozen=True):
    """A top-up to create, its `topup.created` event, and the idempotency key it is asked for under.

    `config_version` is the version of its account's configuration that it was made under. `exposures` is what it adds
    to the capped sums; empty in test mode. `twin_window_minutes` is for how long no equal one may have been created
    before it; 0 where that does not matter, as in test mode. `retry` says what it retries, if it does; `one_off` is the
    mandate whose one collection it is.
    """

    topup: Topup
    event: Event
    claim: KeyClaim | None
    config_version: int = 0
    exposures: tuple[Exposure, ...] = ()
    twin_window_minutes: int = 0
    retry: TopupRetry | None = None
    one_off: str | None = None


async def insert_topups(conn: Conn, batch: Sequence[NewTopup], *, now_ms: int) -> dict[str, Refusal]:
    """Create a batch of top-ups in one statement; all are durable when it returns outside a transaction.

    Args:
        conn: a connection; the statement is a transaction of its own unless the caller opened one.
        batch: of any accounts of one lane.
        now_ms: when the keys are claimed.

    Returns:
        Why those that were not created were not, by the id of their event.
    """
    rows = [_creation_row(new) for new in sorted(batch, key=_key_order)]
    lost = await conn.fetch(_SQL["create_topups"], json_codec.encode_text(rows), now_ms)
    return {record["event_id"]: Refusal.CONFIG_CHANGED if record["is_stale"] else Refusal.KEY_TAKEN for record in lost}


async def insert_received(conn: Conn, topups: Sequence[tuple[Topup, int]]) -> frozenset[str]:
    """Create succeeded top-ups of money that has come, each with the version of its account's configuration.

    The caller's transaction writes their events. Returns the ids of those whose configuration has another version now,
    which are not created.
    """
    rows = [
        {
            "account": topup.scope.account,
            "livemode": topup.scope.livemode,
            "id": topup.id,
            "amount": topup.amount,
            "currency": topup.currency,
            "created": topup.created,
            "expected_availability_date": topup.expected_availability_date,
            "description": topup.description,
            "metadata": topup.metadata or None,
            "rail": topup.rail,
            "balance_transaction": topup.balance_transaction,
            "config_version": config_version,
        }
        for topup, config_version in topups
    ]
    records = await conn.fetch(_SQL["receive_topups"], json_codec.encode_text(rows))
    return frozenset(record["id"] for record in records)


async def find_twins(conn: Conn, batch: Sequence[NewTopup]) -> dict[str, str]:
    """Return the ids of top-ups that those of a batch look like duplicates of, by the batch's own ids.

    The caller's transaction has written the batch, and holds what counts the debits of its bank accounts
    (`originators.add_exposures`): whoever creates an equal one has committed, or waits.
    """
    rows = [
        (
            new.topup.scope.account,
            new.topup.scope.livemode,
            new.topup.id,
            new.topup.payment_method or new.topup.source or "",
            new.topup.amount,
            new.topup.currency,
            first_id_at(TOPUP_PREFIX, new.topup.created - new.twin_window_minutes * 60),
        )
        for new in batch
    ]
    return {record["id"]: record["twin"] for record in await conn.fetch(_SQL["find_twins"], *columns(rows))}


def _key_order(new: NewTopup) -> tuple[str, bool, str]:
    scope = new.topup.scope
    return scope.account, scope.livemode, new.claim.key if new.claim else ""


class CreationRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of what `create_topups` is given, as JSON; the names are those of `columns.sql`.

    One document costs half of what an array for each column costs the driver, and says what is what.
    """

    account: str
    livemode: bool
    id: str
    amount: int
    currency: str
    created: int
    expected_availability_date: int | None
    due_ms: int | None
    request_id: str | None
    event_id: str
    api_version: str
    payload: msgspec.Raw
    config_version: int
    rail: str
    description: str | None = None
    metadata: dict[str, str] | None = None
    payment_method: str | None = None
    payment_method_network: str | None = None
    source: str | None = None
    source_details: msgspec.Raw | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None
    scenario: str | None = None
    settlement_days: int | None = None
    calendar: str | None = None
    test_clock: str | None = None
    key: str | None = None
    fingerprint: str | None = None


def _creation_row(new: NewTopup) -> CreationRow:
    topup, event, claim = new.topup, new.event, new.claim
    return CreationRow(  # by position: that many names would cost a microsecond
        topup.scope.account,
        topup.scope.livemode,
        topup.id,
        topup.amount,
        topup.currency,
        topup.created,
        topup.expected_availability_date,
        topup.due_ms,
        event.kept_request_id,
        event.id,
        event.api_version,
        msgspec.Raw(event.payload),
        new.config_version,
        topup.rail,
        topup.description,
        topup.metadata or None,
        topup.payment_method,
        topup.payment_method_network,
        topup.source,
        msgspec.Raw(topup.source_details) if topup.source_details else None,
        topup.statement_descriptor,
        topup.transfer_group,
        topup.scenario,
        topup.settlement_days,
        topup.calendar,
        topup.test_clock,
        claim.key if claim else None,
        "\\x" + claim.fingerprint.hex() if claim else None,
    )


async def fetch_topups(conn: Conn, wanted: Sequence[tuple[AccountScope, str]]) -> list[Topup | None]:
    """Return the top-ups named by account and id, in that order; None where there is none."""
    owners = [scope for scope, _ in wanted]
    records = await conn.fetch(
        _SQL["fetch_topups"],
        [scope.account for scope in owners],
        [scope.livemode for scope in owners],
        [topup_id for _, topup_id in wanted],
    )
    found = {(record["account"], record["livemode"], record["id"]): record for record in records}
    keys = [(scope.account, scope.livemode, topup_id) for scope, topup_id in wanted]
    return [topup_from_record(found[key]) if key in found else None for key in keys]


async def lock_topup(conn: Conn, scope: AccountScope, topup_id: str) -> Topup | None:
    """Return a top-up that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_topup"], scope.account, scope.livemode, topup_id)
    return topup_from_record(record) if record else None


async def update_topup(conn: Conn, topup: Topup) -> None:
    """Write description and metadata of a top-up that the caller has locked."""
    await conn.execute(
        _SQL["update_topup"],
        topup.scope.account,
        topup.scope.livemode,
        topup.id,
        topup.description,
        _encode_metadata(topup.metadata),
    )


def _encode_metadata(metadata: dict[str, str]) -> str | None:
    return json_codec.encode_text(metadata) if metadata else None


def topup_from_record(record: Mapping[str, Any]) -> Topup:
    """Return the top-up in a row that has the columns `topup` of `columns.sql`."""
    metadata, details = record["metadata"], record["source_details"]
    return Topup(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        amount=record["amount"],
        currency=record["currency"],
        created=record["created"],
        status=_STATUSES[record["status"]],
        balance_transaction=record["balance_transaction"],
        description=record["description"],
        expected_availability_date=record["expected_availability_date"],
        failure_code=record["failure_code"],
        failure_message=record["failure_message"],
        metadata=_decode_metadata(metadata) if metadata else {},
        payment_method=record["payment_method"],
        payment_method_network=record["payment_method_network"],
        source=record["source"],
        statement_descriptor=record["statement_descriptor"],
        transfer_group=record["transfer_group"],
        due_ms=record["due_ms"],
        rail=record["rail"],
        scenario=record["scenario"],
        calendar=record["calendar"],
        settlement_days=record["settlement_days"],
        source_details=details.encode() if details else None,
        test_clock=record["test_clock"],
    )

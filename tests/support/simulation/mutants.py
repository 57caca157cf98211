"""Defects that a simulation has to find: each is one of the promises broken, at one place, for as long as it is on."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any, Final
from unittest.mock import patch

import msgspec

from brim.base.errors import DatabaseUnavailableError
from brim.core.topups import Status, settlement, transitions
from brim.core.topups import store as topup_store
from brim.core.topups.store import NewTopup
from brim.core.webhooks import Answer, Numbering, Outcome, delivery_store
from brim.platform.database import Conn, Database

_FORGET_KEY: Final = "DELETE FROM idempotency_keys WHERE account = $1 AND livemode = $2 AND key = $3"
_KEEP_KEY: Final = """
INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, event_id, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""


def _key_of(new: NewTopup) -> tuple[str, bool, str]:
    scope = new.topup.scope
    return scope.account, scope.livemode, new.claim.key if new.claim else ""


def _kept_of(new: NewTopup) -> tuple[bytes, str | None, str]:
    return new.claim.fingerprint if new.claim else b"", new.event.request_id, new.event.id


@contextmanager
def key_in_a_transaction_of_its_own() -> Iterator[None]:
    """The idempotency key is written after the top-up's commit, not with it."""
    insert = topup_store.insert_topups

    async def insert_then_key(conn: Conn, news: Sequence[NewTopup], *, now_ms: int) -> dict[str, Any]:
        async with conn.transaction():
            lost: dict[str, Any] = await insert(conn, news, now_ms=now_ms)
            written = [each for each in news if each.claim and each.event.id not in lost]
            await conn.executemany(_FORGET_KEY, [_key_of(each) for each in written])
        await conn.executemany(_KEEP_KEY, [(*_key_of(each), *_kept_of(each), now_ms) for each in written])
        return lost

    with patch.object(topup_store, "insert_topups", insert_then_key):
        yield


@contextmanager
def credit_again_after_an_unknown_commit() -> Iterator[None]:
    """A settlement whose commit got no answer is taken for undone: its credits are added to balances again."""
    transact = Database.transact

    async def transact_and_credit(database: Database, work: Callable[[Conn], Any]) -> Any:
        credited: list[Any] = []

        async def noting(conn: Conn) -> Any:
            result = await work(conn)
            if isinstance(result, tuple) and len(result) > 1 and isinstance(result[1], Sequence):
                changes = [each for each in result[1] if isinstance(each, transitions.Change)]
                credited[:] = [each.transition.topup for each in changes]
            return result

        try:
            return await transact(database, noting)
        except DatabaseUnavailableError:
            for topup in credited:
                if topup.status is Status.SUCCEEDED:
                    async with database.connection() as conn:
                        await conn.execute(
                            "UPDATE balances SET available = available + $1"
                            " WHERE account = $2 AND livemode = $3 AND currency = $4",
                            topup.amount,
                            topup.scope.account,
                            topup.scope.livemode,
                            topup.currency,
                        )
            raise

    with patch.object(Database, "transact", transact_and_credit):
        yield


@contextmanager
def return_without_entry() -> Iterator[None]:
    """A top-up that is returned gets its status and its event, but no journal entry."""
    write = transitions.write_changes

    async def write_without(conn: Conn, changes: Sequence[Any], **more: Any) -> None:
        await write(
            conn,
            [
                msgspec.structs.replace(each, transition=msgspec.structs.replace(each.transition, posting=None))
                if each.transition.topup.status is Status.REVERSED
                else each
                for each in changes
            ],
            **more,
        )

    with patch.object(settlement, "write_changes", write_without):
        yield


@contextmanager
def events_taken_before_they_are_numbered() -> Iterator[None]:
    """Numbering takes events from the queue in one transaction, and numbers them in the next."""
    run_once = Numbering.run_once

    async def run_in_two(numbering: Numbering, *, now_ms: int, **more: Any) -> Any:
        database = numbering._database
        async with database.connection() as conn:
            taken = await conn.fetch("DELETE FROM new_events RETURNING account, livemode, event")
        if taken:
            async with database.connection() as conn:
                await conn.executemany(
                    "INSERT INTO new_events (account, livemode, event) VALUES ($1, $2, $3)",
                    [
                        (row["account"], row["livemode"], row["event"])
                        for row in sorted(taken, key=lambda r: r["event"])
                    ],
                )
        return await run_once(numbering, now_ms=now_ms, **more)

    with patch.object(Numbering, "run_once", run_in_two):
        yield


@contextmanager
def silence_taken_for_success() -> Iterator[None]:
    """An attempt that got no answer in time counts as delivered."""
    record = delivery_store.record_attempts

    async def record_as_delivered(conn: Conn, attempts: Sequence[Any], *, now_ms: int) -> Any:
        return await record(
            conn,
            [
                msgspec.structs.replace(each, answer=Answer(outcome=Outcome.DELIVERED, http_status=200, body_head=b""))
                if each.answer.outcome is Outcome.TIMED_OUT
                else each
                for each in attempts
            ],
            now_ms=now_ms,
        )

    with patch.object(delivery_store, "record_attempts", record_as_delivered):
        yield


@contextmanager
def acknowledged_before_the_commit() -> Iterator[None]:
    """A transaction whose commit fails is taken for done."""
    transaction = Database.transaction

    @asynccontextmanager
    async def hopeful(database: Database, **more: Any) -> AsyncIterator[Conn]:
        is_done = False
        try:
            async with transaction(database, **more) as conn:
                yield conn
                is_done = True
        except DatabaseUnavailableError:
            if not is_done:
                raise

    with patch.object(Database, "transaction", hopeful):
        yield


MUTANTS: Final[dict[str, Callable[[], AbstractContextManager[None]]]] = {
    each.__name__: each
    for each in (
        key_in_a_transaction_of_its_own,
        credit_again_after_an_unknown_commit,
        return_without_entry,
        events_taken_before_they_are_numbered,
        silence_taken_for_success,
        acknowledged_before_the_commit,
    )
}

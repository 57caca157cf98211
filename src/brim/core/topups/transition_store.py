"""Changes of status in the database: a top-up's next status, with everything that belongs to it, in one statement."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from brim.core.events import Event
from brim.core.ledger import BalanceTransaction, Transfer
from brim.core.topups.rules import Status, Topup
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, "transitions")


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """A top-up as it becomes, where it came from, the event that says so, and what the books say where money moved."""

    moved_from: Status
    topup: Topup
    event: Event
    transfer: Transfer | None = None
    line: BalanceTransaction | None = None


class LostTransitionError(Exception):
    """A top-up was not where it was said to stand, though the caller's transaction holds it: a bug, nothing is kept."""


async def write_transitions(conn: Conn, transitions: Sequence[Transition]) -> None:
    """Write changes of top-ups that the caller's transaction holds, in one statement.

    Raises:
        LostTransitionError: one of them stood elsewhere.
    """
    written: int = await conn.fetchval(_SQL["write_transitions"], *transition_arrays(transitions))
    if written != len(transitions):
        raise LostTransitionError(f"{len(transitions) - written} of {len(transitions)}")


def transition_arrays(transitions: Sequence[Transition]) -> Iterable[list[Any]]:
    """Return the arguments of `write_transitions`, in the statement's order."""
    return columns(
        [
            (*_end(each.topup, each.moved_from), *_booking(each.transfer), *_line(each.line), *_event(each.event))
            for each in transitions
        ]
    )


def _end(topup: Topup, moved_from: Status) -> tuple[Any, ...]:
    return (
        topup.scope.account,
        topup.scope.livemode,
        topup.id,
        moved_from,
        topup.status,
        topup.balance_transaction,
        topup.failure_code,
        topup.failure_message,
        topup.due_ms,
    )


def _booking(transfer: Transfer | None) -> tuple[Any, ...]:
    if transfer is None:
        return (None,) * 6
    return (
        transfer.id,
        transfer.kind,
        transfer.debit_account,
        transfer.credit_account,
        transfer.amount,
        transfer.created,
    )


def _line(line: BalanceTransaction | None) -> tuple[Any, ...]:
    """Return a line's own columns; its currency, description and type are its top-up's and its transfer's."""
    if line is None:
        return (None,) * 6
    return (line.id, line.amount, line.fee, line.net, line.available_on, line.created)


def _event(event: Event) -> tuple[Any, ...]:
    """Return an event's own columns; what it is about is its top-up."""
    return (
        event.id,
        event.type,
        event.created,
        event.api_version,
        event.request_id,
        event.idempotency_key,
        event.payload.decode(),
    )

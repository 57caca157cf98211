"""Changes of status in the database: a top-up's next status and the event that announces it, in one statement."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from brim.core.events import Event
from brim.core.ledger import Posting
from brim.core.topups.rules import Status, Topup
from brim.platform.database import Conn
from brim.platform.sql import load_queries, recordset

_SQL: Final = load_queries(__package__, "transitions")


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """A top-up as it becomes, where it came from, the event that says so, and what is posted where money moved."""

    moved_from: Status
    topup: Topup
    event: Event
    posting: Posting | None = None


class StaleStatusError(Exception):
    """A top-up was not where it was said to stand, though the caller's transaction holds it: a bug, nothing is kept."""


async def write_transitions(conn: Conn, transitions: Sequence[Transition]) -> None:
    """Write changes of top-ups that the caller's transaction holds, in one statement.

    Raises:
        StaleStatusError: one of them stood elsewhere.
    """
    written: int = await conn.fetchval(_SQL["write_transitions"], transition_rows(transitions))
    if written != len(transitions):
        raise StaleStatusError(f"{len(transitions) - written} of {len(transitions)}")


def transition_rows(transitions: Sequence[Transition]) -> str:
    """Return the argument of `write_transitions`."""
    return recordset(_row(each) for each in transitions)


def _row(transition: Transition) -> dict[str, Any]:
    topup, event = transition.topup, transition.event
    return {
        "account": topup.scope.account,
        "livemode": topup.scope.livemode,
        "id": topup.id,
        "moved_from": transition.moved_from,
        "status": topup.status,
        "balance_transaction": topup.balance_transaction,
        "failure_code": topup.failure_code,
        "failure_message": topup.failure_message,
        "due_ms": topup.due_ms,
        "event": event.id,
        "type": event.type,
        "created": event.created,
        "api_version": event.api_version,
        "request_id": event.kept_request_id,
        "idempotency_key": event.idempotency_key,
        "payload": msgspec.Raw(event.payload),
    }

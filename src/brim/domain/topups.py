"""A top-up and the one table of the moves it may make."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.kit.errors import BrimError


class Status(StrEnum):
    """Where a top-up stands. Source: Stripe API reference, the Top-up object."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    REVERSED = "reversed"


TRANSITIONS: Final[dict[Status, frozenset[Status]]] = {
    Status.PENDING: frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELED}),
    Status.SUCCEEDED: frozenset({Status.REVERSED}),
    Status.FAILED: frozenset(),
    Status.CANCELED: frozenset(),
    Status.REVERSED: frozenset(),
}

MAX_DESCRIPTION: Final = 5000
MAX_STATEMENT_DESCRIPTOR: Final = 15


class Owner(msgspec.Struct, frozen=True, order=True):
    """Whose rows: an account in one of its two modes. Stands in every WHERE."""

    account: str
    livemode: bool


class Topup(msgspec.Struct, frozen=True, kw_only=True):
    """One top-up as the books know it.

    `amount` is in minor units of `currency`; `created` and `expected_availability_date` are Unix seconds;
    `settle_due_ms` is when the rail will have its answer (Unix milliseconds), None when it has none to give.
    """

    owner: Owner
    id: str
    amount: int
    currency: str
    created: int
    status: Status = Status.PENDING
    balance_transaction: str | None = None
    description: str | None = None
    expected_availability_date: int | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    metadata: dict[str, str] = {}
    payment_method: str | None = None
    payment_method_network: str | None = None
    source: str | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None
    settle_due_ms: int | None = None


class NoFundingSourceError(BrimError):
    """Nothing is on file that money in this currency could come from."""

    def __init__(self, currency: str) -> None:
        super().__init__(
            f"You cannot create a live top-up in {currency} because this account has no bank account to take the "
            "money from. Use a test key to try top-ups in the sandbox."
        )


class InvalidTransitionError(BrimError):
    """The top-up cannot go where it was sent from where it stands."""

    def __init__(self, *, status: Status, wanted: Status) -> None:
        allowed = [start.value for start, ends in TRANSITIONS.items() if wanted in ends]
        super().__init__(
            f"This top-up could not be {wanted.value} because it has a status of {status.value}. "
            f"Only a top-up with one of the following statuses may be {wanted.value}: {', '.join(allowed)}."
        )
        self.status = status
        self.wanted = wanted


def next_status(status: Status, wanted: Status) -> Status:
    """Return `wanted` when a top-up may go there.

    Raises:
        InvalidTransitionError: when the table does not allow it.
    """
    if wanted not in TRANSITIONS[status]:
        raise InvalidTransitionError(status=status, wanted=wanted)
    return wanted


def cancel(topup: Topup) -> Topup:
    """Return the top-up as its owner called it off.

    Raises:
        InvalidTransitionError: when it is not pending any more.
    """
    return msgspec.structs.replace(topup, status=next_status(topup.status, Status.CANCELED), settle_due_ms=None)


def succeed(topup: Topup, *, balance_transaction: str) -> Topup:
    """Return the top-up with its money arrived.

    Raises:
        InvalidTransitionError: when it is not pending any more.
    """
    return msgspec.structs.replace(
        topup,
        status=next_status(topup.status, Status.SUCCEEDED),
        balance_transaction=balance_transaction,
        settle_due_ms=None,
    )


def fail(topup: Topup, *, code: str, message: str) -> Topup:
    """Return the top-up as the bank refused it.

    Raises:
        InvalidTransitionError: when it is not pending any more.
    """
    return msgspec.structs.replace(
        topup,
        status=next_status(topup.status, Status.FAILED),
        failure_code=code,
        failure_message=message,
        settle_due_ms=None,
    )

"""A top-up and the one table of the moves it may make."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError, KeptRefusalError
from brim.base.paging import Range
from brim.base.scope import AccountScope
from brim.core.funding import Funding
from brim.core.rails import Plan
from brim.core.time import OwnerTime
from brim.core.topups.retry_rules import TopupRetry


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
"""Where a top-up may go from where it stands. A new move needs more than a row here: what it posts
(`posting.POSTED_AT`), what verification expects then (`verification`), and the constraints of the table.
"""

TOPUP_PREFIX: Final = "tu_"
MAX_DESCRIPTION: Final = 5000
MAX_STATEMENT_DESCRIPTOR: Final = 15


class Topup(msgspec.Struct, frozen=True, kw_only=True):
    """One top-up as the books know it.

    `amount` is in minor units of `currency`; `created` and `expected_availability_date` are Unix seconds;
    `due_ms` is when the rail next has something to say (Unix milliseconds of the account's time), None when it has
    nothing more to give; `test_clock` names the clock whose time is meant, None means real time. `rail` names the one
    that collects the money and `scenario` is what that knows of the bank account; `settlement_days` is how many banking
    days were promised, and `calendar` names the calendar that they were counted by, both None where no bank's calendar
    was asked; `source_details` is the compact JSON of a Source on file, as it was.
    """

    scope: AccountScope
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
    due_ms: int | None = None
    rail: str
    scenario: str | None = None
    settlement_days: int | None = None
    calendar: str | None = None
    source_details: bytes | None = None
    test_clock: str | None = None


class CreateTopup(msgspec.Struct, frozen=True, kw_only=True):
    """The validated parameters of a top-up.

    `amount` is in minor units of `currency`; `allow_duplicate` says that a live one is meant, though it may equal one
    that was just created, and `least_twin_window_minutes` the least window, in minutes, in which it is looked for,
    whatever the originator's profile says; `retry_of` is the top-up that it retries, and `retry` what allows that.
    """

    amount: int
    currency: str
    description: str | None = None
    metadata: dict[str, str] = {}
    payment_method: str | None = None
    payment_method_network: str | None = None
    source: str | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None
    allow_duplicate: bool = False
    retry_of: str | None = None
    retry: TopupRetry | None = None
    least_twin_window_minutes: int = 0


def pending_topup(
    scope: AccountScope, wanted: CreateTopup, moment: OwnerTime, funding: Funding, plan: Plan, *, rail: str
) -> Topup:
    """Return the top-up of a create at a moment, paid by `funding` and collected as the rail plans."""
    return Topup(
        id=moment.new_id(TOPUP_PREFIX),
        scope=scope,
        amount=wanted.amount,
        currency=wanted.currency,
        created=moment.ids.newest_second,
        description=wanted.description,
        expected_availability_date=plan.expected_availability_date,
        metadata=wanted.metadata,
        payment_method=funding.payment_method,
        payment_method_network=wanted.payment_method_network,
        source=funding.source,
        statement_descriptor=wanted.statement_descriptor,
        transfer_group=wanted.transfer_group,
        due_ms=plan.due_ms,
        rail=rail,
        scenario=funding.scenario,
        settlement_days=plan.settlement_days,
        calendar=plan.calendar,
        test_clock=moment.test_clock if plan.due_ms is not None else None,
    )


class DuplicateTopupError(BrimError):
    """A live top-up looks like one that was just created: the same amount from the same bank account."""

    def __init__(self, twin: str, *, window_minutes: int) -> None:
        super().__init__(
            f"This looks like a duplicate of {twin}, a top-up of the same amount from the same bank account within "
            f"{window_minutes} minutes. If it is intended, send brim[allow_duplicate]=true."
        )


class NoFundingSourceError(BrimError):
    """The live top-up specifies no bank account, and there is no default for its currency."""

    def __init__(self, currency: str) -> None:
        super().__init__(
            f"This account has no default funding source in {currency}. Specify a bank account with source "
            f"or payment_method, or set a default."
        )


class CurrencyNotCollectedError(BrimError):
    """No rail collects live money in this currency."""

    def __init__(self, currency: str, *, collected: Mapping[str, Iterable[str]]) -> None:
        rails = " and ".join(
            f"the rail {rail} collects {', '.join(sorted(currencies))}" for rail, currencies in collected.items()
        )
        super().__init__(f"Live top-ups in {currency} are not available: {rails} only.")


class InvalidTransitionError(KeptRefusalError):
    """The top-up's status doesn't allow this."""

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
    """Return the top-up as its account called it off.

    Raises:
        InvalidTransitionError: when it is not pending any more.
    """
    return _moved(topup, Status.CANCELED)


def succeed(topup: Topup, *, balance_transaction: str, return_due_ms: int | None = None) -> Topup:
    """Return the top-up with its money arrived; `return_due_ms` is when the bank will take it back, if it will.

    Raises:
        InvalidTransitionError: when it is not pending any more.
    """
    arrived = _moved(topup, Status.SUCCEEDED, due_ms=return_due_ms)
    return msgspec.structs.replace(arrived, balance_transaction=balance_transaction)


def fail(topup: Topup, *, code: str, message: str) -> Topup:
    """Return the top-up as the bank refused it.

    Raises:
        InvalidTransitionError: when it is not pending any more.
    """
    return msgspec.structs.replace(_moved(topup, Status.FAILED), failure_code=code, failure_message=message)


def reverse(topup: Topup, *, code: str, message: str) -> Topup:
    """Return the top-up with its money taken back by the bank; it still names the balance transaction of the credit.

    Raises:
        InvalidTransitionError: when it has not succeeded, or was taken back before.
    """
    return msgspec.structs.replace(_moved(topup, Status.REVERSED), failure_code=code, failure_message=message)


def _moved(topup: Topup, wanted: Status, *, due_ms: int | None = None) -> Topup:
    return msgspec.structs.replace(
        topup,
        status=next_status(topup.status, wanted),
        due_ms=due_ms,
        test_clock=topup.test_clock if due_ms is not None else None,
    )


class TopupFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which top-ups: all given filters hold. `created` is in Unix seconds, `amount` in minor units."""

    amount: Range | None = None
    created: Range | None = None
    status: str | None = None


class TopupOrder(StrEnum):
    """In which order a search returns top-ups; those of one amount as in the order before."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"


class TopupSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Which top-ups, by more than `TopupFilters`: all given filters hold.

    `funding_source` is the id of what was debited, `description` a part of the text, and `metadata` pairs
    that a top-up has among its own.
    """

    amount: Range | None = None
    created: Range | None = None
    currency: str | None = None
    description: str | None = None
    failure_code: str | None = None
    funding_source: str | None = None
    metadata: dict[str, str] = {}
    order: TopupOrder = TopupOrder.NEWEST
    status: str | None = None

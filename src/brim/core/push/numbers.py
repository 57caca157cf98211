"""Virtual account numbers: each account that is paid by transfer has its own, of the range of the bank account.

A number is never two accounts': of two requests at once, the constraint of the table lets one have it. One that was
released rests before it is given again, as a payer may have kept it. A database that was restored does not know which
numbers were given since its backup: it passes over the next ones of the range, and gives none again that was released.
"""

from typing import Final, NamedTuple

import structlog

from brim.base.scope import AccountScope
from brim.core.bank_accounts import NumberRange
from brim.core.originators import Originator, OriginatorStatus, list_originators
from brim.core.push import number_store as store
from brim.core.push import store as instructions_store
from brim.core.push.number_store import HighestBody
from brim.core.push.rules import FundingInstructions, numbers_of
from brim.platform.database import Conn

REST_DAYS: Final = 730
"""For how long a number that was released is nobody's: standing orders come at least once a year."""
_REST_MS: Final = REST_DAYS * 24 * 60 * 60 * 1000
FEW_LEFT: Final = 0.1
"""From which part of a range on its numbers are nearly used up."""
_PASSED_OVER: Final = 20
"""One number in so many of a range is passed over in a database that was restored."""
_MOST_PASSED_OVER: Final = 1_000
_MOST_COUNTED: Final = 10_000

_log = structlog.get_logger()


class NumbersLeft(NamedTuple):
    """How many numbers of a bank account's range can still be given, and how many it has."""

    originator: str
    bank_account: str
    left: int
    size: int

    @property
    def are_few(self) -> bool:
        """Whether they are nearly used up."""
        return self.left < self.size * FEW_LEFT


async def give_number(conn: Conn, lasting: FundingInstructions, numbers: NumberRange, *, now_ms: int) -> str | None:
    """Return the number of the account that has some lasting instructions: its own, or the next that is free.

    None where the range is used up.
    """
    own = await store.find_number(conn, lasting.scope, lasting.owner, lasting.bank_account)
    if own is not None:
        return own  # without waiting for a statement that is just being applied
    await instructions_store.lock_instructions(conn, lasting.scope, lasting.id)  # an account is given one at a time
    while True:
        own = await store.find_number(conn, lasting.scope, lasting.owner, lasting.bank_account)
        if own is not None:
            return own
        highest = await store.find_highest(conn, lasting.scope, numbers)
        body = _next(numbers, highest)
        if body is None:
            return await _give_again(conn, lasting, numbers, now_ms=now_ms)
        if await store.insert_number(conn, lasting, body, numbers.number(body), now_ms=now_ms):
            return numbers.number(body)
        # else somebody else was given it meanwhile, or the account was given another


def _next(numbers: NumberRange, highest: HighestBody | None) -> str | None:
    """Return the body of the next number that was never given."""
    if highest is None:
        return numbers.first
    return numbers.after(highest.body, by=1 if highest.is_here else 1 + _passed_over(numbers))


def _passed_over(numbers: NumberRange) -> int:
    return min(numbers.size // _PASSED_OVER, _MOST_PASSED_OVER)


async def _give_again(conn: Conn, lasting: FundingInstructions, numbers: NumberRange, *, now_ms: int) -> str | None:
    found = await store.give_released_number(conn, lasting, numbers, before_ms=now_ms - _REST_MS, now_ms=now_ms)
    if found is None:
        _log.warning("no virtual account number is left", bank_account=lasting.bank_account, account=lasting.owner)
    return found


async def release_numbers(conn: Conn, owner: str, *, now_ms: int) -> list[str]:
    """Take the numbers of an account that has ended back, in the caller's transaction, and return them."""
    return await store.release_numbers(conn, owner, now_ms=now_ms)


async def count_numbers_left(conn: Conn, scope: AccountScope, *, now_ms: int) -> list[NumbersLeft]:
    """Return for each active originator of a platform that has a range how many of its numbers are left."""
    return [
        await _left(conn, each, numbers, now_ms=now_ms)
        for each in await list_originators(conn, scope)
        if each.status is OriginatorStatus.ACTIVE and (numbers := numbers_of(each.profile)) is not None
    ]


async def _left(conn: Conn, originator: Originator, numbers: NumberRange, *, now_ms: int) -> NumbersLeft:
    scope, bank_account = originator.scope, originator.profile.bank_account
    highest = await store.find_highest(conn, scope, numbers)
    fresh = numbers.size if highest is None else numbers.left_after(highest.body)
    if highest is not None and not highest.is_here:
        fresh = max(fresh - _passed_over(numbers), 0)
    rested = await store.count_rested(
        conn, scope, bank_account, numbers, before_ms=now_ms - _REST_MS, most=_MOST_COUNTED
    )
    return NumbersLeft(originator.id, bank_account, fresh + rested, numbers.size)

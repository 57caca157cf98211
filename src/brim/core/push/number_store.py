"""Virtual account numbers in the database."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.bank_accounts import NumberRange
from brim.core.push.rules import FundingInstructions
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "numbers")


class GivenNumber(NamedTuple):
    """A number that an account has, or had until it was released (Unix milliseconds), and by which instructions."""

    number: str
    owner: str
    instructions: str
    released_ms: int | None


class HighestBody(NamedTuple):
    """The highest body that was given of a range, and whether that was in this copy of the database."""

    body: str
    is_here: bool


async def find_number(conn: Conn, scope: AccountScope, owner: str, bank_account: str) -> str | None:
    """Return the number that an account has at a bank account of its platform."""
    found: str | None = await conn.fetchval(_SQL["find_number"], scope.account, scope.livemode, owner, bank_account)
    return found


async def find_highest(conn: Conn, scope: AccountScope, numbers: NumberRange) -> HighestBody | None:
    """Return the highest body of a range that was ever given, whatever the bank account was called."""
    arguments = (scope.account, scope.livemode, numbers.first, numbers.last)
    record = await conn.fetchrow(_SQL["find_highest_body"], *arguments)
    return HighestBody(*record) if record else None


async def insert_number(conn: Conn, lasting: FundingInstructions, body: str, number: str, *, now_ms: int) -> bool:
    """Give the account of lasting instructions a number that was never given; tell whether it has it."""
    scope = lasting.scope
    arguments = (lasting.bank_account, body, number, lasting.owner, lasting.id, now_ms)
    return await conn.fetchval(_SQL["insert_number"], scope.account, scope.livemode, *arguments) is not None


async def give_released_number(
    conn: Conn, lasting: FundingInstructions, numbers: NumberRange, *, before_ms: int, now_ms: int
) -> str | None:
    """Give a number again that was released before a moment; return it, None where there is none."""
    scope = lasting.scope
    arguments = (lasting.bank_account, lasting.owner, lasting.id, numbers.first, numbers.last, before_ms, now_ms)
    found: str | None = await conn.fetchval(_SQL["give_released_number"], scope.account, scope.livemode, *arguments)
    return found


async def find_given(conn: Conn, scope: AccountScope, numbers: Sequence[str]) -> dict[str, GivenNumber]:
    """Return whose some numbers of a platform are, or were; those that were never given are left out."""
    if not numbers:
        return {}
    records = await conn.fetch(_SQL["find_given"], scope.account, scope.livemode, list(numbers))
    return {record["number"]: GivenNumber(*record) for record in records}


async def release_numbers(conn: Conn, owner: str, *, now_ms: int) -> list[str]:
    """Take the numbers of an account back, and return them."""
    return [record["number"] for record in await conn.fetch(_SQL["release_numbers"], owner, now_ms)]


async def count_rested(
    conn: Conn, scope: AccountScope, bank_account: str, numbers: NumberRange, *, before_ms: int, most: int
) -> int:
    """Return how many numbers of a range may be given again, counted up to `most`."""
    arguments = (scope.account, scope.livemode, bank_account, numbers.first, numbers.last, before_ms, most)
    found: int = await conn.fetchval(_SQL["count_rested_numbers"], *arguments)
    return found

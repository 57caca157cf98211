"""Sums of what bank accounts have by their entries and by their lines, and settlements with theirs; changes nothing."""

from typing import Any, Final, NamedTuple

from brim.core.ledger import BANK, FEES, SUSPENSE
from brim.core.line_settlements.rules import SOURCE_TYPE, STEP, UNDO_STEP
from brim.core.verification import WHOLE_TABLE_TIMEOUT_S, Difference, Range, bounds_of, differences
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "verification", fragments="brim.core.verification")


class BankSum(NamedTuple):
    """Signed minor units of a platform's bank account, by its name in the ledger."""

    platform: str
    livemode: bool
    name: str
    currency: str
    amount: int


def _sum(record: Any) -> BankSum:
    platform, livemode, name, currency, amount = record
    return BankSum(platform, livemode, name, currency, int(amount))


async def bank_sums(conn: Conn, span: Range) -> list[BankSum]:
    """Return what the entries of a range post to bank accounts, by the platform of their accounts."""
    records = await conn.fetch(_SQL["bank_sums"], *bounds_of(span), BANK)
    return [_sum(record) for record in records]


async def line_sums(conn: Conn) -> list[BankSum]:
    """Return what of the lines of each bank account is posted, as breaks and settlements say."""
    records = await conn.fetch(_SQL["line_sums"], timeout=WHOLE_TABLE_TIMEOUT_S)
    return [_sum(record) for record in records]


async def wrong_entries(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return entries of statements that are not the sum of the lines of their payments, or that are open."""
    return differences(await conn.fetch(_SQL["wrong_entries"], *bounds_of(span), limit))


async def wrong_settlements(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return settlements that do not add up, or whose lines are open all the same."""
    return differences(await conn.fetch(_SQL["wrong_settlements"], *bounds_of(span), limit))


async def wrong_settlement_entries(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return lines of entries, missing ones too, that differ from what settlements call for."""
    arguments = (*bounds_of(span), SOURCE_TYPE, STEP, UNDO_STEP, FEES, BANK, SUSPENSE, limit)
    return differences(await conn.fetch(_SQL["wrong_settlement_entries"], *arguments))

"""Sums of what bank accounts have by their entries and by their lines; changes nothing."""

from typing import Any, Final, NamedTuple

from brim.core.ledger import BANK
from brim.core.verification import WHOLE_TABLE_TIMEOUT_S, Range, bounds_of
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

"""Reads refunds with what they posted, range by range, and finds what contradicts itself."""

from typing import Final

from brim.core.ledger import AVAILABLE, BANK, FUNDING_CLEARING, BalanceTransactionType
from brim.core.refunds.rules import SOURCE_TYPE
from brim.core.topups import BankStep
from brim.core.verification import ClearingTopup, Difference, Range, bounds_of, differences
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "verification", fragments="brim.core.verification")
_TYPES: Final = (BalanceTransactionType.REFUND, BalanceTransactionType.REFUND_FAILURE)
_ACCOUNTS: Final = (AVAILABLE, FUNDING_CLEARING, BANK, SOURCE_TYPE)
_STEPS: Final = (*_TYPES, BankStep.REFUND, BankStep.REFUND_RETURN)


async def wrong_refunds(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return refunds of no top-up, or of more than it is."""
    return differences(await conn.fetch(_SQL["wrong_refunds"], *bounds_of(span), limit))


async def wrong_refund_entries(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return entries, missing ones too, that differ from what refunds call for."""
    arguments = (*bounds_of(span), limit, *_ACCOUNTS, *_STEPS)
    return differences(await conn.fetch(_SQL["wrong_refund_entries"], *arguments))


async def wrong_refund_transactions(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return balance transactions, missing ones too, that differ from what refunds call for."""
    return differences(await conn.fetch(_SQL["wrong_refund_transactions"], *bounds_of(span), limit, *_TYPES))


async def clearing_refunds(conn: Conn, span: Range) -> list[ClearingTopup]:
    """Return what is clearing of the refunds of a range, oldest first."""
    records = await conn.fetch(_SQL["clearing_refunds"], *bounds_of(span), FUNDING_CLEARING, SOURCE_TYPE)
    return [ClearingTopup(**record) for record in records]

"""What must hold of refunds: each has posted what its status and its bank call for, and no top-up is refunded twice."""

from typing import Final

from brim.core.ledger import AVAILABLE, BANK, FUNDING_CLEARING, BalanceTransactionType
from brim.core.refunds.rules import SOURCE_TYPE
from brim.core.topups import BankStep
from brim.core.verification import Check, Clearing, ClearingTopup, Difference, Range, Walk, bounds_of, differences
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "verification", fragments="brim.core.verification")
_TYPES: Final = (BalanceTransactionType.REFUND, BalanceTransactionType.REFUND_FAILURE)


class RefundCheck(Check):
    """A refund has exactly the entries and balance transactions that are called for; adds up what is clearing."""

    walk = Walk.TOPUPS

    def __init__(self) -> None:
        self.clearing = Clearing()

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        bounds = (*bounds_of(span), limit)
        accounts = (AVAILABLE, FUNDING_CLEARING, BANK, SOURCE_TYPE)
        steps = (*_TYPES, BankStep.REFUND, BankStep.REFUND_RETURN)
        records = await conn.fetch(_SQL["clearing_refunds"], *bounds_of(span), FUNDING_CLEARING, SOURCE_TYPE)
        self.clearing = self.clearing.with_topups([ClearingTopup(**record) for record in records])
        return [
            *differences(await conn.fetch(_SQL["wrong_refunds"], *bounds)),
            *differences(await conn.fetch(_SQL["wrong_refund_entries"], *bounds, *accounts, *steps)),
            *differences(await conn.fetch(_SQL["wrong_refund_transactions"], *bounds, *_TYPES)),
        ]

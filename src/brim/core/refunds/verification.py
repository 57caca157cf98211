"""What must hold of refunds: each has posted what its status and its bank call for, and no top-up is refunded twice."""

from brim.core.refunds import verification_store as store
from brim.core.verification import Check, Clearing, Difference, Range, Walk
from brim.platform.database import Conn


class RefundCheck(Check):
    """A refund has exactly the entries and balance transactions that are called for."""

    walk = Walk.TOPUPS

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        return [
            *await store.wrong_refunds(conn, span, limit=limit),
            *await store.wrong_refund_entries(conn, span, limit=limit),
            *await store.wrong_refund_transactions(conn, span, limit=limit),
        ]


class RefundClearingCheck(Check):
    """Adds up what of refunds is between the balance and the bank."""

    walk = Walk.TOPUPS
    is_of_one_moment = True

    def __init__(self) -> None:
        self.clearing = Clearing()

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:  # noqa: ARG002  few can be found
        """Return what does not hold in a range."""
        self.clearing = self.clearing.with_topups(await store.clearing_refunds(conn, span))
        return []

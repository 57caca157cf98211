"""What must hold of refunds: each has posted what its status and its bank call for, and no top-up is refunded twice."""

from brim.core.refunds import verification_store as store
from brim.core.verification import Check, Clearing, Difference, Range, Walk
from brim.platform.database import Conn


class RefundCheck(Check):
    """A refund has exactly the entries and balance transactions that are called for; adds up what is clearing."""

    walk = Walk.TOPUPS

    def __init__(self) -> None:
        self.clearing = Clearing()

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        self.clearing = self.clearing.with_topups(await store.clearing_refunds(conn, span))
        return [
            *await store.wrong_refunds(conn, span, limit=limit),
            *await store.wrong_refund_entries(conn, span, limit=limit),
            *await store.wrong_refund_transactions(conn, span, limit=limit),
        ]

"""What must hold of incoming transfers: each is a line of a statement, and is a top-up, in suspense, or gone again."""

from brim.core.push import verification_store as store
from brim.core.verification import Check, Difference, Range, Walk
from brim.platform.database import Conn


def push_checks() -> list[Check]:
    """Return the checks of incoming transfers."""
    return [TransferCheck()]


class TransferCheck(Check):
    """Each top-up that was pushed has one line of a statement, and each such line its top-up, or is in suspense."""

    walk = Walk.TOPUPS

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        return [
            *await store.wrong_transfers(conn, span, limit=limit),
            *await store.topups_without_transfer(conn, span, limit=limit),
            *await store.wrong_suspense_entries(conn, span, limit=limit),
            *await store.lines_without_transfer(conn, span, limit=limit),
        ]

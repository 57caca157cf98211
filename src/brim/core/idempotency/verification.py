"""What must hold of idempotency keys: the event that holds a key's reply exists."""

from brim.core.idempotency import verification_store as store
from brim.core.verification import Check, Difference, Range, Walk
from brim.platform.database import Conn


class KeyCheck(Check):
    """Each key's event exists."""

    walk = Walk.IDEMPOTENCY_KEYS

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        return await store.wrong_idempotency_keys(conn, span, limit=limit)

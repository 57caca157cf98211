"""Number events, and address them to the endpoints that ask for them.

An event is written without a number, so that no two creates of an account wait for each other; it gets one here,
within milliseconds of its commit.
"""

from collections.abc import Sequence
from typing import Final

from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks.deliveries import EndpointKey
from brim.platform.database import Database, retried

MAX_BATCH: Final = 1_000
_LOOK_BACK: Final = 10_000
"""Places that are looked at again: each connection draws 64 at a time and may use them late."""

_WHOLE_QUEUE_EVERY_MS: Final = 1_000


class Numbering:
    """One worker's numbering. Any number of workers may do it at once: each event is numbered by one.

    What was taken leaves dead entries in the queue's index until they are cleaned away, which a long transaction
    elsewhere can hold up for hours. So it begins a little before where it was last, and at the beginning only once in a
    second, for whatever got a place long ago and was committed late.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._from_place = 0
        self._whole_queue_at_ms = 0

    async def run_once(self, *, now_ms: int, limit: int = MAX_BATCH) -> tuple[int, Sequence[EndpointKey]]:
        """Number up to `limit` events in one transaction; return how many, and the endpoints they were addressed to.

        Raises:
            DatabaseUnavailableError: nothing is known to be numbered; the same call may simply be made again.
        """
        from_place = self._from_place
        if now_ms >= self._whole_queue_at_ms:
            from_place, self._whole_queue_at_ms = 0, now_ms + _WHOLE_QUEUE_EVERY_MS
        async with self._database.connection() as conn:  # one statement, so one transaction
            numbered = await retried(
                lambda: deliveries.number_events(conn, from_place=from_place, limit=limit, now_ms=now_ms)
            )
        if numbered.last_place is not None:
            self._from_place = max(self._from_place, numbered.last_place - _LOOK_BACK)
        return numbered.taken, numbered.endpoints

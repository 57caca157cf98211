"""Top-ups whose rail has something to say, as a queue that a test clock moves through."""

from collections.abc import Callable, Sequence

from brim.base.scope import AccountScope
from brim.core.due import DueItem
from brim.core.events import Renderers
from brim.core.rails import Fail, PresentAgain, Rails, Return, Succeed
from brim.core.time import OwnerTime
from brim.core.topups import settlement_store as store
from brim.core.topups.settlement import (
    ANSWERED_HERE,
    FollowUp,
    ObserveOutcome,
    nothing_more,
    observe_changes,
    settle,
)
from brim.core.topups.transitions import instruction_of
from brim.platform.database import Conn


class TopupQueue:
    """Top-ups that are due.

    Args:
        rails: asked what came back.
        renderers: write what events show.
        observe: told how many top-ups got a status, after the commit.
        follow_up: does what else comes of it, in the same transaction.
    """

    def __init__(
        self,
        rails: Rails,
        renderers: Renderers,
        observe: ObserveOutcome = lambda _status, _count: None,
        follow_up: FollowUp = nothing_more,
    ) -> None:
        self._rails = rails
        self._follow_up = follow_up
        self._renderers = renderers
        self._observe = observe

    async def adopt(self, conn: Conn, scope: AccountScope, clock_id: str) -> None:
        """Let a test clock keep the time of those that wait in real time."""
        await store.adopt_topups(conn, scope, clock_id)

    async def release(self, conn: Conn, scope: AccountScope) -> None:
        """Give those of an account's clock back to real time."""
        await store.release_topups(conn, scope)

    async def claim_by_clock(self, conn: Conn, scope: AccountScope, *, until_ms: int, limit: int) -> Sequence[DueItem]:
        """Return those that an account's clock makes due by then, in order."""
        return [
            DueItem(queue=self, due_ms=topup.due_ms or 0, key=topup.id, work=topup)
            for topup in await store.claim_by_clock(conn, scope, ANSWERED_HERE, until_ms=until_ms, limit=limit)
        ]

    def brings_ms(self, item: DueItem, *, now_ms: int) -> int | None:
        """Return when something comes of a top-up again: its return, a presentment or a dishonor; None if nothing."""
        try:
            outcome = self._rails.named(item.work.rail).outcome(instruction_of(item.work), now_ms=now_ms)
        except Exception:  # noqa: BLE001  whatever is wrong is noted where the top-up is settled
            return None
        if isinstance(outcome, PresentAgain):
            return outcome.due_ms
        if isinstance(outcome, Fail | Return):
            return outcome.disputed_ms
        return outcome.return_due_ms if isinstance(outcome, Succeed) else None

    async def work_off(self, conn: Conn, items: Sequence[tuple[DueItem, OwnerTime]]) -> Callable[[], None]:
        """Settle top-ups, each at its moment."""
        written = await settle(
            conn,
            [(item.work, moment) for item, moment in items],
            rails=self._rails,
            renderers=self._renderers,
            follow_up=self._follow_up,
        )
        return lambda: observe_changes(written, self._observe)

"""What is due of ACH in the time of a test clock: top-ups and prenotes, and the files that they go into."""

from collections.abc import Callable, Sequence

from brim.base.scope import AccountScope
from brim.core.direct_debits import entry_store, prenote_store
from brim.core.direct_debits.building import build_file
from brim.core.direct_debits.claiming import OF_ACH, Claiming
from brim.core.direct_debits.prenotes import Prenoting
from brim.core.due import DueItem
from brim.core.events import Renderers
from brim.core.time import OwnerTime
from brim.core.topups import ObserveOutcome, claim_by_clock, observe_changes
from brim.platform.database import Conn
from brim.platform.vault import Vault


class AchTopupQueue:
    """Top-ups of the rail that a clock makes due: at their cut-off, and when their hold is over."""

    def __init__(self, claiming: Claiming, observe: ObserveOutcome = lambda _status, _count: None) -> None:
        self._claiming = claiming
        self._observe = observe

    async def adopt(self, conn: Conn, scope: AccountScope, clock_id: str) -> None:
        """Let a test clock keep the time of entries that wait for a file; that of top-ups, their queue lets it keep."""
        await entry_store.adopt_entries(conn, scope, clock_id)

    async def release(self, conn: Conn, scope: AccountScope) -> None:
        """Give entries that wait for a file back to real time."""
        await entry_store.release_entries(conn, scope)

    async def claim_by_clock(self, conn: Conn, scope: AccountScope, *, until_ms: int, limit: int) -> Sequence[DueItem]:
        """Return those that an account's clock makes due by then, in order."""
        return [
            DueItem(queue=self, due_ms=topup.due_ms or 0, key=topup.id, work=topup)
            for topup in await claim_by_clock(conn, scope, OF_ACH, until_ms=until_ms, limit=limit)
        ]

    def brings_ms(self, item: DueItem, *, now_ms: int) -> int | None:  # noqa: ARG002  whatever it is
        """Return when the file is made that a top-up goes into: as soon as all of the same moment are queued."""
        return now_ms + 1

    async def work_off(self, conn: Conn, items: Sequence[tuple[DueItem, OwnerTime]]) -> Callable[[], None]:
        """Queue top-ups for a file, or let them succeed, each at its moment."""
        written = await self._claiming.work_off(conn, [(item.work, moment) for item, moment in items])
        return lambda: observe_changes(written, self._observe)


class AchPrenoteQueue:
    """Prenotes that a clock makes due: at their cut-off, and when their bank has had the time to answer."""

    def __init__(self, prenoting: Prenoting) -> None:
        self._prenoting = prenoting

    async def adopt(self, conn: Conn, scope: AccountScope, clock_id: str) -> None:
        """Let a test clock keep the time of pending ones."""
        await prenote_store.adopt_prenotes(conn, scope, clock_id)

    async def release(self, conn: Conn, scope: AccountScope) -> None:
        """Give those of an account's clock back to real time."""
        await prenote_store.release_prenotes(conn, scope)

    async def claim_by_clock(self, conn: Conn, scope: AccountScope, *, until_ms: int, limit: int) -> Sequence[DueItem]:
        """Return those that an account's clock makes due by then, in order."""
        return [
            DueItem(queue=self, due_ms=prenote.due_ms or 0, key=prenote.id, work=prenote)
            for prenote in await prenote_store.claim_by_clock(conn, scope, until_ms=until_ms, limit=limit)
        ]

    def brings_ms(self, item: DueItem, *, now_ms: int) -> int | None:  # noqa: ARG002  whatever it is
        """Return when the file is made that a prenote goes into: as soon as all of the same moment are queued."""
        return now_ms + 1

    async def work_off(self, conn: Conn, items: Sequence[tuple[DueItem, OwnerTime]]) -> Callable[[], None]:
        """Queue prenotes for a file, or let their bank accounts be verified, each at its moment."""
        await self._prenoting.work_off(conn, [(item.work, moment) for item, moment in items])
        return lambda: None


class AchFileQueue:
    """The files that a clock makes due: a millisecond after the cut-off at which their entries were queued."""

    def __init__(self, vault: Vault, renderers: Renderers) -> None:
        self._vault = vault
        self._renderers = renderers

    async def adopt(self, conn: Conn, scope: AccountScope, clock_id: str) -> None:
        """Do nothing: entries are let go by their top-ups' queue."""

    async def release(self, conn: Conn, scope: AccountScope) -> None:
        """Do nothing: entries are let go by their top-ups' queue."""

    async def claim_by_clock(
        self,
        conn: Conn,
        scope: AccountScope,
        *,
        until_ms: int,
        limit: int,  # noqa: ARG002  there are a few
    ) -> Sequence[DueItem]:
        """Return the groups of entries that wait for a file in the time of an account's clock."""
        return [
            DueItem(queue=self, due_ms=claimed_ms + 1, key=f"~{group.originator}", work=group)
            for group, claimed_ms in await entry_store.first_queued_by_clock(conn, scope, until_ms=until_ms)
        ]

    def brings_ms(self, item: DueItem, *, now_ms: int) -> int | None:  # noqa: ARG002  it is asked of top-ups
        """Return when the next thing is due: the rest of a group that does not fit into one file, at once."""
        return now_ms + 1

    async def work_off(self, conn: Conn, items: Sequence[tuple[DueItem, OwnerTime]]) -> Callable[[], None]:
        """Make the files of groups."""
        for item, moment in items:
            while await build_file(conn, self._vault, self._renderers, item.work, moment=moment) is not None:
                pass
        return lambda: None

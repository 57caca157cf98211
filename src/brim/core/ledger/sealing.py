"""The hash chain: entries are sealed off the path of those who post them, and the chains are followed again.

Sealing takes whatever waits, so any number of workers may do it at once; a chain's head is held while seals are
added, so that a chain never forks. Following reads in pages, so that memory does not grow with the books.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import groupby
from operator import attrgetter
from typing import Final, TypeAlias, TypeVar

from brim.base.scope import AccountScope
from brim.core import verification
from brim.core.ledger import chain_store as chain
from brim.core.ledger.broken_chains import Investigation
from brim.core.ledger.chain import Break, ChainWalk, Head, Link, Seal, SealedEntry, extend
from brim.core.ledger.chain_store import BEFORE_ALL, ChainPosition
from brim.core.verification import (
    END,
    MAX_DIFFERENCES,
    START,
    ChainReport,
    Difference,
    OnProgress,
    Pace,
    Range,
    Snapshots,
    Walk,
)
from brim.platform.database import Conn, Database

MAX_BATCH: Final = 1_000
"""The most entries that one transaction seals."""

# Large enough that a statement's overhead vanishes, small enough that a page is a few megabytes.
_PAGE_SIZE: Final = 10_000

_Row = TypeVar("_Row")
_Place = TypeVar("_Place")

OnHead: TypeAlias = Callable[[Head], None]
"""Told where each account's chain ends, for whoever writes it down."""


async def seal_entries(database: Database, *, limit: int = MAX_BATCH) -> int:
    """Seal up to `limit` entries that wait for it; return how many were sealed.

    Several of one account are sealed in the order of their ids. Those of an account whose head does not stand at the
    end of the chain wait until a person has looked; other accounts' are sealed all the same.

    Raises:
        DatabaseUnavailableError: nothing is known to be sealed; the same call may simply be made again.
    """

    async def work(conn: Conn) -> int:
        claimed = await chain.claim_unsealed(conn, limit=limit)
        if not claimed:
            return 0
        heads = await chain.lock_heads(conn, (entry.scope for entry in claimed))
        seals: list[Seal] = []
        ends: list[Head] = []
        for scope, entries in groupby(claimed, key=attrgetter("scope")):
            added = extend(heads[scope], entries)
            seals += added
            ends.append(Head(scope, added[-1].position, added[-1].hash))
        await chain.write_seals(conn, seals, ends)
        return len(seals)

    return await database.transact(work)


async def verify_chain(
    database: Database,
    *,
    on_progress: OnProgress = lambda _done, _total: None,
    on_head: OnHead = lambda _head: None,
    page_size: int = _PAGE_SIZE,
    pace: Pace | None = None,
) -> ChainReport:
    """Follow every account's chain and return what was met, and the first row of each chain that does not fit.

    Found are: entries that were changed or removed after they were sealed, or while they waited for it; entries
    that are neither sealed nor wait for it; seals that were changed, removed, exchanged or slipped in; heads that are
    not where their chains end.

    All is read in one snapshot. With a `pace` each page has its own, before a rest: chains only grow at their ends, and
    a page comes with the heads of its moment.
    """
    async with Snapshots(database, chain.walk_in_order, pace) as snapshots:
        total = await chain.estimate_rows(snapshots.conn)
        audit = _ChainAudit(snapshots, on_progress, on_head, total=total, page_size=page_size)
        return await audit.run()


class _ChainAudit:
    """One walk along all chains, and what was found so far."""

    def __init__(
        self, snapshots: Snapshots, on_progress: OnProgress, on_head: OnHead, *, total: int, page_size: int
    ) -> None:
        self._snapshots = snapshots
        self._on_progress = on_progress
        self._on_head = on_head
        self._total = max(total, 1)
        self._page_size = page_size
        self._done = 0
        self._sealed = self._unsealed = self._strays = self._heads = 0
        self._found: list[Difference] = []
        self._broken: set[AccountScope] = set()

    async def run(self) -> ChainReport:
        await self._follow_chains()
        await self._check_heads()
        await self._check_queue()
        await self._check_strays()
        self._on_progress(self._total, self._total)
        return ChainReport(
            entries=self._sealed + self._unsealed + self._strays,
            sealed=self._sealed,
            unsealed=self._unsealed,
            heads=self._heads,
            differences=self._found[:MAX_DIFFERENCES],
        )

    async def _follow_chains(self) -> None:
        """Follow each chain from its first seal to its head, or to where it breaks."""
        walk = ChainWalk()
        async for links in self._pages(
            chain.read_links, BEFORE_ALL, lambda link: ChainPosition(link.scope, link.position)
        ):
            await self._explain(list(walk.follow(links)))
            self._sealed += sum(link.entry is not None for link in links)
            self._advance(len(links))
        await self._explain(list(walk.end()))

    async def _explain(self, breaks: list[Break]) -> None:
        for broken in breaks[: MAX_DIFFERENCES - len(self._found)]:
            self._broken.add(broken.scope)
            self._found.append(await self._investigate(broken))

    async def _investigate(self, broken: Break) -> Difference:
        """Return the row at fault; reads all entries of the chain's account once more."""
        following = await chain.read_following(self._conn, ChainPosition(broken.scope, broken.position))
        investigation = Investigation(broken, following)
        after_id: str | None = ""
        while after_id is not None:
            page = await chain.read_entries_with_seals(self._conn, broken.scope, after_id, limit=self._page_size)
            for considered in page:
                investigation.consider(*considered)
            after_id = page[-1].entry.id if page else None
        return investigation.conclude()

    async def _check_heads(self) -> None:
        """Show every head, and find those that have no chain."""
        async for heads in self._pages(chain.read_heads, BEFORE_ALL.scope, lambda head: head[0].scope):
            for head, has_seals in heads:
                self._on_head(head)
                if not has_seals:
                    self._add(head.scope, "chain_heads", None, str(head))
            self._heads += len(heads)

    async def _check_queue(self) -> None:
        """Count what waits for its seal, and find what waits in vain."""
        async for waiting in self._pages(chain.read_queue, START, lambda each: each.key):
            for each in waiting:
                if each.sealed_at is not None:
                    found = f"{each.entry}, which is sealed at position {each.sealed_at}"
                    self._add(each.scope, f"unsealed_entries {each.entry}", None, found)
                elif not each.is_there:
                    self._add(each.scope, f"journal_entries {each.entry}", "the unsealed entry", None)
                else:
                    self._unsealed += 1
            self._advance(len(waiting))

    async def _check_strays(self) -> None:
        """Find entries that nobody sealed or will seal; those of a broken chain are part of how it broke."""
        async for span in self._ranges():
            for stray in await chain.stray_entries(self._conn, span, limit=MAX_DIFFERENCES):
                self._strays += 1
                self._add_stray(stray)
            await self._snapshots.end_step()

    def _add_stray(self, stray: SealedEntry) -> None:
        if stray.scope not in self._broken:
            found = f"{stray}, neither sealed nor waiting for it"
            self._add(stray.scope, f"journal_entries {stray.id}", None, found)

    async def _ranges(self) -> AsyncIterator[Range]:
        """Yield the ranges of entries from the first to the last, until enough differences are found."""
        after = START
        while after != END and self._has_room:
            until = await verification.range_end(self._conn, Walk.ENTRIES, after, self._page_size)
            yield Range(after, until)
            after = until
            self._advance(self._page_size if until != END else 0)

    async def _pages(
        self, read: Callable[..., Awaitable[list[_Row]]], after: _Place, place_of: Callable[[_Row], _Place]
    ) -> AsyncIterator[list[_Row]]:
        """Yield one page after another up to the first that is not full, until enough differences are found."""
        is_full = True
        while is_full and self._has_room:
            page = await read(self._conn, after, limit=self._page_size)
            if page:
                yield page
                after = place_of(page[-1])
            is_full = len(page) == self._page_size
            await self._snapshots.end_step()

    @property
    def _conn(self) -> Conn:
        return self._snapshots.conn

    def _add(self, scope: AccountScope, row: str, expected: str | None, found: str | None) -> None:
        self._found.append(Difference(scope=scope, row=row, expected=expected, found=found))

    @property
    def _has_room(self) -> bool:
        """Whether more differences are to be looked for."""
        return len(self._found) < MAX_DIFFERENCES

    def _advance(self, rows: int) -> None:
        self._done += rows
        self._total = max(self._total, self._done)
        self._on_progress(self._done, self._total)


def _place_of(link: Link) -> ChainPosition:
    return ChainPosition(link.scope, link.position)

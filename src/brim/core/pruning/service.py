"""Forget what need not be kept."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeAlias

from brim.core import legal_holds, operators
from brim.core.operators import TRIES_KEPT_MS
from brim.core.pruning import store as pruning
from brim.core.pruning.rules import DEFAULT_PERIODS, Due, Kind, Periods
from brim.core.pruning.store import Looked
from brim.platform.database import Conn, Database

RESTART_MS: Final = 60 * 60 * 1000
"""How often a walk begins anew: by then what was locked, or held by a hold that was lifted meanwhile, is found again.
Passing over a million held rows takes a few seconds."""

_BEGINNING: Final = -(2**63)

Look: TypeAlias = Callable[[Conn, int, int, int], Awaitable[Looked]]
"""Looks at so many rows from one age to another, and deletes those that are not held."""


class Walk:
    """How far one worker has walked along the rows of a table, by age.

    It goes on where the last step ended, so that rows under a legal hold are looked at once an hour and not in every
    step. Ages need not differ: where a step sees rows of a single age and may remove none, the next one sees twice as
    many.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._from_ms = _BEGINNING
        self._factor = 1
        self._began_ms: int | None = None
        self.has_more = False
        """Whether the last step may have left something that is old enough."""

    async def step(self, database: Database, *, now_ms: int, before_ms: int, limit: int) -> int:
        """Look at up to `limit` rows and delete those that are not held; return how many went."""
        if self._began_ms is None or not 0 <= now_ms - self._began_ms < RESTART_MS:
            self._from_ms, self._factor, self._began_ms = _BEGINNING, 1, now_ms
        wanted = limit * self._factor

        async def work(conn: Conn) -> Looked:
            await legal_holds.keep_holds_out(conn)
            return await self._look(conn, self._from_ms, before_ms, wanted)

        found = await database.transact(work)
        self.has_more = found.looked == wanted
        is_stuck = self.has_more and not found.gone and found.last_ms == self._from_ms
        self._factor = self._factor * 2 if is_stuck else 1
        if found.last_ms is not None:
            self._from_ms = found.last_ms
        return found.gone


class Lane(NamedTuple):
    """One sort of thing that is forgotten by age, on its own walk."""

    kind: Kind
    look: Look
    most: int
    """How many rows a step looks at: a row of some is a file with thousands of entries."""


_LANES: Final = (
    Lane(Kind.ENDED_KEYS, pruning.delete_api_keys, 1_000),
    Lane(Kind.BANK_TOKENS, pruning.delete_bank_tokens, 1_000),
    Lane(Kind.EXPOSURES, pruning.delete_exposures, 1_000),
    Lane(Kind.RETURN_COUNTS, pruning.delete_return_counts, 1_000),
    Lane(Kind.ACH_FILE_BYTES, pruning.forget_ach_file_bytes, 2),
    Lane(Kind.BANK_FILE_BYTES, pruning.forget_bank_file_bytes, 50),
    Lane(Kind.IDEMPOTENCY_KEYS, pruning.delete_idempotency_keys, 1_000),
    Lane(Kind.REPORTS, pruning.delete_reports, 2),
    Lane(Kind.EVENTS, pruning.delete_events, 1_000),
)


class Pruning:
    """One worker's forgetting, a step at a time."""

    def __init__(self, database: Database, periods: Periods = DEFAULT_PERIODS) -> None:
        self._database = database
        self._periods = periods
        self._walks = {lane.kind: Walk(lane.look) for lane in _LANES}

    async def run_once(self, *, now_ms: int, limit: int) -> int:
        """Do a step of each walk; return how much they did, `limit` where there may be more.

        A key may name an event as its answer, so events wait while there are old keys.
        """
        gone, has_more = 0, False
        for kind, _, most in _LANES:
            if kind is Kind.EVENTS and self._walks[Kind.IDEMPOTENCY_KEYS].has_more:
                break
            walk, before_ms = self._walks[kind], now_ms - self._periods.kept_ms(kind)
            gone += await walk.step(self._database, now_ms=now_ms, before_ms=before_ms, limit=min(limit, most))
            has_more = has_more or walk.has_more
        return limit if has_more else gone


async def read_due(conn: Conn, periods: Periods, *, now_ms: int, most: int) -> list[Due]:
    """Return for each kind how much is older than it is kept, among the `most` youngest of these.

    Where pruning keeps up, only what is under a legal hold is left there, and what became too old within the minute.
    """
    return await pruning.count_due(conn, {kind: now_ms - periods.kept_ms(kind) for kind in Kind}, most=most)


async def prune_idempotency_keys(database: Database, *, now_ms: int, limit: int, walk: Walk | None = None) -> int:
    """Look at up to `limit` idempotency keys that are older than a day, and forget those that are not held.

    Returns how many went. Without a `walk` it begins with the oldest.
    """
    walk = walk or Walk(pruning.delete_idempotency_keys)
    before_ms = now_ms - DEFAULT_PERIODS.idempotency_keys_ms
    return await walk.step(database, now_ms=now_ms, before_ms=before_ms, limit=limit)


async def prune_events(database: Database, *, now_ms: int, limit: int, walk: Walk | None = None) -> int:
    """Look at up to `limit` events of more than thirty days ago, and forget those that are not held.

    What was sent of them goes with them. Returns how many went. Their age is real time, whatever a test clock said. The
    books stay provable: see `core.verification`.
    """
    walk = walk or Walk(pruning.delete_events)
    return await walk.step(database, now_ms=now_ms, before_ms=now_ms - DEFAULT_PERIODS.events_ms, limit=limit)


async def prune_sign_ins(database: Database, *, now_ms: int, limit: int) -> int:
    """Forget up to `limit` sessions of operators that have ended, and as many counts of tries to begin one.

    Returns how many of both went. They belong to no account: a legal hold over the installation keeps them.
    """

    async def work(conn: Conn) -> int:
        await legal_holds.keep_holds_out(conn)
        if await legal_holds.is_installation_held(conn):
            return 0
        ended = await operators.prune_sessions(conn, before_ms=now_ms, limit=limit)
        return ended + await operators.prune_tries(conn, before_ms=now_ms - TRIES_KEPT_MS, limit=limit)

    return await database.transact(work)

"""Verifications as they are run and remembered: by a person at the command line, and by the workers in turn."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple

import structlog

from brim.base.clock import Clock
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import accounts
from brim.core.integrity import run_store as verification_runs
from brim.core.integrity.books import BooksReport, verify_books
from brim.core.ledger import Head, OnHead, chain_heads, verify_chain
from brim.core.verification import ChainReport, OnProgress, Pace, PastRun, VerificationRun
from brim.platform.database import Conn, Database

KEPT_RUNS: Final = 100
"""How many results are kept: four days of hourly ones."""

_PREFIX: Final = "vrun_"
_HOUR_MS: Final = 60 * 60 * 1000
_DAY_MS: Final = 24 * _HOUR_MS
_TURNS_MISSED: Final = 3

_log = structlog.get_logger()


async def verify_and_remember(
    database: Database,
    *,
    clock: Clock,
    ids: IdFactory,
    with_chain: bool,
    on_progress: OnProgress = lambda _done, _total: None,
    on_head: OnHead = lambda _head: None,
) -> VerificationRun:
    """Verify the books, and with `with_chain` the chain behind them, and return what was found, which is kept.

    It runs beside another verification, but none of workers begins meanwhile, and it is shown as running.
    """
    began_ms = clock()
    run_id = ids.new_at(_PREFIX, began_ms)
    async with _alone(database), _giving_back(database, run_id):
        async with database.connection() as conn:
            await verification_runs.begin_run(conn, run_id, began_ms=began_ms, turn_ms=None)
        books = await verify_books(database, on_progress=on_progress)
        chain = await verify_chain(database, on_progress=on_progress, on_head=on_head) if with_chain else None
        return await _remember(database, run_id, books, chain, began_ms=began_ms, ended_ms=clock())


async def verify_in_turn(database: Database, *, clock: Clock, ids: IdFactory, every_ms: int) -> int:
    """Verify the books and the chain if nobody has done so since the last full `every_ms`; return 1 if so, else 0.

    Any number of workers may ask; one of them does it. It rests between its steps until half of `every_ms` is over, or
    somebody asks for a verification, which begins when this one ends. Differences are logged. A verification that fails
    gives its turn back; one that is killed loses it, and the next turn finds nothing in its way.

    Raises:
        DatabaseUnavailableError: the verification did not get to its end.
    """
    began_ms = clock()
    run_id = ids.new_at(_PREFIX, began_ms)
    turn_ms = began_ms - began_ms % every_ms
    async with _alone(database) as conn:
        if conn is None or not await verification_runs.begin_run(conn, run_id, began_ms=began_ms, turn_ms=turn_ms):
            return 0
        pace = Pace(every_ms / 1000 / 2, partial(_is_asked, database))
        async with _giving_back(database, run_id):
            await _verify_all(database, run_id, began_ms=began_ms, clock=clock, pace=pace)
    return 1


async def verify_asked(database: Database, *, clock: Clock) -> int:
    """Verify the books and the chain if somebody has asked for that and no other verification runs; return 1 if so.

    One that does not get to its end is shown as interrupted, and is not tried again by itself.
    """
    began_ms = clock()
    async with _alone(database) as conn:
        taken = None if conn is None else await verification_runs.take_asked_run(conn, began_ms=began_ms)
        if taken is None:
            return 0
        run_id, asked_by = taken
        await _verify_all(database, run_id, began_ms=began_ms, clock=clock, asked_by=asked_by)
    return 1


async def _is_asked(database: Database) -> bool:
    """Tell whether somebody has asked for a verification that waits."""
    async with database.connection() as conn:
        return await verification_runs.is_asked(conn)


async def _verify_all(
    database: Database,
    run_id: str,
    *,
    began_ms: int,
    clock: Clock,
    asked_by: str | None = None,
    pace: Pace | None = None,
) -> None:
    books, chain = await verify_books(database, pace=pace), await verify_chain(database, pace=pace)
    _report(await _remember(database, run_id, books, chain, began_ms=began_ms, ended_ms=clock(), asked_by=asked_by))


async def ask_verification(database: Database, account: str, *, asked_by: str, now_ms: int, ids: IdFactory) -> PastRun:
    """Let a worker verify the books soon, for the operator; return what waits. Asked twice, it is done once.

    Raises:
        NotOperatorError: the account is not the one that was there first.
    """

    async def work(conn: Conn) -> PastRun:
        await accounts.require_first_account(conn, account)
        return await verification_runs.ask_run(conn, ids.new_at(_PREFIX, now_ms), now_ms=now_ms, asked_by=asked_by)

    return await database.transact(work)


async def list_verifications(database: Database, account: str) -> list[PastRun]:
    """Return the verifications that are kept, the newest first, for the operator.

    Raises:
        NotOperatorError: the account is not the one that was there first.
    """
    async with database.connection() as conn:
        await accounts.require_first_account(conn, account)
        return await verification_runs.list_runs(conn, limit=KEPT_RUNS)


async def list_heads(database: Database, account: str, *, after: AccountScope, limit: int) -> list[Head]:
    """Return where chains end, those after an account's and mode's, for the operator.

    Raises:
        NotOperatorError: the account is not the one that was there first.
    """
    async with database.connection() as conn:
        await accounts.require_first_account(conn, account)
        return await chain_heads(conn, after, limit=limit)


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[Conn | None]:
    """Hold that only one verification runs, on a connection of its own; None where another one runs."""
    async with database.connection() as conn:
        if not await verification_runs.hold(conn):
            yield None
            return
        try:
            yield conn
        finally:
            with suppress(BrimError):
                await verification_runs.let_go(conn)


class LatestRun(NamedTuple):
    """The newest verification that got to its end, and whether several turns have passed since without another."""

    run: VerificationRun | None
    is_outdated: bool


async def latest_run(database: Database, account: str, *, now_ms: int) -> LatestRun:
    """Return the newest verification for the operator.

    Raises:
        NotOperatorError: the account is not the one that was there first.
    """
    async with database.connection() as conn:
        await accounts.require_first_account(conn, account)
        return await read_latest(conn, now_ms=now_ms)


async def read_latest(conn: Conn, *, now_ms: int) -> LatestRun:
    """Return the newest verification for whoever holds the database."""
    found = await verification_runs.list_runs(conn, limit=KEPT_RUNS)
    latest = await verification_runs.read_latest_run(conn)
    return LatestRun(latest, latest is not None and now_ms - latest.began_ms > _longest_age_ms(found))


def _longest_age_ms(runs: Sequence[PastRun]) -> int:
    """Return how old a result may be: three times the shortest interval that turns came at, an hour at least."""
    turns = [each.began_ms for each in runs if each.is_turn]
    gaps = [newer - older for newer, older in pairwise(turns) if newer > older]
    return _TURNS_MISSED * max(min(gaps), _HOUR_MS) if gaps else _DAY_MS


async def _remember(
    database: Database,
    run_id: str,
    books: BooksReport,
    chain: ChainReport | None,
    *,
    began_ms: int,
    ended_ms: int,
    asked_by: str | None = None,
) -> VerificationRun:
    """Write and return what a verification found, of the chain too if that was followed; the oldest are forgotten."""
    run = VerificationRun(
        id=run_id,
        began_ms=began_ms,
        ended_ms=max(began_ms, ended_ms),  # a clock may be set back meanwhile
        entries=chain.entries if chain else None,
        sealed=chain.sealed if chain else None,
        unsealed=chain.unsealed if chain else None,
        heads=chain.heads if chain else None,
        clearing=books.clearing,
        differences=[*books.differences, *(chain.differences if chain else ())],
        covered=books.covered,
        totals=books.totals,
        asked_by=asked_by,
    )
    async with database.transaction() as conn:
        await verification_runs.end_run(conn, run)
        await verification_runs.delete_old_runs(conn, kept=KEPT_RUNS)
    return run


@asynccontextmanager
async def _giving_back(database: Database, run_id: str) -> AsyncIterator[None]:
    """Let somebody else take the turn of a verification that fails or is cut off, if the database can still be told."""
    try:
        yield
    except BaseException:
        with suppress(BrimError):
            async with database.connection() as conn:
                await verification_runs.delete_run(conn, run_id)
        raise


def _report(run: VerificationRun) -> None:
    if run.differences:
        first = str(run.differences[0])
        _log.error("the books do not balance", verification=run.id, differences=len(run.differences), first=first)

"""Verifications as they are run and remembered: by a person at the command line, and by the workers in turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from brim.base.clock import Clock
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.core import accounts
from brim.core.integrity import run_store as verification_runs
from brim.core.integrity.books import BooksReport, verify_books
from brim.core.ledger import OnHead, verify_chain
from brim.core.verification import ChainReport, OnProgress, VerificationRun
from brim.platform.database import Database

KEPT_RUNS: Final = 100
"""How many results are kept: four days of hourly ones."""

_PREFIX: Final = "vrun_"

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
    """Verify the books, and with `with_chain` the chain behind them, and return what was found, which is kept."""
    began_ms = clock()
    run_id = ids.new_at(_PREFIX, began_ms)
    async with database.connection() as conn:
        await verification_runs.begin_run(conn, run_id, began_ms=began_ms, turn_ms=None)
    async with _giving_back(database, run_id):
        books = await verify_books(database, on_progress=on_progress)
        chain = await verify_chain(database, on_progress=on_progress, on_head=on_head) if with_chain else None
        return await _remember(database, run_id, books, chain, began_ms=began_ms, ended_ms=clock())


async def verify_in_turn(database: Database, *, clock: Clock, ids: IdFactory, every_ms: int) -> int:
    """Verify the books and the chain if nobody has done so since the last full `every_ms`; return 1 if so, else 0.

    Any number of workers may ask; one of them does it. Differences are logged. A verification that fails gives its
    turn back; one that is killed loses it, and the next turn finds nothing in its way.

    Raises:
        DatabaseUnavailableError: the verification did not get to its end.
    """
    began_ms = clock()
    run_id = ids.new_at(_PREFIX, began_ms)
    async with database.connection() as conn:
        turn_ms = began_ms - began_ms % every_ms
        if not await verification_runs.begin_run(conn, run_id, began_ms=began_ms, turn_ms=turn_ms):
            return 0
    async with _giving_back(database, run_id):
        books, chain = await verify_books(database), await verify_chain(database)
        run = await _remember(database, run_id, books, chain, began_ms=began_ms, ended_ms=clock())
    _report(run)
    return 1


async def latest_run(database: Database, account: str) -> VerificationRun | None:
    """Return the newest verification for the operator, None when there was none yet.

    Raises:
        NotOperatorError: the account is not the one that was there first.
    """
    async with database.connection() as conn:
        await accounts.require_first_account(conn, account)
        return await verification_runs.read_latest_run(conn)


async def _remember(
    database: Database,
    run_id: str,
    books: BooksReport,
    chain: ChainReport | None,
    *,
    began_ms: int,
    ended_ms: int,
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
        _log.error("the books do not agree", verification=run.id, differences=len(run.differences), first=first)

"""Run reports, look at runs, and read their files."""

import zlib
from collections.abc import AsyncGenerator
from typing import Final

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, Range, window_of
from brim.base.scope import AccountScope
from brim.core import accounts, audit
from brim.core.accounts import NotPlatformError
from brim.core.audit import Action, ObjectType
from brim.core.reports import store
from brim.core.reports.making import settled_ms
from brim.core.reports.rules import (
    MAX_PENDING,
    RUN_PREFIX,
    FileKind,
    ReportRun,
    RunParameters,
    RunStatus,
    TooManyReportsError,
    check_parameters,
    report_type,
    run_of_file,
)
from brim.core.time import find_clock, lock_owner_time
from brim.platform import lookups
from brim.platform.database import Conn, Database

_KIND: Final = "report run"


async def create_run(
    conn: Conn, scope: AccountScope, type_id: str, wanted: RunParameters, *, by: Actor, now_ms: int, ids: IdFactory
) -> ReportRun:
    """Store a run that a worker makes, in the caller's transaction.

    Raises:
        UnknownReportTypeError: there is no such type.
        ReportParameterError: a parameter does not fit.
        NotPlatformError: the type is for platforms, and this is an account under one.
        ResourceMissingError: there is no such connected account.
        TooManyReportsError: too many wait.
        ClockAdvancingError: the account's test clock is on its way.
    """
    kind = report_type(type_id)
    moment = await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    check_parameters(kind, wanted, now_s=moment.now_ms // 1000)
    if kind.is_platforms and await accounts.account_platform(conn, scope.account) is not None:
        raise NotPlatformError
    if wanted.connected_account is not None:
        await _check_reaches(conn, scope, wanted.connected_account)
    if await store.count_pending(conn, scope, most=MAX_PENDING) >= MAX_PENDING:
        raise TooManyReportsError
    run = ReportRun(
        scope=scope,
        id=ids.new_at(RUN_PREFIX, now_ms),
        report_type=type_id,
        parameters=wanted,
        created_ms=now_ms,
    )
    due_ms = now_ms if moment.test_clock else max(now_ms, settled_ms(run))
    await store.insert_run(conn, run, due_ms=due_ms)
    await audit.record(
        conn,
        by,
        Action.REPORT_RUN_MADE,
        object_type=ObjectType.REPORT_RUN,
        object_id=run.id,
        after=run,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return run


async def _check_reaches(conn: Conn, scope: AccountScope, account: str) -> None:
    """Let an account pass that is the caller's, or under it."""
    found = account == scope.account or await accounts.account_platform(conn, account) == scope.account
    if not found:
        raise ResourceMissingError("account", account, param="parameters[connected_account]")


async def available_until(database: Database, scope: AccountScope, *, now_ms: int) -> int:
    """Return the Unix second until which there are data: now, in the account's time."""
    clock = await find_clock(database, scope)
    return clock.frozen_time if clock else now_ms // 1000


async def retrieve_run(database: Database, scope: AccountScope, run: str) -> ReportRun:
    """Return an account's run.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, run, store.fetch_runs, kind=_KIND)


async def page_runs(
    database: Database, scope: AccountScope, request: PageRequest, created: Range | None = None
) -> Page[ReportRun]:
    """Return a page of an account's runs, newest first: all, or those created in some Unix seconds.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind=_KIND, exists=_exists)
    async with database.connection() as conn:
        return await store.page_runs(conn, scope, window_of(RUN_PREFIX, created, request))


async def _exists(conn: Conn, scope: AccountScope, run: str) -> bool:
    return run in await store.fetch_runs(conn, scope, [run])


async def find_file(database: Database, scope: AccountScope, file: str) -> tuple[ReportRun, FileKind]:
    """Return the run that has a file, and which of its files that is.

    Raises:
        ResourceMissingError: the account has no such file.
    """
    named = run_of_file(file)
    async with database.connection() as conn:
        run = (await store.fetch_runs(conn, scope, [named[0]])).get(named[0]) if named else None
    if named is None or run is None or run.status is not RunStatus.SUCCEEDED:
        raise ResourceMissingError("file", file, param="file", in_path=True)
    return run, named[1]


async def read_file(database: Database, run: ReportRun, kind: FileKind) -> AsyncGenerator[bytes, None]:
    """Yield a file of a run that has succeeded, a part at a time.

    Raises:
        ResourceMissingError: it was removed meanwhile.
    """
    if kind in {FileKind.MANIFEST, FileKind.SIGNATURE}:
        async with database.connection() as conn:
            signed = await store.read_signed(conn, run.scope, run.id)
        if signed is None:
            raise ResourceMissingError(_KIND, run.id, param="file", in_path=True)
        yield signed.manifest.encode() if kind is FileKind.MANIFEST else signed.signature
        return
    parts = run.made.file(kind).parts if run.made else 0
    for number in range(1, parts + 1):
        async with database.connection() as conn:
            content = await store.read_part(conn, run.scope, run.id, kind, number)
        if content is None:
            raise ResourceMissingError(_KIND, run.id, param="file", in_path=True)
        yield zlib.decompress(content)

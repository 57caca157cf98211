"""Ends files of prenotes only: no statement says anything of what moves nothing, so none would ever settle them."""

import structlog

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.announcing import announce_file
from brim.core.direct_debits.lateness import time_of_file
from brim.core.direct_debits.rules import AchFile, FileStatus, moved
from brim.core.events import EventType, Renderers
from brim.core.originators import find_originator
from brim.core.rails.ach import prenote_passes_ms
from brim.core.time import ClockAdvancingError
from brim.platform.database import Conn, Database

_log = structlog.get_logger()


async def settle_prenote_files(database: Database, renderers: Renderers, *, now_ms: int, ids: IdFactory) -> int:
    """Write that files are settled whose prenotes the bank has accepted, and answered or let pass; return how many."""
    async with database.connection() as conn:
        files = [file for file in await file_store.files_without_money(conn) if await _is_over(conn, file, now_ms)]
    settled = 0
    for file in files:

        async def work(conn: Conn, file: AchFile = file) -> bool:
            return await _settle(conn, renderers, file.scope, file.id, now_ms=now_ms, ids=ids)

        settled += await database.transact(work)
    return settled


async def _settle(
    conn: Conn, renderers: Renderers, scope: AccountScope, file_id: str, *, now_ms: int, ids: IdFactory
) -> bool:
    file = await file_store.lock_file(conn, scope, file_id)
    if file is None or file.status not in {FileStatus.SENT, FileStatus.ACKNOWLEDGED}:
        return False
    if not await _is_over(conn, file, now_ms):
        return False
    settled = moved(file, FileStatus.SETTLED, settled_ms=now_ms)
    await file_store.update_file(conn, settled)
    await announce_file(conn, renderers, settled, EventType.ACH_FILE_SETTLED, now_ms=now_ms, ids=ids)
    _log.info("ach file of prenotes settled", file=file.id)
    return True


async def _is_over(conn: Conn, file: AchFile, now_ms: int) -> bool:
    """Tell whether the bank has accepted a file of prenotes, and has nothing more to say of any."""
    if not await _is_accepted(conn, file):
        return False
    if not await entry_store.is_any_open(conn, file.scope, file.id):
        return True
    profile = (await find_originator(conn, file.scope, file.originator)).profile
    try:
        its_ms = await time_of_file(conn, file, now_ms=now_ms)
    except ClockAdvancingError:
        return False
    return its_ms >= prenote_passes_ms(profile, file.effective_date)


async def _is_accepted(conn: Conn, file: AchFile) -> bool:
    """Tell whether the bank has accepted a file, or each batch that it has not rejected, and not rejected all."""
    standing = {batch.status for batch in await file_store.list_batches(conn, file.scope, file.id)} - {"rejected"}
    return bool(standing) and (file.status is FileStatus.ACKNOWLEDGED or standing == {"acknowledged"})

"""Reads what readiness for live money depends on, from the database and from the folders of the profile."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core import jobs, operators, webhooks
from brim.core.direct_debits import file_store, reading_store
from brim.core.direct_debits.reading_rules import BankReading
from brim.core.jobs import Worker
from brim.core.originators import (
    Facts,
    Folder,
    Originator,
    OriginatorStatus,
    Readiness,
    exchanging,
    judge,
    list_originators,
    list_stops,
)
from brim.core.rails.ach import ACH, is_sftp
from brim.platform.database import Database
from brim.platform.vault import NoEncryptionKeyError, Vault

JOBS: Final = ("ach files", "ach exchange")
"""The worker's jobs without which no live money moves."""

_READABLE: Final = os.R_OK | os.X_OK
_WRITABLE: Final = _READABLE | os.W_OK


async def read_readiness(database: Database, vault: Vault, scope: AccountScope, *, now_ms: int) -> Readiness:
    """Return what blocks a platform's live top-ups now.

    Folders are those that this process sees; a worker on another machine may see others.
    """
    endpoints = await webhooks.list_endpoints(database, scope, PageRequest(limit=100))
    async with database.connection() as conn:
        originators = await list_originators(conn, scope)
        rails = {each.profile.rail for each in originators} or {ACH}
        stops = [stop for stop in await list_stops(conn, scope) if stop.rail in rails]
        workers = [worker for worker in await jobs.read_workers(conn) if worker.is_alive(now_ms)]
        held = await file_store.count_held_files(conn, scope)
        approvers = await operators.count_approvers(conn)
        exchange = exchanging(originators)
        readings = await reading_store.read_readings(conn, [(each.scope, each.id) for each in exchange])
        who_approves = await operators.who_approves(conn)
    return judge(
        Facts(
            has_encryption_key=_has_key(vault),
            originators=originators,
            folders=[folder for each in exchange for folder in _folders(each)],
            has_worker=bool(workers),
            failing_jobs=_failing(workers),
            stops=[stop.reason for stop in stops if not stop.stopped_account],
            stopped_accounts=sum(bool(stop.stopped_account) for stop in stops),
            held_files=held,
            unread=[
                problem
                for each in exchange
                if (problem := _unread(each, readings.get((each.scope, each.id)))) is not None
            ],
            held_bank_files=[each.held for each in readings.values() if each.held is not None],
            unapproved=[each.unapproved for each in readings.values() if each.unapproved is not None],
            approvers=approvers,
            who_approves=who_approves,
            has_endpoint=any(endpoint.is_enabled for endpoint in endpoints.items),
        )
    )


def _has_key(vault: Vault) -> bool:
    try:
        vault.check()
    except NoEncryptionKeyError:
        return False
    return True


def _folders(originator: Originator) -> Sequence[Folder]:
    return [
        Folder(
            use=use,
            path=path,
            exists=Path(path).is_dir(),
            is_usable=os.access(path, _READABLE if use == "incoming_folder" else _WRITABLE),
        )
        for use, path in originator.profile.local_folders.items()
    ]


def _unread(originator: Originator, reading: BankReading | None) -> str | None:
    """Return what keeps an originator's SFTP folder from being read; None if nothing does."""
    if not is_sftp(originator.profile.incoming_folder):
        return None
    if originator.status is OriginatorStatus.DRAFT:
        return None  # nobody reads it yet
    if reading is None or (reading.complete_ms and not reading.is_in_trouble):
        return None
    return reading.problem if reading.is_in_trouble else f"No worker has read {reading.incoming_folder} yet."


def _failing(workers: Sequence[Worker]) -> list[tuple[str, str]]:
    """Return the jobs that no living worker does without an error, with an error; none where there is no worker."""
    if not workers:
        return []
    failing = []
    for name in JOBS:
        states = [job for worker in workers for job in worker.jobs if job.name == name]
        if not any(job.error is None for job in states):
            failing.append((name, (states[0].error or "") if states else "no worker has run it yet."))
    return failing

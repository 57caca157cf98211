"""Reads the figures, a part at a time, each no more often than it is worth."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import structlog

import brim
from brim.base.clock import Clock
from brim.base.errors import DatabaseUnavailableError
from brim.core import (
    corrections,
    direct_debits,
    dishonors,
    integrity,
    jobs,
    ledger,
    money_at_risk,
    negative_balances,
    originators,
    push,
    reconciliation,
    topups,
    webhooks,
)
from brim.core.archiving import last_base_backup_ms, read_archiving
from brim.core.gauges import store
from brim.core.gauges.rules import KIND, age_s, by_kind, rates_of, single, worker_figures
from brim.core.money_at_risk import Risk, Sum
from brim.core.originators import OriginatorStatus
from brim.core.pruning import DEFAULT_PERIODS, Periods, read_due
from brim.platform.database import Conn, Database
from brim.platform.telemetry.figures import Figure

MOST_COUNTED: Final = 10_000
"""Where counting stops: whoever sees it knows that there is too much, and the count stays cheap."""

MOST_CHAINS: Final = 1_000
"""How many chains, and endpoints, are asked for what waits longest; each costs a step along an index."""

MOST_DEBITS: Final = 20_000
"""How many debits a return rate is of at most, the newest."""

RETURNS_WITHIN_MS: Final = 60 * 24 * 60 * 60 * 1000
"""How far back a return rate looks. Source: Nacha Operating Rules, 2.17.2."""

LAPSES_WITHIN_DAYS: Final = 60
"""How long before a mandate lapses it counts as lapsing: time for another collection, or another mandate."""

MOST_OLD: Final = 1_000
"""How many old rows of a kind are looked at: whether pruning keeps up shows in the youngest of them."""

PRUNED_WITHIN_MS: Final = 60 * 60 * 1000
"""How late pruning may be: a hold that was lifted lets go within the hour."""

FRESH_MS: Final = 10_000
"""How long most figures are kept: scrapes of several Prometheus servers cost no more than those of one."""

SELDOM_FRESH_MS: Final = 5 * 60 * 1000
"""How long those are kept that cost more and change slowly."""

_ANSWERS_WITHIN_S: Final = 8.0
"""Less than Prometheus waits by default, so that it learns at least that the database does not answer."""

_log = structlog.get_logger()

_Read: TypeAlias = Callable[[Conn, int], Awaitable[list[Figure]]]


class _Part(NamedTuple):
    """Figures that are read together, and for how long they are good."""

    kind: str
    read: _Read
    fresh_ms: int = FRESH_MS


class Gauges:
    """What a process shows of the database, and of the disk where the database is its own.

    Args:
        database: asked for it.
        clock: the time in Unix milliseconds.
        data_dir: where an embedded database is, if there is one.
        periods: how long things are kept.
    """

    def __init__(self, database: Database, clock: Clock, *, data_dir: Path, periods: Periods = DEFAULT_PERIODS) -> None:
        self._parts = (*_PARTS, _Part("pruning", partial(_read_pruning, periods), SELDOM_FRESH_MS))
        self._database = database
        self._clock = clock
        self._data_dir = data_dir
        self._reading = asyncio.Lock()
        self._kept: dict[str, tuple[int, list[Figure]]] = {}
        self._failing: set[str] = set()

    async def read(self) -> list[Figure]:
        """Return the figures. Never raises: what cannot be read is left out, and a figure says so."""
        async with self._reading:
            answers = await self._refresh()
        figures = [figure for _, kept in self._kept.values() for figure in kept] if answers else []
        return [
            Figure("brim_build_info", "The version that runs.", ("version",), [((brim.__version__,), 1)]),
            single("brim_database_up", "Whether the database answers this process.", int(answers)),
            by_kind(
                "brim_gauges_failing",
                "Whether metrics of a kind could not be read, and are omitted.",
                {part.kind: int(part.kind in self._failing) for part in self._parts} if answers else {},
            ),
            *figures,
            *await asyncio.to_thread(_disk_figures, self._data_dir),
        ]

    async def _refresh(self) -> bool:
        """Read again what is no longer fresh; tell whether the database answers."""
        now_ms = self._clock()
        due = [part for part in self._parts if self._is_due(part, now_ms)]
        if not due:
            return True
        try:
            async with asyncio.timeout(_ANSWERS_WITHIN_S), self._database.connection() as conn:
                for part in due:
                    await self._refresh_part(conn, part, now_ms)
        except (DatabaseUnavailableError, TimeoutError):
            self._kept.clear()
            return False
        return True

    def _is_due(self, part: _Part, now_ms: int) -> bool:
        kept = self._kept.get(part.kind)
        return kept is None or not 0 <= now_ms - kept[0] < part.fresh_ms

    async def _refresh_part(self, conn: Conn, part: _Part, now_ms: int) -> None:
        try:
            self._kept[part.kind] = (now_ms, await part.read(conn, now_ms))
        except DatabaseUnavailableError:
            raise
        except Exception:  # noqa: BLE001  one kind of figure must not keep the others from being read
            self._kept.pop(part.kind, None)
            if part.kind not in self._failing:
                _log.exception("metrics cannot be read", kind=part.kind)
            self._failing.add(part.kind)
        else:
            self._failing.discard(part.kind)


async def _read_topups(conn: Conn, now_ms: int) -> list[Figure]:
    lag_ms = await topups.settlement_lag_ms(conn, now_ms=now_ms)
    return [
        single("brim_settlement_lag_seconds", "How long the top-up that waits longest has been due.", lag_ms / 1000)
    ]


async def _read_events(conn: Conn, now_ms: int) -> list[Figure]:
    lag_ms = await webhooks.numbering_lag_ms(conn, now_ms=now_ms)
    waiting = await webhooks.count_unnumbered(conn, most=MOST_COUNTED)
    return [
        single("brim_event_numbering_lag_seconds", "How long the oldest event waits for its number.", lag_ms / 1000),
        single("brim_events_unnumbered", "Events that wait for their numbers, up to 10,000.", waiting),
    ]


async def _read_webhooks(conn: Conn, now_ms: int) -> list[Figure]:
    owed = await webhooks.count_owed(conn, most=MOST_COUNTED)
    lag_ms = await webhooks.delivery_lag_ms(conn, now_ms=now_ms, most=MOST_CHAINS)
    return [
        single("brim_webhook_backlog", "Webhook deliveries still to be made, up to 10,000.", owed),
        single(
            "brim_webhook_delivery_lag_seconds",
            "How long the delivery that waits longest has been due, among a thousand endpoints.",
            lag_ms / 1000,
        ),
    ]


async def _read_ledger(conn: Conn, now_ms: int) -> list[Figure]:
    unsealed = await ledger.count_unsealed(conn, most=MOST_COUNTED)
    lag_ms = await ledger.sealing_lag_ms(conn, now_ms=now_ms, most=MOST_CHAINS)
    return [
        single("brim_unsealed_transfers", "Journal entries that wait for their seals, up to 10,000.", unsealed),
        single(
            "brim_sealing_lag_seconds",
            "How long the journal entry that waits longest has waited for its seal, among a thousand chains.",
            lag_ms / 1000,
        ),
    ]


async def _read_verification(conn: Conn, now_ms: int) -> list[Figure]:
    run = await integrity.read_latest_run(conn)
    figures = [
        single(
            "brim_verification_differences",
            "Differences that the last verification found; anything but 0 needs a person.",
            len(run.differences) if run else 0,
        ),
        single(
            "brim_verification_ended_timestamp_seconds",
            "When the last verification ended; 0 before the first.",
            run.ended_ms / 1000 if run else 0,
        ),
    ]
    if run is None:
        return figures
    clearing = run.clearing
    oldest_s = max((now_ms / 1000 - topup.since for topup in clearing.oldest), default=0.0) if clearing else 0.0
    return [
        *figures,
        single(
            "brim_verification_duration_seconds",
            "How long the last verification took.",
            (run.ended_ms - run.began_ms) / 1000,
        ),
        single(
            "brim_clearing_topups",
            "Top-ups that the last verification found between the bank and the balance.",
            clearing.topups if clearing else 0,
        ),
        single("brim_clearing_oldest_seconds", "How long the oldest of these has been there.", max(oldest_s, 0.0)),
    ]


async def _read_stuck(conn: Conn, _now_ms: int) -> list[Figure]:
    none = dict.fromkeys((topups.SETTLE_JOB, direct_debits.JOB, direct_debits.PRENOTE_JOB), 0)
    stuck = none | await integrity.count_stuck(conn, most=MOST_COUNTED)
    return [
        by_kind("brim_stuck_items", "Work that was due and failed, and chains that nobody can seal, by job.", stuck)
    ]


async def _read_workers(conn: Conn, now_ms: int) -> list[Figure]:
    return worker_figures(await jobs.read_workers(conn), now_ms=now_ms)


async def _read_ach(conn: Conn, now_ms: int) -> list[Figure]:
    standing = {each.status: each for each in await direct_debits.outstanding_files(conn, most=MOST_COUNTED)}
    from_bank = await direct_debits.waiting_bank_files(conn, most=MOST_COUNTED)
    statuses = ("built", "approved", "sent")
    return [
        Figure(
            "brim_ach_files",
            "ACH files that wait: built ones for approval, approved ones to be sent, sent ones for the bank's answer.",
            ("status",),
            [((status,), standing[status].files if status in standing else 0) for status in statuses],
        ),
        Figure(
            "brim_ach_file_oldest_seconds",
            "How long the oldest file of a status has waited.",
            ("status",),
            [
                ((status,), age_s(standing[status].since_ms, now_ms) if status in standing else 0.0)
                for status in statuses
            ],
        ),
        single(
            "brim_ach_files_held",
            "ACH files that are not sent because they are held.",
            sum(each.held for each in standing.values()),
        ),
        single("brim_bank_files_waiting", "Files from banks that were received and not applied.", from_bank.files),
        single(
            "brim_bank_file_oldest_seconds",
            "How long the oldest of these has waited.",
            age_s(from_bank.since_ms, now_ms),
        ),
    ]


async def _read_imported(conn: Conn, now_ms: int) -> list[Figure]:
    imported = {
        scope.account: await direct_debits.unapproved_bank_files(conn, scope, most=MOST_COUNTED)
        for scope in sorted({each.scope for each in await originators.list_active_originators(conn)})
    }
    return [
        Figure(
            "brim_bank_files_awaiting_approval",
            "Imported statements of a platform that another operator has to approve, up to 10,000.",
            ("account",),
            [((account,), each.files) for account, each in imported.items()],
        ),
        Figure(
            "brim_bank_file_approval_oldest_seconds",
            "How long ago the oldest of these was imported.",
            ("account",),
            [((account,), age_s(each.since_ms, now_ms)) for account, each in imported.items()],
        ),
    ]


async def _read_breaks(conn: Conn, now_ms: int) -> list[Figure]:
    none: dict[str, float] = dict.fromkeys(map(str, reconciliation.BreakKind), 0.0)
    found = await reconciliation.open_breaks_by_kind(conn, most=MOST_COUNTED)
    return [
        by_kind("brim_breaks_open", "Open breaks by kind.", none | {each.kind: each.breaks for each in found}),
        by_kind(
            "brim_break_oldest_seconds",
            "How long the oldest open break of a kind has been open.",
            none | {each.kind: age_s(each.since_ms, now_ms) for each in found},
        ),
    ]


async def _read_originators(conn: Conn, now_ms: int) -> list[Figure]:
    active = [
        each for each in await originators.list_active_originators(conn) if each.status is OriginatorStatus.ACTIVE
    ]
    cutoffs = [
        ((each.id,), direct_debits.next_cutoffs(each, now_ms=now_ms, count=1)[0].cutoff_ms / 1000) for each in active
    ]
    readings = await direct_debits.read_readings(conn, [(each.scope, each.id) for each in active])
    since = {
        each.id: reading.complete_ms or each.activated_ms
        for each in active
        if (reading := readings.get((each.scope, each.id))) and (reading.complete_ms or reading.stated_ms is None)
    }
    return [
        Figure(
            "brim_ach_next_cutoff_timestamp_seconds",
            "The next cut-off of an active originator.",
            ("originator",),
            cutoffs,
        ),
        Figure(
            "brim_bank_reading_age_seconds",
            "How long ago the last complete reading of what an active originator's bank has sent began. Left out where "
            "files are imported by hand.",
            ("originator",),
            [((originator,), age_s(since_ms, now_ms)) for originator, since_ms in since.items()],
        ),
        single("brim_rail_stops", "Stops of live money that are in force.", await originators.count_stops(conn)),
    ]


async def _read_returns(conn: Conn, now_ms: int) -> list[Figure]:
    scopes = sorted({each.scope for each in await originators.list_active_originators(conn)})
    rates: list[tuple[tuple[str, ...], float]] = []
    looked_at: list[tuple[tuple[str, ...], float]] = []
    for scope in scopes:
        found = await direct_debits.count_returns(conn, scope, since_ms=now_ms - RETURNS_WITHIN_MS, most=MOST_DEBITS)
        debits, parts = rates_of(found)
        looked_at.append(((scope.account,), debits))
        rates += [((scope.account, kind), part) for kind, part in parts.items()]
    return [
        Figure(
            "brim_ach_return_rate",
            "The part of a platform's newest debits that came back: all, or for two kinds of reason.",
            ("account", *KIND),
            rates,
        ),
        Figure(
            "brim_ach_return_rate_debits",
            "How many debits that rate is of: those of sixty days, the newest 20,000 at most.",
            ("account",),
            looked_at,
        ),
    ]


async def _read_transfers(conn: Conn, now_ms: int) -> list[Figure]:
    counted: list[tuple[tuple[str, ...], float]] = []
    oldest: list[tuple[tuple[str, ...], float]] = []
    numbers: list[push.NumbersLeft] = []
    for scope in sorted({each.scope for each in await originators.list_active_originators(conn)}):
        numbers += await push.count_numbers_left(conn, scope, now_ms=now_ms)
        found = await push.count_suspended(conn, scope, most=MOST_COUNTED)
        counted.append(((scope.account,), found.transfers))
        oldest.append(((scope.account,), age_s(found.since_ms, now_ms)))
    return [
        Figure(
            "brim_incoming_transfers_suspended",
            "Incoming transfers of a platform in suspense that wait for a person, up to 10,000.",
            ("account",),
            counted,
        ),
        Figure(
            "brim_incoming_transfer_oldest_seconds",
            "How long the oldest of these has waited.",
            ("account",),
            oldest,
        ),
        Figure(
            "brim_virtual_account_numbers",
            "Virtual account numbers that the bank has allotted to an active originator. Left out where it has none.",
            ("originator",),
            [((each.originator,), each.size) for each in numbers],
        ),
        Figure(
            "brim_virtual_account_numbers_left",
            "How many of them can still be given to accounts.",
            ("originator",),
            [((each.originator,), each.left) for each in numbers],
        ),
    ]


async def _read_mandates(conn: Conn, now_ms: int) -> list[Figure]:
    today = datetime.fromtimestamp(now_ms // 1000, UTC).date()
    until = today + timedelta(days=LAPSES_WITHIN_DAYS)
    return [
        single(
            "brim_mandates_lapsing",
            "Mandates of SEPA in force that lapse within 60 days unless something is collected, up to 10,000.",
            await originators.count_lapsing(conn, after=today, until=until, most=MOST_COUNTED),
        )
    ]


async def _read_microdeposits(conn: Conn, now_ms: int) -> list[Figure]:
    """Read what Nacha wants watched against fraud: forward and return volumes."""
    sent: list[tuple[tuple[str, ...], float]] = []
    returned: list[tuple[tuple[str, ...], float]] = []
    for scope in sorted({each.scope for each in await originators.list_active_originators(conn)}):
        found = await direct_debits.count_of_platform(conn, scope, now_ms=now_ms)
        sent.append(((scope.account,), found.sent))
        returned.append(((scope.account,), found.returned))
    return [
        Figure(
            "brim_microdeposits",
            "Sets of micro-deposits that the accounts of a platform have started in thirty days.",
            ("account",),
            sent,
        ),
        Figure("brim_microdeposits_returned", "Those of them that came back.", ("account",), returned),
    ]


async def _read_negative_balances(conn: Conn, now_ms: int) -> list[Figure]:
    found = await negative_balances.total_negative_balances(conn, most=MOST_COUNTED)
    live = [each for each in found if each.livemode]
    return [
        single(
            "brim_negative_balances", "Live balances below zero, up to 10,000.", sum(each.balances for each in live)
        ),
        Figure(
            "brim_negative_balance_amount",
            "How far they are below zero together, in minor units of a currency.",
            ("currency",),
            [((each.currency,), each.amount) for each in live],
        ),
        single(
            "brim_negative_balance_oldest_seconds",
            "How long the one that fell first has been below zero.",
            age_s(min((each.since_ms for each in live if each.since_ms is not None), default=None), now_ms),
        ),
    ]


async def _read_money_at_risk(conn: Conn, now_ms: int) -> list[Figure]:
    sums = {(money_at_risk.CURRENCY, kind.value): Sum() for kind in Risk}
    scopes = sorted({each.scope for each in await originators.list_active_originators(conn)})
    most = max(MOST_DEBITS // max(len(scopes), 1), 1)
    for scope in scopes:
        for found in await money_at_risk.total_at_risk(conn, scope, now_ms=now_ms, most=most):
            for kind in Risk:
                key = (found.currency, kind.value)
                sums[key] = sums.get(key, Sum()) + found.of(kind)
    return [
        Figure(
            "brim_money_at_risk_amount",
            "Available live money that can still be returned, in minor units of a currency, by reason: of the newest "
            "20,000 debits, an equal part of each platform.",
            ("currency", *KIND),
            [(key, each.amount) for key, each in sums.items()],
        ),
        Figure(
            "brim_money_at_risk_topups",
            "Of how many top-ups that is.",
            ("currency", *KIND),
            [(key, each.topups) for key, each in sums.items()],
        ),
    ]


async def _read_corrections(conn: Conn, now_ms: int) -> list[Figure]:
    notified: list[tuple[tuple[str, ...], float]] = []
    unsettled: list[tuple[tuple[str, ...], float]] = []
    undecided: list[tuple[tuple[str, ...], float]] = []
    for scope in sorted({each.scope for each in await originators.list_active_originators(conn)}):
        since_ms = now_ms - RETURNS_WITHIN_MS
        found = await corrections.count_corrections(conn, scope, since_ms=since_ms, most=MOST_COUNTED)
        notified.append(((scope.account,), found.notifications))
        unsettled.append(((scope.account,), found.unsettled))
        open_returns = await dishonors.count_undecided(conn, scope, now_ms=now_ms, most=MOST_COUNTED)
        undecided.append(((scope.account,), open_returns.returns))
    return [
        Figure(
            "brim_ach_notifications_of_change",
            "Notifications of change about a platform's entries in sixty days, up to 10,000.",
            ("account",),
            notified,
        ),
        Figure(
            "brim_ach_corrections_open",
            "Those of them that could not be applied and wait for a person.",
            ("account",),
            unsettled,
        ),
        Figure(
            "brim_ach_returns_dishonorable",
            "Returns of a platform's debits that can be dishonored now, among the newest 10,000.",
            ("account",),
            undecided,
        ),
    ]


async def _read_archiving(conn: Conn, _now_ms: int) -> list[Figure]:
    found = await read_archiving(conn)
    return [
        single(
            "brim_wal_archived_timestamp_seconds",
            "When PostgreSQL has archived a file of WAL last; 0 for never, and where it archives none.",
            (found.last_archived_ms or 0) / 1000,
        ),
        single(
            "brim_wal_waiting_segments",
            "Segments of WAL that wait to be archived; more and more of them fill the disk.",
            (found.waiting or 0) if found.is_on else 0,
        ),
        single(
            "brim_wal_archive_failing",
            "1 while files of WAL cannot be archived; backups reach no further than the last one that was.",
            int(found.is_failing),
        ),
    ]


async def _read_pruning(periods: Periods, conn: Conn, now_ms: int) -> list[Figure]:
    found = await read_due(conn, periods, now_ms=now_ms - PRUNED_WITHIN_MS, most=MOST_OLD)
    return [
        by_kind(
            "brim_pruning_due",
            "Rows that should have been removed by age an hour ago and are under no legal hold, up to 1,000 of a kind.",
            {each.kind: each.due for each in found},
        )
    ]


async def _read_size(conn: Conn, _now_ms: int) -> list[Figure]:
    size = await store.database_size(conn)
    return [single("brim_database_size_bytes", "Size of the database's files, without WAL.", size)]


_PARTS: Final[Sequence[_Part]] = (
    _Part("topups", _read_topups),
    _Part("events", _read_events),
    _Part("webhooks", _read_webhooks),
    _Part("ledger", _read_ledger),
    _Part("verification", _read_verification),
    _Part("stuck", _read_stuck),
    _Part("workers", _read_workers),
    _Part("ach", _read_ach),
    _Part("imported statements", _read_imported),
    _Part("breaks", _read_breaks),
    _Part("originators", _read_originators),
    _Part("incoming transfers", _read_transfers),
    _Part("returns", _read_returns, SELDOM_FRESH_MS),
    _Part("corrections", _read_corrections, SELDOM_FRESH_MS),
    _Part("mandates", _read_mandates, SELDOM_FRESH_MS),
    _Part("micro-deposits", _read_microdeposits, SELDOM_FRESH_MS),
    _Part("negative balances", _read_negative_balances),
    _Part("money at risk", _read_money_at_risk, SELDOM_FRESH_MS),
    _Part("archiving", _read_archiving),
    _Part("size", _read_size, SELDOM_FRESH_MS),
)


def _disk_figures(data_dir: Path) -> list[Figure]:
    """Return what is free where an embedded database is, its WAL, and its last base backup; nothing without one."""
    folder = data_dir / "postgres"
    if not folder.is_dir():
        return []
    disk = os.statvfs(folder)
    figures = [
        single("brim_disk_free_bytes", "Free space where the embedded database is.", disk.f_bavail * disk.f_frsize),
        single("brim_disk_size_bytes", "Size of the file system where it is.", disk.f_blocks * disk.f_frsize),
    ]
    wal = folder / "cluster" / "pg_wal"
    if wal.is_dir():
        figures.append(single("brim_wal_bytes", "Size of the embedded database's WAL.", _size_of(wal)))
    backup_ms = last_base_backup_ms(data_dir)
    if backup_ms is not None:
        figures.append(
            single(
                "brim_base_backup_timestamp_seconds",
                "When the last base backup was made; 0 for never. Left out where Brim makes no backups.",
                backup_ms / 1000,
            )
        )
    return figures


def _size_of(folder: Path) -> int:
    """Return how many bytes the files of a folder take; one that goes meanwhile takes none."""
    size = 0
    with os.scandir(folder) as files:
        for file in files:
            try:
                size += file.stat(follow_symlinks=False).st_size if file.is_file(follow_symlinks=False) else 0
            except FileNotFoundError:
                continue
    return size

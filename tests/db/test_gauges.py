"""What `/metrics` shows of the database: right, bounded, kept for a while, and never in the way of the rest."""

from pathlib import Path

import pytest

from brim.base.ids import IdFactory, first_id_at
from brim.base.scope import AccountScope
from brim.core.archiving import BaseBackup, forget_base_backup, keep_base_backup
from brim.core.direct_debits import count_returns
from brim.core.gauges import Gauges
from brim.core.gauges.rules import rates_of, worker_figures
from brim.core.gauges.service import FRESH_MS, RETURNS_WITHIN_MS, _disk_figures
from brim.core.jobs import JobState, Worker
from brim.core.jobs.rules import ALIVE_WITHIN_MS
from brim.core.reconciliation import BreakKind
from brim.platform.database import Database
from brim.platform.telemetry.figures import Figure
from tests.support.books import create, execute, new_topup
from tests.support.growth import BIG, grow

NOW_MS = 1_795_305_600_000
DAY_MS = 24 * 60 * 60 * 1000


class Moment:
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


def shown(figures: list[Figure]) -> dict[str, float]:
    """Return figures by name, the values of their labels behind it."""
    return {"/".join([each.name, *labels]): value for each in figures for labels, value in each.samples}


async def read(database: Database, clock: Moment, data_dir: Path) -> dict[str, float]:
    return shown(await Gauges(database, clock, data_dir=data_dir).read())


async def test_an_empty_database_has_every_figure_and_none_fails(each_database: Database, tmp_path: Path) -> None:
    figures = await read(each_database, Moment(), tmp_path)
    assert figures["brim_database_up"] == 1
    assert {name for name, value in figures.items() if name.startswith("brim_gauges_failing/") and value} == set()
    late = [name for name in figures if name.split("/")[0].endswith(("lag_seconds", "oldest_seconds", "_items"))]
    assert len(late) > 15
    assert {figures[name] for name in late} == {0}
    assert figures["brim_verification_ended_timestamp_seconds"] == 0
    assert figures["brim_database_size_bytes"] > 1_000_000
    assert "brim_disk_free_bytes" not in figures


async def test_what_waits_is_counted_and_its_age_is_told(
    database: Database, owner_database: Database, tmp_path: Path
) -> None:
    await grow(owner_database, 0, 200)
    figures = await read(database, Moment(), tmp_path)
    waits_s = NOW_MS / 1000
    assert figures["brim_settlement_lag_seconds"] == pytest.approx(waits_s - 0.01)  # row 10 is the first in real time
    assert figures["brim_events_unnumbered"] == 100
    assert figures["brim_webhook_backlog"] == 96  # four of them were given up
    assert figures["brim_webhook_delivery_lag_seconds"] == pytest.approx(waits_s - 0.003)
    assert figures["brim_unsealed_transfers"] == 100
    assert figures["brim_sealing_lag_seconds"] == DAY_MS / 1000
    assert figures["brim_ach_files/approved"] == 20
    assert figures["brim_ach_file_oldest_seconds/approved"] == pytest.approx(waits_s - 0.001)
    assert figures["brim_bank_files_waiting"] == 20
    assert figures["brim_breaks_open/unmatched"] == 20
    assert figures[f"brim_breaks_open/{BreakKind.FILE}"] == 0
    assert figures["brim_break_oldest_seconds/unmatched"] == pytest.approx(waits_s - 0.001)


async def test_files_are_counted_by_what_they_wait_for(
    database: Database, owner_database: Database, tmp_path: Path
) -> None:
    await grow(owner_database, 0, 40)
    await execute(
        owner_database,
        "UPDATE ach_files SET status = 'sent', sent_ms = 5000 WHERE built_ms > 20",
        "UPDATE ach_files SET status = 'built', held_because = 'x' WHERE built_ms = 3",
        "UPDATE ach_files SET test_clock = 'clock_1' WHERE built_ms = 22",
    )
    figures = await read(database, Moment(), tmp_path)
    assert [figures[f"brim_ach_files/{status}"] for status in ("built", "approved", "sent")] == [1, 19, 19]
    assert figures["brim_ach_files_held"] == 1
    assert figures["brim_ach_file_oldest_seconds/sent"] == pytest.approx(NOW_MS / 1000 - 5)


async def test_return_rates_are_of_what_was_sent_in_sixty_days(database: Database, owner_database: Database) -> None:
    await grow(owner_database, 0, 300)
    recent = first_id_at("tu_", NOW_MS // 1000 - 100)
    await execute(
        owner_database,
        f"UPDATE ach_entries SET topup = '{recent}' || claimed_ms WHERE claimed_ms > 50",  # 50 of them stay queued
        "UPDATE ach_entries SET status = 'returned', return_code = 'R10' WHERE claimed_ms IN (201, 202)",
        "UPDATE ach_entries SET status = 'returned', return_code = 'R03' WHERE claimed_ms = 203",
        "UPDATE ach_entries SET status = 'returned', return_code = 'R01' WHERE claimed_ms = 204",
    )
    scope = AccountScope(BIG, livemode=False)
    async with database.connection() as conn:
        found = await count_returns(conn, scope, since_ms=NOW_MS - RETURNS_WITHIN_MS, most=1000)
        newest = await count_returns(conn, scope, since_ms=NOW_MS - RETURNS_WITHIN_MS, most=10)
    assert rates_of(found) == (200, {"all": 0.02, "administrative": 0.005, "unauthorized": 0.01})
    assert sum(newest.values()) <= 10


def test_without_a_debit_no_rate_is_divided_by_nothing() -> None:
    assert rates_of({}) == (0, {"all": 0.0, "administrative": 0.0, "unauthorized": 0.0})


async def test_figures_are_kept_for_a_while(database: Database, tmp_path: Path) -> None:
    clock = Moment()
    gauges = Gauges(database, clock, data_dir=tmp_path)
    await gauges.read()
    await create(database, [new_topup(IdFactory())])
    assert shown(await gauges.read())["brim_events_unnumbered"] == 0
    clock.now_ms += FRESH_MS
    assert shown(await gauges.read())["brim_events_unnumbered"] == 1


async def test_what_cannot_be_read_is_left_out_and_named(
    database: Database, owner_database: Database, tmp_path: Path
) -> None:
    clock = Moment()
    gauges = Gauges(database, clock, data_dir=tmp_path)
    await gauges.read()
    await execute(owner_database, "ALTER TABLE new_events RENAME TO gone")
    clock.now_ms += FRESH_MS
    figures = shown(await gauges.read())
    assert figures["brim_gauges_failing/events"] == 1
    assert "brim_events_unnumbered" not in figures
    assert figures["brim_webhook_backlog"] == 0
    await execute(owner_database, "ALTER TABLE gone RENAME TO new_events")
    clock.now_ms += FRESH_MS
    assert shown(await gauges.read())["brim_gauges_failing/events"] == 0


async def test_a_database_that_is_gone_leaves_no_old_figures(each_database: Database, tmp_path: Path) -> None:
    clock = Moment()
    gauges = Gauges(each_database, clock, data_dir=tmp_path)
    await gauges.read()
    await each_database.close()
    clock.now_ms += FRESH_MS
    figures = shown(await gauges.read())
    assert figures["brim_database_up"] == 0
    assert [name for name in figures if name != "brim_database_up" and "build_info" not in name] == []


def test_the_disk_of_an_embedded_database_is_shown(tmp_path: Path) -> None:
    wal = tmp_path / "postgres" / "cluster" / "pg_wal"
    wal.mkdir(parents=True)
    (wal / "archive_status").mkdir()
    (wal / "000000010000000000000001").write_bytes(b"x" * 4096)
    figures = shown(_disk_figures(tmp_path))
    assert figures["brim_wal_bytes"] == 4096
    assert 0 < figures["brim_disk_free_bytes"] < figures["brim_disk_size_bytes"]


def test_the_last_base_backup_is_shown_only_where_brim_makes_backups_of_this_folder(tmp_path: Path) -> None:
    name = "brim_base_backup_timestamp_seconds"
    (tmp_path / "postgres").mkdir()
    assert name not in shown(_disk_figures(tmp_path))
    (tmp_path / "archiving").write_text("/mnt/backup\n")
    assert shown(_disk_figures(tmp_path))[name] == 0
    keep_base_backup(tmp_path, BaseBackup(id="20261129T150405.123Z", place="/mnt/backup", ended_ms=5_000))
    assert shown(_disk_figures(tmp_path))[name] == 5
    (tmp_path / "archiving").write_text("/mnt/another\n")
    assert shown(_disk_figures(tmp_path))[name] == 0
    (tmp_path / "archiving").write_text("/mnt/backup\n")
    forget_base_backup(tmp_path)
    assert shown(_disk_figures(tmp_path))[name] == 0


def test_a_job_is_as_well_as_the_best_worker_and_as_ill_as_the_worst() -> None:
    def worker(seen_ago_ms: int, job: JobState) -> Worker:
        times = {"started_ms": NOW_MS - DAY_MS, "heartbeat_ms": NOW_MS - seen_ago_ms}
        return Worker(id="wrk_1", host="h", pid=1, version="1", jobs=[job], **times)

    figures = shown(
        worker_figures(
            [
                worker(0, JobState(name="seal", last_success_ms=NOW_MS - 2000)),
                worker(1, JobState(name="seal", failing_since_ms=NOW_MS - 90_000, error="x")),
                worker(ALIVE_WITHIN_MS + 1, JobState(name="seal", failing_since_ms=1, error="gone")),
            ],
            now_ms=NOW_MS,
        )
    )
    assert figures == {
        "brim_workers": 2,
        "brim_worker_job_failing_seconds/seal": 90,
        "brim_worker_job_idle_seconds/seal": 2,
    }

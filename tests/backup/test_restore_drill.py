"""The drill of backups, small here; `make restore-drill` runs it with more of everything."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from brim.platform.vault import new_encryption_key
from tests.support.brim_process import RunningBrim, run_brim, start_serving
from tests.support.figures import Figures
from tests.support.restore_drill import RestoreDrill

ROUNDS: Final = int(os.environ.get("DRILL_ROUNDS", "1"))
TOPUPS: Final = int(os.environ.get("DRILL_TOPUPS", "60"))
SEED: Final = int(os.environ.get("DRILL_SEED", "20261129"))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The settings of the backups."""
    return {
        "BRIM_BACKUP_STORE": str(tmp_path / "store"),
        "BRIM_BACKUP_KEY": new_encryption_key(),
        "BRIM_BACKUP_WAL_EVERY": "1s",
    }


@pytest.fixture
def serve(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[[Path], RunningBrim]]:
    """Starts `brim serve` on a data folder."""
    started: list[RunningBrim] = []

    def start(data_dir: Path) -> RunningBrim:
        arguments = ["--workers", "1"]
        brim = start_serving(data_dir, tmp_path / f"{data_dir.name}.log", arguments=arguments, env=environment)
        started.append(brim)
        brim.wait_until_ready()
        return brim

    yield start
    for brim in started:
        brim.close()


@pytest.mark.slow
def test_nothing_told_before_a_moment_is_missing_after_a_restore_to_it(
    short_path: Path, serve: Callable[[Path], RunningBrim], environment: dict[str, str], figures: Figures
) -> None:
    drill = RestoreDrill(short_path, serve, environment, seed=SEED)
    drill.run(rounds=ROUNDS, topups=TOPUPS)
    counts = drill.counts
    for line in counts.rounds:
        figures.tell(line)
    figures.tell(
        f"restore drill, seed {SEED}: {counts.told} top-ups told, {counts.lost} lost, "
        f"{counts.from_the_future} too many, {counts.differences} differences"
    )
    assert (counts.lost, counts.from_the_future, counts.differences) == (0, 0, 0)
    assert drill.brim.stop() == 0

    checked = run_brim("backup", "verify", env=environment)
    assert (checked.returncode, checked.stdout) == (0, "The backups are complete.\n"), checked.stdout + checked.stderr
    _take_the_wal_of_the_last_base_away(drill, Path(environment["BRIM_BACKUP_STORE"]))
    into = str(short_path / "without-wal")
    for command in (["verify"], ["restore", "--at", "latest", "--into", into]):
        refused = run_brim("backup", *command, env=environment)
        assert refused.returncode == 1, command
        assert "restores nothing: its WAL is not in the archive" in refused.stdout + refused.stderr
    assert not Path(into).exists()


def _take_the_wal_of_the_last_base_away(drill: RestoreDrill, store: Path) -> None:
    """Leave a base backup as it would be without its WAL."""
    manifest = drill.archive.manifests()[-1]
    folder = store / "wal" / f"{manifest.timeline:08X}"
    assert folder.is_dir()
    shutil.rmtree(folder)

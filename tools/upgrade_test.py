"""Upgrades data folders that an earlier version wrote under load, and checks that nothing was lost or changed.

`python tools/upgrade_test.py [REVISION]` exports that revision (by default the last one before the ledger was rebuilt),
runs it under load, kills it, and upgrades what it left with this version. `--bench` fills a folder with a million
top-ups instead and measures each migration and its locks, `--locks` those on tables of ten million rows;
`--rolling` replaces the processes of the revision by this version's under load; `--write-fixture FILE` writes a small
folder as SQL.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from upgrading.fixture import write_fixture
from upgrading.lock_bench import measure_locks
from upgrading.many_rows import FIRST_STEP
from upgrading.migration_bench import measure_migrations
from upgrading.rolling import upgrade_rolling
from upgrading.scenario import upgrade_interrupted, upgrade_settled
from upgrading.version import UpgradeError, export, present_version

BEFORE_THE_GENERAL_LEDGER: Final = "c0f2a38"


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("revision", nargs="?", default=BEFORE_THE_GENERAL_LEDGER, help="the earlier version")
    parser.add_argument("--creates", type=int, default=400, help="top-ups created before the kill, and after it")
    parser.add_argument("--bench", action="store_true", help="measure the migrations instead")
    parser.add_argument("--topups", type=int, default=1_000_000, help="with --bench: how many there are")
    parser.add_argument("--locks", action="store_true", help="measure the migrations' locks on tables filled by SQL")
    parser.add_argument("--rows", type=int, default=10_000_000, help="with --locks: how many each table has")
    parser.add_argument("--accounts", type=int, default=100_000, help="with --locks: of how many accounts")
    parser.add_argument(
        "--after", type=int, default=FIRST_STEP, help="with --locks: the last step that is not measured"
    )
    parser.add_argument("--rolling", action="store_true", help="replace the processes under load, from any revision")
    parser.add_argument(
        "--kill", action="store_true", help="with --rolling: kill the processes instead of stopping them"
    )
    parser.add_argument("--postgres", type=Path, metavar="DIR", help="with --rolling: other programs of PostgreSQL")
    parser.add_argument("--write-fixture", type=Path, metavar="FILE", help="write a small folder as SQL instead")
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="brim-upgrade-", dir=arguments.folder) as temporary:
        folder = Path(temporary)
        # Root's database runs as another user, who has to get through to its own folder; he can list nothing here.
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        try:
            _run(arguments, folder)
        except UpgradeError as error:
            print(f"FAILED: {error}")
            return 1
    return 0


def _run(arguments: argparse.Namespace, folder: Path) -> None:
    if arguments.locks:
        measure_locks(folder, rows=arguments.rows, accounts=arguments.accounts, after=arguments.after, say=_say)
        return
    before, after = export(arguments.revision, folder / "before"), present_version()
    if arguments.write_fixture:
        write_fixture(before, folder, arguments.write_fixture, say=_say)
    elif arguments.rolling:
        upgrade_rolling(
            before,
            after,
            folder,
            creates=arguments.creates,
            is_killed=arguments.kill,
            binaries=arguments.postgres,
            say=_say,
        )
    elif arguments.bench:
        measure_migrations(before, after, folder, topups=arguments.topups, say=_say)
    else:
        upgrade_settled(before, after, folder, creates=arguments.creates, say=_say)
        upgrade_interrupted(before, after, folder, creates=arguments.creates, say=_say)


_BEGAN: Final = time.monotonic()


def _say(sentence: str) -> None:
    print(f"{time.monotonic() - _BEGAN:7.1f} s  {sentence}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

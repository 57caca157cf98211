"""The Unix socket of the embedded PostgreSQL: where it lies, its URLs, and whether anybody answers there.

The path of a socket is short by law of the system, and a data folder's path need not be; then the socket lies in a
private folder among the temporary ones.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Final, TypeGuard
from urllib.parse import quote

from brim.base.errors import BrimError
from brim.host.database_passwords import Passwords
from brim.host.database_urls import DatabaseUrls

OWNER: Final = "brim"
"""The superuser of the embedded database: used for migrations and the service role's upkeep, and by nobody else."""

SERVICE_ROLE: Final = "brim_service"
"""Whom API processes, the worker and the command line connect as."""

DATABASE: Final = "postgres"
_WHATEVER_THE_ENVIRONMENT_SAYS: Final = (
    "port=5432&sslmode=disable&sslnegotiation=postgres&target_session_attrs=any&gsslib=gssapi"
)
"""What asyncpg would else take from PGPORT, PGSSLMODE, PGSSLNEGOTIATION, PGTARGETSESSIONATTRS and PGGSSLIB; the rest of
a URL answers its other variables. Whoever starts Brim may have them for a database of their own."""

_SOCKET_NAME: Final = ".s.PGSQL.5432"
_MAX_PATH_BYTES: Final = 103
"""Linux allows 107 and macOS 103."""

_TEMPORARY_PREFIX: Final = "brim-socket-"
_ANSWER_WITHIN_S: Final = 5.0
# Source: PostgreSQL documentation, "Message Formats": StartupMessage (protocol 3.0), Terminate, Authentication.
_STARTUP: Final = b"\0\x03\0\0user\0" + OWNER.encode() + b"\0database\0" + DATABASE.encode() + b"\0\0"
_TERMINATE: Final = b"X\0\0\0\x04"
_AUTHENTICATION: Final = b"R"


class NoSocketFolderError(BrimError):
    """Every folder that the socket could lie in has too long a path."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The path {folder} is too long for the database's socket, and so are those of the temporary folders. "
            "Choose a shorter one with --data-dir."
        )


def socket_urls(folder: Path, passwords: Passwords | None) -> DatabaseUrls:
    """Return the URLs of the database whose socket is in a folder; no passwords where an earlier version runs it."""
    place = f"/{DATABASE}?{_WHATEVER_THE_ENVIRONMENT_SAYS}&host={quote(str(folder), safe='/')}"
    owner, service = (f":{passwords.owner}", f":{passwords.service}") if passwords else ("", "")
    return DatabaseUrls(
        owner=f"postgresql://{OWNER}{owner}@{place}",
        service=f"postgresql://{SERVICE_ROLE}{service}@{place}",
        service_role=SERVICE_ROLE,
    )


def make_socket_folder(preferred: Path) -> Path:
    """Make and return a folder that only we may enter: the one preferred, or a temporary one if its path is long.

    Raises:
        NoSocketFolderError: all paths are too long.
    """
    if _fits(preferred):
        preferred.mkdir(mode=0o700, exist_ok=True)
        return preferred
    for parent in _temporary_folders():
        folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY_PREFIX, dir=parent))
        if _fits(folder):
            return folder
        folder.rmdir()
    raise NoSocketFolderError(preferred)


def is_temporary(folder: Path | None) -> TypeGuard[Path]:
    """Tell whether `make_socket_folder` made this folder among the temporary ones, so that it is ours to remove."""
    return folder is not None and folder.parent in _temporary_folders() and folder.name.startswith(_TEMPORARY_PREFIX)


async def accepts_connections(folder: Path) -> bool:
    """Tell whether the server would let somebody in: it asks for a password, which it does not while it starts."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(folder / _SOCKET_NAME))
    except OSError:
        return False
    try:
        writer.write((len(_STARTUP) + 4).to_bytes(4, "big") + _STARTUP)
        answer = await asyncio.wait_for(reader.read(1), _ANSWER_WITHIN_S)
        writer.write(_TERMINATE)
    except OSError:  # TimeoutError is one too
        return False
    else:
        return answer == _AUTHENTICATION
    finally:
        writer.close()


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / _SOCKET_NAME)) <= _MAX_PATH_BYTES


def _temporary_folders() -> list[Path]:
    return [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108  mkdtemp makes a private one in it

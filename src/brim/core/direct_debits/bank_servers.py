"""Connects to the SFTP servers that profiles name, with credentials from a folder on this machine.

`FOLDER/ACCOUNT/USER@HOST/` has what one platform shows one server as one user: `key` with its `passphrase`, or
`password`; each may be `NAME_command` instead, a command that prints it. So a profile that names another server, or is
another platform's, finds nothing there, and a server for which nothing is kept is never connected to.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from brim.core.originators import Originator
from brim.core.rails.ach import Authentication, SftpFolder, algorithms_of, fingerprint_of
from brim.platform.setting_sources import SecretSourceError, run_secret_command
from brim.platform.sftp import (
    Address,
    Credentials,
    HostKeys,
    Patience,
    RemoteFolders,
    SftpLoginError,
    connected,
)

CREDENTIALS_FOLDER: Final = "sftp"
"""The folder of credentials in the data folder, unless the setting names another."""

_DIRECTIONS: Final = ("outgoing", "incoming")


class BankServers:
    """Connects to banks' SFTP servers.

    Args:
        credentials: the folder of credentials; None for nobody's.
        patience: how long a server may take.
    """

    def __init__(self, credentials: Path | None, patience: Patience | None = None) -> None:
        self._credentials = credentials
        self._patience = patience or Patience()

    @asynccontextmanager
    async def reach(self, originator: Originator, folder: SftpFolder) -> AsyncIterator[RemoteFolders]:
        """Log in to the server of a folder in an originator's profile.

        Raises:
            SftpLoginError: nothing is kept for it here, or it does not let Brim in.
            HostKeyChangedError, SftpUnavailableError, SftpRefusedError: see `platform.sftp`.
        """
        profile = originator.profile
        credentials = await asyncio.to_thread(
            read_credentials, self._credentials, originator.scope.account, folder, profile.sftp_authentication
        )
        host_keys = HostKeys(
            [fingerprint_of(each) for each in profile.sftp_host_keys], algorithms_of(profile.sftp_host_keys)
        )
        address = Address(folder.user, folder.host, folder.port)
        async with connected(address, credentials, host_keys, self._patience) as remote:
            yield remote


def read_credentials(
    credentials: Path | None, account: str, folder: SftpFolder, authentication: Authentication
) -> Credentials:
    """Return the credentials kept for one user of one server.

    Raises:
        SftpLoginError: it is not there, or cannot be read.
    """
    if credentials is None:
        raise SftpLoginError("The setting SFTP_CREDENTIALS isn't set, so Brim can't log in to any bank's server.")
    place = credentials / account / folder.address
    by_key = authentication is not Authentication.PASSWORD
    by_password = authentication is not Authentication.KEY
    private_key = _read_secret(place, "key") if by_key else None
    password = _read_secret(place, "password") if by_password else None
    if by_key and private_key is None:
        raise SftpLoginError(f"The private key for {folder.address} is missing: {place / 'key'}.")
    if by_password and password is None:
        raise SftpLoginError(f"The password for {folder.address} is missing: {place / 'password'}.")
    passphrase = _read_secret(place, "passphrase") if by_key else None
    return Credentials(private_key=private_key, passphrase=passphrase, password=password)


def _read_secret(place: Path, name: str) -> str | None:
    """Return a secret from its file, or as its command prints it; None if there is neither."""
    command = place / f"{name}_command"
    try:
        if command.is_file():
            return run_secret_command(str(command), command.read_text(encoding="utf-8"))
        text = (place / name).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except SecretSourceError as error:
        raise SftpLoginError(str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SftpLoginError(f"{place / name} cannot be read: {reason}.") from None
    return text if name == "key" else text.removesuffix("\n").removesuffix("\r")


@contextmanager
def one_at_a_time(records: Path, direction: str) -> Iterator[bool]:
    """Take the lock on an originator's exchange in a direction for the block; yield whether it was free.

    The lock is in the records folder, so it holds on all hosts that have it, and ends with the process.

    Raises:
        OSError: the folder is not there, or cannot be written to.
    """
    if direction not in _DIRECTIONS:
        raise ValueError(direction)
    descriptor = os.open(records / f".brim-{direction}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)

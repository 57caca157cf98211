"""Connections to other people's SFTP servers: identified by pinned host keys, with a time limit on every step.

A server that does not present a pinned key is told nothing, not even the user name. Whatever goes wrong is one of a
few errors that say whether it may pass by itself. The library is loaded when the first connection is made.
"""

import asyncio
import stat
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec

from brim.base.errors import BrimError

if TYPE_CHECKING:
    import asyncssh

# ruff: noqa: PLC0415  the library takes a quarter of a second to load, and only who exchanges files by SFTP needs it

_CHUNK: Final = 256 * 1024
"""Bytes that are read or written within one step's time."""
_KEEPALIVE_S: Final = 15.0


class SftpError(BrimError):
    """A server cannot be used.

    `trouble` is what is wrong, in a word or two; `is_passing` tells whether that may resolve by itself.
    """

    trouble = "server"
    is_passing = False


class HostKeyChangedError(SftpError):
    """The server has presented a host key that is not pinned; nothing was sent to it."""

    trouble = "host key"

    def __init__(self, host: str, *, pinned: Sequence[str], shown: str) -> None:
        super().__init__(
            f"The host key of {host} is not one that the profile names. It presented {shown}; the profile has "
            f"{', '.join(pinned)}. Nothing is sent to it or read from it. Ask the bank, not through this server, "
            "whether it has changed its key; if it has, add the new one to the profile."
        )
        self.shown = shown


class SftpLoginError(SftpError):
    """The server refuses the login, or Brim has no credentials for it."""

    trouble = "login"


class SftpUnavailableError(SftpError):
    """The server cannot be reached, does not answer in time, or has cut the connection."""

    trouble = "connection"
    is_passing = True


class SftpRefusedError(SftpError):
    """The server refuses a request, for a reason such as permissions or a full disk."""

    trouble = "refusal"


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials for a server: a private key in its file's format, and its passphrase, or a password."""

    private_key: str | None = None
    passphrase: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return "Credentials(hidden)"


class Address(NamedTuple):
    """Where a server answers, and as whom."""

    user: str
    host: str
    port: int


class HostKeys(NamedTuple):
    """The pinned host keys of a server: SHA256 fingerprints, and the algorithms to request, none for any."""

    fingerprints: Sequence[str]
    algorithms: Sequence[str] = ()


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How many seconds connecting, logging in and each later step (a request or a chunk of a file) may take."""

    connect_s: float = 15.0
    login_s: float = 20.0
    step_s: float = 30.0


class RemoteFile(NamedTuple):
    """A file as a server lists it: its size in bytes, and when it was changed in Unix seconds, where it says so."""

    name: str
    size: int | None
    changed: int | None
    is_regular: bool = True


class RemoteFolders:
    """A server that was logged into. Paths are those of `SftpFolder`."""

    def __init__(self, client: "asyncssh.SFTPClient", host: str, patience: Patience) -> None:
        self._client = client
        self._host = host
        self._patience = patience

    async def list_files(self, path: str) -> list[RemoteFile]:
        """Return what is in a folder, in the order of names.

        Raises:
            SftpError: it cannot be listed.
        """
        async with self._step(f"list {path}", until_s=4 * self._patience.step_s):
            found = await self._client.readdir(path)
        files = [_remote_file(str(each.filename), each.attrs) for each in found]
        return sorted(each for each in files if each.name not in {".", ".."})

    async def find_file(self, path: str) -> RemoteFile | None:
        """Return what the server lists for a file; None if there is none of that name."""
        import asyncssh

        async with self._step(f"look at {path}"):
            try:
                attrs = await self._client.stat(path)
            except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                return None
        return _remote_file(path.rpartition("/")[2], attrs)

    async def read_file(self, path: str, *, most: int) -> bytes | None:
        """Return at most `most` + 1 bytes of a file; None if there is none of that name."""
        import asyncssh

        content = bytearray()
        async with self._step(f"open {path}"):
            try:
                opened = await self._client.open(path, asyncssh.FXF_READ, encoding=None)
            except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                return None
        while len(content) <= most:
            async with self._step(f"read {path}"):
                piece = cast("bytes", await opened.read(min(_CHUNK, most + 1 - len(content)), len(content)))
            if not piece:
                break
            content += piece
        async with self._step(f"close {path}"):
            await opened.close()
        return bytes(content)

    async def write_file(self, path: str, content: bytes) -> None:
        """Write a file from its beginning, over what is already there: the same bytes go to the same offsets.

        Raises:
            SftpError: not all of it was written.
        """
        import asyncssh

        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT
        async with self._step(f"write {path}"):
            opened = await self._client.open(path, flags, encoding=None)
        for start in range(0, len(content), _CHUNK):
            async with self._step(f"write {path}"):
                await opened.write(content[start : start + _CHUNK], start)
        async with self._step(f"write {path}"):
            with suppress(asyncssh.SFTPOpUnsupported):  # a server that knows no such request keeps files as it does
                await opened.fsync()
            await opened.close()

    async def rename_file(self, path: str, new: str) -> None:
        """Give a file another name; most servers refuse one that is taken.

        Raises:
            SftpError: it is not known to have been done.
        """
        async with self._step(f"rename {path}"):
            await self._client.rename(path, new)

    async def remove_file(self, path: str) -> None:
        """Remove a file, if it is there.

        Raises:
            SftpError: it may not be removed.
        """
        import asyncssh

        async with self._step(f"remove {path}"):
            with suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                await self._client.remove(path)

    @asynccontextmanager
    async def _step(self, doing: str, *, until_s: float | None = None) -> AsyncIterator[None]:
        """Run a step within its time limit, and name it in any error."""
        import asyncssh

        try:
            async with asyncio.timeout(until_s or self._patience.step_s):
                yield
        except TimeoutError:
            raise SftpUnavailableError(f"{self._host} has not answered in time: {doing}.") from None
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError, OSError) as error:
            raise SftpUnavailableError(f"{self._host} has cut the connection: {doing} ({_said(error)}).") from None
        except asyncssh.SFTPError as error:
            raise SftpRefusedError(f"{self._host} refuses to {doing}: {_said(error)}.") from None
        except asyncssh.Error as error:
            raise SftpUnavailableError(f"{self._host} could not {doing} ({_said(error)}).") from None


@asynccontextmanager
async def connected(
    address: Address, credentials: Credentials, host_keys: HostKeys, patience: Patience
) -> AsyncIterator[RemoteFolders]:
    """Log in to a server that presents a pinned host key; the connection ends with the block, whatever happens in it.

    Raises:
        HostKeyChangedError: it shows another one.
        SftpLoginError: it does not let Brim in, or the private key cannot be read.
        SftpUnavailableError: it cannot be reached.
        SftpRefusedError: it offers no SFTP.
    """
    import asyncssh

    asyncssh.set_log_level("WARNING")
    client_class, shown = _pinning(host_keys.fingerprints)
    options = _options(credentials, host_keys, patience)
    connection: asyncssh.SSHClientConnection | None = None
    host = address.host
    try:
        try:
            async with asyncio.timeout(patience.connect_s + patience.login_s):
                connection = await asyncssh.connect(
                    host, address.port, username=address.user, client_factory=client_class, **options
                )
                client = await connection.start_sftp_client(path_encoding="utf-8", path_errors="surrogateescape")
        except asyncssh.PermissionDenied:
            raise SftpLoginError(
                f"{host} refuses {address.user}'s login with the credentials in the folder of SFTP_CREDENTIALS."
            ) from None
        except asyncssh.HostKeyNotVerifiable as error:
            what = shown[-1] if shown else _said(error)
            raise HostKeyChangedError(host, pinned=host_keys.fingerprints, shown=what) from None
        except (asyncssh.ChannelOpenError, asyncssh.SFTPError) as error:
            raise SftpRefusedError(f"{host} offers no SFTP to {address.user}: {_said(error)}.") from None
        except TimeoutError:
            raise SftpUnavailableError(f"{host}, port {address.port}, has not answered in time.") from None
        except (asyncssh.Error, OSError) as error:
            raise SftpUnavailableError(f"{host}, port {address.port}, cannot be reached: {_said(error)}.") from None
        yield RemoteFolders(client, host, patience)
    finally:
        if connection is not None:
            connection.abort()  # unconfirmed steps do not count, so there is nothing to wait for


_ALGORITHMS: Final = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""The key types requested from a server whose pin is only a fingerprint: keys, never certificates."""


def _options(credentials: Credentials, host_keys: HostKeys, patience: Patience) -> dict[str, Any]:
    """Return how to connect: with these keys, and nothing from the home of the user that runs this.

    Raises:
        SftpLoginError: the private key cannot be read.
    """
    import asyncssh

    methods = []
    keys = None
    if credentials.private_key is not None:
        methods.append("publickey")
        try:
            keys = [asyncssh.import_private_key(credentials.private_key, credentials.passphrase)]
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise SftpLoginError(f"The private key for the bank's server cannot be read: {_said(error)}.") from None
    if credentials.password is not None:
        methods += ["password", "keyboard-interactive"]
    return {
        "config": None,
        "agent_path": None,
        "known_hosts": ([], [], []),  # all are asked about: see `_pinning`
        "x509_trusted_certs": None,
        "server_host_key_algs": list(host_keys.algorithms or _ALGORITHMS),
        "client_keys": keys,
        "password": credentials.password,
        "preferred_auth": methods,
        "gss_host": None,
        "connect_timeout": patience.connect_s,
        "login_timeout": patience.login_s,
        "keepalive_interval": _KEEPALIVE_S,
    }


def _pinning(pinned: Collection[str]) -> "tuple[type[asyncssh.SSHClient], list[str]]":
    """Return a client that accepts only pinned host keys, and the list of fingerprints that it was shown."""
    import asyncssh

    shown: list[str] = []

    class Pinning(asyncssh.SSHClient):
        def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
            shown.append(key.get_fingerprint())
            return shown[-1] in pinned

    return Pinning, shown


def _said(error: BaseException) -> str:
    """Return what an error says, as part of a sentence."""
    text = " ".join(str(error).split()).rstrip(".")
    return text or "no reason given"


def _remote_file(name: str, attrs: "asyncssh.SFTPAttrs") -> RemoteFile:
    is_regular = attrs.permissions is None or stat.S_IFMT(attrs.permissions) in {0, stat.S_IFREG}
    return RemoteFile(name, attrs.size, int(attrs.mtime) if attrs.mtime is not None else None, is_regular)

"""A bank's SFTP server: Debian's sshd on a free port, with keys and folders of a test's own, and a line that fails."""

import asyncio
import os
import pwd
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from brim.core.rails.ach import fingerprint_of
from brim.platform.sftp import Patience
from tests.support.ports import free_port

SSHD: Final = "/usr/sbin/sshd"
SFTP_SERVER: Final = "/usr/lib/openssh/sftp-server"
USER: Final = pwd.getpwuid(os.getuid()).pw_name
SOON: Final = Patience(connect_s=5.0, login_s=5.0, step_s=5.0)
HASTY: Final = Patience(connect_s=0.5, login_s=0.5, step_s=0.5)
"""For servers that never answer."""

needs_sshd = pytest.mark.skipif(
    not (os.access(SSHD, os.X_OK) and os.access(SFTP_SERVER, os.X_OK)),
    reason="sshd is not installed (Debian's openssh-server)",
)


class KeyPair(NamedTuple):
    """A private key in OpenSSH's format, and the line of its public key."""

    private: str
    public: str

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.public)


def make_key(passphrase: str | None = None) -> KeyPair:
    key = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, encryption).decode()
    return KeyPair(private, key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())


class SftpServer:
    """An sshd that lets one key in, as whoever runs the tests. `command` is what a login runs."""

    def __init__(self, folder: Path, *, command: str = SFTP_SERVER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.host_key = make_key()
        self.client_key = make_key()
        self._command = command
        self._process: subprocess.Popen[str] | None = None

    @property
    def fingerprint(self) -> str:
        return self.host_key.fingerprint

    def url(self, folder: Path, *, port: int | None = None) -> str:
        return f"sftp://{USER}@127.0.0.1:{port or self.port}{folder}"

    def keep_credentials(self, credentials: Path, account: str, key: KeyPair | None = None) -> None:
        """Put the key into a folder of credentials, for a platform."""
        place = credentials / account / f"{USER}@127.0.0.1"
        place.mkdir(parents=True, exist_ok=True)
        (place / "key").write_text((key or self.client_key).private, encoding="ascii")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self._put("host_key", self.host_key.private)
        self._put("authorized_keys", f"{self.client_key.public}\n")
        config = {
            "Port": self.port,
            "ListenAddress": "127.0.0.1",
            "HostKey": self.folder / "host_key",
            "AuthorizedKeysFile": self.folder / "authorized_keys",
            "AuthenticationMethods": "publickey",
            "PermitRootLogin": "prohibit-password",
            "PidFile": "none",
            "StrictModes": "no",
            "UsePAM": "no",
            "MaxStartups": "100",
            "Subsystem": f"sftp {self._command}",
        }
        self._put("sshd_config", "".join(f"{name} {value}\n" for name, value in config.items()))
        self._process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(self.folder / "sshd_config")], stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        said = []
        for line in self._process.stderr:
            said.append(line)
            if "Server listening" in line:
                return
        pytest.fail(f"sshd has ended: {''.join(said)}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            assert self._process.stderr is not None
            self._process.stderr.close()
            self._process = None

    def change_host_key(self) -> str:
        """Answer with another key from now on, and return its fingerprint."""
        self.stop()
        self.host_key = make_key()
        self.start()
        return self.fingerprint

    def _put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="ascii")


@contextmanager
def sftp_server(folder: Path, **options: Any) -> Iterator[SftpServer]:
    """Yield a server that runs."""
    server = SftpServer(folder, **options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def limited_command(folder: Path, most_bytes: int) -> str:
    """Return a command that serves files as long as none is longer than that, as on a disk that is full."""
    script = folder / "limited-sftp-server"
    script.write_text(f"#!/bin/sh\ntrap '' XFSZ\nulimit -f {most_bytes // 512}\nexec {SFTP_SERVER}\n", encoding="ascii")
    script.chmod(0o700)
    return str(script)


class Line:
    """A way to a server that is cut after so many bytes up or down, or passes nothing on at all."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self.up: int | None = None
        """How many bytes of the client pass in one connection; None for all."""
        self.down: int | None = None
        self.hangs = False
        self.passed = {"up": 0, "down": 0}
        """How many bytes of the last connection have passed."""
        self.connections = 0
        self._held: list[asyncio.StreamWriter] = []

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.passed = {"up": 0, "down": 0}
        self._held.append(writer)
        if self.hangs:
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._held.append(back)
        ways = [
            asyncio.create_task(self._pass_on(reader, back, "up", self.up)),
            asyncio.create_task(self._pass_on(there, writer, "down", self.down)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for each in (writer, back):
            each.transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str, most: int | None
    ) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                if most is not None:
                    piece = piece[: most - self.passed[way]]
                writer.write(piece)
                await writer.drain()
                self.passed[way] += len(piece)
                if most is not None and self.passed[way] >= most:
                    writer.write_eof()
                    await asyncio.sleep(0)
                    return

    def drop_all(self) -> None:
        for each in self._held:
            each.transport.abort()


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    """Yield a way to a server on this machine."""
    line = Line(port)
    listening = await asyncio.start_server(line.meet, "127.0.0.1", 0)
    line.port = listening.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        listening.close()
        line.drop_all()
        await listening.wait_closed()

"""Logging into servers that want a password, a key with a passphrase, or both; one that is not pinned hears nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest
import pytest_asyncio

from brim.platform.sftp import (
    Address,
    Credentials,
    HostKeyChangedError,
    HostKeys,
    Patience,
    SftpLoginError,
    connected,
)
from tests.support.sftp_server import make_key

SOON = Patience(connect_s=5.0, login_s=5.0, step_s=5.0)
HOST_KEY = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
PINNED = HostKeys([HOST_KEY.get_fingerprint()])
CLIENT_KEY = make_key(passphrase="open it")
PASSWORD = "the right one"


class Bank(asyncssh.SSHServer):
    """Lets `brim` in with a password, and `both` with a key first."""

    heard: list[str]

    def __init__(self) -> None:
        self._has_key = False

    def begin_auth(self, username: str) -> bool:
        self.heard.append(username)
        self._username = username
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "keyed" and key.export_public_key().decode().split()[:2] == CLIENT_KEY.public.split()[:2]

    def validate_password(self, username: str, password: str) -> bool:
        self.heard.append(password)
        return username == "brim" and password == PASSWORD


@pytest_asyncio.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    Bank.heard = []
    (tmp_path / "out").mkdir()
    listening = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[HOST_KEY],
        server_factory=Bank,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(tmp_path).encode()),
    )
    async with listening:
        yield listening.get_port()


@pytest.mark.parametrize(
    ("user", "credentials"),
    [
        ("brim", Credentials(password=PASSWORD)),
        ("keyed", Credentials(private_key=CLIENT_KEY.private, passphrase="open it")),
        ("brim", Credentials(private_key=make_key().private, password=PASSWORD)),
    ],
)
async def test_who_shows_what_is_wanted_reads_and_writes(port: int, user: str, credentials: Credentials) -> None:
    async with connected(Address(user, "127.0.0.1", port), credentials, PINNED, SOON) as remote:
        await remote.write_file("/out/.x.part", b"whole")
        await remote.rename_file("/out/.x.part", "/out/x")
        assert await remote.read_file("/out/x", most=100) == b"whole"
        assert await remote.read_file("/out/x", most=2) == b"who"
        assert await remote.read_file("/out/y", most=2) is None
        assert [each.name for each in await remote.list_files("/out")] == ["x"]
        await remote.remove_file("/out/x")
        await remote.remove_file("/out/x")
        assert await remote.find_file("/out/x") is None


@pytest.mark.parametrize(
    ("user", "credentials", "reason"),
    [
        ("brim", Credentials(password="a wrong one"), "refuses brim's login"),
        ("keyed", Credentials(private_key=make_key().private), "refuses keyed's login"),
        ("keyed", Credentials(private_key=CLIENT_KEY.private, passphrase="wrong"), "private key .* cannot be read"),
        ("keyed", Credentials(private_key="no key"), "private key .* cannot be read"),
    ],
)
async def test_who_is_not_let_in_is_told_why_without_the_secret(
    port: int, user: str, credentials: Credentials, reason: str
) -> None:
    with pytest.raises(SftpLoginError, match=reason) as refused:
        async with connected(Address(user, "127.0.0.1", port), credentials, PINNED, SOON):
            pass
    assert "wrong" not in str(refused.value)


async def test_a_server_whose_key_is_not_pinned_hears_neither_who_asks_nor_a_password(port: int) -> None:
    other = make_key()
    credentials = Credentials(password=PASSWORD)
    for host_keys in (HostKeys([other.fingerprint]), HostKeys([])):
        with pytest.raises(HostKeyChangedError) as refused:
            async with connected(Address("brim", "127.0.0.1", port), credentials, host_keys, SOON):
                pass
        assert HOST_KEY.get_fingerprint() in str(refused.value)
    assert Bank.heard == []

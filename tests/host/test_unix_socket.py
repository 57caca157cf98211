"""The Unix socket: ours alone, replaced when stale, and never taken from another program."""

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from brim.host.unix_socket import (
    CannotListenAtPathError,
    SocketPathTooLongError,
    SocketTakenError,
    open_unix_listener,
    removed_afterwards,
    wait_for_unix_listener,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def test_only_the_user_who_serves_may_connect(path: Path) -> None:
    with open_unix_listener(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_is_gone_afterwards(path: Path) -> None:
    with removed_afterwards(open_unix_listener(path)):
        assert path.exists()
    assert not path.exists()


def test_a_file_that_another_program_has_put_there_meanwhile_stays(path: Path) -> None:
    with removed_afterwards(open_unix_listener(path)):
        path.rename(path.with_name("moved"))
        path.write_text("not ours")
    assert path.read_text() == "not ours"


def test_a_socket_left_by_a_killed_process_is_replaced(path: Path) -> None:
    open_unix_listener(path).close()
    with open_unix_listener(path), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_a_socket_in_use_is_named(path: Path) -> None:
    with open_unix_listener(path), pytest.raises(SocketTakenError, match=str(path)):
        open_unix_listener(path)


async def test_a_socket_in_use_is_waited_for(path: Path) -> None:
    taken = open_unix_listener(path)
    asyncio.get_running_loop().call_later(0.05, taken.close)
    with await wait_for_unix_listener(path, patience_s=60.0) as listener:
        assert listener.getsockname() == str(path)


def test_a_file_of_another_kind_is_left_alone(path: Path) -> None:
    path.write_text("precious")
    with pytest.raises(CannotListenAtPathError, match="another kind"):
        open_unix_listener(path)
    assert path.read_text() == "precious"


def test_a_folder_that_is_missing_is_told(path: Path) -> None:
    with pytest.raises(CannotListenAtPathError, match="No such file"):
        open_unix_listener(path / "nowhere" / "s")


def test_a_path_that_no_system_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SocketPathTooLongError, match="103 bytes"):
        open_unix_listener(tmp_path / ("x" * 104))

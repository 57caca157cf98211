"""Sockets that systemd passes on: served by `brim api`, and refused where they are none; and the units themselves."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from brim.host.activation import ActivatedSocketError, activated_listeners, own_url_of, tell_ready
from tests.support.brim_process import brim_command, brim_environment
from tests.support.service import Server, serving
from tests.support.wire import Wire

UNITS = Path(__file__).parents[2] / "packaging" / "systemd"
MOST_EXPOSED = 20
"""Tenths of the scale of systemd-analyze(1), where 100 is unprotected; below 20 is its best word, OK."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ, reason="systemd is not installed"
)


@needs_systemd
def test_the_api_serves_on_the_socket_that_systemd_opened(server: Server, tmp_path: Path) -> None:
    def command(port: int) -> list[str]:
        own = {"BRIM_PORT": "1", "BRIM_DATABASE_URL": server.database_url, "NOTIFY_SOCKET": f"@brim-{os.getpid()}"}
        variables = [f"--setenv={name}={value}" for name, value in brim_environment(own).items()]
        return ["systemd-socket-activate", *variables, f"--listen=127.0.0.1:{port}", *brim_command("api")]

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0brim-{os.getpid()}")
        with serving(command, brim_environment(), tmp_path / "api.log") as url:
            assert Wire(url, server.test_key).get("/v1/balance").status == 200
        assert systemd.recv(64, socket.MSG_DONTWAIT) == b"READY=1"


def test_sockets_of_another_process_are_left_alone() -> None:
    environ = {"LISTEN_PID": str(os.getpid() + 1), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "x", "OTHER": "1"}
    assert activated_listeners(environ) == []
    assert environ == {"OTHER": "1"}, "no child takes them for its own"
    assert activated_listeners({}) == []


def test_systemd_is_told_by_its_socket_in_the_file_system_and_once(tmp_path: Path) -> None:
    environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "OTHER": "1"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(environ["NOTIFY_SOCKET"])
        tell_ready(environ)
        tell_ready(environ)
        assert systemd.recv(64) == b"READY=1"
        with pytest.raises(BlockingIOError):
            systemd.recv(64, socket.MSG_DONTWAIT)
    assert environ == {"OTHER": "1"}, "no child answers"


def test_what_is_no_listening_socket_is_refused_by_number(tmp_path: Path) -> None:
    script = (
        "import os, socket, sys\n"
        "from brim.host.activation import activated_listeners\n"
        "os.dup2(int(sys.argv[1]), 3)\n"
        "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')\n"
        "try: activated_listeners()\n"
        "except Exception as error: print(type(error).__name__, error.message)\n"
    )
    python = brim_command("api")[0]
    not_listening = socket.socket()
    with (tmp_path / "file").open("w") as file, not_listening:
        for passed in (file.fileno(), not_listening.fileno()):
            command = [python, "-c", script, str(passed)]
            done = subprocess.run(command, pass_fds=[passed], capture_output=True, text=True, check=True)
            assert done.stdout.startswith(f"{ActivatedSocketError.__name__} File descriptor 3,")


def test_our_own_url_is_that_of_the_first_tcp_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as local, socket.create_server(("127.0.0.1", 0)) as listener:
        local.bind(str(tmp_path / "s"))
        assert own_url_of([local, listener]) == f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert own_url_of([local]) == "http://localhost"


@needs_systemd
def test_the_units_are_right_and_leave_little_open(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():  # the program is not installed where tests run
        text = unit.read_text(encoding="utf-8").replace("/opt/brim/bin/brim", "/bin/true")
        (tmp_path / unit.name.replace("@.", "@1.")).write_text(text, encoding="utf-8")
    units = sorted(tmp_path.iterdir())
    checked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert [line for line in checked.stderr.splitlines() if "brim" in line] == []
    for service in (unit for unit in units if unit.suffix == ".service"):
        measured = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", service],
            capture_output=True,
            text=True,
            check=False,
        )
        assert measured.returncode == 0, measured.stdout + measured.stderr
        assert re.search(r"exposure level for \S+: [01]\.\d OK", measured.stdout)

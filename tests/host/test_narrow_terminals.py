"""No command ends because its output has a character that the terminal's encoding lacks."""

import socket
import subprocess
from urllib.parse import urlsplit

import pytest

from tests.support.brim_process import RunningBrim, brim_command, brim_environment, run_brim
from tests.support.service import Server
from tests.support.stripe_cli import RunningCli
from tests.support.wire import Wire

NARROW = ("ascii", "latin-1", "cp1252", "ascii:strict")
NAME = "касса ✓"


@pytest.mark.parametrize("encoding", NARROW)
def test_what_an_encoding_lacks_is_escaped(shared_brim: RunningBrim, encoding: str) -> None:
    here = ("--data-dir", str(shared_brim.data_dir))
    assert run_brim("keys", "create", "--name", NAME, *here).returncode == 0
    run = run_brim("keys", "list", *here, env={"PYTHONIOENCODING": encoding})
    assert (run.returncode, run.stderr) == (0, "")
    assert NAME in run.stdout or NAME.encode("ascii", "backslashreplace").decode() in run.stdout


@pytest.mark.parametrize("encoding", NARROW)
def test_a_refusal_is_told_too(encoding: str) -> None:
    run = run_brim("keys", "list", "--database-url", "nonsense://é✓", env={"PYTHONIOENCODING": encoding})
    assert run.returncode != 0
    assert "UnicodeEncodeError" not in run.stderr


@pytest.mark.parametrize("encoding", NARROW)
@pytest.mark.parametrize("output", ["text", "json"])
def test_requests_are_followed_past_one_that_says_such_a_thing(
    server: Server, wire: Wire, key: str, encoding: str, output: str
) -> None:
    arguments = ("logs", "tail", "--format", output, "--api-base", server.url, "--api-key", key)
    with RunningCli(brim_command(*arguments), brim_environment({"PYTHONIOENCODING": encoding})) as command:
        command.wait_for("Ready.")
        _ask(server.url, key, f"/v1/topups/{NAME.replace(' ', '')}")
        wire.get("/v1/topups/the_last_one")
        command.wait_for("the_last_one")
    assert command.process.returncode == 0


def _ask(url: str, key: str, path: str) -> None:
    """Send a request for a path that no client library would send as it is."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {key}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        while connection.recv(4096):
            pass


def test_a_closed_output_ends_no_command_badly(shared_brim: RunningBrim) -> None:
    command = subprocess.run(
        ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *brim_command("verify", "--data-dir", str(shared_brim.data_dir))],
        env=brim_environment(),
        check=False,
        timeout=60,
    )
    assert command.returncode == 0

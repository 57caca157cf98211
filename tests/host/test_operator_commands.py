"""Who may sign in: the link that `brim serve` shows, and the commands."""

import asyncio
import os
import pty
import re
import select
import subprocess
from collections.abc import Callable

import asyncpg
import pytest

from tests.support.brim_process import RunningBrim, brim_command, brim_environment, run_brim

PASSWORD = "analytical engine 1843"
EMAIL = "ada@example.com"


def _run(*arguments: str, typed: str | None = None) -> "subprocess.CompletedProcess[str]":
    return run_brim("operators", *arguments, typed=typed or "")


def _succeed(*arguments: str, typed: str | None = None) -> str:
    run = _run(*arguments, typed=typed)
    assert run.returncode == 0, run.stderr
    return run.stdout


def _refused(*arguments: str, typed: str | None = None) -> str:
    run = _run(*arguments, typed=typed)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1, run.stderr
    return run.stderr


def _link_token(brim: RunningBrim) -> str:
    [token] = re.findall(rf"Dashboard  {brim.url}/first-run\?token=(\w{{43}}) ", brim.banner)
    return str(token)


def test_a_link_for_the_first_admin_is_shown_until_there_is_one_and_is_in_no_log(
    start_brim: Callable[..., RunningBrim],
) -> None:
    brim = start_brim()
    first = _link_token(brim)
    here = ("--data-dir", str(brim.data_dir))
    brim.stop()
    brim = start_brim(data_dir=brim.data_dir)
    assert _link_token(brim) != first
    _succeed("add", EMAIL, "--role", "admin", *here, typed=PASSWORD + "\n")
    brim.stop()
    brim = start_brim(data_dir=brim.data_dir)
    assert f"Dashboard  {brim.url}/test/" in brim.banner
    assert "token=" not in brim.banner
    logs = "".join(file.read_text() for file in brim.log_path.parent.glob("*.log"))
    for secret in (first, PASSWORD, "first-run"):
        assert secret not in logs


def test_operators_are_managed_by_command(database_url: str) -> None:
    there = ("--database-url", database_url)
    ada = _succeed("add", EMAIL, "--name", "Ada", "--role", "admin", *there, typed=PASSWORD + "\n").strip()
    assert ada.startswith("op_")
    _succeed("add", "Grace@example.com", *there, typed=PASSWORD + "\n")
    _succeed("add", "linus@example.com", "--no-password", *there)
    lines = [line.split("\t") for line in _succeed("list", *there).splitlines()]
    assert [line[1:5] for line in lines] == [
        [EMAIL, "Ada", "admin", "no"],
        ["grace@example.com", "Grace", "viewer", "no"],
        ["linus@example.com", "linus", "viewer", "no"],
    ]
    assert (
        _succeed("set-role", "GRACE@example.com", "developer", *there)
        == "grace@example.com now has the developer role.\n"
    )
    assert _succeed("disable", "grace@example.com", *there) == "grace@example.com is disabled.\n"
    assert "\tdisabled 20" in _succeed("list", *there)
    assert _succeed("enable", "grace@example.com", *there) == "grace@example.com can sign in again.\n"
    assert "a new password" in _succeed("reset-password", ada, *there, typed=PASSWORD + "!\n")
    assert "without a code" in _succeed("reset-totp", ada, *there)
    told = [line.split("\t") for line in _succeed("log", "--limit", "3", *there).splitlines()]
    assert [line[3] for line in told] == ["operator.codes_reset", "operator.password_set", "operator.enabled"]
    assert told[0][4] == ada


def test_an_operator_is_unbound_by_command(database_url: str) -> None:
    there = ("--database-url", database_url)
    ada = _succeed("add", EMAIL, "--role", "admin", *there, typed=PASSWORD).strip()

    async def bind() -> None:
        conn = await asyncpg.connect(database_url)
        await conn.execute("INSERT INTO operator_identities VALUES ($1, 'https://id.example', 'person-1', 1)", ada)
        await conn.close()

    asyncio.run(bind())
    assert "no longer linked" in _succeed("unbind", EMAIL, *there)
    [told] = [line.split("\t") for line in _succeed("log", "--limit", "1", *there).splitlines()]
    assert told[3:] == ["operator.identity_unbound", ada, "person-1 at https://id.example", "", ""]


@pytest.mark.parametrize(
    ("arguments", "typed", "phrase"),
    [
        (("add", "ada"), PASSWORD, "ada"),
        (("add", "grace@example.com"), "short", "12 characters"),
        (("add", "grace@example.com"), "", "12 characters"),
        (("add", EMAIL), PASSWORD, EMAIL),
        (("disable", EMAIL), None, "last admin"),
        (("set-role", EMAIL, "viewer"), None, "last admin"),
        (("enable", "op_nowhere"), None, "op_nowhere"),
        (("reset-password", EMAIL), EMAIL, "guess"),
        (("unbind", EMAIL), None, "isn't linked"),
        (("unbind", "op_nowhere"), None, "op_nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    database_url: str, arguments: tuple[str, ...], typed: str | None, phrase: str
) -> None:
    there = ("--database-url", database_url)
    _succeed("add", EMAIL, "--role", "admin", *there, typed=PASSWORD)
    assert phrase in _refused(*arguments, *there, typed=typed)


def test_a_password_is_no_argument() -> None:
    assert run_brim("operators", "add", EMAIL, PASSWORD).returncode == 2
    assert run_brim("operators", "add", EMAIL, "--password", PASSWORD).returncode == 2


def test_on_a_terminal_a_password_is_asked_for_twice_and_not_shown(database_url: str) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        brim_command("operators", "add", EMAIL, "--database-url", database_url),
        env=brim_environment(),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,  # without a controlling terminal the prompt falls back to standard input
    )
    os.close(follower)
    try:
        screen = _read_until(leader, b"Password: ")
        os.write(leader, PASSWORD.encode() + b"\n")
        screen += _read_until(leader, b"confirmation: ")
        os.write(leader, PASSWORD.encode() + b"\n")
        screen += _read_until(leader, b"op_")
        assert process.wait(60) == 0
        assert PASSWORD.encode() not in screen
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def _read_until(terminal: int, phrase: bytes) -> bytes:
    """Return what a terminal shows up to a phrase; its end, or a minute of silence, raises."""
    screen = b""
    while phrase not in screen:
        if not select.select([terminal], [], [], 60)[0]:
            raise TimeoutError(screen)
        screen += os.read(terminal, 1024)
    return screen

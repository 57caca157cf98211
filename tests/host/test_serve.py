"""`brim serve` as a person runs it: ready, stopped, killed in every way, and refused with a sentence."""

import asyncio
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from brim.host import confine
from brim.host.data_folder import FORMAT, announced_url
from tests.support.brim_process import (
    RunningBrim,
    brim_command,
    brim_environment,
    descendants,
    read_status_file,
    run_brim,
)
from tests.support.ports import free_port
from tests.support.waiting import until_somebody_waits

_PATIENCE_S: Final = 60.0
_RESTART_WITHIN_S: Final = 30.0
"""Far more than the second it takes: a start that waits for some time-out is found, a busy machine is none."""

StartBrim = Callable[..., RunningBrim]


def _eventually(condition: Callable[[], bool], *, within_s: float = _PATIENCE_S) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_banner_says_what_a_person_needs_next(fresh_brim: RunningBrim) -> None:
    assert re.search(r"sk_test_[0-9A-Za-z]{43}\b", fresh_brim.banner)
    assert (fresh_brim.data_dir / "test_secret_key").read_text().strip() == fresh_brim.test_key
    assert read_status_file(fresh_brim) == {"pid": fresh_brim.pid, "url": fresh_brim.url}
    command = fresh_brim.banner.strip().splitlines()[-1]
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert '"object": "topup"' in run.stdout


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_clean_and_nothing_is_left(start_brim: StartBrim, signal_number: int) -> None:
    brim = start_brim()
    family = descendants(brim.pid)
    assert len(family) >= 3
    assert brim.stop(signal_number) == 0
    assert not [pid for pid in family if _is_alive(pid)]
    assert not (brim.data_dir / "brim.json").exists()
    assert not (brim.data_dir / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_stop_while_the_database_is_being_made_is_clean(start_brim: StartBrim) -> None:
    brim = start_brim(ready=False, fresh=True)
    _eventually((brim.data_dir / "postgres").exists)
    assert brim.stop() == 0
    brim = start_brim(data_dir=brim.data_dir)
    assert brim.stop() == 0


def test_processes_are_started_before_the_database_answers_and_end_with_a_stop(start_brim: StartBrim) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf_database:
        deaf_database.settimeout(_PATIENCE_S)
        url = f"postgresql://brim@127.0.0.1:{deaf_database.getsockname()[1]}/brim"
        brim = start_brim(arguments=["--database-url", url], ready=False)
        asked, _ = deaf_database.accept()
        with asked:
            _eventually(lambda: len(descendants(brim.pid)) >= 2)
            children = [brim.child_pid("worker"), brim.child_pid("api")]
            assert brim.stop() == 0
    assert not [pid for pid in children if _is_alive(pid)]


def test_a_terminal_that_is_closed_ends_the_service(tmp_path: Path) -> None:
    """It once tried to say so on the closed terminal first, failed, and served on with its port and folder taken."""
    ours, theirs = pty.openpty()
    brim = subprocess.Popen(
        ["setsid", "--ctty", *brim_command("serve", "--port", "0", "--data-dir", str(tmp_path / "data"))],
        env=brim_environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while b"curl " not in shown:
        shown += os.read(ours, 65536)
    os.close(ours)
    assert brim.wait(_PATIENCE_S) == 0
    assert announced_url(tmp_path / "data") is None


def test_a_reader_of_the_output_that_has_ended_delays_no_stop(tmp_path: Path) -> None:
    brim = subprocess.Popen(
        brim_command("serve", "--port", "0", "--data-dir", str(tmp_path / "data")),
        env=brim_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert brim.stdout is not None
    shown = b""
    while b"curl " not in shown:
        shown += os.read(brim.stdout.fileno(), 65536)
    brim.stdout.close()
    brim.send_signal(signal.SIGTERM)
    assert brim.wait(_PATIENCE_S) == 0


def test_a_second_start_keeps_key_and_topups(start_brim: StartBrim) -> None:
    first = start_brim()
    topup = first.create_topup()
    first.stop()
    second = start_brim(data_dir=first.data_dir)
    assert second.test_key == first.test_key
    assert second.has_topup(topup)


async def test_requests_in_flight_are_finished_before_a_stop(start_brim: StartBrim) -> None:
    brim = await asyncio.to_thread(start_brim)
    conn = await asyncpg.connect(brim.database_url)
    holding = conn.transaction()
    await holding.start()
    await conn.execute("LOCK TABLE topups IN ACCESS EXCLUSIVE MODE")
    create = asyncio.create_task(asyncio.to_thread(brim.create_topup))
    await until_somebody_waits(brim.database_url)
    brim.process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(_eventually, lambda: "stopping" in brim.log)
    await holding.commit()
    await conn.close()
    topup = await create
    assert await asyncio.to_thread(brim.wait) == 0
    again = await asyncio.to_thread(lambda: start_brim(data_dir=brim.data_dir))
    assert await asyncio.to_thread(again.has_topup, topup)


async def test_a_second_signal_ends_at_once(start_brim: StartBrim) -> None:
    brim = await asyncio.to_thread(start_brim)
    conn = await asyncpg.connect(brim.database_url)
    await conn.execute("BEGIN; LOCK TABLE topups IN ACCESS EXCLUSIVE MODE")
    create = asyncio.create_task(asyncio.to_thread(brim.call, "POST", "/v1/topups", amount=2000, currency="usd"))
    await until_somebody_waits(brim.database_url)
    brim.process.send_signal(signal.SIGINT)
    await asyncio.to_thread(_eventually, lambda: "stopping" in brim.log)
    assert await asyncio.to_thread(brim.stop, signal.SIGINT) == 1
    assert (await create)[0] == 0
    conn.terminate()


def test_all_killed_at_once_starts_again_on_the_same_port_with_everything(start_brim: StartBrim) -> None:
    brim = start_brim(arguments=["--port", str(free_port())])
    topup = brim.create_topup()
    brim.kill_everything()
    started = time.monotonic()
    again = start_brim(data_dir=brim.data_dir, arguments=["--port", brim.url.rpartition(":")[2]])
    assert time.monotonic() - started < _RESTART_WITHIN_S
    assert again.url == brim.url
    assert again.has_topup(topup)


def test_only_the_supervisor_killed_takes_all_with_it_and_starts_again(start_brim: StartBrim) -> None:
    brim = start_brim(arguments=["--port", str(free_port())])
    family = descendants(brim.pid)
    topup = brim.create_topup()
    os.kill(brim.pid, signal.SIGKILL)
    brim.wait()
    started = time.monotonic()
    again = start_brim(data_dir=brim.data_dir, arguments=["--port", brim.url.rpartition(":")[2]])
    assert time.monotonic() - started < _RESTART_WITHIN_S
    assert again.has_topup(topup)
    _eventually(lambda: not any(_is_alive(pid) for pid in family))


def test_a_killed_database_comes_back_and_the_service_with_it(brim_server: RunningBrim) -> None:
    topup = brim_server.create_topup()
    os.kill(brim_server.postgres_pid, signal.SIGKILL)
    _eventually(lambda: "the database is back" in brim_server.log)
    _eventually(lambda: brim_server.has_topup(topup))
    assert brim_server.stop() == 0


@pytest.mark.parametrize("role", ["api", "worker"])
def test_a_killed_child_is_replaced(brim_server: RunningBrim, role: str) -> None:
    killed = brim_server.child_pid(role)
    os.kill(killed, signal.SIGKILL)
    _eventually(lambda: f'"role":"{role}"' in brim_server.log)
    assert brim_server.call("GET", "/healthz")[0] == 200
    _eventually(lambda: brim_server.has_child(role))


def test_a_killed_fork_server_is_replaced_with_all_that_it_had_forked(brim_server: RunningBrim) -> None:
    topup = brim_server.create_topup()
    family = [brim_server.child_pid(role) for role in ("fork-server", "api", "worker")]
    os.kill(family[0], signal.SIGKILL)
    _eventually(lambda: not any(_is_alive(pid) for pid in family))
    for role in ("fork-server", "api", "worker"):
        _eventually(lambda role=role: brim_server.has_child(role))  # type: ignore[misc]
    _eventually(lambda: brim_server.has_topup(topup))
    assert brim_server.stop() == 0


def test_it_serves_an_ordinary_user(start_brim: StartBrim, tmp_path: Path) -> None:
    data_dir = tmp_path / "somebody's data"
    ordinary: list[str] = []
    if os.geteuid() == 0:  # a namespace in which our files are user 65534's, as they are in many containers
        ordinary = [sys.executable, "-I", "-S", confine.__file__, str(os.getpid()), "namespace", "65534", "65534"]
    brim = start_brim(data_dir=data_dir, prefix=ordinary)
    assert brim.has_topup(brim.create_topup())
    assert data_dir.stat().st_mode & 0o077 == 0
    assert brim.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_root_serves_from_a_folder_that_others_may_pass(start_brim: StartBrim) -> None:
    passable = Path(f"/var/tmp/brim-test-{os.getpid()}")
    passable.mkdir(mode=0o711)
    try:
        brim = start_brim(data_dir=passable / "data", fresh=True)
        assert brim.has_topup(brim.create_topup())
        assert (passable / "data" / "postgres").stat().st_uid != 0
        brim.stop()
    finally:
        subprocess.run(["rm", "-rf", str(passable)], check=True)


def test_a_long_path_is_no_obstacle(start_brim: StartBrim, tmp_path: Path) -> None:
    brim = start_brim(data_dir=tmp_path / ("long" * 30), fresh=True)
    assert brim.has_topup(brim.create_topup())
    assert run_brim("keys", "list", "--data-dir", str(brim.data_dir)).returncode == 0
    brim.stop()  # a killed one would leave its socket in the temporary folder


def test_a_stock_postgres_serves_as_well(start_brim: StartBrim, stock_database_url: str) -> None:
    brim = start_brim(env={"BRIM_DATABASE_URL": stock_database_url})
    assert brim.has_topup(brim.create_topup())
    assert not (brim.data_dir / "postgres").exists()
    assert brim.stop() == 0


def test_an_empty_database_is_migrated_before_serving(start_brim: StartBrim, empty_database_url: str) -> None:
    brim = start_brim(arguments=["--database-url", empty_database_url])
    assert brim.call("GET", "/readyz")[0] == 200


def test_a_given_test_key_works(start_brim: StartBrim) -> None:
    brim = start_brim(env={"BRIM_TEST_SECRET_KEY": "sk_test_ofourownchoice"})
    assert brim.test_key == "sk_test_ofourownchoice"
    brim.create_topup()


def test_no_secret_is_in_the_log(fresh_brim: RunningBrim) -> None:
    fresh_brim.create_topup()
    fresh_brim.stop()
    assert "/v1/topups" in fresh_brim.log
    assert fresh_brim.test_key not in fresh_brim.log


def _assert_refused(run: "subprocess.CompletedProcess[str]", *phrases: str) -> None:
    """Check that a command ended with one sentence for a person and no traceback."""
    assert run.returncode == 1
    assert run.stderr.startswith("Error: ")
    assert len(run.stderr.splitlines()) == 1, run.stderr
    for phrase in phrases:
        assert phrase in run.stderr


def _serve(data_dir: Path, *arguments: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return run_brim("serve", "--port", "0", "--data-dir", str(data_dir), *arguments, env=env)


def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        _assert_refused(_serve(tmp_path, "--port", port), f"Port {port}", "--port")
    assert not (tmp_path / "postgres").exists()


def test_a_data_folder_in_use_is_told_with_its_owner(brim_server: RunningBrim) -> None:
    _assert_refused(_serve(brim_server.data_dir), str(brim_server.pid), "--data-dir")
    assert brim_server.call("GET", "/healthz")[0] == 200


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _assert_refused(_serve(tmp_path / "file"), str(tmp_path / "file"), "--data-dir")


def test_a_data_folder_of_a_newer_version_is_told(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text(f"{FORMAT + 1}\n")
    _assert_refused(_serve(tmp_path), "newer version")


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    url = f"postgresql://somebody:hidden@127.0.0.1:{free_port()}/books"
    run = _serve(tmp_path, "--database-url", url, "--log-level", "error")  # a worker may have started meanwhile
    _assert_refused(run, "127.0.0.1", "--database-url")
    assert "hidden" not in run.stderr


def test_a_misspelt_setting_is_told(tmp_path: Path) -> None:
    _assert_refused(_serve(tmp_path, env={"BRIM_PROT": "1"}), "BRIM_PROT", "BRIM_PORT")


def test_a_value_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    _assert_refused(_serve(tmp_path, env={"BRIM_WORKERS": "many"}), "BRIM_WORKERS", "many")


def test_parts_alone_need_a_database(tmp_path: Path) -> None:
    for part in ("api", "worker"):
        _assert_refused(run_brim(part, "--data-dir", str(tmp_path)), "--database-url")

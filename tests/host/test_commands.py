"""The other commands: with a running Brim, without one, and against a given database."""

import getpass
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Final

import pytest

import brim
from tests.support.brim_process import RunningBrim, brim_command, brim_environment, run_brim

_REVOKED_WITHIN_S: Final = 60.0
_SEALED_WITHIN_S: Final = 60.0


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    run = run_brim(*arguments)
    assert run.returncode == 0, run.stderr
    return run


def test_the_version_is_told() -> None:
    assert _run("--version").stdout == f"brim {brim.__version__}\n"


def test_keys_are_made_rolled_and_revoked_while_brim_runs(shared_brim: RunningBrim) -> None:
    here = ("--data-dir", str(shared_brim.data_dir))
    made = _run("keys", "create", "--name", "till", *here).stdout.strip()
    assert shared_brim.call("GET", "/v1/balance", key=made)[0] == 200
    key_id = next(line for line in _run("keys", "list", *here).stdout.splitlines() if "till" in line).split("\t")[0]
    rolled = _run("keys", "roll", key_id, "--grace", "1h", *here).stdout.strip()
    assert shared_brim.call("GET", "/v1/balance", key=made)[0] == 200
    assert shared_brim.call("GET", "/v1/balance", key=rolled)[0] == 200
    _run("keys", "revoke", key_id, *here)
    deadline = time.monotonic() + _REVOKED_WITHIN_S
    while shared_brim.call("GET", "/v1/balance", key=made)[0] != 401:
        assert time.monotonic() < deadline
    assert shared_brim.call("GET", "/v1/balance", key=rolled)[0] == 200


def test_what_is_typed_is_told_in_the_audit_log(shared_brim: RunningBrim) -> None:
    here = ("--data-dir", str(shared_brim.data_dir))
    account = _run("accounts", "create", *here).stdout.strip()
    _run("keys", "create", "--live", "--account", account, *here)
    [key_id] = [line.split("\t")[0] for line in _run("keys", "list", "--account", account, *here).stdout.splitlines()]
    _run("keys", "roll", key_id, *here)
    _run("keys", "rotate-encryption", *here)
    lines = _run("operators", "log", *here).stdout.splitlines()
    told = [line for line in lines if any(named in line for named in (account, key_id, "encryption.rotated"))]
    actions = (
        "encryption.rotated",
        "api_key.created",
        "api_key.rolled",
        "api_key.created",
        "account.created",
    )
    for line, action in zip(told, actions, strict=True):
        assert action in line
        assert getpass.getuser() in line


def test_a_restricted_key_may_do_what_it_was_given(shared_brim: RunningBrim) -> None:
    made = _run("keys", "create", "-p", "balance=read", "--data-dir", str(shared_brim.data_dir)).stdout.strip()
    assert made.startswith("rk_test_")
    assert shared_brim.call("GET", "/v1/balance", key=made)[0] == 200
    assert shared_brim.call("POST", "/v1/topups", key=made, amount=2000, currency="usd")[0] == 403


def test_a_platform_acts_for_an_account_under_it(shared_brim: RunningBrim) -> None:
    here = ("--data-dir", str(shared_brim.data_dir))
    platform = _run("accounts", "list", *here).stdout.split("\t")[0]
    account = _run("accounts", "create", "--platform", platform, *here).stdout.strip()
    assert f"{account}\t{platform}\t" in _run("accounts", "list", *here).stdout


def test_without_a_running_brim_the_database_is_started_for_the_moment(brim_server: RunningBrim) -> None:
    assert brim_server.stop() == 0
    here = ("--data-dir", str(brim_server.data_dir))
    account = _run("accounts", "create", *here).stdout.strip()
    assert _run("keys", "create", "--live", "--account", account, *here).stdout.startswith("sk_live_")
    listed = _run("keys", "list", "--account", account, *here).stdout
    assert len(listed.splitlines()) == 1
    assert _run("verify", *here).stdout == "The books balance.\n"
    assert not (brim_server.data_dir / "postgres" / "cluster" / "postmaster.pid").exists()


@pytest.mark.parametrize(
    "command",
    ["verify --chain", "migrate", "keys list", "keys create", "accounts create", "operators list", "operators log"],
)
def test_a_folder_without_a_brim_is_refused_and_nothing_is_made_in_it(tmp_path: Path, command: str) -> None:
    """A verification of a mistyped folder once proved the books of a database it had just made."""
    for folder in (tmp_path / "typo", tmp_path):
        run = run_brim(*command.split(), "--data-dir", str(folder))
        assert (run.returncode, run.stdout) == (1, "")
        assert run.stderr == (
            f"Error: There is no Brim data in {folder}. Run brim serve there first, or pass the right folder "
            f"with --data-dir.\n"
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_part_ends_with_a_sentence_where_nobody_has_migrated(empty_database_url: str, part: str) -> None:
    run = run_brim(part, "--database-url", empty_database_url, *(("--port", "0") if part == "api" else ()))
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("Error: The database is missing 0001_pre_foundation and ")
    assert "Run brim migrate." in run.stderr
    assert "Traceback" not in run.stderr


def test_a_reader_that_ends_early_is_no_error(shared_brim: RunningBrim) -> None:
    here = ("--data-dir", str(shared_brim.data_dir))
    command = subprocess.Popen(
        [*brim_command("accounts", "list", *here)],
        env=brim_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdout is not None
    command.stdout.close()
    assert command.stderr is not None
    assert command.stderr.read() == ""
    command.stderr.close()
    command.wait()


def test_an_empty_list_says_so(shared_brim: RunningBrim) -> None:
    run = run_brim("operators", "list", "--data-dir", str(shared_brim.data_dir))
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "None.\n")


def test_a_given_database_is_migrated_and_used(empty_database_url: str) -> None:
    there = ("--database-url", empty_database_url)
    refused = run_brim("keys", "list", *there)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: ")
    assert "brim migrate" in refused.stderr
    assert "applied 0001_pre_foundation" in _run("migrate", *there).stdout
    assert _run("migrate", *there).stdout == "The database is up to date.\n"
    assert _run("accounts", "create", *there).stdout.startswith("acct_")


def test_the_chain_is_followed_by_command_and_its_heads_are_shown(brim_server: RunningBrim) -> None:
    here = ("--data-dir", str(brim_server.data_dir))
    for _ in range(3):
        brim_server.create_topup()
    _wait_until_sealed(brim_server, 3)
    without_chain = _run("verify", *here)
    assert without_chain.stdout == "The books balance.\n"
    assert without_chain.stderr.endswith("The hash chains were not checked: use --chain.\n")
    followed = _run("verify", "--chain", *here).stdout
    assert followed == "The books balance.\nThe chain is intact: 3 entries sealed, 0 unsealed.\n"
    account = _run("accounts", "list", *here).stdout.split("\t")[0]
    [head, *rest] = _run("verify", "--heads", *here).stdout.splitlines(keepends=True)
    assert re.fullmatch(rf"{account} \(test\): position 3, hash [0-9a-f]{{64}}\n", head)
    assert "".join(rest) == followed
    status, told = brim_server.call("GET", "/v1/brim/verification")
    assert (status, told["status"], told["sealed"], told["unsealed"]) == (200, "agree", 3, 0)


def test_a_tampered_transfer_is_named_by_command(brim_server: RunningBrim) -> None:
    here = ("--data-dir", str(brim_server.data_dir))
    brim_server.create_topup()
    _wait_until_sealed(brim_server, 1)
    brim_server.execute_as_owner("UPDATE journal_entries SET created = created + 1")
    assert _run("verify", *here).stdout == "The books balance.\n"
    found = run_brim("verify", "--chain", *here)
    assert found.returncode == 1
    assert re.match(
        r"acct_\w+ \(test\): journal_entries je_\w+: expected what was sealed at position 1 with", found.stdout
    )
    assert found.stderr.endswith("The books don't balance. Differences listed above: 1.\n")
    status, told = brim_server.call("GET", "/v1/brim/verification")
    assert (status, told["status"], len(told["differences"])) == (200, "differ", 1)
    assert told["differences"][0]["row"].startswith("journal_entries je_")


def test_the_doctor_says_what_is_wrong_and_what_to_do(shared_brim: RunningBrim, tmp_path: Path) -> None:
    here = ("--data-dir", str(shared_brim.data_dir))
    found = json.loads(run_brim("doctor", "--json", "--offline", *here).stdout)
    by_check = {each["check"]: each for each in found["findings"]}
    assert by_check["database"]["severity"] == "ok"
    assert by_check["workers"]["severity"] == "ok"
    assert by_check["database.role"]["severity"] == "ok"
    assert by_check["backups"]["fix"].startswith("Set --backup-store")
    nowhere = run_brim("doctor", "--offline", "--data-dir", str(tmp_path))
    assert nowhere.returncode == 1
    assert "ERROR    database: No database is running in" in nowhere.stdout
    assert "Start brim serve" in nowhere.stdout
    wrong = run_brim("doctor", "--json", "--verify-every", "soon", *here)
    assert (wrong.returncode, json.loads(wrong.stdout)["findings"][0]["check"]) == (1, "configuration")
    url = run_brim("doctor", "--public-url", "http://brim.example", *here).stdout
    assert "warning  public_url: http://brim.example is not encrypted." in url


def _wait_until_sealed(brim: RunningBrim, entries: int) -> None:
    """Wait for the worker, which announces nothing to a test."""
    deadline = time.monotonic() + _SEALED_WITHIN_S
    while brim.execute_as_owner("SELECT count(*) FROM entry_seals") != entries:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("keys", "revoke", "mk_nowhere"), "mk_nowhere"),
        (("keys", "create", "--account", "acct_nowhere"), "acct_nowhere"),
        (("keys", "create", "-p", "topups=all"), "topups=all"),
        (("accounts", "create", "--platform", "acct_nowhere"), "acct_nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(database_url: str, arguments: tuple[str, ...], phrase: str) -> None:
    run = run_brim(*arguments, "--database-url", database_url)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert phrase in run.stderr


def test_a_login_is_listed_approved_and_denied_while_brim_runs(shared_brim: RunningBrim) -> None:
    here = ("--data-dir", str(shared_brim.data_dir))
    first, second = (
        shared_brim.call("POST", "/stripecli/auth", device_name=device, client_version="1.52.0")[1]
        for device in ("devbox", "laptop")
    )
    waiting = [line.split("\t")[1:3] for line in _run("login", "list", *here).stdout.splitlines()]
    assert waiting == [["devbox", "1.52.0"], ["laptop", "1.52.0"]]
    assert _run("login", "approve", first["verification_code"], *here).stdout.startswith(
        "devbox can now fetch a test key"
    )
    assert _run("login", "deny", second["verification_code"], *here).stdout == "laptop doesn't get a key.\n"
    assert _run("login", "list", *here).stdout == ""
    again = run_brim("login", "approve", first["verification_code"], *here)
    assert again.returncode == 1
    assert again.stderr.startswith("Error: No pending login has this code")

"""The lesser role in whole services: on the embedded database, on a folder of an earlier version, on a given one."""

import asyncio
import errno
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from brim.host.database_passwords import read_passwords
from brim.host.embedded import EmbeddedPostgres
from tests.support.brim_process import RunningBrim, run_brim
from tests.support.roles import OwnRoles, as_role, run_as

_SETTLED_WITHIN_S: Final = 60.0
_MIGRATED: Final = "The database is up to date.\n"

StartBrim = Callable[..., RunningBrim]


def _run_as(url: str, *statements: str) -> Any:
    return asyncio.run(run_as(url, *statements))


def _assert_settles(brim: RunningBrim) -> None:
    """Check that it is ready, and that a top-up can be made and is settled."""
    assert brim.call("GET", "/readyz")[0] == 200
    topup = brim.create_topup()
    deadline = time.monotonic() + _SETTLED_WITHIN_S
    while brim.call("GET", f"/v1/topups/{topup}")[1]["status"] != "succeeded":
        assert time.monotonic() < deadline, "the top-up was not settled in time"
        time.sleep(0.05)


def _assert_transfers_are_safe(url: str) -> None:
    """Check that there are entries, and that whoever this URL is may not change them."""
    assert _run_as(url, "SELECT id FROM journal_entries LIMIT 1") is not None
    for statement in (
        "UPDATE journal_entries SET amount = 1",
        "DELETE FROM journal_entries",
        "TRUNCATE journal_entries",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            _run_as(url, statement)


def _users(url: str) -> str:
    """Return who is connected to this database, by application."""
    found: str = _run_as(
        url,
        """
        SELECT string_agg(DISTINCT application_name || ' as ' || usename, ', ') FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'brim%'
        """,
    )
    return found


def test_everything_that_serves_connects_as_the_lesser_role(fresh_brim: RunningBrim) -> None:
    _assert_settles(fresh_brim)
    assert _users(fresh_brim.owner_url) == "brim api as brim_service, brim worker as brim_service"
    _assert_transfers_are_safe(fresh_brim.database_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        _run_as(fresh_brim.database_url, "SET ROLE brim")
    assert '"level":"warning"' not in fresh_brim.log


def test_the_other_commands_work_as_the_lesser_role(brim_server: RunningBrim) -> None:
    here = ("--data-dir", str(brim_server.data_dir))
    made = run_brim("keys", "create", *here).stdout.strip()
    assert brim_server.call("GET", "/v1/balance", key=made)[0] == 200
    assert run_brim("accounts", "create", *here).returncode == 0
    assert run_brim("verify", *here).stdout == "The books balance.\n"
    migrated = run_brim("migrate", *here)
    assert (migrated.stdout, migrated.stderr) == (_MIGRATED, "")


async def _forget_role(folder: Path) -> None:
    """Leave a database as a version without the service's role left it: nobody but the owner has ever had a right."""
    server = EmbeddedPostgres(folder)
    await server.start()
    await run_as(
        server.urls.owner,
        "DROP OWNED BY brim_service",
        "DROP ROLE brim_service",
        "GRANT ALL ON journal_entries TO brim",
    )
    await server.stop()


def test_a_data_folder_of_a_version_without_the_role_just_works(start_brim: StartBrim) -> None:
    brim = start_brim()
    topup = brim.create_topup()
    brim.stop()
    asyncio.run(_forget_role(brim.data_dir / "postgres"))
    upgraded = start_brim(data_dir=brim.data_dir)
    assert upgraded.has_topup(topup)
    _assert_settles(upgraded)
    _assert_transfers_are_safe(upgraded.database_url)
    upgraded.stop()
    asyncio.run(_forget_role(brim.data_dir / "postgres"))
    assert run_brim("verify", "--data-dir", str(brim.data_dir)).stdout == "The books balance.\n"


def test_a_role_that_somebody_made_mighty_is_an_ordinary_one_after_the_next_start(start_brim: StartBrim) -> None:
    brim = start_brim()
    _run_as(brim.owner_url, "ALTER ROLE brim_service SUPERUSER CREATEROLE")
    brim.stop()
    again = start_brim(data_dir=brim.data_dir)
    _assert_settles(again)
    _assert_transfers_are_safe(again.database_url)


def test_a_given_database_is_migrated_by_its_owner_and_served_by_another(
    start_brim: StartBrim, own_roles: OwnRoles
) -> None:
    as_owner = ("--migration-url", own_roles.owner, "--service-role", own_roles.service_role)
    migrated = run_brim("migrate", *as_owner)
    assert migrated.stdout.endswith(_MIGRATED)
    assert migrated.stderr == ""
    brim = start_brim(arguments=["--database-url", own_roles.service])
    _assert_settles(brim)
    _assert_transfers_are_safe(own_roles.service)
    assert "superuser" not in brim.log
    assert "owner" not in brim.log
    assert run_brim("verify", "--database-url", own_roles.service).stdout == "The books balance.\n"


def test_serve_migrates_as_the_owner_and_tells_its_children_nothing_of_him(
    start_brim: StartBrim, own_roles: OwnRoles
) -> None:
    environment = {"BRIM_DATABASE_URL": own_roles.service, "BRIM_MIGRATION_URL": own_roles.owner}
    brim = start_brim(env=environment, fresh=True)
    _assert_settles(brim)
    _assert_transfers_are_safe(own_roles.service)
    assert _users(own_roles.superuser).count(own_roles.service_role) == 2
    assert own_roles.owner_role not in _users(own_roles.superuser)
    assert _knows(brim.pid, own_roles.owner)
    for role in ("fork-server", "api", "worker"):
        assert not _knows(brim.child_pid(role), own_roles.owner)


def test_no_child_of_serve_knows_the_password_of_the_embedded_database_s_owner(fresh_brim: RunningBrim) -> None:
    """Although the fork server is itself forked off the supervisor."""
    passwords = read_passwords(fresh_brim.data_dir / "postgres")
    assert passwords is not None
    assert _knows(fresh_brim.pid, passwords.owner)
    for role in ("fork-server", "api", "worker"):
        assert not _knows(fresh_brim.child_pid(role), passwords.owner)
    assert _knows(fresh_brim.child_pid("api"), passwords.service)


def _knows(pid: int, secret: str) -> bool:
    """Tell whether a text is anywhere in the memory of a process that can be written to."""
    while True:
        try:
            return any(secret.encode() in part for part in _writable_memory(pid))
        except OSError as error:
            if error.errno != errno.EIO:  # a part that was given back since it was listed: look at all anew
                raise


def _writable_memory(pid: int) -> Iterator[bytes]:
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        for bounds, rights, *_ in (line.split() for line in maps):
            start, end = (int(bound, 16) for bound in bounds.split("-"))
            if rights.startswith("rw"):
                memory.seek(start)
                yield memory.read(end - start)


def test_an_owner_that_serves_is_bound_as_far_as_it_goes_and_warned(start_brim: StartBrim, own_roles: OwnRoles) -> None:
    brim = start_brim(arguments=["--database-url", own_roles.owner])
    _assert_settles(brim)
    _assert_transfers_are_safe(own_roles.owner)
    assert f"role {own_roles.owner_role} is an owner of the tables" in brim.log


def test_a_superuser_that_serves_is_warned(start_brim: StartBrim, own_roles: OwnRoles) -> None:
    brim = start_brim(arguments=["--database-url", own_roles.superuser])
    _assert_settles(brim)
    assert "is a superuser of PostgreSQL" in brim.log


def test_the_warning_of_a_migration_is_beside_its_result(own_roles: OwnRoles) -> None:
    migrated = run_brim("migrate", "--database-url", own_roles.owner)
    assert migrated.stdout.endswith(_MIGRATED)
    assert migrated.stderr.startswith("Warning: ")
    assert len(migrated.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "verify", "migrate"])
def test_a_role_without_a_database_is_told(tmp_path: Path, command: str) -> None:
    run = run_brim(command, "--data-dir", str(tmp_path), env={"BRIM_SERVICE_ROLE": "brim_service"})
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("Error: ")
    assert "--database-url" in run.stderr


def test_a_role_that_does_not_exist_is_told_with_the_way_to_make_it(own_roles: OwnRoles) -> None:
    run = run_brim("migrate", "--migration-url", own_roles.owner, "--service-role", "nobody_at_all")
    assert run.returncode == 1
    assert 'CREATE ROLE "nobody_at_all" LOGIN' in run.stderr


def test_a_role_that_is_not_let_in_is_told(own_roles: OwnRoles) -> None:
    run = run_brim("keys", "list", "--database-url", as_role(own_roles.owner, "nobody_at_all"))
    assert run.returncode == 1
    assert run.stderr.startswith("Error: PostgreSQL refused the connection")


def test_the_service_alone_cannot_migrate_and_is_told_who_can(own_roles: OwnRoles, tmp_path: Path) -> None:
    run = run_brim("serve", "--port", "0", "--data-dir", str(tmp_path), "--database-url", own_roles.service)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert "--migration-url" in run.stderr

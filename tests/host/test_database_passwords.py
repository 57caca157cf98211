"""Nobody enters the embedded database without a password, whatever was in its folder before."""

# ruff: noqa: ASYNC240  nothing else runs in these event loops while a file is looked at

import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
import pytest_asyncio

from brim.host.database_passwords import PasswordsUnreadableError, keep_passwords, read_passwords, scram_verifier
from brim.host.embedded import EmbeddedPostgres
from tests.support.brim_process import RunningBrim, descendants, run_brim
from tests.support.roles import run_as

TRUSTING: Final = "local all all trust\n"


@pytest.fixture
def tmp_path(short_path: Path) -> Path:
    return short_path


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    yield server
    await server.stop()


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    user, _, _ = rest.partition(":")
    return f"{scheme}://{user}@{rest.partition('@')[2]}"


async def _is_let_in(url: str) -> bool:
    try:
        conn = await asyncpg.connect(url)
    except asyncpg.InvalidPasswordError:
        return False
    await conn.close()
    return True


async def _assert_guarded(server: EmbeddedPostgres) -> None:
    assert await _is_let_in(server.urls.owner)
    assert not await _is_let_in(_without_password(server.urls.owner))
    assert not await _is_let_in(_without_password(server.urls.owner).replace("brim@", "postgres@"))


async def test_nobody_is_let_in_without_the_password(server: EmbeddedPostgres) -> None:
    await _assert_guarded(server)


async def test_each_role_has_a_password_of_its_own(fresh_brim: RunningBrim) -> None:
    owner, service = fresh_brim.owner_url, fresh_brim.database_url
    assert await _is_let_in(service)
    assert not await _is_let_in(_without_password(service))
    assert not await _is_let_in(service.replace("brim_service:", "brim:"))
    assert await run_as(owner, "SELECT count(*) FROM pg_authid WHERE rolpassword NOT LIKE 'SCRAM-SHA-256$%'") == 0


async def test_only_who_starts_brim_can_read_the_passwords_and_no_command_line_or_log_has_them(
    fresh_brim: RunningBrim,
) -> None:
    passwords = read_passwords(fresh_brim.data_dir / "postgres")
    assert passwords is not None
    status = (fresh_brim.data_dir / "postgres.passwords").stat()
    assert (status.st_uid, status.st_mode & 0o777) == (os.geteuid(), 0o600)
    shown = fresh_brim.log.encode() + (fresh_brim.data_dir / "postgres" / "server.log").read_bytes()
    for pid in (fresh_brim.pid, *descendants(fresh_brim.pid)):
        shown += Path(f"/proc/{pid}/cmdline").read_bytes()
    for password in (passwords.owner, passwords.service):
        assert password.encode() not in shown


def _trust(server_folder: Path) -> None:
    """Make the folder what an earlier version left: without passwords, and with rules that let everybody in."""
    (server_folder.parent / "postgres.passwords").unlink()
    (server_folder / "cluster" / "pg_hba.conf").write_text(TRUSTING)


async def test_a_folder_of_the_version_before_gets_its_passwords(server: EmbeddedPostgres, tmp_path: Path) -> None:
    await run_as(server.urls.owner, "CREATE TABLE kept AS SELECT 7 AS row", "ALTER ROLE brim PASSWORD NULL")
    await server.stop()
    _trust(tmp_path / "postgres")
    await server.start()
    await _assert_guarded(server)
    assert await run_as(server.urls.owner, "SELECT row FROM kept") == 7


async def test_so_does_one_whose_server_was_killed(server: EmbeddedPostgres, tmp_path: Path) -> None:
    await run_as(server.urls.owner, "CREATE TABLE kept AS SELECT 7 AS row", "ALTER ROLE brim PASSWORD NULL")
    os.kill(server.pid, signal.SIGKILL)
    await server.wait()
    _trust(tmp_path / "postgres")
    await server.start()
    await _assert_guarded(server)
    assert await run_as(server.urls.owner, "SELECT row FROM kept") == 7


@pytest.mark.parametrize("lost", ["postgres.passwords", "postgres/cluster/pg_hba.conf"])
async def test_what_was_lost_or_not_yet_written_is_made_again(
    server: EmbeddedPostgres, tmp_path: Path, lost: str
) -> None:
    await server.stop()
    (tmp_path / lost).unlink()
    await server.start()
    await _assert_guarded(server)


async def test_a_start_killed_between_the_password_and_the_rules_is_gone_on_with(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.stop()
    _trust(tmp_path / "postgres")

    class KilledError(Exception):
        """The process ended here."""

    def killed(*_arguments: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("brim.host.embedded._replace_whole", killed)
        with pytest.raises(KilledError):
            await server.start()
    assert (tmp_path / "postgres" / "cluster" / "pg_hba.conf").read_text() == TRUSTING
    await server.start()
    await _assert_guarded(server)


async def test_another_cluster_in_its_place_gets_the_passwords_too(server: EmbeddedPostgres, tmp_path: Path) -> None:
    await server.stop()
    (tmp_path / "other").mkdir()
    (tmp_path / "other").chmod(0o755)
    other = EmbeddedPostgres(tmp_path / "other" / "postgres")
    await other.start()
    await other.stop()
    (tmp_path / "postgres" / "cluster").rename(tmp_path / "former")
    (tmp_path / "other" / "postgres" / "cluster").rename(tmp_path / "postgres" / "cluster")
    await server.start()
    await _assert_guarded(server)


def test_the_file_of_passwords_is_made_once_and_never_guessed_at(tmp_path: Path) -> None:
    made = keep_passwords(tmp_path / "postgres")
    assert keep_passwords(tmp_path / "postgres") == made == read_passwords(tmp_path / "postgres")
    assert len({made.owner, made.service}) == 2
    (tmp_path / "postgres.passwords").write_text('{"owner": "only"}')
    with pytest.raises(PasswordsUnreadableError, match="Remove it"):
        keep_passwords(tmp_path / "postgres")


async def test_the_verifier_is_the_one_that_postgresql_makes(server: EmbeddedPostgres) -> None:
    await run_as(server.urls.owner, f"CREATE ROLE told LOGIN PASSWORD '{scram_verifier('correct horse')}'")
    url = server.urls.owner.partition("@")[2]
    assert await _is_let_in(f"postgresql://told:correct%20horse@{url}")
    assert not await _is_let_in(f"postgresql://told:correct%20house@{url}")


HOSTILE: Final = {
    "PGHOST": "192.0.2.1", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGUSER": "somebody", "PGDATABASE": "nowhere",
    "PGPASSWORD": "wrong", "PGPASSFILE": "/nonexistent/pgpass", "PGSERVICE": "nothing",
    "PGSERVICEFILE": "/nonexistent/service", "PGSSLMODE": "verify-full", "PGSSLNEGOTIATION": "never",
    "PGSSLCERT": "/nonexistent/cert", "PGSSLKEY": "/nonexistent/key", "PGSSLROOTCERT": "/nonexistent/root",
    "PGSSLCRL": "/nonexistent/crl", "PGSSLMINPROTOCOLVERSION": "TLSv9", "PGSSLMAXPROTOCOLVERSION": "SSLv1",
    "PGTARGETSESSIONATTRS": "standby", "PGREQUIREAUTH": "none", "PGCHANNELBINDING": "require",
    "PGGSSENCMODE": "require",
    "PGKRBSRVNAME": "nothing", "PGGSSLIB": "nothing", "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGCLIENTENCODING": "LATIN1", "PGTZ": "Pacific/Kiritimati", "PGDATESTYLE": "German", "PGCONNECT_TIMEOUT": "1",
    "PGAPPNAME": "somebody", "PGDATA": "/nonexistent/data", "PG_COLOR": "always", "PGSYSCONFDIR": "/nonexistent",
    "PGLOCALEDIR": "/nonexistent", "PGLOADBALANCEHOSTS": "random", "PGGEQO": "off",
    "LC_ALL": "tr_TR.UTF-8", "LC_MESSAGES": "de_DE.UTF-8", "TZ": "Pacific/Kiritimati",
}  # fmt: skip


def test_no_variable_of_postgresql_reaches_the_embedded_database(start_brim: Callable[..., RunningBrim]) -> None:
    brim = start_brim(env=HOSTILE, fresh=True)
    assert brim.has_topup(brim.create_topup())
    run = run_brim("verify", "--chain", "--data-dir", str(brim.data_dir), env=HOSTILE)
    assert (run.returncode, run.stderr.strip()) == (0, "")
    assert brim.stop() == 0
    run = run_brim("keys", "list", "--data-dir", str(brim.data_dir), env=HOSTILE)
    assert run.returncode == 0, run.stderr

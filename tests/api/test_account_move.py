"""An account goes from one Brim to another by the commands, and whoever asks its API sees no difference.

Both run; the second one encrypts with another key. What a kill leaves of an import is shown here as well.
"""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
import stripe
from click.testing import CliRunner, Result

from brim.api.resources.operations import OPERATIONS
from brim.cli.root import cli
from brim.core.portability.table_rules import EXPORTED
from brim.platform.database import Database
from brim.testing.server import PENDING, Account, BrimServer, Clock
from tests.support.brim_process import RunningBrim, brim_command, brim_environment, start_serving
from tests.support.polling import until
from tests.support.portability import KEY_TEXT
from tests.support.receiving import Receiver
from tests.support.service import Server
from tests.support.wire import Wire

_NUMBER: Final = "000123456789"
_BANK_ACCOUNT: Final = {"us_bank_account[account_number]": _NUMBER, "us_bank_account[routing_number]": "110000000"}
_LISTS: Final = [
    operation.path
    for operation in OPERATIONS
    if operation.method == "GET"
    and operation.in_list
    and "{" not in operation.path
    and operation.path not in {"/v1/brim/request_logs", "/v1/brim/audit_log"}  # of reading itself; of an installation
]
_SINGLE: Final = ("/v1/account", "/v1/balance", "/v1/brim/balance_overview", "/v1/brim/ach/outlook")
_UNDER: Final = [
    operation.path for operation in OPERATIONS if operation.method == "GET" and operation.path.count("{") == 1
]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBrim]:
    """Another Brim, with an encryption key of its own."""
    folder = tmp_path_factory.mktemp("second")
    brim = start_serving(folder / "data", folder / "log", arguments=("--workers", "1"))
    try:
        brim.wait_until_ready()
        yield brim
    finally:
        brim.close()


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    (tmp_path / "key").write_text(KEY_TEXT + "\n")
    return str(tmp_path / "key")


def run(*arguments: str) -> Result:
    """Run a command that ends well."""
    result = CliRunner().invoke(cli, ["accounts", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def move(source: Server, target: RunningBrim, account: str, key_file: str, *more: str) -> Path:
    """Take an account from one Brim to another, and return the file."""
    path = Path(key_file).with_name(account)
    data_dir = ("--data-dir", str(source.data_dir))
    run("export", account, "--to", str(path), "--with-connected", "--key-file", key_file, *data_dir)
    run("import", str(path), "--key-file", key_file, "--data-dir", str(target.data_dir), *more)
    return path


def read_all(wire: Wire, account: str | None = None) -> dict[str, Any]:
    """Return what the API answers of everything that an account has: by path, the body, or the status of a refusal."""
    headers = {"Stripe-Account": account} if account else {}
    found: dict[str, Any] = {}

    def read(target: str) -> Any:
        reply = wire.get(target, headers=headers)
        found[target] = reply.body if reply.status == 200 else reply.status
        return reply.json if reply.status == 200 else {}

    for path in _SINGLE:
        read(path)
    for path in _LISTS:
        query, items = "?limit=100", []
        while query:
            page = read(path + query)
            items += page.get("data", [])
            query = f"?limit=100&starting_after={items[-1]['id']}" if page.get("has_more") else ""
        ids = [item["id"] for item in items if "id" in item]
        for under in _UNDER:
            if under.startswith(path + "/{"):
                for id_ in ids:
                    read(under.replace(under[under.index("{") : under.index("}") + 1], id_))
    return found


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def live_well(platform: Account, under: Account, receiver: Receiver) -> tuple[str, Clock, str]:
    """Give a platform and an account under it something of everything; return a secret, a clock and a top-up of it."""
    endpoint = platform.api.post("/v1/webhook_endpoints", {"url": receiver.url, "enabled_events[]": "*"})
    platform.api.post(
        "/v1/webhook_endpoints", {"url": receiver.url, "enabled_events[]": "topup.failed", "connect": "true"}
    )
    method = platform.api.post("/v1/payment_methods", {"type": "us_bank_account", **_BANK_ACCOUNT})
    platform.api.post("/v1/brim/default_funding_sources", {"currency": "usd", "funding_source": method["id"]})
    token = {
        f"bank_account[{name}]": value
        for name, value in (
            ("country", "US"),
            ("currency", "usd"),
            ("account_number", _NUMBER),
            ("routing_number", "110000000"),
        )
    }
    platform.api.post("/v1/tokens", token)
    source = platform.api.post("/v1/tokens", token)
    platform.api.post("/v1/sources", {"type": "ach_debit", "token": source["id"]})
    made = [
        platform.api.post("/v1/topups", {"amount": "1000", "currency": currency, "source": PENDING, **more})["id"]
        for currency, more in (
            ("usd", {"metadata[a]": "'; DROP TABLE topups; --", "description": "Ünï \U0001f4b0"}),
            ("usd", {}), ("jpy", {}), ("eur", {"transfer_group": "g"}), ("usd", {"amount": "5"}),
        )
    ]  # fmt: skip
    platform.succeed(made[0])
    platform.succeed(made[2])
    platform.reverse(made[2], "insufficient_funds")
    platform.fail(made[1], "account_closed")
    platform.api.post(f"/v1/topups/{made[3]}/cancel", {})
    platform.api.post(f"/v1/accounts/{under.id}/external_accounts", {"external_account": platform.api.post(
        "/v1/tokens", token)["id"]})  # fmt: skip
    clock = under.clock()
    waiting = under.api.post("/v1/topups", {"amount": "700", "currency": "usd"})["id"]
    failing = under.api.post("/v1/topups", {"amount": "800", "currency": "usd", "source": PENDING})["id"]
    under.fail(failing)
    return str(endpoint["secret"]), clock, str(waiting)


def wait_until_quiet(server: BrimServer, *accounts: str) -> None:
    """Wait until the workers have numbered, sealed and delivered everything of accounts."""

    async def count(database: Database) -> int:
        async with database.connection() as conn:
            tables = ("new_events", "unsealed_entries", "webhook_deliveries")
            counts = [f"(SELECT count(*) FROM {table} WHERE account = ANY($1))" for table in tables]
            return int(await conn.fetchval(f"SELECT {' + '.join(counts)}", accounts))

    until(lambda: server.run(count) == 0, what="the worker to be done")


def test_an_account_that_moved_answers_and_goes_on_as_before(
    second: RunningBrim, server: Server, new_account: Account, receiver: Receiver, key_file: str
) -> None:
    platform, under = new_account, server.make_account(platform=new_account.id)
    secret, clock, waiting = live_well(platform, under, receiver)
    headers = {"Idempotency-Key": "once"}
    first = Wire(server.url, platform.key)
    created = first.post("/v1/topups", {"amount": 1, "currency": "usd", "source": PENDING}, headers=headers)
    wait_until_quiet(server, platform.id, under.id)
    caught = len(receiver.catcher.caught)
    before = [read_all(first), read_all(first, under.id), read_all(Wire(server.url, under.key))]
    path = move(server, second, platform.id, key_file, "--with-keys")
    moved = Wire(second.url, platform.key)
    after = [read_all(moved), read_all(moved, under.id), read_all(Wire(second.url, under.key))]
    assert [differing(*both) for both in zip(before, after, strict=True)] == [[], [], []]
    assert sum(map(len, before)) > 100
    # A retry gets the first answer, a new top-up its event, signed as before; nothing that was sent comes again.
    again = moved.post("/v1/topups", {"amount": 1, "currency": "usd", "source": PENDING}, headers=headers)
    assert again.body == created.body
    moved.create(amount=2)
    event = moved.get("/v1/events?limit=1").json["data"][0]
    (got,) = receiver.of(event["id"])
    stripe.Webhook.construct_event(got.body, got.headers["stripe-signature"], secret)
    assert len(receiver.catcher.caught) == caught + 1
    # The clock goes on where it was, and what it makes due happens.
    there = Account(BrimServer(second.url, second.test_key, second.data_dir), under.id, under.key)
    Clock(there.api, clock.id, clock.now).advance(days=10)
    assert there.api.get(f"/v1/topups/{waiting}")["status"] == "succeeded"
    verified = subprocess.run(
        brim_command("verify", "--chain", "--data-dir", str(second.data_dir)),
        env=brim_environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stdout + verified.stderr
    # What is in the file nobody reads who lacks the key; an export for reading has everything but secrets.
    plain = path.with_name("plain")
    data_dir = ("--data-dir", str(server.data_dir))
    run("export", platform.id, "--to", str(plain), "--for-reading", "--with-connected", *data_dir)
    assert platform.id.encode() in plain.read_bytes()
    assert b"DROP TABLE" in plain.read_bytes()
    for content in (path.read_bytes(), plain.read_bytes()):
        assert not [text for text in (_NUMBER, secret, platform.key) if text.encode() in content]
    assert platform.id.encode() not in path.read_bytes()


def test_a_file_is_checked_and_opened_without_a_database(server: Server, new_account: Account, key_file: str) -> None:
    path = Path(key_file).with_name("export")
    flags = ("--key-file", key_file)
    told = run("export", new_account.id, "--to", str(path), *flags, "--data-dir", str(server.data_dir)).output
    digest = told.split("SHA-256 ")[1].split()[0]
    assert digest in run("check-export", str(path), *flags).output
    run("open-export", str(path), "--to", str(path) + ".tar", *flags)
    names = subprocess.run(["tar", "tf", str(path) + ".tar"], capture_output=True, text=True, check=True).stdout
    assert names.splitlines()[:2] == ["export.json", "accounts/000001.jsonl"]
    assert names.splitlines()[-1] == "manifest.json"
    path.write_bytes(path.read_bytes()[:-1])
    result = CliRunner().invoke(cli, ["accounts", "check-export", str(path), *flags])
    assert result.exit_code == 1
    result = CliRunner().invoke(cli, ["accounts", "open-export", str(path), "--to", str(path) + ".2", *flags])
    assert result.exit_code == 1
    assert not Path(str(path) + ".2").exists()


@contextmanager
def blocking(second: RunningBrim, statement: str) -> Iterator[None]:
    """Hold a lock in a database until the block ends."""
    with asyncio.Runner() as runner:
        conn = runner.run(asyncpg.connect(second.owner_url))
        runner.run(conn.execute(f"BEGIN; {statement}"))
        try:
            yield
        finally:
            runner.run(conn.close())


def test_a_killed_import_leaves_nothing_and_is_run_again(
    second: RunningBrim, server: Server, new_account: Account, key_file: str
) -> None:
    made = new_account.api.post("/v1/topups", {"amount": "1000", "currency": "usd", "source": PENDING})
    new_account.succeed(made)
    path = Path(key_file).with_name("export")
    flags = ("--key-file", key_file, "--data-dir")
    run("export", new_account.id, "--to", str(path), *flags, str(server.data_dir))
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INTO events%'"
    with blocking(second, "LOCK TABLE events IN SHARE MODE"):  # one of the last tables that are written
        command = brim_command("accounts", "import", str(path), *flags, str(second.data_dir))
        process = subprocess.Popen(command, env=brim_environment(), stdout=subprocess.DEVNULL)
        until(lambda: second.execute_as_owner(waits) == 1, what="the import to wait")
        process.kill()
        process.wait()
    until(lambda: second.execute_as_owner(waits) == 0, what="the import's connection to end")
    for table in EXPORTED:
        found = f"SELECT count(*) FROM {table.name} WHERE account = '{new_account.id}'"
        assert second.execute_as_owner(found) == 0
    run("import", str(path), *flags, str(second.data_dir))
    assert second.execute_as_owner(f"SELECT count(*) FROM topups WHERE account = '{new_account.id}'") == 1

"""The history of another service comes in to the cent, once, however often an import runs and wherever it is killed."""

import asyncio
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from brim.base.ids import IdFactory, created_of
from brim.base.scope import AccountScope
from brim.cli.client import Client, parse_api_base
from brim.cli.imports import RepeatingClient
from brim.cli.root import cli
from brim.core.access import create_account, create_key
from brim.core.imports import ImportReport, import_account
from brim.platform.database import Database
from brim.testing.server import Account
from brim.testing.terminal import typed
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, execute, rows
from tests.support.brim_process import brim_command, brim_environment, run_brim
from tests.support.flaky_source import FlakySource, flaky_source
from tests.support.polling import until
from tests.support.service import Server, serving
from tests.support.wire import PENDING, Wire

_NOW_MS: Final = 1_800_000_000_000
_PATIENCE_S: Final = 60


def _create(account: Account, **form: str) -> str:
    made = account.api.post("/v1/topups", {"amount": "1000", "currency": "usd", "source": PENDING, **form})
    return str(made["id"])


def live_all_lives(account: Account) -> dict[str, str]:
    """Give an account top-ups of all kinds, and return their ids by kind."""
    ids = {
        "succeeded": _create(account, amount="2050", description="First", **{"metadata[b]": "2", "metadata[a]": "é"}),
        "yen": _create(account, amount="75000", currency="jpy", transfer_group="group", statement_descriptor="Brim"),
        "dinar": _create(account, amount="12340", currency="kwd"),
        "failed": _create(account, amount="99"),
        "canceled": _create(account, currency="eur"),
        "reversed": _create(account, amount="500"),
        "pending": _create(account, amount="7"),
    }
    by_method = {"amount": "300", "currency": "usd", "payment_method": "pm_usBankAccount_success"}
    method = account.api.post("/v1/topups", by_method | {"payment_method_options[us_bank_account][network]": "ach"})
    ids["by_method"] = str(method["id"])
    for kind in ("succeeded", "yen", "dinar", "reversed"):
        account.succeed(ids[kind])
    account.fail(ids["failed"], "account_closed")
    account.api.post(f"/v1/topups/{ids['canceled']}/cancel")
    account.reverse(ids["reversed"], "insufficient_funds")
    by_worker = f"/v1/topups/{ids['by_method']}"
    until(lambda: account.api.get(by_worker)["status"] == "succeeded", what="the worker to settle it")
    return ids


@pytest.fixture
def source(new_account: Account) -> Account:
    """An account of another Brim with nothing yet."""
    return new_account


@pytest.fixture
def flaky(server: Server) -> Iterator[FlakySource]:
    """A way to the source that a test may disturb."""
    with flaky_source(server.url) as flaky:
        yield flaky


class Target:
    """An account of this test's own database that history comes into."""

    def __init__(self, database: Database, account: str) -> None:
        self.database = database
        self.scope = AccountScope(account, livemode=False)

    async def take(self, source: Account, *, url: str | None = None, dry_run: bool = False) -> ImportReport:
        """Import what the source has, without waiting between tries."""
        client = RepeatingClient(Client(parse_api_base(url or source.url), source.key).get, pause=lambda _seconds: None)
        return await import_account(
            self.database, client.fetch, self.scope, by=TESTER, now_ms=_NOW_MS, ids=IdFactory(), dry_run=dry_run
        )


@pytest.fixture
async def target(database: Database) -> Target:
    """An account with nothing yet."""
    return Target(database, (await create_account(database, platform=None, **typed())).account)


def told(report: ImportReport) -> list[str]:
    """Return the differences that a report names."""
    return [str(each) for each in report.differences]


@pytest.fixture
def settled(source: Account) -> dict[str, str]:
    """Top-ups of all kinds at the source, of which only the pending one stays as it is."""
    return live_all_lives(source)


async def test_all_kinds_come_in_and_the_books_agree(
    source: Account, settled: Mapping[str, str], target: Target
) -> None:
    report = await target.take(source)
    assert (report.agrees, report.new, report.changed, report.renamed) == (True, 7, 0, 0)
    assert {key: (tally.count, tally.amount) for key, tally in report.here.items()} == {
        ("usd", "succeeded"): (2, 2350),
        ("jpy", "succeeded"): (1, 75000),
        ("kwd", "succeeded"): (1, 12340),
        ("usd", "failed"): (1, 99),
        ("eur", "canceled"): (1, 1000),
        ("usd", "reversed"): (1, 500),
    }
    assert report.source[("usd", "pending")].amount == 7
    assert {currency: each.here for currency, each in report.balances.items()} == {
        "usd": 2350,
        "jpy": 75000,
        "kwd": 12340,
    }
    await assert_books_hold(target.database)
    assert await rows(target.database, "SELECT count(*) AS events FROM events") == [{"events": 0}]
    assert await rows(target.database, "SELECT id FROM topups WHERE due_ms IS NOT NULL") == []
    assert settled["pending"] not in {row["id"] for row in await rows(target.database, "SELECT id FROM topups")}


@pytest.mark.usefixtures("settled")
async def test_a_second_run_writes_nothing_and_asks_the_source_alone(source: Account, target: Target) -> None:
    await target.take(source)
    before = await rows(target.database, "SELECT * FROM journal_entries ORDER BY id")
    report = await target.take(source)
    assert (report.agrees, report.new, report.changed) == (True, 0, 0)
    assert await rows(target.database, "SELECT * FROM journal_entries ORDER BY id") == before
    [count] = await rows(target.database, "SELECT count(*) AS lines FROM audit_log WHERE action = 'topup.imported'")
    assert count["lines"] == 1


async def test_what_changed_at_the_source_is_followed(
    source: Account, settled: Mapping[str, str], target: Target
) -> None:
    await target.take(source)
    source.succeed(settled["pending"])
    source.reverse(settled["yen"])
    source.api.post(f"/v1/topups/{settled['succeeded']}", {"description": "Second", "metadata[a]": ""})
    report = await target.take(source)
    assert (report.agrees, report.new, report.changed) == (True, 1, 2)
    assert report.balances["jpy"].here == 0
    await assert_books_hold(target.database)


@pytest.mark.usefixtures("settled")
async def test_two_imports_at_once_write_everything_once(source: Account, target: Target) -> None:
    reports = await asyncio.gather(*(target.take(source) for _ in range(3)))
    assert [report.agrees for report in reports] == [True] * 3
    assert sum(report.new for report in reports) == 7
    await assert_books_hold(target.database)


async def test_what_brim_changed_of_an_imported_one_is_named_not_undone(
    source: Account, settled: Mapping[str, str], target: Target, owner_database: Database
) -> None:
    """Only forward moves are followed: what came to another end here stays, and is told."""
    await target.take(source)
    canceled = settled["canceled"]
    await execute(
        owner_database,
        f"UPDATE topups SET status = 'failed', failure_code = 'no_account' WHERE id = '{canceled}'",
    )
    assert told(await target.take(source)) == [
        f'{canceled}: status is "canceled" at the source and "failed" in Brim',
        f'{canceled}: failure_code is null at the source and "no_account" in Brim',
    ]


@pytest.mark.usefixtures("settled")
async def test_a_dry_run_counts_and_writes_nothing(source: Account, target: Target) -> None:
    report = await target.take(source, dry_run=True)
    assert (report.new, told(report)) == (7, [])
    assert await rows(target.database, "SELECT id FROM topups UNION ALL SELECT currency FROM balances") == []


async def test_wrong_rows_are_named_and_left_alone(
    source: Account, settled: Mapping[str, str], target: Target, owner_database: Database
) -> None:
    await target.take(source)
    amount, currency = settled["succeeded"], settled["dinar"]
    await execute(
        owner_database,
        f"UPDATE topups SET amount = 2051 WHERE id = '{amount}'",
        f"UPDATE topups SET currency = 'bhd' WHERE id = '{currency}'",
        "UPDATE balances SET available = available + 1 WHERE currency = 'usd'",
    )
    report = await target.take(source)
    assert not report.agrees
    assert sorted(told(report)) == sorted(
        [
            f"{amount}: amount is 2050 at the source and 2051 in Brim",
            f'{currency}: currency is "kwd" at the source and "bhd" in Brim',
        ]
    )
    assert report.balances["usd"].reasons == [("what Brim has that is not from the source", -1)]
    assert (report.new, report.changed) == (0, 0)


@pytest.mark.usefixtures("settled")
async def test_what_else_moved_the_sources_balance_is_named(
    source: Account, target: Target, flaky: FlakySource
) -> None:
    """Charges and payouts are not Brim's: what they leave is said by type, and the parts add up."""

    def meddle(path: str, _number: int, answer: Any) -> Any:
        if path.startswith("/v1/balance_transactions?limit"):
            charge = {"id": "txn_charge", "available_on": 1, "created": 1, "currency": "usd", "description": None}
            answer["data"].append(charge | {"amount": 900, "fee": 29, "net": 871, "type": "charge", "source": "ch_1"})
        if path == "/v1/balance":
            answer["available"].append({"amount": 871, "currency": "usd"})
            answer["pending"].append({"amount": 3, "currency": "usd"})
        return answer

    flaky.meddle = meddle
    report = await target.take(source, url=flaky.url)
    usd = report.balances["usd"]
    assert (report.agrees, told(report), usd.difference) == (False, [], 874)
    assert usd.reasons == [
        ("charge, which Brim does not import", 871),
        ("what the source's balance has beyond its balance transactions", 3),
    ]


async def test_ids_that_do_not_say_when_are_replaced_the_same_way_each_time(
    source: Account, settled: Mapping[str, str], target: Target, flaky: FlakySource
) -> None:
    """A Stripe account's ids do not sort by time as Brim's do; created filters and lists go on working."""
    old = {settled["succeeded"]: "tu_1NG6yj2eZvKYlo2C1FOBiHya", settled["reversed"]: "tu_1NG6yj2eZvKYlo2C1FOBiHyb"}
    back = {new: old_id for old_id, new in old.items()}

    def meddle(path: str, _number: int, answer: Any) -> Any:
        for each in answer.get("data", ()):
            if each["object"] == "topup":
                each["id"] = old.get(each["id"], each["id"])
        if "source=tu_1NG" in path:
            source_id = back[path.partition("source=")[2].partition("&")[0]]
            return source.api.get("/v1/balance_transactions", {"source": source_id})
        return answer

    flaky.meddle = meddle
    report = await target.take(source, url=flaky.url)
    assert (told(report), report.agrees, report.new, report.renamed) == ([], True, 7, 2)
    found = await rows(target.database, "SELECT id, created, metadata ->> 'import_id' AS import_id FROM topups")
    renamed = {row["import_id"]: row for row in found if row["import_id"]}
    assert renamed.keys() == set(old.values())
    assert all(created_of(row["id"]) == row["created"] for row in renamed.values())
    report = await target.take(source, url=flaky.url)
    assert (report.agrees, report.new, report.changed) == (True, 0, 0)
    await assert_books_hold(target.database)


async def test_a_top_up_that_the_books_cannot_hold_is_refused_by_name(
    source: Account, settled: Mapping[str, str], target: Target, flaky: FlakySource
) -> None:
    def meddle(_path: str, _number: int, answer: Any) -> Any:
        for each in answer.get("data", ()):
            if each["id"] == settled["succeeded"]:
                each["balance_transaction"] |= {"fee": 5, "net": 2045}
        return answer

    flaky.meddle = meddle
    report = await target.take(source, url=flaky.url)
    txn = source.api.get(f"/v1/topups/{settled['succeeded']}")["balance_transaction"]
    assert told(report) == [
        f"{settled['succeeded']}: not imported: {txn} has a fee of 5, and Brim's top-ups have none",
        f"{txn}: not in Brim: topup of 2050 usd",
    ]
    assert report.balances["usd"].reasons == [("top-ups and reversals that are not in Brim as they are there", 2050)]
    assert (report.agrees, report.new) == (False, 6)


@pytest.mark.usefixtures("settled")
async def test_a_source_that_fails_now_and_then_is_asked_again(
    source: Account, target: Target, flaky: FlakySource
) -> None:
    failures = {1: 429, 2: 503, 3: None, 5: 500}
    flaky.meddle = lambda _path, number, answer: failures.get(number, answer)
    report = await target.take(source, url=flaky.url)
    assert (report.agrees, report.new) == (True, 7)
    assert flaky.requests == 4 + 4


class Killed:
    """Stalls the second page of top-ups until the importer is dead."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, path: str, _number: int, answer: Any) -> Any:
        if path.startswith("/v1/topups") and "starting_after" in path and not self.go_on.is_set():
            self.reached.set()
            self.go_on.wait(_PATIENCE_S)
        return answer


async def test_a_killed_import_is_finished_by_the_next(
    source: Account,
    settled: Mapping[str, str],
    target: Target,
    flaky: FlakySource,
    service_url: str,
    tmp_path: Path,
) -> None:
    """Then the API shows what came in as the source does, byte by byte."""
    for _ in range(100):
        source.api.post(f"/v1/topups/{_create(source, amount='11')}/cancel")
    flaky.meddle = killed = Killed()
    arguments = ("import", "stripe", "--api-base", flaky.url, "--database-url", service_url)
    env = brim_environment({"STRIPE_API_KEY": source.key})
    process = await asyncio.create_subprocess_exec(
        *brim_command(*arguments), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert await asyncio.to_thread(killed.reached.wait, _PATIENCE_S)
    process.kill()
    await process.wait()
    killed.go_on.set()
    assert len(await rows(target.database, "SELECT id FROM topups")) == 100
    done = run_brim(*arguments, env={"STRIPE_API_KEY": source.key})
    assert done.returncode == 0, done.stderr
    assert "The source and Brim agree to the cent." in done.stderr
    assert "Imported: 7 new, 0 changed" in done.stderr
    assert "Not imported because they are pending: 1" in done.stderr
    assert "usd\tcanceled\t100\t1100\t100\t1100" in done.stdout
    await assert_books_hold(target.database)
    await _show_the_same(source, settled, target, service_url, tmp_path)


async def _show_the_same(
    source: Account, settled: Mapping[str, str], target: Target, service_url: str, tmp_path: Path
) -> None:
    """Ask both for the same, and compare the bytes."""
    key = (await create_key(target.database, account=target.scope.account, livemode=False, **_plain())).secret

    def command(port: int) -> list[str]:
        return brim_command("api", "--port", str(port), "--database-url", service_url)

    with serving(command, brim_environment(), tmp_path / "api.log") as url:
        there, here = Wire(source.url, source.key), Wire(url, key)
        source.api.post(f"/v1/topups/{settled['pending']}/cancel")
        for target_path in _paths(settled):
            answers = [each.get(target_path) for each in (there, here)]
            assert answers[0].status == 200
            assert answers[0].body == answers[1].body, target_path
        posted = here.get(f"/v1/brim/topups/{settled['reversed']}/transfers").json["data"]
        assert {(line["debit_account"], line["credit_account"], line["amount"]) for line in posted} == {
            ("funding:clearing", "balance:available", 500),
            ("bank:stripe", "funding:clearing", 500),
            ("balance:available", "funding:clearing", 500),
            ("funding:clearing", "bank:stripe", 500),
        }
        rail = here.get(f"/v1/topups/{settled['yen']}?expand[]=brim.rail&expand[]=brim.availability").json["brim"]
        assert (rail["rail"]["name"], rail["rail"]["entries"]) == ("import", [])
        created = source.api.get(f"/v1/topups/{settled['yen']}")["created"]
        path = f"/v1/topups?created[lt]={created + 1}&status=succeeded&expand[]=data.balance_transaction"
        assert there.get(path).body == here.get(path).body


def _plain() -> dict[str, Any]:
    return {"permissions": None, "name": None, **typed()}


def _paths(settled: Mapping[str, str]) -> Iterator[str]:
    for kind, topup in settled.items():
        if kind != "pending":
            yield f"/v1/topups/{topup}"
            yield f"/v1/topups/{topup}?expand[]=balance_transaction.source"
            yield f"/v1/balance_transactions?source={topup}"
    yield "/v1/balance"
    yield "/v1/balance_transactions?limit=100&expand[]=data.source"
    yield f"/v1/topups?limit=100&starting_after={settled['succeeded']}"
    for status in ("succeeded", "failed", "reversed"):
        yield f"/v1/topups?status={status}"
    yield "/v1/balance_transactions?currency=jpy&type=topup"


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("sk_live_x", "add --live"),
        ("whsec_x", "it begins with sk_test_, sk_live_"),
    ],
)
def test_keys_that_are_not_meant_are_refused(key: str, sentence: str) -> None:
    done = CliRunner().invoke(cli, ["import", "stripe", "--api-key", key])
    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr


async def test_live_history_is_live_here_and_nothing_collects_it(
    source: Account, target: Target, flaky: FlakySource
) -> None:
    """The source is asked with a test key and says that it is live, as no sandbox settles live money."""
    live_all_lives(source)

    def meddle(_path: str, _number: int, answer: Any) -> Any:
        for each in answer.get("data", ()):
            if each["object"] == "topup":
                each["livemode"] = True
        return answer

    flaky.meddle = meddle
    live = Target(target.database, target.scope.account)
    live.scope = AccountScope(target.scope.account, livemode=True)
    report = await live.take(source, url=flaky.url)
    assert report.agrees
    [row] = await rows(target.database, "SELECT DISTINCT rail, livemode, due_ms FROM topups")
    assert row == {"rail": "import", "livemode": True, "due_ms": None}
    clearing = await rows(
        target.database,
        "SELECT sum(CASE 'funding:clearing' WHEN debit_account THEN amount WHEN credit_account THEN -amount ELSE 0 END)"
        " AS clearing FROM journal_entries",
    )
    assert clearing == [{"clearing": 0}]
    await assert_books_hold(target.database)

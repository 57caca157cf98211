"""The commands that erase personal data: what they show first, who may run them, and doing it again after a restore."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from click.testing import CliRunner

from brim.api.wire_formats import WIRE_FORMATS
from brim.cli.root import cli
from brim.core import direct_debits
from brim.core.erasure import ErasureRefusedError, Reason, Target, erase
from brim.core.legal_holds import HoldKind, LegalHold, lift_hold, place_hold
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER
from tests.support.books import rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney

BELOW = "acct_below"


class Commands:
    """Runs commands as the owner of the tables, unless told otherwise."""

    def __init__(self, url: str, money: LiveMoney, list_path: Path) -> None:
        self._url, self._money, self.list_path = url, money, list_path

    async def run(self, *arguments: str, url: str | None = None, fails: bool = False) -> str:
        line = [*arguments, "--database-url", url or self._url]
        if "list" not in arguments:
            line += ["--encryption-key", self._money.encryption_key, "--list", str(self.list_path)]
        result = await asyncio.to_thread(lambda: CliRunner().invoke(cli, line))
        assert bool(result.exit_code) == fails, result.output
        return result.output.strip()

    async def erase(self, payer: str, *arguments: str, url: str | None = None, fails: bool = False) -> str:
        own = ("payers", "erase", payer, "--live", "--account", PLATFORM.account)
        return await self.run(*own, *arguments, url=url, fails=fails)


@pytest_asyncio.fixture
async def money(database: Database, tmp_path: Path) -> LiveMoney:
    made = LiveMoney(database, tmp_path)
    await made.open(BELOW)
    return made


@pytest.fixture
def commands(database_url: str, money: LiveMoney, tmp_path: Path) -> Commands:
    return Commands(database_url, money, tmp_path / "erasures.jsonl")


async def holder(database: Database, payer: str) -> str | None:
    (row,) = await rows(database, "SELECT party ->> 'name' AS name FROM funding_sources WHERE id = $1", payer)
    name: str | None = row["name"]
    return name


async def test_nothing_is_erased_before_the_id_was_repeated(
    commands: Commands, database: Database, money: LiveMoney
) -> None:
    payer = await money.bank_account()
    shown = await commands.erase(payer, "--dry-run")
    assert f"Would erase: {payer} of {PLATFORM.account} (live)" in shown
    assert "funding_sources: 1 rows" in shown
    assert "Nothing was erased" in await commands.erase(payer, "--confirm", "src_other", fails=True)
    assert await holder(database, payer) == "Jenny Rosen"
    assert not commands.list_path.exists()
    report = json.loads((await commands.erase(payer, "--confirm", payer, "--json")).splitlines()[-1])
    assert (report["target"], report["status"], report["erased"]["funding_sources"]) == (payer, "done", 1)
    assert [kept["what"] for kept in report["kept"]] == ["authorizations.sealed", "idempotency_keys.key"]
    assert "Jenny" not in json.dumps(report)
    assert await holder(database, payer) is None
    assert f"{payer} of {PLATFORM.account} (live)\tdone" in await commands.run("erasures", "list")
    said = await rows(
        database, "SELECT action, detail FROM audit_log WHERE object = $1 ORDER BY id DESC LIMIT 2", payer
    )
    assert {(row["action"], row["detail"].partition(",")[0]) for row in said} == {
        ("payer.erased", "begun"),
        ("payer.erased", "done"),
    }


async def test_an_older_database_is_erased_again_from_the_list(
    commands: Commands, database: Database, owner_database: Database, money: LiveMoney
) -> None:
    erased, second = await money.bank_account(), await money.bank_account()
    old = await rows(database, "SELECT * FROM funding_sources WHERE id = $1", erased)
    for payer in (erased, second):
        await commands.erase(payer, "--confirm", payer)
    await rows(owner_database, "DELETE FROM erasures WHERE target = $1", erased)
    await rows(
        owner_database,
        "UPDATE funding_sources SET party = $2, fingerprint = $3 WHERE id = $1",
        erased,
        old[0]["party"],
        old[0]["fingerprint"],
    )
    assert await holder(database, erased) == "Jenny Rosen"
    said = await commands.run("erasures", "again")
    assert f"Erased: {erased}" in said
    assert f"Done already: {second}" in said
    assert await holder(database, erased) is None
    with commands.list_path.open("a") as file:
        file.write(f'{{"account":"{PLATFORM.account}","target":"{PLATFORM.account}","livemode":null}}\n')
    assert "account_not_closed" in await commands.run("erasures", "again", fails=True)
    with commands.list_path.open("a") as file:
        file.write("{}\n")
    assert "Line 4" in await commands.run("erasures", "again", fails=True)


async def test_the_service_may_not_erase(commands: Commands, money: LiveMoney, service_url: str) -> None:
    payer = await money.bank_account()
    assert "--migration-url" in await commands.erase(payer, "--dry-run", url=service_url, fails=True)


async def test_an_owner_that_took_the_right_from_itself_has_it_for_a_transaction_only(
    commands: Commands, database: Database, owner_database: Database, money: LiveMoney
) -> None:
    """Where one role owns and serves, `brim migrate` revokes from it what changes the audit log."""
    payer = await money.bank_account()
    await rows(owner_database, "REVOKE UPDATE ON audit_log FROM current_user")
    await rows(
        owner_database,
        "INSERT INTO audit_log (id, at_ms, actor_kind, action, object, detail, before) "
        "VALUES ('aud_1', 1, 'cli', 'funding_source.verified', $1, 'shown by Jenny', '{\"party\": \"[hidden]\"}')",
        payer,
    )
    await commands.erase(payer, "--confirm", payer)
    (line,) = await rows(database, "SELECT detail, before::text FROM audit_log WHERE id = 'aud_1'")
    assert (line["detail"], json.loads(line["before"])) == ("[erased]", {"party": "[erased]"})
    statement = (
        "SELECT bool_or(privilege_type = 'UPDATE') AS may FROM pg_class, aclexplode(relacl) "
        "WHERE oid = 'audit_log'::regclass"
    )
    assert (await rows(owner_database, statement))[0]["may"] is False


async def test_each_reason_keeps_it_from_being_erased(
    commands: Commands, owner_database: Database, money: LiveMoney
) -> None:
    payer = await money.bank_account()
    assert "unknown: " in await commands.erase("src_none", "--dry-run", fails=True)
    topup = await money.create(payer, 5000)
    assert "pending_topups: 1" in await commands.erase(payer, "--dry-run", fails=True)
    await money.until("2026-12-01 18:00")
    said = await commands.erase(payer, "--dry-run", fails=True)
    assert "pending_topups" in said
    assert "money_at_the_bank" in said
    await money.until("2026-12-08 12:00")
    assert (await money.topup(topup))["status"] == "succeeded"
    assert "returnable: A debit may still be returned" in await commands.erase(payer, "--dry-run", fails=True)
    await rows(owner_database, "UPDATE ach_entries SET effective_date = '2026-01-01'")
    await rows(
        owner_database,
        "INSERT INTO breaks (account, livemode, id, kind, cause, detail, opened_ms) "
        "VALUES ($1, true, 'brk_1', 'unmatched_line', 'x', 'x', 1)",
        PLATFORM.account,
    )
    assert "open_breaks" in await commands.erase(payer, "--dry-run", fails=True)
    await rows(owner_database, "UPDATE breaks SET resolved_ms = 1")
    await commands.erase(payer, "--dry-run")
    await rows(
        owner_database,
        "INSERT INTO balances (account, livemode, currency, available, reserved) VALUES ($1, true, 'usd', 1, 0)",
        BELOW,
    )
    said = await commands.run("accounts", "erase", BELOW, "--dry-run", fails=True)
    assert "account_not_closed" in said
    assert "balance_not_zero" in said


async def test_a_refund_keeps_its_payer_until_it_has_ended_and_is_erased_with_it(
    commands: Commands, owner_database: Database, money: LiveMoney
) -> None:
    payer = await money.bank_account()
    topup = await money.create(payer, 5000)
    await money.until("2026-12-01 18:00")
    await money.until("2026-12-08 12:00", step_hours=24)
    await rows(owner_database, "UPDATE ach_entries SET effective_date = '2026-01-01'")
    await rows(owner_database, "UPDATE breaks SET resolved_ms = 1")
    asked: dict[str, Any] = {"renderers": WIRE_FORMATS, "by": OPERATOR, "now_ms": money.now_ms, "ids": money.ids}
    wanted = direct_debits.RefundRequest(description="Sorry, Jenny.", metadata={"name": "Jenny"})
    async with money.database.transaction() as conn:
        made = await direct_debits.request_refund(conn, PLATFORM, topup, wanted, **asked)
    assert "have a refund that the bank has yet to book" in await commands.erase(payer, "--dry-run", fails=True)
    async with money.database.transaction() as conn:
        await direct_debits.cancel_refund(conn, PLATFORM, made.id, **asked)
    await commands.erase(payer, "--confirm", payer)
    (kept,) = await rows(owner_database, "SELECT description, metadata, amount, last4 FROM refunds")
    assert (kept["description"], kept["metadata"], kept["amount"], kept["last4"]) == (None, None, 5_000, "")
    for table in ("events", "balance_transactions", "audit_log"):
        found = await rows(owner_database, f"SELECT t::text AS row FROM {table} AS t")
        assert not [each for each in found if "Sorry" in each["row"]], table


async def test_a_legal_hold_refuses_it_and_stops_it_between_two_pages(
    commands: Commands, owner_database: Database, money: LiveMoney
) -> None:
    payer = await money.bank_account()
    vault, target = money.vault, Target(PLATFORM.account, payer, livemode=True)
    asked: dict[str, Any] = {"by": TESTER, "now_ms": money.now_ms, "ids": money.ids}
    holds = []

    class HeldInTheMiddle:
        """A database on which a hold is placed once a few transactions are committed."""

        def __init__(self) -> None:
            self.left = 4

        def __getattr__(self, name: str) -> Any:
            return getattr(owner_database, name)

        async def transact(self, work: Callable[[Conn], Awaitable[Any]]) -> Any:
            self.left -= 1
            if not self.left:
                holds.append(await owner_database.transact(place))
            return await owner_database.transact(work)

    async def place(conn: Conn) -> LegalHold:
        account = PLATFORM.account
        return await place_hold(
            conn, kind=HoldKind.ACCOUNT, account=account, reason="A court.", reference=None, **asked
        )

    with pytest.raises(ErasureRefusedError) as stopped:
        await erase(HeldInTheMiddle(), vault, target, **asked)  # type: ignore[arg-type]  # it is one but in name
    assert [each.reason for each in stopped.value.refusals] == [Reason.LEGAL_HOLD]
    assert "interrupted" in await commands.run("erasures", "list")
    assert "legal_hold: " in await commands.erase(payer, "--dry-run", fails=True)
    await owner_database.transact(lambda conn: lift_hold(conn, holds[0].id, **asked))
    await commands.erase(payer, "--confirm", payer)
    assert await holder(owner_database, payer) is None

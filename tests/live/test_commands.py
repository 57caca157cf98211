"""The commands about live money, each on a database with a platform and its bank."""

import asyncio
import json
import re
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_asyncio
from click.testing import CliRunner

from brim.cli.root import cli
from brim.platform.database import Database
from tests.support.books import execute, rows
from tests.support.brim_process import run_brim
from tests.support.csv_statements import Line, csv_file, simple
from tests.support.live_money import LiveMoney
from tests.support.people import add
from tests.support.sepa_money import SepaMoney
from tests.support.statement_writers import Account, Entry, bai2

PROFILE = """
odfi_routing_number = "{routing}"
odfi_name = "REHEARSAL BANK"
immediate_origin = "1234567890"
origin_name = "MY COMPANY"
company_name = "MY COMPANY"
company_id = "1234567890"
account_number = "{number}"
outgoing_folder = "out"
incoming_folder = "in"
"""


class Commands:
    """Runs `brim` on a database of a test."""

    def __init__(self, url: str, money: LiveMoney) -> None:
        self._flags = ["--database-url", url]
        self._secrets = ["--encryption-key", money.encryption_key]

    async def run(self, *arguments: str, secrets: bool = False, fails: bool = False) -> str:
        """Return what a command prints; `secrets` gives it the encryption key."""
        line = [*arguments, *self._flags, *(self._secrets if secrets else ())]
        result = await asyncio.to_thread(lambda: CliRunner().invoke(cli, line))
        assert bool(result.exit_code) == fails, result.output
        return result.output.strip()

    async def take(self, *arguments: str, group: str = "ach") -> str:
        """Return what the import of files prints: a process of its own, as it makes its own logs."""
        done = await asyncio.to_thread(run_brim, group, "import", *arguments, *self._flags, *self._secrets)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest.fixture
def brim(service_url: str, live: LiveMoney, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Commands whose clock begins at the time of the live money, whatever day it is."""
    began = time.monotonic_ns()
    clock = SimpleNamespace(time_ns=lambda: live.now_ms * 1_000_000 + time.monotonic_ns() - began)
    monkeypatch.setattr("brim.base.clock.time", clock)
    return Commands(service_url, live)


def write_profile(folder: Path, *, routing: str = "121042882", number: str = "9876543210", more: str = "") -> str:
    path = folder / "originator.toml"
    path.write_text(PROFILE.format(routing=routing, number=number) + more)
    return str(path)


async def actions(database: Database) -> list[str]:
    """Return what the audit log has of commands, oldest first."""
    found = await rows(database, "SELECT action FROM audit_log WHERE actor_kind = 'cli' ORDER BY id")
    return [row["action"] for row in found]


async def test_an_originator_is_written_down_activated_changed_and_suspended(
    brim: Commands, database: Database, tmp_path: Path
) -> None:
    await brim.run("accounts", "create")
    made = await brim.run("ach", "originators", "create", write_profile(tmp_path), secrets=True)
    await brim.run("ach", "originators", "activate", made)
    shown = await brim.run("ach", "originators", "show", made)
    assert f"outgoing_folder\t{tmp_path / 'out'}" in shown
    assert "ends in 3210" in shown
    assert "9876543210" not in shown
    assert f"{made}\tactive\t121042882" in await brim.run("ach", "originators", "list")
    changed = write_profile(tmp_path, more="hold_days = 5\n")
    await brim.run("ach", "originators", "update", made, changed, secrets=True)
    assert "hold_days\t5" in await brim.run("ach", "originators", "show", made)
    again = await brim.run("ach", "originators", "create", write_profile(tmp_path), secrets=True, fails=True)
    assert f"inside of a folder of {made}" in again
    await brim.run("ach", "originators", "activate", made)
    await brim.run("ach", "originators", "suspend", made)
    assert f"{made}\tsuspended" in await brim.run("ach", "originators", "list")
    assert [action for action in await actions(database) if action.startswith("originator.")] == [
        "originator.created",
        "originator.activated",
        "originator.updated",
        "originator.activated",
        "originator.suspended",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [("hold_days = -1\n", "hold_days"), ("colour = 1\n", "colour"), ("=", "Invalid"), ("hold_days = 'x'\n", "int")],
)
async def test_a_file_that_is_no_profile_is_told_in_a_sentence(
    brim: Commands, tmp_path: Path, more: str, said: str
) -> None:
    await brim.run("accounts", "create")
    told = await brim.run("ach", "originators", "create", write_profile(tmp_path, more=more), secrets=True, fails=True)
    assert told.startswith("Error: ")
    assert said in told


async def test_where_two_admins_are_no_command_activates(brim: Commands, tmp_path: Path) -> None:
    await brim.run("accounts", "create")
    made = await brim.run("ach", "originators", "create", write_profile(tmp_path), secrets=True)
    for name in ("ada", "bob"):
        await brim.run("operators", "add", f"{name}@example.com", "--role", "admin", "--no-password")
    assert "in the dashboard" in await brim.run("ach", "originators", "activate", made, fails=True)
    await brim.run("operators", "disable", "bob@example.com")
    await brim.run("ach", "originators", "activate", made)


async def test_files_are_approved_voided_downloaded_and_resubmitted(
    brim: Commands, live: LiveMoney, database: Database, owner_database: Database, tmp_path: Path
) -> None:
    await live.open(requires_approval=True)
    topup = await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    file_id = (await brim.run("ach", "files", "list")).split("\t")[0]
    presented = (await brim.run("ach", "entries", topup)).split("\t")
    assert presented[:5] == ["1", "", "in_file", "5000", file_id]
    assert "status\tbuilt" in await brim.run("ach", "files", "show", file_id)
    assert "hash" in await brim.run("ach", "files", "approve", file_id, "--sha256", "00", fails=True)
    await brim.run("ach", "files", "void", file_id)
    assert "cannot become approved" in await brim.run("ach", "files", "approve", file_id, fails=True)
    await live.work()
    file_id = (await brim.run("ach", "files", "list")).split("\t")[0]
    path = tmp_path / "file.ach"
    path.write_text("of before")
    path.chmod(0o644)
    await brim.run("ach", "files", "download", file_id, "-o", str(path), secrets=True)
    assert path.read_bytes().startswith(b"101")
    assert path.stat().st_mode & 0o777 == 0o600
    await brim.run("ach", "files", "approve", file_id)
    await brim.run("ach", "files", "resubmit", file_id, "--none-was-processed", fails=True)
    await execute(owner_database, f"UPDATE ach_files SET status = 'rejected' WHERE id = '{file_id}'")
    assert "--none-was-processed" in await brim.run("ach", "files", "resubmit", file_id, fails=True)
    assert (await brim.run("ach", "files", "resubmit", file_id, "--none-was-processed")).startswith("1 entry")
    assert [action for action in await actions(database) if action.startswith("ach_file.")] == [
        "ach_file.voided",
        "ach_file.downloaded",
        "ach_file.approved",
        "ach_file.resubmitted",
    ]


async def test_money_is_stopped_and_resumed_and_what_the_bank_sent_is_taken_by_hand(
    brim: Commands, live: LiveMoney, database: Database, tmp_path: Path
) -> None:
    await live.open()
    assert await brim.run("ach", "stop", "--reason", "fraud") == "ACH is stopped."
    assert await brim.run("ach", "stop", "--reason", "fraud") == "ACH was stopped already."
    assert await brim.run("ach", "resume") == "ACH is resumed."
    rubbish = tmp_path / "rubbish.txt"
    rubbish.write_text("101 no file of a bank\n")
    assert await brim.take(str(rubbish)) == "rubbish.txt was imported: nacha, held."
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    again, new, complete = (await brim.take(str(rubbish), str(empty), "--complete")).splitlines()
    assert re.fullmatch(r"rubbish\.txt was already imported: bankf_\w+, nacha, held\.", again)
    assert new == "empty.txt was imported: empty, applied."
    assert complete == "Everything that the bank has sent until now is imported."
    (reading,) = await rows(database, "SELECT began_ms, stated_ms FROM bank_readings")
    assert reading["began_ms"] is None
    assert reading["stated_ms"] > 0
    assert "Pass a FILE, or --complete" in await brim.run("ach", "import", secrets=True, fails=True)
    (line,) = (await brim.run("breaks", "list")).splitlines()
    assert "held_file" in line
    break_id = line.split("\t")[0]
    await brim.run("breaks", "resolve", break_id, "--resolution", "asked the bank")
    again = await brim.run("breaks", "resolve", break_id, "--resolution", "again", fails=True)
    assert "was already resolved: asked the bank" in again
    assert "No such break" in await brim.run("breaks", "resolve", "brk_none", "--resolution", "x", fails=True)
    imported = ["bank_file.imported", "bank_file.imported", "bank_file.all_imported"]
    done = ["rail.stopped", "rail.resumed", *imported, "break.resolved"]
    assert sorted(await actions(database)) == sorted(done)  # the import's process has a clock of its own


async def test_corrections_are_listed_and_an_open_one_is_refused(
    brim: Commands, live: LiveMoney, database: Database
) -> None:
    await live.open()
    assert "None." in await brim.run("ach", "corrections")
    for number, amount in (("9801000000", 5_000), ("9702000000", 6_000)):
        await live.create(await live.bank_account(number), amount)
    await live.until("2026-12-04 17:00")
    listed = (await brim.run("ach", "corrections")).splitlines()
    assert ["C01" in line and "applied" in line for line in listed].count(True) == 1
    (line,) = (await brim.run("ach", "corrections", "--status", "open")).splitlines()
    correction = line.split()[0]
    assert "contains no valid routing number" in line
    assert "is refused" in await brim.run("ach", "refuse", correction, "--code", "C65")
    assert "only an open one" in await brim.run("ach", "refuse", correction, "--code", "C65", fails=True)
    assert "correction.refused" in await actions(database)


async def test_a_bank_account_is_verified_by_a_prenote(brim: Commands, live: LiveMoney, database: Database) -> None:
    await live.open()
    source = await live.bank_account(verified=False)
    await execute(database, 'UPDATE originators SET profile = profile || \'{"cutoffs": ["00:00"]}\'')
    made = await brim.run("ach", "prenote", source)
    assert "already pending" in await brim.run("ach", "prenote", source, fails=True)
    (line,) = (await brim.run("ach", "prenotes")).splitlines()
    assert line.startswith(f"{made}\t{source}\tpending\t")
    assert await actions(database) == ["funding_source.prenote_started"]


async def test_a_bank_account_is_verified_once_and_its_holder_authorizes(
    brim: Commands, live: LiveMoney, database: Database, owner_database: Database
) -> None:
    await live.open()
    source = await live.bank_account(authorized=False)
    await execute(owner_database, f"UPDATE funding_sources SET verification = 'pending' WHERE id = '{source}'")
    assert "No such" in await brim.run("ach", "verify-source", "src_none", "--evidence", "x", fails=True)
    await brim.run("ach", "verify-source", source, "--evidence", "statement")
    assert "already verified" in await brim.run("ach", "verify-source", source, "--evidence", "x", fails=True)
    told = await brim.run("ach", "authorize", source, "--text", "I agree.", "--accepted", "yesterday", fails=True)
    assert "2026-12-01T10:00:00Z" in told
    await brim.run("ach", "authorize", source, "--text", "I agree.", "--accepted", "2026-11-30T10:00:00Z")
    assert await live.create(source)
    (verified, authorized) = await rows(
        database, "SELECT action, detail FROM audit_log WHERE actor_kind = 'cli' ORDER BY id"
    )
    assert (verified["action"], verified["detail"]) == ("funding_source.verified", "statement")
    assert authorized["action"] == "authorization.created"


async def test_reversals_are_listed_and_a_debit_is_reversed_once(
    brim: Commands, live: LiveMoney, database: Database
) -> None:
    await live.open()
    assert "None." in await brim.run("ach", "reversals")
    topup = await live.create(await live.bank_account())
    assert "Cancel the top-up instead" in await brim.run("ach", "reverse", topup, "--reason", "duplicate", fails=True)
    await live.until("2026-12-01 17:10")
    told = await brim.run("ach", "reverse", topup, "--reason", "duplicate")
    assert f"reverses 5000 cents of {topup}" in told
    assert "already has a reversal" in await brim.run("ach", "reverse", topup, "--reason", "wrong_date", fails=True)
    (line,) = (await brim.run("ach", "reversals", "--status", "requested")).splitlines()
    assert line.split()[1:6] == ["2026-12-02", "5000", topup, "duplicate", "requested"]
    assert "ach_reversal.requested" in await actions(database)


async def test_a_top_up_is_refunded_and_the_refund_canceled(
    brim: Commands, live: LiveMoney, database: Database
) -> None:
    await live.open()
    assert "None." in await brim.run("ach", "refunds")
    topup = await live.create(await live.bank_account())
    assert "it is pending" in await brim.run("ach", "refund", topup, fails=True)
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-07 15:00", step_hours=24)
    async with database.connection() as conn:
        await conn.execute("UPDATE ach_entries SET effective_date = date '2026-12-04'")
        assert "may still be returned" in await brim.run("ach", "refund", topup, fails=True)
        await conn.execute("UPDATE ach_entries SET effective_date = date '2026-11-02'")
    await _assert_at_risk(brim, live)
    told = await brim.run("ach", "refund", topup, "--amount", "2000", "--description", "Sorry.")
    assert f"refunds 2000 cents of {topup}" in told
    assert "greater than the unrefunded amount" in await brim.run(
        "ach", "refund", topup, "--amount", "3001", fails=True
    )
    (line,) = (await brim.run("ach", "refunds", "--status", "pending", "--topup", topup)).splitlines()
    refund, *rest = line.split()
    assert rest[:3] == ["2000", topup, "pending"]
    assert "has its 2000 cents again" in await brim.run("ach", "cancel-refund", refund)
    assert "it is canceled" in await brim.run("ach", "cancel-refund", refund, fails=True)
    assert {"refund.requested", "refund.canceled"} <= set(await actions(database))


async def _assert_at_risk(brim: Commands, live: LiveMoney) -> None:
    """Check that the command tells what is at risk of one top-up that has succeeded, and what another will bring."""
    await live.create(await live.bank_account(), 700)
    total, of_source, arrival = (await brim.run("risk")).splitlines()
    assert total.split("\t") == ["total", "", "usd", "0 (0)", "0 (0)", "5000 (1)", "5000 (1)"]
    assert of_source.split("\t")[3:] == total.split("\t")[3:]
    assert arrival.split("\t")[2:5] == ["usd", "700", "1"]
    told = json.loads(await brim.run("risk", "--json"))
    assert (told["currencies"][0]["total"], told["arrivals"][0]["reason"]) == (
        {"amount": 5_000, "topups": 1},
        arrival.split("\t")[5],
    )


async def test_returns_are_listed_with_their_deadlines_and_one_is_dishonored(
    brim: Commands, live: LiveMoney, database: Database
) -> None:
    await live.open()
    assert "None." in await brim.run("ach", "returns")
    topup = await live.create(await live.bank_account("9906020000"))
    await live.until("2026-12-01 17:10")
    await live.until("2026-12-04 18:00")
    (line,) = (await brim.run("ach", "returns", "--status", "dishonorable")).splitlines()
    assert line.split()[1:6] == ["2026-12-04", "R06", "5000", topup, "returned"]
    assert "2026-12-11 22:00:00Z" in line
    found = line.split()[0]
    assert "no time limit" in await brim.run("ach", "dishonor", found, "--code", "R68", fails=True)
    assert "is dishonored with R70" in await brim.run("ach", "dishonor", found, "--code", "R70")
    assert "only one in status returned" in await brim.run("ach", "dishonor", found, "--code", "R70", fails=True)
    assert "ach_return.dishonored" in await actions(database)
    assert "None." in await brim.run("ach", "returns", "--status", "dishonorable")


async def test_a_mapping_of_csv_is_tried_saved_shown_and_used(brim: Commands, live: LiveMoney, tmp_path: Path) -> None:
    await live.open()
    fields, file = tmp_path / "mapping.toml", tmp_path / "monday.csv"
    fields.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in simple().items()))
    file.write_bytes(csv_file(simple(), 1_000, [Line(date(2026, 11, 30), -250, ("FEE",))]))
    assert "no mapping" in await brim.run("statements", "mapping", "preview", str(file), fails=True)
    tried = await brim.run("statements", "mapping", "preview", str(file), "--mapping", str(fields))
    assert "row 2\t2026-11-30\t-2.50 USD\t\tFEE" in tried
    assert "Opening balance 10.00 USD, closing balance 7.50 USD." in tried
    assert "has no mapping" in await brim.run("statements", "mapping", "show", fails=True)
    assert "version 1 for operating" in await brim.run("statements", "mapping", "set", str(fields))
    shown = await brim.run("statements", "mapping", "show", "--bank-account", "operating")
    assert 'text_columns = ["Description"]' in shown
    fields.write_text(f"{shown}\nwhat = 1\n")
    assert "what cannot be saved" in await brim.run("statements", "mapping", "set", str(fields), fails=True)
    fields.write_text("x")
    assert "is not a valid mapping" in await brim.run("statements", "mapping", "set", str(fields), fails=True)
    told = await brim.take(str(file), group="statements")
    assert told.strip() == "monday.csv: statement, applied; 1 statement, 1 new line, 1 open break."


async def test_an_imported_statement_waits_where_there_are_operators(
    brim: Commands, live: LiveMoney, tmp_path: Path, database: Database
) -> None:
    await live.open()
    for name in ("ada", "eve"):
        await add(database, f"{name}@example.com")
    file = tmp_path / "monday.bai"
    file.write_bytes(
        bai2([Account("9876543210", "usd", 1_000, (Entry(-250, "B1", text=("FEE",)),), date(2026, 11, 30))])
    )
    taken, told = (await brim.take(str(file), group="statements")).splitlines()
    assert taken == "monday.bai: statement, awaiting_approval."
    waits = told.partition(" ")[0]
    assert told.startswith(f"{waits} needs approval by another operator")
    assert f"has no effect until {waits} is approved" in await brim.take("--complete")
    shown = await brim.run("statements", "preview", waits, secrets=True)
    assert "...3210\t1000 usd\t750 usd\t0 usd\t-250 usd\t1 of 1\tfirst" in shown
    assert "2026-11-30\t-250 usd\topen\tThis line matches nothing in the books" in shown
    sha256 = shown.partition("sha256 ")[2].partition("\n")[0]
    approve = ("statements", "approve", waits, "--sha256", sha256)
    assert "There are operators who can approve this" in await brim.run(*approve, secrets=True, fails=True)
    assert "is rejected." in await brim.run("statements", "reject", waits, "--reason", "No such fee.")
    assert 'was rejected ("No such fee.")' in await brim.take(str(file))
    await execute(database, "UPDATE operators SET disabled_ms = 1 WHERE email LIKE 'eve%'")
    assert "is approved." in await brim.run(*approve, secrets=True)


async def test_statements_are_imported_listed_and_shown(brim: Commands, live: LiveMoney, tmp_path: Path) -> None:
    await live.open()
    assert "None." in await brim.run("statements", "list")
    file = tmp_path / "monday.bai"
    file.write_bytes(
        bai2([Account("9876543210", "usd", 1_000, (Entry(-250, "B1", text=("FEE",)),), date(2026, 11, 30))])
    )
    told = await brim.take(str(file), group="statements")
    assert told.strip() == "monday.bai: statement, applied; 1 statement, 1 new line, 1 open break."
    assert "was already imported" in await brim.take(str(file), group="statements")
    other = tmp_path / "other.bai"
    other.write_bytes(bai2([Account("1111", "usd", 0, (Entry(5, "B1"), Entry(6, "B2")), date(2026, 11, 30))]))
    assert "0 statements, 0 new lines, 2 open breaks." in await brim.take(str(other), group="statements")
    (line,) = (await brim.run("statements", "list", "--open")).splitlines()
    statement, *shown = line.split("\t")
    assert shown == ["operating usd", "2026-11-30", "1000", "750", "1", "1", "-250", "applied"]
    assert "None." in await brim.run("statements", "list", "--bank-account", "other")
    (shown_line,) = (await brim.run("statements", "show", statement)).splitlines()
    assert shown_line.split("\t")[1:4] == ["2026-11-30", "-250 usd", "open"]
    assert "No such bank statement" in await brim.run("statements", "show", "stmt_none", fails=True)


async def test_the_exchange_of_both_rails_is_tested_and_a_message_is_compared_by_command(
    live: LiveMoney, brim: Commands, tmp_path: Path
) -> None:
    await live.open()
    for name in ("to-bank", "from-bank"):
        (tmp_path / "sepa" / name).mkdir(parents=True)
    sepa = SepaMoney(live.database, tmp_path / "sepa")
    sepa.vault = live.vault
    sepa.move_to(live.database)
    originator = (await sepa.originate(bank_account="euros")).id
    told = await brim.run("ach", "check-exchange")
    assert told.count("works") == 4
    assert str(tmp_path / "from-bank") in told
    (tmp_path / "sepa" / "from-bank").rename(tmp_path / "sepa" / "gone")
    told = await brim.run("ach", "check-exchange", fails=True)
    assert (told.count("works"), told.count("fails")) == (3, 1)
    (tmp_path / "sepa" / "gone").rename(tmp_path / "sepa" / "from-bank")

    await sepa.create(await sepa.iban(), 1_000)
    await sepa.pass_time("2026-12-01 17:00")
    (tmp_path / "it.xml").write_bytes(sepa.sent()[0])
    (tmp_path / "other.xml").write_bytes(b"no message")
    compare = ("ach", "compare", "--originator", originator, "--without-list", "--file")
    told = await brim.run(*compare, str(tmp_path / "other.xml"), secrets=True, fails=True)
    assert "only SEPA messages identify themselves" in told
    told = await brim.run(*compare, str(tmp_path / "it.xml"), secrets=True)
    assert told.startswith("0 files with 0 entries had been sent")  # it is known, and had left

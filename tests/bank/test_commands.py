"""The commands, as they are typed."""

import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from brim.cli.root import cli
from tests.support.forward_files import Sent, SentBatch, nacha, trace
from tests.support.rehearsal import Rehearsal

GOOD = nacha(SentBatch([Sent(), Sent("9901010000")]))


def test_time_never_goes_back(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    answer = bank.run("advance", "--to", "2026-11-30T14:59", fails=True)
    assert answer == "Error: The bank's time is 2026-11-30T15:00:00-05:00 already and cannot go back.\n"


def test_days_are_days_of_the_wall_clock(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path, now="2026-10-31T15:00")  # daylight saving ends on November 1
    bank.run("advance", "--days", "1")
    assert bank.show()["now"] == "2026-11-01T15:00:00-05:00"


def test_a_bank_is_created_once(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    folders = ("--inbox", str(bank.inbox), "--outbox", str(bank.outbox))
    bank.run("init", *folders)
    assert "already has a bank" in bank.run("init", *folders, "--return-fee", "1", fails=True)


@pytest.mark.parametrize(
    "flags",
    [
        ("--routing", "990000014"),
        ("--routing", "99000001"),
        ("--account", "1 2"),
        ("--time-zone", "America/Nowhere"),
        ("--outbox", "in"),
        ("--now", "tomorrow"),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path: Path, flags: tuple[str, ...]) -> None:
    places = {"--inbox": str(tmp_path / "in"), "--outbox": str(tmp_path / "out")}
    given = [part for pair in places.items() for part in pair]
    flags = tuple(str(tmp_path / "in") if flag == "in" else flag for flag in flags)
    result = CliRunner().invoke(cli, ["bank", "init", str(tmp_path / "state"), *given, *flags])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert not (tmp_path / "state").exists()


def test_a_folder_without_a_bank_says_how_to_create_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["bank", "show", str(tmp_path)])
    assert result.exit_code == 1
    assert "brim bank init" in result.output


def test_what_is_known_is_shown(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    bank.send(GOOD)
    bank.advance("2026-12-01T12:00")
    assert bank.run("show").splitlines() == [
        "Time 2026-12-01T12:00:00-05:00   Balance 20.00",
        "File brim-1.ach  accepted  2 entries  debit 20.00  credit 0.00",
        "  Batch 0000001  settled, settlement 2026-12-01",
        f"Entry {trace(1)}  27  10.00  account 12345678  TOPUP",
        f"Entry {trace(2)}  27  10.00  account 9901010000  TOPUP  R01 due 2026-12-02T16:00:00-05:00",
        "Due 2026-12-01T23:00:00-05:00  statement (1)",
        "Due 2026-12-02T16:00:00-05:00  send returns (1)",
    ]


def test_accounts_lists_every_number() -> None:
    printed = CliRunner().invoke(cli, ["bank", "accounts"]).output
    assert all(number in printed for number in ("000111111116", "000000000009", "99RRDD0000", "98CC000000"))


def test_serve_takes_files_until_it_is_stopped(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path, now="2099-01-05T15:00")  # it has nothing to make up for
    command = [sys.executable, "-m", "brim", "bank", "serve", str(bank.state), "--poll", "0.05"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        assert "takes files from" in serving.stdout.readline()
        bank.run("advance", fails=True)  # one process at a time
        bank.send(GOOD)
        while not bank.files("ack_"):
            assert serving.poll() is None
            os.sched_yield()
        serving.send_signal(signal.SIGTERM)
        assert serving.stdout.read() == "Stopped.\n"
    assert serving.returncode == 0


def test_camt_says_what_bai2_says(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path, "--statement-format", "camt053", "--return-fee", "250")
    bank.send(nacha(SentBatch([Sent(), Sent("9901000000", 5_00)])))
    bank.advance("2026-12-01T23:00")
    space = {"": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}
    statement = ET.fromstring(bank.only("statement_20261201.xml")).find("BkToCstmrStmt/Stmt", space)
    assert statement is not None

    def texts(path: str) -> list[str | None]:
        return [found.text for found in statement.findall(path, space)]

    assert texts("Bal/Amt") == ["0.00", "7.50"]
    assert texts("Ntry/Amt") == ["15.00", "5.00", "2.50"]
    assert texts("Ntry/CdtDbtInd") == ["CRDT", "DBIT", "DBIT"]
    assert texts("Ntry/AcctSvcrRef") == ["26120100000001", "26120100000002", "26120100000003"]
    assert texts("Ntry/NtryDtls/Btch/PmtInfId") == ["1234567890-0000001"]
    assert texts("Ntry/NtryDtls/Btch/NbOfTxs") == ["2"]
    assert texts("Ntry/NtryDtls/TxDtls/Refs/EndToEndId") == [trace(2), trace(2)]
    assert texts("Ntry/NtryDtls/TxDtls/RtrInf/Rsn/Prtry") == ["R01"]
    assert texts("Ntry/RvslInd") == ["true"]
    assert texts("Ntry/AddtlNtryInf")[1] == f"ACH RETURN R01 {trace(2)} 231380100000001"

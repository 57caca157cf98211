"""Transfers that customers send to the originator, as the bank's statements have them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from brim.bank.commands import bank
from brim.core.reconciliation.formats import read_statement


def run(*arguments: str) -> str:
    result = CliRunner().invoke(bank, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("statement_format", ["bai2", "camt053"])
def test_a_transfer_is_on_the_next_statement_with_its_text(tmp_path: Path, statement_format: str) -> None:
    state, outbox = str(tmp_path / "bank"), tmp_path / "out"
    run(
        *("init", state, "--inbox", str(tmp_path / "in"), "--outbox", str(outbox), "--now", "2026-12-04T15:00"),
        *("--statement-format", statement_format),
    )
    assert "2026-12-04" in run("transfer", state, "12500", "RF18 5390 0754 7034 THANKS")
    run("advance", state, "--to", "2026-12-04T23:30")
    assert "2026-12-07" in run("transfer", state, "700", "RECALL", "--out")
    run("advance", state, "--to", "2026-12-07T23:30")
    lines = [line for path in sorted(outbox.iterdir()) for _, line in read_statement(path.read_bytes()).postable()]
    assert [(line.amount_minor, line.text) for line in lines] == [
        (12_500, "RF18 5390 0754 7034 THANKS"),
        (-700, "RECALL"),
    ]
    assert lines[0].bank_reference


def test_a_text_that_no_statement_can_have_is_refused(tmp_path: Path) -> None:
    state = str(tmp_path / "bank")
    run("init", state, "--inbox", str(tmp_path / "in"), "--outbox", str(tmp_path / "out"), "--now", "2026-12-04T15:00")
    for text in ("", "ü", "a\nb", "x" * 141):
        refused = CliRunner().invoke(bank, ["transfer", state, "1", text])
        assert refused.exit_code == 2
    assert "Balance 0.00" in run("show", state)

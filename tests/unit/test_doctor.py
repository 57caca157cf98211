"""What `brim doctor` says of settings that lead to no database, without one."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from brim.cli.doctor import doctor
from brim.cli.root import cli
from tests.support.smtp_server import serving_smtp


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--migration-url", "postgresql://brim:secret@127.0.0.1:1/x"], "give the service's URL"),
        (["--database-url", "postgresql://brim:secret@127.0.0.1:1/x"], "The database can't be reached"),
        (["--database-url", "brim:secret@127.0.0.1"], "it must be a postgresql:// URL"),
        ([], "No database is running in"),
        (["--deliveries-in-flight", "secret"], "Correct the setting"),
    ],
)
def test_a_database_that_is_not_there_is_a_finding_and_no_crash(flags: list[str], said: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(doctor, ["--offline", "--data-dir", str(tmp_path / "none"), *flags])
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert said in result.output
    assert "brim:secret" not in result.output


def test_the_mail_server_is_tried_without_sending_anything(tmp_path: Path) -> None:
    flags = ["--data-dir", str(tmp_path / "none"), "--smtp-host", "127.0.0.1", "--smtp-security"]
    with serving_smtp() as smtp:
        port = ["--smtp-port", str(smtp.port)]
        assert (
            "warning  mail: Mail to 127.0.0.1 is not encrypted"
            in CliRunner().invoke(doctor, [*flags, "none", *port]).output
        )
        assert "ERROR    mail: " in CliRunner().invoke(doctor, [*flags, "starttls", *port]).output
        smtp.refusals = {"CONNECT": "554 No"}
        assert "answered 554: No" in CliRunner().invoke(doctor, [*flags, "none", *port]).output
        assert "mail:" not in CliRunner().invoke(doctor, [*flags, "none", *port, "--offline"]).output
    assert smtp.mails == []


def test_a_test_is_sent_by_command_at_once() -> None:
    with serving_smtp() as smtp:
        flags = ["--smtp-host", "127.0.0.1", "--smtp-port", str(smtp.port), "--smtp-security", "none"]
        sent = CliRunner().invoke(cli, ["notifications", "test", "ada@example.com", *flags])
        assert sent.output == "Sent a test to ada@example.com.\n"
        assert smtp.recipients == ["<ada@example.com>"]
        assert smtp.mails[0]["Subject"] == "Test notification from Brim"
        smtp.refusals = {"RCPT": "550 5.1.1 Unknown"}
        refused = CliRunner().invoke(cli, ["notifications", "test", "ada@example.com", *flags])
        assert (refused.exit_code, refused.output) == (1, "Error: The mail server answered 550: 5.1.1 Unknown\n")
    nowhere = CliRunner().invoke(cli, ["notifications", "test", "ada@example.com"])
    assert "No mail server is set" in nowhere.output

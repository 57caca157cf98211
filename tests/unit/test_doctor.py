"""What `brim doctor` says of settings that lead to no database, without one."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from brim.cli.doctor import doctor


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--migration-url", "postgresql://brim:secret@127.0.0.1:1/x"], "give the service's URL"),
        (["--database-url", "postgresql://brim:secret@127.0.0.1:1/x"], "The database is not reachable"),
        (["--database-url", "brim:secret@127.0.0.1"], "The URL of the database can't be read."),
        ([], "No database is running in"),
        (["--deliveries-in-flight", "secret"], "Correct the setting"),
    ],
)
def test_a_database_that_is_not_there_is_a_finding_and_no_crash(flags: list[str], said: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(doctor, ["--offline", "--data-dir", str(tmp_path / "none"), *flags])
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert said in result.output
    assert "brim:secret" not in result.output

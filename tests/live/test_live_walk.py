"""Runs docs/live.md from its first command to its last: a rehearsal, a bank of its own process, the official SDK."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.brim_process import RunningBrim
from tests.support.walks import SERVE, SHOWN_URL, Block, Shell, blocks_of


@pytest.mark.slow
def test_every_command_of_the_document_works_from_an_empty_folder_to_the_return(
    tmp_path: Path, start_brim: Callable[..., RunningBrim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, *rest = blocks_of("live.md")
    assert first == Block("sh", SERVE)
    brim = start_brim(arguments=("--rehearsal",))
    assert "This is a rehearsal" in brim.banner
    shell, names, said = Shell(tmp_path), dict[str, Any](), ""
    for block in rest:
        if block.language == "toml":
            (tmp_path / "originator.toml").write_text(block.text)
        elif block.language == "python":
            exec(block.text.replace(SHOWN_URL, brim.url), names)
        else:
            said = shell.run(block.text)
    assert (names["topup"].status, names["topup"].failure_code) == ("reversed", "debit_not_authorized")
    assert "The books balance." in said
    assert "Clearing" not in said
    assert "None." in said  # no break
    log = shell.run("brim operators log")
    for action in ("originator.activated", "funding_source.verified", "authorization.created", "api_key.created"):
        assert action in log
    assert brim.stop() == 0

"""Runs the walk of docs/reconciliation.md: a statement with lines that nobody knows is settled, and the books agree."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.brim_process import RunningBrim
from tests.support.walks import SERVE, SHOWN_URL, Block, Shell, blocks_of


@pytest.mark.slow
def test_every_command_of_the_document_works(
    tmp_path: Path, start_brim: Callable[..., RunningBrim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, *rest = blocks_of("reconciliation.md")
    assert first == Block("sh", SERVE)
    brim = start_brim(arguments=("--rehearsal",))
    shell, said = Shell(tmp_path), ""
    for block in rest:
        if block.language == "toml":
            (tmp_path / "originator.toml").write_text(block.text)
        else:
            said = shell.run(block.text.replace(SHOWN_URL, brim.url))
    assert '"status": "posted"' in said
    assert "The books balance." in said
    assert "\t104750\t2\t0\t0" in said  # closing balance, lines, open breaks, what is not posted
    assert brim.stop() == 0

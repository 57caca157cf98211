"""A bank in a temporary folder, driven by its commands as a user would."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from brim.cli.root import cli


class Rehearsal:
    """A bank with an inbox and an outbox below one folder."""

    def __init__(self, folder: Path, *flags: str, now: str | None = "2026-11-30T15:00") -> None:
        """Create the bank; with `now` as None, use one that is there."""
        self.folder = folder
        self.state, self.inbox, self.outbox = folder / "state", folder / "in", folder / "out"
        if now:
            self.run("init", "--inbox", str(self.inbox), "--outbox", str(self.outbox), "--now", now, *flags)

    def run(self, command: str, *flags: str, fails: bool = False) -> str:
        """Run a command on the bank; return what it prints."""
        result = CliRunner().invoke(cli, ["bank", command, str(self.state), *flags])
        assert bool(result.exit_code) == fails, result.output
        return result.output

    def send(self, content: bytes, name: str = "brim-1.ach") -> None:
        """Put a file in the inbox as Brim does."""
        temporary = self.inbox / f"{name}.part"
        temporary.write_bytes(content)
        temporary.replace(self.inbox / name)

    def advance(self, to: str | None = None) -> str:
        """Advance to a moment, or let only happen what is due."""
        return self.run("advance", *(("--to", to) if to else ()))

    def script(self, *rules: dict[str, Any]) -> None:
        """Add rules."""
        file = self.folder / "script.jsonl"
        file.write_text("".join(f"{json.dumps(rule)}\n" for rule in rules))
        self.run("script", str(file))

    def show(self) -> Any:
        """Return what the bank shows."""
        return json.loads(self.run("show", "--json"))

    def files(self, start: str = "") -> dict[str, bytes]:
        """Return the finished files in the outbox by name."""
        return {
            path.name: path.read_bytes()
            for path in sorted(self.outbox.iterdir())
            if path.name.startswith(start) and not path.name.startswith(".")
        }

    def only(self, start: str) -> bytes:
        """Return the only file whose name begins so."""
        (content,) = self.files(start).values()
        return content

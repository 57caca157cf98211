"""What `brim` prints: every help text, and commands on a running service."""

import re
from collections.abc import Iterator
from typing import Final

from wire_recording.caller import NeverHappenedError
from wire_recording.recording import Recording
from wire_recording.server import Done, Server, run_brim

_COMMANDS: Final = re.compile(r"^Commands:\n((?:  .*\n?)+)", re.MULTILINE)
_NAME: Final = re.compile(r"^  (\S+)", re.MULTILINE)
_NOTHING_WAITS: Final = re.compile(r"\b0 waiting\b")
_MOST_LOOKS: Final = 30
_LISTS: Final = (
    ("accounts", "list"), ("keys", "list"), ("operators", "list"), ("operators", "log"), ("login", "list"),
    ("trigger", "topup.created", "--add", "topup:source=btok_us_verified_pending"),
    ("trigger", "topup.canceled"), ("trigger", "nonsense"),
    ("keys", "revoke", "mk_none"), ("keys", "roll", "mk_none"), ("operators", "disable", "nobody@example.com"),
    ("events", "resend", "evt_none"), ("login", "approve", "nonsense"), ("keys", "create", "--permission", "x=y"),
    ("accounts", "create", "--platform", "acct_none"),
)  # fmt: skip


def record_help(recording: Recording) -> None:
    """Record `--help` of every command, found from the one above it, and what stands alone."""
    for words in _all_commands():
        _record(recording, run_brim(*words, "--help"), [*words, "--help"])
    for words in ([], ["nonsense"], ["serve", "--nonsense"], ["serve", "--port", "a"], ["fixtures"], ["--version"]):
        _record(recording, run_brim(*words), words)


def record_commands(recording: Recording, server: Server) -> None:
    """Record commands on a running service that change little, or nothing."""
    for words in _LISTS:
        _record(recording, server.command(*words), list(words))


def record_verification(recording: Recording, server: Server) -> None:
    """Record a verification of books and chains, once everything is sealed.

    Raises:
        NeverHappenedError: something is never sealed.
    """
    for _ in range(_MOST_LOOKS):
        done = server.command("verify", "--chain", "--heads")
        if _NOTHING_WAITS.search(done.stdout):
            _record(recording, done, ["verify", "--chain", "--heads"])
            return
    raise NeverHappenedError(f"everything to be sealed; {done.stdout}")


def _all_commands() -> Iterator[list[str]]:
    found: list[list[str]] = [[]]
    for words in found:  # grows while it is read
        yield words
        listed = _COMMANDS.search(run_brim(*words, "--help").stdout)
        found += [[*words, name] for name in _NAME.findall(listed[1])] if listed else []


def _record(recording: Recording, done: Done, words: list[str]) -> None:
    text = f"brim {' '.join(words)}\nexit status {done.returncode}\n\n{done.stdout}\n--- stderr\n{done.stderr}"
    recording.write("terminal", "brim", " ".join(words) or "brim", recording.masks.page(text))

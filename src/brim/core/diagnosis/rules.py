"""What is judged about a deployment: facts in, findings out; no clock, no database."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

_CLOCK_WARNS_MS: Final = 1_000
_CLOCK_FAILS_MS: Final = 30_000
"""A webhook's signature is refused when its time is minutes off; cut-offs are minutes."""

_DISK_WARNS: Final = 0.15
_DISK_FAILS: Final = 0.05
_DISK_FAILS_BYTES: Final = 1 << 30
_CONNECTIONS_WARN: Final = 0.8


class Severity(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a check has found: its name, how bad it is, a sentence, and what to do, None where that is nothing."""

    check: str
    severity: Severity
    message: str
    fix: str | None = None


class ServerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What PostgreSQL says of itself and of the role that the service connects as."""

    version: str
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    role: str
    is_superuser: bool
    may_change_books: bool
    connections: int
    max_connections: int
    now_ms: int


def fine(check: str, message: str) -> Finding:
    """Return that nothing is wrong."""
    return Finding(check=check, severity=Severity.OK, message=message)


def warn(check: str, message: str, fix: str) -> Finding:
    """Return that something should be looked at."""
    return Finding(check=check, severity=Severity.WARNING, message=message, fix=fix)


def fail(check: str, message: str, fix: str) -> Finding:
    """Return that something is wrong."""
    return Finding(check=check, severity=Severity.ERROR, message=message, fix=fix)


def worst(findings: Iterable[Finding]) -> Severity:
    """Return how bad the worst of some findings is."""
    found = {finding.severity for finding in findings}
    return next((each for each in (Severity.ERROR, Severity.WARNING) if each in found), Severity.OK)


def judge_server(facts: ServerFacts) -> list[Finding]:
    """Return what is wrong with how PostgreSQL is set up."""
    found = [fine("database.version", f"PostgreSQL {facts.version}.")]
    unsafe = [name for name in ("fsync", "full_page_writes") if getattr(facts, name) != "on"]
    if unsafe:
        are, them = ("is", "it") if len(unsafe) == 1 else ("are", "them")
        found.append(
            fail(
                "database.durability",
                f"{' and '.join(unsafe)} {are} off: a crash of the server can lose or corrupt the books.",
                f"Turn {them} on in postgresql.conf, restart PostgreSQL, then run brim verify --chain.",
            )
        )
    elif facts.synchronous_commit in {"off", "local"}:
        found.append(
            fail(
                "database.durability",
                f"synchronous_commit is {facts.synchronous_commit}: a crash can lose confirmed top-ups.",
                "Set synchronous_commit to on for the service's role or the server.",
            )
        )
    else:
        found.append(fine("database.durability", "fsync, full_page_writes and synchronous_commit are on."))
    if facts.is_superuser or facts.may_change_books:
        may = "is a superuser" if facts.is_superuser else "may change journal entries"
        found.append(
            warn(
                "database.role",
                f"The service connects as {facts.role}, which {may}.",
                "Give the service a role of its own: docs/security.md, then brim migrate --service-role.",
            )
        )
    else:
        found.append(
            fine("database.role", f"The service connects as {facts.role}, which can't change journal entries.")
        )
    message = f"{facts.connections} of {facts.max_connections} connections are in use."
    if facts.connections >= facts.max_connections * _CONNECTIONS_WARN:
        found.append(warn("database.connections", message, "Raise max_connections, or run fewer processes."))
    else:
        found.append(fine("database.connections", message))
    return found


def judge_clock(server_ms: int, here_ms: int) -> Finding:
    """Return whether the clocks of the database and of this host agree."""
    apart_ms = abs(server_ms - here_ms)
    message = f"The clocks of the database and of this host are {apart_ms / 1000:.1f} s apart."
    fix = "Synchronize both hosts with NTP."
    if apart_ms >= _CLOCK_FAILS_MS:
        return fail("clock", message, fix)
    return warn("clock", message, fix) if apart_ms >= _CLOCK_WARNS_MS else fine("clock", message)


def judge_disk(folder: str, *, free: int, total: int) -> Finding:
    """Return whether a folder's disk has room."""
    message = f"{free / (1 << 30):.1f} GiB of {total / (1 << 30):.1f} GiB are free on the disk of {folder}."
    fix = "Free space or enlarge the disk: PostgreSQL stops when it is full."
    if free < _DISK_FAILS_BYTES or free < total * _DISK_FAILS:
        return fail("disk", message, fix)
    return warn("disk", message, fix) if free < total * _DISK_WARNS else fine("disk", message)

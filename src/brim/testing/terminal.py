"""Tests in the place of whoever types commands."""

from typing import Any

from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.audit import Actor, ActorKind


def typed(now_ms: int | None = None) -> dict[str, Any]:
    """Return what a change is told for the audit log as a command tells it: `by`, `now_ms` (else real), `ids`."""
    by = Actor(kind=ActorKind.CLI, name="tests")
    return {"by": by, "now_ms": system_clock_ms() if now_ms is None else now_ms, "ids": IdFactory()}

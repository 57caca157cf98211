"""What verifications found, newest last; an operator's table, small and without an account."""

from collections.abc import Mapping
from typing import Any, Final

from brim.base import json_codec
from brim.core.verification import (
    Clearing,
    Covered,
    CurrencyTotal,
    Difference,
    PastRun,
    RunStatus,
    VerificationRun,
)
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "runs")


async def begin_run(conn: Conn, run_id: str, *, began_ms: int, turn_ms: int | None) -> bool:
    """Begin a verification; tell whether it may run, which it may not when somebody has taken its turn already."""
    begun = await conn.fetchval(_SQL["begin_run"], run_id, turn_ms, began_ms)
    return begun is not None


async def end_run(conn: Conn, run: VerificationRun) -> None:
    """Write what a verification found that was begun before."""
    await conn.execute(
        _SQL["end_run"],
        run.id,
        run.ended_ms,
        run.entries,
        run.sealed,
        run.unsealed,
        run.heads,
        json_codec.encode_text(run.differences),
        json_codec.encode_text(run.clearing) if run.clearing else None,
        json_codec.encode_text(run.covered) if run.covered else None,
        None if run.totals is None else json_codec.encode_text(run.totals),
    )


async def delete_run(conn: Conn, run_id: str) -> None:
    """Forget a verification that did not get to its end; its turn is free again."""
    await conn.execute(_SQL["delete_run"], run_id)


async def delete_old_runs(conn: Conn, *, kept: int) -> None:
    """Forget all but the newest verifications."""
    await conn.execute(_SQL["delete_old_runs"], kept)


async def read_latest_run(conn: Conn) -> VerificationRun | None:
    """Return the verification that began last of those that got to their ends; None when there is none."""
    record = await conn.fetchrow(_SQL["read_latest_run"])
    return None if record is None else _run_from_record(record)


def _run_from_record(record: Mapping[str, Any]) -> VerificationRun:
    """Return the verification in a row; it has got to its end."""
    read = json_codec.decode
    fields = ("id", "began_ms", "ended_ms", "entries", "sealed", "unsealed", "heads", "asked_by")
    return VerificationRun(
        **{name: record[name] for name in fields},
        differences=read(record["differences"], type=list[Difference]),
        clearing=read(record["clearing"], type=Clearing) if record["clearing"] else None,
        covered=read(record["covered"], type=Covered) if record["covered"] else None,
        totals=read(record["totals"], type=list[CurrencyTotal]) if record["totals"] else None,
    )


async def list_runs(conn: Conn, *, limit: int) -> list[PastRun]:
    """Return the newest verifications, whatever became of them, the newest first."""
    is_running: bool = await conn.fetchval(_SQL["is_held"])
    found: list[PastRun] = []
    for record in await conn.fetch(_SQL["list_runs"], limit):
        run = _run_from_record(record) if record["ended_ms"] is not None else None
        if run is not None:
            status = RunStatus.DIFFER if run.differences else RunStatus.AGREE
        elif record["waits"]:
            status = RunStatus.WAITING
        else:  # one at a time, so only the newest can run
            status = RunStatus.RUNNING if is_running else RunStatus.INTERRUPTED
            is_running = False
        names = ("id", "began_ms", "is_turn", "asked_by")
        found.append(PastRun(status=status, run=run, **{name: record[name] for name in names}))
    return found


async def ask_run(conn: Conn, run_id: str, *, now_ms: int, asked_by: str) -> PastRun:
    """Let a verification wait for a worker, unless one waits; return that which does."""
    [record] = await conn.fetch(_SQL["ask_run"], run_id, now_ms, asked_by)
    return PastRun(status=RunStatus.WAITING, is_turn=False, run=None, **record)


async def take_asked_run(conn: Conn, *, began_ms: int) -> tuple[str, str | None] | None:
    """Begin the verification that somebody has asked for and return its id and who did; None where nobody has."""
    record = await conn.fetchrow(_SQL["take_asked_run"], began_ms)
    return None if record is None else (record["id"], record["asked_by"])


async def is_asked(conn: Conn) -> bool:
    """Tell whether somebody has asked for a verification that has not begun."""
    waits: bool = await conn.fetchval(_SQL["is_asked"])
    return waits


async def hold(conn: Conn) -> bool:
    """Tell whether no other verification runs, and let none run beside this connection's until `let_go`."""
    held: bool = await conn.fetchval(_SQL["hold"])
    return held


async def let_go(conn: Conn) -> None:
    """Let the next verification run."""
    await conn.fetchval(_SQL["let_go"])


async def read_totals(conn: Conn) -> list[CurrencyTotal]:
    """Return what balances come to in each mode and currency."""
    return [CurrencyTotal(**record) for record in await conn.fetch(_SQL["read_totals"])]

"""What verifications found, newest last; an operator's table, small and without an account."""

from typing import Final

from brim.base import json_codec
from brim.core.verification import Clearing, Difference, VerificationRun
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
    if record is None:
        return None
    differences = json_codec.decode(record["differences"], type=list[Difference])
    clearing = json_codec.decode(record["clearing"], type=Clearing) if record["clearing"] else None
    return VerificationRun(**{**record, "differences": differences, "clearing": clearing})

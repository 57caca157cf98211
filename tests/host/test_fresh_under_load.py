"""A new data folder under load at once: what its first seconds cost, counted by PostgreSQL and not by a clock."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import asyncpg
import pytest

from brim.testing.catcher import catching_in_background
from tests.support.brim_process import RunningBrim
from tests.support.figures import Figures
from tests.support.load import Load

LIVES: Final = 5_000
CLIENTS: Final = 16
MOST_PAGES: Final = 350
"""What one life may touch of all tables and indexes: more than twice what it does. A wrong index costs hundreds."""
_PATIENCE_S: Final = 120.0
_PAGES: Final = """
    SELECT relname AS name, sum(pages)::bigint AS pages
    FROM (
        SELECT indexrelname AS relname, idx_blks_hit + idx_blks_read AS pages FROM pg_statio_user_indexes
        UNION ALL
        SELECT relname, heap_blks_hit + heap_blks_read FROM pg_statio_user_tables
    ) AS touched
    GROUP BY relname
    HAVING sum(pages) > 0
    ORDER BY pages DESC
"""
_WRITTEN: Final = """
    SELECT min(n_tup_ins) FROM pg_stat_user_tables
    WHERE relname IN ('entry_seals', 'event_numbers', 'webhook_attempts')
"""


async def _fetch(url: str, sql: str) -> list[Any]:
    conn = await asyncpg.connect(url)
    try:
        return list(await conn.fetch(sql))
    finally:
        await conn.close()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_life_costs_no_more_while_nobody_has_taken_statistics(
    start_brim: Callable[..., RunningBrim], figures: Figures
) -> None:
    """Settling, sealing, numbering and delivering once made plans for empty tables and used them for full ones."""
    with catching_in_background() as catcher:
        brim = start_brim(
            arguments=["--workers", "1", "--sandbox-settle-after", "10ms", "--webhook-allow", "127.0.0.0/8"],
            fresh=True,
        )
        status, answer = brim.call("POST", "/v1/webhook_endpoints", url=catcher.url, **{"enabled_events[]": "*"})
        assert status == 200, answer
        load = Load(brim.url, brim.test_key)
        with load.running(CLIENTS):
            _until(lambda: len(load.observed) >= LIVES)
        lives = len(load.answers(200))
        _until(lambda: asyncio.run(_fetch(brim.owner_url, _WRITTEN))[0][0] >= lives)
        pages = {row["name"]: row["pages"] for row in asyncio.run(_fetch(brim.owner_url, _PAGES))}
        assert brim.stop() == 0
    total = sum(pages.values())
    most = ", ".join(f"{name} {count // lives}" for name, count in list(pages.items())[:8])
    figures.tell(f"{lives} lives of a new data folder touched {total / lives:.0f} pages each: {most}")
    assert total / lives <= MOST_PAGES, most

"""Writes to the PostgreSQL of its own host, past all proxies, and notes what that acknowledged.

`python probe.py URL HOST FILE`. It stands for a client that still reaches a primary which has been replaced. It never
cancels a statement, since a cancelled commit has happened locally.
"""

import asyncio
import itertools
import sys
from pathlib import Path
from typing import TextIO

import asyncpg

TIMEOUT_S = 3.0
PAUSE_S = 0.2
INSERT = "INSERT INTO probes (host, number) VALUES ($1, $2)"


async def probe(url: str, host: str, acknowledged: TextIO) -> None:
    """Write until killed."""
    conn = None
    for number in itertools.count():
        try:
            conn = conn or await asyncpg.connect(url, timeout=TIMEOUT_S)
            waiting = asyncio.ensure_future(conn.execute(INSERT, host, number))
            done, _ = await asyncio.wait({waiting}, timeout=TIMEOUT_S)
            if not done:
                conn.terminate()
                await asyncio.wait({waiting})
            await waiting
            acknowledged.write(f"{number}\n")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            if conn is not None:
                conn.terminate()
            conn = None
        await asyncio.sleep(PAUSE_S)


if __name__ == "__main__":
    with Path(sys.argv[3]).open("a", encoding="utf-8", buffering=1) as file:
        asyncio.run(probe(sys.argv[1], sys.argv[2], file))

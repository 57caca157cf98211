"""A worker answers those who watch it, and nobody keeps it from its work by asking."""

import asyncio
from pathlib import Path

import pytest

from brim.base.clock import system_clock_ms
from brim.core.gauges import Gauges
from brim.platform.database import Database
from brim.worker.answers import answering


async def ask(port: int, head: bytes) -> bytes:
    """Return the whole answer to a request's head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    try:
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_worker_tells_that_it_lives_that_it_can_work_and_its_metrics(
    database: Database, tmp_path: Path
) -> None:
    gauges = Gauges(database, system_clock_ms, data_dir=tmp_path)
    async with answering("127.0.0.1", 0, database, gauges) as port:
        assert port
        assert (await ask(port, b"GET /healthz HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        assert (await ask(port, b"GET /readyz?x HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        metrics = await ask(port, b"GET /metrics HTTP/1.1\r\n\r\n")
        assert b"\nbrim_settlement_lag_seconds 0.0\n" in metrics
        assert b"\nbrim_webhook_first_attempt_delay_seconds_count" in metrics
        head, _, body = metrics.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        assert (await ask(port, b"GET /v1/topups HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 404 ")
        assert (await ask(port, b"POST /metrics HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 404 ")


async def test_a_head_without_an_end_is_cut_and_others_are_answered(database: Database, tmp_path: Path) -> None:
    gauges = Gauges(database, system_clock_ms, data_dir=tmp_path)
    async with answering("127.0.0.1", 0, database, gauges) as port:
        assert port
        assert await ask(port, b"GET /" + b"x" * 100_000) == b""
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        assert (await ask(port, b"GET /healthz HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        for _, writer in silent:
            writer.close()


async def test_without_the_database_a_worker_is_not_ready(each_database: Database, tmp_path: Path) -> None:
    gauges = Gauges(each_database, system_clock_ms, data_dir=tmp_path)
    await each_database.close()
    async with answering("127.0.0.1", 0, each_database, gauges) as port:
        assert port
        assert (await ask(port, b"GET /readyz HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 503 ")
        assert b"\nbrim_database_up 0.0\n" in await ask(port, b"GET /metrics HTTP/1.1\r\n\r\n")


async def test_without_a_port_nothing_is_answered(database: Database, tmp_path: Path) -> None:
    async with answering("127.0.0.1", None, database, Gauges(database, system_clock_ms, data_dir=tmp_path)) as port:
        assert port is None


async def test_a_port_that_is_taken_is_told(database: Database, tmp_path: Path) -> None:
    gauges = Gauges(database, system_clock_ms, data_dir=tmp_path)
    async with answering("127.0.0.1", 0, database, gauges) as port:
        with pytest.raises(OSError, match="in use"):
            async with answering("127.0.0.1", port, database, gauges):
                pass

"""Writes docs/ways.md: the functions of Brim that a create, a settlement and a delivery go through, in order.

`python tools/trace_ways.py` starts PostgreSQL in a temporary folder, serves the API in this process, sends one real
request, and runs jobs of a worker once each. A function is listed at its first call, indented by its depth among
functions of `brim`; what a task of its own does begins at the left. Run it again after a change to one of the ways.
"""

import asyncio
import base64
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Final
from urllib.parse import urlsplit

import brim
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.access import ensure_first_account
from brim.core.rails import Rails, SandboxRail
from brim.host import api_process
from brim.host.embedded import EmbeddedPostgres
from brim.host.listener import listener_url, open_listener
from brim.host.preparation import prepare_embedded
from brim.platform.database import Database
from brim.platform.settings import Settings, load_settings
from brim.platform.vault import Vault, new_encryption_key
from brim.testing.catcher import catching
from brim.worker.deliver import Dispatcher
from brim.worker.loop import Job
from brim.worker.run import make_courier, make_jobs, make_resolver, make_webhook_jobs

_DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "ways.md"
_SOURCE: Final = str(Path(brim.__file__).parent) + os.sep
_KEY: Final = "sk_test_traceTraceTrace"
_APART: Final = (
    "testing",
    "host",
    "platform/telemetry",
    "platform/announcements",
    "http/connections",
    "core/request_logs",
)
"""What happens beside any way: the receiver of tests, gauges, announcements, the sweeping of connections, logs."""

_HEAD: Final = """# The ways

Made by `python tools/trace_ways.py` from a real request: the functions of `brim` in the order of their first call,
indented by their depth among them. What begins at the left is called by the event loop. A function that comes twice is
listed once. [walk.md](walk.md) tells the same in sentences.
"""


@contextmanager
def _tracing() -> Iterator[list[str]]:
    """Trace what is called within the block; the list holds a line for each function at its first call."""
    lines: list[str] = []
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event != "call" or code in seen or not _is_ours(code):
            return
        seen.add(code)
        depth, outer = 0, frame.f_back
        while outer is not None:
            depth += _is_ours(outer.f_code)
            outer = outer.f_back
        module = code.co_filename.removeprefix(_SOURCE).removesuffix(".py").removesuffix("/__init__")
        lines.append(f"{'  ' * depth}{module}: {code.co_qualname.replace('.<locals>', '')}")

    sys.setprofile(note)
    try:
        yield lines
    finally:
        sys.setprofile(None)


def _is_ours(code: CodeType) -> bool:
    """Tell whether this is a named function of Brim that lies on a way."""
    name = code.co_qualname
    if not code.co_filename.startswith(_SOURCE) or code.co_filename.removeprefix(_SOURCE).startswith(_APART):
        return False
    return not (name.endswith(("__", ">")))


async def _post(url: str, fields: str) -> None:
    """Send one request on a connection of its own, and read the reply."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    credentials = base64.b64encode(f"{_KEY}:".encode()).decode()
    writer.write(
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Basic {credentials}\r\n"
        "Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(fields)}\r\n\r\n{fields}".encode()
    )
    reply = await reader.read()
    writer.close()
    if not reply.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(reply.decode())


async def _until_done(job: Job) -> None:
    """Run a job until it did something."""
    while not await job.run_once():  # noqa: ASYNC110  what it waits for is a moment
        await asyncio.sleep(0.01)


async def _trace(settings: Settings) -> dict[str, list[str]]:
    ways: dict[str, list[str]] = {}
    assert settings.database_url
    database = await Database.connect(settings.database_url, max_connections=5, application="trace")
    await ensure_first_account(database, _KEY, system_clock_ms(), ids=IdFactory())
    resolver = make_resolver(settings)
    deliverer = Dispatcher(
        database,
        make_courier(settings, resolver, Vault.from_setting(settings.encryption_key), system_clock_ms, WIRE_FORMATS),
        system_clock_ms,
        in_flight=1,
    )
    jobs = {
        job.name: job
        for job in (
            *make_jobs(database, Rails([SandboxRail(0.0)]), system_clock_ms, WIRE_FORMATS, vault=Vault([])),
            *make_webhook_jobs(database, deliverer, system_clock_ms, asyncio.Event()),
        )
    }

    async with catching() as catcher:
        with open_listener("127.0.0.1", 0) as listener:
            url = listener_url(listener)
            alive_fd, ours_fd = os.pipe()
            serving = asyncio.create_task(api_process._serve(settings, [listener], alive_fd, url, None))  # noqa: SLF001
            await _post(f"{url}/v1/webhook_endpoints", f"url={catcher.url}&enabled_events[]=topup.succeeded")
            await _post(f"{url}/v1/topups", "amount=1000&currency=usd")  # what only a process's first request does
            with _tracing() as ways["A create"]:
                await _post(f"{url}/v1/topups", "amount=2000&currency=usd")
            os.close(ours_fd)  # which ends it, as the end of the supervisor does
            await serving
        with _tracing() as ways["A settlement"]:
            await _until_done(jobs["settle"])
            await _until_done(jobs["seal"])
        with _tracing() as ways["A delivery"]:
            await _until_done(jobs["number"])
            await _until_done(jobs["deliver"])
            await deliverer.finish(within_s=5)
    await resolver.close()
    await database.close()
    return ways


async def main() -> None:
    """Write the document."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        await server.start()
        try:
            await prepare_embedded(server.urls, now_ms=system_clock_ms())
            flags = {"database_url": server.urls.service, "encryption_key": new_encryption_key(), "log_level": "error"}
            ways = await _trace(load_settings(flags, {}))
        finally:
            await server.stop()
    parts = [f"## {name}\n\n```\n" + "\n".join(lines) + "\n```\n" for name, lines in ways.items()]
    _DOCUMENT.write_text("\n".join([_HEAD, *parts]), encoding="utf-8")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # uvicorn raises it again when it has ended
    asyncio.run(main())

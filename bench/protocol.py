"""What our HTTP protocol is worth: `python -m bench.protocol` measures it against uvicorn's own, for docs/adr/0003.

The same application, with all its operations, is served by uvicorn twice: by `brim.http.protocol.HttpProtocol`, and by
uvicorn's httptools protocol through a small ASGI adapter. One process each, uvloop both times. Creates run through
everything but storage, which answers at once from memory; `/healthz` is next to no work.
"""

import argparse
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import uvicorn
import uvloop

from bench.command import ending_plainly
from bench.cpu import cpu_seconds
from bench.http_load import HttpLoad, find_wrk
from bench.processes import answers, clean_environment, running
from bench.report import PAGE, markdown_table, write_between_marks
from bench.rounds import Figure, Row, measure_rounds
from bench.service import CREATE_BODY, TEST_KEY
from brim.api.app import Api
from brim.api.framework.call import Service
from brim.api.resources.operations import OPERATIONS
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.access.rules import hash_secret, redact_secret
from brim.core.funding.bank_secrets import BankSecrets
from brim.core.rails import Rails, SandboxRail
from brim.core.stripe_cli.hub import Hub
from brim.core.topups.config_cache import ConfigCache
from brim.http.intake import Limits
from brim.http.message import Request
from brim.http.protocol import HttpProtocol
from brim.platform.vault import Vault
from tests.support.ports import free_port

if TYPE_CHECKING:
    from brim.core.topups.batches import Batches
    from brim.platform.database import Database

Message: TypeAlias = dict[str, Any]

OURS: Final = "Brim's protocol"
THEIRS: Final = "uvicorn's protocol, ASGI adapter"
_CHOICES: Final = {"ours": OURS, "theirs": THEIRS}
_LIMITS: Final = Limits(
    max_body=2**20,
    max_header=2**15,
    max_connections=4096,
    max_connections_per_address=4096,
    max_unfinished=2**26,
    max_unfinished_per_address=2**26,
    idle_timeout_s=75.0,
    read_timeout_s=20.0,
)
_KEY_ROW: Final = {
    "hash": hash_secret(TEST_KEY),
    "account": "acct_1032D82eZvKYlo2C",
    "livemode": False,
    "id": "mk_1",
    "kind": "secret",
    "name": None,
    "redacted": redact_secret(TEST_KEY),
    "permissions": None,
    "created": 0,
    "expires_ms": None,
}


class OneKeyDatabase:
    """Stands in for the database: whatever is asked of it, it knows one API key."""

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["OneKeyDatabase"]:
        """Lend itself."""
        yield self

    async def fetchrow(self, *_arguments: object) -> dict[str, Any]:
        """Return the key's row."""
        return _KEY_ROW


class InstantBatches:
    """Stands in for group commit: every create is written at once, nowhere."""

    async def create(self, _new: object) -> None:
        """Say that the key had no answer yet."""


class AsgiAdapter:
    """The application as an ASGI callable: the whole body is read, the whole reply sent."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Serve one request."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = dict(scope["headers"])
        path = scope["raw_path"].decode("latin-1")
        reply = await self._api.handle(Request(scope["method"], path, scope["query_string"], headers, body))
        lines = [(b"content-type", reply.content_type.encode()), (b"content-length", str(len(reply.body)).encode())]
        for line in reply.headers:
            name, _, value = line.partition(": ")
            lines.append((name.lower().encode("latin-1"), value.encode("latin-1")))
        await send({"type": "http.response.start", "status": reply.status, "headers": lines})
        await send({"type": "http.response.body", "body": reply.body})


def serve(choice: str, port: int) -> None:
    """Serve the application with one of the two protocols until told to stop."""
    uvloop.run(_serve(choice, port))


async def _serve(choice: str, port: int) -> None:
    database = cast("Database", OneKeyDatabase())
    service = Service(
        database=database,
        batches=cast("Batches", InstantBatches()),
        ids=IdFactory(),
        clock=system_clock_ms,
        rails=Rails([SandboxRail(1.0)]),
        configs=ConfigCache(database),
        bank_secrets=BankSecrets(database, Vault(())),
        vault=Vault(()),
        hub=Hub(database, system_clock_ms),
        renderers=WIRE_FORMATS,
        queues=[],
    )
    api = Api(OPERATIONS, service, limits=_LIMITS, request_log=None, system={})
    ours = choice == "ours"
    config = uvicorn.Config(
        cast("Any", api if ours else AsgiAdapter(api)),
        host="127.0.0.1",
        port=port,
        http=HttpProtocol if ours else "httptools",
        ws="none",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    await uvicorn.Server(config).serve()


def main() -> None:
    """Measure both and write the table; exit with 1 and a sentence when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.protocol", description="Measures two HTTP protocols.")
    parser.add_argument("--quick", action="store_true", help="one round of 1 s each, and nothing is written")
    parser.add_argument("--serve", choices=_CHOICES, help="only serve one of the two, on --port")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.port)
        return
    with ending_plainly():
        _compare(quick=options.quick)


def _compare(*, quick: bool) -> None:
    find_wrk()
    with tempfile.TemporaryDirectory(prefix="brim-bench-") as folder, ExitStack() as stack:
        rows = [row for choice in _CHOICES for row in _start(stack, choice, Path(folder))]
        figures = measure_rounds(rows, rounds=1 if quick else 3, seconds=1 if quick else 3, say=print)
    table = _table(figures)
    print(f"\n{table}")
    if not quick:
        write_between_marks(PAGE, "protocol", table)
        print(f"\nWritten to {PAGE}.")


def _start(stack: ExitStack, choice: str, folder: Path) -> list[Row]:
    """Start one of the two and return what is measured of it."""
    port = free_port()
    command = [sys.executable, "-m", "bench.protocol", "--serve", choice, "--port", str(port)]
    program = stack.enter_context(running(choice, command, folder=folder, env=clean_environment()))
    program.wait_until(lambda: answers(port))
    url = f"http://127.0.0.1:{port}"
    loads = {
        "GET /healthz": HttpLoad(url, TEST_KEY, "/healthz"),
        "create, nothing stored": HttpLoad(url, TEST_KEY, "/v1/topups", body=CREATE_BODY),
    }
    return [_row(choice, work, load, program.pid) for work, load in loads.items()]


def _row(choice: str, work: str, load: HttpLoad, pid: int) -> Row:
    return Row(
        who=_CHOICES[choice],
        work=work,
        clients=64,
        measure=lambda seconds: load.run(64, seconds),
        server_cpu=lambda: cpu_seconds(pid),
    )


def _table(figures: Sequence[Figure]) -> str:
    ours = {figure.row.work: figure for figure in figures if figure.row.who == OURS}
    headings = ("protocol", "what", "a second", "p50 ms", "p99 ms", "CPU s/10k", "CPU vs. Brim", "failed")
    return markdown_table(
        headings,
        [
            (
                figure.row.who,
                figure.row.work,
                f"{figure.per_second:,.0f}",
                f"{figure.p50_ms:.2f}",
                f"{figure.p99_ms:.2f}",
                f"{figure.server_cpu or 0:.2f}",
                f"{(figure.server_cpu or 0) / (ours[figure.row.work].server_cpu or 1):.2f}x",
                str(figure.errors),
            )
            for figure in figures
        ],
    )


if __name__ == "__main__":
    main()

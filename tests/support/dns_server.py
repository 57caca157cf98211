"""A DNS server for tests: it answers for some names, denies others, and says nothing about some."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Final, cast

_A: Final = 1
_AAAA: Final = 28
_NO_SUCH_NAME: Final = 3


class DnsServer(asyncio.DatagramProtocol):
    """Answers for `names`, with `ttl_s`; says nothing about names that contain `silent_about`.

    `queries` counts what was asked, by name.
    """

    def __init__(self, names: Mapping[str, str], *, silent_about: str = "hole", ttl_s: int = 60) -> None:
        self.names = names
        self.silent_about = silent_about
        self.ttl_s = ttl_s
        self.queries: Counter[str] = Counter()
        self.host = ""
        self.port = 0
        self._asked = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self.host}:{self.port}"

    async def wait_until(self, condition: Callable[["Counter[str]"], bool]) -> None:
        """Wait until the queries so far fulfil a condition."""
        async with asyncio.timeout(60), self._asked:
            await self._asked.wait_for(lambda: condition(self.queries))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.host, self.port = transport.get_extra_info("sockname")

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        name, kind, question = _read_question(data)
        self.queries[name] += 1
        task = asyncio.ensure_future(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.silent_about not in name:
            self._transport.sendto(self._answer(data[:2], name, kind, question), addr)

    def _answer(self, number: bytes, name: str, kind: int, question: bytes) -> bytes:
        addresses = [ip_address(text) for text in self.names.get(name, "").split()]
        found = [address for address in addresses if kind == (_A if address.version == 4 else _AAAA)]
        records = b"".join(
            b"\xc0\x0c"
            + _two(kind)
            + _two(1)
            + self.ttl_s.to_bytes(4, "big")
            + _two(len(address.packed))
            + address.packed
            for address in found
        )
        flags = 0x8180 | (0 if name in self.names else _NO_SUCH_NAME)
        return number + _two(flags) + _two(1) + _two(len(found)) + _two(0) + _two(0) + question + records

    async def _notify(self) -> None:
        async with self._asked:
            self._asked.notify_all()


def _two(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _read_question(query: bytes) -> tuple[str, int, bytes]:
    """Return the name that is asked for, in lower case, the type of record, and the question as it was written."""
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode().lower())
        at += 1 + length
    return ".".join(labels), int.from_bytes(query[at + 1 : at + 3], "big"), query[12 : at + 5]


@asynccontextmanager
async def serving_names(
    names: Mapping[str, str] | None = None, *, host: str = "127.0.0.1", port: int = 0, ttl_s: int = 60
) -> AsyncIterator[DnsServer]:
    """A DNS server on a free port; `names` are those that it knows, with their addresses."""
    server = DnsServer(names or {}, ttl_s=ttl_s)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, (host, port))
    try:
        yield server
    finally:
        transport.close()
        await asyncio.sleep(0)

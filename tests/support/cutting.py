"""A way from the service to PostgreSQL that fails where it is told to.

`cutting(url)` yields a `CuttingProxy`. A `Database` that connects to its `url` works as on the server itself, one round
trip after the other: what a client sends until it waits (the start of a connection, the preparation of a statement, its
execution, `COMMIT`), and the answer. Each is shown to the rule that `obey` was given, which may ask for a fault:

* `BEFORE`: the connection is cut and the server never hears of it.
* `AFTER`: the server does it to the end, and the connection is cut before the client hears of that.
* `DEADLOCK`, `CONFLICT`: the server refuses it as PostgreSQL refuses what it wants to be run again. It is the server
  that does, so the state of the transaction is what it would be. Only for statements (`Trip.is_statement`).

When a cut reaches the client, the server has noticed it already: what was not committed is undone, its locks are free.
A `Gate` sees each round trip with its bytes and may let it wait, which makes the proxy the place where a simulation
decides what happens next (tests/support/simulation).

Source of the framing: PostgreSQL's documentation, "Message Formats".
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

_SOCKET_NAME: Final = ".s.PGSQL.5432"
_CANCEL_REQUEST: Final = (80877102).to_bytes(4, "big")
_READY: Final = b"Z"
_KEY: Final = b"K"
_END_OF_ANSWER: Final = {
    b"Q": _READY,  # a simple Query, and
    b"S": _READY,  # a Sync, are answered up to ReadyForQuery
    b"H": b"TnE",  # a Flush, with which a statement is described, up to RowDescription, NoData or ErrorResponse
}
"""What a client waits for after each message that makes it wait: the types of the answer's last message."""

_AUTHENTICATION: Final = b"R"
_SASL_STEPS: Final = ("AuthenticationSASL", "AuthenticationSASLContinue")
"""What the server asks, and the client answers, before it says that the connection is ready."""

_CONTROLS: Final = re.compile(r"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE")
_WRITES: Final = re.compile(r"\bINSERT\b|(?<!FOR )\bUPDATE\b|\bDELETE\b")


class Fault(Enum):
    """What can go wrong on the way. The value of a refusal is PostgreSQL's code for it."""

    BEFORE = "before"
    AFTER = "after"
    DEADLOCK = "40P01"
    CONFLICT = "40001"

    @property
    def is_refusal(self) -> bool:
        """Whether the server is to answer with an error in place of doing what it was asked."""
        return self in (Fault.DEADLOCK, Fault.CONFLICT)


class Step(Enum):
    """What a round trip is for."""

    CONNECT = "connect"
    PREPARE = "prepare"
    RUN = "run"
    CLOSE = "close"


@dataclass(frozen=True)
class Trip:
    """One round trip.

    Attributes:
        number: counts from 1 over all connections, since the proxy was last told what to do.
        step: what it is for.
        sql: the statement it is about; none where a connection begins.
        in_transaction: whether a transaction was open before.
        has_written: whether that transaction has written something before.
    """

    number: int
    step: Step
    sql: str
    in_transaction: bool
    has_written: bool

    @property
    def writes(self) -> bool:
        """Whether it runs a statement that writes."""
        return self.is_statement and bool(_WRITES.search(self.sql))

    @property
    def is_statement(self) -> bool:
        """Whether it runs something, not merely begins or ends a transaction or a part of one."""
        return self.step is Step.RUN and not _CONTROLS.match(self.sql)

    @property
    def commits(self) -> bool:
        """Whether something new is durable once the server has done it."""
        if self.is_statement:
            return self.writes and not self.in_transaction
        return self.has_written and self.sql.startswith("COMMIT")

    def __str__(self) -> str:
        words = re.sub(r"--.*|__asyncpg\w+", "", self.sql).split()  # comments, and names of savepoints
        return " ".join([self.step.value, *words[:5]])


Rule: TypeAlias = Callable[[Trip], Fault | None]
_Message: TypeAlias = tuple[bytes, bytes]
"""The type of a message, one byte, and its body."""


def _no_fault(_trip: Trip) -> None:
    return None


class Gate:
    """What stands between clients and the server; this one lets everything pass that the proxy's rule lets pass."""

    def __init__(self, judge: Rule) -> None:
        self._judge = judge

    async def enter(self, _session: "Session", trip: Trip, _sent: bytes) -> Fault | None:
        """Return what happens to a round trip, once it may begin."""
        return self._judge(trip)

    def outside(self) -> AbstractContextManager[None]:
        """Hold meanwhile that the server has been asked something, and has not answered."""
        return nullcontext()

    async def leave(self, _session: "Session", answer: bytes) -> bytes:
        """Return what the client is to read of the server's answer, once it may."""
        return answer

    def gone(self, session: "Session") -> None:
        """Hear that a session has ended, on both sides."""


class CuttingProxy:
    """Connections that are cut by rule. `url` leads to the server by way of them; get one from `cutting`."""

    def __init__(self, url: str, folder: Path) -> None:
        place = urlsplit(url)
        (server_folder,) = parse_qs(place.query)["host"]
        self.url = place._replace(query=f"host={folder}").geturl()
        self._server_path = f"{server_folder}/{_SOCKET_NAME}"
        self._rule: Rule = _no_fault
        self._trips = 0
        self._sessions: set[asyncio.Task[None]] = set()
        self._served = 0
        self.gate = Gate(self.judge)

    def obey(self, rule: Rule = _no_fault) -> None:
        """Follow a rule from now on, without one let everything pass, and begin to count anew."""
        self._rule, self._trips = rule, 0

    def next_number(self) -> int:
        """Return the number of one more round trip."""
        self._trips += 1
        return self._trips

    def judge(self, trip: Trip) -> Fault | None:
        """Return what the rule says of a round trip."""
        return self._rule(trip)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it hangs up or is cut off."""
        task = asyncio.current_task()
        if task:
            self._sessions.add(task)
            task.add_done_callback(self._sessions.discard)
        self._served += 1
        number = self._served
        server = await asyncio.open_unix_connection(self._server_path)
        session = Session(self, number, (reader, writer), server)
        with suppress(asyncio.IncompleteReadError, ConnectionError, _CutError):
            await session.run()
        with self.gate.outside():
            await _hang_up(*server)
        self.gate.gone(session)
        writer.transport.abort()

    async def end(self) -> None:
        """Wait until nobody is served any more; the clients are expected to have gone."""
        await asyncio.gather(*self._sessions)


@asynccontextmanager
async def cutting(url: str) -> AsyncIterator[CuttingProxy]:
    """Yield a proxy to the server that a `postgresql://` URL names by its socket's folder."""
    with tempfile.TemporaryDirectory(prefix="cut-") as folder:  # short, as the path of a socket has to be
        proxy = CuttingProxy(url, Path(folder))
        listener = await asyncio.start_unix_server(proxy.serve, f"{folder}/{_SOCKET_NAME}")
        try:
            yield proxy
        finally:
            listener.close()
            await proxy.end()


class _CutError(Exception):
    """The rule asked for the connection to be cut."""


class Session:
    """One client's connection and the one to the server that belongs to it.

    Attributes:
        number: counts from 1 over all connections of the proxy.
        client: the client's `application_name`.
        pid: of the server's process, once that has answered.
    """

    def __init__(
        self,
        proxy: CuttingProxy,
        number: int,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self._proxy = proxy
        self.number = number
        self.client = ""
        self.pid = 0
        self._client_reader, self._client_writer = client
        self._server_reader, self._server_writer = server
        self._statements: dict[bytes, str] = {}
        self._in_transaction = False
        self._has_written = False

    async def run(self) -> None:
        """Carry round trips until the client says that it goes."""
        greeting = await _read_body(self._client_reader)
        if greeting.startswith(_CANCEL_REQUEST):
            self._server_writer.write(_framed(b"", greeting))
            return
        self.client = _client_in(greeting)
        await self._carry(Step.CONNECT, "", _framed(b"", greeting))
        while messages := await self._read_trip():
            step, sql = self._understand(messages)
            until = _END_OF_ANSWER[messages[-1][0]]
            await self._carry(step, sql, b"".join(_framed(*message) for message in messages), until)

    async def _carry(self, step: Step, sql: str, sent: bytes, until: bytes = _READY) -> None:
        trip = Trip(self._proxy.next_number(), step, sql, self._in_transaction, self._has_written)
        gate = self._proxy.gate
        fault = await gate.enter(self, trip, sent)
        if fault is Fault.BEFORE:
            raise _CutError
        with gate.outside():
            self._server_writer.write(_refusal(fault) if fault and fault.is_refusal else sent)
            if step is Step.CONNECT:
                await self._exchange_passwords()
            answer = await self._read_answer(until)
        answer = await gate.leave(self, answer)
        self._has_written = self._in_transaction and (self._has_written or trip.writes)
        if fault is Fault.AFTER:
            raise _CutError
        self._client_writer.write(answer)
        await self._client_writer.drain()

    async def _exchange_passwords(self) -> None:
        """Carry what a password takes, to and fro, until the server has no more questions about it."""
        for _ in _SASL_STEPS:
            kind, body = await _read_message(self._server_reader)
            self._client_writer.write(_framed(kind, body))
            if kind != _AUTHENTICATION:
                raise _CutError  # refused: the client has heard why
            self._server_writer.write(_framed(*await _read_message(self._client_reader)))

    async def _read_trip(self) -> list[_Message]:
        """Return what the client sends until it waits for an answer; nothing when it goes."""
        messages: list[_Message] = []
        while not messages or messages[-1][0] not in _END_OF_ANSWER:
            messages.append(await _read_message(self._client_reader))
            if messages[-1][0] == b"X":
                return []
        return messages

    async def _read_answer(self, until: bytes) -> bytes:
        """Return what the server says up to a message of one of these types."""
        answer = bytearray()
        kind = b""
        while not kind or kind not in until:
            kind, body = await _read_message(self._server_reader)
            answer += _framed(kind, body)
            if kind == _KEY:
                self.pid = int.from_bytes(body[:4], "big")
            if kind == _READY:
                self._in_transaction = body != b"I"
        return bytes(answer)

    def _understand(self, messages: list[_Message]) -> tuple[Step, str]:
        """Return what a round trip is for, and the statement it is about; remember what is prepared in it."""
        step, sql = Step.CLOSE, ""
        for kind, body in messages:
            match kind:
                case b"Q":
                    step, sql = Step.RUN, body.rstrip(b"\0").decode()
                case b"P":
                    name, text = body.split(b"\0")[:2]
                    step, sql = Step.PREPARE, text.decode()
                    self._statements[name] = sql
                case b"B":
                    sql = self._statements[body.split(b"\0")[1]]
                case b"E":
                    step = Step.RUN
        return step, sql


def _refusal(fault: Fault) -> bytes:
    """Return a statement that fails with a fault's code, as a simple Query."""
    return _framed(b"Q", f"DO $$BEGIN RAISE SQLSTATE '{fault.value}'; END$$\0".encode())


def _client_in(greeting: bytes) -> str:
    """Return the name that a client gives itself as it connects; its settings are names and values in turn."""
    names = greeting[4:].split(b"\0")
    settings = dict(zip(names[::2], names[1::2], strict=False))
    return settings.get(b"application_name", b"").decode()


def _framed(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


async def _read_message(reader: asyncio.StreamReader) -> _Message:
    return await reader.readexactly(1), await _read_body(reader)


async def _read_body(reader: asyncio.StreamReader) -> bytes:
    length = int.from_bytes(await reader.readexactly(4), "big")
    return await reader.readexactly(length - 4)


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Leave the server, and wait until it has noticed: by then the transaction is undone and its locks are free."""
    with suppress(ConnectionError):
        writer.write_eof()
        await reader.read()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()

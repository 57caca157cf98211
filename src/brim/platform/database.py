"""Connections to PostgreSQL, transactions, and the one place where the driver's errors become ours.

Statements are planned once for all values (force_generic_plan): each is written so that one plan is right for every
value and every size of a table (docs/sql-statements.md), and planning a list costs more than running it.
Connections make their plans anew every few seconds all the same, as a second line.
"""

import asyncio
import inspect
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, NamedTuple, Self, TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from brim.base.errors import BrimError, DatabaseUnavailableError

Item = TypeVar("Item")
Result = TypeVar("Result")
Conn: TypeAlias = PoolConnectionProxy
"""A connection lent by a pool; as a first argument it means: join the caller's transaction."""


class PoolerError(BrimError):
    """A connection pooler is between Brim and PostgreSQL, such as PgBouncer."""

    def __init__(self) -> None:
        super().__init__(
            "A connection pooler such as PgBouncer is between Brim and PostgreSQL. Brim needs its own sessions. "
            "Connect to PostgreSQL directly, or through a TCP proxy such as HAProxy."
        )


_AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
_BROKEN: Final = (TimeoutError, asyncpg.InternalClientError, asyncpg.ReadOnlySQLTransactionError)
"""After these a connection is not used again. The second is what asyncpg says when it is asked for something at the
very moment at which the server dies; the third comes from a server that isn't the primary anymore."""

_RETRYABLE: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""Errors after which the same transaction may simply be run again."""

_NO_CONNECTION_LEFT: Final = (
    "PostgreSQL has no connection left for Brim ({}). Raise max_connections, or the connection limit of the role or "
    "the database; or lower --workers, or close other programs' connections."
)
_DISK_FULL: Final = "PostgreSQL's disk is full ({}). Free space on it, or enlarge it."
_CERTIFICATE_REFUSED: Final = (
    "PostgreSQL's certificate is not accepted: {}. Check the host name, sslmode and sslrootcert in --database-url."
)

_PLANNING: Final = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_sort": "off",
    "enable_incremental_sort": "off",
    "enable_memoize": "off",
    "jit": "off",
}
"""A plan made while a table was small, or its statistics old, must still be right when it has grown: every statement
of ours finds its rows by an index, and where several would do, by the one that has the order it asks for."""

_KEEPALIVE: Final = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)  # macOS has other names
    ),
]
"""A connection that only listens sends nothing, and would never notice that the server's host is gone."""

_CLIENT_CHECK: Final = {"client_connection_check_interval": "1s"}
"""How PostgreSQL learns that nobody waits for a statement anymore: connections are cut, statements never cancelled."""

PLANS_KEPT_S: Final = 5.0
"""How long a connection uses a plan. PostgreSQL alone keeps it until somebody takes the table's statistics, a minute
or more, in which one that was wrong after all would do harm."""

_IDLE_CONNECTION_KEPT_S: Final = 60.0
"""How long a connection that nobody needs is kept: it has a process of PostgreSQL with memory of its own, and at a
start all jobs want one at once that later take turns."""

_ATTEMPTS: Final = 5
"""Sorted keys make deadlocks rare; five in a row mean that something else is wrong."""

CAUSED_BY_A_ROW: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError)
"""Errors that one row of a batch can cause for all its neighbours; the last for what the driver cannot encode."""


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Raise `DatabaseUnavailableError` for whatever means that the database cannot answer now.

    A deadlock means that too, to whoever does not run again what it undid; `retried` knows it by its cause. What only
    a pooler says becomes `PoolerError`.
    """
    try:
        yield
    except asyncpg.InterfaceError as error:
        if "clos" not in str(error):  # neither a closed connection nor a closing pool: a bug of ours, not an outage
            raise
        raise DatabaseUnavailableError from error
    except asyncpg.TooManyConnectionsError as error:
        raise DatabaseUnavailableError(_NO_CONNECTION_LEFT.format(error)) from error
    except asyncpg.ProtocolViolationError as error:
        if "startup parameter" in str(error):  # PgBouncer knows few of those that PostgreSQL takes
            raise PoolerError from error
        raise DatabaseUnavailableError from error
    except asyncpg.DiskFullError as error:
        raise DatabaseUnavailableError(_DISK_FULL.format(error)) from error
    except ssl.SSLCertVerificationError as error:
        raise DatabaseUnavailableError(_CERTIFICATE_REFUSED.format(error.verify_message)) from error
    except (*_AWAY, *_RETRYABLE) as error:
        raise DatabaseUnavailableError from error


async def _keep_session(_connection: Any) -> None:
    """Leave a returned connection as it is: no statement of ours changes a session, and a reset is a round trip."""


async def retried(work: Callable[[], Awaitable[Result]]) -> Result:
    """Return what `work`, a whole transaction, returns; run it again when PostgreSQL asks for that.

    Raises:
        DatabaseUnavailableError: it asks for it again and again.
    """
    for _ in range(_ATTEMPTS):
        try:
            return await work()
        except _RETRYABLE:
            continue  # on a connection that the caller holds
        except DatabaseUnavailableError as error:
            if not isinstance(error.__cause__, _RETRYABLE):
                raise
    raise DatabaseUnavailableError


async def halved(
    work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
    items: Sequence[Item],
    *,
    alone: Callable[[Item, Exception], Awaitable[Sequence[Result]]],
    caused_by: tuple[type[Exception], ...] = (),
) -> Sequence[Result]:
    """Return what `work` returns for a batch; where a row breaks it, halve the batch until that row fails alone.

    Args:
        work: writes items in one statement or savepoint, of which nothing is left when it fails.
        items: the batch.
        alone: returns what becomes of an item that fails by itself.
        caused_by: what is raised for one item, beside what the database says of a row.
    """
    try:
        return await work(items)
    except (*CAUSED_BY_A_ROW, *caused_by) as error:
        if len(items) == 1:
            return await alone(items[0], error)
    middle = len(items) // 2
    first = await halved(work, items[:middle], alone=alone, caused_by=caused_by)
    return [*first, *await halved(work, items[middle:], alone=alone, caused_by=caused_by)]


_OWN_TYPES_BELOW: Final = 10_000
"""The object ids of PostgreSQL's own types, the same in every database, are smaller.

Source: PostgreSQL documentation, "System Catalog Initial Data", "OID Assignment".
"""

_own_types: dict[int, list[Any]] = {}
"""What PostgreSQL said of its own types, for all connections of the process."""


class _NotAsked(NamedTuple):
    """Stands for the statement that would have asked for types; one without a name would have replaced another."""

    name: str = "not asked"


class _PlanningConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection that knows when its plans were last made, and what others were told of PostgreSQL's own types."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._planned_at = asyncio.get_running_loop().time()
        self.is_given_up = False
        line = self._transport.get_extra_info("socket")
        if line.family in {socket.AF_INET, socket.AF_INET6}:
            for level, option, value in _KEEPALIVE:
                line.setsockopt(level, option, value)

    def _cancel_current_command(self, _waiter: Any, _cancel_waiter: Any = None) -> None:
        """Cut the connection where the driver would let the server cancel a statement that nobody waits for anymore.

        A commit that waits for a synchronous standby and is cancelled has happened, on the primary alone: everyone
        sees it, a retry is told of it, and a failover loses it. One whose client has gone waits on, seen by nobody.
        """
        self.is_given_up = True
        self._loop.call_soon(self.terminate)  # the driver is in the middle of telling whoever waits

    async def renew_plans(self, *, after_s: float) -> None:
        """Let every plan be made anew at its next use, unless that was so less than `after_s` ago."""
        now = asyncio.get_running_loop().time()
        if now - self._planned_at >= after_s:
            self._planned_at = now
            await self.execute("DISCARD PLANS")

    async def _introspect_types(
        self,
        typeoids: Iterable[int],
        timeout: float | None,  # noqa: ASYNC109  as the driver passes it on
    ) -> tuple[list[Any], Any]:
        """Return what the driver wants to know of types: arrays, of which it knows none before it has asked.

        Every new connection would ask, and PostgreSQL takes some milliseconds to answer.
        """
        told: list[Any] = []
        statement: Any = _NotAsked()
        for oid in typeoids:
            types = _own_types.get(oid)
            if types is None:
                types, statement = await super()._introspect_types([oid], timeout)
                if oid < _OWN_TYPES_BELOW:
                    _own_types[oid] = types
            told += types
        return told, statement


def _is_given_up(conn: Conn) -> bool:
    """Tell whether a lent connection was cut, or is about to be."""
    lent = conn._con  # noqa: SLF001  None once it was terminated
    return lent is None or bool(lent.is_given_up)


def _cut(conn: Conn) -> None:
    """Cut a lent connection, unless it is cut already."""
    lent = conn._con  # noqa: SLF001
    if lent is not None:
        lent.terminate()


_asking = getattr(asyncpg.Connection, "_introspect_types", None)
if _asking is None or tuple(inspect.signature(_asking).parameters) != ("self", "typeoids", "timeout"):
    del _PlanningConnection._introspect_types  # noqa: SLF001  another version of the driver asks in its own way


class Database:
    """The service's connections. Open it with `Database.connect`, close it when the process ends."""

    def __init__(
        self, url: str, *, max_connections: int, timeout_s: float, application: str, plans_kept_s: float = PLANS_KEPT_S
    ) -> None:
        self._timeout_s = timeout_s
        self._plans_kept_s = plans_kept_s
        self._held: list[HeldConnection] = []
        settings: dict[str, Any] = {
            "timeout": min(timeout_s, 5.0),
            "command_timeout": timeout_s,
            "connection_class": _PlanningConnection,
            "server_settings": {"application_name": application, **_PLANNING, **_CLIENT_CHECK},
        }
        self._connect_alone = partial(asyncpg.connect, url, **settings)
        self._pool = asyncpg.create_pool(
            url,
            min_size=0,
            max_size=max_connections,
            max_queries=10_000_000,  # the default closes a busy connection every few seconds
            max_inactive_connection_lifetime=_IDLE_CONNECTION_KEPT_S,
            reset=_keep_session,
            **settings,
        )

    @classmethod
    async def connect(
        cls,
        url: str,
        *,
        max_connections: int = 8,
        timeout_s: float = 10.0,
        application: str = "brim",
        plans_kept_s: float = PLANS_KEPT_S,
    ) -> Self:
        """Return a database whose pools are ready; connections themselves are made when first needed.

        Args:
            url: a `postgresql://` URL.
            max_connections: the most that are open at once, beside those kept with `hold`.
            timeout_s: how long a statement, or a wait for a connection, may take.
            application: shown in `pg_stat_activity`.
            plans_kept_s: how long a connection uses its plans before it makes them anew.
        """
        database = cls(
            url,
            max_connections=max_connections,
            timeout_s=timeout_s,
            application=application,
            plans_kept_s=plans_kept_s,
        )
        await database._pool
        return database

    async def close(self) -> None:
        """Close all connections; those in use are given a few seconds to finish."""
        for held in self._held:
            held.close()
        try:
            await asyncio.wait_for(self._pool.close(), timeout=5.0)
        except (asyncpg.InterfaceError, *_AWAY):
            self._pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Conn]:
        """Lend a connection outside any transaction: each statement commits by itself.

        Raises:
            DatabaseUnavailableError: when it cannot answer now.
        """
        async with _translated():
            conn = await self._pool.acquire(timeout=self._timeout_s)
            try:
                await conn.renew_plans(after_s=self._plans_kept_s)
                yield conn
            except _BROKEN:
                _cut(conn)
                raise
            except asyncpg.InterfaceError as error:
                if _is_given_up(conn):  # used again after it had died: the driver takes it for one given back
                    raise DatabaseUnavailableError from error
                raise
            finally:
                if _is_given_up(conn):
                    _cut(conn)
                await self._pool.release(conn)

    @asynccontextmanager
    async def transaction(self, *, isolation: str = "read_committed", readonly: bool = False) -> AsyncIterator[Conn]:
        """Lend a connection inside one transaction: committed when the block ends, undone when it raises.

        Raises:
            DatabaseUnavailableError: when it cannot answer now.
        """
        async with self.connection() as conn:
            transaction = conn.transaction(isolation=isolation, readonly=readonly)
            await transaction.start()
            try:
                yield conn
            except _BROKEN:
                raise  # the connection is given up, and the transaction with it
            except BaseException:
                if not _is_given_up(conn):  # the transaction ends with its connection
                    await transaction.rollback()
                raise
            await transaction.commit()

    def hold(self) -> "HeldConnection":
        """Return a connection to keep, for a caller that runs one statement after another for as long as it lives."""
        held = HeldConnection(self._connect_alone, plans_kept_s=self._plans_kept_s)
        self._held.append(held)
        return held

    async def open_connections(self) -> None:
        """Open the connections kept with `hold` that are not open.

        Raises:
            DatabaseUnavailableError: one of them cannot be had.
        """
        for held in self._held:
            await held.open()

    async def listen(self, channel: str, wake: Callable[[], None]) -> None:
        """Call `wake` at every notification on a channel, until the connection, one of its own, is lost.

        It is called once at the beginning too, because what was announced before is not heard.

        Raises:
            DatabaseUnavailableError: the connection could not be made.
        """
        lost = asyncio.Event()
        async with _translated():
            conn = await self._connect_alone()
            try:
                conn.add_termination_listener(lambda _conn: lost.set())
                await conn.add_listener(channel, lambda *_notification: wake())
                wake()
                await lost.wait()
            finally:
                conn.terminate()

    async def transact(self, work: Callable[[Conn], Awaitable[Result]]) -> Result:
        """Run `work` in a transaction, again from the start when PostgreSQL asks for it, and return what it returns.

        Raises:
            DatabaseUnavailableError: when it cannot answer now, or deadlocks keep happening.
        """

        async def in_transaction() -> Result:
            async with self.transaction() as conn:
                return await work(conn)

        return await retried(in_transaction)

    @property
    def pool_size(self) -> int:
        """Connections open now."""
        return int(self._pool.get_size()) + sum(held.is_open for held in self._held)

    @property
    def pool_idle(self) -> int:
        """Open connections that nobody uses now."""
        return int(self._pool.get_idle_size())


class HeldConnection:
    """One connection of its own that is kept from one use to the next, and replaced when it broke.

    Lending one from the pool and giving it back takes longer than a small statement (docs/performance.md). Its uses
    must not overlap.
    """

    def __init__(self, connect: Callable[[], Awaitable[Any]], *, plans_kept_s: float) -> None:
        self._connect = connect
        self._plans_kept_s = plans_kept_s
        self._conn: Any = None
        self._opening = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether it is connected now, as far as is known."""
        return self._conn is not None and not self._conn.is_closed()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Conn]:
        """Lend the connection outside any transaction: each statement commits by itself.

        Raises:
            DatabaseUnavailableError: when it cannot answer now.
        """
        async with _translated():
            await self._ensure_open()
            try:
                await self._conn.renew_plans(after_s=self._plans_kept_s)
                yield self._conn
            except _BROKEN:
                self.close()
                raise
            finally:
                if self._conn is not None and self._conn.is_given_up:
                    self.close()

    async def open(self) -> None:
        """Connect, unless it is connected, so that its next use needs nothing that others could have taken.

        Raises:
            DatabaseUnavailableError: when it cannot connect now.
        """
        async with _translated():
            await self._ensure_open()

    async def _ensure_open(self) -> None:
        if self.is_open:
            return
        async with self._opening:
            if not self.is_open:  # nobody else has opened it meanwhile
                self._conn = await self._connect()

    def close(self) -> None:
        """Cut the connection; the next use makes another."""
        if self._conn is not None:
            self._conn.terminate()
            self._conn = None

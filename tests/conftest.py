"""Real PostgreSQL and real `brim serve` processes for the tests.

`database` is a connection pool on a fresh, migrated database for each test, in the service's role, so that what a
statement lacks a right for fails here first. `owner_database` is another on the same database in the owner's role: for
tampering with transfers, for TRUNCATE, and for ANALYZE, which PostgreSQL silently leaves out for anybody else.
`database_urls` has both URLs, `database_url` is the owner's and `service_url` the service's. What shall hold on a
stock PostgreSQL too takes their namesakes that begin with `each_` and runs twice. `start_brim` starts whole services;
`server` is one that all tests share, each with an account of its own (support/service.py).
"""

import asyncio
import contextlib
import gc
import os
import shutil
import signal
import subprocess
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
import structlog
import uvloop
from hypothesis import HealthCheck, settings

from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Database
from tests.support.brim_process import RunningBrim, start_serving
from tests.support.citus import NOT_AT_HAND, CitusCluster, citus_binaries
from tests.support.figures import Figures, lines
from tests.support.lent_database import LentDatabase
from tests.support.loaded_brim import stop_loading
from tests.support.postgres import TEMPLATE, PostgresForTests
from tests.support.prepared import prepare_below
from tests.support.roles import OwnRoles, lend_roles
from tests.support.service import (
    account,
    client,
    connect,
    key,
    live_key,
    new_account,
    receiver,
    second_url,
    server,
    wire,
)
from tests.support.shared_loading import load_in_turn

__all__ = ["account", "client", "connect", "key", "live_key", "new_account", "receiver", "second_url", "server", "wire"]

PATIENCE_S: Final = 120.0
"""How long a statement of a test may take: a busy machine is no failure."""

STOCK_BINARIES: Final = Path(os.environ.get("STOCK_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
ON_CITUS: Final = os.environ.get("TESTS_ON_CITUS") == "1"
_MEMORY: Final = Path("/dev/shm")
_ENOUGH_MEMORY: Final = 12 * 2**30
_TEMPORARY_ROOT: Final = "PYTEST_DEBUG_TEMPROOT"


def tell_errors_plainly() -> None:
    """Have what is logged told without colors and frames around it, which takes longer than most tests."""
    told = [
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
    structlog.configure(processors=told)


def use_the_loop_that_serves() -> None:
    """Have every test use uvloop: beside being that of the product it takes less of the processor.

    A hook of pytest-asyncio would do so, too, but with it what lives as long as a file's tests ends before each that is
    no coroutine.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.14 on
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


def free_memory() -> int:
    """How many bytes new files in memory and new processes can take together; 0 where the system does not tell.

    The free space of `_MEMORY` is no measure: it does not know what processes and files in other such places hold.
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def pytest_configure() -> None:
    """Put the databases into memory where there is room, and let no property fail because the machine is busy.

    Tests kill processes and never the machine, so in memory they see the same, and do not wait for a disk a thousand
    times. To have them on a disk, name a folder in PYTEST_DEBUG_TEMPROOT.
    """
    tell_errors_plainly()
    use_the_loop_that_serves()
    gc.disable()  # nothing of what is collected is garbage
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's job in the background, and all that it starts
        signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.register_profile(
        "any_speed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("any_speed")
    if (
        _TEMPORARY_ROOT not in os.environ
        and _MEMORY.is_dir()
        and min(free_memory(), shutil.disk_usage(_MEMORY).free) > _ENOUGH_MEMORY
    ):
        os.environ[_TEMPORARY_ROOT] = str(_MEMORY)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Let two processes run for each core: each waits now and then, for a time-out or a reconnection."""
    return 2 * (os.cpu_count() or 1)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Share the work of loading every test."""
    config = session.config
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS and "PYTEST_XDIST_WORKER" in os.environ:
        load_in_turn(sorted((config.rootpath / "tests").rglob("test_*.py")), config.rootpath)


def pytest_collection_finish() -> None:
    """Look for garbage again, but never among what is collected, which lives as long as the process.

    Without this the garbage collector takes a tenth of the tests' processor time.
    """
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 100)
    gc.enable()


def pytest_runtest_teardown() -> None:
    """Have the next test's logs told as ever: a command that a test runs in this process sets up its own."""
    structlog.reset_defaults()
    tell_errors_plainly()


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Takes what a test measured; it is printed at the end of the run."""
    return Figures(record_property)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have slow tests, so that none of them is what everything waits for in the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured, before pytest's own last line."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    for line in lines(report for report in reports if report.when == "call"):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def _place_of_prepared_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let services begin with a database that was made before, and be forked."""
    prepare_below(tmp_path_factory.getbasetemp())
    yield
    stop_loading()


@pytest.fixture
def short_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A temporary folder whose path leaves room for that of a socket in it, whatever the test is called."""
    folder = tmp_path_factory.mktemp("pg")
    yield folder
    shutil.rmtree(folder)


def find_citus() -> Path:
    """Return where the programs of a PostgreSQL with Citus are; skip the test where none is at hand."""
    return citus_binaries() or pytest.skip(NOT_AT_HAND)


def _serving(server: PostgresForTests) -> Iterator[PostgresForTests]:
    with asyncio.Runner() as runner:  # the server outlives the event loop of each test
        runner.run(server.start())
        try:
            yield server
        finally:
            runner.run(server.stop())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresForTests]:
    """The embedded PostgreSQL; with TESTS_ON_CITUS=1 the coordinator of a Citus cluster (support/citus.py)."""
    folder = tmp_path_factory.mktemp("postgres")
    yield from _serving(CitusCluster(folder, find_citus()) if ON_CITUS else PostgresForTests(folder, None))


@pytest.fixture(scope="session")
def citus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CitusCluster]:
    """A Citus cluster."""
    cluster = CitusCluster(tmp_path_factory.mktemp("citus"), find_citus())
    for _ in _serving(cluster):
        yield cluster


@pytest.fixture(scope="session")
def stock_binaries() -> Path:
    """The programs of the oldest PostgreSQL that Brim supports, as Debian ships them."""
    if not (STOCK_BINARIES / "postgres").exists():
        reason = f"no stock PostgreSQL in {STOCK_BINARIES}: install postgresql-15 or set STOCK_POSTGRES_BIN"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return STOCK_BINARIES


@pytest.fixture(scope="session")
def stock_postgres(tmp_path_factory: pytest.TempPathFactory, stock_binaries: Path) -> Iterator[PostgresForTests]:
    """A stock PostgreSQL."""
    yield from _serving(PostgresForTests(tmp_path_factory.mktemp("stock"), stock_binaries))


async def _lend_database_urls(server: PostgresForTests, template: str = TEMPLATE) -> AsyncIterator[DatabaseUrls]:
    name = await server.create_database(template=template)
    yield server.urls_of(name)
    await server.drop_database(name)


async def _lend_database(url: str) -> AsyncIterator[Database]:
    database = await Database.connect(url, timeout_s=PATIENCE_S)
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lent_database(postgres: PostgresForTests) -> AsyncIterator[LentDatabase]:
    """What lends a file's tests their database, one after the other."""
    lent = LentDatabase(postgres, timeout_s=PATIENCE_S)
    yield lent
    await lent.drop()


@pytest_asyncio.fixture
async def database_urls(lent_database: LentDatabase) -> AsyncIterator[DatabaseUrls]:
    """A fresh, migrated database."""
    yield await lent_database.urls()
    await lent_database.take_back()


@pytest_asyncio.fixture
async def new_database_urls(postgres: PostgresForTests) -> AsyncIterator[DatabaseUrls]:
    """A migrated database that no test has used before."""
    async for urls in _lend_database_urls(postgres):
        yield urls


@pytest.fixture
def database_url(database_urls: DatabaseUrls) -> str:
    """A fresh, migrated database, as its owner."""
    return database_urls.owner


@pytest.fixture
def service_url(database_urls: DatabaseUrls) -> str:
    """A fresh, migrated database, as the service."""
    return database_urls.service


@pytest_asyncio.fixture
async def empty_database_url(postgres: PostgresForTests) -> AsyncIterator[str]:
    """A fresh database without any table."""
    async for urls in _lend_database_urls(postgres, "template1"):
        yield urls.owner


@pytest.fixture(params=["embedded", "stock"])
def each_postgres(request: pytest.FixtureRequest) -> PostgresForTests:
    """Once the embedded PostgreSQL, once a stock one."""
    server: PostgresForTests = request.getfixturevalue("postgres" if request.param == "embedded" else "stock_postgres")
    return server


@pytest_asyncio.fixture
async def own_roles(each_postgres: PostgresForTests) -> AsyncIterator[OwnRoles]:
    """An empty database, its owner and its service: once on the embedded PostgreSQL, once on a stock one."""
    async for urls in _lend_database_urls(each_postgres, "template1"):
        async for roles in lend_roles(urls.owner):
            yield roles


@pytest_asyncio.fixture
async def stock_database_urls(stock_postgres: PostgresForTests) -> AsyncIterator[DatabaseUrls]:
    """A fresh, migrated database on a stock PostgreSQL."""
    async for urls in _lend_database_urls(stock_postgres):
        yield urls


@pytest.fixture
def stock_database_url(stock_database_urls: DatabaseUrls) -> str:
    """A fresh, migrated database on a stock PostgreSQL, as its owner."""
    return stock_database_urls.owner


@pytest.fixture(params=["embedded", "stock"])
def each_database_urls(request: pytest.FixtureRequest) -> DatabaseUrls:
    """A fresh, migrated database: once on the embedded PostgreSQL, once on a stock one."""
    fixture = "new_database_urls" if request.param == "embedded" else "stock_database_urls"
    urls: DatabaseUrls = request.getfixturevalue(fixture)
    return urls


@pytest.fixture
def each_database_url(each_database_urls: DatabaseUrls) -> str:
    """A fresh, migrated database, as its owner: once on the embedded PostgreSQL, once on a stock one."""
    return each_database_urls.owner


@pytest_asyncio.fixture
async def database(lent_database: LentDatabase, service_url: str) -> Database:
    """Connections to a fresh, migrated database, as the service."""
    return await lent_database.connect(service_url)


@pytest_asyncio.fixture
async def owner_database(lent_database: LentDatabase, database_url: str) -> Database:
    """Connections to the database of `database`, as its owner."""
    return await lent_database.connect(database_url)


@pytest_asyncio.fixture
async def each_database(each_database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """Connections to a fresh, migrated database, as the service: once on the embedded PostgreSQL, once on stock."""
    async for database in _lend_database(each_database_urls.service):
        yield database


@pytest_asyncio.fixture
async def each_owner_database(each_database_url: str) -> AsyncIterator[Database]:
    """Connections to the database of `each_database`, as its owner."""
    async for database in _lend_database(each_database_url):
        yield database


@pytest.fixture(scope="session")
def served_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that a service has served from and was stopped in."""
    folder = tmp_path_factory.mktemp("served")
    brim = start_serving(folder / "data", folder / "brim.log")
    try:
        brim.wait_until_ready()
        assert brim.stop() == 0
    finally:
        brim.close()
    return brim.data_dir


@pytest.fixture
def start_brim(tmp_path: Path) -> Iterator[Callable[..., RunningBrim]]:
    """A function that starts `brim serve` and returns it once it is ready.

    Its arguments, all by name: `arguments` (more flags), `env` (more variables), `data_dir`, `prefix` (a command to
    run it under), `ready` (False to return at once), `copied_from` (a folder for `data_dir` to be a copy of) and
    `fresh` (True to have the start make its database).
    """
    started: list[RunningBrim] = []

    def start(
        *,
        arguments: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        data_dir: Path = tmp_path / "brim-data",
        prefix: Sequence[str] = (),
        ready: bool = True,
        copied_from: Path | None = None,
        fresh: bool = False,
    ) -> RunningBrim:
        if copied_from:
            subprocess.run(["cp", "-a", copied_from, data_dir], check=True)  # owners, too
        log_path = tmp_path / f"brim-{len(started)}.log"
        brim = start_serving(data_dir, log_path, arguments=arguments, env=env, prefix=prefix, fresh=fresh)
        started.append(brim)
        if ready:
            brim.wait_until_ready()
        return brim

    yield start
    for brim in started:
        brim.close()


@pytest.fixture
def fresh_brim(start_brim: Callable[..., RunningBrim]) -> RunningBrim:
    """A running service of this test's own, which has made its database."""
    return start_brim(fresh=True)


@pytest.fixture
def brim_server(start_brim: Callable[..., RunningBrim], served_folder: Path) -> RunningBrim:
    """A running service of this test's own, on a database that was made before."""
    return start_brim(copied_from=served_folder)


@pytest.fixture(scope="module")
def shared_brim(served_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBrim]:
    """A running service of this module's, whose tests expect what others add, and stop and break nothing."""
    folder = tmp_path_factory.mktemp("shared")
    subprocess.run(["cp", "-a", served_folder, folder / "data"], check=True)
    brim = start_serving(folder / "data", folder / "brim.log")
    try:
        brim.wait_until_ready()
        yield brim
        assert brim.stop() == 0
    finally:
        brim.close()

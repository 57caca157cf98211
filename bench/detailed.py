"""The detailed table: creates, retrieves, lists and lives at several numbers of connections, beside all peers."""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.http_load import HttpLoad
from bench.machine import describe_machine
from bench.peers import Peer, known_peers
from bench.processes import BenchError, answers, clean_environment, running
from bench.report import (
    BRIM,
    LIFE,
    NAIVE,
    NAIVE_LIFE,
    NO_ENDPOINT,
    ONE_STATEMENT,
    SINGLE_INSERT,
    SLOW_ENDPOINT,
    THREE_ROWS,
    Figures,
)
from bench.rounds import Figure, Measurement, Row, measure_rounds
from bench.service import AT_ONCE, Service, create_database, migrate, serve_beside, serve_embedded
from bench.sql_load import SqlLoad, prepare_balance, query
from tests.support.ports import free_port

_CONNECTIONS: Final = (1, 16, 64, 256)
_BUSY: Final = 64
_SEED_S: Final = 2
_ROUNDS_OF_PAIR: Final = 12
_PGBENCH_ROWS: Final = (
    (NAIVE, "naive_transaction", (1, _BUSY)),
    (THREE_ROWS, "three_rows_transaction", (1, _BUSY)),
    (ONE_STATEMENT, "three_rows_statement", (1, _BUSY)),
    (SINGLE_INSERT, "single_insert", (1,)),
    (NAIVE_LIFE, "naive_life", (_BUSY,)),
)
_MANY_ACCOUNTS: Final = 1_000


def measure(options: argparse.Namespace, folder: Path) -> str:
    """Measure the rows that were asked for, and return the table with its notes."""
    with ExitStack() as stack:
        bench = _start_everything(stack, folder, _CONNECTIONS if not options.quick else (1, _BUSY), options)
        figures = _measure(bench, options)
        return _render(figures, bench, options)


def _measure(bench: "_Bench", options: argparse.Namespace) -> list[Figure]:
    """Measure the rows that were asked for; those of the pair in more rounds, by themselves."""
    chosen = [[row for row in rows if re.search(options.only or "", row.name)] for rows in (bench.rows, bench.pair)]
    if not any(chosen):
        names = "\n".join(row.name for row in (*bench.rows, *bench.pair))
        raise BenchError(f"No row matches --only. The names are:\n{names}")
    figures: list[Figure] = []
    for rows, rounds in zip(chosen, (options.rounds, options.rounds * _ROUNDS_OF_PAIR), strict=True):
        if rows:
            _say(f"{len(rows)} rows, {rounds} rounds of {options.seconds} s each")
            figures += measure_rounds(rows, rounds=rounds, seconds=options.seconds, say=_say)
    return figures


def _say(sentence: str) -> None:
    print(sentence, flush=True)


@dataclass(frozen=True)
class _Bench:
    """Everything that runs: what is measured, and what a reader has to know of it.

    The rows of `pair` differ by a few in a hundred, and are measured in turn with nothing between them.
    """

    folder: Path
    services: Sequence[Service]
    rows: Sequence[Row]
    pair: Sequence[Row]
    left_out: Sequence[str]


def _start_everything(
    stack: ExitStack, folder: Path, connections: Sequence[int], options: argparse.Namespace
) -> _Bench:
    """Start all servers; they run until the stack is closed."""
    _say("starting brim serve six times, on databases of their own in one PostgreSQL server")
    one = stack.enter_context(serve_embedded(folder, workers=1))
    two = stack.enter_context(serve_beside(one, "brim-2", workers=2))
    undisturbed = stack.enter_context(serve_beside(one, "brim-undisturbed", workers=1))
    disturbed = stack.enter_context(serve_beside(one, "brim-disturbed", workers=1))
    disturbed.send_events_to(f"{stack.enter_context(_catching(folder))}/dead")
    settling = stack.enter_context(serve_beside(one, "brim-settling", workers=1, settle_after="1s"))
    living = stack.enter_context(serve_beside(one, "brim-living", workers=1, settle_after=AT_ONCE))
    rows = [
        *_service_rows(f"{BRIM}, 1 process", one, connections),
        *_service_rows(f"{BRIM}, 2 processes", two, connections),
        _settling_row(settling),
        _life_row(f"{BRIM}, one account", living, living.create),
        _life_row(f"{BRIM}, {_MANY_ACCOUNTS:,} accounts", living, living.create_for_accounts(_MANY_ACCOUNTS)),
        *_pgbench_rows(one),
    ]
    pair = [_numbered_row(NO_ENDPOINT, undisturbed), _numbered_row(SLOW_ENDPOINT, disturbed)]
    left_out = []
    for name, start in [] if options.no_peers else known_peers():
        _say(f"installing and starting {name}")
        try:
            rows += _peer_rows(stack.enter_context(start(folder)))
        except BenchError as error:
            left_out.append(f"{name} could not be measured: {str(error).splitlines()[0]}")
            _say(left_out[-1])
    return _Bench(folder, (one, two, undisturbed, disturbed, settling, living), rows, pair, left_out)


@contextmanager
def _catching(folder: Path) -> Iterator[str]:
    """Yield the URL of a server that takes webhooks."""
    port = free_port()
    command = [sys.executable, "-m", "bench.webhook_catcher", str(port)]
    with running("catcher", command, folder=folder, env=clean_environment()) as catcher:
        catcher.wait_until(lambda: answers(port))
        yield f"http://127.0.0.1:{port}"


def _service_rows(who: str, service: Service, connections: Sequence[int]) -> list[Row]:
    """Return the rows of one service, which has many top-ups afterwards."""
    service.create.run(_BUSY, _SEED_S)
    query(service.database_url, "VACUUM ANALYZE")
    loads = {"create": service.create, "retrieve": service.retrieve, "list": service.first_page}
    return [
        _http_row(who, work, clients, load, server_cpu=service.server_cpu, database_cpu=service.database_cpu)
        for work, load in loads.items()
        for clients in connections
    ]


def _numbered_row(who: str, service: Service) -> Row:
    """Return the row of creates by many clients; over when the last event is numbered and addressed."""
    return _row_with_its_end(who, "create", service, service.create, service.wait_until_numbered)


def _settling_row(service: Service) -> Row:
    """Return the row of creates beside a worker that settles them; the next row waits until it is through."""
    return Row(
        who=f"{BRIM}, 1 process, settling meanwhile",
        work="create",
        clients=_BUSY,
        measure=lambda seconds: service.create.run(_BUSY, seconds),
        server_cpu=service.server_cpu,
        database_cpu=service.database_cpu,
        afterwards=service.wait_until_settled,
    )


def _life_row(who: str, service: Service, load: HttpLoad) -> Row:
    """Return the row of whole lives: created, settled, both announced; over when the last one is."""
    return _row_with_its_end(who, LIFE, service, load, service.wait_until_settled)


def _row_with_its_end(who: str, work: str, service: Service, load: HttpLoad, wait: Callable[[], None]) -> Row:
    """Return a row of many clients that is over when the worker is through with what they made."""

    def measure(seconds: int) -> Measurement:
        began = time.monotonic()
        created = load.run(_BUSY, seconds)
        wait()
        return created._replace(per_second=created.requests / (time.monotonic() - began))

    return Row(
        who=who,
        work=work,
        clients=_BUSY,
        measure=measure,
        server_cpu=service.server_cpu,
        database_cpu=service.database_cpu,
    )


def _pgbench_rows(service: Service) -> list[Row]:
    """Return the rows of pgbench, on a database like the service's own in the same server."""
    url = create_database(service, "pgbench")
    migrate(url)
    prepare_balance(url)
    (payload,) = query(service.database_url, "SELECT payload FROM events LIMIT 1")
    return [
        Row(
            who=who,
            work=LIFE if who == NAIVE_LIFE else "create",
            clients=clients,
            measure=_measuring(SqlLoad(url, script, payload), clients),
            database_cpu=service.database_cpu,
        )
        for who, script, all_clients in _PGBENCH_ROWS
        for clients in all_clients
    ]


def _peer_rows(peer: Peer) -> list[Row]:
    """Return the rows of a peer, for as many connections as most comparisons are made at."""
    loads = {"create": peer.create, "retrieve": peer.retrieve, "list": peer.first_page}
    return [_http_row(peer.name, work, _BUSY, load, server_cpu=peer.cpu) for work, load in loads.items()]


def _http_row(
    who: str,
    work: str,
    clients: int,
    load: HttpLoad,
    *,
    server_cpu: Callable[[], float],
    database_cpu: Callable[[], float] | None = None,
) -> Row:
    return Row(
        who=who,
        work=work,
        clients=clients,
        measure=_measuring(load, clients),
        server_cpu=server_cpu,
        database_cpu=database_cpu,
    )


def _measuring(load: HttpLoad | SqlLoad, clients: int) -> Callable[[int], Measurement]:
    return lambda seconds: load.run(clients, seconds)


def _render(figures: Sequence[Figure], bench: _Bench, options: argparse.Namespace) -> str:
    """Return what is printed and written: the machine, the table, what was promised, what is missing."""
    database_url = bench.services[0].database_url
    (version,) = query(database_url, "SHOW server_version")
    durable = ", ".join(f"{name}={query(database_url, f'SHOW {name}')[0]}" for name in ("fsync", "synchronous_commit"))
    machine = [f"* {label}: {value}" for label, value in describe_machine(bench.folder, f"{version}, {durable}")]
    run = f"* run: medians of {options.rounds} interleaved rounds of {options.seconds} s"
    table = Figures(figures)
    notes = [f"* {sentence}" for sentence in (*table.promises(), *_lost_creates(bench, figures), *bench.left_out)]
    return "\n".join([*machine, run, "", table.table(), "", *notes])


def _lost_creates(bench: _Bench, figures: Sequence[Figure]) -> Iterator[str]:
    """Yield how the creates that wrk saw acknowledged compare with the rows in the databases."""
    acknowledged = sum(f.acknowledged for f in figures if f.row.who.startswith(BRIM) and f.row.work in {"create", LIFE})
    found = sum(int(query(service.database_url, "SELECT count(*) FROM topups")[0]) for service in bench.services)
    verdict = "none is missing" if found >= acknowledged else "**some are missing**"
    yield (
        f"Creates acknowledged while measuring: {acknowledged:,}. Top-ups in the databases, warm-up included: "
        f"{found:,}; {verdict}."
    )

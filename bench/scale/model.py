"""The model: clients, API processes, PostgreSQL, its WAL and workers, as processes that share cores.

What is modelled is what decides how much one installation does. An API process is one thread, whose turns take longer
the more requests came meanwhile. Creates of a lane that arrive while a batch is under way go out in the next one, at
most `max_batch` of them. A batch is one statement on one connection, so on one core; its commit waits for a flush, and
commits that wait together share one. A worker's jobs share its one thread, and each takes one batch at a time.
Costs are arguments: `costs` has the measured ones.
"""

import itertools
import random
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

import simpy

Steps: TypeAlias = Generator[simpy.Event, Any, None]
T = TypeVar("T")

WHOSE: Final = ("client", "api", "postgres", "worker", "coordinator")

_US: Final = 1e6
# How long a thread keeps a core while others wait for one, in microseconds: about what Linux gives it.
_SLICE_US: Final = 1_400.0
# So many replies are written before the first of their clients acts on them.
_WRITTEN_TOGETHER: Final = 4
# What two runs of the same work differ by, so that nothing is in step by accident.
_JITTER: Final = 0.2

_LOOKS_EVERY_US: Final = 1_000.0

SETTLE_BATCH: Final = 500
NUMBER_BATCH: Final = 1_000
_SETTLE_REST_US: Final = 50_000.0
_ANNOUNCED_EVERY_US: Final = 25_000.0
MAX_BATCH: Final = 32


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What things cost, in microseconds of CPU time, but for flushes and wake-ups, which only take time.

    Attributes:
        request: an API process reads, checks and builds a create.
        reply: it writes a reply.
        turn: each turn of its event loop.
        send: it sends a batch and reads its outcome.
        statement: PostgreSQL runs a batch, whatever its size.
        row: and for each create of it.
        flush: the disk makes the log durable.
        wake: until a process that slept runs.
        client: the load generator sends a request and reads a reply, with what the kernel does for it.
        client_turn: each turn of its event loop.
        crowding: by which share work gets slower when as many threads wait for a core as there are cores.
        settle: a worker settles a top-up.
        settle_row: PostgreSQL does.
        number: a worker numbers an event.
        number_row: PostgreSQL does.
        job: PostgreSQL runs a worker's batch, whatever its size.
        route: the coordinator of a distributed engine passes on a batch, whatever its size.
        route_row: and each create of it.
    """

    request: float
    reply: float
    turn: float
    send: float
    statement: float
    row: float
    flush: float
    wake: float
    client: float
    client_turn: float
    crowding: float
    settle: float
    settle_row: float
    number: float
    number_row: float
    job: float
    route: float = 0.0
    route_row: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What is where.

    Attributes:
        cores: of the host of the API processes and, unless `database_cores` says otherwise, of everything else.
        processes: API processes.
        connections: clients, each of which sends its next create when the last one is answered.
        database_cores: of each host for PostgreSQL; 0 where it is on the other one.
        nodes: such hosts; each has a log of its own, and every so-manieth lane.
        coordinator_cores: of a coordinator that every batch passes; 0 for none.
        clients_share: whether the load generator is on the API processes' host; else only what the kernel does is.
        network_us: one way between hosts.
        commit_us: what a commit waits for besides the flush, such as a standby.
        workers: worker processes for each node, on the API processes' hosts.
        settles: whether top-ups are due at once.
        one_account: whether all top-ups are of one account, whose balance one settlement locks at a time.
        max_batch: the most creates of a batch.
        grouped: whether the creates of a batch share a flush; if not, each has its own.
        lanes: units of group commit.
        lane_weights: how often each lane is drawn, relative to the others; empty for equally often.
    """

    cores: int
    processes: int
    connections: int
    database_cores: int = 0
    nodes: int = 1
    coordinator_cores: int = 0
    clients_share: bool = True
    network_us: float = 0.0
    commit_us: float = 0.0
    workers: int = 1
    settles: bool = False
    one_account: bool = False
    max_batch: int = MAX_BATCH
    grouped: bool = True
    lanes: int = 1
    lane_weights: Sequence[float] = ()

    @property
    def all_cores(self) -> int:
        """Of all hosts."""
        return self.cores + self.coordinator_cores + self.database_cores * self.nodes


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Attributes:
        seconds: how long it was measured.
        latencies_us: of the creates that were answered meanwhile.
        batches: committed meanwhile.
        settled: top-ups settled meanwhile.
        flushes: of all logs.
        cpu_us: CPU time by whose it was: client, api, postgres, worker, coordinator.
        capacity_us: CPU time there was.
        busy: the share of its time in which the busiest of each kind worked: hosts, threads and logs.
    """

    seconds: float
    latencies_us: Sequence[float]
    batches: int
    settled: int
    flushes: int
    cpu_us: Mapping[str, float]
    capacity_us: float
    busy: Mapping[str, float]

    @property
    def creates(self) -> int:
        """Creates that were answered."""
        return len(self.latencies_us)

    @property
    def per_second(self) -> float:
        """Creates a second."""
        return self.creates / self.seconds

    @property
    def settled_per_second(self) -> float:
        """Top-ups settled a second."""
        return self.settled / self.seconds

    @property
    def p50_ms(self) -> float:
        """The median latency of a create."""
        return sorted(self.latencies_us)[self.creates // 2] / 1000

    @property
    def batch(self) -> float:
        """Creates of a batch, on average."""
        return self.creates / max(self.batches, 1)

    @property
    def idle(self) -> float:
        """Share of the CPU time that nobody used."""
        return 1 - sum(self.cpu_us.values()) / self.capacity_us

    def us_each(self, *whose: str) -> float:
        """CPU time of a create, everybody's or some's."""
        return sum(self.cpu_us[who] for who in whose or self.cpu_us) / max(self.creates, 1)


class Model:
    """One installation under a load that never rests."""

    def __init__(self, costs: Costs, layout: Layout, *, seed: int = 1) -> None:
        self.costs, self.layout = costs, layout
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.latencies: list[float] = []
        self.batches = 0
        self.load_ends = float("inf")
        self.api_cpu = _Cpu(self, layout.cores)
        self.coordinator_cpu = _Cpu(self, layout.coordinator_cores) if layout.coordinator_cores else None
        self.nodes = [_Node(self) for _ in range(layout.nodes)]
        self._lanes = range(layout.lanes)
        self._weights = list(itertools.accumulate(layout.lane_weights or [1.0] * layout.lanes))
        self._processes = [_ApiProcess(self, number) for number in range(layout.processes)]
        # one load generator with one thread, or the kernel's work for clients elsewhere, beside each API process
        shares = 1 if layout.clients_share else layout.processes
        self._clients = [_Clients(self, range(number, layout.connections, shares)) for number in range(shares)]
        for node in self.nodes:
            for number in range(layout.workers):
                _Worker(self, node, number)

    def run(self, *, seconds: float, warm_up: float = 0.1) -> Outcome:
        """Run, and return what was done after a warm-up."""
        self.env.run(warm_up * _US)
        before = self._measured()
        self.env.run((warm_up + seconds) * _US)
        return self._outcome(before)

    def run_lives(self, *, seconds: float) -> Outcome:
        """Run a load for so long, and on until its last top-up is settled and its events are numbered."""
        self.load_ends = seconds * _US
        before = self._measured()
        self.env.run(self.load_ends)
        while any(node.has_work for node in self.nodes) or self._settled() < len(self.latencies):
            self.env.run(self.env.now + _LOOKS_EVERY_US)
        return self._outcome(before)

    def process_of(self, connection: int) -> "_ApiProcess":
        """Return the API process that a client is connected to."""
        return self._processes[connection % len(self._processes)]

    def draw_lane(self) -> int:
        """Return the lane of a create's account."""
        return self.random.choices(self._lanes, cum_weights=self._weights)[0] if self.layout.lanes > 1 else 0

    def reply(self, creates: Sequence["_Create"]) -> None:
        """Answer creates: their clients send the next ones."""
        self.latencies += [self.env.now - create.began for create in creates]
        for create in creates:
            self._clients[create.connection % len(self._clients)].answer(create.connection)

    def _settled(self) -> int:
        return sum(node.settled for node in self.nodes)

    def _hosts(self) -> dict[str, list["_Cpu"]]:
        databases = [node.cpu for node in self.nodes if node.cpu is not self.api_cpu]
        coordinators = [self.coordinator_cpu] if self.coordinator_cpu else []
        if not databases:
            return {"CPU": [self.api_cpu]}
        return {"API hosts": [self.api_cpu], "database hosts": databases, "coordinator": coordinators}

    def _measured(self) -> "_Measured":
        hosts = self._hosts()
        return _Measured(
            now=self.env.now,
            creates=len(self.latencies),
            batches=self.batches,
            settled=self._settled(),
            flushes=[node.wal.flushes for node in self.nodes],
            used=[cpu.used.copy() for cpus in hosts.values() for cpu in cpus],
            threads=[cpu.threads.copy() for cpus in hosts.values() for cpu in cpus],
        )

    def _outcome(self, before: "_Measured") -> Outcome:
        now = self._measured()
        took_us = now.now - before.now
        used = [new - old for new, old in zip(now.used, before.used, strict=True)]
        threads = [new - old for new, old in zip(now.threads, before.threads, strict=True)]
        busy = {
            "log": max(new - old for new, old in zip(now.flushes, before.flushes, strict=True)) * self.costs.flush,
        }
        kinds = [(kind, cpu) for kind, cpus in self._hosts().items() for cpu in cpus]
        for (kind, cpu), host, its in zip(kinds, used, threads, strict=True):
            busy[kind] = max(busy.get(kind, 0.0), host.total() / cpu.cores)
            for (whose, _), us in its.items():
                busy[whose] = max(busy.get(whose, 0.0), us)
        return Outcome(
            seconds=took_us / _US,
            latencies_us=self.latencies[before.creates :],
            batches=now.batches - before.batches,
            settled=now.settled - before.settled,
            flushes=sum(now.flushes) - sum(before.flushes),
            cpu_us={who: sum(host[who] for host in used) for who in WHOSE},
            capacity_us=self.layout.all_cores * took_us,
            busy={kind: us / took_us for kind, us in busy.items()},
        )


@dataclass(frozen=True, kw_only=True)
class _Measured:
    now: float
    creates: int
    batches: int
    settled: int
    flushes: list[int]
    used: list["Counter[str]"]
    threads: list["Counter[tuple[str, int]]"]


class _Cpu:
    """The cores of a host: whoever waits longest gets the next free one, for a slice."""

    def __init__(self, model: Model, cores: int) -> None:
        self.cores = cores
        self.used: Counter[str] = Counter()
        self.threads: Counter[tuple[str, int]] = Counter()
        self._model = model
        self._free = simpy.Resource(model.env, cores)

    def work(self, us: float, who: str, thread: tuple[str, int] | None = None) -> Steps:
        """Work for about so long, on one core at a time."""
        model = self._model
        left = us * model.random.uniform(1 - _JITTER, 1 + _JITTER)
        while left > 0:
            with self._free.request() as core:
                yield core
                part = min(left, _SLICE_US)
                crowd = min(1.0, len(self._free.queue) / self.cores)
                took = round(part * (1 + model.costs.crowding * crowd))
                yield model.env.timeout(took)
                self.used[who] += took
                if thread:
                    self.threads[thread] += took
            left -= part


class _Wal:
    """The log of a server: one flush at a time, each for all that was written before it began."""

    def __init__(self, env: simpy.Environment, flush_us: float) -> None:
        self.flushes = 0
        self._env = env
        self._flush_us = flush_us
        self._device = simpy.Resource(env, 1)
        self._written = self._flushed = 0

    def flush(self) -> Steps:
        """Return once all that is written is durable."""
        self._written += 1
        mine = self._written
        with self._device.request() as turn:
            yield turn
            if self._flushed >= mine:
                return
            upto = self._written
            yield self._env.timeout(self._flush_us)
            self.flushes += 1
            self._flushed = upto


class _Signal:
    """What a sleeping thread waits for."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.event = env.event()

    def set(self) -> None:
        """Wake whoever waits."""
        if not self.event.triggered:
            self.event.succeed()

    def wait(self) -> simpy.Event:
        """Return what to wait for: the next `set`."""
        if self.event.triggered:
            self.event = self._env.event()
        return self.event


class _Node:
    """A database server with its log, what its workers have to do, and the locks that one account's work waits for."""

    def __init__(self, model: Model) -> None:
        self.cpu = _Cpu(model, model.layout.database_cores) if model.layout.database_cores else model.api_cpu
        self.wal = _Wal(model.env, model.costs.flush)
        self.unsettled = self.unnumbered = self.settled = self.under_way = 0
        self.due, self.new_events = _Signal(model.env), _Signal(model.env)
        self.balance, self.counter = simpy.Resource(model.env, 1), simpy.Resource(model.env, 1)

    @property
    def has_work(self) -> bool:
        """Whether something waits for a worker, or is in its hands."""
        return bool(self.unsettled or self.unnumbered or self.under_way)

    def committed(self, count: int, *, settles: bool) -> None:
        """Note what a batch wrote."""
        self.unnumbered += count
        self.new_events.set()
        if settles:
            self.unsettled += count
            self.due.set()


@dataclass
class _Create:
    connection: int
    began: float
    lane: int


class _Clients:
    """Clients that send a create as soon as the last one is answered; one thread."""

    def __init__(self, model: Model, connections: Iterable[int]) -> None:
        self._model = model
        self._ready = list(connections)
        self._signal = _Signal(model.env)
        model.env.process(self._run())

    def answer(self, connection: int) -> None:
        """Have a client send its next create."""
        self._ready.append(connection)
        self._signal.set()

    def _run(self) -> Steps:
        model, costs = self._model, self._model.costs
        while True:
            if not self._ready:
                yield self._signal.wait()
                yield model.env.timeout(costs.wake)
            ready, self._ready = self._ready, []
            if model.env.now > model.load_ends:
                continue
            yield from model.api_cpu.work(costs.client_turn, "client")
            for some in _cut(ready, _WRITTEN_TOGETHER):
                yield from model.api_cpu.work(len(some) * costs.client, "client")
                for connection in some:
                    create = _Create(connection, model.env.now, model.draw_lane())
                    model.process_of(connection).receive(create)


class _ApiProcess:
    """One event loop, with one batch under way for each lane."""

    def __init__(self, model: Model, number: int) -> None:
        self._model = model
        self._thread = ("API process", number)
        self._received: list[_Create] = []
        self._done: list[tuple[int, list[_Create]]] = []
        self._queues: dict[int, list[_Create]] = {}
        self._busy: set[int] = set()
        self._signal = _Signal(model.env)
        model.env.process(self._run())

    def receive(self, create: _Create) -> None:
        """Take a request from a socket in the next turn."""
        self._received.append(create)
        self._signal.set()

    def _work(self, us: float) -> Steps:
        yield from self._model.api_cpu.work(us, "api", self._thread)

    def _run(self) -> Steps:
        model, costs = self._model, self._model.costs
        while True:
            if not self._received and not self._done:
                yield self._signal.wait()
                yield model.env.timeout(costs.wake)
            received, self._received = self._received, []
            done, self._done = self._done, []
            yield from self._work(costs.turn)
            for lane, creates in done:
                self._busy.discard(lane)
                yield from self._start(lane)  # PostgreSQL works while the replies are written
                for some in _cut(creates, _WRITTEN_TOGETHER):
                    yield from self._work(len(some) * costs.reply)
                    model.reply(some)
            if received:
                yield from self._work(len(received) * costs.request)
                for create in received:
                    self._queues.setdefault(create.lane, []).append(create)
            for lane in [lane for lane, queue in self._queues.items() if queue and lane not in self._busy]:
                yield from self._start(lane)

    def _start(self, lane: int) -> Steps:
        queue, most = self._queues.get(lane), self._model.layout.max_batch
        if not queue:
            return
        self._busy.add(lane)
        batch, self._queues[lane] = queue[:most], queue[most:]
        yield from self._work(self._model.costs.send)
        self._model.env.process(self._commit(lane, batch))

    def _commit(self, lane: int, batch: list[_Create]) -> Steps:
        model, costs, layout = self._model, self._model.costs, self._model.layout
        node = model.nodes[lane % layout.nodes]
        yield model.env.timeout(layout.network_us + costs.wake)
        if model.coordinator_cpu:
            yield from model.coordinator_cpu.work(costs.route + len(batch) * costs.route_row, "coordinator")
            yield model.env.timeout(layout.network_us)
        yield from node.cpu.work(costs.statement + len(batch) * costs.row, "postgres", ("lane", lane))
        for _ in range(1 if layout.grouped else len(batch)):
            yield from node.wal.flush()
        model.batches += 1
        node.committed(len(batch), settles=layout.settles)
        hops = 2 if model.coordinator_cpu else 1
        yield model.env.timeout(layout.commit_us + hops * layout.network_us)
        self._done.append((lane, batch))
        self._signal.set()


class _Worker:
    """One worker process: its jobs take turns on one thread, and each has a connection of its own."""

    def __init__(self, model: Model, node: _Node, number: int) -> None:
        self._model, self._node, self._number = model, node, number
        self._thread = simpy.Resource(model.env, 1)
        model.env.process(self._number_events())
        if model.layout.settles:
            model.env.process(self._settle())

    def _step(self, job: str, count: int, each: float, row: float, lock: simpy.Resource) -> Steps:
        """Do one batch: Python's part, and PostgreSQL's, with the lock of the account until the commit."""
        model, node = self._model, self._node
        node.under_way += 1
        with lock.request() as turn:
            if model.layout.one_account:
                yield turn
            with self._thread.request() as thread:
                yield thread
                yield from model.api_cpu.work(count * each, "worker", ("worker", self._number))
            yield from node.cpu.work(model.costs.job + count * row, "postgres", (job, self._number))
            yield from node.wal.flush()
            yield model.env.timeout(model.layout.commit_us)
        node.under_way -= 1

    def _settle(self) -> Steps:
        model, node, costs = self._model, self._node, self._model.costs
        while True:
            if not node.unsettled:
                yield node.due.wait()
            count = min(node.unsettled, SETTLE_BATCH)
            node.unsettled -= count
            yield from self._step("settlement", count, costs.settle, costs.settle_row, node.balance)
            node.settled += count
            node.committed(count, settles=False)
            if count < SETTLE_BATCH:
                yield model.env.timeout(_SETTLE_REST_US)

    def _number_events(self) -> Steps:
        model, node, costs = self._model, self._node, self._model.costs
        while True:
            if not node.unnumbered:
                yield node.new_events.wait()
            count = min(node.unnumbered, NUMBER_BATCH)
            node.unnumbered -= count
            yield from self._step("numbering", count, costs.number, costs.number_row, node.counter)
            if count < NUMBER_BATCH:
                yield model.env.timeout(_ANNOUNCED_EVERY_US)


def _cut(items: list[T], size: int) -> Iterator[list[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))

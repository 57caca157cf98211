"""The steps of docs/scaling.md: what the model says of each layout, what arithmetic says, and the first bottlenecks."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from bench.scale import costs
from bench.scale.costs import COSTS, ELSEWHERE, SHARDED_DIRECT, SHARDED_ROUTED
from bench.scale.model import MAX_BATCH, NUMBER_BATCH, Costs, Layout, Model, Outcome

GOAL: Final = 1_000_000
_DAY_S: Final = 86_400
_MONTH_DAYS: Final = 30
_GB: Final = 1e9
_CONNECTIONS_EACH: Final = 128
"""Clients of an API process in the model: enough that its batches are full."""

_HOP_US: Final = 100.0
"""Assumed: one way between two hosts of a data center."""

_STANDBY_US: Final = 500.0
"""Assumed: until a standby has written what a commit waits for, and said so."""

_WARM_UP_S: Final = 0.06
ACCOUNTS: Final = 100_000
_LANES: Final = 32


@dataclass(frozen=True, kw_only=True)
class Step:
    """A layout and the hardware that the model knows nothing of.

    Attributes:
        name: as on the page.
        layout: what the model is asked; settlement off.
        costs: what things cost there.
        memory_gb: of each database host.
        link_gbit: of each database host to its archive or standby.
        disk_tb: of each database host.
        seconds: how long creates are measured, after as long a warm-up.
        lives_seconds: how long lives begin.
    """

    name: str
    layout: Layout
    memory_gb: int
    link_gbit: int
    disk_tb: float
    costs: Costs = ELSEWHERE
    seconds: float = 0.1
    lives_seconds: float = 0.2

    def creates(self) -> Outcome:
        """Return what the model says of creates without settlement, once batches go round."""
        return Model(self.costs, self.layout).run(seconds=self.seconds, warm_up=max(self.seconds, _WARM_UP_S))

    def lives(self) -> Outcome:
        """Return what the model says of whole lives, as `bench.lives` measures them: until the last one is through."""
        return Model(self.costs, replace(self.layout, settles=True)).run_lives(seconds=self.lives_seconds)

    @property
    def connections(self) -> int:
        """To PostgreSQL: each API process keeps one for each lane beside those of other work."""
        layout = self.layout
        each = costs.API_CONNECTIONS.value + layout.lanes - 1
        return round(layout.processes * each + layout.workers * layout.nodes * costs.WORKER_CONNECTIONS.value)

    def limits(self) -> list["Limit"]:
        """Return what arithmetic says is a bottleneck, at which rate of lives, for all nodes, the least first."""
        nodes, workers = self.layout.nodes, self.layout.workers * self.layout.nodes
        return sorted(
            [
                Limit("webhooks, an endpoint for all events", workers * webhook_lives()),
                Limit("pruning", workers * pruned_lives()),
                Limit("settlement, all of one account", one_account_lives(self.costs)),
                Limit("WAL over the link", nodes * wal_lives(self.link_gbit)),
                Limit("keys of a day in half of the memory", nodes * key_lives(self.memory_gb)),
                Limit("a month on disk", nodes * disk_lives(self.disk_tb)),
            ],
            key=lambda limit: limit.per_second,
        )


class Limit(NamedTuple):
    """Something that is saturated at a rate."""

    name: str
    per_second: float


def _here(cores: int, processes: int, workers: int) -> Layout:
    return Layout(
        cores=cores,
        processes=processes,
        connections=processes * _CONNECTIONS_EACH,
        clients_share=False,
        workers=workers,
    )


def _apart(cores: int, processes: int, workers: int, *, database_cores: int) -> Layout:
    return replace(_here(cores, processes, workers), database_cores=database_cores, network_us=_HOP_US)


_ONE: Final = Step(
    name="1 machine, 2 cores",
    layout=replace(_here(2, 1, 1), clients_share=True),
    costs=COSTS,
    memory_gb=24,
    link_gbit=1,
    disk_tb=1,
    seconds=1.0,
    lives_seconds=0.5,
)
_SHARDED: Final = replace(_apart(32, 28, 8, database_cores=16), nodes=2, lanes=_LANES)
STEPS: Final = (
    _ONE,
    Step(name="1 machine, 16 cores", layout=_here(16, 11, 12), memory_gb=64, link_gbit=10, disk_tb=4),
    Step(name="1 machine, 64 cores", layout=_here(64, 42, 40), memory_gb=256, link_gbit=25, disk_tb=16),
    Step(
        name="API hosts (32 cores), database host (16)",
        layout=_apart(32, 28, 16, database_cores=16),
        memory_gb=128,
        link_gbit=10,
        disk_tb=8,
    ),
    Step(
        name="API hosts (128), primary (64) with synchronous standby",
        layout=replace(_apart(128, 112, 64, database_cores=64), commit_us=_STANDBY_US),
        memory_gb=512,
        link_gbit=25,
        disk_tb=30,
        seconds=0.03,
        lives_seconds=0.1,
    ),
    Step(
        name="API hosts (32), 2 nodes (16 each), straight to the node",
        layout=_SHARDED,
        costs=SHARDED_DIRECT,
        memory_gb=128,
        link_gbit=10,
        disk_tb=8,
        seconds=0.04,
        lives_seconds=0.1,
    ),
    Step(
        name="the same through a coordinator (16)",
        layout=replace(_SHARDED, coordinator_cores=16),
        costs=SHARDED_ROUTED,
        memory_gb=128,
        link_gbit=10,
        disk_tb=8,
        seconds=0.3,
        lives_seconds=0.2,
    ),
)
CELL: Final = STEPS[3]
"""What a cell is in the last step: small enough that its loss is a small loss, and its archive fits a common link."""


def webhook_lives() -> float:
    """Lives of which a worker delivers every event to one endpoint."""
    return costs.DELIVERIES.value / costs.LIFE_EVENTS.value


def pruned_lives() -> float:
    """Lives whose events a worker prunes as fast as they come."""
    return costs.PRUNED_EVENTS.value / costs.LIFE_EVENTS.value


def one_account_lives(each: Costs, batch: int = 500) -> float:
    """Lives of one account: its settlements come one after the other, each with the balance locked until its commit.

    Python's part counts in full: the chain of seals is hashed under the lock, and nobody measured the rest apart.
    """
    return batch / (each.job + batch * (each.settle + each.settle_row) + each.flush) * 1e6


def one_account_numbers(each: Costs, batch: int = NUMBER_BATCH) -> float:
    """Events of one account that get their numbers: its counter is locked likewise."""
    return batch / (each.job + batch * each.number_row + each.flush) * 1e6


def lane_creates(each: Costs, *, network_us: float = 0.0, commit_us: float = 0.0) -> float:
    """Creates of one process and lane: one full batch is under way at a time."""
    trip = each.wake + each.statement + MAX_BATCH * each.row + each.flush + each.send + each.turn
    return MAX_BATCH / (trip + 2 * network_us + commit_us) * 1e6


def wal_lives(gbit: float) -> float:
    """Lives whose WAL fills a link."""
    return gbit * 1e9 / 8 / costs.LIFE_WAL_BYTES.value


def key_lives(memory_gb: float) -> float:
    """Lives whose idempotency keys of a day have their index, in which keys lie at random, in half of the memory."""
    return memory_gb * _GB / 2 / (costs.KEY_INDEX_BYTES.value * _DAY_S)


def disk_lives(disk_tb: float) -> float:
    """Lives of which a month fills a disk, with nothing pruned."""
    return disk_tb * 1e12 / (costs.LIFE_DISK_BYTES.value * _DAY_S * _MONTH_DAYS)


def busiest(outcome: Outcome) -> Iterator[tuple[str, float]]:
    """Return what was busy, the busiest first."""
    yield from sorted(
        ((kind, share) for kind, share in outcome.busy.items() if kind not in _SEVERAL), key=lambda each: -each[1]
    )


_SEVERAL: Final = ("lane", "worker")
"""A lane's batches run on a connection for each process, and a worker's jobs on several."""


def zipf(count: int, exponent: float) -> list[float]:
    """Return shares of so many accounts, the biggest first."""
    weights = [rank**-exponent for rank in range(1, count + 1)]
    whole = sum(weights)
    return [weight / whole for weight in weights]


def spread(shares: Sequence[float], bins: int) -> list[float]:
    """Return the shares of bins to which accounts go by a hash."""
    drawn = random.Random(7)
    loads = [0.0] * bins
    for share in shares:
        loads[drawn.randrange(bins)] += share
    return loads


def place(shares: Sequence[float], bins: int) -> list[float]:
    """Return the shares of bins to which a directory assigns accounts: the biggest first, each to the emptiest."""
    loads = [0.0] * bins
    for share in shares:
        loads[loads.index(min(loads))] += share
    return loads


def cells_for(lives: float, *, use: float = 0.5) -> int:
    """Return how many cells a million lives a second need when each is used so far."""
    return -(-GOAL // round(lives * use))


def skewed(step: Step, exponent: float) -> Step:
    """Return a step whose accounts are drawn so unevenly."""
    weights = spread(zipf(ACCOUNTS, exponent), step.layout.lanes)
    return replace(step, layout=replace(step.layout, lane_weights=tuple(weights)))


def of_one_account(step: Step) -> Step:
    """Return a step all of whose top-ups are one account's."""
    return replace(step, layout=replace(step.layout, one_account=True))

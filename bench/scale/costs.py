"""What was measured, each figure with where it stands, and the costs that the model takes from it.

A fresh measurement changes a line here; `make scaling` then says whether the model still reproduces what was measured.
"""

from dataclasses import dataclass, replace
from typing import Final

from bench.scale.model import Costs

_GOALS: Final = "[goals](performance.md#the-goals)"
_SIZING: Final = "[sizing](performance.md#sizing-a-machine)"
_SHARDING: Final = "Citus 13.2.2 outside this tree, 2026-11-21"


@dataclass(frozen=True)
class Fact:
    """A measured figure and where it stands."""

    value: float
    source: str


LIFE_PYTHON_US: Final = Fact(158, _GOALS)
LIFE_POSTGRES_US: Final = Fact(156, _GOALS)
LIFE_WAL_BYTES: Final = Fact(7_423, _GOALS)
LIFE_DISK_BYTES: Final = Fact(5_032, _GOALS)
TOPUP_BYTES: Final = Fact(1_088, _GOALS)
KEY_INDEX_BYTES: Final = Fact(121, f"{_GOALS}, second table")
LIFE_EVENTS: Final = Fact(2, f"{_GOALS}, second table")
LIFE_ENTRIES: Final = Fact(11.15 + 38.16, f"{_GOALS}, second table: rows and index entries")
DELIVERIES: Final = Fact(2_627, "[webhooks](performance.md#webhooks)")
PRUNED_EVENTS: Final = Fact(10_300, "[ADR 23](adr/0023-pruning-in-batches.md)")
API_CONNECTIONS: Final = Fact(14, _SIZING)
WORKER_CONNECTIONS: Final = Fact(20, _SIZING)
EMBEDDED_CONNECTIONS: Final = Fact(200, _SIZING)
FLUSH_US: Final = Fact(80, _GOALS)
STATEMENT_US: Final = Fact(200, "[what stands between](performance.md#the-goals): a lone create")

CREATE_BRIM_US: Final = 97.5
CREATE_POSTGRES_US: Final = 58.0
"""Of a create at 64 connections with one API process: the middle of what the page's table of measurements has."""

# Fitted by hand to the points that `points` marks so. What a turn and a batch of an API process cost shows in lone
# creates, what rows cost at 64 connections, and crowding with two API processes. An event's number is a row and three
# index entries of the 49 that share PostgreSQL's time of a life.
COSTS: Final = Costs(
    request=65,
    reply=29,
    turn=20,
    send=110,
    statement=STATEMENT_US.value,
    row=33,
    flush=FLUSH_US.value,
    wake=45,
    client=36,
    client_turn=20,
    crowding=0.1,
    settle=56,
    settle_row=78,
    number=1,
    number_row=round(4 * LIFE_POSTGRES_US.value / LIFE_ENTRIES.value),
    job=300,
)
SLOW_FLUSH: Final = replace(COSTS, flush=FLUSH_US.value + 1_000)
"""With every flush delayed by 1 ms."""

ELSEWHERE: Final = replace(COSTS, client=COSTS.client / 2, client_turn=0)
"""With clients on other hosts. Assumed: half of what a client costs here is the kernel's work, which stays."""


def _affine(s_at_100: float, s_at_512: float) -> tuple[float, float]:
    """Return what a batch and each row cost in microseconds, from CPU seconds for 10,000 rows in two sizes of batch."""
    at_100, at_512 = s_at_100 * 100, s_at_512 * 100
    batch = (at_100 - at_512) / (1 / 100 - 1 / 512)
    return batch, at_512 - batch / 512


# CPU seconds for 10,000 creates in batches of 100 and 512: plain PostgreSQL, a shard's node, and the coordinator.
_PLAIN: Final = _affine(0.24, 0.22)
_DIRECT: Final = _affine(0.41, 0.39)
_ROUTED: Final = _affine(0.49, 0.37)
_COORDINATOR: Final = _affine(0.51, 0.25)
SHARDED_SOURCE: Final = _SHARDING


def _sharded(there: tuple[float, float], **route: float) -> Costs:
    """Return costs in which PostgreSQL's are as many times a plain server's as they were there."""
    return replace(
        ELSEWHERE,
        statement=COSTS.statement * there[0] / _PLAIN[0],
        row=COSTS.row * there[1] / _PLAIN[1],
        settle_row=COSTS.settle_row * there[1] / _PLAIN[1],
        number_row=COSTS.number_row * there[1] / _PLAIN[1],
        **route,
    )


SHARDED_DIRECT: Final = _sharded(_DIRECT)
"""Batches go straight to the node that has the lane's shard."""

SHARDED_ROUTED: Final = _sharded(_ROUTED, route=_COORDINATOR[0], route_row=_COORDINATOR[1])
"""Batches go through the coordinator, which costs what it did there: it does not know how wide a row is."""

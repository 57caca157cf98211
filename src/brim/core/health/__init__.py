"""How an installation does, over all accounts: top-ups, requests, webhooks, queues, processes and the database.

Neighbours: `gauges` has the same queues as figures, `diagnosis` judges the deployment. Start reading at `rules`.
"""

from brim.core.health.rules import (
    LONGEST_PERIOD_S,
    MOST_COUNTED,
    MOST_TOPUPS,
    DatabaseHealth,
    FailedRequests,
    FailedTopups,
    Health,
    Queue,
    Replica,
    RequestNumbers,
    TopupNumbers,
)
from brim.core.health.service import read_health

__all__ = [
    "LONGEST_PERIOD_S",
    "MOST_COUNTED",
    "MOST_TOPUPS",
    "DatabaseHealth",
    "FailedRequests",
    "FailedTopups",
    "Health",
    "Queue",
    "Replica",
    "RequestNumbers",
    "TopupNumbers",
    "read_health",
]

"""How many debits come back, and what follows when too many do: Nacha's return rates, guarded.

Each originator, and each account that debits through it, is counted by day. A rate that comes near Nacha's limit is
announced; one that reaches it refuses new debits until it has fallen, or for as long as two people let them go on.
Neighbours: `originators` refuses the creates, `ach` counts what is sent and returned, the worker looks again as days
pass.
Start reading at `rules`.
"""

from brim.core.return_rates.rules import (
    LIMITS,
    LONGEST_OVERRIDE_DAYS,
    MINIMUM_RETURNS,
    WARN_PERCENT,
    WINDOW_DAYS,
    Counts,
    Guard,
    Level,
    NoOverrideError,
    Override,
    OverrideEndError,
    OverrideStatus,
    RateKind,
    kinds_of,
    level_of,
)
from brim.core.return_rates.service import (
    ALL,
    COUNTS_KEPT_DAYS,
    ReturnedDebit,
    ReturnRates,
    Watching,
    approve_override,
    ask_for_override,
    count_returned,
    count_sent,
    end_override,
    list_return_rates,
    read_return_rates,
)
from brim.core.return_rates.store import CountedOwner, DayCount, Whose, count_guards

__all__ = [
    "ALL",
    "COUNTS_KEPT_DAYS",
    "LIMITS",
    "LONGEST_OVERRIDE_DAYS",
    "MINIMUM_RETURNS",
    "WARN_PERCENT",
    "WINDOW_DAYS",
    "CountedOwner",
    "Counts",
    "DayCount",
    "Guard",
    "Level",
    "NoOverrideError",
    "Override",
    "OverrideEndError",
    "OverrideStatus",
    "RateKind",
    "ReturnRates",
    "ReturnedDebit",
    "Watching",
    "Whose",
    "approve_override",
    "ask_for_override",
    "count_guards",
    "count_returned",
    "count_sent",
    "end_override",
    "kinds_of",
    "level_of",
    "list_return_rates",
    "read_return_rates",
]

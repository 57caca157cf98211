"""Decides from what clients were told, and from what the database has afterwards, whether anything was lost or doubled.

Pure: histories in, verdict out (tests/unit/test_failover_checker.py).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

OK: Final = 200
RETRIED: Final = frozenset({0, 409, 429, 500, 502, 503, 504})
"""What a client tries again with the same key, as the official SDKs do; 0 stands for a broken connection."""


class Attempt(NamedTuple):
    """One request of a client and its answer. Times are seconds of one clock; `topup` is None unless it succeeded."""

    key: str
    amount: int
    began: float
    ended: float
    status: int
    topup: str | None


class Stored(NamedTuple):
    """One top-up as the database has it, with the key that its create was sent with."""

    topup: str
    key: str
    amount: int


class Probe(NamedTuple):
    """One write that a database host acknowledged to a client of its own, past all proxies."""

    host: str
    number: int


@dataclass
class Verdict:
    """What a history comes to; `faults` is empty when every promise was kept."""

    acknowledged: int = 0
    unanswered: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unfenced: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Everything that may not be, as lines."""
        kinds = ("lost", "doubled", "changed", "refused", "unfenced")
        return [f"{kind}: {line}" for kind in kinds for line in getattr(self, kind)]


def check(
    attempts: Iterable[Attempt], stored: Sequence[Stored], *, probes: Iterable[Probe], kept: Iterable[Probe]
) -> Verdict:
    """Compare a history with the top-ups, and the acknowledged probes with those that were kept.

    The attempts must have ended before the database was read.
    """
    verdict = Verdict()
    told: defaultdict[str, set[str]] = defaultdict(set)
    asked: dict[str, int] = {}
    for attempt in attempts:
        verdict.statuses[attempt.status] += 1
        asked[attempt.key] = attempt.amount
        if attempt.status == OK:
            told[attempt.key].add(str(attempt.topup))
        elif attempt.status not in RETRIED:
            verdict.refused.append(f"{attempt.key} got {attempt.status}")
    verdict.acknowledged = len(told)
    verdict.unanswered = len(asked) - len(told)
    by_id = {row.topup: row for row in stored}
    made = Counter(row.key for row in stored)
    for key, topups in told.items():
        verdict.lost += [f"{key} was told {topup}" for topup in sorted(topups - by_id.keys())]
        if len(topups) > 1:
            verdict.doubled.append(f"{key} was told {' and '.join(sorted(topups))}")
        verdict.changed += [
            f"{key} was told {topup}, which is of {by_id[topup].key} over {by_id[topup].amount}"
            for topup in sorted(topups & by_id.keys())
            if (by_id[topup].key, by_id[topup].amount) != (key, asked[key])
        ]
    verdict.doubled += [f"{key} made {count} top-ups" for key, count in made.items() if count > 1]
    found = set(kept)
    verdict.unfenced = [f"{probe.host} took write {probe.number}" for probe in probes if probe not in found]
    return verdict


def longest_gap(attempts: Iterable[Attempt], *, since: float, until: float) -> float:
    """Return the longest time between two moments in which no request was acknowledged."""
    moments = sorted(a.ended for a in attempts if a.status == OK and since <= a.ended <= until)
    return max(after - before for before, after in pairwise([since, *moments, until]))


def slowest(attempts: Iterable[Attempt], *, since: float) -> float:
    """Return the longest that a client waited for its acknowledgement, retries included."""
    first: dict[str, float] = {}
    longest = 0.0
    for attempt in sorted(attempts, key=lambda a: a.began):
        began = first.setdefault(attempt.key, attempt.began)
        if attempt.status == OK and attempt.ended >= since:
            longest = max(longest, attempt.ended - began)
    return longest


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]

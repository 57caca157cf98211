"""Whether what a service acknowledged is in its database: once each, and nothing is missing."""

from dataclasses import dataclass
from typing import Final

from bench.http_load import HttpLoad
from bench.processes import BenchError
from bench.rounds import Measurement
from bench.service import Service
from bench.sql_load import query

_CHECKED_S: Final = 1
_CHECKED_CLIENTS: Final = 64


@dataclass
class Subject:
    """A service under load, and how many creates it has acknowledged.

    wrk counts the replies that it has read when its time is over: as many creates as there are connections may be under
    way at that moment, which the service makes without being counted.
    """

    name: str
    service: Service
    processes: int
    acknowledged: int = 0
    uncounted: int = 0
    failed: int = 0

    def create(self, clients: int, seconds: int) -> Measurement:
        """Create from so many connections for so long."""
        return self._note(self.service.create.run(clients, seconds), clients)

    def _note(self, measured: Measurement, clients: int) -> Measurement:
        self.acknowledged += measured.requests - measured.errors
        self.uncounted += clients
        self.failed += measured.errors
        return measured

    def check(self) -> str:
        """Create once more, note each reply's id, and return a sentence about what the database has of all.

        Raises:
            BenchError: something is missing, or was made twice.
        """
        service = self.service
        file = service.folder / f"replies-{service.pid}"
        load = service.create
        noting = HttpLoad(load.url, load.key, load.path, body=load.body, noted=file)
        self._note(noting.run(_CHECKED_CLIENTS, _CHECKED_S), _CHECKED_CLIENTS)
        replies = file.read_text().split()
        self._require(len(replies) == len(set(replies)), "an id was given twice")
        found = set(query(service.database_url, "SELECT id FROM topups ORDER BY id DESC LIMIT 200000"))
        missing = [topup for topup in replies if topup not in found]
        self._require(not missing, f"{len(missing)} of {len(replies)} ids acknowledged are missing")
        (counts,) = query(
            service.database_url,
            "SELECT (SELECT count(*) FROM topups), (SELECT count(DISTINCT id) FROM topups),"
            " (SELECT count(*) FROM idempotency_keys)",
        )
        topups, ids, keys = map(int, counts.split("|"))
        self._require(topups == ids == keys, f"{topups:,} top-ups have {ids:,} ids and {keys:,} keys")
        self._require(topups >= self.acknowledged, f"{self.acknowledged - topups:,} acknowledged creates are missing")
        self._require(topups <= self.acknowledged + self.uncounted, "there are more top-ups than creates")
        failed = f", {self.failed:,} requests failed" if self.failed else ""
        return (
            f"{self.name}: {self.acknowledged:,} creates acknowledged, {topups:,} top-ups with as many distinct ids "
            f"and keys ({topups - self.acknowledged:,} were under way when a load ended); {len(replies):,} replies "
            f"read: all distinct, all in the database{failed}"
        )

    def _require(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001  the caller's comparison reads as a sentence
        if not holds:
            raise BenchError(f"{self.name}: {otherwise}.")

"""Whole lives of top-ups: created, settled, announced, numbered and sealed."""

import time

from bench.replies import Subject
from bench.rounds import Measurement
from bench.sql_load import query


class Lives:
    """Lives of one service; notes how fast they were created and what WAL they wrote, the warm-up first."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.creating: list[float] = []
        self.wal_bytes: list[float] = []

    def run(self, clients: int, seconds: int) -> Measurement:
        """Create, and return once the last one is settled, numbered and sealed; the rate is that of whole lives."""
        url = self.subject.service.database_url
        lives, wal = self.count(), _wal_position(url)
        began = time.monotonic()
        created = self.subject.create(clients, seconds)
        self.subject.service.wait_until_done()
        took = time.monotonic() - began
        lived = max(self.count() - lives, 1)  # also those that were under way when the load ended
        self.creating.append(created.per_second)
        self.wal_bytes.append((_wal_position(url) - wal) / lived)
        return created._replace(per_second=lived / took, requests=lived)

    def count(self) -> int:
        """Return how many top-ups there are."""
        return int(query(self.subject.service.database_url, "SELECT count(*) FROM topups")[0])


def _wal_position(url: str) -> int:
    return int(query(url, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")[0])

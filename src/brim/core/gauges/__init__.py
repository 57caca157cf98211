"""What a monitoring system is shown of the database: what is late, stuck, held or open, and what will be due.

Read when `/metrics` is asked for, by any process: they are figures of the database, so every process shows the same,
and whoever adds up processes takes the greatest. Each is bounded, and kept for a while, so that scrapes cost little.
Neighbours: each capability reads its own part. Start reading at `service`.
"""

from brim.core.gauges.service import MOST_CHAINS, Gauges
from brim.core.gauges.store import database_size

__all__ = ["MOST_CHAINS", "Gauges", "database_size"]

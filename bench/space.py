"""How many bytes a life leaves in the database, and how many rows and index entries it writes."""

import time
from dataclasses import dataclass
from typing import Final

from bench.report import markdown_table
from bench.sql_load import query

_STATISTICS_SETTLE_S: Final = 11.0
"""How long a process of PostgreSQL that has become idle may keep to itself what it has counted (10 s)."""

_TABLES: Final = """
SELECT
    coalesce(p.relname, c.relname), sum(pg_table_size(c.oid)), sum(pg_indexes_size(c.oid)),
    sum(s.n_tup_ins), sum(s.n_tup_upd), sum(s.n_tup_upd - s.n_tup_hot_upd), sum(s.n_tup_del),
    sum((s.n_tup_ins + s.n_tup_upd - s.n_tup_hot_upd) * (SELECT count(*) FROM pg_index WHERE indrelid = c.oid))
FROM pg_class AS c
JOIN pg_stat_user_tables AS s ON s.relid = c.oid
LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
LEFT JOIN pg_class AS p ON p.oid = i.inhparent
GROUP BY 1
"""
_HEADINGS: Final = (
    *("table", "heap B", "indexes B", "rows inserted", "updated", "of these in indexes too", "deleted"),
    "index entries, at most",
)
_LEAST: Final = 1.0
"""Tables that a life leaves fewer bytes in, and fewer rows, are not shown."""


@dataclass(frozen=True)
class Space:
    """Figures of each table: bytes of heap and indexes, rows written, index entries written."""

    tables: dict[str, tuple[int, ...]]
    topups: int

    @classmethod
    def of(cls, database_url: str) -> "Space":
        """Measure a database that nobody writes to."""
        time.sleep(_STATISTICS_SETTLE_S)
        query(database_url, "VACUUM ANALYZE")
        rows = [line.split("|") for line in query(database_url, _TABLES)]
        (topups,) = query(database_url, "SELECT count(*) FROM topups")
        return cls({name: tuple(map(int, figures)) for name, *figures in rows}, int(topups))

    def since(self, other: "Space") -> "LifeSpace":
        """Return what each life since then has left."""
        lives = self.topups - other.topups
        return LifeSpace(
            lives,
            {
                name: tuple((new - old) / lives for new, old in zip(figures, other.tables[name], strict=True))
                for name, figures in self.tables.items()
                if name in other.tables
            },
        )


@dataclass(frozen=True)
class LifeSpace:
    """The same for one life."""

    lives: int
    tables: dict[str, tuple[float, ...]]

    @property
    def topup_bytes(self) -> float:
        """Bytes of a top-up with its indexes."""
        return sum(self.tables["topups"][:2])

    @property
    def all_bytes(self) -> float:
        """Bytes of a life in all tables."""
        return sum(heap + indexes for heap, indexes, *_ in self.tables.values())

    def render(self) -> str:
        """Return the table in Markdown, largest first."""
        shown = [
            (name, figures)
            for name, figures in self.tables.items()
            if sum(figures[:2]) >= _LEAST or sum(figures[2:4]) >= _LEAST / 2
        ]
        shown.sort(key=lambda row: sum(row[1][:2]), reverse=True)
        whole = ("all", tuple(sum(column) for column in zip(*self.tables.values(), strict=True)))
        cells = [
            (name, *(f"{value:,.0f}" for value in figures[:2]), *(f"{value:.2f}" for value in figures[2:]))
            for name, figures in (*shown, whole)
        ]
        return markdown_table(_HEADINGS, cells)

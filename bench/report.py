"""Writes figures as one table with their ratios, and puts it into a page between two marks."""

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bench.rounds import Figure

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
BRIM: Final = "Brim"
NAIVE: Final = "pgbench (a) naive transaction"
THREE_ROWS: Final = "pgbench (b) our rows, a transaction"
ONE_STATEMENT: Final = "pgbench (c) our rows, one statement"
SINGLE_INSERT: Final = "pgbench (d) one row"
NAIVE_LIFE: Final = "pgbench (e) naive life"
LIFE: Final = "life"
NO_ENDPOINT: Final = f"{BRIM}, 1 process, no endpoint"
SLOW_ENDPOINT: Final = f"{BRIM}, 1 process, an unresponsive endpoint"
_PROMISED_OVER_NAIVE: Final = 6.0
_PROMISED_LONE_P50: Final = 3.0
_PROMISED_LIVES: Final = 3_000
_PROMISED_BESIDE_SLOW_ENDPOINT: Final = 0.95
_PUBLISHED_BY_FORMANCE: Final = 1_000
"""Writes a second on one ledger. Source: Formance's published figure for its ledger."""
_BUSY: Final = 64

_HEADINGS: Final = (
    "who", "what", "clients", "a second", "slowest to fastest", "p50 ms", "p99 ms",
    "server CPU s/10k", "PostgreSQL CPU s/10k", "ratio",
)  # fmt: skip


class Figures:
    """All figures of a run; rows find what they are compared with here, as far as it was measured."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._figures = figures

    def table(self) -> str:
        """Return the table in Markdown."""
        return markdown_table(_HEADINGS, [_cells(figure, self._ratio(figure)) for figure in self._figures])

    def promises(self) -> list[str]:
        """Return a sentence for each promise that this run can confirm or refute."""
        promises = (
            self._busy_promise(),
            self._lone_promise(),
            self._slow_endpoint_promise(),
            *self._life_promises(),
        )
        return [sentence for sentence in promises if sentence]

    def _busy_promise(self) -> str:
        naive, ours = self._find(NAIVE, "create", _BUSY), self._ours("create", _BUSY)
        if not (naive and ours):
            return ""
        ratio = max(figure.per_second for figure in ours) / naive.per_second
        return (
            f"Durable creates at {_BUSY} connections: {ratio:.1f} times (a); target at least "
            f"{_PROMISED_OVER_NAIVE:.0f}: {verdict(ratio >= _PROMISED_OVER_NAIVE)}."
        )

    def _lone_promise(self) -> str:
        single, statement = self._find(SINGLE_INSERT, "create", 1), self._find(ONE_STATEMENT, "create", 1)
        ours = self._ours("create", 1)
        if not (single and ours):
            return ""
        p50_ms = min(figure.p50_ms for figure in ours)
        ratio = p50_ms / single.p50_ms
        beside = f" (and {p50_ms / statement.p50_ms:.1f} times that of (c))" if statement else ""
        return (
            f"A lone create's p50: {ratio:.1f} times that of (d){beside}; target at most "
            f"{_PROMISED_LONE_P50:.0f}: {verdict(ratio <= _PROMISED_LONE_P50)}."
        )

    def _slow_endpoint_promise(self) -> str:
        beside, alone = (self._find(who, "create", _BUSY) for who in (SLOW_ENDPOINT, NO_ENDPOINT))
        if not (beside and alone):
            return ""
        ratios = [slow / quick for slow, quick in zip(beside.rates, alone.rates, strict=True)]
        ratio = statistics.median(ratios)
        error = statistics.stdev(ratios) / math.sqrt(len(ratios)) if len(ratios) > 1 else math.nan
        return (
            f"Creates with an unresponsive endpoint for every event: {ratio:.2f} of those without one (median of "
            f"{len(ratios)} adjacent pairs, standard error {error:.2f}); target {_PROMISED_BESIDE_SLOW_ENDPOINT}: "
            f"{verdict(ratio >= _PROMISED_BESIDE_SLOW_ENDPOINT)}."
        )

    def _life_promises(self) -> Iterator[str]:
        for figure in self._ours(LIFE, _BUSY):
            yield (
                f"{figure.row.who}: {figure.per_second:,.0f} complete top-ups a second, "
                f"{figure.per_second / _PUBLISHED_BY_FORMANCE:.1f} times what Formance publishes for one ledger; "
                f"target {_PROMISED_LIVES:,}: {verdict(figure.per_second >= _PROMISED_LIVES)}."
            )

    def _ratio(self, figure: Figure) -> str:
        """Return what a figure is beside the one it has to be compared with."""
        row = figure.row
        if not row.who.startswith(BRIM):
            ours = max((our.per_second for our in self._ours(row.work, row.clients)), default=0.0)
            return f"Brim: {ours / figure.per_second:.1f}x" if ours and figure.per_second else ""
        if row.work == LIFE:
            naive_life = self._find(NAIVE_LIFE, LIFE, _BUSY)
            return f"{figure.per_second / naive_life.per_second:.1f}x (e)" if naive_life else ""
        if row.work != "create":
            return ""
        if row.clients == 1:
            lone = self._find(SINGLE_INSERT, "create", 1)
            return f"p50 {figure.p50_ms / lone.p50_ms:.1f}x (d)" if lone else ""
        naive = self._find(NAIVE, "create", _BUSY)
        return f"{figure.per_second / naive.per_second:.1f}x (a) at {_BUSY}" if naive else ""

    def _find(self, who: str, work: str, clients: int) -> Figure | None:
        wanted = (who, work, clients)
        return next((f for f in self._figures if (f.row.who, f.row.work, f.row.clients) == wanted), None)

    def _ours(self, work: str, clients: int) -> list[Figure]:
        wanted = (work, clients)
        return [f for f in self._figures if f.row.who.startswith(BRIM) and (f.row.work, f.row.clients) == wanted]


def verdict(held: bool) -> str:  # noqa: FBT001  one argument, and the caller's comparison reads as a sentence
    """Return the words for whether a target was met."""
    return "met" if held else "**not met**"


def _cells(figure: Figure, ratio: str) -> tuple[str, ...]:
    failed = f"{figure.errors:,} failed" if figure.errors else ""
    return (
        figure.row.who,
        figure.row.work,
        str(figure.row.clients),
        f"{figure.per_second:,.0f}",
        f"{figure.slowest:,.0f} to {figure.fastest:,.0f}",
        f"{figure.p50_ms:.2f}",
        f"{figure.p99_ms:.2f}",
        "" if figure.server_cpu is None else f"{figure.server_cpu:.2f}",
        "" if figure.database_cpu is None else f"{figure.database_cpu:.2f}",
        ", ".join(filter(None, (ratio, failed))),
    )


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown whose columns also line up on a terminal: texts to the left, numbers to the right."""
    body = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *body, strict=True)]
    numeric = [_is_numeric(column) for column in zip(*body, strict=True)] or [False] * len(headings)
    rule = ["-" * (width - 1) + (":" if right else "-") for width, right in zip(widths, numeric, strict=True)]
    lines = [_pad(headings, widths, numeric), rule, *(_pad(row, widths, numeric) for row in body)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _is_numeric(column: Sequence[str]) -> bool:
    return any(column) and all(not cell or cell.replace(",", "").replace(".", "").isdigit() for cell in column)


def _pad(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> list[str]:
    return [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    ]


def write_between_marks(page: Path, mark: str, text: str) -> None:
    """Replace what stands between `<!-- mark:begin -->` and `<!-- mark:end -->` in a page.

    Raises:
        ValueError: the page does not have both marks.
    """
    begin, end = f"<!-- {mark}:begin -->", f"<!-- {mark}:end -->"
    before, found_begin, rest = page.read_text().partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"{page} has no place for the table: {begin} and {end} are missing")
    page.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}")

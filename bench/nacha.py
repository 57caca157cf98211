"""Measures ACH files: 100,000 entries written, 100,000 returns read, beside the least that the same bytes cost.

`python -m bench.nacha` prints a table. The limit of writing is one string template for each record, without a check;
that of reading is cutting each record into its fields by slices, without a look at them. Memory is the peak of
what Python allocates while a file of that size is written to disk or read from it, measured in a pass of its own.
"""

import argparse
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from brim.core.rails.ach.nacha import (
    Batch,
    BatchHeader,
    Entry,
    FileHeader,
    FileWriter,
    Movement,
    ReturnAddenda,
    Verdict,
    check,
    entries,
    make_entry,
    make_notification,
    to_yymmdd,
    trace_number,
)
from brim.core.rails.ach.totals import recount

ROUNDS: Final = 5
IN_A_BATCH: Final = 100_000
"""Entries; a batch control counts no more than 999,999 records."""

DAY: Final = to_yymmdd(date(2026, 11, 30))
ODFI: Final = "121042882"
RDFI: Final = "231380104"
ENTRY_CUTS: Final = ((0, 1), (1, 3), (3, 11), (11, 12), (12, 29), (29, 39), (39, 54), (54, 76), (76, 78), (78, 79))
ADDENDA_CUTS: Final = ((0, 1), (1, 3), (3, 6), (6, 21), (21, 27), (27, 35), (35, 79), (79, 94))


class Task(NamedTuple):
    name: str
    run: Callable[[], None]
    limit: Callable[[], None]


def debits(count: int) -> Iterator[Entry]:
    for sequence in range(1, count + 1):
        movement = Movement(
            transaction_code="27",
            routing_number=RDFI,
            account_number=f"{sequence:010d}",
            amount_cents=sequence,
            individual_identification_number=f"tu_{sequence}",
            individual_name="Jane Doe",
        )
        yield make_entry(movement, trace_number=trace_number(ODFI[:8], sequence))


def returns(count: int) -> Iterator[Entry]:
    for sequence in range(1, count + 1):
        movement = Movement(
            transaction_code="26", routing_number=ODFI, account_number=f"{sequence:010d}", amount_cents=sequence
        )
        addenda = ReturnAddenda(
            return_reason_code="R01",
            original_trace_number=trace_number(ODFI[:8], sequence),
            original_rdfi_identification=RDFI[:8],
            trace_number=trace_number(RDFI[:8], sequence),
        )
        yield make_notification(movement, addenda)


def write(file: Path, made: Iterator[Entry], odfi: str, count: int) -> None:
    """Write a file of debits or of what came back of them."""
    header = FileHeader(immediate_destination=RDFI, immediate_origin=ODFI, file_creation_date=DAY)
    batch = BatchHeader(
        service_class_code="225",
        company_name="ACME",
        company_identification="1234567890",
        standard_entry_class_code="PPD",
        company_entry_description="TOPUP",
        effective_entry_date=DAY,
        odfi_identification=odfi[:8],
    )
    with file.open("wb") as opened:
        batches = (Batch(batch, islice(made, IN_A_BATCH)) for _ in range(0, count, IN_A_BATCH))
        opened.writelines(FileWriter(header).pieces(batches))


def write_by_template(file: Path, count: int) -> None:
    """Write as many entries as text, and nothing else."""
    with file.open("wb") as opened:
        for number in range(1, count + 1):
            receiver = f"{RDFI}{number:<17d}{number:010d}{f'tu_{number}':<15s}{'Jane Doe':<22s}"
            line = f"627{receiver}  0{ODFI[:8]}{number:07d}\r\n"
            opened.write(line.encode("ascii"))


def read(file: Path) -> None:
    with file.open("rb") as opened:
        report = check(opened)
    if report.verdict is not Verdict.ACCEPT:
        raise SystemExit(f"the file was judged {report.verdict}")
    with file.open("rb") as opened:
        for item in entries(opened):
            if item.notice is None:
                raise SystemExit("a return was not understood")


def read_by_slices(file: Path) -> None:
    """Cut all records into fields, twice, as two passes do."""
    for _ in range(2):
        with file.open("rb") as opened:
            for line in opened:
                text = line.decode("ascii")
                _ = [text[a:b] for a, b in (ENTRY_CUTS if text[0] == "6" else ADDENDA_CUTS)]


def count_again(file: Path) -> None:
    with file.open("rb") as opened:
        if recount(opened).problems:
            raise SystemExit("the second reader found problems")


def seconds(run: Callable[[], None]) -> float:
    begun = time.process_time()
    run()
    return time.process_time() - begun


def peak_mb(run: Callable[[], None]) -> float:
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1_000_000


def measure(task: Task, count: int, rounds: int) -> str:
    """Return a row: processor time of both, taken in turn, their ratio, and memory."""
    pairs = [(seconds(task.run), seconds(task.limit)) for _ in range(rounds)]
    ours = statistics.median(own for own, _ in pairs)
    ratios = sorted(own / limit for own, limit in pairs)
    return (
        f"| {task.name} | {ours:.2f} s | {count / ours:,.0f} | {ratios[len(ratios) // 2]:.1f}x"
        f" ({ratios[0]:.1f} to {ratios[-1]:.1f}) | {peak_mb(task.run):.1f} MB |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    count = asked.entries
    with tempfile.TemporaryDirectory() as folder:
        out, back, plain = (Path(folder) / name for name in ("out.ach", "back.ach", "plain.ach"))
        write(back, returns(count), RDFI, count)
        tasks = [
            Task("build", lambda: write(out, debits(count), ODFI, count), lambda: write_by_template(plain, count)),
            Task("count again", lambda: count_again(out), lambda: read_by_slices(out)),
            Task("read returns, two passes", lambda: read(back), lambda: read_by_slices(back)),
        ]
        print(f"{count:,} entries, {asked.rounds} rounds; processor time, median\n")
        print("| task | time | entries/s | vs. no checks | peak memory |\n|---|--:|--:|--:|--:|")
        for task in tasks:
            print(measure(task, count, asked.rounds), flush=True)


if __name__ == "__main__":
    main()

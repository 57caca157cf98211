"""Whatever the bytes are, the readers of ACH files raise nothing, lose nothing and agree with themselves.

Each seed makes one file: random bytes, or a file of ours or of others with a few changes. CI tries as many as take it
about a minute; `make fuzz-readers` goes on for half an hour, and after an interruption from where it was.
"""

import io
import os
import random
import time
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from brim.core.rails.ach.nacha import (
    Batch,
    BatchHeader,
    ChangeAddenda,
    DishonourAddenda,
    Entry,
    FileFormat,
    FileHeader,
    ItemKind,
    LineEnding,
    Movement,
    ReturnAddenda,
    Severity,
    Verdict,
    check,
    entries,
    make_entry,
    make_notification,
    to_yymmdd,
    trace_number,
    write_file,
)
from brim.core.rails.ach.totals import recount
from tests.support.ach_samples import samples
from tests.support.long_form import long_form

SECONDS = float(os.environ.get("READER_FUZZ_SECONDS", "0"))
FIRST_SEED = int(os.environ.get("READER_FUZZ_SEED", "0"))
STATE = os.environ.get("READER_FUZZ_STATE")
"""A file that keeps the next seed, so that an interrupted run goes on."""

EXAMPLES = long_form(20_000, short=5_000)

ODFI, RDFI = "121042882", "231380104"
MOVEMENT = Movement(transaction_code="27", routing_number=RDFI, account_number="0012-3456", amount_cents=1234)
BACK = Movement(transaction_code="26", routing_number=ODFI, account_number="0012-3456", amount_cents=1234)
CHANGE = Movement(transaction_code="26", routing_number=ODFI, account_number="0012-3456", amount_cents=0)
ORIGINAL = {"original_trace_number": trace_number(ODFI[:8], 1), "original_rdfi_identification": RDFI[:8]}

PATCHES = [
    b"\n", b"\r\n", b"\r", b"\0", b"\x1a", b" ", b" " * 94, b"9" * 94, b"1", b"5", b"6", b"7", b"8", b"799R01",
    b"798C02", b"-", b"+", b"IAT", b"COR", b"ADV", b"R99", b"\xff", b"\xc2\xb2", b"\xb2\xb3", b"0" * 10,
    b"\xef\xbb\xbf", b"99999",
]  # fmt: skip


def own_files() -> list[bytes]:
    """Return files of every kind that is written."""
    header = FileHeader(
        immediate_destination=RDFI, immediate_origin=ODFI, file_creation_date=to_yymmdd(date(2026, 11, 29))
    )
    forward = [make_entry(MOVEMENT, trace_number=trace_number(ODFI[:8], n), payment_text="x") for n in range(1, 8)]
    first = trace_number(RDFI[:8], 1)
    back = make_notification(BACK, ReturnAddenda(return_reason_code="R01", trace_number=first, **ORIGINAL))
    dishonour = make_notification(
        BACK,
        DishonourAddenda(
            return_reason_code="R68",
            return_trace_number=first,
            original_return_reason="01",
            trace_number=first,
            **ORIGINAL,
        ),
    )
    change = make_notification(
        CHANGE, ChangeAddenda(change_code="C02", corrected_data=RDFI, trace_number=first, **ORIGINAL)
    )
    return [
        write_file(header, batches, FileFormat(line_ending=line_ending)).content
        for batches in (
            [batch("PPD", ODFI, forward), batch("WEB", ODFI, forward)],
            [batch("PPD", RDFI, [back]), batch("PPD", RDFI, [dishonour]), batch("COR", RDFI, [change])],
        )
        for line_ending in LineEnding
    ]


def batch(entry_class: str, odfi: str, found: list[Entry]) -> Batch:
    header = BatchHeader(
        company_name="ACME",
        company_identification="1234567890",
        standard_entry_class_code=entry_class,
        company_entry_description="TOPUP",
        effective_entry_date=to_yymmdd(date(2026, 11, 30)),
        odfi_identification=odfi[:8],
    )
    return Batch(header, found)


def mutated(draw: random.Random, whole: bytes) -> bytes:
    """Return a file with a few changes: bytes replaced, put in or taken out, lines moved or repeated."""
    for _ in range(draw.choice([0, 1, 1, 1, 2, 3, 8])):
        place, length = draw.randrange(len(whole) + 1), draw.choice([0, 0, 1, 1, 2, 94, 95, 96])
        patch = draw.choice([*PATCHES, draw.randbytes(draw.randrange(4)), whole[place : place + 95], b"%d" % place])
        whole = whole[:place] + patch + whole[place + (len(patch) if draw.random() < 0.5 else length) :]
    if draw.random() < 0.1:
        lines = whole.split(b"\n")
        draw.shuffle(lines)
        whole = b"\n".join(lines)
    return whole[: draw.randrange(len(whole) + 1)] if draw.random() < 0.1 else whole


def example(seed: int, known: list[bytes]) -> bytes:
    draw = random.Random(seed)
    if draw.random() < 0.05:
        return draw.randbytes(draw.randrange(500))
    return mutated(draw, draw.choice(known))


def pieces(draw: random.Random, data: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        length = draw.choice([0, 1, 2, 93, 94, 95, 1000])
        yield data[place : place + length]
        place += length


def check_readers(seed: int, data: bytes) -> Verdict:
    """Raise where the readers contradict each other or themselves."""
    report = check(data)
    lenient = check(data, lenient=True)
    found = list(entries(data))
    assert check(pieces(random.Random(seed), data)) == report
    assert len(found) == report.totals.entries == sum(report.items.values())
    assert sum(item.is_parked for item in found) == report.parked
    assert all((item.notice is not None) <= (item.entry is not None) for item in found)
    assert all(item.is_parked for item in found if item.entry is None or item.kind is ItemKind.UNKNOWN)
    errors = {finding.scope for finding in report.findings if finding.severity is Severity.ERROR}
    assert (report.verdict is Verdict.HOLD) == ("file" in errors)
    assert (report.verdict is Verdict.PARK_ITEMS) == (errors == {"item"})
    assert (report.verdict is Verdict.ACCEPT) == (not report.finding_counts)
    assert report.verdict is Verdict.HOLD or lenient.verdict is report.verdict
    assert lenient.totals == report.totals
    recounted = recount(io.BytesIO(data))
    if not recounted.problems:
        assert report.verdict is not Verdict.HOLD
        assert recounted.debits_cents == report.totals.debits_cents
        assert recounted.credits_cents == report.totals.credits_cents
        assert recounted.entry_hash == report.totals.entry_hash
    return report.verdict


def seeds() -> Iterator[int]:
    """Yield the seeds to try: a fixed number, or as many as there is time for, keeping where it is."""
    if not SECONDS:
        yield from range(FIRST_SEED, FIRST_SEED + EXAMPLES)
        return
    state = Path(STATE) if STATE else None
    first = int(state.read_text()) if state and state.exists() else FIRST_SEED
    ends = time.monotonic() + SECONDS
    for seed in count(first):
        if state and seed % 1000 == 0:
            state.write_text(str(seed))
        if time.monotonic() > ends:
            return
        yield seed


@pytest.mark.slow
@pytest.mark.long_form
@pytest.mark.timeout(0 if SECONDS else 900)
def test_no_bytes_make_the_readers_raise_or_contradict_each_other() -> None:
    known = own_files() + samples()
    verdicts = dict.fromkeys(Verdict, 0)
    for seed in seeds():
        try:
            verdicts[check_readers(seed, example(seed, known))] += 1
        except BaseException:
            print(f"seed {seed}: READER_FUZZ_SEED={seed} repeats it")
            raise
    print(f"{sum(verdicts.values()):,} files read: {', '.join(f'{n:,} {v}' for v, n in verdicts.items())}")
    assert SECONDS or all(verdicts.values()), "changes reach every verdict"

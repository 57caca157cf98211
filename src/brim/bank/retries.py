"""A bank's checks of debits that are presented again: that each was returned before, and is the same debit.

Source: Nacha Operating Rules on reinitiated entries: R01 and R09 only, twice at most, within 180 days of the settlement
of the original, in a batch of their own, with the same company name and identification and the same amount.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from brim.bank.nacha_reader import Batch, Entry, Fault
from brim.bank.step import Step

RETRY_DESCRIPTION: Final = "RETRY PYMT"
"""The company entry description of such a batch."""
MOST_RETRIES: Final = 2
RETRY_DAYS: Final = 180
RETRIED_CODES: Final = ("R01", "R09")


def inspect_retries(step: Step, batch: Batch, settles_on: date) -> Fault | None:
    """Return what rejects a batch of re-presented debits, if anything does; None for any other batch."""
    if batch.description != RETRY_DESCRIPTION:
        return None
    return next(_faults(step, batch, settles_on), None)


def _faults(step: Step, batch: Batch, settles_on: date) -> Iterator[Fault]:
    here: Counter[tuple[str, int]] = Counter()
    for entry in batch.entries:
        key = (entry.individual_id, entry.amount)
        known = step.store.rows("presentments", batch.company_id, entry.individual_id, entry.amount)
        yield from _entry_faults(entry, batch, known, settles_on, here[key])
        here[key] += 1


def _entry_faults(
    entry: Entry, batch: Batch, known: Sequence[sqlite3.Row], settles_on: date, here: int
) -> Iterator[Fault]:
    what = f"trace {entry.trace} presents {entry.individual_id} again"
    if not known or known[-1]["returned"] not in RETRIED_CODES or here:
        yield Fault("RETRY_UNKNOWN", f"{what}, and no debit of {entry.amount} cents was last returned with R01 or R09")
        return
    if known[-1]["company_name"] != batch.company_name:
        yield Fault("RETRY_COMPANY", f"{what} by {batch.company_name}; before, it was {known[-1]['company_name']}")
    first = max((place for place, row in enumerate(known) if row["description"] != RETRY_DESCRIPTION), default=0)
    if len(known) - first > MOST_RETRIES:
        yield Fault("RETRY_TOO_OFTEN", f"{what}, and it was already presented again {MOST_RETRIES} times")
    last = date.fromisoformat(known[first]["settle_on"]) + timedelta(days=RETRY_DAYS)
    if settles_on > last:
        yield Fault(
            "RETRY_TOO_LATE", f"{what} on {settles_on}; the {RETRY_DAYS} days after its settlement ended on {last}"
        )

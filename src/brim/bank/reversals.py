"""A bank's checks of reversals: that each takes back a debit of the same company, account and amount, once and in time.

Source: Nacha Operating Rules on reversing entries: within five banking days of the settlement of the erroneous entry,
with its company identification, standard entry class and amount, in a batch with the description REVERSAL.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from brim.bank.banking_days import add_banking_days
from brim.bank.nacha_reader import Batch, Entry, Fault
from brim.bank.step import Step

REVERSAL_DESCRIPTION: Final = "REVERSAL"
"""The company entry description of such a batch."""
REVERSAL_DAYS: Final = 5
"""Banking days from the settlement of a debit within which it is reversed."""


def inspect_reversals(step: Step, batch: Batch, processing_day: date) -> Fault | None:
    """Return what rejects a batch of reversals, if anything does; None for any other batch."""
    if batch.description != REVERSAL_DESCRIPTION:
        return None
    return next(_faults(step, batch, processing_day), None)


def _faults(step: Step, batch: Batch, processing_day: date) -> Iterator[Fault]:
    seen: set[tuple[str, str, str, int]] = set()
    for entry in batch.entries:
        if step.settings.agreement.is_offset(entry):
            continue
        key = (entry.routing, entry.account, entry.individual_id, entry.amount)
        known = step.store.rows("same_entries", *key, batch.company_id)
        yield from _entry_faults(entry, batch, known, processing_day, is_repeated=key in seen)
        seen.add(key)


def _entry_faults(
    entry: Entry, batch: Batch, known: Sequence[sqlite3.Row], processing_day: date, *, is_repeated: bool
) -> Iterator[Fault]:
    what = f"trace {entry.trace} reverses {entry.individual_id}"
    debits = [row for row in known if row["description"] != REVERSAL_DESCRIPTION and row["code"][1] == "7"]
    fitting = [row for row in debits if row["sec"] == batch.sec and row["code"][0] == entry.code[0]]
    if not entry.is_credit or not fitting:
        yield Fault("REVERSAL_UNKNOWN", f"{what}, and no debit of that account, class and amount is known")
        return
    if is_repeated or any(row["description"] == REVERSAL_DESCRIPTION for row in known):
        yield Fault("REVERSAL_DUPLICATE", f"{what}, which was already reversed")
    settle_on = fitting[-1]["settle_on"]
    if settle_on is None:
        return
    last = add_banking_days(date.fromisoformat(settle_on), REVERSAL_DAYS)
    if processing_day > last:
        yield Fault("REVERSAL_TOO_LATE", f"{what}, which settled on {settle_on} and could be reversed until {last}")

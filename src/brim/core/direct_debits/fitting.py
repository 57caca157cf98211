"""What one file takes of what waits: no more than the profile's cap and lines allow."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.core import corrections, dishonors
from brim.core.direct_debits.encoding import CreditBatch, OutgoingCredit
from brim.core.direct_debits.microdeposit_rules import batch_kind
from brim.core.direct_debits.rules import Entry
from brim.core.rails.ach import Offset, OriginatorProfile

_BLOCK: Final = 10
"""Lines per block; the last block is filled up. Source: Nacha's file format, blocking factor."""


class Fitting(NamedTuple):
    """What one file takes of what waits."""

    entries: list[Entry]
    refusals: list[corrections.Refusal]
    disputed: list[dishonors.Dishonor]
    credits_: list[OutgoingCredit]


def within_lines(
    profile: OriginatorProfile,
    entries: Sequence[Entry],
    refusals: Sequence[corrections.Refusal],
    disputed: Sequence[dishonors.Dishonor],
    credits_: Sequence[OutgoingCredit] = (),
) -> Fitting:
    """Return what fits into a file of as many lines as a profile allows, a multiple of ten; the rest waits.

    Dishonors and credits go first, since time is short for dishonors and reversals, then refusals, each of them in its
    order. File and batches have a header and a control each, a batch may have an offset, and refusals and dishonors
    have an addenda record each.
    """
    left = profile.max_file_lines // _BLOCK * _BLOCK - 2
    told: list[dishonors.Dishonor] = []
    classes: set[str] = set()
    for dishonor in disputed:
        sec_code = dishonor.found.sec_code
        needed = 2 if sec_code in classes else 4
        if needed <= left:
            left -= needed
            classes.add(sec_code)
            told.append(dishonor)
    paid: list[OutgoingCredit] = []
    batched: set[CreditBatch] = set()
    for credit in credits_:
        needed = 1 if credit.batch in batched else 3 + (profile.offset is not Offset.NONE)
        if needed <= left:
            left -= needed
            batched.add(credit.batch)
            paid.append(credit)
    refused = list(refusals[: max(left - 2, 0) // 2])
    left -= 2 + 2 * len(refused) if refused else 0
    of_entries = len({(entry.sec_code, batch_kind(entry)) for entry in entries})
    left -= (2 if profile.offset is Offset.NONE else 3) * of_entries
    return Fitting(list(entries[: max(left, 0)]), refused, told, paid)


def within_cap(queued: Sequence[Entry], cap: int) -> list[Entry]:
    """Return the first entries that together are within a cap; the rest waits for the next file."""
    total, taken = 0, []
    for entry in queued:
        if total + entry.amount > cap:
            break
        total += entry.amount
        taken.append(entry)
    return taken


def dishonors_within_cap(disputed: Sequence[dishonors.Dishonor], cap: int) -> list[dishonors.Dishonor]:
    """Return the dishonors that together are within a cap, those first that have the least time.

    One that is above the cap by itself, which was lowered since its debit, holds up no other.
    """
    total, taken = 0, []
    for dishonor in sorted(disputed, key=lambda each: (each.found.dishonorable_until_ms, each.found.id)):
        if total + dishonor.found.amount <= cap:
            total += dishonor.found.amount
            taken.append(dishonor)
    return taken


def credits_within_cap(credits_: Sequence[OutgoingCredit], cap: int) -> list[OutgoingCredit]:
    """Return the credits that together are within a cap, in their order; one above it holds up no other."""
    total, taken = 0, []
    for credit in credits_:
        if total + credit.amount <= cap:
            total += credit.amount
            taken.append(credit)
    return taken

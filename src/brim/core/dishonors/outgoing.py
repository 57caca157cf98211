"""Dishonors on their way to the bank: each goes into one file, once, built from the records of its return."""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.base.scope import AccountScope
from brim.core.dishonors import store
from brim.core.dishonors.rules import AchReturn, ReturnStatus
from brim.core.rails.ach import OriginatorProfile, leaves_in_time
from brim.core.rails.ach.nacha import DishonourAddenda, FieldError, Movement, check_digit, make_notification
from brim.core.rails.ach.nacha.records import ENTRY_DETAIL
from brim.platform.database import Conn
from brim.platform.vault import Vault

_MOST: Final = 500
_ANY_TRACE: Final = "0" * 15


class Dishonor(msgspec.Struct, frozen=True, kw_only=True):
    """A dishonored return that is in no file yet, and the record of its entry as received."""

    found: AchReturn
    record: str

    def is_due(self, now_ms: int) -> bool:
        """Whether it is due to leave, even in a file of its own."""
        return (self.found.leaves_ms or 0) <= now_ms

    @property
    def movement(self) -> Movement:
        """The entry that goes back, as received, to the bank that returned it."""
        rdfi = self.found.original_rdfi
        return Movement(
            transaction_code=f"{self.record[1]}6",
            routing_number=rdfi + check_digit(rdfi),
            account_number=self.record[12:29].rstrip(" "),
            amount_cents=self.found.amount,
            individual_identification_number=self.record[39:54].rstrip(" "),
            individual_name=self.record[54:76].rstrip(" "),
            discretionary_data=self.record[76:78].rstrip(" "),
        )

    @property
    def fits(self) -> bool:
        """Whether its entry fits into a record."""
        try:
            ENTRY_DETAIL.write(make_notification(self.movement, self.addenda(_ANY_TRACE)).detail)
        except FieldError:
            return False
        return True

    def addenda(self, trace: str) -> DishonourAddenda:
        """Return the dishonored return for the bank, under a trace of its own."""
        return DishonourAddenda(
            return_reason_code=self.found.dishonor_code or "",
            original_trace_number=self.found.original_trace,
            original_rdfi_identification=self.found.original_rdfi,
            return_trace_number=self.found.trace,
            return_settlement_date=f"{self.found.settled_on:%j}",
            original_return_reason=self.found.code[1:],
            addenda_information=self.found.information or "",
            trace_number=trace,
        )


async def hold_dishonors(
    conn: Conn, vault: Vault, scope: AccountScope, originator: str, profile: OriginatorProfile, *, now_ms: int
) -> tuple[list[Dishonor], list[AchReturn]]:
    """Return the dishonors for an originator's next file, held, and those that no file can carry, or not in time.

    The latter become `missed`: a bank would reject them.
    """
    waiting, missed = [], []
    for found, sealed in await store.hold_dishonors(conn, scope, originator, limit=_MOST):
        dishonor = Dishonor(found=found, record=vault.open(sealed, place=found.place).decode())
        if leaves_in_time(profile, found.settled_on, now_ms) and dishonor.fits:
            waiting.append(dishonor)
        else:
            missed.append(msgspec.structs.replace(found, status=ReturnStatus.MISSED, ended_ms=now_ms))
    for found in missed:
        await store.update_return(conn, found)
    return waiting, missed


async def put_dishonors_in_file(conn: Conn, file_id: str, placed: Sequence[tuple[Dishonor, int, str]]) -> None:
    """Record the file, batches and traces of dishonors that the transaction holds."""
    for dishonor, batch, trace in placed:
        told = msgspec.structs.replace(dishonor.found, file=file_id, batch=batch, dishonor_trace=trace)
        await store.update_return(conn, told)

"""A prenote, or a set of micro-deposits, its states, and why one is not started or does not go on."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError, KeptRefusalError
from brim.base.scope import AccountScope
from brim.core.direct_debits.rules import Entry

PRENOTE_PREFIX: Final = "pren_"


class PrenoteStatus(StrEnum):
    """Where a prenote stands."""

    PENDING = "pending"
    """It waits for its file, or for its bank to send it back."""
    VERIFIED = "verified"
    """Its bank has had the time to send it back and has not: the bank account counts as verified."""
    FAILED = "failed"
    """Its bank has sent it back, sooner or later, or it does not fit a file: the bank account is not verified."""
    CANCELED = "canceled"
    """It was not needed any more at its cut-off; nothing was sent."""


class Prenote(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to verify a bank account of an account (`scope`) by an entry without money, or by micro-deposits.

    `due_ms` is when it is looked at next, None once it has ended at `ended_ms`; `expected_ms` when the bank account
    should count as verified, or the micro-deposits arrive. `sealed` has the amounts of micro-deposits, `fingerprint` is
    that of their bank account, and `has_debit` says whether a debit takes them back; all three are None of a prenote.
    `return_code` is why its bank has sent it back, `change_code` that of a notification of change, `reason` a sentence
    about its end.
    """

    scope: AccountScope
    id: str
    funding_source: str
    status: PrenoteStatus = PrenoteStatus.PENDING
    created_ms: int
    due_ms: int | None
    test_clock: str | None
    expected_ms: int
    return_code: str | None = None
    change_code: str | None = None
    reason: str | None = None
    ended_ms: int | None = None
    sealed: bytes | None = None
    fingerprint: str | None = None
    has_debit: bool | None = None

    @property
    def is_microdeposits(self) -> bool:
        """Whether it sends amounts for the holder of the bank account to state."""
        return self.has_debit is not None

    @property
    def place(self) -> str:
        """What its amounts are sealed for."""
        return f"microdeposits/{self.scope.account}/{self.scope.livemode}/{self.id}"


def ended(
    prenote: Prenote, status: PrenoteStatus, *, now_ms: int, return_code: str | None = None, reason: str | None = None
) -> Prenote:
    """Return a prenote that has come to an end; one that has verified a bank account may still fail."""
    return msgspec.structs.replace(
        prenote,
        status=status,
        due_ms=None,
        test_clock=None,
        return_code=return_code,
        reason=reason,
        ended_ms=now_ms,
    )


class PrenotePendingError(KeptRefusalError):
    """A prenote to the bank account is already pending."""

    def __init__(self, funding_source: str) -> None:
        super().__init__(f"A prenote to the bank account {funding_source} is already pending.")


class MicrodepositsPendingError(BrimError):
    """Micro-deposits to the bank account are already pending."""

    def __init__(self, funding_source: str) -> None:
        super().__init__(f"Micro-deposits to the bank account {funding_source} are already pending.")


class PrenoteNotConfirmedError(BrimError):
    """The waiting time of a prenote is over, and the bank has not said that it has taken it."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            f"The bank has not accepted the prenote in {entry.file} (trace number {entry.trace}); its bank account is "
            "not verified. Ask the bank for an acknowledgment of the file."
        )


class PrenoteQueuedError(BrimError):
    """A prenote should have left by now, and no file has taken it."""

    def __init__(self) -> None:
        super().__init__(
            "This prenote, or these micro-deposits, are in no file yet: the rail is stopped, or the "
            "originator isn't active. They are sent once it is resumed or activated."
        )


class ChangeNotifiedError(BrimError):
    """The waiting time of a prenote is over, and its bank has notified a change that has to be made first."""

    def __init__(self, change_code: str) -> None:
        super().__init__(
            f"The account's bank has sent a notification of change ({change_code}) that could not be applied, and must "
            "be applied before a debit. Resolve its break (brim breaks list), add the corrected bank account, or "
            "record that this one is verified."
        )

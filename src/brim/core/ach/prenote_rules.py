"""A prenote, its states, and why one is not started or does not go on."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError, KeptRefusalError
from brim.base.scope import AccountScope
from brim.core.ach.rules import Entry

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
    """One attempt to verify a bank account of an account (`scope`) by an entry without money.

    `due_ms` is when it is looked at next, None once it has ended at `ended_ms`; `expected_ms` when the bank account
    should count as verified. `return_code` is why its bank has sent it back, `change_code` that of a notification of
    change, `reason` a sentence about its end.
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
    """The bank account is being verified by a prenote already."""

    def __init__(self, funding_source: str) -> None:
        super().__init__(f"A prenote to the bank account {funding_source} is pending already.")


class PrenoteNotConfirmedError(BrimError):
    """The waiting time of a prenote is over, and the bank has not said that it has taken it."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            f"The bank has not accepted the prenote in {entry.file} (trace {entry.trace}); its bank account is not "
            "verified. Ask the bank for an acknowledgement of the file."
        )


class PrenoteQueuedError(BrimError):
    """A prenote should have left by now, and no file has taken it."""

    def __init__(self) -> None:
        super().__init__(
            "No file has taken this prenote yet: its rail is stopped, or its originator is not active. It leaves once "
            "that is over."
        )


class ChangeNotifiedError(BrimError):
    """The waiting time of a prenote is over, and its bank has notified a change that has to be made first."""

    def __init__(self, change_code: str) -> None:
        super().__init__(
            f"The bank of the account has notified a change ({change_code}) that could not be applied, and has to be "
            "made before a debit. Resolve its break (brim breaks list), put the corrected bank account on file, or "
            "state that this one is verified."
        )

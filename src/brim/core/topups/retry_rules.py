"""A top-up that retries another one whose debit came back: why it may, and why not."""

from datetime import date
from enum import StrEnum

import msgspec

from brim.base.errors import BrimError


class RetryKind(StrEnum):
    """What allows a top-up to be retried by another one."""

    REINITIATED = "reinitiated"
    """Its debit came back for want of funds (R01, R09), and is presented again."""
    CORRECTED = "corrected"
    """It was not as authorized (R11), and a person has corrected it."""
    REAUTHORIZED = "reauthorized"
    """Its payment was stopped, and its holder has authorized debits anew."""
    REMEDIED = "remedied"
    """Its bank account was corrected or replaced."""


class TopupRetry(msgspec.Struct, frozen=True, kw_only=True):
    """That a top-up retries another one, `retry_of`: for the how manieth time (`number`), and what allows it.

    Where a returned debit is presented again, `root` is the top-up whose debit was returned first, `original_date` the
    day on which that settled, and `retry` the how manieth re-presentment the first debit of this one is.
    """

    retry_of: str
    number: int
    kind: RetryKind
    root: str | None = None
    retry: int | None = None
    original_date: date | None = None


class RetryLinks(msgspec.Struct, frozen=True, kw_only=True):
    """Which top-up one retries, and which one retries it: the newest, if there were several."""

    retry_of: str | None = None
    retried_by: str | None = None


class RetryRefusedError(BrimError):
    """A top-up cannot be retried."""

    def __init__(self, topup: str, reason: str) -> None:
        super().__init__(f"The top-up {topup} cannot be retried: {reason}")
        self.param = "brim[retry_of]"


class RetriedAlreadyError(BrimError):
    """A top-up is retried by another one, or was."""

    def __init__(self, topup: str, retried_by: str | None) -> None:
        by = f"by {retried_by}" if retried_by else "by another one at this moment"
        super().__init__(f"The top-up {topup} is retried {by}. If that comes back too, retry that one.")
        self.param = "brim[retry_of]"

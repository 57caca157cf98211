"""A top-up that retries another one whose debit was returned: what allows it, and why it is refused."""

from datetime import date
from enum import StrEnum

import msgspec

from brim.base.errors import BrimError


class RetryKind(StrEnum):
    """What allows a top-up to be retried by another one."""

    REINITIATED = "reinitiated"
    """Its debit was returned for insufficient or uncollected funds (R01, R09), and is presented again."""
    CORRECTED = "corrected"
    """It was not in accordance with the authorization (R11), and a person has corrected it."""
    REAUTHORIZED = "reauthorized"
    """Payment was stopped, and the account holder has given a new authorization."""
    REMEDIED = "remedied"
    """Its bank account was corrected or replaced."""


class TopupRetry(msgspec.Struct, frozen=True, kw_only=True):
    """How a top-up retries another one, `retry_of`: which of its retries it is (`number`, from 1), and what allows it.

    If a returned debit is presented again, `root` is the top-up whose debit was returned first, `original_date` the
    day on which that debit settled, and `retry` says which re-presentment this one's first debit is, from 1.
    """

    retry_of: str
    number: int
    kind: RetryKind
    root: str | None = None
    retry: int | None = None
    original_date: date | None = None


class RetryLinks(msgspec.Struct, frozen=True, kw_only=True):
    """The top-up that one retries, and the one that retries it: the newest, if there were several."""

    retry_of: str | None = None
    retried_by: str | None = None


class RetryRefusedError(BrimError):
    """The top-up can't be retried."""

    def __init__(self, topup: str, reason: str) -> None:
        super().__init__(f"The top-up {topup} cannot be retried: {reason}")
        self.param = "brim[retry_of]"


def refused_as_dishonored(topup: str, found: str) -> RetryRefusedError:
    """Return why a top-up cannot be retried of which a return was dishonored."""
    return RetryRefusedError(topup, f"its return {found} was dishonored, so its money may come back.")


class RetriedAlreadyError(BrimError):
    """The top-up has already been retried."""

    def __init__(self, topup: str, retried_by: str | None) -> None:
        by = f"by {retried_by}" if retried_by else "by another top-up right now"
        super().__init__(f"The top-up {topup} is retried {by}. If that one is returned too, retry it instead.")
        self.param = "brim[retry_of]"

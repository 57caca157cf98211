"""How far what a bank has sent was read, and whether that is far enough to give money.

What is not in the books yet may be a return. So no live top-up succeeds, and no prenote verifies its bank account,
before everything that the bank had sent by the end of the waiting time is applied. What tells so is in the database,
whichever worker on whichever host has read the folder, and whichever asks.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.rails.ach import is_sftp

FRESH_MS: Final = 5 * 60 * 1000
"""For how long a reading tells what is in the folder: a worker reads it every few seconds."""
BRIEF_MS: Final = 60 * 1000
"""How long after its waiting time something may wait for the next reading without being listed as stuck."""
BRIEF_BY_SFTP_MS: Final = 3 * 60 * 1000
"""The same for a folder on an SFTP server, which is polled at least every two minutes."""


class BankReading(msgspec.Struct, frozen=True, kw_only=True):
    """How far what an originator's bank has sent was read; moments are Unix milliseconds.

    `began_ms` is when the last complete reading of `folder` began, `problem` what kept one from being complete at
    `problem_ms`, `stated_ms` until when a person has said that everything is imported. `incoming_folder` is what the
    profile names now, `awaited_ms` when what had left was compared after a restore, until all is read that had come by
    then; `waiting` and `held` name a file of the bank that was not applied, and `unapproved` is the id of
    a statement that somebody has imported and nobody else has approved.
    """

    scope: AccountScope
    originator: str
    incoming_folder: str
    folder: str | None = None
    began_ms: int | None = None
    problem: str | None = None
    problem_ms: int | None = None
    stated_ms: int | None = None
    awaited_ms: int | None = None
    waiting: str | None = None
    unapproved: str | None = None
    held: str | None = None

    @property
    def complete_ms(self) -> int:
        """When the last complete reading of the folder began that the profile names; 0 where there was none."""
        return self.began_ms or 0 if self.folder == self.incoming_folder else 0

    @property
    def is_in_trouble(self) -> bool:
        """Whether a later reading than the last complete one could not be completed."""
        return self.problem_ms is not None and self.problem_ms >= self.complete_ms

    @property
    def is_awaited(self) -> bool:
        """Whether nothing may leave until more is read: it may end authorizations, or say what was rejected."""
        if self.awaited_ms is None:
            return False
        return self.waiting is not None or max(self.complete_ms, self.stated_ms or 0) < self.awaited_ms


class UnreadBankError(BrimError):
    """Something that the bank has sent may say that the money does not come, and was not read or applied yet.

    Args:
        reason: what has not happened, and what to do.
        is_brief: whether it is about to happen by itself.
    """

    def __init__(self, reason: str, *, is_brief: bool = False) -> None:
        super().__init__(f"A return may not have been applied yet: {reason}")
        self.is_brief = is_brief


def check_read(reading: BankReading | None, *, since_ms: int, now_ms: int, by_clock: bool) -> None:
    """Let what has waited until `since_ms`, and was confirmed by then, pass if all that its bank had sent is applied.

    A test clock's time tells nothing about when a folder was read, so of what one keeps it is only asked whether
    something is known to be unread.

    Raises:
        UnreadBankError: it is not.
    """
    if reading is None:
        raise UnreadBankError("its originator is not in this database.")
    if reading.held is not None:
        raise UnreadBankError(
            f"the file {reading.held} from the bank is held. Get it from the bank again, and resolve its break "
            "(brim breaks list)."
        )
    if reading.unapproved is not None:
        raise UnreadBankError(
            f"the imported statement {reading.unapproved} awaits another operator's approval or rejection, on its page."
        )
    trouble = f"{reading.problem} " if reading.is_in_trouble else ""
    if by_clock:
        if trouble:
            raise UnreadBankError(f"{trouble}{_WHAT_TO_DO}")
        return
    brief_ms = BRIEF_BY_SFTP_MS if is_sftp(reading.incoming_folder) else BRIEF_MS
    is_brief = not trouble and now_ms - since_ms < brief_ms
    if reading.waiting is not None:
        raise UnreadBankError(
            f"the file {reading.waiting} from the bank is stored and not applied. {trouble}It is applied by a worker; "
            "what keeps it from that is listed as a break (brim breaks list).",
            is_brief=is_brief,
        )
    if reading.stated_ms is not None and reading.stated_ms >= since_ms:
        return
    if reading.complete_ms >= max(since_ms, now_ms - FRESH_MS):
        return
    last = f"since {_moment(reading.complete_ms)}" if reading.complete_ms else "yet"
    raise UnreadBankError(
        f"no worker has read all of {reading.incoming_folder} {last}. {trouble}{_WHAT_TO_DO}", is_brief=is_brief
    )


_WHAT_TO_DO: Final = (
    "Have a worker read the folder, or import the bank's files manually and confirm that they are complete "
    "(brim ach import --complete)."
)


def _moment(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"

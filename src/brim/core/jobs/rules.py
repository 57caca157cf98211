"""What workers say of themselves and of their jobs, and what is stuck."""

from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.scope import AccountScope

PREFIX: Final = "wrk_"

_UNEXPECTED: Final = "Something went wrong. The worker's log has the details."

HEARTBEAT_S: Final = 5.0
"""How often a worker writes that it is there."""

ALIVE_WITHIN_MS: Final = 30_000
"""A worker that was not seen for so long is taken for dead: six heartbeats."""

KEPT_MS: Final = 24 * 60 * 60 * 1000
"""How long a worker that ended is still shown."""

MAX_ERROR: Final = 500
"""Characters kept of an error's text."""


class JobState(msgspec.Struct, frozen=True, kw_only=True):
    """One job of one worker: when it last did what it is for, and since when it has failed, in Unix milliseconds.

    `error` is what went wrong last, None while it works.
    """

    name: str
    last_success_ms: int | None = None
    failing_since_ms: int | None = None
    error: str | None = None


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """A worker process as it was seen last; times are Unix milliseconds."""

    id: str
    host: str
    pid: int
    version: str
    started_ms: int
    heartbeat_ms: int
    jobs: list[JobState]

    def is_alive(self, now_ms: int) -> bool:
        """Whether it was seen lately."""
        return now_ms - self.heartbeat_ms <= ALIVE_WITHIN_MS


class StuckItem(msgspec.Struct, frozen=True, kw_only=True):
    """Work that was due and could not be done; times are Unix milliseconds of the account's time.

    What is not even tried, because a person has to look first, has no attempts and no times.
    """

    scope: AccountScope
    job: str
    object_id: str
    attempts: int | None = None
    first_failed_ms: int | None = None
    last_failed_ms: int | None = None
    next_try_ms: int | None = None
    error: str


def short_error(error: BaseException) -> str:
    """Return an error for people as one line of bounded length: our own sentence, or what an unexpected one says."""
    said = " ".join(str(error).split())
    if not isinstance(error, BrimError):
        said = f"{_UNEXPECTED} {said}".rstrip()
    return said[:MAX_ERROR]


def listed_error(error: BaseException) -> str:
    """Return an error for people who don't run the server: our own sentence, or the system's about a file or network.

    What else an unexpected error says, such as the database's driver, is only in the log.
    """
    return short_error(error) if isinstance(error, BrimError | OSError) else _UNEXPECTED

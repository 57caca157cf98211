"""A client that does not give up: it sends a request again, under the same key, until it is answered."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from brim.base.errors import DatabaseUnavailableError

Result = TypeVar("Result")

_MOST_TRIES: Final = 100
"""Far more than chance explains; beyond it something is wrong for good."""


async def until_answered(act: Callable[[], Awaitable[Result]], on_outage: Callable[[], None]) -> Result:
    """Return what `act` returns, done again whenever the database was not there; `on_outage` is told each time."""
    for _ in range(_MOST_TRIES):
        try:
            return await act()
        except DatabaseUnavailableError:
            on_outage()
    raise AssertionError("the database is not there any more")

"""How the jobs of this worker do: kept in memory, written down with every heartbeat."""

from collections.abc import Callable, Iterable

import msgspec

from brim.core.jobs import JobState, short_error


class JobStates:
    """The state of each job of a worker, by its name.

    Args:
        names: of all jobs, so that one that has never run is seen too.
        now_ms: returns the time, in Unix milliseconds.
    """

    def __init__(self, names: Iterable[str], now_ms: Callable[[], int]) -> None:
        self._states = {name: JobState(name=name) for name in names}
        self._now_ms = now_ms

    def succeeded(self, name: str) -> None:
        """Note that a job has just done a step."""
        self._states[name] = JobState(name=name, last_success_ms=self._now_ms())

    def failed(self, name: str, error: BaseException) -> None:
        """Note that a job has just failed; since when stays until it works again."""
        state = self._states[name]
        since_ms = self._now_ms() if state.failing_since_ms is None else state.failing_since_ms
        self._states[name] = msgspec.structs.replace(state, failing_since_ms=since_ms, error=short_error(error))

    def all(self) -> list[JobState]:
        """Return the state of every job, in their order."""
        return list(self._states.values())

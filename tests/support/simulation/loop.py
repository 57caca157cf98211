"""An event loop that is the same in each run: its time moves on demand, and it says when everything waits."""

import asyncio
import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

_LULL_S: Final = 0.005
"""How long (in real time) the server may take before it is asked whether it waits for a lock."""


class _Selector(selectors.DefaultSelector):
    """Never waits, except for what is outside of this process, and then in real time."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.outside = 0
        self.blocked = 0
        self.on_quiet: Callable[[float | None], None] = self._let_time_pass
        self.on_lull: Callable[[], None] = lambda: None
        self._numbers = count()
        self._order: dict[int, int] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = super().register(fileobj, events, data)
        self._order[key.fd] = next(self._numbers)
        return key

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout != 0:
            if self.outside > self.blocked:
                ready = super().select(_LULL_S)
                if not ready:
                    self.on_lull()
            else:
                self.on_quiet(timeout)
        return sorted(ready, key=lambda each: self._order[each[0].fd])

    def _let_time_pass(self, timeout: float | None) -> None:
        if timeout is None:
            raise RuntimeError("everything waits, and nothing will ever happen")
        self.now_s += timeout


class QuietLoop(asyncio.SelectorEventLoop):
    """An event loop for one simulation.

    Timers fire when `pass_time` was called, or when nothing else could happen. Sockets are served in the order in which
    they were opened. What is given to threads is done at once.
    """

    def __init__(self) -> None:
        self._quiet = _Selector()
        super().__init__(self._quiet)

    def time(self) -> float:
        return self._quiet.now_s

    def watch(self, on_quiet: Callable[[float | None], None], on_lull: Callable[[], None]) -> None:
        """Have these called whenever everything waits, with the seconds until the next timer; and in a lull outside.

        The first must let time pass or make something happen.
        """
        self._quiet.on_quiet, self._quiet.on_lull = on_quiet, on_lull

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self._quiet.now_s += seconds

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Wait in real time meanwhile, because somebody outside of this process works."""
        self._quiet.outside += 1
        try:
            yield
        finally:
            self._quiet.outside -= 1

    def expect_blocked(self, count: int) -> None:
        """Do not wait for so many of those outside: they wait for somebody in here."""
        self._quiet.blocked = count

    @contextmanager
    def nobody_blocked(self) -> Iterator[None]:
        """Wait in real time for all of those outside meanwhile: an answer may come from one that was blocked before."""
        count, self._quiet.blocked = self._quiet.blocked, 0
        try:
            yield
        finally:
            self._quiet.blocked = count

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":  # type: ignore[override]  # noqa: ARG002
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  whatever it is belongs to whoever waits for it
            future.set_exception(error)
        return future

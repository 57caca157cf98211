"""An event loop whose clock moves only while everything waits, and then straight to the next timer."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

_Value = TypeVar("_Value")


class _SelectorThatNeverWaits(selectors.DefaultSelector):
    """Adds up how long it was asked to wait."""

    waited_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self.waited_s += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._never_waits = _SelectorThatNeverWaits()
        super().__init__(self._never_waits)

    def time(self) -> float:
        return self._never_waits.waited_s


def run_in_virtual_time(main: Coroutine[Any, Any, _Value]) -> _Value:
    """Run something that waits for nothing but timers, as long as it likes, at once.

    `asyncio.sleep` and timeouts take exactly as long by the loop's clock as they say, whatever the machine is doing.
    What runs in threads or comes from sockets takes no time at all by that clock, so it does not belong here.
    """
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)

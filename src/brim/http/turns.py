"""Who may use the processor next, among connections that send more than anybody needs to."""

import asyncio
from collections import deque
from typing import Protocol


class Taker(Protocol):
    """Somebody with a little work to do."""

    def take_turn(self) -> None:
        """Do it."""
        ...


class Turns:
    """Lets one taker after another do a little work, one in each turn of the event loop.

    However many of them have work, everything else that the process does gets its own turn in between.
    """

    def __init__(self) -> None:
        self._takers: deque[Taker] = deque()
        self._is_awake = False

    def queue(self, taker: Taker) -> None:
        """Let somebody take a turn after those who wait already; call it inside the event loop."""
        self._takers.append(taker)
        if not self._is_awake:
            self._is_awake = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        try:
            self._takers.popleft().take_turn()
        finally:
            self._is_awake = bool(self._takers)
            if self._is_awake:
                asyncio.get_running_loop().call_soon(self._go_on)

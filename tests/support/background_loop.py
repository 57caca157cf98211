"""An event loop in a thread of its own, for tests that are not asynchronous and hold something that is."""

import asyncio
import threading
from collections.abc import Awaitable
from typing import TypeVar

Result = TypeVar("Result")


class BackgroundLoop:
    """Runs until it is closed, whether something is awaited or not."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="brim-tests")
        self._thread.start()

    def wait_for(self, awaited: Awaitable[Result], within_s: float) -> Result:
        """Return what is awaited, from the caller's thread; raise `TimeoutError` when it takes too long."""

        async def wait() -> Result:
            return await asyncio.wait_for(awaited, within_s)

        return asyncio.run_coroutine_threadsafe(wait(), self._loop).result()

    def close(self) -> None:
        """End the thread; nothing may be awaited any more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

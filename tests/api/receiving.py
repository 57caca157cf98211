"""A catcher of webhooks for tests without an event loop."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

from api.polling import until
from catcher import Catcher, Caught, catching


class Receiver:
    """A catcher in a thread of its own."""

    def __init__(self, catcher: Catcher) -> None:
        self.catcher = catcher
        self.url = catcher.url

    def of(self, event_id: str, count: int = 1) -> list[Caught]:
        """Return what was caught of an event once it has come so many times."""
        return until(
            lambda: found if len(found := self._caught(event_id)) >= count else None, what=f"{event_id} to arrive"
        )

    def _caught(self, event_id: str) -> list[Caught]:
        return [caught for caught in list(self.catcher.caught) if caught.event_id == event_id]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Catch webhooks until the block ends."""
    ready: Future[Receiver] = Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with catching() as catcher:
            ready.set_result(Receiver(catcher))
            await stop.wait()

    thread = Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield ready.result(30)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()

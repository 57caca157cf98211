"""A catcher of webhooks that finds what came of one event."""

from collections.abc import Iterator
from contextlib import contextmanager

from brim.testing.catcher import BackgroundCatcher, Caught, catching_in_background


class Receiver:
    """A catcher in a thread of its own."""

    def __init__(self, catcher: BackgroundCatcher) -> None:
        self.catcher = catcher
        self.url = catcher.url

    def of(self, event_id: str, count: int = 1) -> list[Caught]:
        """Return what was caught of an event once it has come so many times."""

        def look(caught: list[Caught]) -> list[Caught] | None:
            found = [each for each in caught if each.event_id == event_id]
            return found if len(found) >= count else None

        return self.catcher.wait_until(look)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Catch webhooks until the block ends."""
    with catching_in_background() as catcher:
        yield Receiver(catcher)

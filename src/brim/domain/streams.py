"""One account's events on their way to one session: which were sent, and up to where they have arrived."""

from collections import OrderedDict
from collections.abc import Iterator

from brim.domain.listeners import COPIES
from brim.domain.topups import Owner


class Stream:
    """The events of one account, in copies, each at a place of its own: copy c of the event n is at 2n + c.

    Args:
        owner: whose events.
        acked_place: up to where they have arrived already.
    """

    def __init__(self, owner: Owner, acked_place: int) -> None:
        self.owner = owner
        self.newest = 0
        self._acked_place = self._sent_place = acked_place
        self._on_their_way: OrderedDict[int, bool] = OrderedDict()

    @classmethod
    def after_event(cls, owner: Owner, number: int) -> "Stream":
        """Return a stream that begins with what follows an event."""
        return cls(owner, len(COPIES) * number + len(COPIES) - 1)

    @property
    def after(self) -> int:
        """The number of the last event of which every copy was sent."""
        return (self._sent_place + 1) // len(COPIES) - 1

    @property
    def acked_place(self) -> int:
        """The last place up to which everything has arrived."""
        return self._acked_place

    @property
    def on_their_way(self) -> int:
        """How many copies were sent and have not arrived, or have before an earlier one."""
        return len(self._on_their_way)

    @property
    def is_behind(self) -> bool:
        """Whether there are events, as far as is known, that were not sent."""
        return self.newest > self.after

    def send(self, number: int) -> Iterator[tuple[int, str | None]]:
        """Yield place and version of each copy of an event that was not sent yet; from here on they are."""
        for copy, version in enumerate(COPIES):
            place = len(COPIES) * number + copy
            if place > self._sent_place:
                self._sent_place = place
                self._on_their_way[place] = False
                yield place, version

    def arrive(self, place: int) -> None:
        """Take note of a copy that has arrived, and advance over all that have arrived with none before them open."""
        if place not in self._on_their_way:
            return
        self._on_their_way[place] = True
        while self._on_their_way:
            first, has_arrived = next(iter(self._on_their_way.items()))
            if not has_arrived:
                return
            self._acked_place = first
            del self._on_their_way[first]

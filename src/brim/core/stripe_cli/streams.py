"""One account's events on their way to one session: which were sent, and up to where they have arrived."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence

from brim.base.scope import AccountScope
from brim.core.stripe_cli.rules import Form


def last_place(number: int, *, copies: int) -> int:
    """Return the place of the last copy of an event, of each of which so many copies are sent."""
    return copies * (number + 1) - 1


class Stream:
    """The events of one account, in copies, each at a place of its own: of k copies, copy c of event n is at kn + c.

    Args:
        scope: whose events.
        acked_place: up to where they have arrived already.
        forms: those of the copies; they are the session's, and never change.
    """

    def __init__(self, scope: AccountScope, acked_place: int, forms: Sequence[Form]) -> None:
        self.scope = scope
        self.newest = 0
        self._forms = forms
        self._acked_place = self._sent_place = acked_place
        self._on_their_way: OrderedDict[int, bool] = OrderedDict()

    @classmethod
    def after_event(cls, scope: AccountScope, number: int, forms: Sequence[Form]) -> "Stream":
        """Return a stream that begins with what follows an event."""
        return cls(scope, last_place(number, copies=len(forms)), forms)

    @property
    def after(self) -> int:
        """The number of the last event of which every copy was sent."""
        return (self._sent_place + 1) // len(self._forms) - 1

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

    def send(self, number: int) -> Iterator[tuple[int, Form]]:
        """Yield place and form of each copy of an event that was not sent yet; from here on they are."""
        for place, form in enumerate(self._forms, start=len(self._forms) * number):
            if place > self._sent_place:
                self._sent_place = place
                self._on_their_way[place] = False
                yield place, form

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

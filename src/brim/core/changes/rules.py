"""What is told of an account's changes to whoever watches: which objects, never what became of them."""

from collections.abc import Iterable
from typing import Final

import msgspec

MOST_OBJECTS: Final = 50
"""More than a page shows; beyond, everything is looked at again."""


class Changes(msgspec.Struct, frozen=True):
    """Objects that changed, by their ids; with `beyond` there are more than are named."""

    objects: frozenset[str] = frozenset()
    beyond: bool = False

    def with_more(self, objects: Iterable[str], *, beyond: bool = False) -> "Changes":
        """Return these changes and more; what is kept stays small however many there are."""
        together = self.objects.union(objects)
        if beyond or self.beyond or len(together) > MOST_OBJECTS:
            return EVERYTHING
        return Changes(together)


EVERYTHING: Final = Changes(beyond=True)
"""Said where anything may have changed."""

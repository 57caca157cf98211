"""What a list is asked for, where its page lies among the ids, and what it answers, whatever the object."""

from collections.abc import Iterable
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.ids import created_of, first_id_at

DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 100
_ABOVE_ALL_IDS: Final = "~"  # sorts after every base62 digit


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The id; ids of one kind sort in the order they were made."""


Item = TypeVar("Item", bound=Identified)


class Range(msgspec.Struct, frozen=True):
    """A closed range of whole numbers; None leaves an end open. An exact value has both ends equal."""

    low: int | None = None
    high: int | None = None


class PageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which page: at most one cursor is given. Without one, the newest objects.

    `starting_after` asks for older objects than that id, `ending_before` for the ones just newer than it;
    a page is newest first either way.
    """

    limit: int = DEFAULT_LIMIT
    starting_after: str | None = None
    ending_before: str | None = None

    @property
    def created(self) -> Range | None:
        """The Unix seconds within which the objects were made; None for any."""
        return None


class DatedPageRequest(PageRequest, frozen=True, kw_only=True):
    """A page of the objects that were made within a range of Unix seconds."""

    made_within: Range

    @property
    def created(self) -> Range:
        """The Unix seconds within which the objects were made."""
        return self.made_within


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """A page, newest first, and whether there is more in the direction travelled.

    Requests that ask for the same page at once share it; `bodies` is for what one of them has written of it, by the
    name of what that is, so that the others need not write it again.
    """

    items: list[Item]
    has_more: bool
    bodies: dict[str, bytes] = {}


class Window(msgspec.Struct, frozen=True):
    """Where a page lies among the ids: between two ids, both exclusive, at the newest or at the oldest end.

    Ids are time-ordered, so a range of `created` and a cursor are both no more than a bound on ids.
    """

    low: str
    high: str
    newest_first: bool
    limit: int

    @property
    def wanted(self) -> int:
        """How many to read: one more than the page holds tells whether there is more."""
        return self.limit + 1


def window_of(prefix: str, created: Range | None, request: PageRequest) -> Window:
    """Return where the page lies that a request asks for.

    Args:
        prefix: of the object's ids, such as `tu_`.
        created: the range asked for, in Unix seconds, where the request has none.
        request: limit, cursors and range; with both cursors, the page is adjacent to `ending_before`.
    """
    created = created or request.created
    low, high = prefix, prefix + _ABOVE_ALL_IDS
    if created and created.low is not None:
        low = first_id_at(prefix, created.low)
    if created and created.high is not None:
        high = first_id_at(prefix, created.high + 1)
    if request.starting_after is not None:
        high = min(high, request.starting_after)
    if request.ending_before is not None:
        low = max(low, request.ending_before)
    return Window(low=low, high=high, newest_first=request.ending_before is None, limit=request.limit)


def page_of(found: Iterable[Item], window: Window) -> Page[Item]:
    """Return the page made of what was read at its window, in any order, up to one more than it holds."""
    newest_first = sorted(found, key=lambda item: item.id, reverse=True)
    items = newest_first[: window.limit] if window.newest_first else newest_first[-window.limit :]
    return Page(items=items, has_more=len(newest_first) > window.limit)


def page_of_few(items: Iterable[Item], request: PageRequest, *, kind: str) -> Page[Item]:
    """Return a page of objects of which an account has so few that all of them were read.

    Args:
        items: all of them, in any order.
        request: limit and cursors.
        kind: the object's name in words, for the errors.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    by_id = {item.id: item for item in items}
    cursors = {"starting_after": request.starting_after, "ending_before": request.ending_before}
    given = {param: cursor for param, cursor in cursors.items() if cursor is not None}
    for param, cursor in given.items():
        if cursor not in by_id:
            raise ResourceMissingError(kind, cursor, param=param)
    if len(given) > 1:
        raise ExclusiveParametersError(*given)
    window = window_of("", None, PageRequest(limit=request.limit, **given))
    inside = [item for item in by_id.values() if window.low < item.id < window.high]
    return page_of([item for item in inside if is_within(item.id, request.created)], window)


def is_within(object_id: str, created: Range | None) -> bool:
    """Tell whether an object was made within a range of Unix seconds."""
    if created is None:
        return True
    second = created_of(object_id)
    return (created.low is None or created.low <= second) and (created.high is None or second <= created.high)

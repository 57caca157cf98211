"""How counts by status are written for clients."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from brim.api.framework.schema import LIVEMODE, constant, described
from brim.base.json_codec import encode
from brim.core.status_counts import CountedList, StatusCount


class StatusCountObject(msgspec.Struct, frozen=True, kw_only=True):
    """How many objects have a status."""

    count: Annotated[int, described("How many have it, of the newest 1,000.", minimum=0)]
    has_more: Annotated[bool, described("Whether there are more, which were not counted.")]
    status: Annotated[str, described("The status, as the list's `status` parameter names it.", maxLength=5000)]


class StatusCountsObject(msgspec.Struct, frozen=True, kw_only=True):
    """How many objects of a list have each status."""

    object: Annotated[str, constant("brim.status_counts")] = "brim.status_counts"
    list: Annotated[str, described("The list.", enum=[each.value for each in CountedList])]
    livemode: Annotated[bool, LIVEMODE]
    statuses: Annotated[tuple[StatusCountObject, ...], described("One for each status that is counted.")]


def status_counts_json(counted: CountedList, counts: Sequence[StatusCount], *, livemode: bool) -> bytes:
    """Return the compact JSON of how many objects of a list have each status."""
    statuses = tuple(StatusCountObject(count=each.count, has_more=each.is_cut, status=each.status) for each in counts)
    return encode(StatusCountsObject(list=counted.value, livemode=livemode, statuses=statuses))

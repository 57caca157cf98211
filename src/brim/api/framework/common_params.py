"""Parameters that operations on several kinds of objects take."""

from typing import Final

import msgspec

from brim.api.framework.kinds import ClampedInteger, Expand, IntegerRange, Metadata, Text
from brim.api.framework.params import Parameter
from brim.base.paging import DEFAULT_LIMIT, MAX_LIMIT


def expand(object_name: str, *, in_list: bool = False) -> Parameter:
    """Return the parameter that lets a reply, or each object of a list, be expanded."""
    paths = "paths that begin with `data.`" if in_list else "paths"
    return Parameter(
        name="expand",
        kind=Expand(object_name, in_list=in_list),
        description=f"Which ids in the response to expand into full objects: {paths}, of up to four levels.",
    )


def optional(parameter: Parameter) -> Parameter:
    """Return a parameter that may be left out."""
    return msgspec.structs.replace(parameter, required=False)


def created(noun: str) -> Parameter:
    """Return the filter of a list by when its objects were made; the noun is what the list is of."""
    return Parameter(
        name="created",
        kind=IntegerRange(),
        description=f"Only {noun} created in this Unix second, or within these bounds.",
    )


METADATA: Final = Parameter(
    name="metadata",
    kind=Metadata(),
    description=(
        "Your own key-value pairs. Those you send are merged into those that exist: send a key with an empty value to "
        "remove it, or an empty `metadata` to remove all."
    ),
)
LIMIT: Final = Parameter(
    name="limit",
    kind=ClampedInteger(least=1, most=MAX_LIMIT, default=DEFAULT_LIMIT),
    description="The maximum number of objects per page. A number outside the limits is changed to the nearest limit.",
)


def page_in_order(cursor: str = "the id of an object", *, before: str = "", after: str = "") -> tuple[Parameter, ...]:
    """Return the parameters of a page of a list; its order and what its cursors are is said where that isn't usual."""
    return (
        Parameter(
            name="ending_before",
            kind=Text(),
            description=(
                f"A cursor for pagination: {cursor}. Returns the objects just before it{before}. Mutually exclusive "
                "with `starting_after`."
            ),
        ),
        LIMIT,
        Parameter(
            name="starting_after",
            kind=Text(),
            description=(
                f"A cursor for pagination: {cursor}. Returns the objects just after it{after}. Mutually exclusive "
                "with `ending_before`."
            ),
        ),
    )


PAGE: Final = page_in_order(before=", which are newer", after=", which are older")
ATTEMPT_LIST: Final = tuple(parameter for parameter in PAGE if parameter.name != "ending_before")
"""Of an endpoint's or an event's attempts, which are turned over in one direction only."""

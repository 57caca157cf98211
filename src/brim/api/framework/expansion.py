"""Which properties of an object may be expanded: an id replaced by the object it names.

Source: the `x-expandableFields` of the published schemas. `source` of a top-up always stands in full, so
expanding it changes nothing, as with the `result` of a report run; nor does expanding the `customer` of a payment
method, of whom only the id is known. A
payment method's `brim`, its state, is ours, and left out unless it is asked for. Properties behind one that is null
are not looked at: there is nothing to look into.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from brim.http.parameter_errors import (
    ExpandOutsideDataError,
    ExpandTooDeepError,
    NotExpandableError,
    NotIncludableError,
    shown,
)

MAX_LEVELS: Final = 4

EXPANDABLE: Final[dict[str, tuple[str, ...]]] = {
    "topup": ("balance_transaction", "payment_method", "source"),
    "balance": (),
    "balance_transaction": ("source",),
    "event": (),
    "test_clock": (),
    "payment_method": ("brim", "customer"),
    "source": (),
    "token": (),
    "default_funding_source": (),
    "account": ("brim",),
    "capability": (),
    "external_account": (),
    "login_link": (),
    "webhook_endpoint": (),
    "reporting.report_run": ("result",),
    "reporting.report_type": (),
}


_LEADS_TO: Final[dict[tuple[str, str], str]] = {
    ("topup", "balance_transaction"): "balance_transaction",
    ("topup", "payment_method"): "payment_method",
    ("topup", "source"): "source",
    ("balance_transaction", "source"): "topup",
}
"""Which object stands in place of an id; an expandable property that is not here shows no other object."""

_EXTRAS_NAME: Final = "brim"
EXTRAS: Final[dict[str, tuple[str, ...]]] = {
    "topup": ("brim.availability", "brim.rail", "brim.retry"),
    "webhook_endpoint": ("brim.delivery",),
}
"""What Brim adds to an object of the vendor's when it is asked for, under a name of our own."""


def check_path(path: str, object_name: str, *, in_list: bool) -> str:
    """Return a path to expand, relative to the object even in a list, if its first property may be expanded.

    Raises:
        ExpandTooDeepError: for more than `MAX_LEVELS` properties.
        ExpandOutsideDataError: when a list's path lacks `data.` in front.
        NotExpandableError: when the property holds no id, or there is no such property.
        NotIncludableError: for the `total_count` that lists had once.
    """
    if path.count(".") >= MAX_LEVELS:
        raise ExpandTooDeepError(path, MAX_LEVELS)
    if not in_list:
        check_property(path, object_name)
        return path
    front, _, rest = path.partition(".")
    if front != "data" or not rest:
        _refuse_outside_data(path, front, object_name)
    check_property(rest, object_name, within="data.")
    return rest


def check_property(path: str, object_name: str, *, within: str = "") -> None:
    """Let a path pass whose first property may be expanded; handlers ask again for each object they enter.

    Args:
        path: what to expand, relative to the object.
        object_name: the wire's name of the object, such as `topup`.
        within: what stands before `path` in the request, such as `balance_transaction.`.

    Raises:
        NotExpandableError: when the property holds no id, or there is no such property.
    """
    name, _, rest = path.partition(".")
    extras = EXTRAS.get(object_name, ())
    if path in extras:
        return
    if name in EXPANDABLE[object_name]:
        return
    is_unknown_extra = name == _EXTRAS_NAME and rest and extras
    raise NotExpandableError(shown(within + (path if is_unknown_extra else name)))


def _refuse_outside_data(path: str, front: str, object_name: str) -> None:
    if front in EXPANDABLE[object_name]:
        raise ExpandOutsideDataError(path)
    if front == "total_count":
        raise NotIncludableError(front)
    raise NotExpandableError(shown(front))


def expanded_objects(object_name: str, paths: Sequence[str]) -> Iterator[str]:
    """Yield the name of each object that paths, relative to an object, put in place of an id."""
    for path in paths:
        name = object_name
        for step in path.split("."):
            leads_to = _LEADS_TO.get((name, step))
            if leads_to is None:
                break
            yield leads_to
            name = leads_to


def paths_below(paths: Sequence[str], name: str) -> tuple[str, ...] | None:
    """Return what to expand inside a property, or None when the property itself stays an id."""
    below = tuple(path[len(name) + 1 :] for path in paths if path == name or path.startswith(name + "."))
    return tuple(path for path in below if path) if below else None

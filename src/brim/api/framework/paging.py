"""The page that a list is asked for, from its validated parameters."""

from collections.abc import Mapping
from typing import Any

from brim.base.paging import DEFAULT_LIMIT, DatedPageRequest, PageRequest


def read_page(parameters: Mapping[str, Any]) -> PageRequest:
    """Return the page; both cursors may be set, which the use case refuses once it has looked both up."""
    where: dict[str, Any] = {
        "limit": parameters.get("limit", DEFAULT_LIMIT),
        "starting_after": parameters.get("starting_after"),
        "ending_before": parameters.get("ending_before"),
    }
    created = parameters.get("created")
    return PageRequest(**where) if created is None else DatedPageRequest(**where, made_within=created)

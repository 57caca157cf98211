"""Lists of the second version of the API: a page says at which URLs the ones beside it are.

Source: the SDKs' list objects, which follow `next_page_url` as it stands and keep no cursor of their own.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.api.framework.call import Call
from brim.base import json_codec
from brim.base.paging import DEFAULT_LIMIT, Item, Page, PageRequest

_NO_PAGE: Final = PageRequest()


class V2ListObject(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope of every list of version 2; a URL is null if there is no such page."""

    data: list[msgspec.Raw]
    next_page_url: str | None
    previous_page_url: str | None


def read_v2_page(call: Call) -> PageRequest:
    """Return the page that a request asks for."""
    page: PageRequest = call.parameters.get("page", _NO_PAGE)
    return msgspec.structs.replace(page, limit=call.parameters.get("limit", DEFAULT_LIMIT))


def v2_list_json(call: Call, path: str, page: Page[Item], bodies: Sequence[bytes]) -> bytes:
    """Return the compact JSON of a page.

    Args:
        call: what was asked; the URLs of other pages repeat its query.
        path: where the list is.
        page: what was found.
        bodies: its items, encoded.
    """
    asked = read_v2_page(call)
    goes_back = asked.ending_before is not None
    has_next = bool(page.items) and (goes_back or page.has_more)
    has_previous = bool(page.items) and (page.has_more if goes_back else asked.starting_after is not None)
    return json_codec.encode(
        V2ListObject(
            data=[msgspec.Raw(body) for body in bodies],
            next_page_url=_url(call, path, f"after_{page.items[-1].id}") if has_next else None,
            previous_page_url=_url(call, path, f"before_{page.items[0].id}") if has_previous else None,
        )
    )


def _url(call: Call, path: str, token: str) -> str:
    """Return a page's URL, which repeats the query: each pair once, as some SDKs send theirs again beside ours."""
    pairs = (pair for pair in call.query.decode("latin-1").split("&") if pair and pair.partition("=")[0] != "page")
    return f"{path}?{'&'.join([*dict.fromkeys(pairs), f'page={token}'])}"

"""Lists as CSV files: all pages of a list, as long as it is, under a name that says what is in the file."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from brim.base.csv_file import BYTE_ORDER_MARK, csv_lines
from brim.http.form import Field
from brim.http.message import Reply, StreamedReply
from brim.web.dashboard.signed import SignedVisit

ToRow: TypeAlias = Callable[[Mapping[str, Any]], Sequence[str]]

PAGE: Final = 100
"""How many objects are asked for at once."""

_TYPE: Final = "text/csv; charset=utf-8"
_IN_NAMES: Final = frozenset("-.ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz0123456789")


def file_name(page: SignedVisit, what: str, *details: str | None) -> str:
    """Return what a file is called: what it lists, whose, in which mode, and by what it is narrowed.

    Such as `topups-acct_1-live-usd-from-2026-10-01-to-2026-10-31.csv`.
    """
    mode = "live" if page.session.livemode else "test"
    words = [what, page.session.account, mode, *(detail for detail in details if detail)]
    return "".join(letter if letter in _IN_NAMES else "-" for letter in "-".join(words)) + ".csv"


def day_details(given: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the days that a form narrows a list by, as file names say them."""
    first, last = given.get("created_from"), given.get("created_to")
    return f"from-{first}" if first else None, f"to-{last}" if last else None


async def export_list(
    page: SignedVisit,
    path: str,
    filters: Mapping[str, Field],
    *,
    name: str,
    columns: Sequence[str],
    to_row: ToRow,
) -> Reply:
    """Return a list of the API as a file. Its first page is read before the reply begins, so a refusal is a page.

    Args:
        page: who wants it.
        path: of the list.
        filters: what the API is asked for.
        name: of the file.
        columns: the first line.
        to_row: the cells of one object.
    """
    first = await page.api.get(path, **filters, limit=PAGE)

    async def parts() -> AsyncGenerator[str, None]:
        yield csv_lines([columns])
        async for objects in pages_of(page, path, filters, first):
            yield csv_lines([to_row(each) for each in objects])

    return streamed_csv(name, parts())


async def pages_of(
    page: SignedVisit, path: str, filters: Mapping[str, Field], first: Mapping[str, Any]
) -> AsyncGenerator[list[Mapping[str, Any]], None]:
    """Yield the objects of a list page by page, beginning with one that the API has answered.

    A search that ends at its limit is continued.
    """
    found = first
    while True:
        yield found["data"]
        if not found["has_more"]:
            return
        is_search = found["object"] == "search_result"
        after = {"page": found["next_page"]} if is_search else {"starting_after": found["data"][-1]["id"]}
        found = await page.api.get(path, **filters, **after, limit=PAGE)


def streamed_csv(name: str, parts: AsyncGenerator[str, None]) -> Reply:
    """Return lines of CSV as a file, as they come."""

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield BYTE_ORDER_MARK.encode()
        async for part in parts:
            yield part.encode()

    return streamed_file(name, pieces(), _TYPE)


def streamed_file(name: str, pieces: AsyncGenerator[bytes, None], content_type: str) -> Reply:
    """Return a file of any kind, streamed."""
    return StreamedReply(200, pieces, _headers(name), content_type)


def csv_reply(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Reply:
    """Return a few rows as a file."""
    return Reply(200, (BYTE_ORDER_MARK + csv_lines([columns, *rows])).encode(), _headers(name), _TYPE)


def _headers(name: str) -> list[str]:
    return [
        f'Content-Disposition: attachment; filename="{name}"',
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    ]

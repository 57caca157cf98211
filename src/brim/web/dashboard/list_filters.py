"""The filters of a list, from its address to what the API is asked for, and the counts of its statuses."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.http.form import Field
from brim.web.api_client import ApiRefusedError
from brim.web.dashboard.csv_export import day_details
from brim.web.dashboard.days import DAY_FIELDS, read_days
from brim.web.dashboard.forms import Form
from brim.web.dashboard.paging import CURSORS
from brim.web.dashboard.saved_views import SavedView, read_views
from brim.web.dashboard.signed import SignedVisit
from brim.web.routes import NoSuchPageError

ALL: Final = "all"
"""The status in an address that stands for any."""
COUNTS: Final = "/v1/brim/status_counts"
_COUNTED_BY: Final = frozenset({"created", "status"})


class ListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What an address asks of a list.

    Attributes:
        path: the list's page.
        query: what the API is asked for, without the page.
        form: the fields as they were filled in.
        chosen: the status that is shown, `all` for any; empty where the list has no statuses.
        values: everything in the address that narrows the list.
        views: the browser's saved views of this list.
        narrowed: the objects that the list is narrowed to, by the API's parameter.
        has_cursor: whether it is another page than the first.
    """

    path: str
    query: dict[str, Field]
    form: Form
    chosen: str = ""
    values: dict[str, str] = {}
    views: tuple[SavedView, ...] = ()
    narrowed: dict[str, str] = {}
    has_cursor: bool = False

    @property
    def has_details(self) -> bool:
        """Whether anything but the status is filtered by."""
        return bool(self.form.values)

    @property
    def file_details(self) -> tuple[str | None, ...]:
        """What the name of a file of this list says of its filters."""
        named = [str(value) for name, value in self.query.items() if isinstance(value, str) and name != "created"]
        return (*named, *day_details(self.form.values))

    @property
    def is_filtered(self) -> bool:
        """Whether anything may be left out, or stand on another page."""
        return bool(self.values) or self.has_cursor


class ListFilters(msgspec.Struct, frozen=True, kw_only=True):
    """The filters that a list has.

    Attributes:
        path: the list's page.
        texts: fields that the API takes as they are typed.
        choices: fields with a few values, by name.
        narrows: those of `texts` that name an object, all of whose statuses are shown where no status is chosen.
        statuses: the statuses to choose from; with `all`, which any list has.
        first: the status that is shown where none is chosen.
        has_days: whether it is filtered by the day of creation.
    """

    path: str
    texts: tuple[str, ...] = ()
    choices: Mapping[str, Collection[str]] = {}
    narrows: tuple[str, ...] = ()
    statuses: Sequence[str] = ()
    first: str = ALL
    has_days: bool = True

    def read(self, page: SignedVisit) -> ListQuery:
        """Return what a page's address asks for; a field that cannot be read filters nothing and shows its error.

        Raises:
            NoSuchPageError: the status is unknown.
        """
        names = (*self.texts, *self.choices, *(DAY_FIELDS if self.has_days else ()))
        given = {name: text for name in names if (text := page.query.get(name, "").strip())}
        form = Form(values=given)
        query: dict[str, Field] = {name: given[name] for name in self.texts if name in given}
        for name, known in self.choices.items():
            if given.get(name) in known:
                query[name] = given[name]
            elif name in given:
                form.errors[name] = f"Choose a {name.replace('_', ' ')} from the list."
        if self.has_days and (created := read_days(form, page.zone)):
            query["created"] = created
        narrowed = {name: given[name] for name in self.narrows if name in given}
        chosen = self._read_status(page, is_narrowed=bool(narrowed))
        if chosen not in {"", ALL}:
            query["status"] = chosen
        status = {"status": page.query["status"]} if self.statuses and "status" in page.query else {}
        return ListQuery(
            path=self.path,
            query=query,
            form=form,
            chosen=chosen,
            values={**given, **status},
            views=read_views(page.visit.cookies, self.path),
            narrowed=narrowed,
            has_cursor=any(cursor in page.query for cursor in CURSORS),
        )

    def _read_status(self, page: SignedVisit, *, is_narrowed: bool) -> str:
        if not self.statuses:
            return ""
        chosen = page.query.get("status", ALL if is_narrowed else self.first)
        if chosen not in {*self.statuses, ALL}:
            raise NoSuchPageError
        return chosen


async def count_statuses(page: SignedVisit, counted: str, asked: ListQuery) -> dict[str, str]:
    """Return how many objects have each status, as far as an index serves it: with no other filter than the day."""
    if asked.query.keys() - _COUNTED_BY:
        return {}
    try:
        found = await page.api.get(COUNTS, list=counted, created=asked.query.get("created"))
    except ApiRefusedError:
        return {}
    return shown_counts(found)


def shown_counts(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the counts that the API has answered, as pages show them: `1,000+` where there are more."""
    return {each["status"]: f"{each['count']:,}{'+' if each['has_more'] else ''}" for each in found["statuses"]}

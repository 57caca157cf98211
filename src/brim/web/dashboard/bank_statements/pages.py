"""Bank statements and their lines: where each came from, what it says, and what of it is open."""

from typing import Any, Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.message import Reply
from brim.web.api_client import api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.list_filters import ListFilters, ListQuery
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit

STATEMENTS: Final = "/v1/brim/bank_statements"
STATEMENT: Final = STATEMENTS + "/{}"
LINES: Final = "/v1/brim/statement_lines"
_LINES: Final = 50
_LINE_STATUSES: Final = ("open",)
_LINE_FILTERS: Final = ListFilters(
    path="/statement-lines", texts=("topup",), narrows=("topup",), statuses=_LINE_STATUSES, first=_LINE_STATUSES[0]
)
_STATEMENT_FILTERS: Final = ListFilters(
    path="/bank-statements",
    texts=("bank_account", "currency", "bank_file", "first_day", "last_day", "status"),
    choices={"breaks": ("open", "none")},
    has_days=False,
)


def read_statements(page: SignedVisit) -> ListQuery:
    """Return what a page's address asks of the list of statements."""
    return _STATEMENT_FILTERS.read(page)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /bank-statements`."""
    asked = read_statements(page)
    found = await page.api.get(STATEMENTS, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/bank_statements.html",
        statements=found["data"],
        paging=paging(page, found),
        asked=asked,
        export=page.link("/bank-statements.csv", **asked.values),
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /bank-statements/{statement}`."""
    statement = await page.api.get(api_path(STATEMENT, page.path_params["statement"]))
    lines = await page.api.get(api_path(STATEMENT + "/lines", statement["id"]), **page_query(page, limit=_LINES))
    return page.reply(
        "dashboard/bank_statement.html",
        statement=statement,
        lines=lines["data"],
        paging=paging(page, lines),
        export=page.link(f"/bank-statements/{statement['id']}/lines.csv"),
    )


async def show_lines(page: SignedVisit) -> Reply:
    """`GET /statement-lines`: those that are open, unless all are asked for, or those of a top-up."""
    asked = read_lines(page)
    found = await page.api.get(LINES, **asked.query, **page_query(page))
    return page.reply(
        "dashboard/statement_lines.html",
        lines=found["data"],
        paging=paging(page, found),
        asked=asked,
        statuses=_LINE_STATUSES,
        export=page.link("/statement-lines.csv", **{"status": asked.chosen, **asked.values}),
        now=system_clock_ms() // 1000,
    )


def read_lines(page: SignedVisit) -> ListQuery:
    """Return what a page's address asks of the list of lines: of a top-up there are no statuses."""
    asked = _LINE_FILTERS.read(page)
    if "topup" in asked.narrowed:
        asked.query.pop("status", None)
    return asked


async def show_line(page: SignedVisit) -> Reply:
    """`GET /statement-lines/{line}`."""
    return await reply_line(page, Form(values={}))


async def reply_line(page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
    """Return the page of a line, with what was wrong with a form of it."""
    form.idempotency_key = random_base62(24)
    line = await page.api.get(api_path(LINES + "/{}", page.path_params["line"]))
    found: dict[str, Any] | None = None
    if line["break"]:
        found = await page.api.get(api_path("/v1/brim/breaks/{}", line["break"]))
    return page.reply(
        "dashboard/statement_line.html",
        status=status,
        line=line,
        form=form,
        found=found,
        names=await page.read_names(),
        now=system_clock_ms() // 1000,
    )

"""Bank statements and their lines: where each came from, what it says, and what of it is open."""

from typing import Any, Final

from brim.base.clock import system_clock_ms
from brim.base.ids import random_base62
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.routes import NoSuchPageError

STATEMENTS: Final = "/v1/brim/bank_statements"
STATEMENT: Final = STATEMENTS + "/{}"
LINES: Final = "/v1/brim/statement_lines"
FILTERS: Final = ("bank_account", "currency", "bank_file", "first_day", "last_day", "breaks", "status")
_LINES: Final = 50
_LINE_STATUSES: Final = ("open", "all")


def read_filters(page: SignedVisit) -> dict[str, Field]:
    """Return what a page's address narrows the list by."""
    return {name: page.query[name] for name in FILTERS if page.query.get(name)}


async def show_all(page: SignedVisit) -> Reply:
    """`GET /bank-statements`."""
    filters = read_filters(page)
    found = await page.api.get(STATEMENTS, **filters, **page_query(page))
    return page.reply(
        "dashboard/bank_statements.html",
        statements=found["data"],
        paging=paging(page, found),
        filters=filters,
        form=Form(values={name: page.query.get(name, "") for name in FILTERS}),
        export=page.link("/bank-statements.csv", **filters),
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
    chosen, narrowed = narrow_lines(page)
    found = await page.api.get(LINES, **narrowed, **page_query(page))
    return page.reply(
        "dashboard/statement_lines.html",
        lines=found["data"],
        paging=paging(page, found),
        chosen=chosen,
        topup=narrowed.get("topup"),
        export=page.link("/statement-lines.csv", status=chosen, topup=page.query.get("topup")),
        now=system_clock_ms() // 1000,
    )


def narrow_lines(page: SignedVisit) -> tuple[str, dict[str, Field]]:
    """Return which lines a page's address asks for: `open` or `all`, and by what they are narrowed."""
    topup = page.query.get("topup")
    status = page.query.get("status", "all" if topup else "open")
    if status not in _LINE_STATUSES:
        raise NoSuchPageError
    return status, {"topup": topup} if topup else {"status": "open"} if status == "open" else {}


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

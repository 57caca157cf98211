"""The handlers of `/v1/brim/bank_statements` and `/v1/brim/statement_lines`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.paging import read_page
from brim.api.resources.ach.handlers import check_platform
from brim.api.resources.bank_statements.wire import line_json, statement_json
from brim.base import wire
from brim.base.paging import is_within
from brim.core import direct_debits, line_settlements, reconciliation
from brim.core.idempotency import Result
from brim.core.reconciliation import LineStatus, StatementFilters

STATEMENTS: Final = "/v1/brim/bank_statements"
LINES: Final = "/v1/brim/statement_lines"


async def list_statements(call: Call) -> Result:
    """`GET /v1/brim/bank_statements`."""
    await check_platform(call)
    given = call.parameters
    status, breaks = given.get("status"), given.get("breaks")
    filters = StatementFilters(
        bank_account=given.get("bank_account"),
        currency=given.get("currency"),
        bank_file=given.get("bank_file"),
        first_day=given.get("first_day"),
        last_day=given.get("last_day"),
        is_in_force=None if status is None else status == "in_force",
        is_open=None if breaks is None else breaks == "open",
    )
    page = await reconciliation.page_statements(call.service.database, call.scope, read_page(given), filters)
    items = [statement_json(call.scope, each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=STATEMENTS))


async def retrieve_statement(call: Call) -> Result:
    """`GET /v1/brim/bank_statements/{bank_statement}`."""
    await check_platform(call)
    found = await reconciliation.retrieve_statement(call.service.database, call.scope, call.path_id)
    return Result(body=statement_json(call.scope, found.statement, found))


async def list_lines_of_statement(call: Call) -> Result:
    """`GET /v1/brim/bank_statements/{bank_statement}/lines`."""
    await check_platform(call)
    page = await reconciliation.page_lines_of_statement(
        call.service.database, call.scope, call.path_id, read_page(call.parameters)
    )
    items = [line_json(call.scope, each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=f"{STATEMENTS}/{call.path_id}/lines"))


async def list_lines(call: Call) -> Result:
    """`GET /v1/brim/statement_lines`."""
    await check_platform(call)
    topup = call.parameters.get("topup")
    if topup is not None:
        of_topup = await direct_debits.list_lines_of_topup(call.service.database, call.scope, topup)
        created = call.parameters.get("created")
        items = [line_json(call.scope, each) for each in of_topup if is_within(each.id, created)]
        return Result(body=wire.list_json(items, has_more=False, url=LINES))
    page = await reconciliation.page_lines(
        call.service.database,
        call.scope,
        read_page(call.parameters),
        only_open=call.parameters.get("status") == "open",
    )
    items = [line_json(call.scope, each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=LINES))


async def retrieve_line(call: Call) -> Result:
    """`GET /v1/brim/statement_lines/{statement_line}`."""
    await check_platform(call)
    found = await reconciliation.retrieve_line(call.service.database, call.scope, call.path_id)
    suggestions = await line_settlements.suggest(call.service.database, call.scope, found)
    if found.status is LineStatus.OPEN:
        matches = direct_debits.HandMatches(call.service.database, call.service.vault, call.service.renderers)
        async with call.service.database.connection() as conn:
            suggestions = sorted(
                [*await matches.suggest(conn, call.scope, found), *suggestions], key=lambda each: -each.score
            )
    return Result(body=line_json(call.scope, found, suggestions))

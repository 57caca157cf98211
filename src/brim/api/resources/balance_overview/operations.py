"""The operations on the books as people look at them. They are ours alone."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.balance_overview import handlers as books
from brim.api.resources.balance_overview import wire as books_wire
from brim.api.resources.balance_overview.params import BALANCE_SUMMARY
from brim.core.accounts import NotPlatformError
from brim.core.balance_overview import SummaryIntervalError

BOOKS: Final = (
    Operation(
        method="GET",
        path=books.OVERVIEW,
        operation_id="GetBrimBalanceOverview",
        summary="Retrieve the balance overview",
        description=(
            "Returns the available balance and the pending top-ups in each currency, and the activity of each day."
        ),
        parameters=(),
        handler=books.retrieve_overview,
        resource="balance",
        level="read",
        returns=books_wire.BalanceOverviewObject,
    ),
    Operation(
        method="GET",
        path=books.SUMMARY,
        operation_id="GetBrimBalanceSummary",
        summary="Retrieve a balance summary",
        description=(
            "Returns the opening balances, activity by reporting category and closing balances of a period; with "
            "`connected_accounts`, those of up to 1,000 connected accounts as well, and totals."
        ),
        parameters=BALANCE_SUMMARY,
        handler=books.summarize,
        resource="balance",
        level="read",
        returns=books_wire.BalanceSummaryObject,
        errors=(SummaryIntervalError, NotPlatformError),
    ),
    Operation(
        method="GET",
        path=books.TRANSFERS,
        operation_id="GetBrimTopupsTopupTransfers",
        summary="List the journal entries of a top-up",
        description="Returns what a top-up has posted to the ledger, oldest first.",
        parameters=(),
        handler=books.list_transfers,
        resource="topups",
        level="read",
        returns=books_wire.TransferObject,
        in_list=True,
    ),
)

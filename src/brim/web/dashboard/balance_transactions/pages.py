"""The list of balance transactions with its filters, the same set as a file, and one of them."""

from collections.abc import Mapping
from typing import Any, Final

from brim.base.csv_file import safe_cell
from brim.core.ledger import BalanceTransactionType
from brim.http.message import Reply
from brim.web.api_client import api_path
from brim.web.dashboard.csv_export import export_list, file_name
from brim.web.dashboard.formats import csv_amount, iso_time
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.wording import TRANSACTION_WORDS

TRANSACTIONS: Final = "/v1/brim/balance_transactions"
FILTERS: Final = ListFilters(
    path="/balance-transactions", texts=("currency", "source"), choices={"type": tuple(BalanceTransactionType)}
)
COLUMNS: Final = (
    "id",
    "created_utc",
    "type",
    "amount",
    "fee",
    "net",
    "balance",
    "currency",
    "source",
    "available_on_utc",
    "description",
)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /balance-transactions`."""
    asked = FILTERS.read(page)
    found = await page.api.get(TRANSACTIONS, **asked.query, **page_query(page))
    balance = await page.api.get("/v1/balance")
    return page.reply(
        "dashboard/balance_transactions.html",
        lines=found["data"],
        paging=paging(page, found),
        asked=asked,
        currencies=[("", "All"), *((each["currency"], each["currency"].upper()) for each in balance["available"])],
        types=[("", "All"), *TRANSACTION_WORDS.items()],
        export=page.link("/balance-transactions.csv", **asked.form.values),
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /balance-transactions/{id}`."""
    line = await page.api.get(api_path(TRANSACTIONS + "/{}", page.path_params["id"]))
    return page.reply("dashboard/balance_transaction.html", line=line)


async def export(page: SignedVisit) -> Reply:
    """`GET /balance-transactions.csv`: with the filters of the list; one that cannot be read leads there."""
    asked = FILTERS.read(page)
    if asked.form.errors:
        return page.redirect("/balance-transactions", **asked.form.values)
    name = file_name(page, "balance-transactions", *asked.file_details)
    return await export_list(page, TRANSACTIONS, asked.query, name=name, columns=COLUMNS, to_row=_row)


def _row(line: Mapping[str, Any]) -> tuple[str, ...]:
    currency = line["currency"]
    return (
        line["id"],
        iso_time(line["created"]),
        line["type"],
        csv_amount(line["amount"], currency),
        csv_amount(line["fee"], currency),
        csv_amount(line["net"], currency),
        csv_amount(line["balance"], currency),
        currency,
        line["source"],
        iso_time(line["available_on"]),
        safe_cell(line["description"]),
    )

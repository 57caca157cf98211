"""The list of balance transactions with its filters, the same set as a file, and one of them."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.csv_file import safe_cell
from brim.core.ledger import BalanceTransactionType
from brim.http.form import Field
from brim.http.message import Reply
from brim.web.api_client import api_path
from brim.web.dashboard.csv_export import day_details, export_list, file_name
from brim.web.dashboard.days import DAY_FIELDS, read_days
from brim.web.dashboard.formats import csv_amount, iso_time
from brim.web.dashboard.forms import Form
from brim.web.dashboard.paging import page_query, paging
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.wording import TRANSACTION_WORDS

TRANSACTIONS: Final = "/v1/brim/balance_transactions"
_EXACT: Final = ("currency", "type", "source")
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


class TransactionQuery(msgspec.Struct, frozen=True):
    """What the API is asked for, and the form as it was filled in."""

    query: dict[str, Field]
    form: Form


def read_filters(page: SignedVisit) -> TransactionQuery:
    """Return the filters of an address; a field that cannot be read filters nothing and shows its error."""
    given = {name: page.query[name].strip() for name in (*_EXACT, *DAY_FIELDS) if page.query.get(name)}
    form = Form(values=given)
    query: dict[str, Field] = {name: given[name] for name in _EXACT if given.get(name)}
    if given.get("type") and given["type"] not in set(BalanceTransactionType):
        form.errors["type"] = "There is no such type."
        del query["type"]
    if created := read_days(form, page.zone):
        query["created"] = created
    return TransactionQuery(query, form)


async def show_all(page: SignedVisit) -> Reply:
    """`GET /balance-transactions`."""
    filters = read_filters(page)
    found = await page.api.get(TRANSACTIONS, **filters.query, **page_query(page))
    balance = await page.api.get("/v1/balance")
    return page.reply(
        "dashboard/balance_transactions.html",
        lines=found["data"],
        paging=paging(page, found),
        form=filters.form,
        currencies=[("", "All"), *((each["currency"], each["currency"].upper()) for each in balance["available"])],
        types=[("", "All"), *TRANSACTION_WORDS.items()],
        export=page.link("/balance-transactions.csv", **filters.form.values),
    )


async def show(page: SignedVisit) -> Reply:
    """`GET /balance-transactions/{id}`."""
    line = await page.api.get(api_path(TRANSACTIONS + "/{}", page.path_params["id"]))
    return page.reply("dashboard/balance_transaction.html", line=line)


async def export(page: SignedVisit) -> Reply:
    """`GET /balance-transactions.csv`: with the filters of the list; one that cannot be read leads there."""
    filters = read_filters(page)
    if filters.form.errors:
        return page.redirect("/balance-transactions", **filters.form.values)
    given = filters.form.values
    name = file_name(page, "balance-transactions", *(given.get(each) for each in _EXACT), *day_details(given))
    return await export_list(page, TRANSACTIONS, filters.query, name=name, columns=COLUMNS, to_row=_row)


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

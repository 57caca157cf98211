"""Lists of live money as CSV files: refunds, returns, reversals, breaks and incoming transfers."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.csv_file import safe_cell
from brim.http.message import Reply
from brim.web.dashboard.ach_returns import pages as returns
from brim.web.dashboard.ach_reversals import pages as reversals
from brim.web.dashboard.breaks import pages as breaks
from brim.web.dashboard.csv_export import ToRow, export_list, file_name
from brim.web.dashboard.formats import csv_amount, iso_time
from brim.web.dashboard.list_filters import ListFilters
from brim.web.dashboard.push import pages as transfers
from brim.web.dashboard.refunds import pages as refunds
from brim.web.dashboard.signed import SignedVisit


class Export(msgspec.Struct, frozen=True):
    """A list as a file: what its name begins with, its filters, where the API lists it, its columns and its modes."""

    name: str
    filters: ListFilters
    path: str
    columns: tuple[str, ...]
    to_row: ToRow
    is_only_live: bool = True


def _refund(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        each["id"],
        iso_time(each["created"]),
        each["status"],
        csv_amount(each["amount"], each["currency"]),
        each["currency"],
        each["topup"],
        each["account"],
        each["balance_transaction"],
        each["file"] or "",
        each["trace"] or "",
        each["settled_on"] or "",
        each["return_code"] or "",
        safe_cell(each["description"]),
    )


def _return(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        each["id"],
        iso_time(each["created"]),
        each["status"],
        each["code"],
        each["meaning"],
        csv_amount(each["amount"], "usd"),
        "usd",
        each["topup"] or "",
        each["account"] or "",
        each["settled_on"] or "",
        each["bank_file"] or "",
    )


def _reversal(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        each["id"],
        iso_time(each["created"]),
        each["status"],
        each["reason"] or "",
        csv_amount(each["amount"], "usd"),
        "usd",
        each["topup"],
        each["account"],
        each["file"] or "",
        each["trace"] or "",
    )


def _break(each: Mapping[str, Any]) -> tuple[str, ...]:
    amount, currency = each["amount"], each["currency"]
    return (
        each["id"],
        iso_time(each["created"]),
        each["status"],
        each["kind"],
        "" if amount is None or currency is None else csv_amount(amount, currency),
        currency or "",
        safe_cell(each["detail"]),
        safe_cell(each["assigned_to"]),
        safe_cell(each["note"]),
        "" if each["resolved"] is None else iso_time(each["resolved"]),
        safe_cell(each["resolution"]),
        each["bank_file"] or "",
        each["statement_line"] or "",
    )


def _transfer(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        each["id"],
        iso_time(each["created"]),
        each["booked_on"],
        each["status"],
        each["reason"] or "",
        csv_amount(each["amount"], each["currency"]),
        each["currency"],
        safe_cell(each["reference"]),
        each["account"] or "",
        each["topup"] or "",
        safe_cell(each["handled_by"]),
    )


REFUNDS: Final = Export(
    "refunds",
    refunds.FILTERS,
    refunds.REFUNDS,
    (
        *("id", "created_utc", "status", "amount", "currency", "topup", "account", "balance_transaction", "file"),
        *("trace", "settled_on", "return_code", "description"),
    ),
    _refund,
)
RETURNS: Final = Export(
    "returns",
    returns.FILTERS,
    returns.RETURNS,
    (
        *("id", "created_utc", "status", "code", "meaning", "amount", "currency", "topup", "account", "settled_on"),
        "bank_file",
    ),
    _return,
    is_only_live=False,
)
REVERSALS: Final = Export(
    "reversals",
    reversals.FILTERS,
    reversals.REVERSALS,
    ("id", "created_utc", "status", "reason", "amount", "currency", "topup", "account", "file", "trace"),
    _reversal,
)
BREAKS: Final = Export(
    "breaks",
    breaks.FILTERS,
    breaks.BREAKS,
    (
        *("id", "created_utc", "status", "kind", "amount", "currency", "detail", "assigned_to", "note"),
        *("resolved_utc", "resolution", "bank_file", "statement_line"),
    ),
    _break,
)
TRANSFERS: Final = Export(
    "incoming-transfers",
    transfers.FILTERS,
    transfers.TRANSFERS,
    (
        *("id", "created_utc", "booked_on", "status", "reason", "amount", "currency", "reference", "account"),
        *("topup", "handled_by"),
    ),
    _transfer,
    is_only_live=False,
)


EXPORTS: Final = (REFUNDS, RETURNS, REVERSALS, BREAKS, TRANSFERS)
"""The lists that are files, too, at their path with `.csv` behind it."""


async def export(what: Export, page: SignedVisit) -> Reply:
    """`GET /refunds.csv` and the like: with the filters of the list; one that cannot be read leads there."""
    asked = what.filters.read(page)
    if asked.form.errors:
        return page.redirect(what.filters.path, **asked.values)
    name = file_name(page, what.name, *asked.file_details)
    return await export_list(page, what.path, asked.query, name=name, columns=what.columns, to_row=what.to_row)

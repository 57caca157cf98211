"""Statements, and the lines of one, as CSV files: all pages, as long as they are."""

from collections.abc import Mapping
from typing import Any, Final

from brim.base.csv_file import safe_cell
from brim.http.message import Reply
from brim.web.api_client import api_path
from brim.web.dashboard.bank_statements.pages import (
    LINES,
    STATEMENT,
    STATEMENTS,
    read_lines,
    read_statements,
)
from brim.web.dashboard.csv_export import export_list, file_name
from brim.web.dashboard.formats import csv_amount, iso_time
from brim.web.dashboard.signed import SignedVisit

STATEMENT_COLUMNS: Final = (
    "id",
    "bank_account",
    "currency",
    "number",
    "first_day",
    "last_day",
    "opening_balance",
    "closing_balance",
    "line_count",
    "new_line_count",
    "open_breaks",
    "open_amount",
    "place",
    "replaced_by",
    "bank_file",
    "created_utc",
    "is_applied",
)
LINE_COLUMNS: Final = (
    "id",
    "statement",
    "bank_account",
    "position",
    "booked_on",
    "amount",
    "currency",
    "status",
    "unposted_amount",
    "type_code",
    "bank_reference",
    "reference",
    "description",
    "matched_kind",
    "matched_to",
    "break",
    "settlement",
    "remittance",
    "parent",
)


async def export_statements(page: SignedVisit) -> Reply:
    """`GET /bank-statements.csv`: with the filters of the list."""
    asked = read_statements(page)
    name = file_name(page, "bank-statements", *asked.file_details)
    return await export_list(page, STATEMENTS, asked.query, name=name, columns=STATEMENT_COLUMNS, to_row=_statement)


async def export_all_lines(page: SignedVisit) -> Reply:
    """`GET /statement-lines.csv`: those that are open, or whichever the page lists."""
    asked = read_lines(page)
    name = file_name(page, "statement-lines", *asked.file_details)
    return await export_list(page, LINES, asked.query, name=name, columns=LINE_COLUMNS, to_row=_line)


async def export_lines(page: SignedVisit) -> Reply:
    """`GET /bank-statements/{statement}/lines.csv`."""
    statement = page.path_params["statement"]
    path = api_path(STATEMENT + "/lines", statement)
    name = file_name(page, "statement-lines", statement)
    return await export_list(page, path, {}, name=name, columns=LINE_COLUMNS, to_row=_line)


def _statement(each: Mapping[str, Any]) -> tuple[str, ...]:
    currency = each["currency"]
    return (
        each["id"],
        each["bank_account"],
        currency,
        safe_cell(each["number"]),
        each["first_day"],
        each["last_day"],
        csv_amount(each["opening_balance"], currency),
        csv_amount(each["closing_balance"], currency),
        str(each["line_count"]),
        "" if each["new_line_count"] is None else str(each["new_line_count"]),
        str(each["open_breaks"]),
        csv_amount(each["open_amount"], currency),
        each["place"],
        each["replaced_by"] or "",
        each["bank_file"],
        iso_time(each["created"]),
        "true" if each["is_applied"] else "false",
    )


def _line(each: Mapping[str, Any]) -> tuple[str, ...]:
    matched, currency = each["matched"], each["currency"]
    return (
        each["id"],
        each["statement"] or "",
        each["bank_account"],
        str(each["position"]),
        each["booked_on"],
        csv_amount(each["amount"], currency),
        currency,
        each["status"],
        csv_amount(each["unposted_amount"], currency),
        safe_cell(each["type_code"]),
        safe_cell(each["bank_reference"]),
        safe_cell(each["reference"]),
        safe_cell(each["description"]),
        matched["kind"] if matched else "",
        matched_to(matched) or "",
        each["break"] or "",
        each["settlement"] or "",
        safe_cell(each["remittance"]),
        each["parent"] or "",
    )


def matched_to(matched: Mapping[str, Any] | None) -> str | None:
    """Return the id of what a line is about; None where nothing is known."""
    if not matched:
        return None
    names = ("file", "topup", "incoming_transfer", "reversal", "refund", "dishonor")
    return next((matched[name] for name in names if matched[name]), None)

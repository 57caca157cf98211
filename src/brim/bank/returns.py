"""Sends a day's returns and notifications of change, and books the returns."""

import sqlite3
from dataclasses import replace
from typing import Any, Final

from brim.bank.nacha_writer import Correspondents, ReturnedEntry, write_returns
from brim.bank.step import Step

_FOREIGN: Final = "12100035"
"""The bank whose entry a misrouted return names."""
_OPERATOR: Final = "06100014"
"""The Federal Reserve Bank that returns entries for which there is no receiving bank."""


def send_returns(step: Step) -> None:
    """Write the file of all returns and notifications that are due, and book the returns."""
    rows = sorted(step.store.rows("due_outcomes", step.now), key=_batch_key)
    returned = [entry for row in rows for entry in _returns_of(step, row)]
    between = Correspondents(step.settings.routing, rows[0]["origin_field"], rows[0]["origin_name"])
    content = write_returns(returned, between, step.local.local(step.now))
    for entry in returned:
        _book_return(step, entry)
    name = f"returns_{step.day:%Y%m%d}"
    actions = step.day_rules("lose_returns", "duplicate_returns")
    if "lose_returns" not in actions:
        step.hand_out(f"{name}.ach", content)
    if "duplicate_returns" in actions:
        step.hand_out(f"{name}_again.ach", content)


def _batch_key(row: sqlite3.Row) -> tuple[Any, ...]:
    """Return what entries of one batch of returns have in common."""
    company = (row["company_name"], row["company_id"], row["sec"], row["description"])
    return (row["action"] == "notify", _returning_bank(row), *company)


def _returning_bank(row: sqlite3.Row) -> str:
    return _OPERATOR if row["operator_return"] else str(row["routing"])[:8]


def _returns_of(step: Step, row: sqlite3.Row) -> list[ReturnedEntry]:
    """Return what is sent for an entry: one return or notification, or two if a rule duplicates it."""
    first = _returned(step, row)
    if first.notification:
        return [first]
    fault = step.store.value("fault", row["id"]) or ""
    other_account = first.account[:-1] + ("1" if first.account[-1:] != "1" else "2")
    wrong: dict[str, dict[str, Any]] = {
        "misrouted": {"original_trace": _FOREIGN + first.original_trace[8:]},
        "amount": {"amount": first.amount + 100},
        "account": {"account": other_account},
    }
    sent = [replace(first, **wrong.get(fault, {}))]
    if fault == "twice":
        sent.append(replace(first, trace=_next_trace(step, first.returning_bank)))
    for entry in sent:
        named = (entry.code, entry.original_trace, entry.account, entry.amount)
        step.store.run("insert_returned", entry.trace, row["id"], *named, step.day.isoformat())
    return sent


def _next_trace(step: Step, bank: str) -> str:
    return f"{bank}{step.store.value('next_trace'):07}"


def _returned(step: Step, row: sqlite3.Row) -> ReturnedEntry:
    bank = _returning_bank(row)
    trace = _next_trace(step, bank)
    step.store.run("set_outcome_trace", trace, row["outcome"])
    return ReturnedEntry(
        notification=row["action"] == "notify",
        returning_bank=bank,
        company_name=row["company_name"],
        company_id=row["company_id"],
        sec=row["sec"],
        description=row["description"],
        trace=trace,
        code=row["reason"],
        text=row["text"],
        original_trace=row["trace"],
        original_rdfi=row["routing"][:8],
        transaction_code=row["code"],
        account=row["account"],
        amount=row["amount"],
        individual_id=row["individual_id"],
        name=row["name"],
        discretionary=row["discretionary"],
    )


def _book_return(step: Step, entry: ReturnedEntry) -> None:
    if entry.notification or not entry.amount:
        return
    kind, sign = ("credit_return", 1) if entry.is_credit else ("debit_return", -1)
    text = f"ACH RETURN {entry.code} {entry.original_trace} {entry.trace}"
    step.book(kind, step.day, sign * entry.amount, entry.original_trace, text, 1, entry.code)
    if step.settings.return_fee:
        text = f"ACH RETURN FEE {entry.code} {entry.original_trace}"
        step.book("return_fee", step.day, -step.settings.return_fee, entry.original_trace, text, 1, entry.code)

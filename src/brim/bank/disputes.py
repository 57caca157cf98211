"""Dishonored returns: accepts or rejects them, books the money back, and contests them for the receiving bank.

Source: Nacha Operating Rules, appendix four: dishonored returns (R61 to R70) and contested ones (R71 to R77).
"""

import sqlite3
from datetime import date
from typing import Any, Final

from brim.bank.banking_days import RETURNS, add_banking_days
from brim.bank.inspection import operator_return
from brim.bank.nacha_reader import Batch, Entry, Fault
from brim.bank.nacha_writer import Correspondents, ReturnedEntry, write_returns
from brim.bank.step import Step

DISHONOR_DAYS: Final = 5
"""Banking days from a return's settlement within which the originator's bank dishonors it."""


def find_dishonor_fault(step: Step, batch: Batch, processing_day: date) -> Fault | None:
    """Return what rejects a batch of dishonored returns, if anything does."""
    seen: set[str] = set()
    for entry in batch.entries:
        if entry.dishonor is None:
            continue
        if fault := _entry_fault(step, entry, processing_day):
            return fault
        if entry.dishonor.return_trace in seen:
            return Fault("DUPLICATE_DISHONOR", f"the return {entry.dishonor.return_trace} is in the batch twice")
        seen.add(entry.dishonor.return_trace)
    return None


def _entry_fault(step: Step, entry: Entry, processing_day: date) -> Fault | None:
    told = entry.dishonor
    assert told is not None  # noqa: S101  the caller has checked
    returned = step.store.row("returned", told.return_trace)
    if returned is None:
        return Fault(
            "UNKNOWN_RETURN", f"trace {entry.trace} dishonors the return {told.return_trace}, which is unknown"
        )
    sent_on = date.fromisoformat(returned["sent_on"])
    for name, written, expected in (
        ("original trace", told.original_trace, returned["original_trace"]),
        ("return reason", told.return_code, returned["code"]),
        ("amount", entry.amount, returned["amount"]),
        ("account", entry.account, returned["account"]),
        ("settlement day", told.settlement, f"{sent_on:%j}"),
    ):
        if written != expected:
            return Fault("DISHONOR_FIELD", f"the {name} of trace {entry.trace} is {written}, the return's {expected}")
    if returned["dishonored"]:
        return Fault("DUPLICATE_DISHONOR", f"the return {told.return_trace} was already dishonored")
    if processing_day > add_banking_days(sent_on, DISHONOR_DAYS):
        return Fault(
            "LATE_DISHONOR", f"the return {told.return_trace} settled on {sent_on}, over five banking days ago"
        )
    return None


def keep_dishonors(step: Step, batch_id: int, batch: Batch) -> None:
    """Store the entries of a batch of dishonored returns that was accepted."""
    for entry in batch.entries:
        entry_id = step.store.run("insert_entry", *entry_row(batch_id, entry))
        if entry.dishonor is not None:
            step.store.run("insert_dishonor", entry_id, entry.dishonor.code, entry.dishonor.return_trace)


def book_dishonor(step: Step, dishonor: sqlite3.Row, settled: date) -> None:
    """Book the money of a dishonored return back, and plan whether its receiving bank contests that."""
    traces = f"{dishonor['original_trace']} {dishonor['trace']}"
    text = f"ACH DISHONORED RETURN {dishonor['code']} {traces}"
    step.book("dishonored_return", settled, dishonor["amount"], dishonor["trace"], text, 1, dishonor["code"])
    contest = step.contest(dishonor["entry_trace"], dishonor["entry_account"], dishonor["entry_amount"])
    if contest:
        code, days = contest
        due_at = step.local.next_at(RETURNS, add_banking_days(settled, days), step.now)
        step.store.run("plan_contest", code, due_at, dishonor["id"])


def send_contests(step: Step) -> None:
    """Write the file of all due contests, and debit the money again."""
    rows = sorted(step.store.rows("due_contests", step.now), key=_batch_key)
    contested = [_contested(step, row) for row in rows]
    between = Correspondents(step.settings.routing, rows[0]["origin_field"], rows[0]["origin_name"])
    content = write_returns(contested, between, step.local.local(step.now))
    for row, entry in zip(rows, contested, strict=True):
        text = f"ACH CONTESTED RETURN {entry.code} {entry.original_trace} {entry.trace}"
        step.book("contested_return", step.day, -entry.amount, row["trace"], text, 1, entry.code)
    step.hand_out(f"contests_{step.day:%Y%m%d}.ach", content)


def _batch_key(row: sqlite3.Row) -> tuple[Any, ...]:
    return (row["rdfi"][:8], row["company_name"], row["company_id"], row["sec"], row["description"])


def _contested(step: Step, row: sqlite3.Row) -> ReturnedEntry:
    bank = row["rdfi"][:8]
    trace = f"{bank}{step.store.value('next_trace'):07}"
    step.store.run("set_contest_trace", trace, row["dishonor"])
    returned_on, settled_on = date.fromisoformat(row["sent_on"]), date.fromisoformat(row["original_settled_on"])
    dishonored_on = date.fromisoformat(row["dishonored_on"])
    text = (
        f"{settled_on:%j}{row['return_trace']}{returned_on:%j}{row['return_code'][1:]}{row['trace']}{dishonored_on:%j}"
        f"{row['dishonor_code'][1:]}"
    )
    return ReturnedEntry(
        notification=False,
        returning_bank=bank,
        company_name=row["company_name"],
        company_id=row["company_id"],
        sec=row["sec"],
        description=row["description"],
        trace=trace,
        code=row["contest_code"],
        text=text,
        original_trace=row["original_trace"],
        original_rdfi=bank,
        transaction_code=row["code"],
        account=row["account"],
        amount=row["amount"],
        individual_id=row["individual_id"],
        name=row["name"],
        discretionary=row["discretionary"],
        contested_on=f"{returned_on:%y%m%d}",
    )


def entry_row(batch_id: int, entry: Entry) -> tuple[Any, ...]:
    """Return the row of an entry."""
    return (
        batch_id,
        entry.trace,
        entry.code,
        entry.routing,
        entry.account,
        entry.amount,
        entry.individual_id,
        entry.name,
        entry.discretionary,
        operator_return(entry),
    )

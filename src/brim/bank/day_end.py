"""Writes the statement of a banking day."""

import sqlite3
from dataclasses import replace
from typing import Final

from brim.bank.bai2 import write_bai2
from brim.bank.banking_days import STATEMENT
from brim.bank.camt053 import write_camt053
from brim.bank.statement_lines import Statement, StatementLine
from brim.bank.step import Step

_FORMATS: Final = {"bai2": (write_bai2, "bai2"), "camt053": (write_camt053, "xml")}
"""The writer of each format, and how the names of its files end."""


def write_statement(step: Step) -> None:
    """Close the day, and hand out its statement as the rules of the script leave it."""
    day = step.day
    actions = step.day_rules("lose_statement", "duplicate_statement", "change_line", "drop_line", "add_line")
    if "add_line" in actions:
        rule = actions["add_line"]
        step.book("other", day, rule.fields["cents"], "", str(rule.fields.get("text", "UNKNOWN")), 1)
    lines = [_line_of(row) for row in step.store.rows("lines_of_day", day.isoformat())]
    opening = step.store.value("last_closing") or 0
    closing = opening + sum(line.amount for line in lines)
    number = step.store.value("count_statements") + 1
    step.store.run("insert_statement", day.isoformat(), opening, closing, len(lines))
    step.store.run("set_next_statement", step.local.next_at(STATEMENT, day, step.now))
    if lines and "change_line" in actions:
        lines[0] = _changed(lines[0], actions["change_line"].fields["cents"])
    if lines and "drop_line" in actions:
        del lines[0]
    write, ending = _FORMATS[step.settings.statement_format]
    content = write(
        Statement(
            number=number,
            day=day,
            made=step.local.local(step.now),
            routing=step.settings.routing,
            account=step.settings.account,
            opening=opening,
            closing=closing,
            lines=lines,
            currency=step.settings.currency,
        )
    )
    name = f"statement_{day:%Y%m%d}"
    if "lose_statement" not in actions:
        step.hand_out(f"{name}.{ending}", content)
    if "duplicate_statement" in actions:
        step.hand_out(f"{name}_again.{ending}", content)


def _line_of(row: sqlite3.Row) -> StatementLine:
    names = ("kind", "amount", "count", "bank_reference", "customer_reference", "code", "text")
    return StatementLine(**{name: row[name] for name in names})


def _changed(line: StatementLine, cents: int) -> StatementLine:
    return replace(line, amount=line.amount + cents)

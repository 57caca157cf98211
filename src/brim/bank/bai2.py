"""Writes a statement as BAI2. Source: Cash Management Balance Reporting Specifications, version 2."""

from collections.abc import Iterable
from typing import Final

from brim.bank.statement_lines import Statement, StatementLine

TYPES: Final = {
    "collection": ("165", "165"),
    "payment": ("455", "455"),
    "debit_return": ("557", "557"),
    "credit_return": ("257", "257"),
    "dishonored_return": ("257", "257"),
    "contested_return": ("557", "557"),
    "return_fee": ("698", "698"),
    "transfer": ("195", "495"),
    "other": ("142", "451"),
}
"""Type code by the kind of line, of a credit and of a debit."""


def write_bai2(statement: Statement) -> bytes:
    """Return the statement as a file with one group and one account."""
    credits_ = [line.amount for line in statement.lines if line.amount > 0]
    debits = [-line.amount for line in statement.lines if line.amount < 0]
    summary = (statement.opening, statement.closing, sum(credits_), sum(debits))
    account = [
        f"03,{statement.account},USD,010,{statement.opening},,,015,{statement.closing},,/",
        f"88,100,{sum(credits_)},{len(credits_)},,400,{sum(debits)},{len(debits)},/",
        *(_detail(line) for line in statement.lines),
    ]
    total = sum(summary) + sum(abs(line.amount) for line in statement.lines)
    group = [
        f"02,{statement.account},{statement.routing},1,{statement.day:%y%m%d},2400,USD,4/",
        *account,
        f"49,{total},{len(account) + 1}/",
    ]
    file = [
        f"01,{statement.routing},{statement.account},{statement.made:%y%m%d,%H%M},{statement.number},,,2/",
        *group,
        f"98,{total},1,{len(group) + 1}/",
    ]
    return _joined([*file, f"99,{total},1,{len(file) + 1}/"])


def _detail(line: StatementLine) -> str:
    code = TYPES[line.kind][line.amount < 0]
    return f"16,{code},{abs(line.amount)},0,{line.bank_reference},{line.customer_reference},{line.text}"


def _joined(records: Iterable[str]) -> bytes:
    return "".join(f"{record}\n" for record in records).encode("ascii")

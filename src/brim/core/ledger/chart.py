"""The chart of accounts, as data: every ledger account that an entry may name, and what is allowed on it.

Each account and mode has its own set of these, one a currency. `docs/ledger.md` shows the chart.
"""

from enum import StrEnum
from typing import Final

import msgspec


class NormalSide(StrEnum):
    """The side on which an account's balance usually stands: debit for assets and expenses, credit for the others."""

    DEBIT = "debit"
    CREDIT = "credit"


class Overdraft(StrEnum):
    """Whether an account's balance may stand on the other side than its normal one."""

    NEVER = "never"
    BY_RETURNS = "by_returns"
    """Only by what a bank takes back; nothing that is spent may overdraw it."""
    ALLOWED = "allowed"


class ChartAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One ledger account, or a family of them: `bank:` stands for one account for each bank account.

    `returns_to_zero` says that what is posted here is on its way, and has to leave again.
    """

    code: str
    normal_side: NormalSide
    overdraft: Overdraft
    returns_to_zero: bool = False
    description: str


AVAILABLE: Final = "balance:available"
RESERVED: Final = "balance:reserved"
FUNDING_CLEARING: Final = "funding:clearing"
PAYOUTS_CLEARING: Final = "payouts:clearing"
FEES: Final = "fees"
VERIFICATION: Final = "verification"
BANK: Final = "bank:"
"""What the code of a bank account's ledger account begins with; its id follows."""
SUSPENSE: Final = "suspense:"
"""What the code of the suspense account of a bank account begins with; its id follows."""

CHART: Final = (
    ChartAccount(
        code=AVAILABLE,
        normal_side=NormalSide.CREDIT,
        overdraft=Overdraft.BY_RETURNS,
        description="Money that the customer can spend. Negative after a late return of spent money.",
    ),
    ChartAccount(
        code=RESERVED,
        normal_side=NormalSide.CREDIT,
        overdraft=Overdraft.NEVER,
        description="Money held for later spending, or as a reserve.",
    ),
    ChartAccount(
        code=FUNDING_CLEARING,
        normal_side=NormalSide.DEBIT,
        overdraft=Overdraft.ALLOWED,
        returns_to_zero=True,
        description="Top-ups between the customer's balance and the bank's statement.",
    ),
    ChartAccount(
        code=PAYOUTS_CLEARING,
        normal_side=NormalSide.CREDIT,
        overdraft=Overdraft.ALLOWED,
        returns_to_zero=True,
        description="Not used: Brim makes no payouts.",
    ),
    ChartAccount(
        code=SUSPENSE,
        normal_side=NormalSide.CREDIT,
        overdraft=Overdraft.ALLOWED,
        returns_to_zero=True,
        description="Money at the bank that can't be credited to anyone yet, one account per bank account.",
    ),
    ChartAccount(
        code=FEES,
        normal_side=NormalSide.DEBIT,
        overdraft=Overdraft.ALLOWED,
        description="Bank charges, such as the part of a return beyond the top-up's amount.",
    ),
    ChartAccount(
        code=VERIFICATION,
        normal_side=NormalSide.DEBIT,
        overdraft=Overdraft.ALLOWED,
        description="A platform's cost of micro-deposits, minus what it debits again and what banks return.",
    ),
    ChartAccount(
        code=BANK,
        normal_side=NormalSide.DEBIT,
        overdraft=Overdraft.ALLOWED,
        description="Money at a bank, one account per bank account, posted when a statement confirms it.",
    ),
)
"""The chart. A new ledger account is a new row here, and its line in `docs/ledger.md`."""

_BY_CODE: Final = {account.code: account for account in CHART}
FAMILIES: Final = (BANK, SUSPENSE)
"""The codes of the chart that stand for one account for each bank account."""


def chart_account(code: str) -> ChartAccount | None:
    """Return the row of the chart for a ledger account; None when it is not in the chart."""
    for family in FAMILIES:
        if code.startswith(family):
            return _BY_CODE[family] if code != family else None
    return _BY_CODE.get(code)


def bank_ledger_account(bank_account: str) -> str:
    """Return the code of the ledger account of a bank account, given by its id."""
    return f"{BANK}{bank_account}"


def suspense_ledger_account(bank_account: str) -> str:
    """Return the code of the suspense account of a bank account, given by its id."""
    return f"{SUSPENSE}{bank_account}"

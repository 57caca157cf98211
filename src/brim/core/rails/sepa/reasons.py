"""Why banks refuse, return or refund a SEPA direct debit: the reason codes, as data.

Sources: EPC173-14, guidance on reason codes for R-transactions of direct debits; ISO 20022 external status and return
reasons. The wire's `failure_code` for each is ours: Stripe publishes no such table.
"""

from enum import StrEnum
from typing import Final

import msgspec


class Blame(StrEnum):
    """Whom a reason is about: what a person looks at when it comes."""

    DEBTOR = "debtor"
    """The debtor, the account or the mandate."""
    FILE = "file"
    """What was sent: the bank could not use it."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason code of ISO 20022.

    `failure_code` is the wire's. `is_unauthorized` says that the debtor denies the mandate, so nothing can be collected
    under it any more; `may_be_retried` that another collection can be presented.
    """

    code: str
    text: str
    failure_code: str
    blame: Blame = Blame.DEBTOR
    is_unauthorized: bool = False
    may_be_retried: bool = False


_TABLE: Final = (
    Reason(code="AC01", text="The IBAN is invalid or unknown", failure_code="invalid_account_number"),
    Reason(code="AC04", text="The account is closed", failure_code="account_closed"),
    Reason(code="AC06", text="The account is blocked", failure_code="account_frozen"),
    Reason(code="AC13", text="The account is a consumer's", failure_code="bank_account_restricted"),
    Reason(code="AG01", text="The account cannot be debited directly", failure_code="bank_account_restricted"),
    Reason(code="AG02", text="The transaction code is invalid", failure_code="could_not_process", blame=Blame.FILE),
    Reason(code="AM04", text="Insufficient funds", failure_code="insufficient_funds", may_be_retried=True),
    Reason(code="AM05", text="The collection is a duplicate", failure_code="could_not_process", blame=Blame.FILE),
    Reason(
        code="BE05",
        text="The creditor identifier is not recognized",
        failure_code="could_not_process",
        blame=Blame.FILE,
    ),
    Reason(
        code="CNOR", text="The creditor's bank is not registered", failure_code="could_not_process", blame=Blame.FILE
    ),
    Reason(code="DNOR", text="The debtor's bank is not registered", failure_code="bank_account_restricted"),
    Reason(code="DT01", text="The date is invalid", failure_code="could_not_process", blame=Blame.FILE),
    Reason(code="ED05", text="The settlement failed", failure_code="could_not_process", blame=Blame.FILE),
    Reason(code="FF01", text="The file format is invalid", failure_code="could_not_process", blame=Blame.FILE),
    Reason(code="FF05", text="The local instrument is invalid", failure_code="could_not_process", blame=Blame.FILE),
    Reason(code="FOCR", text="Follows a request for cancellation", failure_code="could_not_process"),
    Reason(code="MD01", text="No valid mandate", failure_code="debit_not_authorized", is_unauthorized=True),
    Reason(
        code="MD02",
        text="Data of the mandate are missing or wrong",
        failure_code="debit_not_authorized",
        blame=Blame.FILE,
    ),
    Reason(code="MD06", text="Refund at the debtor's request", failure_code="debit_not_authorized"),
    Reason(code="MD07", text="The debtor is deceased", failure_code="bank_ownership_changed"),
    Reason(code="MS02", text="Refused by the debtor", failure_code="debit_not_authorized"),
    Reason(
        code="MS03", text="The debtor's bank gives no reason", failure_code="could_not_process", may_be_retried=True
    ),
    Reason(code="RC01", text="The BIC is invalid", failure_code="invalid_account_number"),
    Reason(
        code="RR01",
        text="Regulatory reason: the debtor's account or identification is missing",
        failure_code="could_not_process",
        blame=Blame.FILE,
    ),
    Reason(
        code="RR02",
        text="Regulatory reason: the debtor's name or address is missing",
        failure_code="could_not_process",
        blame=Blame.FILE,
    ),
    Reason(
        code="RR03",
        text="Regulatory reason: the creditor's name or address is missing",
        failure_code="could_not_process",
        blame=Blame.FILE,
    ),
    Reason(code="RR04", text="Regulatory reason", failure_code="could_not_process"),
    Reason(code="SL01", text="The debtor allows no such collection", failure_code="debit_not_authorized"),
    Reason(code="TECH", text="Technical problems", failure_code="could_not_process", blame=Blame.FILE),
)
REASONS: Final = {reason.code: reason for reason in _TABLE}
"""The reasons by their codes."""


def find_reason(code: str) -> Reason | None:
    """Return a reason by its code; None for one that is not in the table, which a person has to look at."""
    return REASONS.get(code.strip().upper())

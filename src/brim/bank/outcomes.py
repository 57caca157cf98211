"""What becomes of an entry at its receiving bank: by account number, or by a rule of the script.

Numbers with a name are Stripe's for ACH debits (https://docs.stripe.com/testing#ach-direct-debit); the families
`99RRDD0000` and `99RRDD00CC`, and `98CC000000`, `97CC000000` and `96CC000000`, reach every code; `95NRR00000` has a
debit returned so often that it is presented again, and `94RRDD0000` has debits paid and credits returned.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from brim.bank.banking_days import add_banking_days, on_or_after

USUAL_DAYS: Final = 2
"""Banking days within which a receiving bank returns an entry, unless the number or rule says otherwise."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A return, a notification of change, or that the bank never settles; `days` are after settlement.

    `fault` is what is wrong with a return, so that it can be dishonored.
    `layout` says how corrected data stand that the bank makes up: as the rules have it, `shifted` (the transaction code
    of C06 and C07 at the end), or `unusable`.
    """

    action: str
    code: str = ""
    days: int = USUAL_DAYS
    corrected: str = ""
    text: str = ""
    layout: str = ""
    fault: str = ""


NEVER: Final = Outcome("never_settle")

NAMED: Final[dict[str, tuple[Outcome | None, str]]] = {
    "000123456789": (None, "paid"),
    "000111111116": (Outcome("return", "R03"), "no account"),
    "000111111113": (Outcome("return", "R02"), "account closed"),
    "000222222227": (Outcome("return", "R01"), "insufficient funds"),
    "000333333335": (Outcome("return", "R10"), "not authorized"),
    "000555555559": (Outcome("return", "R10", 30), "disputed: not authorized, on calendar day 30"),
    "000000000009": (NEVER, "never settles: its batch is accepted, and nothing follows"),
}
"""Outcome and meaning by account number."""

RETURN_CODES: Final = re.compile(r"R\d\d|[A-Z]{2}\d\d|[A-Z]{4}")
"""Codes of Nacha's, and reasons of ISO 20022."""
CHANGE_CODES: Final = re.compile(r"C\d\d")
_RETURNED: Final = re.compile(r"99(\d\d)(\d\d)00(00|7[1-7])")
CONTEST_CODES: Final = re.compile(r"R7[1-7]")
CONTEST_DAYS: Final = 2
"""Banking days within which a receiving bank contests a dishonored return. Source: Nacha Operating Rules."""
FAULTS: Final = ("", "misrouted", "amount", "account", "twice")
"""What can be wrong with a return: it names another bank's entry, another amount or account, or comes twice."""
_RETURNED_OFTEN: Final = re.compile(r"95(\d)(\d\d)00000")
_CREDIT_RETURNED: Final = re.compile(r"94(\d\d)(\d\d)0000")
_CHANGED: Final = re.compile(r"(9[678])(0[1-9]|1[0-4])000000")

LAYOUTS: Final = {"98": "", "97": "unusable", "96": "shifted"}
"""How corrected data stand, by the beginning of an account number."""

_CALENDAR_DAYS: Final = {"R05", "R07", "R10", "R11", "R33", "R37", "R38", "R51", "R53"}
"""Reasons whose time limit is counted in calendar days."""

_WITHOUT_MONEY: Final = {"R02", "R03", "R04", "R13", "R16", "R19", "R20", "R26"}
"""Reasons for which a prenote or a credit is returned; the others are for what debits an account."""

_DEBITS_ONLY: Final = {"R01", "R05", "R07", "R08", "R09", "R10", "R11", "R29", "R31", "R37", "R38", "R51", "R52", "R53"}
"""Reasons for which only debits are returned."""

_ROUTINGS: Final = ("021000021", "011401533")


def is_counted(account: str) -> bool:
    """Return whether an account number asks for a number of returns of one debit, and then for payment."""
    return _RETURNED_OFTEN.fullmatch(account) is not None


def by_account(account: str, *, prenote: bool, credit: bool = False, returned: int = 0) -> Outcome | None:
    """Return what an account number asks for; None if the entry is simply paid.

    `returned` is how often the same debit was returned before.
    """
    outcome: Outcome | None = None
    if account in NAMED:
        outcome = NAMED[account][0]
    elif found := _RETURNED.fullmatch(account):
        outcome = Outcome("return", f"R{found[1]}", int(found[2]))
    elif found := _RETURNED_OFTEN.fullmatch(account):
        outcome = Outcome("return", f"R{found[2]}") if returned < int(found[1]) else None
    elif found := _CREDIT_RETURNED.fullmatch(account):
        outcome = Outcome("return", f"R{found[1]}", int(found[2])) if credit else None
    elif found := _CHANGED.fullmatch(account):
        outcome = Outcome("notify", f"C{found[2]}", 1, layout=LAYOUTS[found[1]])
    if outcome and credit and outcome.code in _DEBITS_ONLY:
        return None
    if outcome and prenote and outcome.action == "return" and outcome.code not in _WITHOUT_MONEY:
        return None
    return outcome


def contest_by_account(account: str) -> str | None:
    """Return the code with which the dishonor of an account's return is contested; None where it is accepted."""
    found = _RETURNED.fullmatch(account)
    return f"R{found[3]}" if found and found[3] != "00" else None


def due_day(outcome: Outcome, settled: date) -> date:
    """Return the banking day on which the receiving bank sends an outcome."""
    if outcome.code in _CALENDAR_DAYS:
        return on_or_after(settled + timedelta(days=outcome.days))
    return add_banking_days(settled, outcome.days)


def corrected_data(code: str, routing: str, account: str, transaction_code: str, layout: str = "") -> str:
    """Return plausible corrected data of a notification, in the positions its code has for them.

    Those that are `unusable` have a wrong check digit, no account number, or a transaction code that does not exist.
    Source: Nacha Operating Rules, appendix five; other banks have the transaction code at the end (`shifted`).
    """
    new_account = f"1{account[2:] or '0'}"
    new_routing = _ROUTINGS[routing == _ROUTINGS[0]]
    new_code = ("3" if transaction_code[0] == "2" else "2") + ("2" if transaction_code[1] in "234" else "7")
    if layout == "unusable":
        new_account, new_code = "0" * len(new_account), "99"
        new_routing = new_routing[:8] + str((int(new_routing[8]) + 1) % 10)
    with_code = f"{new_account:17}   {new_code}"
    with_both = f"{new_routing}{new_account:17}{new_code}"
    if layout == "shifted":
        with_code, with_both = f"{new_account:27}{new_code}", f"{new_routing}{new_account:18}{new_code}"
    return {
        "C01": new_account,
        "C02": new_routing,
        "C03": f"{new_routing}   {new_account}",
        "C04": "CORRECTED NAME",
        "C05": new_code,
        "C06": with_code,
        "C07": with_both,
        "C08": new_routing,
        "C09": "CORRECTED ID",
        "C10": "CORRECTED COMPANY",
        "C11": "9876543210",
        "C12": "CORRECTED COMPANY",
        "C13": "ADDENDA FORMAT",
        "C14": "IAT",
    }.get(code, new_account)

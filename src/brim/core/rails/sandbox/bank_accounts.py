"""The bank accounts of test mode: documented ids that need not be on file, account numbers, and micro-deposits.

Source of the tokens: Stripe's Connect testing guide. Source of the payment methods: Stripe's ACH Direct Debit
testing guide, as of the account numbers and the micro-deposits. Ours, where no documented id has the effect:
`..._reversed`, `..._reversedLate`, `..._corrected`, `..._fileRejected`, `..._fileRejectedFails`, `..._dishonored`,
`..._dishonorContested`, `..._reversedDishonored`, `..._reversedDishonorContested`, `..._pending`, and the account
numbers that begin with 0007.
"""

from typing import Final

from brim.core.bank_accounts import TEST_BANK_ROUTING_NUMBER, BankNumbers, Guess, Verification
from brim.core.rails.bank_accounts import BankAccountRules, Counterparty

CORRECTS: Final = "corrected"
"""The scenario of a bank account whose number its bank corrects."""
NUMBER_TO_CORRECT: Final = "000777777773"
CORRECTED_NUMBER: Final = "000123456789"
"""What that bank makes of it."""

SOURCE_SCENARIOS: Final[dict[str, str | None]] = {
    "btok_us_verified": None,
    "btok_us_verified_noAccount": "no_account",
    "btok_us_verified_accountClosed": "account_closed",
    "btok_us_verified_insufficientFunds": "insufficient_funds",
    "btok_us_verified_debitNotAuthorized": "debit_not_authorized",
    "btok_us_verified_invalidCurrency": "invalid_currency",
    "btok_us_verified_reversed": "returned",
    "btok_us_verified_reversedLate": "returned_late",
    "btok_us_verified_corrected": CORRECTS,
    "btok_us_verified_fileRejected": "file_rejected",
    "btok_us_verified_fileRejectedFails": "file_rejected_fails",
    "btok_us_verified_dishonored": "dishonored",
    "btok_us_verified_dishonorContested": "dishonor_contested",
    "btok_us_verified_reversedDishonored": "returned_dishonored",
    "btok_us_verified_reversedDishonorContested": "returned_dishonor_contested",
    "btok_us_verified_pending": "pending",
}
"""Scenario by test token, for a top-up's `source`."""

IBAN_SCENARIOS: Final[dict[str, str | None]] = {
    **dict.fromkeys(
        (
            *("AT861904300235473202", "BE68539007547034", "DE62370400440532013001", "ES9121000418450200051332"),
            *("FR8420041010050500013M02607", "IE02AIBK93115212345679", "NL91ABNA0417164300"),
        ),
        "debit_not_authorized",
    ),
    **dict.fromkeys(
        (
            *("AT591904300235473203", "BE08510007547063", "DE35370400440532013002", "ES5000120345030000067892"),
            *("FR5720041010050500013M02608", "IE51AIBK93115212345670", "NL82RABO0300065266"),
        ),
        "disputed",
    ),
    **dict.fromkeys(
        (
            *("AT981904300002222227", "BE90510002222227", "DE65370400440002222227", "ES1700120345000002222227"),
            *("FR9720041010050000002222227", "IE10AIBK93115202222227"),
        ),
        "insufficient_funds",
    ),
}
"""Scenario by test IBAN: those that fail, are disputed, or have insufficient funds; every other succeeds.

Source: Stripe's testing guide for SEPA direct debits, of which these are seven countries; it gives no reason for the
first, and ours is.
"""

PAYMENT_METHOD_SCENARIOS: Final[dict[str, str | None]] = {
    "pm_usBankAccount_success": None,
    "pm_usBankAccount_noAccount": "no_account",
    "pm_usBankAccount_accountClosed": "account_closed",
    "pm_usBankAccount_insufficientFunds": "insufficient_funds",
    "pm_usBankAccount_debitNotAuthorized": "debit_not_authorized",
    "pm_usBankAccount_invalidCurrency": "invalid_currency",
    "pm_usBankAccount_dispute": "disputed",
    "pm_usBankAccount_reversed": "returned",
    "pm_usBankAccount_reversedLate": "returned_late",
    "pm_usBankAccount_fileRejected": "file_rejected",
    "pm_usBankAccount_fileRejectedFails": "file_rejected_fails",
    "pm_usBankAccount_dishonored": "dishonored",
    "pm_usBankAccount_dishonorContested": "dishonor_contested",
    "pm_usBankAccount_reversedDishonored": "returned_dishonored",
    "pm_usBankAccount_reversedDishonorContested": "returned_dishonor_contested",
    "pm_usBankAccount_processing": "pending",  # documented to stay in processing for ever
}
"""Scenario by test id, for a top-up's `payment_method`."""

UNVERIFIED_PAYMENT_METHODS: Final = frozenset({"pm_usBankAccount_failMicrodeposits"})
"""Test ids that exist, but whose bank account can never be verified."""

ACCOUNT_NUMBER_SCENARIOS: Final[dict[str, str | None]] = {
    "000123456789": None,
    "000111111116": "no_account",
    "000111111113": "account_closed",
    "000222222227": "insufficient_funds",
    "000333333335": "debit_not_authorized",
    "000444444440": "invalid_currency",
    "000555555559": "disputed",
    "000000000009": "pending",
    "000777777771": "returned",
    "000777777772": "returned_late",
    NUMBER_TO_CORRECT: CORRECTS,
    "000777777774": "file_rejected",
    "000777777775": "file_rejected_fails",
    "000777777776": "dishonored",
    "000777777777": "dishonor_contested",
    "000777777778": "returned_dishonored",
    "000777777779": "returned_dishonor_contested",
}
"""Scenario by account number at the test bank; these are verified as soon as they are on file."""

NO_MICRODEPOSITS_NUMBER: Final = "000666666661"
"""The account number at the test bank to which micro-deposits cannot be sent."""

TOKEN_NUMBERS: Final[dict[str, str]] = {
    token: next(number for number, plays in ACCOUNT_NUMBER_SCENARIOS.items() if plays == scenario)
    for token, scenario in SOURCE_SCENARIOS.items()
}
"""Account number by test token, for the source that is made from it."""

_GUESSES: Final[dict[str | tuple[int, ...], Guess]] = {
    (32, 45): Guess.RIGHT,
    (10, 11): Guess.ONE_TOO_MANY,
    (40, 41): Guess.TOO_LATE,
    "SM11AA": Guess.RIGHT,
    "SM33CC": Guess.ONE_TOO_MANY,
    "SM44DD": Guess.TOO_LATE,
}


class SandboxBankAccounts(BankAccountRules):
    """What the sandbox knows of bank accounts, and how it judges a guess at micro-deposits that were never sent."""

    def documented_source(self, token_id: str) -> Counterparty | None:
        """Return what a documented token stands for when it pays for a top-up."""
        if token_id not in SOURCE_SCENARIOS:
            return None
        return Counterparty(SOURCE_SCENARIOS[token_id], Verification.VERIFIED)

    def documented_payment_method(self, method_id: str) -> Counterparty | None:
        """Return what a documented payment method stands for."""
        if method_id in UNVERIFIED_PAYMENT_METHODS:
            return Counterparty(None, Verification.FAILED)
        if method_id in PAYMENT_METHOD_SCENARIOS:
            return Counterparty(PAYMENT_METHOD_SCENARIOS[method_id], Verification.VERIFIED)
        return None

    def documented_numbers(self, token_id: str) -> BankNumbers | None:
        """Return the numbers of the bank account that a documented token stands for."""
        number = TOKEN_NUMBERS.get(token_id)
        return BankNumbers(TEST_BANK_ROUTING_NUMBER, number) if number else None

    def counterparty(self, numbers: BankNumbers) -> Counterparty:
        """Return what a new bank account plays, and whether it is verified at once.

        Those with a part to play are, so that they can be used straight away; others prove themselves by
        micro-deposits.
        """
        if numbers.is_iban:
            return Counterparty(IBAN_SCENARIOS.get(numbers.account_number), Verification.VERIFIED)
        if numbers.routing_number != TEST_BANK_ROUTING_NUMBER:
            return Counterparty(None, Verification.PENDING)
        if numbers.account_number == NO_MICRODEPOSITS_NUMBER:
            return Counterparty(None, Verification.FAILED)
        if numbers.account_number in ACCOUNT_NUMBER_SCENARIOS:
            return Counterparty(ACCOUNT_NUMBER_SCENARIOS[numbers.account_number], Verification.VERIFIED)
        return Counterparty(None, Verification.PENDING)

    def judge_amounts(self, amounts: tuple[int, int]) -> Guess:
        """Return what amounts of micro-deposits, in cents and any order, are worth."""
        return _GUESSES.get(tuple(sorted(amounts)), Guess.WRONG)

    def judge_descriptor_code(self, code: str) -> Guess:
        """Return what the code of a micro-deposit is worth."""
        return _GUESSES.get(code, Guess.WRONG)

"""Why banks refuse or take back money: the wire's `failure_code` for each reason, and a sentence for people.

Source of the codes: Stripe's error-code list and its Connect testing guide; the sentences are ours.
"""

from typing import Final

FAILURES: Final[dict[str, str]] = {
    "account_closed": "The bank account has been closed, so it cannot be debited.",
    "account_frozen": "The bank account has been frozen, so it cannot be debited.",
    "bank_account_restricted": "The bank account cannot be debited because its bank has restricted it.",
    "bank_ownership_changed": "The bank account has a new owner, so the debit was refused.",
    "could_not_process": "The bank could not process this debit.",
    "debit_not_authorized": "The owner of the bank account has not authorized this debit.",
    "declined": "The bank declined this debit.",
    "incorrect_account_holder_name": "The account holder's name doesn't match the name on file.",
    "insufficient_funds": "The bank account has insufficient funds for this top-up.",
    "invalid_account_number": "The account number on file is invalid.",
    "invalid_currency": "The bank account cannot be debited in the top-up's currency.",
    "no_account": "The bank could not find an account with the details on file.",
}
"""Sentence by code, in alphabetical order."""

DEFAULT_FAILURE: Final = "could_not_process"
"""Why a top-up fails that is made to fail without a reason."""

DEFAULT_RETURN: Final = "debit_not_authorized"
"""Why a top-up is returned that is made to be returned without a reason; the commonest of late returns."""

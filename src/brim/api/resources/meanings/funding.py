"""Values of bank accounts, and the test values that decide an outcome."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary
from brim.core.rails.sandbox import ACCOUNT_NUMBER_SCENARIOS, PAYMENT_METHOD_SCENARIOS, SOURCE_SCENARIOS

REDISPLAY: Final[Vocabulary] = {
    "always": "It may be shown again to the customer in other flows.",
    "limited": "It may be shown again only where the customer agreed.",
    "unspecified": "It wasn't specified.",
}
VERIFICATION: Final[Vocabulary] = {
    "failed": "Verification failed, so it can't be debited.",
    "pending": "Verification is not complete, so it can't be debited yet.",
    "verified": "It can be debited.",
}
SOURCE_FLOW: Final[Vocabulary] = {
    "code_verification": "The holder confirms the amounts of two micro-deposits.",
    "none": "No verification by the holder is needed.",
}
SOURCE_STATUS: Final[Vocabulary] = {
    "chargeable": "It can be debited.",
    "consumed": "It was detached and can't fund new top-ups.",
    "failed": "Verification failed, so it can't be debited.",
    "pending": "It is not verified yet.",
}
SOURCE_TYPE: Final[Vocabulary] = {
    "ach_debit": "A US bank account, debited by ACH.",
    "sepa_debit": "A bank account with an IBAN, debited by SEPA.",
}
PAYMENT_METHOD_TYPE: Final[Vocabulary] = {"us_bank_account": "A US bank account, debited by ACH."}
HOLDER_TYPE: Final[Vocabulary] = {
    "company": "A business account.",
    "individual": "A person's account.",
}
ACCOUNT_TYPE: Final[Vocabulary] = {
    "checking": "A checking account.",
    "savings": "A savings account.",
}
CHECKING: Final[Vocabulary] = {"checking": "A checking account."}
VERIFY_BY: Final[Vocabulary] = {"microdeposits": "Two small credits, whose amounts the holder confirms."}
USAGE: Final[Vocabulary] = {"reusable": "It can be debited any number of times."}
COUNTRY: Final[Vocabulary] = {"US": "United States."}

OUTCOMES: Final[dict[str | None, str]] = {
    None: "Succeeds.",
    "no_account": "Fails with `no_account`.",
    "account_closed": "Fails with `account_closed`.",
    "insufficient_funds": "Fails with `insufficient_funds`.",
    "debit_not_authorized": "Fails with `debit_not_authorized`.",
    "invalid_currency": "Fails with `invalid_currency`.",
    "disputed": "Succeeds, then is reversed because the account holder disputes the debit.",
    "returned": "Succeeds, then is reversed with `insufficient_funds`.",
    "returned_late": (
        "Succeeds, then is reversed with `debit_not_authorized` after 60 days (without a test clock, after a minute)."
    ),
    "corrected": "Succeeds, and the bank then corrects the account number of the bank account on file.",
    "file_rejected": "Its file is rejected. It succeeds when it is resubmitted.",
    "file_rejected_fails": "Its file is rejected. It fails when it is resubmitted.",
    "dishonored": "Fails. Its return is dishonored, and the money is recovered.",
    "dishonor_contested": "Fails. Its return is dishonored, and the dishonored return is contested.",
    "returned_dishonored": "Succeeds, then is reversed. Its return is dishonored, and the money is recovered.",
    "returned_dishonor_contested": (
        "Succeeds, then is reversed. Its return is dishonored, and the dishonored return is contested."
    ),
    "pending": "Stays pending until you decide its outcome with a test helper.",
}
"""The outcome of a top-up, by the sandbox's scenario."""

TEST_SOURCES: Final[Vocabulary] = {token: OUTCOMES[scenario] for token, scenario in SOURCE_SCENARIOS.items()}
TEST_PAYMENT_METHODS: Final[Vocabulary] = {name: OUTCOMES[each] for name, each in PAYMENT_METHOD_SCENARIOS.items()}
TEST_NUMBERS: Final[Vocabulary] = {number: OUTCOMES[each] for number, each in ACCOUNT_NUMBER_SCENARIOS.items()}
TEST_ROUTING_NUMBER: Final[Vocabulary] = {"110000000": "The test bank, at which the test account numbers work."}

TEST_VALUES: Final = {
    **dict.fromkeys(("PostTopups.source", "GetBrimAvailabilityPreview.source"), TEST_SOURCES),
    **dict.fromkeys(("PostTopups.payment_method", "GetBrimAvailabilityPreview.payment_method"), TEST_PAYMENT_METHODS),
    "PostSources.token": TEST_SOURCES,
    "GetBrimTopupsSearch.funding_source": {**TEST_SOURCES, **TEST_PAYMENT_METHODS},
    **dict.fromkeys(
        ("PostPaymentMethods.us_bank_account.account_number", "PostTokens.bank_account.account_number"), TEST_NUMBERS
    ),
    **dict.fromkeys(
        ("PostPaymentMethods.us_bank_account.routing_number", "PostTokens.bank_account.routing_number"),
        TEST_ROUTING_NUMBER,
    ),
}
"""What test mode has for a parameter, and what comes of it, by the parameter's place."""

ALL: Final = (
    REDISPLAY,
    VERIFICATION,
    SOURCE_FLOW,
    SOURCE_STATUS,
    SOURCE_TYPE,
    PAYMENT_METHOD_TYPE,
    HOLDER_TYPE,
    ACCOUNT_TYPE,
    CHECKING,
    VERIFY_BY,
    USAGE,
    COUNTRY,
)
PLACES: Final[dict[str, Vocabulary]] = {}

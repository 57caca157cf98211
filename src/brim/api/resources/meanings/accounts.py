"""Values of accounts, test clocks and what operators see."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary

_KEPT: Final = "Kept as you sent it, without effect in Brim."

CLOCK_STATUS: Final[Vocabulary] = {
    "advancing": "It is on its way to `status_details[advancing][target_frozen_time]`. Writes are refused meanwhile.",
    "ready": "The time is `frozen_time`, until you advance it.",
}
BUSINESS_TYPE: Final[Vocabulary] = {
    "company": "A company.",
    "government_entity": "A government entity.",
    "individual": "A person.",
    "non_profit": "A non-profit organization.",
}
ACCOUNT_TYPE: Final[Vocabulary] = {
    "custom": "The platform looks after the account.",
    "express": "The platform looks after the account. Brim has no Express Dashboard.",
    "standard": "The account looks after itself.",
    "none": "The account was created with `controller`, so it has no type.",
}
PARTY: Final[Vocabulary] = {
    "application": "The platform.",
    "stripe": "The service.",
}
CONTROLLER: Final[Vocabulary] = {
    "account": "The account itself.",
    "application": "The platform.",
}
DASHBOARD_TYPE: Final[Vocabulary] = {
    "express": "A dashboard with a few pages. Brim has none.",
    "full": "The whole dashboard.",
    "none": "No dashboard.",
}
CAPABILITY: Final[Vocabulary] = {
    "active": "It was requested and granted.",
    "inactive": "It was requested, and the account has been rejected.",
    "unrequested": "It was not requested.",
}
POLITICAL_EXPOSURE: Final[Vocabulary] = {
    "existing": f"The person holds a public office, or is close to somebody who does. {_KEPT}",
    "none": f"The person holds no public office. {_KEPT}",
}
SAVE: Final[Vocabulary] = {
    "always": f"Payment methods are always saved. {_KEPT}",
    "never": f"Payment methods are never saved. {_KEPT}",
    "offer": f"The customer may choose to save one. {_KEPT}",
}
PAYOUT_INTERVAL: Final[Vocabulary] = {
    "daily": f"Every day. {_KEPT}",
    "manual": f"On request. {_KEPT}",
    "monthly": f"Every month. {_KEPT}",
    "weekly": f"Every week. {_KEPT}",
}
REJECTION: Final[Vocabulary] = {
    "credit": "The account is a credit risk.",
    "fraud": "Fraud.",
    "fraud_no_intent_to_fulfill": "Fraud: the account doesn't mean to deliver.",
    "fraud_other": "Fraud of another kind.",
    "fraud_payment_method_casher": "Fraud: stolen payment methods are turned into cash.",
    "fraud_payment_method_tester": "Fraud: stolen payment methods are tried out.",
    "other": "Another reason.",
    "terms_of_service": "The account violates your terms of service.",
}
REJECTION_PAYOUTS: Final[Vocabulary] = {
    "none": "Payouts stay as they are.",
    "pause": "Payouts are paused. Brim makes no payouts.",
}
EXTERNAL_ACCOUNT: Final[Vocabulary] = {
    "bank_account": "Bank accounts.",
    "card": "Cards. Brim has none, so the list is empty.",
}
BANK_ACCOUNT: Final[Vocabulary] = {"bank_account": "A bank account."}
WORKER_STATUS: Final[Vocabulary] = {
    "running": "It was seen within the last 30 seconds.",
    "gone": "It was not seen for 30 seconds.",
}
ACTOR: Final[Vocabulary] = {
    "operator": "Somebody who was signed in to the dashboard.",
    "api_key": "A program with an API key.",
    "cli": "A user of the server's command line.",
    "job": "A job of a worker.",
    "nobody": "Somebody who had not signed in.",
}
HOLD_COVERS: Final[Vocabulary] = {
    "account": "One account.",
    "platform": "A platform and its connected accounts.",
    "installation": "Everything.",
}
HOLD_STATUS: Final[Vocabulary] = {
    "in_force": "Nothing that it covers is pruned or erased.",
    "lifted": "It was lifted and has no effect any more.",
}

ALL: Final = (
    CLOCK_STATUS,
    BUSINESS_TYPE,
    ACCOUNT_TYPE,
    PARTY,
    CONTROLLER,
    DASHBOARD_TYPE,
    CAPABILITY,
    POLITICAL_EXPOSURE,
    SAVE,
    PAYOUT_INTERVAL,
    REJECTION,
    REJECTION_PAYOUTS,
    EXTERNAL_ACCOUNT,
    BANK_ACCOUNT,
    WORKER_STATUS,
    ACTOR,
    HOLD_COVERS,
    HOLD_STATUS,
)
PLACES: Final = {"PostAccounts.type": ACCOUNT_TYPE}

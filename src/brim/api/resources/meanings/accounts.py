"""Values of accounts, test clocks and what operators see."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary

_KEPT: Final = "Kept as you sent it, without effect in Brim."

CLOCK_STATUS: Final[Vocabulary] = {
    "advancing": (
        "It is advancing to `status_details[advancing][target_frozen_time]`. Writes are refused until it arrives."
    ),
    "ready": "The time is `frozen_time`, until you advance it.",
}
BUSINESS_TYPE: Final[Vocabulary] = {
    "company": "A company.",
    "government_entity": "A government entity.",
    "individual": "A person.",
    "non_profit": "A non-profit organization.",
}
ACCOUNT_TYPE: Final[Vocabulary] = {
    "custom": "The platform is responsible for the account.",
    "express": "The platform is responsible for the account. Brim has no Express Dashboard.",
    "standard": "The account is responsible for itself.",
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
    "existing": f"The person holds a public office, or is close to someone who does. {_KEPT}",
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
    "operator": "An operator who was signed in to the dashboard.",
    "api_key": "A program with an API key.",
    "cli": "A user of the server's command line.",
    "job": "A job of a worker.",
    "nobody": "Nobody was signed in.",
}
HOLD_COVERS: Final[Vocabulary] = {
    "account": "One account.",
    "platform": "A platform and its connected accounts.",
    "installation": "The whole installation.",
}
HOLD_STATUS: Final[Vocabulary] = {
    "in_force": "Nothing that it covers is pruned or erased.",
    "lifted": "It was lifted and no longer has any effect.",
}

ACCOUNT_STATUS: Final[Vocabulary] = {
    "active": "It can be topped up.",
    "closed": "A person closed it in this mode, and it can't be topped up.",
    "rejected": "Its platform rejected or deleted it, and it can't be topped up.",
}
MATTER: Final[Vocabulary] = {
    "failed_topups": "Top-ups of the last seven days failed.",
    "reversed_topups": "Top-ups of the last seven days were reversed.",
    "webhook_endpoint": "A webhook endpoint is failing, or was disabled because it failed.",
    "negative_balances": "Balances are below zero.",
    "books_differ": "The latest verification found differences.",
    "never_verified": "The books have never been verified.",
    "verification_outdated": "The books haven't been verified for several intervals.",
    "no_worker": "No worker is running, so nothing settles and no webhooks are sent.",
    "stuck_work": "Work was due and failed; it is retried.",
    "notification_channel": "Notifications can't be sent through a channel.",
    "rail_stopped": "Live money is stopped, on a rail or for an account.",
    "breaks": "Differences between the bank and the books are open.",
    "files_to_approve": "Files for the bank await approval or are held.",
    "statements_to_approve": "Imported statements await approval.",
    "held_bank_files": "Files from the bank are held, because they can't be read or their control totals don't match.",
    "settlements_to_confirm": "Settlements of statement lines await confirmation.",
    "undos_to_confirm": "Requests to undo a settlement await confirmation.",
    "suspended_transfers": "Incoming transfers are in suspense.",
    "dishonorable_returns": "Returns can still be dishonored.",
    "return_rate": "A return rate is near or above its limit.",
    "return_rate_override": "An override of a return rate awaits approval.",
}
MATTER_SEVERITY: Final[Vocabulary] = {
    "critical": "Something is wrong.",
    "warning": "Something awaits a person's decision.",
}
CHECK_SEVERITY: Final[Vocabulary] = {
    "ok": "Nothing to do.",
    "warning": "It works, but something should be changed.",
    "error": "It doesn't work, or soon won't.",
}
QUEUE: Final[Vocabulary] = {
    "settlement": "Top-ups that are due to settle.",
    "events": "Events without a number, which aren't sent yet.",
    "webhooks": "Deliveries of events to endpoints.",
    "sealing": "Journal entries that aren't sealed yet.",
    "stuck": "Work that was due and failed.",
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
    ACCOUNT_STATUS,
    MATTER,
    MATTER_SEVERITY,
    CHECK_SEVERITY,
    QUEUE,
)
PLACES: Final = {"PostAccounts.type": ACCOUNT_TYPE}

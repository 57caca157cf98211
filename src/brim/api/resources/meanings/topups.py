"""Values of top-ups, balances and reports."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary
from brim.core.rails import FAILURES
from brim.core.rails.ach.nacha import RETURN_CODES

INITIATED_BY: Final[Vocabulary] = {
    "stripe": "Never used by Brim.",
    "user": "Always, also for top-ups from incoming transfers.",
}
TOPUP_STATUS: Final[Vocabulary] = {
    "canceled": "You canceled it while it was pending. No money moves.",
    "failed": (
        "The bank declined the debit, or the debit was returned or reversed before the money was available; "
        "`failure_code` says why."
    ),
    "pending": (
        "Created, and not settled yet. It can be canceled; a live one only until its debit is queued for a file, at "
        "the cut-off."
    ),
    "reversed": (
        "It succeeded, and the money left the balance again, because the bank returned the debit or you reversed it; "
        "`failure_code` says why."
    ),
    "succeeded": "The money is in your balance. A bank can still return the debit, which makes it `reversed`.",
}
FAILURE_CODE: Final[Vocabulary] = FAILURES
ENTRY_STATUS: Final[Vocabulary] = {
    "queued": "It is queued for the next file.",
    "in_file": "It is in a file; the bank hasn't confirmed it yet.",
    "confirmed": "The bank has confirmed it, and the hold is running.",
    "released": "The hold is over, and the money is available.",
    "returned": "The bank has returned it.",
    "refused": "It couldn't be put into a file, so nothing was sent.",
    "rejected": "The bank rejected its file or its batch.",
}
RETURN_ACTOR: Final[Vocabulary] = {
    "customer": "The account holder has to act, for example by providing other bank details.",
    "originator": "You have to act, as the originator of the debit.",
    "compliance": "Your compliance team has to review it.",
    "odfi": "Your bank (the ODFI) has to act.",
}
RETURN_RETRY: Final[Vocabulary] = {
    "never": "The same debit may not be re-presented.",
    "twice": "It may be re-presented up to two times, within 180 days of the first settlement.",
    "after_fix": "It may be re-presented once the cause is fixed.",
    "new_authorisation": "It may be re-presented only with a new authorization from the account holder.",
    "corrected": "It may be re-presented once corrected, within 60 days of the return's settlement.",
}
NO_DATE: Final[Vocabulary] = {
    "rail_promises_no_date": "The rail gives no date in advance.",
}
SKIPPED_DAY: Final[Vocabulary] = {
    "holiday": "A bank holiday; `name` says which.",
    "weekend": "A Saturday or a Sunday.",
}
BALANCE_TYPE: Final[Vocabulary] = {
    "issuing": "Funds for issued cards. Not used by Brim.",
    "payments": "The balance that top-ups add to. Every balance transaction in Brim has this value.",
    "refund_and_dispute_prefunding": "Funds set aside for refunds and disputes. Not used by Brim.",
    "risk_reserved": "Funds held for risk. Not used by Brim.",
}
TRANSACTION_TYPE: Final[Vocabulary] = {
    "topup": "A top-up succeeded and added to the balance.",
    "topup_reversal": "A top-up was reversed after it had succeeded, so the amount was debited from the balance.",
    "topup_dishonored_return": "You dishonored a return and the bank accepted that, so the money was credited again.",
    "topup_reversal_failure": (
        "A reversal that you requested was returned or never sent, so the money was credited again."
    ),
    "refund": "A refund of a top-up was debited from the balance.",
    "refund_failure": "A refund failed or was canceled, so the money was credited again.",
    "topup_return": (
        "The debit was returned after its reversal had failed, so the amount was debited from the balance again."
    ),
}
TRANSACTION_STATUS: Final[Vocabulary] = {
    "available": "The net amount can be used.",
    "pending": "The net amount becomes available on `available_on`.",
}
REPORT_TYPE: Final[Vocabulary] = {
    "balance.summary.1": "Opening balance, activity and closing balance of a period, by currency.",
    "balance_change_from_activity.summary.1": "What changed the balance, summed by reporting category.",
    "balance_change_from_activity.itemized.3": "What changed the balance, one row for each balance transaction.",
    "connected_account_balance_change_from_activity.itemized.3": (
        "What changed the balances of connected accounts, one row for each balance transaction."
    ),
    "brim.balance.summary.1": "The balances of a period by account, with what is reserved. Brim only.",
    "brim.topups_reconciliation.itemized.1": "Each live top-up beside the bank statement that booked it. Brim only.",
}
REPORT_STATUS: Final[Vocabulary] = {
    "pending": "It is queued or running.",
    "succeeded": "It has finished; `result` is the file.",
    "failed": "It could not be run; `error` says why.",
}
FILE_TYPE: Final[Vocabulary] = {
    "csv": "Rows as comma-separated values.",
    "json": "Rows, or the manifest, as JSON.",
    "sig": "The signature of the manifest.",
}
SEARCH_ORDER: Final[Vocabulary] = {
    "newest": "By time of creation, newest first.",
    "oldest": "By time of creation, oldest first.",
    "largest": "By amount, largest first.",
    "smallest": "By amount, smallest first.",
}
VERIFICATION_STATUS: Final[Vocabulary] = {
    "agree": "No differences were found.",
    "differ": "Differences were found; `differences` lists them.",
    "interrupted": "It was stopped before it finished. There is no result.",
    "running": "It is running.",
    "waiting": "It was requested and hasn't started yet.",
    "none_yet": "No verification has been run.",
}
VERIFICATION_WARNING: Final[Vocabulary] = {
    "chain_not_checked": "The hash chains were not checked, so a changed entry may go unnoticed.",
    "coverage_unknown": "An earlier version made this result and did not record what it checked.",
    "nothing_checked": "The books are empty, so nothing was checked.",
    "outdated": "No verification has finished for several intervals.",
    "stopped_early": "Verification stopped after 20 differences; there may be more.",
    "unsealed_entries": "Some entries are not sealed yet, so no hash chain covers them.",
}
NETWORK: Final[Vocabulary] = {"ach": "The debit is sent by ACH."}
RETURN_CODE: Final[Vocabulary] = {code: f"{each.title}." for code, each in RETURN_CODES.items()}

ALL: Final = (
    INITIATED_BY,
    TOPUP_STATUS,
    FAILURE_CODE,
    ENTRY_STATUS,
    RETURN_ACTOR,
    RETURN_RETRY,
    NO_DATE,
    SKIPPED_DAY,
    BALANCE_TYPE,
    TRANSACTION_TYPE,
    TRANSACTION_STATUS,
    REPORT_TYPE,
    REPORT_STATUS,
    FILE_TYPE,
    SEARCH_ORDER,
    VERIFICATION_STATUS,
    VERIFICATION_WARNING,
    NETWORK,
)
PLACES: Final = {
    "brim.ach_return.code": RETURN_CODE,
    "brim.ach_reversal.return_code": RETURN_CODE,
    "brim.refund.return_code": RETURN_CODE,
    "brim.ach_return_dishonor.code": RETURN_CODE,
    "brim.ach_return_dishonor_code.code": RETURN_CODE,
    "brim.ach_return_contest.code": RETURN_CODE,
    "PostBrimAchReturnsReturnDishonor.code": RETURN_CODE,
}

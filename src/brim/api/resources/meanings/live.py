"""Values of live money: authorizations, originators, files, returns, refunds and transfers."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary
from brim.core.rails.ach.nacha import REFUSED_CHANGE_CODES

SEC_CODE: Final[Vocabulary] = {
    "PPD": "A consumer authorized debits in writing (ACH).",
    "WEB": "A consumer authorized debits online or in an app (ACH).",
    "CCD": "A company authorized debits (ACH).",
    "CORE": "A SEPA Core mandate.",
    "B2B": "A SEPA B2B mandate, which the debtor also confirms to their bank.",
}
NACHA_CLASS: Final[Vocabulary] = {code: SEC_CODE[code] for code in ("PPD", "WEB", "CCD")}
SEQUENCE_TYPE: Final[Vocabulary] = {
    "RCUR": "Recurrent: the mandate is for several collections.",
    "OOFF": "One-off: the mandate is for one collection.",
}
AUTHORIZATION_STATUS: Final[Vocabulary] = {
    "active": "Debits can be sent under it.",
    "ended": "It has ended: no new debits are sent under it.",
}
PROOF_STATUS: Final[Vocabulary] = {
    "pending": "The outcome is open.",
    "verified": "The bank account is verified. A late return can still make it `failed`.",
    "failed": "The bank account is not verified.",
    "canceled": "Canceled before the outcome was known.",
}
MICRODEPOSIT_LIMIT: Final[Vocabulary] = {
    "bank_account": "The maximum number of micro-deposits to one account number in thirty days.",
    "account": "The maximum number of micro-deposits per account per day.",
    "day": "The maximum number of micro-deposits of all accounts per day.",
    "returns": "The return rate of micro-deposits over thirty days.",
}
DIRECTION: Final[Vocabulary] = {
    "credit": "The account holder receives the amount.",
    "debit": "The account holder pays the amount back.",
}
VERIFIED_BY: Final[Vocabulary] = {
    "instant": "A provider verified it instantly.",
    "prenote_elsewhere": "You sent a prenote outside Brim.",
    "statement": "The holder provided a bank statement or another document.",
    "rehearsal": "It was not verified. Only in a rehearsal installation.",
}
ORIGINATOR_STATUS: Final[Vocabulary] = {
    "draft": "It was never activated; nothing is collected through it.",
    "active": "Live top-ups are collected through it.",
    "suspended": "Nothing new is collected through it.",
}
CONFIRMATION: Final[Vocabulary] = {
    "statement": "A line on the bank's statement.",
    "acknowledgement": "The bank's acknowledgment of the file.",
}
LINE_ENDING: Final[Vocabulary] = {
    "crlf": "A carriage return and a line feed.",
    "lf": "A line feed.",
}
MICRODEPOSITS: Final[Vocabulary] = {
    "off": "Bank accounts are not verified by micro-deposits.",
    "credits": "Two credits are sent, which the holder keeps.",
    "credits_and_debit": "Two credits are sent, and a debit recovers their sum.",
}
OFFSET: Final[Vocabulary] = {
    "none": "Batches have no offset.",
    "checking": "The offset credits a checking account.",
    "savings": "The offset credits a savings account.",
}
AFTER_READING: Final[Vocabulary] = {
    "keep": "The file stays where it is.",
    "delete": "The file is deleted.",
    "archive": "The file is moved to `sftp_archive_folder`.",
}
AUTHENTICATION: Final[Vocabulary] = {
    "key": "With a private key.",
    "password": "With a password.",
    "key_and_password": "With a private key and a password.",
}
UPLOAD: Final[Vocabulary] = {
    "rename": "It is written under a temporary name, then renamed.",
    "direct": "It is written under its final name, for servers that forbid renaming.",
}
ON_OFF: Final[Vocabulary] = {
    "off": "Unmatched incoming credits stay open lines.",
    "on": "Incoming credits that match nothing else are treated as transfers from customers.",
}
TRANSFER_POLICY: Final[Vocabulary] = {
    "credit": "It is credited.",
    "suspend": "It goes into suspense until a person decides.",
}
PAYERS: Final[Vocabulary] = {
    "any": "Transfers from any payer are credited.",
    "known": "Only transfers from payers that the account knows are credited; others go into suspense.",
}
SEPA_MESSAGE: Final[Vocabulary] = {
    "pain.008.001.02": "The 2009 version, which many banks still expect.",
    "pain.008.001.08": "The 2019 version.",
}
FILE_CURRENCY: Final[Vocabulary] = {
    "eur": "Euro, by SEPA.",
    "usd": "US dollar, by ACH.",
}
ACH_FILE_STATUS: Final[Vocabulary] = {
    "built": "It waits for approval.",
    "approved": "It is approved and will be sent to the bank within seconds.",
    "sent": "It was sent to the bank.",
    "acknowledged": "The bank has acknowledged it.",
    "settled": "All of it is booked on the bank's statement.",
    "rejected": "The bank rejected it.",
    "voided": "It was voided; its entries are queued for the next file.",
}
BATCH_STATUS: Final[Vocabulary] = {
    "open": "The bank hasn't confirmed or rejected it yet.",
    "acknowledged": "The bank has acknowledged it.",
    "settled": "It is booked on the bank's statement.",
    "rejected": "The bank rejected it.",
}
RAIL: Final[Vocabulary] = {
    "ach": "ACH, for US dollars.",
    "sepa": "SEPA direct debit, for euros.",
}
RAIL_STATUS: Final[Vocabulary] = {
    "running": "Top-ups are collected.",
    "stopped": "It was stopped manually; nothing is collected.",
}
ACTION_CODE: Final[Vocabulary] = {
    "permission_missing": "Your key or role does not allow it.",
    "second_person_required": "Another person has to do it.",
    "held": "The object is held; its page says why.",
}
STAGE: Final[Vocabulary] = {
    "cutoff": "The next cut-off.",
    "queued": "The next file.",
    "in_file": "The bank's confirmation.",
    "confirmed": "The end of the hold.",
    "overdue": "A confirmation that is late.",
    "rejected": "A new file: the bank rejected the one that it was in.",
    "no_originator": "An active originator.",
}
RATE_KIND: Final[Vocabulary] = {
    "unauthorized": "Unauthorized returns. Nacha's limit is 0.5%.",
    "administrative": "Administrative returns, for incorrect account data. Nacha's limit is 3%.",
    "overall": "All returns. Nacha's limit is 15%.",
}
RATE_LEVEL: Final[Vocabulary] = {
    "clear": "Below 60% of the limit, or too few debits or returns to count.",
    "warned": "At 60% of the limit or above.",
    "reached": "At the limit or above. New debits are refused unless an override is in force.",
}
RETURN_STATUS: Final[Vocabulary] = {
    "returned": "It has not been dishonored.",
    "dishonored": "It was dishonored, and your bank hasn't booked the money back yet.",
    "missed": "The dishonored return wasn't sent in time, or its break was resolved without recovering the money.",
    "money_back": "The money was recovered; the receiving bank can still contest it.",
    "contested": "The receiving bank has contested the dishonored return; the return stands.",
    "accepted": "It can no longer be contested.",
}
RETURN_FILTER: Final[Vocabulary] = {
    "dishonorable": "Returns that can still be dishonored.",
    **RETURN_STATUS,
}
REVERSAL_REASON: Final[Vocabulary] = {
    "wrong_amount": "The amount was wrong.",
    "wrong_receiver": "The wrong bank account was debited.",
    "wrong_date": "The debit settled on the wrong day.",
    "duplicate": "The same debit was sent twice.",
}
REVERSAL_STATUS: Final[Vocabulary] = {
    "requested": "The bank hasn't booked it yet.",
    "settled": "The bank has booked it; the account holder has the money.",
    "returned": "The receiving bank returned it; the money is in the balance again.",
    "missed": "It wasn't sent in time, or no statement booked it; the money is in the balance again.",
    "superseded": "It wasn't sent, because the debit was already returned or was rejected.",
}
REFUND_FAILURE: Final[Vocabulary] = {
    "declined": "The receiving bank returned it.",
    "charge_for_pending_refund_disputed": "The debit was returned or rejected before the refund was sent.",
    "unknown": "Its entry couldn't be put into a file, or no statement booked it.",
}
REFUND_STATUS: Final[Vocabulary] = {
    "pending": "It goes out with the next file, or was sent and isn't booked by the bank yet.",
    "succeeded": "The bank has booked it; the customer has the money.",
    "failed": "It was returned or couldn't be sent; the money is in the balance again.",
    "canceled": "It was canceled before it was sent; the money is in the balance again.",
}
INSTRUCTIONS_STATUS: Final[Vocabulary] = {
    "open": "Nothing has arrived yet, or no amount is expected.",
    "partially_paid": "Part of the expected amount has arrived.",
    "paid": "All of the expected amount has arrived.",
    "expired": "They have expired.",
}
BANK_TRANSFER_TYPE: Final[Vocabulary] = {
    "us_bank_transfer": "By a US bank account and routing number.",
    "eu_bank_transfer": "By an IBAN.",
}
ADDRESS_TYPE: Final[Vocabulary] = {
    "aba": "A US account number and routing number.",
    "iban": "An IBAN.",
}
SUSPENSE_REASON: Final[Vocabulary] = {
    "no_reference": "It has no reference.",
    "damaged_reference": "The reference contains an error.",
    "unknown_reference": "The reference belongs to no account.",
    "several_references": "It has several references.",
    "several_payments": "The bank booked several payments as one line, and not all of them have the reference.",
    "currency": "The currency differs from the instructions.",
    "short": "Less than the expected amount.",
    "over": "More than the expected amount.",
    "already_paid": "The expected amount was already paid.",
    "late": "The instructions have expired.",
    "account_closed": "The account is closed.",
    "amount": "The amount isn't valid for a top-up.",
    "unknown_number": "The virtual account number belongs to no account.",
    "number_ended": "The account of the virtual account number is closed.",
    "unknown_payer": "The payer isn't known to the account.",
    "no_payer": "The statement doesn't name the payer.",
    "conflict": "The virtual account number and the reference belong to different accounts.",
}
TRANSFER_STATUS: Final[Vocabulary] = {
    "credited": "It became a top-up, and the money is in the balance.",
    "suspended": "It is in suspense until a person decides, or until the rest of an expected amount arrives.",
    "returning": "It is to be sent back; the payment isn't on a statement yet.",
    "returned": "It was sent back, and the payment is on a statement.",
    "recalled": "The payer's bank recalled it.",
    "itemized": "The bank has since listed its payments, each of which is a separate transfer.",
}
PROPOSAL: Final[Vocabulary] = {
    "assign": "Credit it to an account.",
    "send_back": "Send it back to the payer.",
}
SUGGESTION: Final[Vocabulary] = {
    "named": "The transfer names the account's reference.",
    "reference": "The reference is one typo away from the account's.",
    "amount": "Exactly this amount is expected.",
}
SCENARIO: Final[Vocabulary] = {
    "exact": "The expected amount.",
    "short": "Half of the amount.",
    "over": "A tenth more than the amount.",
    "twice": "The expected amount, twice.",
    "damaged_reference": "Two digits of the reference are swapped.",
    "no_reference": "No reference.",
    "recalled": "The expected amount, which the bank reverses immediately.",
}
NEGATIVE_BALANCE: Final[Vocabulary] = {
    "negative": "The balance is below zero.",
    "recovered": "The balance is at zero or above again.",
}
CORRECTION_STATUS: Final[Vocabulary] = {
    "applied": "The bank account on file was changed.",
    "noted": "There was nothing left to change.",
    "open": "It could not be applied automatically; its break says why.",
    "dismissed": "Its break was resolved without a change.",
    "refused": "You refused it. The next file notifies the bank.",
}
CORRECTION_REFUSAL: Final[Vocabulary] = {code: f"{title}." for code, title in REFUSED_CHANGE_CODES.items()}

COUNTED_LIST: Final[Vocabulary] = {
    "ach_returns": "Returns of ACH debits.",
    "ach_reversals": "Reversals of ACH debits.",
    "bank_files": "Files from the bank.",
    "breaks": "Differences between the bank and the books.",
    "incoming_transfers": "Bank transfers from customers.",
    "line_settlements": "Settlements of statement lines.",
    "refunds": "Refunds of top-ups.",
}

ALL: Final = (
    SEC_CODE,
    NACHA_CLASS,
    SEQUENCE_TYPE,
    AUTHORIZATION_STATUS,
    PROOF_STATUS,
    MICRODEPOSIT_LIMIT,
    DIRECTION,
    VERIFIED_BY,
    ORIGINATOR_STATUS,
    CONFIRMATION,
    LINE_ENDING,
    MICRODEPOSITS,
    OFFSET,
    AFTER_READING,
    AUTHENTICATION,
    UPLOAD,
    ON_OFF,
    TRANSFER_POLICY,
    PAYERS,
    SEPA_MESSAGE,
    FILE_CURRENCY,
    ACH_FILE_STATUS,
    BATCH_STATUS,
    RAIL,
    RAIL_STATUS,
    ACTION_CODE,
    STAGE,
    RATE_KIND,
    RATE_LEVEL,
    RETURN_STATUS,
    RETURN_FILTER,
    REVERSAL_REASON,
    REVERSAL_STATUS,
    REFUND_FAILURE,
    REFUND_STATUS,
    INSTRUCTIONS_STATUS,
    BANK_TRANSFER_TYPE,
    ADDRESS_TYPE,
    SUSPENSE_REASON,
    TRANSFER_STATUS,
    PROPOSAL,
    SUGGESTION,
    SCENARIO,
    NEGATIVE_BALANCE,
    CORRECTION_STATUS,
    CORRECTION_REFUSAL,
    COUNTED_LIST,
)
PLACES: Final = {
    "PostBrimAchFilesFileApprove.expected_status": ACH_FILE_STATUS,
    "PostBrimAchFilesFileVoid.expected_status": ACH_FILE_STATUS,
    "PostBrimAchFilesFileResubmit.expected_status": ACH_FILE_STATUS,
}

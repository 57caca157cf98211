"""Values of live money: authorizations, originators, files, returns, refunds and transfers."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary
from brim.core.rails.ach.nacha import REFUSED_CHANGE_CODES

SEC_CODE: Final[Vocabulary] = {
    "PPD": "A consumer agreed in writing (ACH).",
    "WEB": "A consumer agreed on the internet or in an app (ACH).",
    "CCD": "A company agreed (ACH).",
    "CORE": "A mandate of SEPA's Core scheme.",
    "B2B": "A mandate of SEPA's B2B scheme, which the debtor also confirms to their bank.",
}
NACHA_CLASS: Final[Vocabulary] = {code: SEC_CODE[code] for code in ("PPD", "WEB", "CCD")}
SEQUENCE_TYPE: Final[Vocabulary] = {
    "RCUR": "The mandate is for several collections.",
    "OOFF": "The mandate is for one collection.",
}
AUTHORIZATION_STATUS: Final[Vocabulary] = {
    "active": "Debits may be made by it.",
    "ended": "It is over: no new debit is made by it.",
}
PROOF_STATUS: Final[Vocabulary] = {
    "pending": "The outcome is open.",
    "verified": "The bank account is verified. A late return can still make it `failed`.",
    "failed": "The bank account is not verified.",
    "canceled": "It was canceled.",
}
MICRODEPOSIT_LIMIT: Final[Vocabulary] = {
    "bank_account": "How often one account number is sent micro-deposits in thirty days.",
    "account": "How often an account sends micro-deposits in a day.",
    "day": "How often all accounts together send micro-deposits in a day.",
    "returns": "The share of micro-deposits that came back in thirty days.",
}
DIRECTION: Final[Vocabulary] = {
    "credit": "The account holder receives the amount.",
    "debit": "The account holder pays the amount back.",
}
VERIFIED_BY: Final[Vocabulary] = {
    "instant": "A provider verified it at once.",
    "prenote_elsewhere": "You sent a prenote outside of Brim.",
    "statement": "The holder showed a statement of their bank.",
    "rehearsal": "It was not verified. Only in a rehearsal installation.",
}
ORIGINATOR_STATUS: Final[Vocabulary] = {
    "draft": "It was never activated; nothing is collected through it.",
    "active": "Live top-ups are collected through it.",
    "suspended": "Nothing new is collected through it.",
}
CONFIRMATION: Final[Vocabulary] = {
    "statement": "A line of the bank's statement.",
    "acknowledgement": "The bank's acknowledgement of the file.",
}
LINE_ENDING: Final[Vocabulary] = {
    "crlf": "A carriage return and a line feed.",
    "lf": "A line feed.",
}
MICRODEPOSITS: Final[Vocabulary] = {
    "off": "Bank accounts are not verified by micro-deposits.",
    "credits": "Two credits are sent and stay with the holder.",
    "credits_and_debit": "Two credits are sent, and a debit takes their sum back.",
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
    "on": "Incoming credits that nothing else explains are taken for transfers from customers.",
}
TRANSFER_POLICY: Final[Vocabulary] = {
    "credit": "It is credited.",
    "suspend": "It goes into suspense until somebody decides.",
}
PAYERS: Final[Vocabulary] = {
    "any": "Transfers from anybody are credited.",
    "known": "Only transfers from payers that the account knows are credited; others go into suspense.",
}
SEPA_MESSAGE: Final[Vocabulary] = {
    "pain.008.001.02": "The version of 2009, which many banks still expect.",
    "pain.008.001.08": "The version of 2019.",
}
FILE_CURRENCY: Final[Vocabulary] = {
    "eur": "Euro, by SEPA.",
    "usd": "US dollar, by ACH.",
}
ACH_FILE_STATUS: Final[Vocabulary] = {
    "built": "It waits for approval.",
    "approved": "It is approved and leaves with the next exchange.",
    "sent": "It was handed to the bank.",
    "acknowledged": "The bank has acknowledged it.",
    "settled": "The bank's statement has booked all of it.",
    "rejected": "The bank rejected it.",
    "voided": "It was given up; its entries wait for the next file.",
}
BATCH_STATUS: Final[Vocabulary] = {
    "open": "The bank hasn't said anything about it.",
    "acknowledged": "The bank has acknowledged it.",
    "settled": "The bank's statement has booked it.",
    "rejected": "The bank rejected it.",
}
RAIL: Final[Vocabulary] = {
    "ach": "ACH, for US dollars.",
    "sepa": "SEPA direct debit, for euros.",
}
RAIL_STATUS: Final[Vocabulary] = {
    "running": "Top-ups are collected.",
    "stopped": "It was stopped by hand; nothing is collected.",
}
ACTION_CODE: Final[Vocabulary] = {
    "permission_missing": "Your key or role does not allow it.",
    "second_person_required": "Another person has to do it.",
    "held": "Something holds the object; its page says what.",
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
    "unauthorized": "Returns because the debit was not authorized. Nacha's limit is 0.5%.",
    "administrative": "Returns because of wrong account data. Nacha's level is 3%.",
    "overall": "All returns. Nacha's level is 15%.",
}
RATE_LEVEL: Final[Vocabulary] = {
    "clear": "Below 60% of the limit, or too few debits or returns to count.",
    "warned": "At 60% of the limit or above.",
    "reached": "At the limit or above. New debits are refused unless an override is in force.",
}
RETURN_STATUS: Final[Vocabulary] = {
    "returned": "It has not been dishonored.",
    "dishonored": "It was dishonored, and its bank has not booked the money back yet.",
    "missed": "No file left with the dishonor in time, or nothing comes of it.",
    "money_back": "The money came back; the receiving bank may still contest it.",
    "contested": "The receiving bank has contested the dishonor; the return stands.",
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
    "returned": "The receiving bank returned it; the balance has the money again.",
    "missed": "It was not sent in time, or no statement booked it; the balance has the money again.",
    "superseded": "It did not leave, because the debit came back by itself or was rejected.",
}
REFUND_FAILURE: Final[Vocabulary] = {
    "declined": "The receiving bank returned it.",
    "charge_for_pending_refund_disputed": "The debit was returned or rejected before the refund left.",
    "unknown": "Its entry fits no file, or no statement booked it.",
}
REFUND_STATUS: Final[Vocabulary] = {
    "pending": "The next file takes it, or it has left and the bank hasn't booked it.",
    "succeeded": "The bank has booked it; the customer has the money.",
    "failed": "It was returned or may not leave; the balance has the money again.",
    "canceled": "It was canceled before it left; the balance has the money again.",
}
INSTRUCTIONS_STATUS: Final[Vocabulary] = {
    "open": "Nothing of the expected amount has arrived, or any amount may be paid at any time.",
    "partially_paid": "A part of the expected amount has arrived.",
    "paid": "All of the expected amount has arrived.",
    "expired": "Their time is over.",
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
    "no_reference": "It states no reference.",
    "damaged_reference": "The reference has a mistake in it.",
    "unknown_reference": "No account has this reference.",
    "several_references": "It states several references.",
    "several_payments": "The bank booked several payments as one line, and not all of them name the reference.",
    "currency": "It is in another currency than the instructions.",
    "short": "It is less than was expected.",
    "over": "It is more than was expected.",
    "already_paid": "The expected amount was paid before.",
    "late": "The instructions have expired.",
    "account_closed": "The account is closed.",
    "amount": "No top-up can have this amount.",
    "unknown_number": "No account has this virtual account number.",
    "number_ended": "The account of the virtual account number has ended.",
    "unknown_payer": "The account doesn't know the payer.",
    "no_payer": "The statement doesn't say who paid.",
    "conflict": "The virtual account number and the reference belong to different accounts.",
}
TRANSFER_STATUS: Final[Vocabulary] = {
    "credited": "It is a top-up, and the balance has the money.",
    "suspended": "It is in suspense until somebody decides, or until the rest of an expected amount arrives.",
    "returning": "It is to be sent back; no statement shows that yet.",
    "returned": "A statement shows that it was sent back.",
    "recalled": "The payer's bank took it back.",
    "itemized": "The bank has listed its payments, which are transfers of their own.",
}
PROPOSAL: Final[Vocabulary] = {
    "assign": "Credit it to an account.",
    "send_back": "Send it back to the payer.",
}
SUGGESTION: Final[Vocabulary] = {
    "named": "The transfer names the account's reference.",
    "reference": "The reference differs from the account's by one mistake.",
    "amount": "Exactly this amount is expected.",
}
SCENARIO: Final[Vocabulary] = {
    "exact": "The expected amount.",
    "short": "Half of it.",
    "over": "A tenth more.",
    "twice": "The expected amount, twice.",
    "damaged_reference": "Two digits of the reference are exchanged.",
    "no_reference": "No reference.",
    "recalled": "The expected amount, which the bank takes back at once.",
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
    "refused": "You refused it. The next file tells its bank.",
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

"""Values of bank files, bank statements, and what does not match."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary

BANK_FILE_KIND: Final[Vocabulary] = {
    "unknown": "It hasn't been read yet.",
    "nacha": "Returns and notifications of change, in Nacha's format.",
    "acknowledgement": "An acknowledgment of files.",
    "status_report": "A status report for SEPA collections (pain.002).",
    "statement": "A statement of a bank account.",
    "empty": "It is empty.",
}
BANK_FILE_STATUS: Final[Vocabulary] = {
    "received": "It isn't fully applied yet.",
    "awaiting_approval": "The statement was imported by hand, and another operator has to approve it.",
    "applied": "All of it is applied.",
    "held": "None of it is applied: its control totals don't add up, or it can't be read.",
    "rejected": "An operator rejected it; none of it is applied.",
}
VERDICT: Final[Vocabulary] = {
    "accept": "All of it would be posted or explained.",
    "flag": "Some statements or lines would need a decision.",
    "hold": "All of it would need a decision.",
}
_PLACE: Final = {
    "first": "The first statement of its bank account.",
    "continues": "It continues another statement.",
    "precedes": "It precedes a known statement.",
    "replaces": "It corrects a known statement of the same days.",
    "overlaps": "It overlaps a known statement.",
    "gap": "The previous statement is missing.",
}
STATEMENT_PLACE: Final[Vocabulary] = _PLACE
PREVIEW_PLACE: Final[Vocabulary] = {
    **_PLACE,
    "repeats": "It is already known.",
    "undecided": "It may be a repeat; a person has to decide.",
}
MATCH_KIND: Final[Vocabulary] = {
    "ach_batch": "A batch of one of your files.",
    "ach_return": "A returned debit.",
    "ach_dishonor": "The money of a dishonored return.",
    "ach_contest": "The debit of a contested dishonored return.",
    "ach_reversal": "A reversal of a debit.",
    "ach_reversal_return": "A returned reversal.",
    "refund": "A refund.",
    "refund_return": "A returned refund.",
    "incoming_transfer": "A transfer from a customer.",
    "incoming_transfer_back": "A transfer that was sent back or recalled.",
}
PREVIEW_OUTCOME: Final[Vocabulary] = {
    "known": "It is already known from another file.",
    "in_doubt": "A person has to decide whether it is new.",
    "posted": "It is matched and posted.",
    "open": "Not fully matched; it becomes an open line.",
    "not_posted": "Its statement can't be posted.",
    "unmatched": "The file is too large to match here.",
}
SEVERITY: Final[Vocabulary] = {
    "error": "Something is not posted because of it.",
    "warning": "For information. Everything is still posted.",
}
LINE_STATUS: Final[Vocabulary] = {
    "posted": "It was matched and posted to the ledger.",
    "open": "All or part of it isn't matched yet.",
    "proposed": "A settlement is proposed, and another person has to confirm it.",
    "settled": "It was settled by a person.",
    "explained": "Its break was resolved, and nothing is posted.",
}
OPEN: Final[Vocabulary] = {"open": "Lines that are not settled yet."}
SETTLEMENT_STATUS: Final[Vocabulary] = {
    "proposed": "Another person has to confirm it.",
    "posted": "It was confirmed and posted to the ledger.",
    "rejected": "It was rejected; nothing was posted.",
    "undo_proposed": "Undoing it was proposed, and another person has to confirm that.",
    "undone": "It was undone by a reversing entry.",
}
STATEMENT_FILTER: Final[Vocabulary] = {
    "in_force": "Statements that haven't been replaced.",
    "replaced": "Statements that another statement has replaced.",
}
BREAKS_FILTER: Final[Vocabulary] = {
    "open": "Statements with open breaks.",
    "none": "Statements without open breaks.",
}
DECIMAL_SIGN: Final[Vocabulary] = {
    "point": "A point, as in 20.00.",
    "comma": "A comma, as in 20,00.",
}
DELIMITER: Final[Vocabulary] = {
    "comma": "A comma.",
    "semicolon": "A semicolon.",
    "tab": "A tab.",
    "pipe": "A vertical bar.",
}
ENCODING: Final[Vocabulary] = {
    "utf-8": "UTF-8, with or without a byte order mark.",
    "windows-1252": "Windows-1252, which many Western European banks use.",
    "iso-8859-1": "ISO 8859-1 (Latin-1).",
    "utf-16": "UTF-16, with a byte order mark.",
}
THOUSANDS_SIGN: Final[Vocabulary] = {
    "none": "Nothing, as in 1234.00.",
    "comma": "A comma, as in 1,234.00.",
    "point": "A point, as in 1.234,00.",
    "space": "A space, as in 1 234,00.",
    "apostrophe": "An apostrophe, as in 1'234.00.",
}
BREAK_KIND: Final[Vocabulary] = {
    "unmatched_line": "A line of the bank's statement matches nothing in the books.",
    "line_amount": (
        "A statement line refers to one of your batches or returns, but with a different amount or for a second time."
    ),
    "taken_back": "The bank reversed the debit of a succeeded top-up without a return entry.",
    "unmatched_return": "The bank returned or corrected a debit that is unknown, or that can't be returned now.",
    "unreadable_item": "An item of a bank file can't be read or applied.",
    "unmatched_acknowledgement": "The bank acknowledged an unknown file, or one with different totals.",
    "rejected_file": "The bank rejected a file or a batch.",
    "failed_work": "A file could not be built, sent or applied. It is retried.",
    "silent_bank": "The bank hasn't responded to a file in time. The file isn't sent again.",
    "unusable_correction": "A bank's correction of a bank account could not be applied automatically.",
    "unsettled_dishonor": "A dishonored return couldn't be sent in time, or its settlement differs from the books.",
    "failed_reversal": (
        "A reversal is late, wasn't booked or was credited back without a return, or its debit was also returned."
    ),
    "failed_refund": "A refund was returned, wasn't sent or wasn't booked, or was credited back.",
    "paid_twice": "A debit was returned or rejected after its reversal or a refund had been sent.",
    "unknown_debit": "A debit was sent, but its top-up is missing from the database, for example after a restore.",
    "unposted_statement": "A statement's balances don't match its lines, or the bank withdrew it.",
    "statement_gap": "A statement's opening balance differs from the previous closing balance.",
    "withdrawn_line": "A posted line is missing from a later statement of the same days.",
    "held_file": "A bank file's control totals don't add up, or it can't be read.",
}
BREAK_STATUS: Final[Vocabulary] = {
    "open": "A person has to resolve it.",
    "resolved": "It was resolved.",
}

ALL: Final = (
    BANK_FILE_KIND,
    BANK_FILE_STATUS,
    VERDICT,
    STATEMENT_PLACE,
    PREVIEW_PLACE,
    MATCH_KIND,
    PREVIEW_OUTCOME,
    SEVERITY,
    LINE_STATUS,
    OPEN,
    SETTLEMENT_STATUS,
    STATEMENT_FILTER,
    BREAKS_FILTER,
    DECIMAL_SIGN,
    DELIMITER,
    ENCODING,
    THOUSANDS_SIGN,
    BREAK_KIND,
    BREAK_STATUS,
)
PLACES: Final = {
    "PostBrimAchBankFilesBankFileApprove.expected_status": BANK_FILE_STATUS,
    "PostBrimLineSettlementsLineSettlementConfirm.expected_status": SETTLEMENT_STATUS,
}

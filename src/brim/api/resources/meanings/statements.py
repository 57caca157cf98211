"""Values of bank files, bank statements, and what does not match."""

from typing import Final

from brim.api.resources.meanings.vocabulary import Vocabulary

BANK_FILE_KIND: Final[Vocabulary] = {
    "unknown": "It hasn't been read yet.",
    "nacha": "Returns and notifications of change, in Nacha's format.",
    "acknowledgement": "The bank acknowledges files.",
    "status_report": "The bank reports the status of SEPA collections (pain.002).",
    "statement": "A statement of a bank account.",
    "empty": "It is empty.",
}
BANK_FILE_STATUS: Final[Vocabulary] = {
    "received": "Not all of it is applied yet.",
    "awaiting_approval": "Somebody imported the statement, and another operator has to approve it.",
    "applied": "All of it is applied.",
    "held": "None of it is applied: its control totals are wrong, or it can't be read.",
    "rejected": "An operator rejected it; none of it is applied.",
}
VERDICT: Final[Vocabulary] = {
    "accept": "All of it would be posted or explained.",
    "flag": "Some statements or lines would wait for a person.",
    "hold": "All of it would wait for a person.",
}
_PLACE: Final = {
    "first": "It is the first of its bank account.",
    "continues": "It opens where another closed.",
    "precedes": "It comes before one that is known.",
    "replaces": "It replaces another of the same days.",
    "overlaps": "It shares days with another.",
    "gap": "The one before it is missing.",
}
STATEMENT_PLACE: Final[Vocabulary] = _PLACE
PREVIEW_PLACE: Final[Vocabulary] = {
    **_PLACE,
    "repeats": "It is known already.",
    "undecided": "It is a repeat or a new one; a person decides.",
}
MATCH_KIND: Final[Vocabulary] = {
    "ach_batch": "A batch of one of your files.",
    "ach_return": "A returned debit.",
    "ach_dishonor": "A dishonored return, whose money came back.",
    "ach_contest": "A contested dishonor, whose money left again.",
    "ach_reversal": "A reversal of a debit.",
    "ach_reversal_return": "A reversal that came back.",
    "refund": "A refund.",
    "refund_return": "A refund that came back.",
    "incoming_transfer": "A transfer from a customer.",
    "incoming_transfer_back": "A transfer that was sent back or recalled.",
}
PREVIEW_OUTCOME: Final[Vocabulary] = {
    "known": "It is known from another file.",
    "in_doubt": "A person decides whether it is new.",
    "posted": "It is matched and posted.",
    "open": "Not fully matched; it becomes an open line.",
    "not_posted": "Its statement can't be posted.",
    "unmatched": "The file is too large to tell here.",
}
SEVERITY: Final[Vocabulary] = {
    "error": "Something is not posted because of it.",
    "warning": "It is worth knowing, and everything is posted all the same.",
}
LINE_STATUS: Final[Vocabulary] = {
    "posted": "It was matched, and the ledger has it.",
    "open": "All or a part of it is not explained yet.",
    "proposed": "Somebody has proposed what it is, and another person has to confirm it.",
    "settled": "A person settled it.",
    "explained": "Its break was resolved, and nothing is posted.",
}
OPEN: Final[Vocabulary] = {"open": "Lines that are not settled yet."}
SETTLEMENT_STATUS: Final[Vocabulary] = {
    "proposed": "Another person has to confirm it.",
    "posted": "It was confirmed, and the ledger has it.",
    "rejected": "It was not confirmed; nothing is posted.",
    "undo_proposed": "Somebody proposed to undo it, and another person has to confirm that.",
    "undone": "It was undone by a counter entry.",
}
STATEMENT_FILTER: Final[Vocabulary] = {
    "in_force": "Statements that no other has replaced.",
    "replaced": "Statements that another has replaced.",
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
    "line_amount": "A line names one of your batches or returns, with another amount or a second time.",
    "taken_back": "The bank took back a debit whose top-up has succeeded, and no return says why.",
    "unmatched_return": "The bank returned or corrected a debit that is unknown, or that can't come back now.",
    "unreadable_item": "An item of a bank file can't be read or applied.",
    "unmatched_acknowledgement": "The bank acknowledged a file that is unknown, or with other totals.",
    "rejected_file": "The bank rejected a file or a batch.",
    "failed_work": "A file could not be built, sent or applied. It is retried.",
    "silent_bank": "The bank has not responded to a file in time. Nothing is resent automatically.",
    "unusable_correction": "A bank's correction of a bank account could not be applied automatically.",
    "unsettled_dishonor": "A dishonored return could not leave in time, or its money moves unexpectedly.",
    "failed_reversal": "A reversal is late or not booked, or its money came back unexpectedly.",
    "failed_refund": "A refund was returned, does not leave, or is not booked, or its money came back.",
    "paid_twice": "A debit was returned or rejected after its reversal or a refund had left.",
    "unknown_debit": "A debit was sent whose top-up the database doesn't have, as after a restore.",
    "unposted_statement": "A statement's balances don't match its lines, or the bank withdrew it.",
    "statement_gap": "A statement opens at another balance than the one before closed at.",
    "withdrawn_line": "A line was posted that a later statement of the same days no longer has.",
    "held_file": "A bank file's control totals are wrong, or it can't be read.",
}
BREAK_STATUS: Final[Vocabulary] = {
    "open": "Somebody has to look at it.",
    "resolved": "It was settled.",
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

"""What pages of live money call things: return codes' consequences, kinds of breaks, moments in the bank's zone."""

from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

BREAK_KINDS: Final = {
    "unmatched_line": ("Unmatched statement line", "A line of the bank's statement matches nothing in the books."),
    "line_amount": (
        "Amount differs",
        "A statement line refers to one of your batches or returns, but with a different amount or for a second time.",
    ),
    "taken_back": (
        "Debit returned without notice",
        "The bank reversed the debit of a succeeded top-up without a return entry. Ask the bank for the return.",
    ),
    "unmatched_return": (
        "Unmatched return",
        "The bank returned or corrected a debit that is unknown, or that can't be returned now.",
    ),
    "unreadable_item": ("Unreadable item", "An item in a bank file couldn't be read or applied."),
    "unmatched_acknowledgement": (
        "Unmatched acknowledgment",
        "The bank acknowledged an unknown file, or one with different totals.",
    ),
    "rejected_file": ("Rejected by the bank", "The bank rejected a file or a batch."),
    "unposted_statement": (
        "Statement not posted",
        "A statement's balances don't match its lines, or the bank withdrew it. None of its lines are posted.",
    ),
    "statement_gap": (
        "Statement missing",
        "A statement's opening balance differs from the previous closing balance. Ask the bank for those in between.",
    ),
    "withdrawn_line": (
        "Line withdrawn",
        "A posted line is missing from a later statement of the same days.",
    ),
    "held_file": ("Bank file held", "A bank file's control totals don't add up, or it cannot be read."),
    "silent_bank": (
        "No response from the bank",
        "The bank hasn't responded to a file in time. Ask the bank; the file isn't sent again.",
    ),
    "failed_work": ("Processing failed", "A file couldn't be created, sent or applied. It is retried automatically."),
    "unusable_correction": (
        "Correction not applied",
        "A bank's correction of a bank account couldn't be applied automatically.",
    ),
    "unsettled_dishonor": (
        "Dishonor not settled",
        "A dishonor couldn't be sent in time, or its settlement differs from the books.",
    ),
    "failed_reversal": (
        "Reversal failed",
        "A reversal is late, wasn't booked or was credited back without a return, or its debit was also returned.",
    ),
    "failed_refund": (
        "Refund failed",
        "A refund was returned, wasn't sent or wasn't booked, or was credited back.",
    ),
    "paid_twice": (
        "Customer paid twice",
        "A debit was returned or rejected after its reversal (dishonor with R62) or refund had been sent.",
    ),
    "unknown_debit": (
        "Unknown debit",
        "A debit was sent, but its top-up is missing or not debited in the restored database.",
    ),
}
"""For each kind of break: its name, and what it means."""

ACTORS: Final = {
    "customer": "The account holder",
    "originator": "You, the originator",
    "compliance": "Your compliance team",
    "odfi": "Your bank (the ODFI)",
}
"""Who has to do something about a return."""

RETRIES: Final = {
    "never": "Not allowed. The same debit can't be sent again.",
    "twice": "Allowed up to two more times, within 180 days of the first settlement.",
    "after_fix": "Allowed once the cause is fixed.",
    "new_authorisation": "Only with a new authorization from the account holder.",
    "corrected": "Allowed once corrected, within 60 days of the return's settlement.",
}
"""Whether the same debit may be sent again after a return."""

CORRECTED: Final = {
    "account_number": "Account number",
    "routing_number": "Routing number",
    "account_type": "Checking or savings",
    "holder_name": "Account holder's name",
}
"""What a correction changes."""

REFUSALS: Final = {
    "C61": "C61: Misrouted notification",
    "C62": "C62: Incorrect trace number",
    "C63": "C63: Incorrect company identification",
    "C64": "C64: Incorrect individual identification number",
    "C65": "C65: Incorrectly formatted corrected data",
    "C66": "C66: Incorrect discretionary data",
    "C67": "C67: Routing number not from the original entry",
    "C68": "C68: Account number not from the original entry",
    "C69": "C69: Incorrect transaction code",
}
"""Why a notification of change is refused, by code."""

ENTRY_WORDS: Final = {
    "queued": "Queued for the next file",
    "refused": "Couldn't be put into a file. Nothing was sent.",
    "in_file": "In a file, not confirmed by the bank",
    "confirmed": "Confirmed by the bank, on hold",
    "released": "Confirmed and available",
    "returned": "Returned by the bank",
    "rejected": "The bank rejected its file or batch",
}
"""Where an entry stands, in words."""

PREVIEW_OUTCOMES: Final = {
    "known": "Already posted",
    "in_doubt": "Possible repeat: needs your decision",
    "posted": "To be posted",
    "open": "Open line",
    "not_posted": "Not posted",
    "unmatched": "Not matched here",
}
"""What would become of a line of a statement that waits for approval."""

STATEMENT_PLACES: Final = {
    "first": "First statement of its account",
    "continues": "Continues the previous statement",
    "precedes": "Precedes a posted statement",
    "replaces": "Corrects a posted statement",
    "overlaps": "Overlaps a posted statement",
    "repeats": "Already posted",
    "gap": "Follows a missing statement",
    "undecided": "Possible repeat: needs your decision",
}
"""Where a statement belongs among those that are known."""

BANK_FILE_KINDS: Final = {
    "unknown": "Not read yet",
    "nacha": "Returns and notifications of change",
    "acknowledgement": "Acknowledgment",
    "status_report": "Status report",
    "statement": "Statement",
    "empty": "Empty",
}
"""What a file from the bank is."""

CONFIRMATIONS: Final = {
    "statement": "A line of the bank's statement",
    "acknowledgement": "The bank's acknowledgment of the file",
}
"""What counts as the bank's word."""

SEC_CODES: Final = {
    "WEB": "WEB: consumers, online or in a mobile app",
    "PPD": "PPD: consumers, in writing",
    "CCD": "CCD: companies",
}
"""How account holders authorize debits."""

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def waits_for(file: dict[str, Any], *, is_stopped: bool = False) -> str:
    """Return what a file waits for, in words; an empty text where it waits for nothing."""
    status = file["status"]
    if status in {"built", "approved"}:
        if file["held_because"]:
            return "Your decision"
        if is_stopped:
            return "Live money to be resumed"
    return {
        "built": "Two approvals" if file["approvals_needed"] == 2 else "Approval",
        "approved": "Transmission to the bank",
        "sent": "The bank's acknowledgment",
        "acknowledged": "The bank's statement",
        "rejected": "Your decision",
    }.get(status, "")


def bank_time(second: int, zone: str) -> str:
    """Return a moment in the bank's zone, such as `Tue, Dec 1, 2026, 17:00`."""
    moment = datetime.fromtimestamp(second, ZoneInfo(zone))
    return f"{moment:%a, %b} {moment.day}, {moment:%Y, %H:%M}"


def plain_day(text: str) -> str:
    """Return a day for people, such as `Wed, Dec 2, 2026`."""
    day = date.fromisoformat(text)
    return f"{day:%a, %b} {day.day}, {day.year}"


def span_words(seconds: int) -> str:
    """Return a length of time for people, in two units at most, such as `2 d 5 h` or `12 min`."""
    seconds = max(seconds, 0)
    if seconds >= _DAY:
        return f"{seconds // _DAY} d {seconds % _DAY // _HOUR} h"
    if seconds >= _HOUR:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _MINUTE} min" if seconds >= _MINUTE else "under a minute"


def age_words(seconds: int) -> str:
    """Return how old something is, such as `3 days` or `5 hours`."""
    for unit_s, one, many in ((_DAY, "day", "days"), (_HOUR, "hour", "hours"), (_MINUTE, "minute", "minutes")):
        if seconds >= unit_s:
            count = seconds // unit_s
            return f"{count} {one if count == 1 else many}"
    return "under a minute"

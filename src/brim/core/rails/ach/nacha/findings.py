"""What a reader says about a file: findings, each with its place, its weight and its reach.

A finding of weight error whose reach is the file holds the whole file; one whose reach is an item parks that item.
"""

from collections import Counter
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec


class Severity(StrEnum):
    """How much a finding weighs."""

    WARNING = "warning"
    ERROR = "error"


class Scope(StrEnum):
    """What a finding is about."""

    FILE = "file"
    ITEM = "item"


class Verdict(StrEnum):
    """What may be done with a file."""

    ACCEPT = "accept"
    ACCEPT_WITH_WARNINGS = "accept_with_warnings"
    PARK_ITEMS = "park_items"
    """Items with an error wait for a person, all others may be applied."""
    HOLD = "hold"
    """Nothing of the file may be applied."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong. `line` counts records from 1; `field` is empty where it is about no field."""

    code: str
    severity: Severity
    scope: Scope
    line: int
    record: str
    field: str
    sentence: str


class Weight(NamedTuple):
    """How a code is judged. In a file of bare batches that is read leniently, some errors are only warnings."""

    severity: Severity
    scope: Scope
    is_lenient: bool = False


_WARN_FILE: Final = Weight(Severity.WARNING, Scope.FILE)
_WARN_ITEM: Final = Weight(Severity.WARNING, Scope.ITEM)
_ERROR_FILE: Final = Weight(Severity.ERROR, Scope.FILE)
_ERROR_ITEM: Final = Weight(Severity.ERROR, Scope.ITEM)
_BARE: Final = Weight(Severity.ERROR, Scope.FILE, is_lenient=True)

WEIGHTS: Final = {
    # Lines
    "empty_file": _ERROR_FILE,
    "byte_order_mark": _WARN_FILE,
    "end_of_file_mark": _WARN_FILE,
    "blank_line": _WARN_FILE,
    "short_line": _WARN_FILE,
    "trailing_blanks": _WARN_FILE,
    "padding": _WARN_FILE,
    # Structure
    "no_file_header": _BARE,
    "no_file_control": _BARE,
    "no_batch_control": _BARE,
    "second_file": _ERROR_FILE,
    "record_order": _ERROR_FILE,
    "record_type": _ERROR_FILE,
    "after_control": _ERROR_FILE,
    "empty_batch": _WARN_FILE,
    "too_many_addenda": _ERROR_FILE,
    "unsupported_class": _ERROR_FILE,
    # Controls
    "service_class": _ERROR_FILE,
    "company_identification": _ERROR_FILE,
    "company_identification_alignment": _WARN_FILE,
    "odfi_identification": _ERROR_FILE,
    "batch_number": _ERROR_FILE,
    "batch_count": _ERROR_FILE,
    "block_count": _ERROR_FILE,
    "entry_addenda_count": _ERROR_FILE,
    "entry_hash": _ERROR_FILE,
    "total_debits": _ERROR_FILE,
    "total_credits": _ERROR_FILE,
    # Headers
    "batch_order": _WARN_FILE,
    "service_class_content": _WARN_FILE,
    "date": _WARN_FILE,
    "reserved_not_blank": _WARN_FILE,
    # Fields of headers and controls
    "constant": _ERROR_FILE,
    "not_numeric": _ERROR_FILE,
    "not_digits": _WARN_FILE,
    "blank": _WARN_FILE,
    "characters": _WARN_FILE,
    # Items
    "unreadable_entry": _ERROR_ITEM,
    "unreadable_addenda": _ERROR_ITEM,
    "unknown_addenda": _ERROR_ITEM,
    "unknown_transaction_code": _ERROR_ITEM,
    "unknown_return_code": _ERROR_ITEM,
    "unknown_change_code": _ERROR_ITEM,
    "corrected_data": _ERROR_ITEM,
    "several_notices": _ERROR_ITEM,
    "missing_addenda": _ERROR_ITEM,
    "international": _ERROR_ITEM,
    "addenda_indicator": _WARN_ITEM,
    "addenda_sequence": _WARN_ITEM,
    "addenda_trace": _WARN_ITEM,
    "trace_order": _WARN_ITEM,
    "trace_prefix": _WARN_ITEM,
    "check_digit": _WARN_ITEM,
    "amount": _WARN_ITEM,
    "item_text": _WARN_ITEM,
}
"""By code."""

MOST_FINDINGS: Final = 1_000
"""How many findings a report keeps; the others are only counted. A broken file of a million lines has millions."""


class Findings:
    """Collects the findings of one file: the first of them, and how many there were of each code."""

    def __init__(self) -> None:
        self.first: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.has_file_error = False
        self.has_item_error = False

    def add(self, finding: Finding) -> None:
        """Take note of a finding."""
        self.counts[finding.code] += 1
        if finding.severity is Severity.ERROR:
            self.has_file_error |= finding.scope is Scope.FILE
            self.has_item_error |= finding.scope is Scope.ITEM
        if len(self.first) < MOST_FINDINGS:
            self.first.append(finding)

    @property
    def verdict(self) -> Verdict:
        """What may be done with the file."""
        if self.has_file_error:
            return Verdict.HOLD
        if self.has_item_error:
            return Verdict.PARK_ITEMS
        return Verdict.ACCEPT_WITH_WARNINGS if self.counts else Verdict.ACCEPT

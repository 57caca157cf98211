"""The days of a SEPA direct debit: when a bank has to have it, and how long it can come back. Pure.

Banking days are those of TARGET. Source: EPC016-06, the rulebook of the SEPA Direct Debit Core scheme, 4.3.
"""

from datetime import date, timedelta
from typing import Final

from brim.core.calendars import BankCalendar, calendar_named

CALENDAR: Final = "sepa"
"""The calendar whose banking days count: TARGET's."""
LEAD_DAYS: Final = 1
"""Banking days from the file to its collection date, for first, recurrent and one-off collections alike."""
RETURN_DAYS_OF_B2B: Final = 3
"""Banking days from the debit within which the debtor's bank returns a collection of the B2B scheme; it has no refunds.

Source: EPC222-07, the rulebook of the SEPA Direct Debit Business-to-Business scheme, 4.3 and 4.4.
"""
REFUND_DAYS: Final = 56
"""Days from the debit within which a debtor gets an authorized collection back, without a reason: eight weeks."""
UNAUTHORIZED_MONTHS: Final = 13
"""Months from the debit within which a debtor gets an unauthorized collection back."""
LAPSE_MONTHS: Final = 36
"""Months after the last collection that was presented under a mandate, or its signature, after which it has lapsed.

Source: EPC016-06 and EPC222-07, 4.1: the last collection counts also where it was rejected, returned or refunded.
"""
PRENOTIFICATION_DAYS: Final = 14
"""Days before the collection by which the debtor is told of it, where nothing else was agreed."""

_ONE_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12


def is_banking_day(day: date) -> bool:
    """Tell whether banks settle on a day."""
    return _calendar().is_business_day(day)


def banking_day_after(day: date, count: int) -> date:
    """Return the n-th banking day after a day, or the first on or after it for none."""
    day = _first_banking_day(day)
    for _ in range(count):
        day = _first_banking_day(day + _ONE_DAY)
    return day


def collection_date_of(file_day: date) -> date:
    """Return the earliest day on which banks settle what they get in a file on a day before their cut-off."""
    return banking_day_after(file_day, LEAD_DAYS)


def refundable_until(settled_on: date) -> date:
    """Return the last day on which a debtor can claim an authorized collection back."""
    return settled_on + timedelta(days=REFUND_DAYS)


def returnable_until_of_b2b(settled_on: date) -> date:
    """Return the last day on which the debtor's bank returns a collection of the B2B scheme."""
    return banking_day_after(settled_on, RETURN_DAYS_OF_B2B)


def claimable_until(settled_on: date) -> date:
    """Return the last day on which a debtor can claim an unauthorized collection back."""
    return months_after(settled_on, UNAUTHORIZED_MONTHS)


def lapses_on(used_on: date) -> date:
    """Return the last day of collections under a mandate that was last collected under, or signed, on a day."""
    return months_after(used_on, LAPSE_MONTHS)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month; its last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    first_of_next = date(day.year + years + (month + 1) // _MONTHS, (month + 1) % _MONTHS + 1, 1)
    return date(day.year + years, month + 1, min(day.day, (first_of_next - _ONE_DAY).day))


def _calendar() -> BankCalendar:
    calendar = calendar_named(CALENDAR)
    if calendar is None:
        raise ValueError(f"there is no calendar {CALENDAR}")
    return calendar


def _first_banking_day(day: date) -> date:
    while not is_banking_day(day):
        day += _ONE_DAY
    return day

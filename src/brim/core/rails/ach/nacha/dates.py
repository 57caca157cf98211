"""Dates as records have them."""

from datetime import date


def is_date(text: str) -> bool:
    """Tell whether six digits are a day of this century, as YYMMDD."""
    try:
        date.fromisoformat("20" + text)
    except ValueError:
        return False
    return len(text) == 6


def to_yymmdd(day: date) -> str:
    """Return a day as records have it."""
    return day.strftime("%y%m%d")

"""Filters by day: two fields of a form, as the bounds of `created` that the API is asked for."""

from datetime import UTC, date, datetime, timedelta

from brim.http.form import Field
from brim.web.dashboard.forms import Form

DAY_FIELDS = ("created_from", "created_to")


def read_days(form: Form) -> dict[str, Field]:
    """Return the bounds of the days in a form, in Unix seconds; one that cannot be read shows its error."""
    bounds = {"gte": _day(form, DAY_FIELDS[0]), "lt": _day(form, DAY_FIELDS[1], days_later=1)}
    return {end: bound for end, bound in bounds.items() if bound is not None}


def _day(form: Form, name: str, *, days_later: int = 0) -> int | None:
    """Return the first second of a day of UTC, or of a later one."""
    text = form.values.get(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days_later)
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        form.errors[name] = "Write a day such as 2026-11-22."
        return None

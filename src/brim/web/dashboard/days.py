"""Days and moments that people type: two fields of a form as the bounds of `created`, and a time in UTC."""

from datetime import UTC, date, datetime, timedelta

from brim.http.form import Field
from brim.web.dashboard.forms import Form
from brim.web.zones import ViewerZone, first_second

DAY_FIELDS = ("created_from", "created_to")
_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


def read_days(form: Form, zone: ViewerZone) -> dict[str, Field]:
    """Return the bounds of a form's days in a zone, in Unix seconds; one that cannot be read shows its error."""
    first, end = read_bounds(form, zone)
    return {name: bound for name, bound in (("gte", first), ("lt", end)) if bound is not None}


def read_bounds(form: Form, zone: ViewerZone) -> tuple[int | None, int | None]:
    """Return the first second of a form's days and the first after them, each None where it is not given."""
    return _day(form, DAY_FIELDS[0], zone), _day(form, DAY_FIELDS[1], zone, days_later=1)


def read_moment(form: Form, name: str) -> int | None:
    """Return the Unix second of a time in UTC as it is typed; one that cannot be read shows its error."""
    for pattern in _FORMATS:
        try:
            return int(datetime.strptime(form.values[name].strip(), pattern).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    form.errors[name] = "Enter a time in UTC, such as 2026-11-22 09:30."
    return None


def _day(form: Form, name: str, zone: ViewerZone, *, days_later: int = 0) -> int | None:
    """Return the first second of a day, or of a later one."""
    text = form.values.get(name)
    if not text:
        return None
    try:
        return first_second(date.fromisoformat(text) + timedelta(days=days_later), zone)
    except (ValueError, OverflowError):
        form.errors[name] = "Enter a date, such as 2026-11-22."
        return None

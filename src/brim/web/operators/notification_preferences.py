"""What one is told, how often and when: the preferences of an operator, and the form that chats have as well."""

from collections.abc import Mapping
from typing import Any, Final

from brim.core.notification_channels import EMAIL, read_channels
from brim.core.notifications import (
    FREQUENCY_NAMES,
    TOPIC_NAMES,
    Frequency,
    InvalidScheduleError,
    Preferences,
    Topic,
    defaults_of,
    frequencies_of,
    read_preferences,
    save_preferences,
)
from brim.core.operators import Role, find_operator
from brim.http.message import Reply
from brim.platform.database import Conn
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedPages, SignedVisit
from brim.web.operators.people import OperatorDirectory
from brim.web.operators.profile import PROFILE
from brim.web.routes import Route

PREFERENCES: Final = f"{PROFILE}/notifications"
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class NotificationPreferencePages:
    """The page of one's own preferences.

    Args:
        people: the ways to operators.
    """

    def __init__(self, people: OperatorDirectory) -> None:
        self._people = people

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of this page."""
        return (
            *signed.get(PREFERENCES, self.show),
            *signed.post(PREFERENCES, self.save),
            *signed.post(f"{PREFERENCES}/reset", self.reset),
        )

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /settings/profile/notifications`."""
        wanted = await read_preferences(self._people.database, page.session.operator)
        return await self._page(page, form_of(wanted, page.session.role, timezone=page.zone.name))

    async def save(self, page: SignedVisit) -> Reply:
        """`POST /settings/profile/notifications`."""
        form = read_form(page.form)
        wanted = preferences_of(form)
        try:
            await self._save(page, wanted)
        except InvalidScheduleError as error:
            form.errors[error.param] = error.message
            return await self._page(page, form, status=400)
        return page.redirect(PREFERENCES, done="notifications_saved")

    async def reset(self, page: SignedVisit) -> Reply:
        """`POST .../reset`: the defaults of one's role, whatever they become; the hour of digests stays."""
        kept = await read_preferences(self._people.database, page.session.operator)
        await self._save(
            page,
            Preferences(timezone=kept.timezone, hour=kept.hour, weekday=kept.weekday, wants_empty=kept.wants_empty),
        )
        return page.redirect(PREFERENCES, done="notifications_saved")

    async def _save(self, page: SignedVisit, wanted: Preferences) -> None:
        people = self._people
        operator = await find_operator(people.database, page.session.operator)

        async def work(conn: Conn) -> None:
            await save_preferences(
                conn,
                operator.id,
                wanted,
                role=operator.role,
                by=people.actor(page.visit, operator),
                now_ms=people.clock(),
                ids=people.ids,
            )

        await people.database.transact(work)

    async def _page(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        people = self._people
        (email, *_) = [each for each in await read_channels(people.database) if each.id == EMAIL]
        operator = await find_operator(people.database, page.session.operator)
        return page.reply(
            "operators/notification_preferences.html",
            status=status,
            form=form,
            email_is_on=email.is_on,
            address=operator.email,
            **form_parts(),
        )


def form_parts() -> dict[str, Any]:
    """Return what the fields of a form of preferences choose from."""
    return {
        "topics": tuple((topic.value, name) for topic, name in TOPIC_NAMES.items()),
        "frequencies": tuple((frequency.value, name) for frequency, name in FREQUENCY_NAMES.items()),
        "hours": tuple((str(hour), f"{hour:02}:00") for hour in range(24)),
        "weekdays": tuple((str(number), name) for number, name in enumerate(_DAYS)),
    }


def form_of(wanted: Preferences, role: Role | None, *, timezone: str) -> Form:
    """Return the form that shows what a recipient wants; where they chose nothing yet, in their browser's zone."""
    often = frequencies_of(wanted, defaults_of(role))
    values = {topic.value: frequency.value for topic, frequency in often.items()}
    values |= {
        "timezone": timezone if wanted == Preferences() else wanted.timezone,
        "hour": str(wanted.hour),
        "weekday": str(wanted.weekday),
        "wants_empty": "yes" if wanted.wants_empty else "",
    }
    return Form(values=values)


def read_form(typed: Mapping[str, str]) -> Form:
    """Return the form as it was sent."""
    names = (*(topic.value for topic in Topic), "timezone", "hour", "weekday", "wants_empty")
    return Form(values={name: typed.get(name, "").strip() for name in names})


def preferences_of(form: Form) -> Preferences:
    """Return what a form asks for; a word that no field offers is that of nothing."""
    values = form.values
    known = {frequency.value: frequency for frequency in Frequency}
    return Preferences(
        choices={topic: known.get(values[topic.value], Frequency.OFF) for topic in Topic},
        timezone=values["timezone"] or "UTC",
        hour=_number(values["hour"]),
        weekday=_number(values["weekday"]),
        wants_empty=values["wants_empty"] == "yes",
    )


def _number(text: str) -> int:
    """Return a number of one or two digits; -1, which is no hour and no day, for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else -1

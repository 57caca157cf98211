"""The channels of notifications, for admins: e-mail and chats, how each does, and what a chat is told."""

from collections.abc import Awaitable, Callable
from typing import Final

from brim.core.audit import Actor
from brim.core.notification_channels import (
    Channel,
    ChannelKind,
    ChannelNameError,
    ChannelUrlError,
    UnknownChannelError,
    add_chat,
    read_channels,
    remove_chat,
    turn_channel,
)
from brim.core.notifications import (
    InvalidScheduleError,
    latest_messages,
    read_preferences,
    save_preferences,
    send_test,
)
from brim.core.operators import find_operator, list_operators
from brim.http.message import Reply
from brim.platform.database import Conn
from brim.platform.vault import NoEncryptionKeyError
from brim.web.dashboard.forms import Form
from brim.web.dashboard.signed import SignedPages, SignedVisit
from brim.web.operators.management import admins_only
from brim.web.operators.notification_preferences import form_of, form_parts, preferences_of, read_form
from brim.web.operators.people import OperatorDirectory
from brim.web.routes import NoSuchPageError, Route

NOTIFICATIONS: Final = "/settings/notifications"
_ONE: Final = NOTIFICATIONS + "/{channel}"
_SHOWN: Final = 20


class NotificationChannelPages:
    """The pages of channels.

    Args:
        people: the ways to operators.
    """

    def __init__(self, people: OperatorDirectory) -> None:
        self._people = people

    def routes(self, signed: SignedPages) -> tuple[Route, ...]:
        """Return the routes of these pages."""
        return (
            *signed.get(NOTIFICATIONS, admins_only(self.show_all)),
            *signed.post(NOTIFICATIONS, admins_only(self.add)),
            *signed.get(_ONE, admins_only(self.show)),
            *signed.post(_ONE, admins_only(self.save)),
            *signed.post(f"{_ONE}/on", admins_only(self.turn_on)),
            *signed.post(f"{_ONE}/off", admins_only(self.turn_off)),
            *signed.post(f"{_ONE}/test", admins_only(self.test)),
            *signed.post(f"{_ONE}/remove", admins_only(self.remove)),
        )

    async def show_all(self, page: SignedVisit) -> Reply:
        """`GET /settings/notifications`."""
        return await self._list(page, Form())

    async def add(self, page: SignedVisit) -> Reply:
        """`POST /settings/notifications`: add a chat; its URL is not shown again."""
        people, by = self._people, await self._actor(page)
        form = Form(values={"name": page.form.get("name", ""), "url": page.form.get("url", "")})

        async def work(conn: Conn) -> Channel:
            return await add_chat(
                conn,
                people.vault,
                name=form.values["name"],
                url=form.values["url"],
                allowed=people.chat_networks,
                by=by,
                now_ms=people.clock(),
                ids=people.ids,
            )

        try:
            await people.database.transact(work)
        except (ChannelNameError, ChannelUrlError) as error:
            form.errors[error.param] = error.message
        except NoEncryptionKeyError as error:
            form.message = error.message
        else:
            return page.redirect(NOTIFICATIONS, done="chat_added")
        form.forget("url")
        return await self._list(page, form, status=400)

    async def show(self, page: SignedVisit) -> Reply:
        """`GET /settings/notifications/{channel}`: what a chat is told."""
        channel = await self._chat(page)
        wanted = await read_preferences(self._people.database, channel.id)
        return self._one(page, channel, form_of(wanted, None, timezone=page.zone.name))

    async def save(self, page: SignedVisit) -> Reply:
        """`POST /settings/notifications/{channel}`."""
        people, channel, by, form = self._people, await self._chat(page), await self._actor(page), read_form(page.form)

        async def work(conn: Conn) -> None:
            await save_preferences(
                conn,
                channel.id,
                preferences_of(form),
                role=None,
                by=by,
                now_ms=people.clock(),
                ids=people.ids,
            )

        try:
            await people.database.transact(work)
        except InvalidScheduleError as error:
            form.errors[error.param] = error.message
            return self._one(page, channel, form, status=400)
        return page.redirect(NOTIFICATIONS, done="notifications_saved")

    async def turn_on(self, page: SignedVisit) -> Reply:
        """`POST .../{channel}/on`."""
        return await self._turn(page, is_on=True)

    async def turn_off(self, page: SignedVisit) -> Reply:
        """`POST .../{channel}/off`."""
        return await self._turn(page, is_on=False)

    async def test(self, page: SignedVisit) -> Reply:
        """`POST .../{channel}/test`: a worker sends a test, by e-mail to whoever asks."""
        people = self._people

        async def work(conn: Conn, by: Actor) -> object:
            return await send_test(
                conn,
                page.path_params["channel"],
                page.session.operator,
                by=by,
                now_ms=people.clock(),
                ids=people.ids,
            )

        return await self._change(page, work, done="notification_test")

    async def remove(self, page: SignedVisit) -> Reply:
        """`POST .../{channel}/remove`."""
        people = self._people

        async def work(conn: Conn, by: Actor) -> None:
            await remove_chat(conn, page.path_params["channel"], by=by, now_ms=people.clock(), ids=people.ids)

        return await self._change(page, work, done="chat_removed")

    async def _turn(self, page: SignedVisit, *, is_on: bool) -> Reply:
        people = self._people

        async def work(conn: Conn, by: Actor) -> object:
            return await turn_channel(
                conn, page.path_params["channel"], is_on=is_on, by=by, now_ms=people.clock(), ids=people.ids
            )

        return await self._change(page, work, done="channel_on" if is_on else "channel_off")

    async def _change(self, page: SignedVisit, work: Callable[[Conn, Actor], Awaitable[object]], *, done: str) -> Reply:
        by = await self._actor(page)
        try:
            await self._people.database.transact(lambda conn: work(conn, by))
        except UnknownChannelError:
            raise NoSuchPageError from None
        return page.redirect(NOTIFICATIONS, done=done)

    async def _chat(self, page: SignedVisit) -> Channel:
        """Return the chat that the path names.

        Raises:
            NoSuchPageError: there is none.
        """
        for channel in await read_channels(self._people.database):
            if channel.id == page.path_params["channel"] and channel.kind is ChannelKind.CHAT:
                return channel
        raise NoSuchPageError

    def _one(self, page: SignedVisit, channel: Channel, form: Form, *, status: int = 200) -> Reply:
        return page.reply(
            "operators/notification_channel.html", status=status, channel=channel, form=form, **form_parts()
        )

    async def _list(self, page: SignedVisit, form: Form, *, status: int = 200) -> Reply:
        people = self._people
        channels = await read_channels(people.database)
        names = {channel.id: channel.name for channel in channels}
        names |= {operator.id: operator.email for operator in await list_operators(people.database)}
        return page.reply(
            "operators/notification_channels.html",
            status=status,
            channels=channels,
            form=form,
            server=people.mail_server,
            messages=await latest_messages(people.database, limit=_SHOWN),
            names=names,
        )

    async def _actor(self, page: SignedVisit) -> Actor:
        return self._people.actor(page.visit, await find_operator(self._people.database, page.session.operator))

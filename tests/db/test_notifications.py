"""Notifications from a matter's beginning to a mailbox and a chat: once each, by role, whatever crashes or refuses."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from ipaddress import ip_network
from pathlib import Path

import pytest

from brim.base.ids import IdFactory
from brim.cli.doctor import _check_notifications
from brim.core import notification_channels as channels
from brim.core import notifications
from brim.core.attention import Matter, MatterKind, find_attention_everywhere
from brim.core.diagnosis import Severity
from brim.core.integrity.service import verify_and_remember
from brim.core.notification_channels import EMAIL, ChannelUrlError
from brim.core.notifications import Frequency, MailServer, NotificationSender, Preferences, Topic, mail, planning
from brim.core.notifications.rules import ABSENT_MS, AGAIN_MS, GROUP_MS, KEPT_MS, SPACING_MS
from brim.core.notifications.sending import LEASE_MS
from brim.core.notifications.store import Message
from brim.core.operators import Role
from brim.core.webhooks import WebhookSender
from brim.platform.database import Database
from brim.platform.settings import load_settings
from brim.testing.catcher import Catcher, catching, status
from brim.testing.terminal import typed
from tests.support.books import execute, rows
from tests.support.certificates import self_signed
from tests.support.hooks import VAULT
from tests.support.smtp_server import SmtpServer, serving_smtp

NOW_MS = int(datetime(2026, 11, 30, 9, 15, tzinfo=UTC).timestamp() * 1000)  # a Monday
DAY_MS = 24 * 60 * 60_000
BASE = "https://brim.example.com"
LOCAL = [ip_network("127.0.0.0/8")]


class _KilledError(BaseException):
    """The worker is gone."""


class _DyingSender(NotificationSender):
    """A worker that is killed between a mail and the commit."""

    async def _mail(self, message: Message) -> None:
        await super()._mail(message)
        raise _KilledError


class House:
    """A platform with live money and people, its channels, and a time that the test moves."""

    def __init__(self, database: Database, smtp: SmtpServer) -> None:
        self.database = database
        self.smtp = smtp
        self.now_ms = NOW_MS
        self.ids = IdFactory()
        self.server = MailServer(host="127.0.0.1", port=smtp.port, security="none", sender="Brim <brim@example.com>")

    async def begin(self) -> None:
        await execute(
            self.database,
            "INSERT INTO accounts (account, created, business_name) VALUES ('acct_1', 1, 'Acme Inc')",
        )
        await verify_and_remember(self.database, clock=lambda: self.now_ms, ids=self.ids, with_chain=True)

    async def hire(self, role: Role) -> str:
        operator = f"op_{role}"
        await execute(
            self.database,
            "INSERT INTO operators (id, email, name, role, created)"
            f" VALUES ('{operator}', '{role}@example.com', '{role.capitalize()}', '{role}', 1)",
        )
        return operator

    async def turn(self, channel: str = EMAIL, *, is_on: bool = True) -> None:
        await self.database.transact(
            lambda conn: channels.turn_channel(conn, channel, is_on=is_on, **typed(self.now_ms))
        )

    async def add_chat(self, url: str) -> str:
        channel = await self.database.transact(
            lambda conn: channels.add_chat(conn, VAULT, name="#payments", url=url, allowed=LOCAL, **typed(self.now_ms))
        )
        return channel.id

    async def choose(self, recipient: str, role: Role | None, **wanted: object) -> None:
        preferences = Preferences(**wanted)  # type: ignore[arg-type]
        await self.database.transact(
            lambda conn: notifications.save_preferences(conn, recipient, preferences, role=role, **typed(self.now_ms))
        )

    async def open_break(self, number: int = 1) -> None:
        await execute(
            self.database,
            "INSERT INTO breaks (account, livemode, id, kind, cause, amount, currency, detail, opened_ms)"
            f" VALUES ('acct_1', true, 'brk_{number}', 'unmatched_line', 'x{number}', 1, 'usd', '', {NOW_MS})",
        )

    async def open_break_of(self, account: str) -> None:
        await execute(
            self.database,
            "INSERT INTO breaks (account, livemode, id, kind, cause, amount, currency, detail, opened_ms)"
            f" VALUES ('{account}', true, 'brk_{account}', 'unmatched_line', 'x', 1, 'usd', '', {NOW_MS})",
        )

    async def plan(self, *, after_ms: int = 0) -> int:
        self.now_ms += after_ms
        return await notifications.plan(self.database, now_ms=self.now_ms, ids=self.ids)

    async def begin_and_tell(self) -> int:
        """Plan as a matter begins, and once what begins with it had its time."""
        assert await self.plan() == 0
        return await self.plan(after_ms=GROUP_MS)

    def sender(
        self,
        server: MailServer | None = None,
        *,
        allowed: bool = True,
        kind: type[NotificationSender] = NotificationSender,
    ) -> NotificationSender:
        return kind(
            self.database,
            VAULT,
            WebhookSender(timeout_s=5, allowed=LOCAL if allowed else ()),
            mail_server=server or self.server,
            base_url=BASE,
            clock=lambda: self.now_ms,
        )

    async def send(self) -> int:
        return await self.sender().run_once()

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.smtp.mails]

    async def errors(self) -> list[str | None]:
        return [each.error for each in await notifications.latest_messages(self.database, limit=10)]


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with serving_smtp() as server:
        yield server


@pytest.fixture
async def house(database: Database, smtp: SmtpServer) -> House:
    house = House(database, smtp)
    await house.begin()
    return house


@pytest.fixture
async def chat() -> AsyncIterator[Catcher]:
    async with catching() as catcher:
        yield catcher


async def test_nothing_is_followed_and_nobody_told_before_an_admin_turns_a_channel_on(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.open_break()
    assert await house.begin_and_tell() == 0
    assert await rows(house.database, "SELECT FROM notification_matters") == []
    assert await house.send() == 0


async def test_a_matter_is_told_once_when_it_begins_and_once_when_it_is_over(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    assert await house.begin_and_tell() == 1
    assert await house.send() == 1
    assert house.subjects == ["1 open break (Acme Inc)"]
    assert house.smtp.recipients == ["<finance@example.com>"]
    body = house.smtp.mails[0].get_body(("plain",))
    assert body is not None
    assert f"{BASE}/accounts/acct_1/open?to=/breaks" in body.get_content()
    assert await house.plan(after_ms=AGAIN_MS // 2) == 0
    await execute(house.database, "DELETE FROM breaks")
    assert await house.plan(after_ms=1) == 0
    assert await house.plan(after_ms=ABSENT_MS) == 1
    await house.send()
    assert house.subjects[1:] == ["Resolved: 1 open break (Acme Inc)"]
    assert await house.plan(after_ms=AGAIN_MS) == 0


async def test_the_notification_says_what_home_says(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.open_break(2)
    await house.begin_and_tell()
    await house.send()
    home = {each.kind: each.title for each in await find_attention_everywhere(house.database, now_ms=house.now_ms)}
    assert house.subjects == [f"{home[MatterKind.BREAKS]} (Acme Inc)"] == ["2 open breaks (Acme Inc)"]


async def test_one_that_comes_and_goes_is_told_once_and_notifications_are_apart(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    for _ in range(8):
        await house.open_break()
        await house.plan(after_ms=60_000)
        await execute(house.database, "DELETE FROM breaks")
        await house.plan(after_ms=60_000)
    messages = await rows(house.database, "SELECT created_ms FROM notification_messages ORDER BY id")
    assert len(messages) == 1


async def test_a_storm_of_matters_is_one_message(house: House) -> None:
    await house.hire(Role.ADMIN)
    await house.turn()
    for number in range(40):
        await execute(
            house.database,
            "INSERT INTO rail_stops (account, livemode, rail, stopped_account, reason, stopped_by, stopped_ms)"
            f" VALUES ('acct_1', true, '{'ach' if number % 2 else 'sepa'}', 'acct_{number}', '', '', 1)",
        )
    assert await house.begin_and_tell() == 1
    await house.send()
    assert house.subjects == ["2 items need attention"]


async def test_each_role_is_told_what_concerns_it_and_choices_win(house: House) -> None:
    finance, developer, viewer = [await house.hire(role) for role in (Role.FINANCE, Role.DEVELOPER, Role.VIEWER)]
    await house.turn()
    await house.choose(developer, Role.DEVELOPER, choices={Topic.BREAKS: Frequency.NOW})
    await house.choose(finance, Role.FINANCE, choices={Topic.BREAKS: Frequency.OFF})
    await house.open_break()
    assert await house.begin_and_tell() == 1
    await house.send()
    assert house.smtp.recipients == ["<developer@example.com>"]
    await house.choose(viewer, Role.VIEWER, choices={Topic.BREAKS: Frequency.NOW})
    assert await house.plan(after_ms=SPACING_MS) == 1
    await execute(house.database, f"UPDATE operators SET disabled_ms = {house.now_ms} WHERE role = 'viewer'")
    await house.send()
    assert len(house.smtp.mails) == 1
    assert (await house.errors())[0] == "The operator was disabled."


async def test_test_mode_is_never_told(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await execute(
        house.database,
        "INSERT INTO topups (account, livemode, id, amount, currency, created, status, rail, metadata)"
        f" VALUES ('acct_1', false, '{IdFactory().new_at('tu_', NOW_MS)}', 1, 'usd', {NOW_MS // 1000}, 'failed',"
        " 'import', '{}')",
    )
    await house.choose("op_finance", Role.FINANCE, choices={Topic.TOPUPS: Frequency.NOW})
    assert await house.begin_and_tell() == 0


async def test_a_digest_comes_at_the_hour_of_the_zone_and_not_when_it_is_empty(house: House) -> None:
    finance = await house.hire(Role.FINANCE)
    await house.turn()
    daily = {**dict.fromkeys(Topic, Frequency.OFF), Topic.BREAKS: Frequency.DAILY}
    await house.choose(finance, Role.FINANCE, choices=daily, timezone="America/New_York", hour=9)
    assert await house.plan() == 0
    due_ms = int(datetime(2026, 11, 30, 14, 0, tzinfo=UTC).timestamp() * 1000)
    assert await house.plan(after_ms=due_ms - house.now_ms) == 0  # empty
    await house.open_break()
    assert await house.plan(after_ms=DAY_MS - 1) == 0
    assert await house.plan(after_ms=1) == 1
    assert await house.plan() == 0
    await house.send()
    assert house.subjects == ["Daily digest, Dec 1: 1 item needs attention"]
    # Three days without a worker: one digest, and the next one at its hour.
    assert await house.plan(after_ms=3 * DAY_MS + 3_600_000) == 1
    assert await house.plan(after_ms=DAY_MS - 3_600_000) == 1
    await execute(house.database, "DELETE FROM breaks")
    await house.plan(after_ms=1)
    await house.plan(after_ms=ABSENT_MS)
    assert await house.plan(after_ms=DAY_MS) == 1
    await house.send()
    last = next(mail for mail in house.smtp.mails if "Dec 6" in mail["Subject"])
    assert last["Subject"] == "Daily digest, Dec 6: nothing needs attention"
    assert "Resolved" in str(last)
    assert await house.plan(after_ms=DAY_MS) == 0
    await house.choose(finance, Role.FINANCE, choices=daily, timezone="America/New_York", hour=9, wants_empty=True)
    assert await house.plan(after_ms=DAY_MS) == 1


async def test_a_weekly_digest_comes_on_its_day(house: House) -> None:
    finance = await house.hire(Role.FINANCE)
    await house.turn()
    weekly = {**dict.fromkeys(Topic, Frequency.OFF), Topic.BREAKS: Frequency.WEEKLY}
    await house.choose(finance, Role.FINANCE, choices=weekly, weekday=2, hour=7)
    await house.open_break()
    due_ms = int(datetime(2026, 12, 2, 7, 0, tzinfo=UTC).timestamp() * 1000)
    assert await house.plan() == 0
    assert await house.plan(after_ms=due_ms - house.now_ms - 1) == 0
    assert await house.plan(after_ms=1) == 1
    await house.send()
    assert house.subjects == ["Weekly digest, Dec 2: 1 item needs attention"]


async def test_what_was_sent_just_before_a_crash_is_sent_again_under_the_same_id(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    with pytest.raises(_KilledError):
        await house.sender(kind=_DyingSender).run_once()
    assert len(house.smtp.mails) == 1
    assert await house.send() == 0  # the dead worker's lease
    house.now_ms += LEASE_MS
    assert await house.send() == 1
    assert await house.send() == 0
    assert [mail["Message-ID"] for mail in house.smtp.mails] == [house.smtp.mails[0]["Message-ID"]] * 2
    assert await house.plan(after_ms=SPACING_MS) == 0


async def test_two_workers_plan_and_send_each_message_once(house: House) -> None:
    for role in (Role.FINANCE, Role.ADMIN, Role.APPROVER, Role.DEVELOPER):
        await house.hire(role)
        await house.choose(f"op_{role}", role, choices={Topic.BREAKS: Frequency.NOW})
    await house.turn()
    await house.open_break()
    await house.plan()
    house.now_ms += GROUP_MS
    assert sum(await asyncio.gather(*(house.plan() for _ in range(3)))) == 4
    assert sum(await asyncio.gather(*(house.sender().run_once() for _ in range(3)))) == 4
    assert len(house.smtp.mails) == 4
    assert len(set(house.smtp.recipients)) == 4


@pytest.mark.parametrize(
    "refusals",
    [
        {"RCPT": "451 4.7.1 Try again later"},
        {"CONNECT": "421 4.3.2 Shutting down"},
        {"MAIL": "550 5.7.1 Sender not allowed"},
        {"SENT": "552 5.2.2 Full"},
    ],
)
async def test_a_server_that_refuses_is_tried_again_and_needs_attention(house: House, refusals: dict[str, str]) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    house.smtp.refusals = refusals
    assert await house.send() == 1
    assert await house.send() == 0
    (error,) = await house.errors()
    assert next(iter(refusals.values()))[4:] in str(error)
    house.now_ms += 10 * 60_000
    assert await house.send() == 1
    found = {each.kind: each for each in await find_attention_everywhere(house.database, now_ms=house.now_ms)}
    assert found[MatterKind.NOTIFICATION_CHANNEL].title == "Email notifications aren't being delivered"
    house.smtp.refusals = {}
    house.smtp.mails.clear()
    house.now_ms += 10 * 60_000
    assert await house.send() == 1
    assert house.subjects == ["1 open break (Acme Inc)"]
    found = {each.kind: each for each in await find_attention_everywhere(house.database, now_ms=house.now_ms)}
    assert MatterKind.NOTIFICATION_CHANNEL not in found


async def test_an_address_that_is_refused_for_good_is_given_up_and_stops_nobody_else(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    house.smtp.refusals = {"RCPT": "550 5.1.1 No such user"}
    assert await house.send() == 1
    house.now_ms += DAY_MS
    assert await house.send() == 0
    assert await house.errors() == ["The mail server answered 550: 5.1.1 No such user"]
    (email,) = await channels.read_channels(house.database)
    assert (email.error, email.failing_since_ms) == ("The mail server answered 550: 5.1.1 No such user", None)


@pytest.mark.parametrize("answer", ["554 5.7.1 Relay access denied", "530 5.7.0 Authentication required"])
async def test_a_server_that_relays_nothing_for_us_is_tried_again(house: House, answer: str) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    house.smtp.refusals = {"RCPT": answer}
    assert await house.send() == 1
    (email,) = await channels.read_channels(house.database)
    assert email.failing_since_ms == house.now_ms
    house.smtp.refusals = {}
    house.now_ms += LEASE_MS
    assert await house.send() == 1
    assert len(house.smtp.mails) == 1


async def test_a_server_that_never_ends_is_left_before_the_lease_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mail.DEADLINE_S * 1000 < LEASE_MS
    monkeypatch.setattr(mail, "DEADLINE_S", 0.05)
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    house.smtp.stalls = {"MAIL"}
    assert await house.send() == 1
    assert await house.errors() == ["127.0.0.1 took longer than 0.05 seconds."]


async def test_a_message_that_waited_since_an_old_backup_is_no_news(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    house.now_ms += 2 * DAY_MS
    assert await house.send() == 1
    assert house.smtp.mails == []
    assert await house.errors() == ["It was not sent within a day."]


async def test_what_was_sent_is_noted_while_somebody_plans_for_long(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()

    async def is_noted() -> bool:
        found = await rows(house.database, "SELECT FROM notification_messages WHERE sent_ms IS NOT NULL")
        return bool(found)

    async with house.database.transaction() as conn:
        assert await channels.lock_planning(conn)
        sending = asyncio.create_task(house.send())
        while not await is_noted():
            assert not sending.done()
    assert await sending == 1


async def test_what_begins_while_a_server_is_down_is_told_together_once_it_is_up(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    house.smtp.refusals = {"CONNECT": "421 No"}
    await house.send()
    await execute(house.database, "UPDATE breaks SET resolved_ms = 1, resolution = ''")
    for hour in range(5):
        await execute(
            house.database,
            "INSERT INTO accounts (account, created, platform, business_name)"
            f" VALUES ('acct_{hour + 2}', 1, NULL, 'Shop {hour + 2}')",
        )
        await house.open_break_of(f"acct_{hour + 2}")
        for _ in range(2):
            assert await house.plan(after_ms=30 * 60_000) == 0
        await house.send()
    house.smtp.refusals = {}
    house.now_ms += 3_600_000
    await house.send()
    assert await house.plan() == 1
    await house.send()
    assert house.subjects == ["1 open break (Acme Inc)", "5 items need attention"]
    text = next(part for part in house.smtp.mails[1].iter_parts() if isinstance(part, EmailMessage)).get_content()
    assert "1 open break" in text.partition("Resolved")[2]


async def test_a_zone_or_a_topic_that_a_host_does_not_know_stops_nobody(house: House) -> None:
    operator = await house.hire(Role.FINANCE)
    await house.turn()
    await house.choose(operator, Role.FINANCE, choices=dict.fromkeys(Topic, Frequency.DAILY))
    await execute(
        house.database,
        "UPDATE notification_recipients SET timezone = 'Mars/Olympus', daily_ms = NULL,"
        """ choices = '{"breaks": "daily", "new": "daily", "topups": "sometimes"}'""",
    )
    await house.open_break()
    assert await house.plan() == 0
    assert await house.plan(after_ms=DAY_MS) == 1
    await house.send()
    (said,) = house.subjects
    assert said.startswith("Daily digest, Dec 1")


async def test_nothing_is_held_while_somebody_looks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.turn()
    looks: list[bool] = []

    async def look(database: Database, *, now_ms: int) -> list[Matter]:
        async with database.transaction() as conn:
            looks.append(await channels.lock_planning(conn))
        return await find_attention_everywhere(database, now_ms=now_ms)

    monkeypatch.setattr(planning, "find_attention_everywhere", look)
    await house.plan()
    assert looks == [True]


async def test_a_chat_whose_url_cannot_be_opened_is_noted_and_stops_no_mail(house: House, chat: Catcher) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    channel = await house.add_chat(f"{chat.url}/secret")
    await house.open_break()
    await house.begin_and_tell()
    await execute(house.database, f"UPDATE notification_channels SET sealed = 'x' WHERE id = '{channel}'")
    assert await house.send() == 2
    assert len(house.smtp.mails) == 1
    found = {each.id: each for each in await channels.read_channels(house.database)}
    assert found[channel].failing_since_ms == house.now_ms
    house.now_ms += LEASE_MS
    assert await house.send() == 1
    assert chat.connections == 0


async def test_digests_come_again_after_a_clock_was_a_year_ahead(house: House) -> None:
    operator = await house.hire(Role.FINANCE)
    await house.turn()
    await house.choose(operator, Role.FINANCE, choices=dict.fromkeys(Topic, Frequency.DAILY))
    await house.open_break()
    await execute(
        house.database, f"UPDATE notification_recipients SET daily_ms = {NOW_MS + 365 * DAY_MS} WHERE id = '{operator}'"
    )
    assert await house.plan() == 0
    assert await house.plan(after_ms=DAY_MS) == 1


async def test_a_message_is_given_up_after_a_day(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    house.smtp.refusals = {"CONNECT": "421 No"}
    for wait_ms in (0, 30_000, DAY_MS - 3_600_000):
        house.now_ms += wait_ms
        assert await house.send() == 1
    house.now_ms += 3_600_000
    assert await house.send() == 1
    house.smtp.refusals = {}
    house.now_ms += DAY_MS
    assert await house.send() == 0


async def test_connections_are_encrypted_and_the_certificate_is_verified(house: House, tmp_path: Path) -> None:
    await house.hire(Role.ADMIN)
    tls = self_signed(tmp_path)
    for is_implicit in (False, True):
        with serving_smtp(tls, is_implicit=is_implicit) as smtp:
            server = MailServer(
                host="127.0.0.1",
                port=smtp.port,
                security="tls" if is_implicit else "starttls",
                sender="brim@example.com",
                user="brim",
                password="secret",
            )
            await house.database.transact(
                lambda conn: notifications.send_test(conn, EMAIL, "op_admin", **typed(house.now_ms))
            )
            await house.sender(server).run_once()
            assert smtp.mails == []
            assert "certificate" in str((await house.errors())[0])
            trusting = MailServer(**{name: getattr(server, name) for name in server.__struct_fields__} | {
                "ca_file": tmp_path / "server.pem"
            })  # fmt: skip
            house.now_ms += 60_000
            await house.sender(trusting).run_once()
            assert (len(smtp.mails), smtp.encrypted, smtp.logins) == (1, [True], 1)
    plain = MailServer(host="127.0.0.1", port=house.smtp.port, security="starttls", sender="brim@example.com")
    await house.database.transact(lambda conn: notifications.send_test(conn, EMAIL, "op_admin", **typed(house.now_ms)))
    await house.sender(plain).run_once()
    assert house.smtp.mails == []  # without STARTTLS nothing is sent in the clear
    assert "STARTTLS" in str((await house.errors())[0])


async def test_a_chat_is_told_by_its_url_which_is_sealed(house: House, chat: Catcher) -> None:
    channel = await house.add_chat(chat.url)
    (stored,) = await rows(house.database, "SELECT sealed, host FROM notification_channels WHERE kind = 'chat'")
    assert b"hooks" not in stored["sealed"]
    assert stored["host"] == "127.0.0.1"
    await house.open_break()
    assert await house.begin_and_tell() == 1
    assert await house.send() == 1
    assert json.loads(chat.caught[0].body)["text"].startswith(
        f"<{BASE}/accounts/acct_1/open?to=/breaks|1 open break> · Acme Inc"
    )
    assert chat.caught[0].headers["content-type"] == "application/json"
    await house.turn(channel, is_on=False)
    await execute(house.database, "DELETE FROM breaks")
    await house.plan(after_ms=1)
    assert await house.plan(after_ms=ABSENT_MS) == 0


async def test_a_chat_that_fails_is_tried_again_beside_mail_that_works(house: House, chat: Catcher) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    channel = await house.add_chat(chat.url)
    chat.reply = status(500)
    await house.open_break()
    assert await house.begin_and_tell() == 2
    assert await house.send() == 2
    assert len(house.smtp.mails) == 1
    found = {each.id: each for each in await channels.read_channels(house.database)}
    assert found[channel].failing_since_ms == house.now_ms
    assert found[EMAIL].failing_since_ms is None
    chat.reply = status(200)
    house.now_ms += 30_000
    assert await house.send() == 1
    assert len(chat.caught) == 2


async def test_a_private_address_is_never_posted_to_unless_it_is_allowed(house: House, chat: Catcher) -> None:
    await house.add_chat(chat.url)
    await house.open_break()
    await house.begin_and_tell()
    await house.sender(allowed=False).run_once()
    assert chat.caught == []
    for url in ("http://example.com/hook", "https://10.0.0.1/hook", "ftp://x", "https://user:pw@example.com/"):
        with pytest.raises(ChannelUrlError):
            await house.database.transact(
                lambda conn, url=url: channels.add_chat(  # type: ignore[misc]
                    conn, VAULT, name="x", url=url, allowed=(), **typed(house.now_ms)
                )
            )


async def test_what_is_done_is_removed_after_thirty_days(house: House) -> None:
    await house.hire(Role.FINANCE)
    await house.turn()
    await house.open_break()
    await house.begin_and_tell()
    await house.send()
    await execute(house.database, "DELETE FROM breaks")
    await house.plan(after_ms=1)
    await house.plan(after_ms=ABSENT_MS)
    await house.send()
    await execute(house.database, "UPDATE notification_recipients SET daily_ms = NULL")
    await house.plan(after_ms=KEPT_MS + DAY_MS)
    await house.plan(after_ms=1)
    kept = await rows(house.database, "SELECT matter ->> 'kind' AS kind FROM notification_matters")
    assert "breaks" not in {each["kind"] for each in kept}
    old = await rows(house.database, "SELECT FROM notification_messages WHERE created_ms < $1", NOW_MS + DAY_MS)
    assert old == []


async def test_the_doctor_names_channels_that_do_not_work(house: House) -> None:
    assert await _check_notifications(load_settings({}, {}), house.database) == []
    await house.turn()
    (without,) = await _check_notifications(load_settings({}, {}), house.database)
    assert (without.severity, "no mail server is set" in without.message) == (Severity.ERROR, True)
    settings = load_settings({}, {"BRIM_SMTP_HOST": "127.0.0.1"})
    (well,) = await _check_notifications(settings, house.database)
    assert (well.severity, well.message) == (Severity.OK, "Email notifications are on.")
    async with house.database.transaction() as conn:
        await channels.note_failed(conn, EMAIL, "No.", is_failing=True, now_ms=house.now_ms)
    (failing,) = await _check_notifications(settings, house.database)
    assert failing.message == "Email notifications aren't being delivered: No."

"""Notifications on the pages: channels for admins, preferences for everyone, and links that open the right account."""

from urllib.parse import urlsplit

import pytest

from brim.core.notifications import Frequency, Topic, read_preferences
from brim.core.operators.rules import Role
from brim.platform.database import Database
from tests.support.books import rows
from tests.support.people_house import House

CHANNELS, PREFERENCES = "/settings/notifications", "/settings/profile/notifications"


def test_an_admin_turns_email_on_and_tests_it_and_everyone_else_is_refused(house: House) -> None:
    admin = house.signed_in(Role.ADMIN)
    admin.open(CHANNELS)
    assert "No mail server: set BRIM_SMTP_HOST" in admin.text
    admin.submit(f"{CHANNELS}/email/on")
    admin.open(CHANNELS)
    assert "Turn off" in admin.text
    admin.submit(f"{CHANNELS}/email/test")
    admin.open(CHANNELS)
    assert "Pending" in admin.text or "Retrying" in admin.text
    admin.submit(f"{CHANNELS}/email/off")
    viewer = house.signed_in(Role.VIEWER)
    assert viewer.open(CHANNELS).status == 403
    assert CHANNELS not in viewer.open("/settings/profile").body.decode().replace(PREFERENCES, "")
    token = viewer.form_token
    for path in ("", "/email", "/email/on", "/email/off", "/email/test", "/email/remove"):
        assert viewer.post(f"{CHANNELS}{path}", form_token=token).status == 403


def test_a_chats_url_is_stored_sealed_and_shown_by_its_host_alone(house: House) -> None:
    admin = house.signed_in(Role.ADMIN)
    admin.open(CHANNELS)
    secret = "https://hooks.example.com/services/T0/B0/s3cr3t"
    assert admin.submit(CHANNELS, name="#payments", url="http://10.0.0.1/x").status == 400
    assert "This URL can&#39;t be used" in admin.page.body.decode()
    assert admin.submit(CHANNELS, name="#payments <b>", url=secret).status == 200
    shown = admin.open(CHANNELS).body.decode()
    assert "s3cr3t" not in shown
    assert "#payments &lt;b&gt;" in shown
    (chat,) = house.run(
        lambda database: rows(database, "SELECT id, sealed, host FROM notification_channels WHERE kind = 'chat'")
    )
    assert b"s3cr3t" not in chat["sealed"]
    assert chat["host"] == "hooks.example.com"
    one = f"{CHANNELS}/{chat['id']}"
    assert admin.open(one).status == 200
    assert admin.submit(one, topups="weekly", hour="9", weekday="4", timezone="Europe/Berlin").status == 200
    saved = house.run(lambda database: read_preferences(database, chat["id"]))
    assert (saved.choices[Topic.TOPUPS], saved.hour, saved.timezone) == (Frequency.WEEKLY, 9, "Europe/Berlin")
    admin.open(CHANNELS)
    assert admin.submit(f"{one}/remove").status == 200
    assert admin.open(one).status == 404


def test_somebody_chooses_what_they_are_told_and_goes_back_to_the_defaults(house: House) -> None:
    finance = house.add(Role.FINANCE)
    browser = house.signed_in(operator=finance)
    browser.open(PREFERENCES)
    assert finance.email in browser.text
    assert "Email notifications are off" in browser.text
    wrong = browser.submit(PREFERENCES, breaks="daily", hour="9", weekday="0", timezone="Mars/Olympus")
    assert wrong.status == 400
    assert "no time zone" in browser.text
    assert browser.submit(PREFERENCES, breaks="daily", hour="9", weekday="0", timezone="America/New_York").status == 200

    async def read(database: Database) -> tuple[object, ...]:
        saved = await read_preferences(database, finance.id)
        return saved.choices and saved.choices[Topic.BREAKS], saved.hour, saved.timezone

    assert house.run(read) == (Frequency.DAILY, 9, "America/New_York")
    browser.open(PREFERENCES)
    assert browser.submit(f"{PREFERENCES}/reset").status == 200
    assert house.run(read) == (None, 9, "America/New_York")
    written = house.run(
        lambda database: rows(
            database, "SELECT after FROM audit_log WHERE action = 'notifications.chosen' AND object = $1", finance.id
        )
    )
    assert len(written) == 2


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("/topups?status=failed&created_from=2026-11-24", "/topups?status=failed&created_from=2026-11-24"),
        ("//evil.example/x", "/x"),
        ("https://evil.example/breaks", "/breaks"),
        ("", "/balance/overview"),
        ("//[", "/balance/overview"),
        ("/\\evil.example", "/%5Cevil.example"),
        ("/logs?path=/v1/topups&self=1", "/logs?path=%2Fv1%2Ftopups&self=1"),
    ],
)
def test_a_link_opens_a_page_of_ours_for_the_account_it_names(house: House, to: str, expected: str) -> None:
    browser = house.signed_in(Role.ADMIN)

    async def read_first(database: Database) -> str:
        return str((await rows(database, "SELECT account FROM accounts ORDER BY created LIMIT 1"))[0]["account"])

    account = house.run(read_first)
    reply = browser.get(f"/accounts/{account}/open?to={to.replace('&', '%26')}")
    assert reply.status == 303
    location = reply.headers["location"]
    assert location == expected
    assert urlsplit(location).netloc == ""
    assert any(account in cookie for cookie in reply.set_cookies)

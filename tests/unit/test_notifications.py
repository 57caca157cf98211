"""What notifications say, to whom by default, and when: words, escaping, schedules."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.core.attention import Matter, MatterKind
from brim.core.notifications.mail import MailFailedError, write_mail
from brim.core.notifications.rules import (
    AGAIN_MS,
    DEFAULTS,
    GROUP_MS,
    SPACING_MS,
    TOPIC_OF,
    Frequency,
    OpenMatter,
    Preferences,
    Told,
    Topic,
    due_now,
    next_digest_ms,
)
from brim.core.notifications.texts import Content, Line, as_chat, as_html, as_text, line_of, subject
from brim.core.operators import Role

NOW_MS = int(datetime(2026, 11, 30, 9, 15, tzinfo=UTC).timestamp() * 1000)
BASE = "https://brim.example.com/pay"
HOSTILE = (
    "Evil\r\nBcc: all@example.com <script>alert(1)</script> <!channel> @here WWW.evil.example"
    " [x](https://evil.example) \u202e`*_|"
)


def line(**changes: object) -> Line:
    fields = {
        "account": "acct_1",
        "account_name": "Acme Inc",
        "title": "2 failed top-ups",
        "detail": "Created in the last 7 days",
        "target": "/topups?status=failed&created_from=2026-11-24",
        "amounts": (("usd", 123450), ("jpy", 500)),
        "since_ms": NOW_MS,
        **changes,
    }
    return Line(**fields)  # type: ignore[arg-type]


def content(kind: str = "now", **changes: object) -> Content:
    return Content(kind=kind, at_ms=NOW_MS, **changes)  # type: ignore[arg-type]


def test_every_kind_of_matter_is_of_a_topic_that_every_role_has_a_default_for() -> None:
    assert TOPIC_OF.keys() == set(MatterKind)
    assert all(defaults.keys() == set(Topic) for defaults in DEFAULTS.values())
    assert DEFAULTS.keys() == set(Role)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (content(begun=[line()]), "2 failed top-ups (Acme Inc)"),
        (content(begun=[line(), line()]), "2 items need attention"),
        (content(ended=[line()]), "Resolved: 2 failed top-ups (Acme Inc)"),
        (content(ended=[line(), line()]), "Resolved: 2 items"),
        (content("daily", begun=[line()]), "Daily digest, Nov 30: 1 item needs attention"),
        (content("daily", begun=[line(), line()]), "Daily digest, Nov 30: 2 items need attention"),
        (content("weekly"), "Weekly digest, Nov 30: nothing needs attention"),
        (content("test"), "Test notification from Brim"),
    ],
)
def test_subjects(said: Content, expected: str) -> None:
    assert subject(said) == expected


def test_the_text_says_what_where_since_when_and_how_to_stop() -> None:
    said = content(
        begun=[line()],
        ended=[line(title="1 open break", amounts=(), until_ms=NOW_MS + 3_600_000)],
        timezone="Europe/Berlin",
    )
    assert as_text(said, BASE) == (
        "Needs attention\n"
        "---------------\n"
        "\n"
        "2 failed top-ups\n"
        "  Acme Inc · 1,234.50 USD, 500 JPY · Created in the last 7 days · since Nov 30, 10:15 CET\n"
        "  https://brim.example.com/pay/accounts/acct_1/open?to=/topups%3Fstatus%3Dfailed%26created_from%3D2026-11-24\n"
        "\n"
        "Resolved\n"
        "--------\n"
        "\n"
        "1 open break\n"
        "  Acme Inc · Nov 30, 10:15 CET to Nov 30, 11:15 CET\n"
        "\n"
        "-- \n"
        "Change your notification preferences:\n"
        "https://brim.example.com/pay/settings/profile/notifications\n"
    )


def test_the_html_says_the_same_and_loads_nothing() -> None:
    html = as_html(content(begun=[line()], ended=[line(title="1 open break")]), BASE)
    assert "2 failed top-ups</a>" in html
    assert "1 open break" in html
    assert set(re.findall(r'(?:src|url|href)\s*=\s*"([^"]*)"', html)) == {
        f"{BASE}/accounts/acct_1/open?to=/topups%3Fstatus%3Dfailed%26created_from%3D2026-11-24",
        f"{BASE}/settings/profile/notifications",
    }
    assert "<img" not in html
    assert "url(" not in html


def test_a_chat_says_it_in_lines() -> None:
    said = content(begun=[line()], ended=[line(title="1 open break", amounts=(), since_ms=None)])
    target = "/accounts/acct_1/open?to=/topups%3Fstatus%3Dfailed%26created_from%3D2026-11-24"
    assert as_chat(said, BASE) == (
        f"<{BASE}{target}|2 failed top-ups> · Acme Inc · 1,234.50 USD, 500 JPY · Created in the last 7 days · "
        "since Nov 30, 09:15 UTC\nResolved: 1 open break · Acme Inc"
    )
    assert as_chat(content("daily", begun=[line()]), BASE).startswith("*Daily digest, Nov 30: 1 item needs attention*")


def _hostile() -> Content:
    matter = Matter(
        kind=MatterKind.WEBHOOK_ENDPOINT,
        account="acct_1",
        livemode=True,
        title=HOSTILE,
        detail=HOSTILE,
        page="/webhooks/we_1",
    )
    return content(begun=[line_of(matter, account_name=HOSTILE, since_ms=None)])


def _mail(said: Content, **changes: str) -> bytes:
    fields = {"recipient": "ada@example.com", "recipient_name": "Ada", "sender": "Brim <brim@example.com>", **changes}
    return write_mail(said, message_id="ntf_1", base_url=BASE, at_ms=NOW_MS, **fields).as_bytes()


def test_hostile_names_add_no_header_no_html_and_no_mention() -> None:
    mail = message_from_bytes(_mail(_hostile(), recipient_name="Ada\r\nBcc: x@example.com"), policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].addr_spec == "ada@example.com"
    assert len(str(mail["Subject"])) <= 120
    html = as_html(_hostile(), BASE)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    chat = as_chat(_hostile(), BASE)
    for trick in ("<!", "@here", "WWW.", "](", "https://evil", "<script", "`", "\r", "\u202e"):
        assert trick not in chat
    assert chat.count("\n") == 0


def test_a_storm_fits_the_message_of_a_chat_and_says_how_much_more_there_is() -> None:
    storm = [line(title=f"{n} failed top-ups", account_name="é" * 200) for n in range(300)]
    for said in (content(begun=storm, ended=storm), content("daily", begun=storm)):
        chat = as_chat(said, BASE)
        assert len(chat) < 2_000
        *_, shown, rest = chat.split("\n")
        assert "failed top-ups" in shown
        assert rest == f"And {len(said.begun) + len(said.ended) - chat.count('failed top-ups')} more."
    assert "more" not in as_chat(content(begun=storm[:2]), BASE)


@pytest.mark.parametrize("name", ["=?utf-8?q?a=0D=0ABcc:_all=40example.com?=", "==??utf-8?b?YQ1CY2M6eA==?="])
def test_what_looks_encoded_stays_what_it_is_in_headers(name: str) -> None:
    said = content(begun=[line_of_name(name)])
    mail = write_mail(
        said,
        message_id="ntf_1",
        recipient="ada@example.com",
        recipient_name=name,
        sender="brim@example.com",
        base_url=BASE,
        at_ms=NOW_MS,
    )
    head = mail.as_bytes().partition(b"\r\n\r\n")[0]
    assert [row for row in head.splitlines() if row.lower().startswith(b"bcc")] == []
    assert b"?utf-8?" in head.splitlines()[0]


@given(st.text(max_size=80))
def test_whatever_an_account_is_called_a_mail_can_be_written_and_read_again(name: str) -> None:
    said = content(begun=[line_of_name(name)])
    mail = message_from_bytes(_mail(said), policy=policy.default)
    assert {"To", "From", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe"} <= set(mail.keys())
    assert mail["Bcc"] is None
    assert "\n" not in subject(said)


def line_of_name(name: str) -> Line:
    matter = Matter(
        kind=MatterKind.BREAKS, account="acct_1", livemode=True, title="1 open break", detail="", page="/breaks"
    )
    return line_of(matter, account_name=name, since_ms=None)


def test_headers_are_those_of_mail_that_nobody_should_answer() -> None:
    mail = message_from_bytes(_mail(content("test")), policy=policy.default)
    assert mail["Message-ID"] == "<ntf_1@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"].strip() == f"<{BASE}/settings/profile/notifications>"
    assert mail["Date"] == "Mon, 30 Nov 2026 09:15:00 +0000"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("address", ["a,b@example.com", "<x>@example.com", "no address"])
def test_an_address_that_no_header_can_hold_is_refused_for_good(address: str) -> None:
    with pytest.raises(MailFailedError) as refused:
        _mail(content("test"), recipient=address)
    assert refused.value.is_refused


@pytest.mark.parametrize(
    ("timezone", "frequency", "after", "expected"),
    [
        ("UTC", Frequency.DAILY, "2026-11-30T07:59:59+00:00", "2026-11-30T08:00:00+00:00"),
        ("UTC", Frequency.DAILY, "2026-11-30T08:00:00+00:00", "2026-12-01T08:00:00+00:00"),
        ("America/New_York", Frequency.DAILY, "2026-11-30T09:00:00+00:00", "2026-11-30T13:00:00+00:00"),
        ("UTC", Frequency.WEEKLY, "2026-11-30T08:00:00+00:00", "2026-12-07T08:00:00+00:00"),
        ("UTC", Frequency.WEEKLY, "2026-12-01T08:00:00+00:00", "2026-12-07T08:00:00+00:00"),
        # The hour of the clock stays, whatever summer time does.
        ("Europe/Berlin", Frequency.DAILY, "2026-03-28T07:00:00+00:00", "2026-03-29T06:00:00+00:00"),
    ],
)
def test_digests_come_at_the_hour_of_the_zone(timezone: str, frequency: Frequency, after: str, expected: str) -> None:
    after_ms = int(datetime.fromisoformat(after).timestamp() * 1000)
    due_ms = next_digest_ms(Preferences(timezone=timezone), frequency, after_ms=after_ms)
    assert datetime.fromtimestamp(due_ms / 1000, UTC).isoformat() == expected


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.integers(0, 23),
    st.integers(0, 6),
    st.integers(1_600_000_000, 1_900_000_000),
)
def test_a_digest_is_always_ahead_and_within_its_period(zone: str, hour: int, weekday: int, after_s: int) -> None:
    wanted = Preferences(timezone=zone, hour=hour, weekday=weekday)
    day_ms = 24 * 3600 * 1000
    daily = next_digest_ms(wanted, Frequency.DAILY, after_ms=after_s * 1000)
    assert 0 < daily - after_s * 1000 <= 2 * day_ms
    weekly = next_digest_ms(wanted, Frequency.WEEKLY, after_ms=after_s * 1000)
    assert 0 < weekly - after_s * 1000 <= 8 * day_ms
    local = datetime.fromtimestamp(weekly / 1000, ZoneInfo(zone))
    assert local.weekday() == weekday or local.hour != hour  # an hour that a day skips


def _open(
    matter_id: str = "m", *, count: int = 1, began_ms: int = NOW_MS, resolved_ms: int | None = None
) -> OpenMatter:
    matter = Matter(
        kind=MatterKind.BREAKS, account="a", livemode=True, title="", detail="", page="/breaks", count=count
    )
    return OpenMatter(id=matter_id, matter=matter, began_ms=began_ms, seen_ms=NOW_MS, resolved_ms=resolved_ms)


def test_what_begins_waits_for_what_begins_with_it_and_is_told_once() -> None:
    first, second = _open("1"), _open("2", began_ms=NOW_MS + GROUP_MS - 1)
    assert due_now([first], {}, last_ms=None, now_ms=NOW_MS + GROUP_MS - 1) is None
    due = due_now([first, second], {}, last_ms=None, now_ms=NOW_MS + GROUP_MS)
    assert due is not None
    assert due.begun == [first, second]
    told = {"1": Told(NOW_MS, 1, None), "2": Told(NOW_MS, 1, None)}
    assert due_now([first, second], told, last_ms=None, now_ms=NOW_MS + AGAIN_MS) is None


def test_notifications_are_apart_and_growth_is_told_once_a_day() -> None:
    grown, told = _open(count=5), {"m": Told(NOW_MS, 1, None)}
    assert due_now([grown], told, last_ms=NOW_MS, now_ms=NOW_MS + AGAIN_MS - 1) is None
    due = due_now([grown], told, last_ms=NOW_MS, now_ms=NOW_MS + AGAIN_MS)
    assert due is not None
    assert due.grown == [grown]
    fresh = _open("new")
    assert due_now([fresh], {}, last_ms=NOW_MS, now_ms=NOW_MS + SPACING_MS - 1) is None
    assert due_now([fresh], {}, last_ms=NOW_MS, now_ms=NOW_MS + SPACING_MS) is not None


def test_a_clock_that_was_a_year_ahead_silences_nobody() -> None:
    ahead_ms = NOW_MS + 365 * AGAIN_MS
    new, grown = _open("1", began_ms=ahead_ms), _open("2", count=2)
    due = due_now([new, grown], {"2": Told(ahead_ms, 1, None)}, last_ms=ahead_ms, now_ms=NOW_MS)
    assert due is not None
    assert (due.begun, due.grown) == ([new], [grown])


def test_that_something_is_over_is_told_only_to_whom_it_was_told() -> None:
    over = _open(resolved_ms=NOW_MS)
    assert due_now([over], {}, last_ms=None, now_ms=NOW_MS + AGAIN_MS) is None
    due = due_now([over], {"m": Told(NOW_MS, 1, None)}, last_ms=None, now_ms=NOW_MS)
    assert due is not None
    assert due.ended == [over]
    assert due_now([over], {"m": Told(NOW_MS, 1, NOW_MS)}, last_ms=None, now_ms=NOW_MS) is None

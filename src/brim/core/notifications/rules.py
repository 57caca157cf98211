"""What people can choose to be told, how often, and when a digest is due. No clock, no database."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.core.attention import Matter, MatterKind, UnknownTimezoneError, resource_of, zone_of
from brim.core.operators import Role, permissions_of

GROUP_MS: Final = 60_000
"""How long what begins is gathered, so that what begins together is told together."""

SPACING_MS: Final = 10 * 60_000
"""How long after a notification the next one waits at least: six an hour is the most that anybody gets."""

ABSENT_MS: Final = 5 * 60_000
"""How long a matter has to be gone before it is over: one that comes and goes is told once."""

AGAIN_MS: Final = 24 * 60 * 60_000
"""How often at most it is said that a matter which was told has grown."""

KEPT_MS: Final = 30 * 24 * 60 * 60_000
"""How long messages and matters that are over are kept."""


class Frequency(StrEnum):
    """How often somebody is told of a topic."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


DIGESTS: Final = (Frequency.DAILY, Frequency.WEEKLY)


class Topic(StrEnum):
    """What somebody can choose to be told of."""

    TOPUPS = "topups"
    RETURNS = "returns"
    BREAKS = "breaks"
    APPROVALS = "approvals"
    TRANSFERS = "transfers"
    BALANCES = "balances"
    STOPS = "stops"
    INTEGRITY = "integrity"
    WEBHOOKS = "webhooks"
    OPERATIONS = "operations"


TOPICS: Final[Mapping[Topic, frozenset[MatterKind]]] = {
    Topic.TOPUPS: frozenset({MatterKind.FAILED_TOPUPS, MatterKind.REVERSED_TOPUPS}),
    Topic.RETURNS: frozenset({MatterKind.DISHONORABLE_RETURNS, MatterKind.RETURN_RATE}),
    Topic.BREAKS: frozenset({MatterKind.BREAKS, MatterKind.HELD_BANK_FILES}),
    Topic.APPROVALS: frozenset(
        {
            MatterKind.FILES_TO_APPROVE,
            MatterKind.STATEMENTS_TO_APPROVE,
            MatterKind.SETTLEMENTS_TO_CONFIRM,
            MatterKind.UNDOS_TO_CONFIRM,
            MatterKind.RETURN_RATE_OVERRIDE,
        }
    ),
    Topic.TRANSFERS: frozenset({MatterKind.SUSPENDED_TRANSFERS}),
    Topic.BALANCES: frozenset({MatterKind.NEGATIVE_BALANCES}),
    Topic.STOPS: frozenset({MatterKind.RAIL_STOPPED}),
    Topic.INTEGRITY: frozenset({MatterKind.BOOKS_DIFFER, MatterKind.NEVER_VERIFIED, MatterKind.VERIFICATION_OUTDATED}),
    Topic.WEBHOOKS: frozenset({MatterKind.WEBHOOK_ENDPOINT}),
    Topic.OPERATIONS: frozenset({MatterKind.NO_WORKER, MatterKind.STUCK_WORK, MatterKind.NOTIFICATION_CHANNEL}),
}
"""Every kind of matter is of one topic."""

TOPIC_NAMES: Final[Mapping[Topic, str]] = {
    Topic.TOPUPS: "Failed and reversed top-ups",
    Topic.RETURNS: "Returns and return rates",
    Topic.BREAKS: "Breaks and held bank files",
    Topic.APPROVALS: "Approvals",
    Topic.TRANSFERS: "Transfers in suspense",
    Topic.BALANCES: "Negative balances",
    Topic.STOPS: "Stops of live money",
    Topic.INTEGRITY: "Verification of the books",
    Topic.WEBHOOKS: "Failing webhook endpoints",
    Topic.OPERATIONS: "Stuck work and failing notification channels",
}
FREQUENCY_NAMES: Final[Mapping[Frequency, str]] = {
    Frequency.NOW: "Immediately",
    Frequency.DAILY: "Daily digest",
    Frequency.WEEKLY: "Weekly digest",
    Frequency.OFF: "Off",
}

TOPIC_OF: Final = {kind: topic for topic, kinds in TOPICS.items() for kind in kinds}

_EVERYTHING_OFF: Final = dict.fromkeys(Topic, Frequency.OFF)
_NOW, _DAILY = Frequency.NOW, Frequency.DAILY
DEFAULTS: Final[Mapping[Role, Mapping[Topic, Frequency]]] = {
    Role.ADMIN: {
        **dict.fromkeys(Topic, _DAILY),
        Topic.APPROVALS: _NOW,
        Topic.STOPS: _NOW,
        Topic.INTEGRITY: _NOW,
        Topic.OPERATIONS: _NOW,
    },
    Role.DEVELOPER: {
        **_EVERYTHING_OFF,
        Topic.WEBHOOKS: _NOW,
        Topic.OPERATIONS: _DAILY,
        Topic.TOPUPS: _DAILY,
    },
    Role.FINANCE: {
        **dict.fromkeys(Topic, _NOW),
        Topic.TOPUPS: _DAILY,
        Topic.TRANSFERS: _DAILY,
        Topic.WEBHOOKS: Frequency.OFF,
        Topic.OPERATIONS: Frequency.OFF,
    },
    Role.APPROVER: {
        **_EVERYTHING_OFF,
        Topic.APPROVALS: _NOW,
        Topic.STOPS: _NOW,
        Topic.INTEGRITY: _DAILY,
    },
    Role.VIEWER: _EVERYTHING_OFF,
}
"""What each role is told unless its people choose otherwise."""

CHAT_DEFAULTS: Final[Mapping[Topic, Frequency]] = dict.fromkeys(Topic, _NOW)
"""What a chat is told unless an admin chooses otherwise."""


class InvalidScheduleError(BrimError):
    """A choice of somebody's cannot be used; `param` is the field to blame."""

    def __init__(self, param: str, sentence: str) -> None:
        super().__init__(sentence)
        self.param = param


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient wants: how often by topic (None: the defaults), and when digests come. Monday is day 0."""

    choices: dict[Topic, Frequency] | None = None
    timezone: str = "UTC"
    hour: int = 8
    weekday: int = 0
    wants_empty: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """When a recipient was last told at once, and when their next digests are due, in Unix milliseconds."""

    told_ms: int | None = None
    daily_ms: int | None = None
    weekly_ms: int | None = None


def check_preferences(wanted: Preferences) -> None:
    """Return if preferences can be kept.

    Raises:
        InvalidScheduleError: the zone, the hour or the day is none.
    """
    try:
        zone_of(wanted.timezone)
    except UnknownTimezoneError as error:
        raise InvalidScheduleError("timezone", error.message) from None
    if not 0 <= wanted.hour <= 23:
        raise InvalidScheduleError("hour", "Choose an hour from 0 to 23.")
    if not 0 <= wanted.weekday <= 6:
        raise InvalidScheduleError("weekday", "Choose a day of the week.")


def frequencies_of(preferences: Preferences, defaults: Mapping[Topic, Frequency]) -> dict[Topic, Frequency]:
    """Return how often a recipient is told of each topic."""
    return {topic: (preferences.choices or {}).get(topic, defaults[topic]) for topic in Topic}


def defaults_of(role: Role | None) -> Mapping[Topic, Frequency]:
    """Return how often each topic is told without a choice: by the role, or to a chat (None)."""
    return CHAT_DEFAULTS if role is None else DEFAULTS[role]


def may_see(role: Role, kind: MatterKind) -> bool:
    """Tell whether a role may read what a matter is about."""
    return permissions_of(role, livemode=True).get(resource_of(kind)) in {"read", "write"}


def next_digest_ms(preferences: Preferences, frequency: Frequency, *, after_ms: int) -> int:
    """Return when the next digest is due: at the hour, in the zone, of the next day or of the next chosen weekday.

    An hour that a day skips, as clocks go forward, is the hour after it.
    """
    zone = zone_of(preferences.timezone)
    day = datetime.fromtimestamp(after_ms / 1000, zone).date()
    for ahead in range(9):
        date = day + timedelta(days=ahead)
        due_ms = int(datetime.combine(date, time(preferences.hour), zone).timestamp() * 1000)
        is_day = frequency is not Frequency.WEEKLY or date.weekday() == preferences.weekday
        if is_day and due_ms > after_ms:
            return due_ms
    raise AssertionError(preferences)  # a week has every day


def next_digests(
    preferences: Preferences, often: Mapping[Topic, Frequency], *, after_ms: int
) -> dict[Frequency, int | None]:
    """Return when the next daily and the next weekly digest are due; None for one that no topic comes in."""
    return {
        each: next_digest_ms(preferences, each, after_ms=after_ms) if each in often.values() else None
        for each in DIGESTS
    }


class OpenMatter(msgspec.Struct, frozen=True, kw_only=True):
    """A matter as it is followed: from when to when, in Unix milliseconds."""

    id: str
    matter: Matter
    began_ms: int
    seen_ms: int
    resolved_ms: int | None = None


class Told(msgspec.Struct, frozen=True):
    """That a recipient was told of a matter, of how many, and that it was over."""

    told_ms: int
    count: int
    ended_ms: int | None


class Due(msgspec.Struct, frozen=True):
    """What a recipient is to be told at once: what has begun, what has grown, and what is over."""

    begun: list[OpenMatter]
    grown: list[OpenMatter]
    ended: list[OpenMatter]


def is_past(at_ms: int, after_ms: int, *, now_ms: int) -> bool:
    """Tell whether a span has passed since a time. One that is further ahead was written by a clock that was wrong."""
    return abs(now_ms - at_ms) >= after_ms


def due_now(matters: Iterable[OpenMatter], told: Mapping[str, Told], *, last_ms: int | None, now_ms: int) -> Due | None:
    """Return what a recipient is to be told at once; None where it is nothing, or not yet.

    Args:
        matters: those that the recipient wants to be told at once, also those that are over.
        told: what they were told, by matter.
        last_ms: when they were last told anything at once.
        now_ms: the time.
    """
    due = Due([], [], [])
    for each in matters:
        before = told.get(each.id)
        if each.resolved_ms is not None:
            if before is not None and before.ended_ms is None:
                due.ended.append(each)
        elif before is None:
            due.begun.append(each)
        elif each.matter.count > before.count and is_past(before.told_ms, AGAIN_MS, now_ms=now_ms):
            due.grown.append(each)
    if last_ms is not None and not is_past(last_ms, SPACING_MS, now_ms=now_ms):
        return None
    is_ripe = any(is_past(each.began_ms, GROUP_MS, now_ms=now_ms) for each in due.begun)
    return due if due.ended or due.grown or (due.begun and is_ripe) else None

"""What fields of the audit log held, as people read it: dates for times, names for codes, lists for JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.core.audit import Action
from brim.core.reports import TYPES
from brim.web.dashboard.formats import money, utc_time
from brim.web.dashboard.funding_sources.live_debits import IN_A_REHEARSAL, METHODS
from brim.web.dashboard.who import Names
from brim.web.dashboard.wording import RESOURCE_WORDS, STATUS_BADGES

_MS: Final = "_ms"
_SECONDS: Final = frozenset({"frozen_time", "target_frozen_time", "interval_start", "interval_end"})
_AMOUNTS: Final = frozenset({"amount", "target", "held"})
_STATUSES: Final = frozenset({"status", "verification"})
_CODES: Final = frozenset({"kind", "type", "reason", "holder_type", "event_payload", "proposed", "disabled_because"})
_FIELDS: Final = {
    "accepted_ms": "authorized",
    "allow_redisplay": "redisplay",
    "connect": "events from connected accounts",
    "expires_ms": "expires",
    "frozen_time": "time",
    "funding_source": "bank account",
    "has_codes": "one-time codes",
    "has_password": "password",
    "last4": "last four digits",
    "party": "holder",
    "redacted": "key",
    "sec_code": "standard entry class",
    "sha256": "SHA-256",
    "target_frozen_time": "advanced to",
    "url": "URL",
}
_WITHOUT_A_NAME: Final = frozenset({"parameters"})
"""Fields whose parts say enough by themselves."""
_EVERYTHING: Final = ["*"]
_METHODS: Final = dict((*METHODS, IN_A_REHEARSAL))


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A field as people read it, before and after; empty where there was nothing, or is nothing."""

    field: str
    before: str
    after: str


def changes_of(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names) -> tuple[Change, ...]:
    """Return the fields that differ; of a field with parts, only the parts that do."""
    return tuple(_changes(before or {}, after or {}, names))


def detail_of(action: str, detail: str | None, names: Names) -> str | None:
    """Return what an entry says beside its fields: with people's names, and how a bank account was verified."""
    if not detail:
        return None
    method, colon, evidence = detail.partition(": ")
    if action == Action.FUNDING_SOURCE_VERIFIED and colon and method in _METHODS:
        return f"{_METHODS[method]}: {evidence}"
    return names.in_text(detail)


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Names, whole: str = "", currency: str | None = None
) -> Iterator[Change]:
    currency = after.get("currency") or before.get("currency") or currency
    for name in {**before, **after}:
        was, now = before.get(name), after.get(name)
        if name != "permissions" and (_parts(was) or _parts(now)):
            of = "" if name in _WITHOUT_A_NAME else f"{_label(name)}: "
            yield from _changes(_parts(was), _parts(now), names, f"{whole}{of}", currency)
            continue
        old, new = (_text(name, each, currency, names) for each in (was, now))
        if old != new:
            yield Change(field=whole + _label(name), before=old, after=new)


def _parts(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _label(name: str) -> str:
    return _FIELDS.get(name) or name.removesuffix(_MS).removeprefix("is_").replace("_", " ")


def _text(name: str, value: Any, currency: str | None, names: Names) -> str:
    """Return a value as people read it; nothing where it is empty."""
    if value is None or value in ({}, [], ""):
        return ""
    match value:
        case bool():
            text = "yes" if value else "no"
        case int():
            text = _number(name, value, currency)
        case str():
            text = _word(name, value, names)
        case dict():
            text = _permissions(value) if name == "permissions" else json_codec.encode_text(value)
        case _:
            text = "all" if value == _EVERYTHING else ", ".join(_text(name, each, currency, names) for each in value)
    return text


def _number(name: str, value: int, currency: str | None) -> str:
    if name.endswith(_MS):
        return utc_time(value // 1000)
    if name in _SECONDS:
        return utc_time(value)
    return money(value, currency) if currency and name in _AMOUNTS else str(value)


def _word(name: str, value: str, names: Names) -> str:
    if name in _STATUSES:
        badge, _ = STATUS_BADGES.get(value, (value, ""))
        return badge[:1].lower() + badge[1:]
    if name == "report_type":
        return TYPES[value].name if value in TYPES else value
    return value.replace("_", " ") if name in _CODES else names.in_text(value)


def _permissions(levels: Mapping[str, str]) -> str:
    """Return what a key may do, by level: `write: Accounts, Top-ups; read: Events`."""
    by_level: dict[str, list[str]] = {}
    for resource, level in levels.items():
        words = RESOURCE_WORDS.get(resource, resource.replace("_", " "))
        by_level.setdefault(level, []).append(words.partition(":")[0])
    return "; ".join(f"{level}: {', '.join(sorted(by_level[level]))}" for level in sorted(by_level, reverse=True))

"""What may be erased yet, what is left of a text or an object, what a law keeps and until when."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.errors import BrimError
from brim.core.rails.ach import SecCode
from brim.core.rails.sepa import claimable_until

ERASED: Final = "[erased]"
"""Stands where a text was that may not be empty."""

RETURNABLE_DAYS: Final = 65
"""How long after its settlement a debit may come back. Source: Nacha's rules: a consumer's bank has until the opening
of the banking day after the sixtieth calendar day; a weekend with a holiday beside it is three days more."""

DISPUTED_DAYS: Final = 14
"""How long after a return banks may dishonour it (five banking days) and contest that (two)."""

AUTHORIZATION_YEARS: Final = 2
"""Source: Nacha's rules 2.3.2.5: an authorization is kept for two years from its end."""

ENTRY_YEARS: Final = 6
"""Source: Nacha's rules 1.4.3: records of entries are kept for six years from when the entry was sent or received."""

_SHORTEST: Final = 3
"""Texts of fewer characters are part of too many others to be looked for."""

_MEMBER: Final = re.compile(r'"[A-Za-z0-9_]+":')
"""The name of a member of a JSON object."""

_KEPT_NAMES: Final = frozenset(
    {
        "id", "object", "type", "status", "currency", "balance_transaction", "payment_method", "source",
        "failure_code", "failure_message", "initiated_by", "network", "api_version", "flow", "usage", "code", "param",
        "doc_url", "allow_redisplay", "client_secret", "kind", "return_code", "change_code", "effective_date", "rail",
        "calendar", "funding_source", "topup", "account", "related_object", "url", "context", "event_payload", "reason",
        "trace", "originator", "sec_code",
    }
)  # fmt: skip
"""Names in objects of the wire below which a text is an id, a status, a code or a date of ours. Every other text goes,
so a field that is added later is erased without anybody having thought of it."""


def returnable_until(settled_on: date, sec_code: str) -> date:
    """Return until when a debit may come back.

    A collection of SEPA's Core scheme comes back for thirteen months, if it was not authorized; one of B2B for days.
    """
    return claimable_until(settled_on) if sec_code == SecCode.CORE else settled_on + timedelta(days=RETURNABLE_DAYS)


class Reason(StrEnum):
    """Why something may not be erased yet."""

    UNKNOWN = "unknown"
    NOT_CLOSED = "account_not_closed"
    PENDING = "pending_topups"
    AT_THE_BANK = "money_at_the_bank"
    RETURNABLE = "returnable"
    BALANCE = "balance_not_zero"
    OPEN_BREAKS = "open_breaks"
    LEGAL_HOLD = "legal_hold"


class Refusal(msgspec.Struct, frozen=True):
    """A reason and what there is to say of it."""

    reason: Reason
    sentence: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.sentence}"


class ErasureRefusedError(BrimError):
    """Nothing was erased, or nothing more, because something has to come to its end before."""

    def __init__(self, target: str, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(f"{target} cannot be erased yet.\n" + "\n".join(f"  {each}" for each in self.refusals))


class NotOwnerError(BrimError):
    """The connection may not change what only the tables' owner may."""

    def __init__(self) -> None:
        super().__init__(
            "Erasure changes the audit log, which only the owner of the tables can do. Pass the owner's URL "
            "with --migration-url."
        )


class Target(msgspec.Struct, frozen=True):
    """Whose data are erased: an account in both modes (`id` is the account), or a payer of it in one mode.

    A payer is the holder of a bank account on file (`src_`, `pm_`) or a customer, with all bank accounts kept for them.
    """

    account: str
    id: str
    livemode: bool = False

    @property
    def is_account(self) -> bool:
        """Whether the whole account is meant."""
        return self.id == self.account

    @property
    def modes(self) -> tuple[bool, ...]:
        """The modes in which something is erased."""
        return (False, True) if self.is_account else (self.livemode,)

    def __str__(self) -> str:
        return self.id if self.is_account else f"{self.id} of {self.account} ({'live' if self.livemode else 'test'})"


class Kept(msgspec.Struct, frozen=True):
    """Something that stays, why, and the day from which it need not; None for a day that is not known."""

    what: str
    count: int
    why: str
    until: date | None
    removed_by: str


class Erasure(msgspec.Struct, frozen=True):
    """How far the erasure of a target has got, or what came of it."""

    target: Target
    step: str
    counts: Mapping[str, int]
    kept: tuple[Kept, ...]
    began_ms: int
    ended_ms: int | None

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.ended_ms is not None


class Survey:
    """What there is of a target before it is erased: what may keep it from that, and texts by which it is found."""

    def __init__(self) -> None:
        self.pending = 0
        self.at_the_bank = 0
        self.refused = 0
        self.disputed = 0
        self.reversed = 0
        self.refunded = 0
        self.returnable_until: date | None = None
        self.files: dict[str, date] = {}
        self.entries = 0
        self.traces = Texts()
        self.words = Texts(are_words=True)
        self.numbers = Texts()

    def count_presented(self, status: str, *, is_prenote: bool) -> None:
        """Count a top-up, or a prenote."""
        if status == "pending":
            self.at_the_bank += is_prenote
            self.pending += not is_prenote

    def count_entry(self, entry: Mapping[str, Any], *, today: date) -> None:
        """Count one presentment to the bank."""
        self.entries += 1
        self.traces.add(entry["trace"], entry["topup"], entry["topup"][-15:])
        self.words.add(entry["receiver_name"], entry["receiver_name"].strip()[:22].strip())
        status = entry["status"]
        if entry["file"] and entry["sent_ms"]:
            self.files[entry["file"]] = years_after(day_of(entry["sent_ms"]), ENTRY_YEARS)
        if status in {"queued", "in_file", "confirmed"}:
            self.at_the_bank += 1
        self.refused += entry["has_refusal"]
        self.disputed += entry["is_disputed"]
        self.reversed += entry["is_reversed"]
        self.refunded += entry["is_refunded"]
        until = None
        if status == "released" and entry["effective_date"]:
            until = returnable_until(entry["effective_date"], entry["sec_code"])
        elif status == "returned" and entry["returned_ms"]:
            until = day_of(entry["returned_ms"]) + timedelta(days=DISPUTED_DAYS)
        if until and until > today:
            self.returnable_until = max(until, self.returnable_until or until)

    def refusals(self, *, has_open_breaks: bool) -> list[Refusal]:
        """Return what keeps it from being erased."""
        found = []
        if self.pending:
            found.append(Refusal(Reason.PENDING, f"{self.pending} top-ups are pending."))
        if self.at_the_bank:
            found.append(Refusal(Reason.AT_THE_BANK, f"{self.at_the_bank} debits or prenotes are pending."))
        if self.refused:
            sentence = f"{self.refused} refusals of corrections have yet to reach the bank, in a file that it settles."
            found.append(Refusal(Reason.AT_THE_BANK, sentence))
        if self.disputed:
            sentence = f"{self.disputed} dishonored returns are not settled: they may still be contested."
            found.append(Refusal(Reason.AT_THE_BANK, sentence))
        if self.reversed:
            sentence = f"{self.reversed} reversals of debits have yet to be booked by the bank."
            found.append(Refusal(Reason.AT_THE_BANK, sentence))
        if self.refunded:
            sentence = f"{self.refunded} refunded top-ups have a refund that the bank has yet to book."
            found.append(Refusal(Reason.AT_THE_BANK, sentence))
        if self.returnable_until:
            sentence = f"A debit may still be returned, or its return disputed, until {self.returnable_until}."
            found.append(Refusal(Reason.RETURNABLE, sentence))
        if self.entries and has_open_breaks:
            found.append(Refusal(Reason.OPEN_BREAKS, "The platform has open breaks, which may be about its debits."))
        return found

    def kept(self, *, livemode: bool) -> list[Kept]:
        """Return what stays of it in files of the bank."""
        if not livemode or not self.files:
            return []
        last = max(self.files.values())
        return [
            Kept(
                "ach_files.sealed",
                len(self.files),
                "Files to the bank hold many people's entries and can't be cut; Nacha requires them for six years.",
                last,
                "retention",
            ),
            Kept(
                "bank_files.sealed",
                0,
                "Files from the bank may name returned entries, hold many people's, and are kept six years or more.",
                last + timedelta(days=RETURNABLE_DAYS + DISPUTED_DAYS),
                "retention",
            ),
        ]


class Texts:
    """Texts to be found in others, whatever their case; as many as there are, each text is read once a length.

    Args:
        are_words: whether they are found between other words only, and not in names of JSON members: a holder may be
            called Ann or Status, which is no reason to erase what tells of a plan or has a status.
    """

    def __init__(self, *, are_words: bool = False) -> None:
        self._by_length: defaultdict[int, set[str]] = defaultdict(set)
        self._are_words = are_words

    def add(self, *texts: str | None) -> None:
        """Add texts; those that are empty or hardly longer are not looked for."""
        for text in texts:
            for form in _forms(text or ""):
                if len(form) >= _SHORTEST:
                    self._by_length[len(form)].add(form)

    def is_in(self, text: str | None) -> bool:
        """Tell whether a text contains one of them."""
        if not text:
            return False
        text = (_MEMBER.sub(" ", text) if self._are_words else text).upper()
        return any(
            text[start : start + length] in wanted and (not self._are_words or _is_whole(text, start, start + length))
            for length, wanted in self._by_length.items()
            for start in range(len(text) - length + 1)
        )


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether no word goes on before or behind a part of a text, but for the end of an escaped sign of JSON."""
    before, behind = text[max(start - 2, 0) : start], text[end : end + 1]
    return not behind.isalnum() and (not before[-1:].isalnum() or (before[0] == "\\" and before[1] in "NRTBF"))


def _forms(text: str) -> set[str]:
    """Return a text as it is found in plain text and in JSON, in capitals."""
    upper = text.strip().upper()
    return {upper, json_codec.encode_text(text.strip()).strip('"').upper()}


def redact(text: str) -> str:
    """Return the JSON of an object of the wire without its texts, but for ids, statuses and codes; the shape stays."""
    value = _redacted(json_codec.decode(text), "")
    return json_codec.encode_text(value)


def _redacted(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {} if name == "metadata" else {key: _redacted(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, name) for item in value]
    if isinstance(value, str):
        return value if name in _KEPT_NAMES and (name != "url" or value.startswith("/v")) else None
    return value


def mark(text: str | None) -> str | None:
    """Return the JSON of an object with a mark in place of each value; nothing for nothing."""
    if text is None:
        return None
    found: dict[str, Any] = json_codec.decode(text)
    return json_codec.encode_text({key: None if value is None else ERASED for key, value in found.items()})


def mark_sentences(text: str) -> str:
    """Return findings with a mark in place of what each says."""
    return re.sub(r'("sentence":\s*)"(?:[^"\\]|\\.)*"', rf'\1"{ERASED}"', text)


def day_of(milliseconds: int) -> date:
    """Return the day of a time, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def years_after(day: date, years: int) -> date:
    """Return the same day some years later; the first of March for a day that year does not have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)

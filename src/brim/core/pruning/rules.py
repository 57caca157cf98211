"""How long is kept what need not be kept for ever."""

from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from brim.core.return_rates import COUNTS_KEPT_DAYS
from brim.platform.settings import Settings, load_settings

_DAY_MS: Final = 24 * 60 * 60 * 1000
EXPOSURES_KEPT_MS: Final = 7 * _DAY_MS
"""Sums of a day: caps ask for today's alone, in whatever time zone that is."""


class Kind(StrEnum):
    """What is forgotten by its age."""

    ENDED_KEYS = "ended_keys"
    BANK_TOKENS = "bank_tokens"
    EXPOSURES = "exposures"
    RETURN_COUNTS = "return_counts"
    ACH_FILE_BYTES = "ach_file_bytes"
    BANK_FILE_BYTES = "bank_file_bytes"
    IDEMPOTENCY_KEYS = "idempotency_keys"
    EVENTS = "events"
    REPORTS = "reports"


class Due(NamedTuple):
    """How much of a kind is older than it is kept: what is to go, and what a legal hold keeps."""

    kind: Kind
    due: int
    held: int


class Periods(msgspec.Struct, frozen=True, kw_only=True):
    """How long things are kept, in milliseconds, by the settings of the same names."""

    events_ms: int
    idempotency_keys_ms: int
    request_logs_ms: int
    ended_keys_ms: int
    bank_tokens_ms: int
    file_bytes_ms: int
    reports_ms: int

    def kept_ms(self, kind: Kind) -> int:
        """Return how long a kind is kept."""
        return {
            Kind.ENDED_KEYS: self.ended_keys_ms,
            Kind.BANK_TOKENS: self.bank_tokens_ms,
            Kind.EXPOSURES: EXPOSURES_KEPT_MS,
            Kind.RETURN_COUNTS: COUNTS_KEPT_DAYS * _DAY_MS,
            Kind.ACH_FILE_BYTES: self.file_bytes_ms,
            Kind.BANK_FILE_BYTES: self.file_bytes_ms,
            Kind.IDEMPOTENCY_KEYS: self.idempotency_keys_ms,
            Kind.EVENTS: self.events_ms,
            Kind.REPORTS: self.reports_ms,
        }[kind]


def periods_of(settings: Settings) -> Periods:
    """Return how long the settings have things kept."""
    return Periods(
        events_ms=round(settings.keep_events_s * 1000),
        idempotency_keys_ms=round(settings.keep_idempotency_keys_s * 1000),
        request_logs_ms=round(settings.keep_request_logs_s * 1000),
        ended_keys_ms=round(settings.keep_ended_keys_s * 1000),
        bank_tokens_ms=round(settings.keep_bank_tokens_s * 1000),
        file_bytes_ms=round(settings.keep_file_bytes_s * 1000),
        reports_ms=round(settings.keep_reports_s * 1000),
    )


DEFAULT_PERIODS: Final = periods_of(load_settings({}, {}))
"""Those of a Brim that is told nothing else."""

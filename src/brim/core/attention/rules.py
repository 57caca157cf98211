"""One matter that needs attention: what there is of it, in words, and the page that shows exactly that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from brim.base.errors import BrimError

WEEK_DAYS: Final = 7
"""For how long a failed or reversed top-up needs attention."""

MOST_COUNTED: Final = 100
"""Where counting stops: a list's longest page."""

MOST_NAMED: Final = 3
"""How many webhook endpoints get a line of their own."""


class MatterKind(StrEnum):
    """The kind of item."""

    FAILED_TOPUPS = "failed_topups"
    REVERSED_TOPUPS = "reversed_topups"
    WEBHOOK_ENDPOINT = "webhook_endpoint"
    NEGATIVE_BALANCES = "negative_balances"
    BOOKS_DIFFER = "books_differ"
    NEVER_VERIFIED = "never_verified"
    VERIFICATION_OUTDATED = "verification_outdated"
    NO_WORKER = "no_worker"
    STUCK_WORK = "stuck_work"
    NOTIFICATION_CHANNEL = "notification_channel"
    RAIL_STOPPED = "rail_stopped"
    BREAKS = "breaks"
    FILES_TO_APPROVE = "files_to_approve"
    STATEMENTS_TO_APPROVE = "statements_to_approve"
    HELD_BANK_FILES = "held_bank_files"
    SETTLEMENTS_TO_CONFIRM = "settlements_to_confirm"
    UNDOS_TO_CONFIRM = "undos_to_confirm"
    SUSPENDED_TRANSFERS = "suspended_transfers"
    DISHONORABLE_RETURNS = "dishonorable_returns"
    RETURN_RATE = "return_rate"
    RETURN_RATE_OVERRIDE = "return_rate_override"


_RESOURCES: Final = {
    MatterKind.FAILED_TOPUPS: "topups",
    MatterKind.REVERSED_TOPUPS: "topups",
    MatterKind.WEBHOOK_ENDPOINT: "webhook_endpoints",
    MatterKind.NEGATIVE_BALANCES: "balance",
    MatterKind.BOOKS_DIFFER: "verification",
    MatterKind.NEVER_VERIFIED: "verification",
    MatterKind.VERIFICATION_OUTDATED: "verification",
    MatterKind.NO_WORKER: "verification",
    MatterKind.STUCK_WORK: "verification",
    MatterKind.NOTIFICATION_CHANNEL: "verification",
}
"""What somebody needs to read to be told of a matter; of every other kind, what is about banks."""


class UnknownTimezoneError(BrimError):
    """The time zone doesn't exist; `param` names the parameter."""

    def __init__(self, name: str, *, param: str = "timezone") -> None:
        super().__init__(
            f"There is no time zone {name[:100]!r}. Use a name of the IANA database, such as America/New_York."
        )
        self.param = param


def zone_of(name: str) -> tzinfo:
    """Return the time zone of a name.

    Raises:
        UnknownTimezoneError: there is none.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimezoneError(name) from None


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """Something that needs attention.

    `account` is whose pages show it, and `subject` which one of its kind it is, such as an endpoint, empty where there
    is but one. `is_complete` is false where there are more than `count`. `page` and `query` are the page that shows
    exactly what is counted; `amounts` are totals in minor units by currency.
    """

    kind: MatterKind
    account: str
    livemode: bool
    title: str
    detail: str
    page: str
    query: Mapping[str, str] = {}
    subject: str = ""
    count: int = 1
    is_complete: bool = True
    is_bad: bool = True
    amounts: Sequence[tuple[str, int]] = ()

    @property
    def key(self) -> str:
        """What it is known by for as long as it lasts."""
        return f"{self.kind}:{self.account}:{'live' if self.livemode else 'test'}:{self.subject}"

    @property
    def target(self) -> str:
        """The page's path and query, in either mode."""
        return self.page + (f"?{urlencode(self.query)}" if self.query else "")


def resource_of(kind: MatterKind) -> str:
    """Return the resource that somebody needs to read to see matters of a kind."""
    return _RESOURCES.get(kind, "ach")


def count_in_words(count: int, one: str, many: str, *, is_complete: bool = True) -> str:
    """Return how many there are, such as `1 open break` or `More than 100 open breaks`."""
    if not is_complete:
        return f"More than {count} {many}"
    return f"{count} {one if count == 1 else many}"


def totals_of(amounts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return the total of each currency, by its code."""
    totals: dict[str, int] = defaultdict(int)
    for currency, amount in amounts:
        totals[currency] += amount
    return tuple(sorted(totals.items()))


def worst_first(matters: Iterable[Matter]) -> list[Matter]:
    """Return matters in the order in which people should read them."""
    return sorted(matters, key=lambda each: not each.is_bad)


def merge_endpoints(matters: Sequence[Matter]) -> list[Matter]:
    """Return matters with one line for the endpoints of an account that has more than a few of them failing."""
    failing: dict[str, list[Matter]] = defaultdict(list)
    for each in matters:
        if each.kind is MatterKind.WEBHOOK_ENDPOINT:
            failing[each.account].append(each)
    merged: list[Matter] = []
    for each in matters:
        of_account = failing[each.account] if each.kind is MatterKind.WEBHOOK_ENDPOINT else [each]
        if len(of_account) <= MOST_NAMED:
            merged.append(each)
        elif each is of_account[0]:
            merged.append(_all_endpoints(of_account))
    return merged


def _all_endpoints(failing: Sequence[Matter]) -> Matter:
    return msgspec.structs.replace(
        failing[0],
        subject="",
        count=len(failing),
        title=f"{len(failing)} webhook endpoints need attention",
        detail="Failing or disabled",
        page="/webhooks",
    )

"""What an imported row is here that it was not at the source: all that would make two installations do the same."""

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple, TypeAlias

from brim.base import json_codec
from brim.core.portability.row_rules import RawRow, raw


class Arrival(NamedTuple):
    """Where an account comes to.

    Attributes:
        account: the one that was exported.
        platform: the one here that it comes under; None for none.
        ended: accounts that were rejected or deleted.
    """

    account: str
    platform: str | None
    ended: Collection[str]


Change: TypeAlias = Callable[[RawRow, Arrival], None]


def _place(row: RawRow, arrival: Arrival) -> None:
    """Put the account under its platform here."""
    if json_codec.decode(row["account"]) == arrival.account:
        row["platform"] = raw(arrival.platform)


def _open_again(row: RawRow, arrival: Arrival) -> None:
    """Let an account be topped up here that was closed at the source, but not one that has come to its end."""
    row["is_closed"] = raw(json_codec.decode(row["account"]) in arrival.ended)


def _suspend(row: RawRow, _arrival: Arrival) -> None:
    """Let no originator debit anybody before a person has activated it here."""
    if json_codec.decode(row["status"]) == "active":
        row["status"] = raw("suspended")


def _give_up(row: RawRow, _arrival: Arrival) -> None:
    """Send nothing from here that the source has announced: it delivers that itself."""
    row["next_attempt_ms"] = row["leased_until_ms"] = raw(None)


CHANGES: Final[Mapping[str, Change]] = {
    "accounts": _place,
    "owner_terms": _open_again,
    "originators": _suspend,
    "webhook_deliveries": _give_up,
}
"""By table; rows of other tables come in as they went out, secrets aside."""

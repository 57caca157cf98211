"""Live money that may be in one installation only: what of it keeps an account from being imported elsewhere."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from brim.core.rails.ach import ACH
from brim.core.topups import PUSH_RAIL

Row: TypeAlias = Mapping[str, Any]

_COLLECTED: Final = frozenset({ACH, PUSH_RAIL})
"""The rails by which money comes to a platform's originator."""
MOST_NAMED: Final = 20
"""How many reasons are named; from there on a person looks at the cause."""

_ON_ITS_WAY: Final = frozenset({"queued", "in_file", "confirmed"})
_MICRODEPOSITS: Final = "mdep_"
"""How the ids of those of `prenotes` begin that send amounts."""
_DISPUTED: Final = frozenset({"dishonored", "money_back"})
_IN_SUSPENSE: Final = frozenset({"suspended", "returning"})
_NOT_ANSWERED: Final = frozenset({"built", "approved", "sent"})


def _waits(correction: Row) -> bool:
    """Tell whether a person has to decide about a correction, or the bank has to be told of its refusal."""
    return correction["status"] == "open" or (correction["status"] == "refused" and correction["refusal_file"] is None)


def _verifies(row: Row) -> str:
    if row["id"].startswith(_MICRODEPOSITS):
        return f"micro-deposits {row['id']} are pending"
    return f"prenote {row['id']} is pending"


_UNAPPLIED: Final = frozenset({"received", "awaiting_approval"})
_OPEN: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Row], str | None]]]] = {
    "topups": (
        ("account", "livemode", "id", "status", "rail"),
        lambda row: f"top-up {row['id']} is pending" if row["status"] == "pending" else None,
    ),
    "journal_entries": (("account", "livemode"), lambda _row: None),
    "holds": (
        ("account", "livemode", "id", "status"),
        lambda row: f"hold {row['id']} is open" if row["status"] == "reserved" else None,
    ),
    "prenotes": (
        ("account", "livemode", "id", "status"),
        lambda row: _verifies(row) if row["status"] == "pending" else None,
    ),
    "ach_entries": (
        ("account", "livemode", "topup", "number", "status"),
        lambda row: (
            f"entry {row['topup']}/{row['number']} is {row['status']}" if row["status"] in _ON_ITS_WAY else None
        ),
    ),
    "ach_files": (
        ("account", "livemode", "id", "status"),
        lambda row: f"ACH file {row['id']} is {row['status']}" if row["status"] in _NOT_ANSWERED else None,
    ),
    "bank_files": (
        ("account", "livemode", "id", "status"),
        lambda row: f"bank file {row['id']} is not applied" if row["status"] in _UNAPPLIED else None,
    ),
    "breaks": (
        ("account", "livemode", "id", "resolved_ms"),
        lambda row: f"break {row['id']} is open" if row["resolved_ms"] is None else None,
    ),
    "corrections": (
        ("account", "livemode", "id", "status", "refusal_file"),
        lambda row: f"correction {row['id']} is not settled" if _waits(row) else None,
    ),
    "ach_reversals": (
        ("account", "livemode", "id", "status"),
        lambda row: f"reversal {row['id']} is requested" if row["status"] == "requested" else None,
    ),
    "refunds": (
        ("account", "livemode", "id", "status"),
        lambda row: f"refund {row['id']} is pending" if row["status"] == "pending" else None,
    ),
    "incoming_transfers": (
        ("account", "livemode", "id", "status"),
        lambda row: f"transfer {row['id']} is {row['status']}" if row["status"] in _IN_SUSPENSE else None,
    ),
    "ach_returns": (
        ("account", "livemode", "id", "status"),
        lambda row: f"return {row['id']} is {row['status']}" if row["status"] in _DISPUTED else None,
    ),
}
"""What of live mode somebody still works on, by table: the columns that tell, and what is said of a row."""

_BOOKS: Final = frozenset({"topups", "journal_entries", "holds"})

WATCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts": ("account", "platform", "details", "deleted_ms"),
    "owner_terms": ("account", "livemode", "is_closed"),
    **{table: columns for table, (columns, _) in _OPEN.items()},
}
"""The columns that are looked at of each table."""


class LiveMoney:
    """What the rows of an export say of live money, as they come.

    Args:
        is_connected: whether the account that is exported is under a platform.
    """

    def __init__(self, *, is_connected: bool) -> None:
        self._is_connected = is_connected
        self._open: list[str] = []
        self._more = 0
        self._with_books: set[str] = set()
        self._closed: set[str] = set()
        self._collected: set[str] = set()
        self.ended: set[str] = set()
        """Accounts that were rejected or deleted, which stay closed."""

    def look(self, table: str, row: Row) -> None:
        """Note what a row says."""
        if table == "accounts" and (row["deleted_ms"] is not None or row["details"].get("rejected") is not None):
            self.ended.add(row["account"])
        elif table == "owner_terms" and row["livemode"] and row["is_closed"]:
            self._closed.add(row["account"])
        elif table in _OPEN and row["livemode"]:
            self._look_live(table, row)

    def _look_live(self, table: str, row: Row) -> None:
        if table in _BOOKS:
            self._with_books.add(row["account"])
        if table == "topups" and row["rail"] in _COLLECTED and self._is_connected:
            self._collected.add(row["account"])
        reason = _OPEN[table][1](row)
        if reason is not None and len(self._open) < MOST_NAMED:
            self._open.append(reason)
        elif reason is not None:
            self._more += 1

    @property
    def reasons(self) -> list[str]:
        """Return why two installations would both work on this money, or know it differently; nothing where none."""
        more = [f"{self._more} more"] if self._more else []
        collected = [
            f"{account} has live top-ups that its platform's originator has collected, so their returns come to that: "
            "export the platform with --with-connected"
            for account in sorted(self._collected)
        ]
        not_closed = [
            f"{account} has live money and can be topped up at the source: brim accounts close {account}"
            for account in sorted(self._with_books - self._closed)
        ]
        return [*self._open, *more, *collected, *not_closed]

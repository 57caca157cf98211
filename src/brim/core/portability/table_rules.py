"""Every table that has something of an account: how it is exported and imported, or why it is not."""

from collections.abc import Mapping
from string import Formatter
from typing import Any, Final

import msgspec

from brim.core.portability.live_rules import WATCHED


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose rows are exported.

    Attributes:
        name: its name.
        key: the columns in the order of which its rows are exported, after `owner` where it is walked; no two rows have
            the same.
        owner: the column that says whose part of the export a row belongs to.
        others: columns that may name other accounts, which have to be in the export too.
        sealed: encrypted columns, with what each is encrypted for; names in braces are columns.
        step: rows read at once; few where one may be megabytes.
        is_walked: whether an index has the rows of one account; those of other tables are read for all at once.
        is_imported: whether an import writes them; what is not is there to be read.
    """

    name: str
    key: tuple[str, ...]
    owner: str = "account"
    others: tuple[str, ...] = ()
    sealed: Mapping[str, str] = {}
    step: int = 2000
    is_walked: bool = True
    is_imported: bool = True


_BY_ID: Final = ("livemode", "id")
_NUMBER: Final = "{account}/{mode}/{id}"
_FEW: Final = 4

EXPORTED: Final = (
    Table(name="accounts", key=()),
    Table(name="owner_terms", key=("livemode",)),
    Table(name="external_accounts", key=_BY_ID),
    Table(name="api_keys", key=("id",)),
    Table(name="test_clocks", key=_BY_ID),
    Table(name="funding_sources", key=_BY_ID, sealed={"sealed": _NUMBER}),
    Table(name="default_funding_sources", key=("livemode", "currency")),
    Table(name="bank_tokens", key=_BY_ID, sealed={"sealed": _NUMBER}),
    Table(name="topups", key=_BY_ID),
    Table(name="journal_entries", key=_BY_ID),
    Table(name="journal_entry_lines", key=("livemode", "entry", "line")),
    Table(name="balances", key=("livemode", "currency")),
    Table(name="balance_transactions", key=_BY_ID),
    Table(name="holds", key=_BY_ID),
    Table(name="balance_reserves", key=("livemode", "currency")),
    Table(name="bank_confirmations", key=("livemode", "topup", "step")),
    Table(name="topup_retries", key=("livemode", "topup")),
    Table(name="unsealed_entries", key=("livemode", "entry")),
    Table(name="entry_seals", key=("livemode", "position")),
    Table(name="chain_heads", key=("livemode",)),
    Table(name="originators", key=_BY_ID, sealed={"sealed": "originator/{account}/{livemode}/{id}"}),
    Table(name="authorizations", key=_BY_ID, sealed={"sealed": "authorization/{account}/{livemode}/{id}"}),
    Table(name="mandate_amendments", key=("livemode", "authorization_id", "number")),
    Table(name="exposures", key=("livemode", "kind", "key")),
    Table(name="rail_stops", key=("livemode", "rail", "stopped_account"), others=("stopped_account",)),
    Table(name="ach_files", key=_BY_ID, sealed={"sealed": "ach_file/{account}/{livemode}/{id}"}, step=_FEW),
    Table(name="ach_approvals", key=("livemode", "file", "number")),
    Table(name="ach_batches", key=("livemode", "file", "number")),
    Table(name="prenotes", key=_BY_ID, sealed={"sealed": "microdeposits/{account}/{livemode}/{id}"}),
    Table(
        name="ach_entries",
        key=("livemode", "topup", "number"),
        others=("owner",),
        sealed={"sealed": "ach_entry/{account}/{livemode}/{topup}/{number}"},
    ),
    Table(
        name="bank_files",
        key=("livemode", "sha256", "originator"),
        sealed={"sealed": "bank_file/{account}/{livemode}/{id}"},
        step=_FEW,
    ),
    Table(name="bank_statements", key=_BY_ID),
    Table(name="statement_mappings", key=_BY_ID),
    Table(name="statement_lines", key=("livemode", "bank_account", "line_key")),
    Table(name="line_settlements", key=_BY_ID),
    Table(name="line_settlement_lines", key=("livemode", "settlement", "line")),
    Table(name="line_settlement_parts", key=("livemode", "settlement", "number")),
    Table(name="funding_instructions", key=_BY_ID, others=("owner",)),
    Table(name="known_payers", key=_BY_ID, others=("owner",)),
    Table(name="virtual_accounts", key=("livemode", "body"), others=("owner",)),
    Table(name="incoming_transfers", key=_BY_ID, others=("owner", "proposed_owner")),
    Table(name="breaks", key=_BY_ID),
    Table(
        name="corrections",
        key=_BY_ID,
        others=("owner",),
        sealed={"sealed": "correction/{account}/{livemode}/{id}"},
    ),
    Table(
        name="ach_returns",
        key=_BY_ID,
        others=("owner",),
        sealed={"sealed": "ach_return/{account}/{livemode}/{id}"},
    ),
    Table(name="ach_reversals", key=_BY_ID, others=("owner",)),
    Table(name="refunds", key=_BY_ID, others=("owner",), sealed={"sealed": "refund/{account}/{livemode}/{id}"}),
    Table(name="erasures", key=("livemode", "target")),
    Table(name="return_counts", key=("livemode", "originator", "owner", "day"), others=("owner",)),
    Table(name="return_guards", key=("livemode", "originator", "owner", "kind"), others=("owner",)),
    Table(
        name="return_overrides",
        key=("livemode", "originator", "owner", "status"),
        others=("owner",),
        is_imported=False,  # two people of another installation have approved it
    ),
    Table(name="events", key=_BY_ID),
    Table(name="event_numbers", key=("livemode", "number")),
    Table(name="event_counters", key=("livemode",)),
    Table(name="pruned_events", key=("livemode", "type")),
    Table(name="new_events", key=("place",), is_walked=False),
    Table(name="idempotency_keys", key=("livemode", "key")),
    Table(
        name="webhook_endpoints",
        key=_BY_ID,
        sealed={
            "secret": "webhook_endpoints {account} {livemode} {id}",
            "old_secret": "webhook_endpoints {account} {livemode} {id}",
        },
    ),
    Table(
        name="webhook_deliveries",
        key=("livemode", "event", "account", "endpoint"),
        owner="event_account",
        others=("account",),
    ),
    Table(name="webhook_attempts", key=("livemode", "endpoint", "id"), others=("event_account",)),
    Table(
        name="cli_devices",
        key=("livemode", "device"),
        sealed={"secret": "cli_device:{account}:{livemode}:{device}"},
    ),
    Table(name="request_logs", key=_BY_ID),
    Table(name="audit_log", key=("id",), is_walked=False, is_imported=False),
)
"""In the order in which they are exported and imported: an account comes before what is its own."""

PLACES: Final = {table.name: place for place, table in enumerate(EXPORTED)}
"""Where each table stands in that order."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "bank_readings": "says how far the workers of one installation have read a folder; others begin anew",
    "balance_activity": "sums of balance transactions: written by them, wherever they come to",
    "negative_balances": "which balances are below zero: written by them, wherever they come to",
    "due_exceptions": "what an installation's workers could not do; what is due is tried anew, and noted if it fails",
    "cli_pairings": "a login of some minutes, at one installation",
    "cli_sessions": "a command that listens to one installation, and its credential",
    "cli_session_places": "how far such a command has listened",
    "cli_resends": "what such a command is sent again",
    "legal_holds": "an order to one installation: whoever imports what is held places a hold there, too",
    "request_counts": "how much an installation was asked",
    "report_runs": "signed by the key of one installation; run again, a report has the same rows",
    "report_parts": "of report runs",
    "operator_keys": "keys of operators' pages: operators are people of one installation",
}
"""Tables with a column `account` that an export leaves out, and why."""

NOT_OF_ACCOUNTS: Final[Mapping[str, str]] = {
    "operators": "people of one installation",
    "operator_identities": "of operators",
    "operator_password_links": "of operators",
    "operator_recovery_codes": "of operators",
    "operator_sessions": "of operators",
    "notification_channels": "where people of one installation are told of things",
    "notification_recipients": "what such people want to be told",
    "notification_matters": "what needed attention in one installation",
    "notification_told": "of such matters",
    "notification_messages": "sent to people of one installation",
    "sign_in_tries": "of whoever tries to sign in",
    "first_run": "the link that makes the first operator",
    "service_secrets": "the installation's own",
    "data_keys": "the installation's own",
    "workers": "the installation's own",
    "verification_runs": "of all books of the installation",
    "installation": "the installation's own",
    "schema_migrations": "the installation's own",
}
"""The other tables: nothing in them belongs to an account."""


def place_of(table: Table, column: str, row: Mapping[str, Any]) -> str:
    """Return what an encrypted value of a row is encrypted for; see where each capability encrypts it."""
    return table.sealed[column].format_map({**row, "mode": "live" if row["livemode"] else "test"})


def columns_read(table: Table) -> tuple[str, ...]:
    """Return the columns of a row by which it is known whose it is, where it stands and what its secrets are for."""
    return _READ[table.name]


def _columns_read(table: Table) -> tuple[str, ...]:
    in_places = (field for place in table.sealed.values() for _, field, _, _ in Formatter().parse(place))
    named = (table.owner, *table.others, *table.key, *in_places, *WATCHED.get(table.name, ()))
    return tuple(dict.fromkeys(name for name in named if name and name != "mode"))


_READ: Final = {table.name: _columns_read(table) for table in EXPORTED}

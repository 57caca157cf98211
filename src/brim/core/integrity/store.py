"""Reads the books range by range and finds what contradicts itself. Changes nothing and takes no lock."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from brim.base.scope import AccountScope
from brim.core.verification import Difference, Range, bounds_of
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)
# Statements that read whole tables to name what is wrong may take their time; nobody waits for them but a person.
_WHOLE_TABLE_TIMEOUT_S: Final = 3600.0


Rules: TypeAlias = Sequence[tuple[Any, ...]]
"""Rows of a small table that a statement joins: what each status calls for."""


class Sum(msgspec.Struct, frozen=True):
    """Minor units of one currency that some rows of an account add up to."""

    scope: AccountScope
    currency: str
    total: int


class EventSum(msgspec.Struct, frozen=True):
    """How many events of a type, and a sum over hashes of whom they are about: equal for equal multisets."""

    type: str
    events: int
    checksum: int


async def wrong_topups(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return top-ups that contradict themselves."""
    return await _differences(conn, "wrong_topups", *bounds_of(span), limit)


async def wrong_transfers(conn: Conn, span: Range, rules: Rules, *, limit: int) -> list[Difference]:
    """Return transfers, missing ones too, that differ from the rules (status, kind, debit and credit account)."""
    return await _differences(conn, "wrong_transfers", *bounds_of(span), limit, *_arrays(rules))


async def wrong_balance_transactions(conn: Conn, span: Range, rules: Rules, *, limit: int) -> list[Difference]:
    """Return lines, missing ones too, that differ from the rules (status, type, sign, named by the top-up)."""
    return await _differences(conn, "wrong_balance_transactions", *bounds_of(span), limit, *_arrays(rules))


async def wrong_events(conn: Conn, span: Range, rules: Rules, *, limit: int) -> list[Difference]:
    """Return events that belong to no top-up, or that the rules (status, type) do not know for it."""
    return await _differences(conn, "wrong_events", *bounds_of(span), limit, *_arrays(rules))


async def wrong_idempotency_keys(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return keys whose event does not exist."""
    return await _differences(conn, "wrong_idempotency_keys", *bounds_of(span), limit)


async def missing_or_repeated_events(
    conn: Conn, event_type: str, statuses: Sequence[str], *, limit: int
) -> list[Difference]:
    """Return top-ups in one of `statuses` that have not exactly one event of a type. Reads whole tables.

    Where events of an account were forgotten, the account is returned whose events do not add up.
    """
    arguments = (limit, event_type)
    await conn.execute(_SQL["prefer_whole_tables"])
    missing = await _differences(conn, "missing_events", *arguments, list(statuses), timeout_s=_WHOLE_TABLE_TIMEOUT_S)
    repeated = await _differences(conn, "repeated_events", *arguments, timeout_s=_WHOLE_TABLE_TIMEOUT_S)
    owners = await _differences(conn, "differing_owners", *arguments, list(statuses), timeout_s=_WHOLE_TABLE_TIMEOUT_S)
    await conn.execute(_SQL["prefer_ranges_again"])
    return [*missing, *repeated, *owners][:limit]


async def booked_sums(conn: Conn, span: Range, ledger_account: str) -> list[Sum]:
    """Return what the transfers of a range of top-ups add to one ledger account."""
    return [_sum(record) for record in await conn.fetch(_SQL["booked_sums"], *bounds_of(span), ledger_account)]


async def stated_sums(conn: Conn, span: Range) -> list[Sum]:
    """Return what the balance transactions of a range of top-ups add up to."""
    return [_sum(record) for record in await conn.fetch(_SQL["stated_sums"], *bounds_of(span))]


async def kept_balances(conn: Conn, first: AccountScope, end: AccountScope) -> list[Sum]:
    """Return the balances of the accounts from `first` on, before `end`."""
    records = await conn.fetch(_SQL["kept_balances"], first.account, first.livemode, end.account, end.livemode)
    return [_sum(record) for record in records]


async def expected_events(conn: Conn, span: Range, rules: Rules) -> list[EventSum]:
    """Return the events that a range of top-ups calls for by the rules (status, type)."""
    records = await conn.fetch(_SQL["expected_events"], *bounds_of(span), *_arrays(rules))
    return [EventSum(*record) for record in records]


async def announced_events(conn: Conn, span: Range) -> list[EventSum]:
    """Return the events that a range of events holds."""
    return [EventSum(*record) for record in await conn.fetch(_SQL["announced_events"], *bounds_of(span))]


async def pruned_events(conn: Conn) -> list[EventSum]:
    """Return the events that were forgotten. Reads a whole table, of a few rows for each account."""
    records = await conn.fetch(_SQL["pruned_events"], timeout=_WHOLE_TABLE_TIMEOUT_S)
    return [EventSum(*record) for record in records]


async def _differences(conn: Conn, name: str, *arguments: Any, timeout_s: float | None = None) -> list[Difference]:
    """Return what one of the statements that answer differences found."""
    return [
        Difference(
            scope=AccountScope(record["account"], record["livemode"]),
            row=record["row_name"],
            expected=record["expected"] or None,
            found=record["found"] or None,
        )
        for record in await conn.fetch(_SQL[name], *arguments, timeout=timeout_s)
    ]


def _sum(record: Any) -> Sum:
    account, livemode, currency, total = record
    return Sum(AccountScope(account, livemode), currency, int(total))


def _arrays(rules: Rules) -> Iterable[list[Any]]:
    return map(list, zip(*rules, strict=True))

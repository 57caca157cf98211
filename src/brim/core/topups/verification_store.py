"""Reads top-ups with what they posted and announced, range by range, and finds what contradicts itself."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec

from brim.core.ledger import BANK, FEES, FUNDING_CLEARING
from brim.core.topups.bank_confirmation_rules import BALANCE_STEPS, COMING, GOING, OF_REFUNDS, BankStep
from brim.core.topups.posting import SOURCE_TYPE
from brim.core.verification import (
    WHOLE_TABLE_TIMEOUT_S,
    ClearingTopup,
    Difference,
    Range,
    Rows,
    arrays,
    bounds_of,
    differences,
)
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "verification", fragments="brim.core.verification")


class EventSum(msgspec.Struct, frozen=True):
    """How many events of a type, and a sum over hashes of whom they are about: equal for equal multisets."""

    type: str
    events: int
    checksum: int


async def wrong_topups(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return top-ups that contradict themselves."""
    return differences(await conn.fetch(_SQL["wrong_topups"], *bounds_of(span), limit))


async def wrong_entries(conn: Conn, span: Range, rules: Rows, *, limit: int) -> list[Difference]:
    """Return entries, missing ones too, that differ from the rules and from what banks have confirmed.

    A rule is a status, a step that it calls for, and that step's debit and credit account.
    """
    banks = (FUNDING_CLEARING, FEES, BANK, list(COMING), list(GOING))
    steps = [(step, rule.debit_account, rule.credit_account) for step, rule in BALANCE_STEPS.items()]
    confirmations = (*banks, SOURCE_TYPE, *arrays(steps))
    return differences(await conn.fetch(_SQL["wrong_entries"], *bounds_of(span), limit, *arrays(rules), *confirmations))


async def wrong_balance_transactions(conn: Conn, span: Range, rules: Rows, *, limit: int) -> list[Difference]:
    """Return balance transactions, missing ones too, that differ from the rules (status, type, sign, is named)."""
    signs = [(step, rule.sign) for step, rule in BALANCE_STEPS.items()]
    arguments = (*bounds_of(span), limit, *arrays(rules), *arrays(signs))
    return differences(await conn.fetch(_SQL["wrong_balance_transactions"], *arguments))


async def wrong_confirmations(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return what banks are said to have confirmed of no top-up, or of another amount than its own."""
    steps = [step for step in BankStep if step not in OF_REFUNDS]
    arguments = (*bounds_of(span), steps, BankStep.RETURN, limit, list(OF_REFUNDS))
    return differences(await conn.fetch(_SQL["wrong_confirmations"], *arguments))


async def clearing_topups(conn: Conn, span: Range, rails: Collection[str]) -> list[ClearingTopup]:
    """Return what is clearing of the top-ups of a range and of some rails, oldest first."""
    records = await conn.fetch(_SQL["clearing_topups"], *bounds_of(span), FUNDING_CLEARING, list(rails), SOURCE_TYPE)
    return [
        ClearingTopup(
            account=record["account"],
            livemode=record["livemode"],
            topup=record["topup"],
            amount=record["amount"],
            currency=record["currency"],
            since=record["since"],
        )
        for record in records
    ]


async def wrong_events(conn: Conn, span: Range, rules: Rows, *, limit: int) -> list[Difference]:
    """Return events that belong to no top-up, or that the rules (status, type) do not know for it."""
    return differences(await conn.fetch(_SQL["wrong_events"], *bounds_of(span), limit, *arrays(rules)))


async def missing_or_repeated_events(
    conn: Conn, event_type: str, statuses: Sequence[str], *, limit: int
) -> list[Difference]:
    """Return top-ups in one of `statuses` that have not exactly one event of a type. Reads whole tables.

    Where events of an account were forgotten, the account is returned whose events do not add up.
    """
    arguments = (limit, event_type)
    await conn.execute(_SQL["prefer_whole_tables"])
    missing = await _whole(conn, "missing_events", *arguments, list(statuses))
    repeated = await _whole(conn, "repeated_events", *arguments)
    accounts = await _whole(conn, "differing_owners", *arguments, list(statuses))
    await conn.execute(_SQL["prefer_ranges_again"])
    return [*missing, *repeated, *accounts][:limit]


async def expected_events(conn: Conn, span: Range, rules: Rows) -> list[EventSum]:
    """Return the events that a range of top-ups calls for by the rules (status, type)."""
    records = await conn.fetch(_SQL["expected_events"], *bounds_of(span), *arrays(rules))
    return [EventSum(*record) for record in records]


async def announced_events(conn: Conn, span: Range) -> list[EventSum]:
    """Return the events that a range of events holds."""
    return [EventSum(*record) for record in await conn.fetch(_SQL["announced_events"], *bounds_of(span))]


async def pruned_events(conn: Conn) -> list[EventSum]:
    """Return the events that were forgotten. Reads a whole table, of a few rows for each account."""
    records = await conn.fetch(_SQL["pruned_events"], timeout=WHOLE_TABLE_TIMEOUT_S)
    return [EventSum(*record) for record in records]


async def _whole(conn: Conn, name: str, *arguments: Any) -> list[Difference]:
    return differences(await conn.fetch(_SQL[name], *arguments, timeout=WHOLE_TABLE_TIMEOUT_S))

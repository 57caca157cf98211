"""What banks' statements say of top-ups, in the database. Rows are only added."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from brim.base.scope import AccountScope
from brim.core.topups.bank_confirmation_rules import BankConfirmation
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, "bank_confirmations")


class NewConfirmation(NamedTuple):
    """A confirmation to be written, the currency of its top-up, and when it is (Unix milliseconds)."""

    confirmation: BankConfirmation
    currency: str
    now_ms: int


async def insert(conn: Conn, new: Sequence[NewConfirmation]) -> list[bool]:
    """Write confirmations, of which there is at least one; tell of each whether it is the first of its step."""
    rows = [
        (
            *key_of(each.confirmation),
            each.confirmation.bank_account,
            each.confirmation.amount,
            each.currency,
            each.confirmation.reference,
            each.now_ms,
        )
        for each in new
    ]
    written = {tuple(record) for record in await conn.fetch(_SQL["insert_bank_confirmations"], *columns(rows))}
    return [key_of(each.confirmation) in written for each in new]


async def find_known(conn: Conn, confirmation: BankConfirmation) -> BankConfirmation:
    """Return what is known of the same step of the same top-up, of which there is something."""
    record = await conn.fetchrow(_SQL["read_bank_confirmation"], *key_of(confirmation))
    return msgspec.structs.replace(confirmation, **record)


async def is_confirmed(conn: Conn, looked_for: BankConfirmation) -> bool:
    """Tell whether there is a confirmation of a step of a top-up, whatever its line and its amount are."""
    return await conn.fetchrow(_SQL["read_bank_confirmation"], *key_of(looked_for)) is not None


async def count_undone(
    conn: Conn, topups: Sequence[tuple[AccountScope, str]]
) -> Counter[tuple[AccountScope, str, int]]:
    """Return how often people have undone that the bank has credited top-ups, by top-up and number."""
    rows = [(scope.account, scope.livemode, topup) for scope, topup in dict.fromkeys(topups)]
    found = Counter[tuple[AccountScope, str, int]]()
    for record in await conn.fetch(_SQL["undone_credits"], *columns(rows)):
        number = record["step"].partition(":")[2].partition("/")[0] or "1"
        found[AccountScope(record["account"], record["livemode"]), record["topup"], int(number)] += 1
    return found


async def find_confirmed(
    conn: Conn, confirmations: Sequence[BankConfirmation]
) -> frozenset[tuple[str, bool, str, str]]:
    """Return those steps of confirmations, at least one, that were confirmed, as `key_of` names them."""
    records = await conn.fetch(_SQL["find_confirmed_steps"], *columns([key_of(each) for each in confirmations]))
    return frozenset(tuple(record) for record in records)


def key_of(confirmation: BankConfirmation) -> tuple[str, bool, str, str]:
    """Return what names the step of a top-up: account, mode, top-up, step."""
    scope = confirmation.scope
    return scope.account, scope.livemode, confirmation.topup, confirmation.numbered_step

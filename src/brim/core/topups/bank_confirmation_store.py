"""What banks' statements say of top-ups, in the database. Rows are only added."""

from typing import Final

import msgspec

from brim.core.topups.bank_confirmation_rules import BankConfirmation
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "bank_confirmations")


async def insert_or_find(
    conn: Conn, confirmation: BankConfirmation, *, currency: str, now_ms: int
) -> BankConfirmation | None:
    """Write a confirmation; return None if it was new, else what is known of the same step."""
    key = (
        confirmation.scope.account,
        confirmation.scope.livemode,
        confirmation.topup,
        confirmation.numbered_step,
    )
    rest = (confirmation.bank_account, confirmation.amount, currency, confirmation.reference, now_ms)
    if await conn.fetchval(_SQL["insert_bank_confirmation"], *key, *rest) is not None:
        return None
    record = await conn.fetchrow(_SQL["read_bank_confirmation"], *key)
    return msgspec.structs.replace(confirmation, **record)

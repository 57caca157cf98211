"""What banks' statements say of top-ups, in the database. Rows are only added."""

from typing import Final

from brim.core.topups.bank_confirmation_rules import BankConfirmation
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "bank_confirmations")


async def insert_or_find(conn: Conn, confirmation: BankConfirmation, *, currency: str, now_ms: int) -> int | None:
    """Write a confirmation; return None if it was new, else the amount that is known of the same step."""
    key = (
        confirmation.scope.account,
        confirmation.scope.livemode,
        confirmation.topup,
        confirmation.numbered_step,
    )
    rest = (confirmation.bank_account, confirmation.amount, currency, confirmation.reference, now_ms)
    if await conn.fetchval(_SQL["insert_bank_confirmation"], *key, *rest) is not None:
        return None
    known: int = await conn.fetchval(_SQL["confirmed_amount"], *key)
    return known

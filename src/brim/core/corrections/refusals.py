"""Refused notifications of change on their way to the bank: each goes into one file, once."""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core.corrections import store
from brim.core.corrections.rules import Correction, Secrets
from brim.platform.database import Conn
from brim.platform.vault import Vault

LONGEST_WAIT_MS: Final = 24 * 60 * 60 * 1000
"""How long a refusal waits for a file with debits; then it gets one of its own."""

_MOST: Final = 500
_decode: Final = json_codec.decoder(Secrets)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A refused correction that no file has, and what the bank had written."""

    correction: Correction
    corrected_data: str

    def has_waited(self, now_ms: int) -> bool:
        """Whether it waits for no debits any more."""
        return now_ms - (self.correction.ended_ms or 0) >= LONGEST_WAIT_MS


async def hold_refusals(conn: Conn, vault: Vault, scope: AccountScope, originator: str) -> list[Refusal]:
    """Return what the next file of an originator tells its bank, held until the transaction ends."""
    return [
        Refusal(
            correction=correction,
            corrected_data=_decode(vault.open(sealed, place=correction.place)).corrected_data,
        )
        for correction, sealed in await store.hold_refusals(conn, scope, originator, limit=_MOST)
    ]


async def overdue_refusals(conn: Conn, *, now_ms: int) -> Sequence[tuple[AccountScope, str]]:
    """Return the originators, of all platforms, with refusals that have waited for debits for long."""
    return await store.originators_with_refusals(conn, before_ms=now_ms - LONGEST_WAIT_MS)


async def put_refusals_in_file(conn: Conn, file_id: str, placed: Sequence[tuple[Refusal, str]]) -> None:
    """Write the file and the traces of refusals that the transaction holds."""
    for refusal, trace in placed:
        told = msgspec.structs.replace(refusal.correction, refusal_file=file_id, refusal_trace=trace)
        await store.update_correction(conn, told)


async def requeue_refusals(conn: Conn, scope: AccountScope, file_id: str) -> None:
    """Let the refusals in a file that the bank does not have wait for the next one."""
    await store.requeue_refusals(conn, scope, file_id)

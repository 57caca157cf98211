"""Who may pay an account, where not everybody may: remembered with the assignment of a transfer, by two people."""

from typing import Final

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.originators import name_of
from brim.core.push import payer_store as store
from brim.core.push.rules import (
    PAYER_PREFIX,
    FundingInstructions,
    IncomingTransfer,
    KnownPayer,
    Payer,
    Policy,
    SuspenseReason,
    is_known,
)
from brim.core.rails.ach import TransferPayers
from brim.platform.database import Conn

_KIND: Final = "known payer"


async def objection_to(
    conn: Conn, instructions: FundingInstructions, payer: Payer | None, policy: Policy
) -> SuspenseReason | None:
    """Return why a transfer by instructions is not credited because of who has sent it; None where nothing is.

    Instructions may be stricter than the profile, and not laxer.
    """
    if TransferPayers.KNOWN not in {instructions.payers, policy.payers}:
        return None
    if payer is None:
        return SuspenseReason.NO_PAYER
    known = await store.payers_of_owner(conn, instructions.scope, instructions.owner)
    return None if any(is_known(payer, each) for each in known) else SuspenseReason.UNKNOWN_PAYER


async def remember(conn: Conn, transfer: IncomingTransfer, owner: str, *, now_ms: int, ids: IdFactory) -> None:
    """Let whoever has sent a transfer pay an account from now on, as its assignment was proposed and approved."""
    payer = transfer.payer
    known = await store.payers_of_owner(conn, transfer.scope, owner)
    if payer is None or any(is_known(payer, each) for each in known):
        return
    new = KnownPayer(
        scope=transfer.scope,
        id=ids.new_at(PAYER_PREFIX, now_ms),
        owner=owner,
        name=payer.name,
        last4=payer.last4,
        fingerprint=payer.fingerprint,
        transfer=transfer.id,
        proposed_by=transfer.proposed_by or "",
        approved_by=transfer.decided_by or "",
        one_person=bool(transfer.one_person),
        created_ms=now_ms,
    )
    await store.insert_payer(conn, new)


async def list_payers(conn: Conn, scope: AccountScope, owner: str) -> list[KnownPayer]:
    """Return who may pay an account of a platform, and who might before, the oldest first."""
    return await store.payers_of_owner(conn, scope, owner)


async def forget_payer(
    conn: Conn, scope: AccountScope, payer_id: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> KnownPayer:
    """Let somebody not pay an account any more, in the caller's transaction; what they have paid stays.

    Raises:
        ResourceMissingError: the platform has none of that id.
    """
    before = await store.lock_payer(conn, scope, payer_id)
    if before is None:
        raise ResourceMissingError(_KIND, payer_id, param="known_payer", in_path=True)
    if before.ended_ms is not None:
        return before
    after = msgspec.structs.replace(before, ended_by=name_of(by), ended_ms=now_ms)
    await store.end_payer(conn, after)
    await audit.record(
        conn,
        by,
        Action.KNOWN_PAYER_FORGOTTEN,
        object_type=ObjectType.KNOWN_PAYER,
        object_id=after.id,
        before=before,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after

"""Takes an operator's word that a live bank account was verified: the audit log keeps how."""

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.account_config import bump_config_version
from brim.core.audit import Action, ObjectType
from brim.core.bank_accounts import Verification
from brim.core.funding import store
from brim.core.funding.rules import AlreadyVerifiedError, FundingSource
from brim.platform.database import Conn


async def note_verification(
    conn: Conn, scope: AccountScope, funding_id: str, *, evidence: str, by: Actor, now_ms: int, ids: IdFactory
) -> FundingSource:
    """Write that a live bank account was verified outside, in the caller's transaction; return it.

    Raises:
        ResourceMissingError: the account has none of that id.
        AlreadyVerifiedError: it needs no verification any more.
    """
    before = await store.lock_funding_source(conn, scope, funding_id)
    if before is None or before.is_detached:
        raise ResourceMissingError("funding source", funding_id, param="funding_source")
    if before.verification is Verification.VERIFIED:
        raise AlreadyVerifiedError(funding_id)
    after = msgspec.structs.replace(before, verification=Verification.VERIFIED)
    await store.update_funding_source(conn, after)
    if funding_id in (await store.read_defaults(conn, scope)).values():
        await bump_config_version(conn, scope)
    await audit.record(
        conn,
        by,
        Action.FUNDING_SOURCE_VERIFIED,
        object_type=ObjectType.FUNDING_SOURCE,
        object_id=funding_id,
        before=before,
        after=after,
        scope=scope,
        detail=evidence,
        now_ms=now_ms,
        ids=ids,
    )
    return after

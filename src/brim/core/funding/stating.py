"""Says that a live bank account is verified, or is not, by an operator's or a bank's word; the audit log keeps how."""

import msgspec

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory, Ids
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.account_config import bump_config_version
from brim.core.audit import Action, ObjectType
from brim.core.bank_accounts import Verification
from brim.core.funding import store
from brim.core.funding.rules import ATTEMPTS, AlreadyVerifiedError, FundingSource
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
    await _write(conn, after)
    await _record(conn, by, Action.FUNDING_SOURCE_VERIFIED, before, after, detail=evidence, now_ms=now_ms, ids=ids)
    return after


async def begin_verification(
    conn: Conn,
    scope: AccountScope,
    funding_id: str,
    *,
    action: Action = Action.PRENOTE_STARTED,
    detail: str,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> FundingSource:
    """Write that a prenote or micro-deposits verify a live bank account, in the caller's transaction; return it.

    One whose verification has failed before gets another chance: it waits again, and micro-deposits may be stated as
    often as at first.

    Raises:
        ResourceMissingError: the account has none of that id.
        AlreadyVerifiedError: it needs no verification any more.
    """
    before = await store.lock_funding_source(conn, scope, funding_id)
    if before is None or before.is_detached:
        raise ResourceMissingError("funding source", funding_id, param="funding_source")
    if before.verification is Verification.VERIFIED:
        raise AlreadyVerifiedError(funding_id)
    after = msgspec.structs.replace(before, verification=Verification.PENDING)
    if action is Action.MICRODEPOSITS_STARTED:
        after = msgspec.structs.replace(after, attempts_left=ATTEMPTS)
    await _write(conn, after)
    await _record(conn, by, action, before, after, detail=detail, now_ms=now_ms, ids=ids)
    return after


async def conclude_verification(
    conn: Conn,
    scope: AccountScope,
    funding_id: str,
    *,
    is_verified: bool,
    detail: str,
    by: Actor,
    now_ms: int,
    ids: Ids,
) -> None:
    """Write what its bank's answer says of a live bank account, in the caller's transaction.

    One that is not verified pays for nothing that does not name it any more, even if it was verified before.
    """
    before = await store.lock_funding_source(conn, scope, funding_id)
    wanted = Verification.VERIFIED if is_verified else Verification.FAILED
    if before is None or before.verification is wanted:
        return
    after = msgspec.structs.replace(before, verification=wanted)
    await _write(conn, after)
    if not is_verified and await store.delete_defaults_of(conn, scope, funding_id):
        await bump_config_version(conn, scope)
    action = Action.FUNDING_SOURCE_VERIFIED if is_verified else Action.FUNDING_SOURCE_UNVERIFIED
    await _record(conn, by, action, before, after, detail=detail, now_ms=now_ms, ids=ids)


async def _write(conn: Conn, source: FundingSource) -> None:
    await store.update_funding_source(conn, source)
    if source.id in (await store.read_defaults(conn, source.scope)).values():
        await bump_config_version(conn, source.scope)


async def _record(
    conn: Conn,
    by: Actor,
    action: Action,
    before: FundingSource,
    after: FundingSource,
    *,
    detail: str,
    now_ms: int,
    ids: Ids,
) -> None:
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.FUNDING_SOURCE,
        object_id=after.id,
        before=before,
        after=after,
        scope=after.scope,
        detail=detail,
        now_ms=now_ms,
        ids=ids,
    )

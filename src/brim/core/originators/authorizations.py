"""What account holders agreed to: written down, ended, read. Authorizations are kept after their end."""

from collections.abc import Mapping
from typing import Final

import msgspec

from brim.base.actor import Actor, ActorKind
from brim.base.errors import ResourceMissingError
from brim.base.ids import Ids
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.idempotency import RequestContext, record
from brim.core.originators import store
from brim.core.originators.rules import AUTHORIZATION_PREFIX, Authorization
from brim.core.originators.service import authorize
from brim.core.rails.ach import SecCode
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.lookups import check_cursors

_BY_JOB: Final = Actor(kind=ActorKind.JOB, name="returns")


class NewAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """A validated wish to write down what the holder of a bank account agreed to; see `Authorization`."""

    funding_source: str
    sec_code: SecCode
    text: str
    accepted_ms: int
    evidence: Mapping[str, str]
    mandate_reference: str | None = None


async def create_authorization(conn: Conn, attempt: RequestContext, new: NewAuthorization) -> Authorization:
    """Write down an authorization in the caller's transaction; an earlier one for the bank account ends by that."""
    return await authorize(
        conn,
        attempt.scope,
        funding_source=new.funding_source,
        sec_code=new.sec_code,
        text=new.text,
        accepted_ms=new.accepted_ms,
        evidence=new.evidence,
        mandate_reference=new.mandate_reference,
        by=attempt.by,
        now_ms=attempt.now_ms,
        ids=attempt.ids,
    )


async def end_authorization(
    conn: Conn, attempt: RequestContext, authorization_id: str, *, reason: str | None
) -> Authorization:
    """End an authorization in the caller's transaction: nothing new is debited by it. One that has ended stays.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    before = await store.lock_authorization(conn, attempt.scope, authorization_id)
    if before is None:
        raise ResourceMissingError("authorization", authorization_id, param="authorization", in_path=True)
    if before.ended_ms is not None:
        return before
    after = msgspec.structs.replace(before, ended_ms=attempt.now_ms, end_reason=reason or "revoked")
    await store.end_authorizations(
        conn,
        attempt.scope,
        funding_source=after.funding_source,
        now_ms=attempt.now_ms,
        reason=after.end_reason or "",
    )
    await record(
        conn,
        attempt,
        Action.AUTHORIZATION_ENDED,
        ObjectType.AUTHORIZATION,
        after.id,
        before=before,
        after=after,
    )
    return after


async def end_by_return(
    conn: Conn,
    scope: AccountScope,
    funding_source: str,
    *,
    code: str,
    detail: str,
    before_ms: int | None,
    now_ms: int,
    ids: Ids,
) -> None:
    """End what is in force for a bank account, since its bank has returned a debit as not authorized.

    One that was recorded after `before_ms`, when the debit was sent, is another one, and stays.
    """
    before = await store.lock_in_force(conn, scope, funding_source)
    if before is None or (before_ms is not None and before.created_ms > before_ms):
        return
    after = msgspec.structs.replace(before, ended_ms=now_ms, end_reason=f"returned with {code}")
    await store.end_authorizations(
        conn, scope, funding_source=funding_source, now_ms=now_ms, reason=after.end_reason or ""
    )
    await audit.record(
        conn,
        _BY_JOB,
        Action.AUTHORIZATION_ENDED,
        object_type=ObjectType.AUTHORIZATION,
        object_id=after.id,
        before=before,
        after=after,
        detail=detail,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )


async def retrieve_authorization(database: Database, scope: AccountScope, authorization_id: str) -> Authorization:
    """Return an authorization, one that has ended too.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    return await lookups.retrieve(database, scope, authorization_id, store.fetch_authorizations, kind="authorization")


async def list_authorizations(
    database: Database, scope: AccountScope, request: PageRequest, *, funding_source: str | None
) -> Page[Authorization]:
    """Return a page of an account's authorizations, newest first: of one bank account, or of all.

    Raises:
        ResourceMissingError: a cursor names none of the account's.
        ExclusiveParametersError: both cursors are given.
    """
    await check_cursors(database, scope, request, kind="authorization", exists=_exists)
    place = window_of(AUTHORIZATION_PREFIX, None, request)
    async with database.connection() as conn:
        return await store.list_authorizations(conn, scope, place, funding_source=funding_source)


async def _exists(conn: Conn, scope: AccountScope, authorization_id: str) -> bool:
    return authorization_id in await store.fetch_authorizations(conn, scope, [authorization_id])

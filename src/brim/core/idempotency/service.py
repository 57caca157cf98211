"""Runs a write once for each idempotency key: claim, work and kept answer are one transaction."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import msgspec

from brim.base.errors import BrimError, DatabaseUnavailableError, KeptRefusalError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, Actor, ObjectType, PageAction
from brim.core.events import Cause
from brim.core.idempotency import store as idempotency
from brim.core.idempotency.rules import KeptReply, KeyClaim, check_same_request
from brim.platform.database import Conn, Database

RenderError: TypeAlias = Callable[[BrimError], tuple[int, bytes]]
"""Writes a refusal as (HTTP status, compact JSON)."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a write answers: `body` is compact JSON; `replay_of` names the first request when this is a replay."""

    status: int = 200
    body: bytes
    replay_of: str | None = None


class RequestContext(msgspec.Struct, frozen=True, kw_only=True):
    """One request to write: whose, under which key if any, and what is recorded with it.

    `by` is who asks, and `ids` makes the ids of what is told of them.
    """

    scope: AccountScope
    claim: KeyClaim | None
    request_id: str
    api_version: str
    now_ms: int
    by: Actor
    ids: IdFactory

    @property
    def cause(self) -> Cause:
        """What the events of this request name as their cause."""
        return Cause(
            api_version=self.api_version,
            request_id=self.request_id,
            idempotency_key=self.claim.key if self.claim else None,
        )


async def record(
    conn: Conn,
    context: RequestContext,
    action: Action | PageAction,
    object_type: ObjectType,
    object_id: str,
    *,
    before: Any = None,
    after: Any = None,
    account: str | None = None,
) -> None:
    """Add a line to the audit log about what a request does, in its transaction; see `audit.record`.

    Args:
        conn: the transaction.
        context: the request.
        action: what it does.
        object_type: to what kind of object.
        object_id: to which one.
        before: the object as it was, None where there was none.
        after: the object as it is then, None where it is gone.
        account: whose it is; None means the request's account.
    """
    await audit.record(
        conn,
        context.by,
        action,
        object_type=object_type,
        object_id=object_id,
        before=before,
        after=after,
        scope=AccountScope(account or context.scope.account, context.scope.livemode),
        now_ms=context.now_ms,
        ids=context.ids,
    )


def replay(claim: KeyClaim, kept: KeptReply) -> Result:
    """Return the first answer again.

    Raises:
        IdempotencyMismatchError: when the key stands for another request.
    """
    check_same_request(claim, kept)
    return Result(status=kept.status, body=kept.body, replay_of=kept.request_id)


def replay_of(context: RequestContext, kept: KeptReply) -> Result:
    """Return the first answer to a request again.

    Raises:
        IdempotencyMismatchError: when its key stands for another request.
    """
    if context.claim is None:
        raise ValueError("an answer is kept under a key only")
    return replay(context.claim, kept)


async def find_kept(conn: Conn, context: RequestContext) -> KeptReply | None:
    """Return the answer that a request's key has already, if it has a key and the key an answer."""
    if context.claim is None:
        return None
    (kept,) = await idempotency.fetch_replies(conn, [(context.scope, context.claim.key)])
    return kept


async def run_once(
    database: Database,
    context: RequestContext,
    work: Callable[[Conn], Awaitable[bytes]],
    *,
    render_error: RenderError,
) -> Result:
    """Return the answer of `work`, run in one transaction, or the answer that its key already has.

    A refusal because of the object's status, or for a wrong guess, is an answer too and is kept, as the vendor keeps
    it, with whatever `work` wrote before; other errors undo everything and leave the key unused. Equal requests at
    the same moment wait for the first and then get its answer.

    Args:
        database: where.
        context: the request.
        work: does the write on the given connection and returns the reply's compact JSON.
        render_error: writes a refusal.

    Raises:
        IdempotencyMismatchError: the key stands for another request.
        DatabaseUnavailableError: nothing is known of the write; a retry under the same key finds out.
    """

    async def in_transaction(conn: Conn) -> Result:
        kept = await _claim(conn, context)
        if kept and context.claim:
            return replay(context.claim, kept)
        try:
            answer = Result(body=await work(conn))
        except KeptRefusalError as error:
            status, body = render_error(error)
            answer = Result(status=status, body=body)
        if context.claim:
            await idempotency.record_reply(
                conn, context.scope, context.claim.key, status=answer.status, body=answer.body
            )
        return answer

    return await database.transact(in_transaction)


async def _claim(conn: Conn, context: RequestContext) -> KeptReply | None:
    """Take the request's key for this transaction, or return the answer it has already."""
    if context.claim is None:
        return None
    if await idempotency.claim_key(
        conn, context.scope, context.claim, request_id=context.request_id, now_ms=context.now_ms
    ):
        return None
    (kept,) = await idempotency.fetch_replies(conn, [(context.scope, context.claim.key)])
    if kept is None:  # pruned in between: its day is over and the key is free again
        raise DatabaseUnavailableError
    return kept

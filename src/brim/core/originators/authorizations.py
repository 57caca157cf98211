"""What account holders agreed to: written down, ended, read. Authorizations are kept after their end."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
import structlog

from brim.base.actor import Actor, ActorKind
from brim.base.errors import ResourceMissingError
from brim.base.ids import Ids
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.idempotency import RequestContext, record
from brim.core.originators import store
from brim.core.originators.rules import (
    AUTHORIZATION_PREFIX,
    IS_USED,
    Authorization,
    KnownMandate,
    MandateAmendment,
    MandateReferenceTakenError,
    MandateTermsError,
    MandateUnusableError,
    ToldMandate,
    name_of,
)
from brim.core.originators.service import authorize
from brim.core.rails.ach import MANDATES, SecCode
from brim.core.rails.sepa import SequenceType, check_mandate_reference, lapses_on
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.lookups import check_cursors

_BY_JOB: Final = Actor(kind=ActorKind.JOB, name="returns")
_BY_SETTLEMENT: Final = Actor(kind=ActorKind.JOB, name="settlement")

_COLLECTED: Final = "collected"
"""Why a one-off mandate ends."""

OneOff = tuple[AccountScope, str, str]
"""Whose mandate (or its bank account) is for one collection, and the top-up that makes it."""

_log = structlog.get_logger()


class NewAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """A validated wish to write down what the holder of a bank account agreed to; see `Authorization`."""

    funding_source: str
    sec_code: SecCode
    text: str
    accepted_ms: int
    evidence: Mapping[str, str]
    mandate_reference: str | None = None
    sequence_type: SequenceType | None = None
    confirmed_ms: int | None = None
    last_collected_on: date | None = None


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
        sequence_type=new.sequence_type,
        confirmed_ms=new.confirmed_ms,
        last_collected_on=new.last_collected_on,
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


async def confirm_mandate(
    conn: Conn, scope: AccountScope, authorization_id: str, *, confirmed_ms: int, by: Actor, now_ms: int, ids: Ids
) -> Authorization:
    """Write, in the caller's transaction, that the debtor has confirmed a mandate of the B2B scheme to their bank.

    What was confirmed before stays as it is.

    Raises:
        ResourceMissingError: the account has none of that id.
        MandateTermsError: it is of another kind, or has ended.
    """
    before = await store.lock_authorization(conn, scope, authorization_id)
    if before is None:
        raise ResourceMissingError("authorization", authorization_id, param="authorization", in_path=True)
    if before.sec_code is not SecCode.B2B:
        raise MandateTermsError("Only B2B mandates are confirmed to a bank.", param="authorization")
    if before.ended_ms is not None:
        raise MandateTermsError("This mandate has ended. Record a new one.", param="authorization")
    if before.confirmed_ms is not None:
        return before
    after = msgspec.structs.replace(before, confirmed_ms=confirmed_ms)
    await store.confirm_mandate(conn, after)
    await audit.record(
        conn,
        by,
        Action.MANDATE_CONFIRMED,
        object_type=ObjectType.AUTHORIZATION,
        object_id=after.id,
        before=before,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


async def take_amendments(conn: Conn, taken: Sequence[OneOff]) -> frozenset[str]:
    """Let top-ups tell banks of the amendments of their mandates; return those that do, since no other one does."""
    return await store.take_one_offs(conn, taken) if taken else frozenset()


async def note_told(conn: Conn, told: Sequence[ToldMandate], *, now_ms: int) -> None:
    """Write that banks were told of the amendments of mandates by collections that are settled."""
    if not told:
        return
    await store.set_told(conn, told)
    others = [
        (
            each.mandate.scope,
            MandateAmendment(
                authorization_id=each.mandate.id,
                number=0,
                created_ms=now_ms,
                former_creditor_identifier=each.former_creditor_identifier,
                former_creditor_name=each.former_creditor_name,
                presented_on=each.presented_on,
            ),
        )
        for each in told
        if each.has_other_creditor
    ]
    if others:
        await store.insert_amendments(conn, others)


async def amend_mandate(
    conn: Conn,
    scope: AccountScope,
    authorization_id: str,
    *,
    mandate_reference: str | None,
    funding_source: str | None,
    by: Actor,
    now_ms: int,
    ids: Ids,
) -> Authorization:
    """Give a mandate another reference, or another bank account of its holder's, in the caller's transaction.

    The next collection tells banks of it. The debtor has to confirm a mandate of the B2B scheme again.

    Raises:
        ResourceMissingError: the account has none of that id.
        MandateTermsError: it is no recurrent mandate in force, nothing changes, the bank account has an authorization,
            or a collection is under way that tells of an earlier amendment.
        MandateReferenceInvalidError, MandateReferenceTakenError: it cannot have the reference.
    """
    before = await store.lock_authorization(conn, scope, authorization_id)
    if before is None:
        raise ResourceMissingError("authorization", authorization_id, param="authorization", in_path=True)
    _check_amendable(before)
    after = msgspec.structs.replace(
        before,
        mandate_reference=mandate_reference or before.mandate_reference,
        funding_source=funding_source or before.funding_source,
        confirmed_ms=None,
    )
    has_other_reference = after.mandate_reference != before.mandate_reference
    has_other_account = after.funding_source != before.funding_source
    if not has_other_reference and not has_other_account:
        raise MandateTermsError("Pass a new reference or bank account.", param="mandate_reference")
    if has_other_reference:
        check_mandate_reference(after.mandate_reference or "", param="mandate_reference")
        if await store.is_reference_taken(conn, scope, after.mandate_reference or ""):
            raise MandateReferenceTakenError(after.mandate_reference or "")
    if has_other_account and await store.lock_in_force(conn, scope, after.funding_source) is not None:
        reason = f"The bank account {after.funding_source} already has an authorization in force. End it first."
        raise MandateTermsError(reason, param="funding_source")
    amendment = MandateAmendment(
        authorization_id=after.id,
        number=0,
        created_ms=now_ms,
        amended_by=name_of(by),
        former_reference=before.mandate_reference if has_other_reference else None,
        former_funding_source=before.funding_source if has_other_account else None,
    )
    await store.insert_amendments(conn, [(scope, amendment)])
    await store.amend_mandate(conn, after)
    await audit.record(
        conn,
        by,
        Action.MANDATE_AMENDED,
        object_type=ObjectType.AUTHORIZATION,
        object_id=after.id,
        before=before,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


def _check_amendable(mandate: Authorization) -> None:
    if mandate.sec_code not in MANDATES:
        raise MandateTermsError("Only mandates can be amended. Record a new authorization.", param="authorization")
    if mandate.ended_ms is not None:
        raise MandateTermsError("This mandate has ended. Record a new one.", param="authorization")
    if mandate.sequence_type is SequenceType.ONE_OFF:
        reason = "One-off mandates can't be amended. Record a new one."
        raise MandateTermsError(reason, param="authorization")
    if mandate.used_by is not None:
        reason = f"An earlier amendment is pending with {mandate.used_by}. Amend the mandate again once it has settled."
        raise MandateTermsError(reason, param="authorization")


async def list_amendments(
    conn: Conn, scope: AccountScope, authorizations: Sequence[str]
) -> dict[str, list[MandateAmendment]]:
    """Return how mandates of an account were amended, by their ids, in order."""
    return await store.list_amendments(conn, scope, authorizations)


async def extend_mandates(conn: Conn, presented: Sequence[KnownMandate], *, collected_on: date) -> None:
    """Write that collections under mandates were presented for a day: they lapse later by that."""
    if presented:
        await store.extend_mandates(conn, presented, lapse=lapses_on(collected_on))


async def take_one_offs(conn: Conn, taken: Sequence[OneOff], *, param: str) -> None:
    """Give the one collection of one-off mandates to top-ups, in the caller's transaction.

    Raises:
        MandateUnusableError: another top-up has it, or asks for it now; the caller's transaction must not commit.
    """
    if not taken:
        return
    having = await store.take_one_offs(conn, taken)
    for _, mandate, topup in taken:
        if topup not in having:
            raise MandateUnusableError(mandate, IS_USED, param=param)


async def find_mandates(
    conn: Conn, platform: AccountScope, references: Collection[str]
) -> dict[str, tuple[AccountScope, str]]:
    """Return whose a platform's mandates are, and their ids, by the references that they have or had."""
    return await store.find_mandates(conn, platform, references) if references else {}


async def learn_used(conn: Conn, used: Sequence[OneOff]) -> None:
    """Write what has left after all: which top-ups make the one collection of mandates, or tell banks of amendments.

    Whichever top-up has it in this database does not go out with it then.
    """
    if used:
        by_mandate = {(scope, mandate): (scope, mandate, topup) for scope, mandate, topup in used}
        await store.set_used(conn, by_mandate.values())


async def give_one_offs_back(conn: Conn, given: Sequence[OneOff]) -> None:
    """Let other top-ups have the one collection that these, by their bank accounts, have not made."""
    if given:
        await store.give_one_offs_back(conn, given)


async def end_used(conn: Conn, used: Sequence[OneOff], *, now_ms: int, ids: Ids) -> None:
    """End one-off mandates, since the banks have settled their one collection, in the caller's transaction."""
    held = await store.lock_used(conn, used) if used else []
    if held:
        await store.end_used(conn, held, now_ms=now_ms, reason=_COLLECTED)
    for before in held:
        after = msgspec.structs.replace(before, ended_ms=now_ms, end_reason=_COLLECTED)
        await audit.record(
            conn,
            _BY_SETTLEMENT,
            Action.AUTHORIZATION_ENDED,
            object_type=ObjectType.AUTHORIZATION,
            object_id=after.id,
            before=before,
            after=after,
            detail=f"{after.used_by}: the one collection",
            scope=before.scope,
            now_ms=now_ms,
            ids=ids,
        )


async def reinstate_used(conn: Conn, used: Sequence[OneOff], *, now_ms: int, ids: Ids) -> None:
    """Put one-off mandates in force again, since that their one collection was settled is undone.

    One whose bank account has another mandate by now stays ended: a bank account has one.
    """
    reinstated = await store.reinstate_used(conn, used, reason=_COLLECTED) if used else []
    for after in reinstated:
        await audit.record(
            conn,
            _BY_SETTLEMENT,
            Action.AUTHORIZATION_REINSTATED,
            object_type=ObjectType.AUTHORIZATION,
            object_id=after.id,
            before=msgspec.structs.replace(after, ended_ms=now_ms, end_reason=_COLLECTED),
            after=after,
            detail=f"{after.used_by}: the settlement of its collection was undone",
            scope=after.scope,
            now_ms=now_ms,
            ids=ids,
        )
    for mandate in sorted({mandate for _, mandate, _ in used} - {each.id for each in reinstated}):
        _log.warning("mandate not reinstated: its bank account has a newer one", authorization=mandate)


async def end_by_return(  # noqa: PLR0913  which debit, and what is known of it
    conn: Conn,
    scope: AccountScope,
    funding_source: str,
    *,
    code: str,
    detail: str,
    before_ms: int | None,
    mandate: str | None = None,
    now_ms: int,
    ids: Ids,
) -> None:
    """End what is in force for a bank account, since its bank has returned a debit as not authorized.

    One that was recorded after `before_ms`, when the debit was sent, is another one, and stays. Where the `mandate` of
    the debit is known, that one ends, whichever bank account it is for by now.
    """
    if mandate is None:
        before = await store.lock_in_force(conn, scope, funding_source)
        is_another = before is not None and before_ms is not None and before.created_ms > before_ms
    else:
        before = await store.lock_authorization(conn, scope, mandate)
        is_another = before is not None and before.ended_ms is not None
    if before is None or is_another:
        return
    after = msgspec.structs.replace(before, ended_ms=now_ms, end_reason=f"returned with {code}")
    await store.end_authorizations(
        conn, scope, funding_source=before.funding_source, now_ms=now_ms, reason=after.end_reason or ""
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

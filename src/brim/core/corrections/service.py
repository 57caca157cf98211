"""Takes in notifications of change: applies what can be, and keeps what a person has to look at."""

from typing import Final

import msgspec
import structlog

from brim.base.actor import Actor, ActorKind
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory, first_id_at
from brim.base.json_codec import encode
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.calendars import after_business_days, calendar_of
from brim.core.corrections import store
from brim.core.corrections.rules import (
    CORRECTION_PREFIX,
    REFUSABLE_DAYS,
    Correction,
    CorrectionFilters,
    CorrectionStatus,
    Notice,
    NotOpenError,
    Presented,
    Secrets,
    TooLateToRefuseError,
    UnusableCorrectionError,
    changes_of,
    names_in,
    wanted_of,
)
from brim.core.corrections.store import CountedCorrections
from brim.core.events import BY_ITSELF, EventType, Renderers, insert_events, new_event
from brim.core.funding import BankSecrets, Corrected, HeldFundingSource, correct_funding_source, hold_with_numbers
from brim.core.rails.ach.nacha import CHANGE_CODES
from brim.core.time import OwnerTime
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

JOB: Final = "corrections"
_BY_JOB: Final = Actor(kind=ActorKind.JOB, name=JOB)

_log = structlog.get_logger()


async def take_in(
    conn: Conn, vault: Vault, secrets: BankSecrets, renderers: Renderers, notice: Notice, *, moment: OwnerTime
) -> Correction | None:
    """Apply a notification of change, or keep it for a person; return it, None where it was received before.

    The caller's transaction holds what the entry belongs to. The top-up is left alone, whatever the notification says:
    its entry was paid.

    Raises:
        ResourceMissingError: the bank account is not on file.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read or keep account numbers.
    """
    if await store.is_known(conn, notice):
        return None
    held = await hold_with_numbers(conn, secrets, notice.owner, notice.funding_source)
    if held is None:
        raise ResourceMissingError("funding source", notice.funding_source, param="funding_source")
    correction = _received(notice, held, moment)
    try:
        left = _left_to_change(notice, held)
    except UnusableCorrectionError as error:
        correction = msgspec.structs.replace(correction, status=CorrectionStatus.OPEN, reason=str(error), ended_ms=None)
    else:
        if names_in(left):
            correction = await _apply(conn, secrets, held, left, correction, moment=moment)
        else:
            reason = (
                "The bank account was detached."
                if held.source.is_detached
                else "The bank account already has these details."
            )
            correction = msgspec.structs.replace(correction, reason=reason)
    kept = Secrets(
        corrected_data=notice.corrected_data,
        account_number=held.numbers.account_number,
        holder_name=held.source.party.name,
    )
    await store.insert_correction(conn, correction, vault.seal(encode(kept), place=correction.place))
    if correction.status is CorrectionStatus.APPLIED:
        kind = EventType.FUNDING_SOURCE_CORRECTED
        payload = renderers.payload(kind, correction)
        event = new_event(notice.owner, kind, correction.id, payload, moment, BY_ITSELF)
        await insert_events(conn, [event])
    _log.info(
        "notification of change received",
        account=correction.owner,
        correction=correction.id,
        code=correction.change_code,
        status=correction.status,
    )
    return correction


def _left_to_change(notice: Notice, held: HeldFundingSource) -> Corrected:
    """Return what a notification of change leaves to change of the bank account on file.

    Raises:
        UnusableCorrectionError: a person has to look at it.
    """
    if held.source.is_detached:  # nothing is paid from it any more
        return Corrected()
    wanted = wanted_of(notice.change_code, notice.corrected_data, is_of_credit=notice.is_of_credit)
    account = held.source.bank_account
    on_file = Presented(
        routing_number=account.routing_number,
        account_number=held.numbers.account_number,
        account_type="savings" if account.account_type == "savings" else "checking",
        holder_name=held.source.party.name or notice.presented.holder_name,
    )
    left = changes_of(wanted, presented=notice.presented, on_file=on_file)
    if names_in(left) and notice.objection is not None:
        raise UnusableCorrectionError(notice.objection)
    return left


def _received(notice: Notice, held: HeldFundingSource, moment: OwnerTime) -> Correction:
    """Return a notification of change of which nothing is done yet."""
    account = held.source.bank_account
    return Correction(
        scope=notice.scope,
        id=moment.new_id(CORRECTION_PREFIX),
        owner=notice.owner.account,
        funding_source=notice.funding_source,
        originator=notice.originator,
        topup=notice.topup,
        number=notice.number,
        bank_file=notice.bank_file,
        change_code=notice.change_code,
        original_trace=notice.original_trace,
        trace=notice.trace,
        status=CorrectionStatus.NOTED,
        reason=None,
        corrected=[],
        routing_number=account.routing_number,
        last4=account.last4,
        fingerprint=account.fingerprint,
        account_type=account.account_type,
        received_ms=moment.now_ms,
        ended_ms=moment.now_ms,
    )


async def _apply(
    conn: Conn,
    secrets: BankSecrets,
    held: HeldFundingSource,
    left: Corrected,
    correction: Correction,
    *,
    moment: OwnerTime,
) -> Correction:
    title = CHANGE_CODES[correction.change_code].title
    after = await correct_funding_source(
        conn,
        secrets,
        held,
        left,
        detail=f"{correction.id}: {correction.change_code} ({title.lower()})",
        by=_BY_JOB,
        now_ms=moment.now_ms,
        ids=moment.ids,
    )
    return msgspec.structs.replace(
        correction,
        status=CorrectionStatus.APPLIED,
        corrected=names_in(left),
        new_routing_number=after.bank_account.routing_number,
        new_last4=after.bank_account.last4,
        new_fingerprint=after.bank_account.fingerprint,
        new_account_type=after.bank_account.account_type,
    )


async def corrected_number(conn: Conn, secrets: BankSecrets, scope: AccountScope, topup: str) -> str | None:
    """Return the number of the bank account that was corrected because of a top-up; None where none was."""
    found = await store.find_corrected_source(conn, scope, topup)
    held = await hold_with_numbers(conn, secrets, *found) if found else None
    return held.numbers.account_number if held else None


async def note_break(conn: Conn, correction: Correction, break_id: str) -> None:
    """Write by which break a correction of the caller's transaction is listed."""
    await store.update_correction(conn, msgspec.structs.replace(correction, break_id=break_id))


async def dismiss(conn: Conn, scope: AccountScope, correction_id: str, *, by: Actor, now_ms: int) -> None:
    """Write that a person has settled the break of a correction, in the caller's transaction."""
    found = await store.lock_correction(conn, scope, correction_id)
    if found is not None and found.status is CorrectionStatus.OPEN:
        ended = msgspec.structs.replace(
            found, status=CorrectionStatus.DISMISSED, ended_ms=now_ms, ended_by=by.id or by.name or by.kind
        )
        await store.update_correction(conn, ended)


async def refuse(
    conn: Conn, scope: AccountScope, correction_id: str, *, code: str, by: Actor, now_ms: int, ids: IdFactory
) -> Correction:
    """Refuse an open correction with a code (C61 to C69), in the caller's transaction, with its audit entry.

    The next file of its originator tells the bank.

    Raises:
        ResourceMissingError: the platform has none of that id.
        NotOpenError: it is not open.
        TooLateToRefuseError: it came too long ago.
    """
    before = await store.lock_correction(conn, scope, correction_id)
    if before is None:
        raise ResourceMissingError("correction", correction_id, param="correction", in_path=True)
    if before.status is not CorrectionStatus.OPEN or before.originator is None:
        raise NotOpenError(before)
    if now_ms >= refusable_until_ms(before):
        raise TooLateToRefuseError(before)
    after = msgspec.structs.replace(
        before,
        status=CorrectionStatus.REFUSED,
        refusal_code=code,
        ended_ms=now_ms,
        ended_by=by.id or by.name or by.kind,
    )
    await store.update_correction(conn, after)
    await audit.record(
        conn,
        by,
        Action.CORRECTION_REFUSED,
        object_type=ObjectType.CORRECTION,
        object_id=after.id,
        before=before,
        after=after,
        scope=scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


def refusable_until_ms(correction: Correction) -> int:
    """Return until when a correction can be refused (Unix milliseconds)."""
    return after_business_days(calendar_of("usd"), moment_ms=correction.received_ms, days=REFUSABLE_DAYS)


async def retrieve_correction(
    database: Database, scope: AccountScope, correction_id: str, *, owner: str | None = None
) -> Correction:
    """Return a platform's correction, of one of its accounts or of any (None).

    Raises:
        ResourceMissingError: there is none of that id.
    """
    found = await lookups.retrieve(database, scope, correction_id, store.fetch_corrections, kind="correction")
    if owner is not None and found.owner != owner:
        raise ResourceMissingError("correction", correction_id, param="correction", in_path=True)
    return found


async def list_corrections(
    database: Database, scope: AccountScope, request: PageRequest, filters: CorrectionFilters
) -> Page[Correction]:
    """Return a page of a platform's corrections, newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="correction", exists=_exists)
    async with database.connection() as conn:
        return await store.page_corrections(conn, scope, window_of(CORRECTION_PREFIX, None, request), filters)


async def _exists(conn: Conn, scope: AccountScope, correction_id: str) -> bool:
    return correction_id in await store.fetch_corrections(conn, scope, [correction_id])


async def count_corrections(conn: Conn, scope: AccountScope, *, since_ms: int, most: int) -> CountedCorrections:
    """Count a platform's notifications of change since a moment, the newest `most` of them."""
    first_id = first_id_at(CORRECTION_PREFIX, since_ms // 1000)
    return await store.count_corrections(conn, scope, first_id=first_id, most=most)

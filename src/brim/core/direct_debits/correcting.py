"""What a notification of change does: the bank account on file is corrected, or a break asks a person to look.

It never touches the top-up of its entry, which was paid. What is in a file stays as it is; what waits for one is queued
anew, with what is on file then (`building`).
"""

from typing import Final

from brim.base.actor import Actor
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import corrections
from brim.core.corrections import Correction, CorrectionStatus, Notice, Presented
from brim.core.direct_debits import entry_store, prenote_store
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.credits import Credit, check_credits_by_second_person, who_requested_what_it_ends
from brim.core.direct_debits.prenotes import note_change_of_prenote
from brim.core.direct_debits.rules import Entry
from brim.core.events import Renderers
from brim.core.funding import BankSecrets
from brim.core.rails.ach.nacha import REFUSED_CHANGE_CODES, TRANSACTION_CODES, ChangeAddenda
from brim.core.reconciliation import Break, BreakKind, NewBreak, lock_break, settle_break
from brim.core.refunds import Refund
from brim.core.time import lock_owner_time
from brim.core.topups import lock_topup
from brim.platform.database import Conn
from brim.platform.vault import Vault

_NOT_ON_FILE: Final = "its bank account is not on file"


class Correcting:
    """What it takes to apply notifications of change: the `secrets`, and what writes events."""

    def __init__(self, secrets: BankSecrets, vault: Vault, renderers: Renderers) -> None:
        self.secrets = secrets
        self._vault = vault
        self._renderers = renderers

    async def apply(
        self,
        conn: Conn,
        entry: Entry,
        addenda: ChangeAddenda,
        *,
        credit: Credit | None = None,
        bank_file: str,
        now_ms: int,
        ids: IdFactory,
    ) -> str | None:
        """Apply a notification of change about an entry, in the caller's transaction; once, however often it comes.

        One about a reversal or a refund of an entry (`credit`) corrects the same bank account, with codes of credits; a
        refund may have gone to it as it was corrected before.

        Returns:
            Why nothing could be kept of it; None where it was applied, kept, or listed as a break of its own.

        Raises:
            ClockAdvancingError: the account's test clock is on its way.
            NoEncryptionKeyError, SecretUnreadableError: the server cannot read or keep account numbers.
        """
        moment = await lock_owner_time(conn, entry.owner_scope, now_ms=now_ms, ids=ids)
        source = await self._hold_presented(conn, entry)
        held = await entry_store.lock_entry(conn, entry)
        if source is None or held is None or held.trace != entry.trace or not held.sealed:
            return _NOT_ON_FILE
        refund = credit if isinstance(credit, Refund) else None
        notice = Notice(
            scope=entry.scope,
            owner=entry.owner_scope,
            funding_source=source,
            originator=entry.originator,
            topup=entry.topup,
            number=entry.number,
            bank_file=bank_file,
            change_code=addenda.change_code,
            corrected_data=addenda.corrected_data,
            original_trace=addenda.original_trace_number,
            trace=addenda.trace_number,
            presented=self._presented(held) if refund is None else self._presented_by(refund),
            objection=_objection(held if refund is None else refund),
            is_of_credit=credit is not None or held.is_credit,
        )
        try:
            correction = await corrections.take_in(
                conn, self._vault, self.secrets, self._renderers, notice, moment=moment
            )
        except ResourceMissingError:
            return _NOT_ON_FILE
        if correction is None:
            return None
        if entry.verifies:
            await note_change_of_prenote(conn, entry, code=addenda.change_code)
        await entry_store.note_change(conn, entry, code=addenda.change_code)
        if correction.status is CorrectionStatus.OPEN:
            await self._list(conn, correction, now_ms=now_ms, ids=ids)
        return None

    async def number_of(self, conn: Conn, entry: Entry) -> str | None:
        """Return the account number that a bank has corrected that of an entry to, None where it has not."""
        return await self.number_of_topup(conn, entry.scope, entry.topup)

    async def number_of_topup(self, conn: Conn, scope: AccountScope, topup: str) -> str | None:
        """Return the account number that a bank has corrected that of a top-up's to, None where it has not."""
        return await corrections.corrected_number(conn, self.secrets, scope, topup)

    async def _hold_presented(self, conn: Conn, entry: Entry) -> str | None:
        """Hold the top-up or prenote of an entry; return which bank account it names."""
        if entry.verifies:
            prenote = await prenote_store.lock_prenote(conn, entry.owner_scope, entry.topup)
            return prenote.funding_source if prenote else None
        topup = await lock_topup(conn, entry.owner_scope, entry.topup)
        return (topup.payment_method or topup.source) if topup else None

    def _presented(self, entry: Entry) -> Presented:
        code = TRANSACTION_CODES[str(entry.transaction_code)]
        return Presented(
            routing_number=entry.routing_number,
            account_number=self._vault.open(entry.sealed, place=entry.place).decode(),
            account_type=code.account,
            holder_name=entry.receiver_name,
        )

    def _presented_by(self, refund: Refund) -> Presented:
        return Presented(
            routing_number=refund.routing_number or "",
            account_number=self._vault.open(refund.sealed or b"", place=refund.place).decode() if refund.sealed else "",
            account_type=TRANSACTION_CODES[str(refund.transaction_code)].account,
            holder_name=refund.receiver_name or "",
        )

    async def _list(self, conn: Conn, correction: Correction, *, now_ms: int, ids: IdFactory) -> None:
        opened = await list_break(
            conn,
            self._renderers,
            NewBreak(
                scope=correction.scope,
                kind=BreakKind.CORRECTION,
                cause=correction.id,
                bank_file=correction.bank_file,
                reference=correction.id,
                detail=f"A notification of change {correction.change_code} about {correction.funding_source} is not "
                f"applied: {correction.reason}",
            ),
            now_ms=now_ms,
            ids=ids,
        )
        if opened is not None:
            await corrections.note_break(conn, correction, opened.id)


def _objection(entry: Entry | Refund) -> str | None:
    """Return why a notification of change about an entry is not applied by itself, None where nothing is against it."""
    if entry.return_code is None:
        return None
    return f"The bank has also returned this entry ({entry.return_code}), and a corrected one is paid."


async def resolve_break(
    conn: Conn,
    scope: AccountScope,
    break_id: str,
    *,
    resolution: str,
    approvers: int,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Break:
    """Settle a break with a reason, in the caller's transaction; the correction that it lists is dismissed by that.

    Args:
        conn: the transaction.
        scope: the platform.
        break_id: which.
        resolution: what it was and what was done about it.
        approvers: how many operators have to do with live money.
        by: who settles it.
        now_ms: the time.
        ids: makes the id of the audit entry.

    Raises:
        ResourceMissingError: the platform has none of that id.
        SecondPersonError: it credits a balance (`check_credits_by_second_person`).
        BreakResolvedError: somebody has settled it before.
    """
    held = await lock_break(conn, scope, break_id)
    if held is not None and held.resolved_ms is None:
        check_credits_by_second_person(by, await who_requested_what_it_ends(conn, scope, held), approvers=approvers)
    settled = await settle_break(conn, scope, break_id, resolution=resolution, by=by, now_ms=now_ms, ids=ids)
    if settled.kind == BreakKind.CORRECTION:
        await corrections.dismiss(conn, scope, settled.cause, by=by, now_ms=now_ms)
    return settled


async def refuse_correction(
    conn: Conn, scope: AccountScope, correction_id: str, *, code: str, by: Actor, now_ms: int, ids: IdFactory
) -> Correction:
    """Refuse an open correction with a code, in the caller's transaction, and settle its break by that.

    Raises:
        ResourceMissingError: the platform has none of that id.
        NotOpenError: it is not open.
        TooLateToRefuseError: it came too long ago.
    """
    refused = await corrections.refuse(conn, scope, correction_id, code=code, by=by, now_ms=now_ms, ids=ids)
    if refused.break_id is not None:
        resolution = f"Refused with {code} ({REFUSED_CHANGE_CODES[code].lower()})."
        await settle_break(conn, scope, refused.break_id, resolution=resolution, by=by, now_ms=now_ms, ids=ids)
    return refused

"""Give an account instructions by which it is paid, and decide what becomes of transfers in suspense."""

from typing import Final, NamedTuple

import msgspec

from brim.base.actor import Actor
from brim.base.currency import InvalidAmountStepError
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, page_of_few, window_of
from brim.base.scope import AccountScope
from brim.core import accounts, audit, originators
from brim.core.accounts import AccountClosedError
from brim.core.audit import Action, ObjectType
from brim.core.events import BY_ITSELF, Cause, Renderers
from brim.core.originators import Originator, OriginatorStatus, check_not_key, check_person, name_of
from brim.core.push import number_store, store
from brim.core.push.numbers import give_number
from brim.core.push.payers import remember
from brim.core.push.receiving import leave_suspense
from brim.core.push.references import new_reference
from brim.core.push.rules import (
    CURRENCY,
    INSTRUCTIONS_PREFIX,
    TRANSFER_PREFIX,
    AlreadyProposedError,
    CannotAssignError,
    ExpiryError,
    FundingInstructions,
    IncomingTransfer,
    InstructionsCurrencyError,
    NoPayerError,
    NotProposedError,
    NotSuspendedError,
    Proposal,
    TransfersOffError,
    TransferStatus,
    numbers_of,
)
from brim.core.rails.ach import TransferPayers, Transfers
from brim.core.time import lock_owner_time
from brim.core.topups import AmountTooLargeError, check_amount, read_config
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

SANDBOX_BANK_ACCOUNT: Final = "sandbox"
"""What the bank account of test mode is called in the ledger."""
_KIND: Final = "incoming transfer"
_INSTRUCTIONS: Final = "funding instructions"


class NewInstructions(msgspec.Struct, frozen=True, kw_only=True):
    """What instructions are asked for; without an amount, the account's lasting ones."""

    currency: str
    amount: int | None = None
    expires_ms: int | None = None
    description: str | None = None
    metadata: dict[str, str] = {}
    payers: TransferPayers | None = None


class BankDetails(NamedTuple):
    """Where money is to be sent: a bank account in the United States."""

    account_holder_name: str
    account_number: str
    bank_name: str
    routing_number: str
    is_virtual: bool = False
    """Whether the account number is the account's own."""


class Expected(NamedTuple):
    """What somebody has seen proposed: which way out of suspense, to which account, and to remember the payer."""

    proposal: Proposal
    owner: str | None
    remember_payer: bool = False


TEST_DETAILS: Final = BankDetails(
    account_holder_name="Brim test mode",
    account_number="000123456789",
    bank_name="Test bank",
    routing_number="110000000",
)
"""Source: the routing number and account number with which the vendor tests."""


async def platform_of(conn: Conn, owner: AccountScope) -> AccountScope:
    """Return the scope of the platform of an account, which may be its own."""
    return AccountScope(await accounts.account_platform(conn, owner.account) or owner.account, owner.livemode)


async def create_instructions(
    conn: Conn, owner: AccountScope, wanted: NewInstructions, *, by: Actor, now_ms: int, ids: IdFactory
) -> FundingInstructions:
    """Return new instructions for an account, or its lasting ones where it has them, in the caller's transaction.

    Lasting ones stay as they are, but that they may come to be paid by known payers only.

    Raises:
        InstructionsCurrencyError: they cannot be given for the currency.
        TransfersOffError: it is live mode, and no active originator of the platform accepts transfers.
        ExpiryError: they would expire before they are written, or are lasting and would expire.
        AccountClosedError: nothing could be credited to the account.
        ClockAdvancingError: the account's test clock is advancing.
    """
    if wanted.currency != CURRENCY:
        raise InstructionsCurrencyError(wanted.currency)
    moment = await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
    _check_expiry(wanted, now_ms=moment.now_ms)
    if (await read_config(conn, owner)).is_closed:
        raise AccountClosedError(owner.account)
    scope = await platform_of(conn, owner)
    originator = await _originator(conn, scope)
    numbers = numbers_of(originator.profile) if originator else None
    if numbers is not None and wanted.amount is not None:  # the account's number is that of its lasting instructions
        await create_instructions(conn, owner, NewInstructions(currency=wanted.currency), by=by, now_ms=now_ms, ids=ids)
    while True:
        if wanted.amount is None:
            known = await store.find_lasting(conn, scope, owner.account, wanted.currency)
            if known is not None:
                lasting = (await store.fetch_instructions(conn, scope, [known]))[known]
                await _number(conn, lasting, originator, now_ms=now_ms)
                is_stricter = wanted.payers is TransferPayers.KNOWN and lasting.payers is not TransferPayers.KNOWN
                return await _restrict(conn, lasting, by=by, now_ms=now_ms, ids=ids) if is_stricter else lasting
        instructions_id = moment.new_id(INSTRUCTIONS_PREFIX)
        new = FundingInstructions(
            scope=scope,
            id=instructions_id,
            owner=owner.account,
            originator=originator.id if originator else None,
            bank_account=originator.profile.bank_account if originator else SANDBOX_BANK_ACCOUNT,
            currency=wanted.currency,
            reference=new_reference(instructions_id),
            amount=wanted.amount,
            expires_ms=wanted.expires_ms,
            description=wanted.description,
            metadata=wanted.metadata,
            created_ms=moment.now_ms,
            payers=wanted.payers,
        )
        if await store.insert_instructions(conn, new):
            break  # else the reference is another's, which is very rare, or somebody has just given the lasting ones
    if wanted.amount is None:
        await _number(conn, new, originator, now_ms=now_ms)
    await audit.record(
        conn,
        by,
        Action.FUNDING_INSTRUCTIONS_MADE,
        object_type=ObjectType.FUNDING_INSTRUCTIONS,
        object_id=new.id,
        after=new,
        scope=owner,
        now_ms=now_ms,
        ids=ids,
    )
    return new


async def _restrict(
    conn: Conn, lasting: FundingInstructions, *, by: Actor, now_ms: int, ids: IdFactory
) -> FundingInstructions:
    """Let lasting instructions be paid by known payers only from now on, and return them."""
    before = await store.lock_instructions(conn, lasting.scope, lasting.id)
    if before is None:
        raise AssertionError("instructions are never removed")
    if before.payers is TransferPayers.KNOWN:
        return before
    await store.restrict_payers(conn, before, TransferPayers.KNOWN)
    after = msgspec.structs.replace(before, payers=TransferPayers.KNOWN)
    await audit.record(
        conn,
        by,
        Action.FUNDING_INSTRUCTIONS_MADE,
        object_type=ObjectType.FUNDING_INSTRUCTIONS,
        object_id=after.id,
        before=before,
        after=after,
        detail="paid by known payers only",
        scope=after.owner_scope,
        now_ms=now_ms,
        ids=ids,
    )
    return after


def _check_expiry(wanted: NewInstructions, *, now_ms: int) -> None:
    if wanted.expires_ms is not None and wanted.amount is None:
        raise ExpiryError("Instructions without an amount do not expire. Send an amount, or no expires_at.")
    if wanted.expires_ms is not None and wanted.expires_ms <= now_ms:
        raise ExpiryError("expires_at must be in the future.")


async def _number(
    conn: Conn, lasting: FundingInstructions, originator: Originator | None, *, now_ms: int
) -> str | None:
    """Return the virtual account number of an account at an originator's bank account; None where it has no range."""
    numbers = None if originator is None else numbers_of(originator.profile)
    if originator is None or numbers is None:
        return None
    at_bank = msgspec.structs.replace(lasting, bank_account=originator.profile.bank_account)
    return await give_number(conn, at_bank, numbers, now_ms=now_ms)


async def _originator(conn: Conn, scope: AccountScope) -> Originator | None:
    """Return the originator whose bank account is paid; None in test mode, which has none.

    Raises:
        TransfersOffError: none is active that accepts transfers.
    """
    if not scope.livemode:
        return None
    taking = await _taking(conn, scope)
    if taking is None:
        raise TransfersOffError
    return taking


async def _taking(conn: Conn, scope: AccountScope) -> Originator | None:
    """Return the active originator that accepts transfers."""
    for each in await originators.list_originators(conn, scope):
        if each.status is OriginatorStatus.ACTIVE and each.profile.transfers is Transfers.ON:
            return each
    return None


async def read_bank_details(conn: Conn, vault: Vault, instructions: FundingInstructions) -> BankDetails:
    """Return where the money of instructions is to be sent now: to the active originator's bank account.

    While no active one accepts transfers, it is that of the one for which they were given. An account that has a
    virtual account number there is paid by it.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read what is encrypted.
    """
    if instructions.originator is None:
        return TEST_DETAILS
    originator = await _taking(conn, instructions.scope) or await originators.find_originator(
        conn, instructions.scope, instructions.originator
    )
    bank_account = originator.profile.bank_account
    own = await number_store.find_number(conn, instructions.scope, instructions.owner, bank_account)
    return BankDetails(
        account_holder_name=originator.profile.company_name,
        account_number=own or await originators.read_account_number(conn, vault, originator),
        bank_name=originator.profile.odfi_name,
        routing_number=originator.profile.odfi_routing_number,
        is_virtual=own is not None,
    )


async def retrieve_instructions(conn: Conn, owner: AccountScope, instructions_id: str) -> FundingInstructions:
    """Return an account's instructions.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    found = (await store.fetch_instructions(conn, await platform_of(conn, owner), [instructions_id])).get(
        instructions_id
    )
    if found is None or found.owner != owner.account:
        raise ResourceMissingError(_INSTRUCTIONS, instructions_id, param="id", in_path=True)
    return found


async def page_instructions(database: Database, owner: AccountScope, request: PageRequest) -> Page[FundingInstructions]:
    """Return a page of an account's instructions, newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, owner, request, kind=_INSTRUCTIONS, exists=_has_instructions)
    async with database.connection() as conn:
        scope = await platform_of(conn, owner)
        return await store.page_instructions(conn, scope, owner.account, window_of(INSTRUCTIONS_PREFIX, None, request))


async def _has_instructions(conn: Conn, owner: AccountScope, instructions_id: str) -> bool:
    found = await store.fetch_instructions(conn, await platform_of(conn, owner), [instructions_id])
    return any(each.owner == owner.account for each in found.values())


async def retrieve_transfer(database: Database, scope: AccountScope, transfer_id: str) -> IncomingTransfer:
    """Return a platform's transfer.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, transfer_id, store.fetch_transfers, kind=_KIND)


async def page_transfers(
    database: Database,
    scope: AccountScope,
    request: PageRequest,
    *,
    status: TransferStatus | None,
    topup: str | None = None,
) -> Page[IncomingTransfer]:
    """Return a page of a platform's transfers, newest first, of one status or of all; or the one that became a top-up.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind=_KIND, exists=_exists)
    async with database.connection() as conn:
        if topup is None:
            return await list_transfers(conn, scope, request, status=status)
        found = await store.find_of_topup(conn, scope, topup)
        fitting = [each for each in found if status is None or each.status is status]
        return page_of_few(fitting, request, kind=_KIND)


async def list_transfers(
    conn: Conn, scope: AccountScope, request: PageRequest, *, status: TransferStatus | None
) -> Page[IncomingTransfer]:
    """Return a page of a platform's transfers, newest first; cursors are taken as they are."""
    return await store.page_transfers(conn, scope, window_of(TRANSFER_PREFIX, None, request), status=status)


async def find_transfer(conn: Conn, scope: AccountScope, transfer_id: str) -> IncomingTransfer:
    """Return a platform's transfer.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    found = (await store.fetch_transfers(conn, scope, [transfer_id])).get(transfer_id)
    if found is None:
        raise ResourceMissingError(_KIND, transfer_id, param="incoming_transfer")
    return found


async def _exists(conn: Conn, scope: AccountScope, transfer_id: str) -> bool:
    return transfer_id in await store.fetch_transfers(conn, scope, [transfer_id])


async def propose(  # noqa: PLR0913  who wants what, when and by what means
    conn: Conn,
    scope: AccountScope,
    transfer_id: str,
    proposal: Proposal,
    *,
    owner: str | None = None,
    remember_payer: bool = False,
    approvers: int,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> IncomingTransfer:
    """Propose to assign a transfer in suspense to an account (`owner`), or to send it back; in test mode, do so.

    With `remember_payer`, whoever has sent it may pay the account from then on.

    Raises:
        NoPayerError: its statement does not say who that is.
        ResourceMissingError: there is no such transfer, or the platform has no such account.
        NotSuspendedError: it is not in suspense.
        AlreadyProposedError: something is proposed for it.
        SecondPersonError: a key would, where several operators have to do with live money.
        CannotAssignError, ClockAdvancingError: see `approve`.
    """
    if owner is not None:
        known = await accounts.find_account(conn, owner)
        if known is None or scope.account not in {owner, known.platform}:
            raise ResourceMissingError("account", owner, param="account")
    before = await _suspended(conn, scope, transfer_id)
    if before.proposed is not None:
        raise AlreadyProposedError(before)
    if remember_payer and before.payer is None:
        raise NoPayerError(before)
    if scope.livemode:
        check_not_key(by, approvers=approvers)
    after = msgspec.structs.replace(
        before,
        proposed=proposal,
        proposed_owner=owner,
        proposed_by=name_of(by),
        proposed_ms=now_ms,
        remember_payer=remember_payer or None,
    )
    if not scope.livemode:  # nothing is written before it is certain that it can be done
        return await _carry_out(
            conn, after, approvers=approvers, renderers=renderers, cause=cause, by=by, now_ms=now_ms, ids=ids
        )
    await store.update_transfer(conn, after)
    await _record(conn, by, Action.TRANSFER_PROPOSED, before, after, now_ms=now_ms, ids=ids)
    return after


async def approve(  # noqa: PLR0913  who agrees to what, and by what means
    conn: Conn,
    scope: AccountScope,
    transfer_id: str,
    *,
    expected: Expected | None = None,
    approvers: int,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> IncomingTransfer:
    """Do what somebody else has proposed for a transfer in suspense: credit it, or wait for the debit that returns it.

    `expected` is what whoever approves has seen, None where they approve whatever is proposed.

    Raises:
        ResourceMissingError: there is no such transfer.
        NotSuspendedError: it is not in suspense.
        NotProposedError: nothing is proposed, or not what was seen.
        SecondPersonError: who has proposed it may not approve it, nor may a key.
        CannotAssignError: the account is closed, or no top-up can have that amount.
        ClockAdvancingError: the account's test clock is advancing.
    """
    seen = (await store.fetch_transfers(conn, scope, [transfer_id])).get(transfer_id)
    if seen is not None and seen.proposed_owner is not None:  # an account's clock is held before a transfer
        await lock_owner_time(conn, AccountScope(seen.proposed_owner, scope.livemode), now_ms=now_ms, ids=ids)
    before = await _suspended(conn, scope, transfer_id)
    proposed = (before.proposed, before.proposed_owner, bool(before.remember_payer))
    if before.proposed is None or (expected is not None and expected != proposed):
        raise NotProposedError(before)
    check_person(by, prepared_by=before.proposed_by or "", approvers=approvers)
    return await _carry_out(
        conn, before, approvers=approvers, renderers=renderers, cause=cause, by=by, now_ms=now_ms, ids=ids
    )


async def _carry_out(
    conn: Conn,
    transfer: IncomingTransfer,
    *,
    approvers: int,
    renderers: Renderers,
    cause: Cause,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> IncomingTransfer:
    at = await lock_owner_time(conn, transfer.scope, now_ms=now_ms, ids=ids)
    decided = msgspec.structs.replace(transfer, decided_by=name_of(by), decided_ms=now_ms, one_person=approvers <= 1)
    if transfer.proposed is Proposal.SEND_BACK or transfer.proposed_owner is None:
        after = msgspec.structs.replace(decided, status=TransferStatus.RETURNING)
        await store.update_transfer(conn, after)
    else:
        owner = AccountScope(transfer.proposed_owner, transfer.scope.livemode)
        try:
            check_amount(transfer.amount, transfer.currency)
        except (AmountTooLargeError, InvalidAmountStepError) as error:
            raise CannotAssignError(transfer, error.message) from error
        moment = await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
        named = await _instructions_of(conn, transfer, owner)
        try:
            after = await leave_suspense(
                conn,
                decided,
                owner=owner,
                description=named.description if named else None,
                metadata=named.metadata if named else {},
                renderers=renderers,
                moment=moment,
                at=at,
                cause=cause,
            )
        except AccountClosedError as error:
            raise CannotAssignError(transfer, error.message) from error
        if transfer.remember_payer:
            await remember(conn, decided, owner.account, now_ms=now_ms, ids=ids)
    await _record(conn, by, Action.TRANSFER_APPROVED, transfer, after, now_ms=now_ms, ids=ids)
    return after


async def _instructions_of(conn: Conn, transfer: IncomingTransfer, owner: AccountScope) -> FundingInstructions | None:
    """Return the instructions that a transfer names, if they are those of the account that it is assigned to."""
    if transfer.instructions is None:
        return None
    found = (await store.fetch_instructions(conn, transfer.scope, [transfer.instructions]))[transfer.instructions]
    return found if found.owner == owner.account else None


async def decline(
    conn: Conn, scope: AccountScope, transfer_id: str, *, approvers: int, by: Actor, now_ms: int, ids: IdFactory
) -> IncomingTransfer:
    """Take back what is proposed for a transfer in suspense, or that it is to be sent back: it waits again.

    Whoever does so for one that is to be sent back knows that the payment was not ordered.

    Raises:
        ResourceMissingError: there is no such transfer.
        NotSuspendedError: it has left suspense.
        NotProposedError: nothing is proposed.
        SecondPersonError: a key would, where several operators have to do with live money.
    """
    before = await _locked(conn, scope, transfer_id)
    if before.status not in {TransferStatus.SUSPENDED, TransferStatus.RETURNING}:
        raise NotSuspendedError(before)
    if before.proposed is None:
        raise NotProposedError(before)
    if scope.livemode:
        check_not_key(by, approvers=approvers)
    after = msgspec.structs.replace(
        before,
        status=TransferStatus.SUSPENDED,
        **dict.fromkeys(("proposed", "proposed_owner", "proposed_by", "proposed_ms", "remember_payer")),
        **dict.fromkeys(("decided_by", "decided_ms", "one_person")),
    )
    await store.update_transfer(conn, after)
    await _record(conn, by, Action.TRANSFER_DECLINED, before, after, now_ms=now_ms, ids=ids)
    return after


async def annotate(
    conn: Conn,
    scope: AccountScope,
    transfer_id: str,
    *,
    handled_by: str | msgspec.UnsetType | None,
    note: str | msgspec.UnsetType | None,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> IncomingTransfer:
    """Write who looks after a transfer, and a note about it; what is UNSET stays as it is.

    Raises:
        ResourceMissingError: there is no such transfer.
    """
    before = await _locked(conn, scope, transfer_id)
    after = msgspec.structs.replace(
        before,
        handled_by=before.handled_by if handled_by is msgspec.UNSET else handled_by or None,
        note=before.note if note is msgspec.UNSET else note or None,
    )
    if after != before:
        await store.update_transfer(conn, after)
        await _record(conn, by, Action.TRANSFER_UPDATED, before, after, now_ms=now_ms, ids=ids)
    return after


async def _locked(conn: Conn, scope: AccountScope, transfer_id: str) -> IncomingTransfer:
    found = await store.lock_transfer(conn, scope, transfer_id)
    if found is None:
        raise ResourceMissingError(_KIND, transfer_id, param="incoming_transfer", in_path=True)
    return found


async def _suspended(conn: Conn, scope: AccountScope, transfer_id: str) -> IncomingTransfer:
    found = await _locked(conn, scope, transfer_id)
    if found.status is not TransferStatus.SUSPENDED:
        raise NotSuspendedError(found)
    return found


async def _record(
    conn: Conn,
    by: Actor,
    action: Action,
    before: IncomingTransfer,
    after: IncomingTransfer,
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.INCOMING_TRANSFER,
        object_id=after.id,
        before=before,
        after=after,
        scope=after.scope,
        now_ms=now_ms,
        ids=ids,
    )

"""What comes on a statement: a credit becomes top-ups or suspense, and a debit takes one of them back.

The caller's transaction has written the statement's line, which is there once; so what follows from it is, too. The
instructions of a line are held while it is decided, so of two that pay them one comes second.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec
import structlog

from brim.base.currency import InvalidAmountStepError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.accounts import AccountClosedError
from brim.core.bank_accounts import find_numbers, plain_number
from brim.core.events import BY_ITSELF, Cause, Event, EventType, Renderers, insert_events, new_event
from brim.core.push import store
from brim.core.push.number_store import GivenNumber, find_given
from brim.core.push.payers import objection_to
from brim.core.push.references import (
    RETURN_BODY,
    Damaged,
    find_damaged,
    find_references,
    new_reference,
)
from brim.core.push.rules import (
    STEPS,
    TRANSFER_PREFIX,
    FundingInstructions,
    IncomingTransfer,
    Part,
    Payer,
    Policy,
    Suggestion,
    SuspenseReason,
    SuspenseStep,
    TransferStatus,
    decide,
    may_itemize,
    suspense_posting,
    the_one,
)
from brim.core.rails import Return
from brim.core.reconciliation import StatementLineRow
from brim.core.time import OwnerTime, lock_owner_time
from brim.core.topups import (
    AmountTooLargeError,
    BankConfirmation,
    BankStep,
    Change,
    Status,
    check_amount,
    confirm_by_bank,
    follow,
    lock_topup,
    receive_topup,
    write_changes,
)
from brim.platform.database import Conn

RECALLED_CODE: Final = "could_not_process"
RECALLED_MESSAGE: Final = "The bank has taken this transfer back."
MOST_SUGGESTIONS: Final = 5
_EVENTS: Final = {
    TransferStatus.CREDITED: EventType.TRANSFER_CREDITED,
    TransferStatus.SUSPENDED: EventType.TRANSFER_SUSPENDED,
    TransferStatus.RETURNED: EventType.TRANSFER_RETURNED,
    TransferStatus.RECALLED: EventType.TRANSFER_RECALLED,
}

_log = structlog.get_logger()


class TransferLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a statement that is a transfer: as it is stored, and all that the payer may have written."""

    row: StatementLineRow
    texts: tuple[str, ...]
    transfer: str
    """The id of the transfer that it becomes."""
    payments: tuple[tuple[str, ...], ...] = ()
    """What belongs to each payment, where the bank has booked several as one line."""
    payer: Payer | None = None
    """Who has sent it; None where the statement does not say, or says several."""
    accounts: tuple[str, ...] = ()
    """The account numbers that the bank says it was sent to, where the format has them apart."""


class _Named(msgspec.Struct, frozen=True):
    """What a line names: references, the instructions of those that are known, and virtual account numbers."""

    references: list[str]
    known: dict[str, str]
    given: dict[str, GivenNumber]
    unknown_number: str | None

    @property
    def instructions(self) -> list[str]:
        return list(dict.fromkeys(self.known.values()))

    @property
    def number(self) -> str | None:
        """The one number that it was sent to, given or not."""
        return next(iter(self.given), self.unknown_number)


async def receive_line(
    conn: Conn, line: TransferLine, *, policy: Policy, renderers: Renderers, now_ms: int, ids: IdFactory
) -> list[IncomingTransfer]:
    """Credit a transfer to the account of its number or reference, or put it into suspense; return the outcome.

    Args:
        conn: the transaction that has written the line.
        line: a credit.
        policy: what becomes of one that is not exactly what was expected.
        renderers: write what events show.
        now_ms: the time; what is credited is so in its account's time.
        ids: makes ids.

    Raises:
        ClockAdvancingError: the test clock of the account, or of the platform, is on its way.
    """
    scope, row = line.row.scope, line.row
    at = await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    named = await _find_named(conn, line, policy)
    found = await store.fetch_instructions(conn, scope, named.instructions)
    means = _means(named, found)
    if means is None or isinstance(means, SuspenseReason) or not all_name(line.payments, {*named.known, *named.given}):
        reason, reference, suggestions = await _unmatched(conn, line, named, means)
        whole = new_transfer(line, Part(row.amount, reason), at=at, reference=reference, account=named.number)
        whole = msgspec.structs.replace(whole, suggestions=suggestions)
        return [await _suspend(conn, whole, renderers=renderers, at=at)]
    owner = (await store.fetch_instructions(conn, scope, [means]))[means].owner_scope
    moment = await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
    instructions = await store.lock_instructions(conn, scope, means)
    if instructions is None:
        raise AssertionError("instructions are never removed")
    objection = await objection_to(conn, instructions, line.payer, policy)
    if objection is not None:
        whole = new_transfer(
            line, Part(row.amount, objection), at=at, reference=instructions.reference, account=named.number
        )
        suggestions = await _suggest(conn, scope, {instructions.id: "named"})
        whole = msgspec.structs.replace(whole, instructions=instructions.id, suggestions=suggestions)
        return [await _suspend(conn, whole, renderers=renderers, at=at)]
    parts = decide(instructions, amount=row.amount, currency=row.currency, booked_on=row.booked_on, policy=policy)
    parts = checked(instructions, parts)
    written = []
    for number, part in enumerate(parts, 1):
        reference = instructions.reference
        transfer = new_transfer(line, part, at=at, reference=reference, number=number, account=named.number)
        transfer = msgspec.structs.replace(transfer, instructions=instructions.id)
        if part.reason is None:
            written.append(await credit(conn, transfer, instructions, renderers=renderers, moment=moment, at=at))
        else:
            written.append(await _suspend(conn, transfer, renderers=renderers, at=at))
    await release_held_parts(conn, instructions, renderers=renderers, moment=moment, at=at)
    return written


class ForeseenTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a transfer, if it came now: the account that its reference names, and its parts."""

    account: str | None
    parts: tuple[Part, ...]


async def foresee_line(conn: Conn, line: TransferLine, *, policy: Policy, received: dict[str, int]) -> ForeseenTransfer:
    """Return what `receive_line` would make of a credit; nothing is locked or written.

    `received` is what earlier lines of the same file would bring, in minor units by instructions; this one is added.
    """
    scope, row = line.row.scope, line.row
    named = await _find_named(conn, line, policy)
    means = _means(named, await store.fetch_instructions(conn, scope, named.instructions))
    if means is None or isinstance(means, SuspenseReason) or not all_name(line.payments, {*named.known, *named.given}):
        reason, _, _ = await _unmatched(conn, line, named, means)
        return ForeseenTransfer(account=None, parts=(Part(row.amount, reason),))
    instructions = (await store.fetch_instructions(conn, scope, [means]))[means]
    objection = await objection_to(conn, instructions, line.payer, policy)
    if objection is not None:
        return ForeseenTransfer(account=None, parts=(Part(row.amount, objection),))
    before = received.get(instructions.id, 0)
    received[instructions.id] = before + row.amount
    instructions = msgspec.structs.replace(instructions, received=instructions.received + before)
    parts = decide(instructions, amount=row.amount, currency=row.currency, booked_on=row.booked_on, policy=policy)
    return ForeseenTransfer(account=instructions.owner, parts=checked(instructions, parts))


def all_name(payments: Iterable[Sequence[str]], known: Container[str]) -> bool:
    """Tell whether each payment of a line names one of some references or numbers; so does a line of one payment."""
    return all(any(found in known for found in (*find_references(texts), *find_numbers(texts))) for texts in payments)


async def names_number(conn: Conn, scope: AccountScope, texts: Sequence[str]) -> bool:
    """Tell whether texts name a virtual account number that was given to somebody."""
    return bool(await find_given(conn, scope, find_numbers(texts)))


async def find_naming_numbers(conn: Conn, scope: AccountScope, texts: Mapping[int, Sequence[str]]) -> set[int]:
    """Return the keys of those texts that name a virtual account number that was given to somebody."""
    numbers = {key: found for key, each in texts.items() if (found := find_numbers(each))}
    given = await find_given(conn, scope, sorted({each for found in numbers.values() for each in found}))
    return {key for key, found in numbers.items() if not given.keys().isdisjoint(found)}


def names_in(texts: Sequence[str], accounts: Sequence[str]) -> set[str]:
    """Return what may name whose a transfer is, in texts and the numbers of accounts that it was sent to."""
    return {*find_references(texts), *find_numbers(texts), *map(plain_number, accounts)}


async def _find_named(conn: Conn, line: TransferLine, policy: Policy) -> _Named:
    """Return what a line names, of its texts and of the accounts that it was sent to."""
    scope = line.row.scope
    references = find_references(line.texts)
    numbers = numbers_in(line)
    given = await find_given(conn, scope, numbers)
    free = None if policy.numbers is None else (each for each in numbers if each in policy.numbers)
    unknown = None if given or free is None else next(free, None)
    known = await store.find_by_references(conn, scope, references)
    return _Named(references, known, given, unknown)


async def find_account_named(conn: Conn, scope: AccountScope, name: str) -> str | None:
    """Return whose a reference or a virtual account number is; None where no account has it."""
    given = (await find_given(conn, scope, [name])).get(name)
    if given is not None:
        return given.owner
    known = await store.find_by_references(conn, scope, [name])
    found = await store.fetch_instructions(conn, scope, list(known.values()))
    return next((each.owner for each in found.values()), None)


def numbers_in(line: TransferLine) -> list[str]:
    """Return what may be a virtual account number in a line, each once."""
    return list(dict.fromkeys([*(plain_number(each) for each in line.accounts), *find_numbers(line.texts)]))


def _means(named: _Named, found: Mapping[str, FundingInstructions]) -> str | SuspenseReason | None:
    """Return the instructions that a line means by its references and numbers, or why it is not certain by its numbers.

    None where it names no number, and not one reference. A number means the account's lasting instructions, a reference
    of the same account those that it is of.
    """
    ids = named.instructions
    if not named.given:
        return (
            ids[0] if len(ids) == 1 else (SuspenseReason.UNKNOWN_NUMBER if named.unknown_number and not ids else None)
        )
    if any(each.released_ms is not None for each in named.given.values()):
        return SuspenseReason.NUMBER_ENDED
    owners = {each.owner for each in named.given.values()} | {each.owner for each in found.values()}
    if len(owners) > 1:
        return SuspenseReason.CONFLICT
    if len(ids) > 1:
        return None
    return ids[0] if ids else next(iter(named.given.values())).instructions


async def _unmatched(
    conn: Conn, line: TransferLine, what: _Named, means: str | SuspenseReason | None
) -> tuple[SuspenseReason, str | None, tuple[Suggestion, ...]]:
    """Return why a line has not one account, the reference in it, and the accounts that it may be for."""
    scope, row, references, named = line.row.scope, line.row, what.references, what.instructions
    if isinstance(means, SuspenseReason):
        by_number = [each.instructions for each in what.given.values() if means is SuspenseReason.CONFLICT]
        suggestions = await _suggest(conn, scope, dict.fromkeys([*named, *by_number], "named"))
        return means, references[0] if references else None, suggestions
    if not named and what.given:  # of several payments not each names the number
        by_number = [each.instructions for each in what.given.values()]
        return SuspenseReason.SEVERAL_PAYMENTS, None, await _suggest(conn, scope, dict.fromkeys(by_number, "named"))
    if named:
        reason = SuspenseReason.SEVERAL_PAYMENTS if len(named) == 1 else SuspenseReason.SEVERAL_REFERENCES
        return reason, None, await _suggest(conn, scope, dict.fromkeys(named, "named"))
    damaged = None if references else find_damaged(line.texts)
    like = await store.find_by_references(conn, scope, damaged.candidates) if damaged else {}
    found = await store.find_expected(conn, scope, row.currency, [row.amount], limit=MOST_SUGGESTIONS)
    expecting = found[row.amount]
    because = {**dict.fromkeys(expecting, "amount"), **dict.fromkeys(like.values(), "reference")}
    suggestions = await _suggest(conn, scope, because)
    return *why_unmatched(references, damaged), suggestions


def why_unmatched(references: Sequence[str], damaged: Damaged | None) -> tuple[SuspenseReason, str | None]:
    """Return why a line that names no instructions has no account, and the reference in it."""
    if references:
        return SuspenseReason.UNKNOWN_REFERENCE, references[0]
    return SuspenseReason.NO_REFERENCE if damaged is None else SuspenseReason.DAMAGED_REFERENCE, None


async def _suggest(conn: Conn, scope: AccountScope, because: dict[str, str]) -> tuple[Suggestion, ...]:
    """Return the accounts of instructions, those that are named or look like what is named first."""
    return suggestions_of((await store.fetch_instructions(conn, scope, list(because))).values(), because)


def suggestions_of(found: Iterable[FundingInstructions], because: Mapping[str, str]) -> tuple[Suggestion, ...]:
    """Return the accounts of instructions that wait for money, those that are named or look like what is named first.

    Args:
        found: instructions, with what has come for each.
        because: why each is suggested, by id: `named`, `reference` or `amount`.
    """
    waiting = [
        each
        for each in found
        if because[each.id] != "amount" or (each.amount is not None and each.received < each.amount)
    ]
    ordered = sorted(waiting, key=lambda each: (because[each.id] == "amount", each.id))
    return tuple(
        Suggestion(account=each.owner, instructions=each.id, because=because[each.id])
        for each in ordered[:MOST_SUGGESTIONS]
    )


def checked(instructions: FundingInstructions, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return parts, in suspense as a whole where the amount cannot be one top-up."""
    for part in parts:
        if part.reason is None:
            try:
                check_amount(part.amount, instructions.currency)
            except (AmountTooLargeError, InvalidAmountStepError):
                return (Part(sum(each.amount for each in parts), SuspenseReason.AMOUNT),)
    return parts


def new_transfer(
    line: TransferLine, part: Part, *, at: OwnerTime, reference: str | None, number: int = 1, account: str | None = None
) -> IncomingTransfer:
    """Return a part of a line as a transfer that nobody is credited yet."""
    transfer_id = line.transfer if number == 1 else at.new_id(TRANSFER_PREFIX)
    return IncomingTransfer(
        scope=line.row.scope,
        id=transfer_id,
        bank_account=line.row.bank_account,
        line_key=line.row.line_key,
        part=number,
        booked_on=line.row.booked_on,
        amount=part.amount,
        currency=line.row.currency,
        status=TransferStatus.SUSPENDED if part.reason else TransferStatus.CREDITED,
        reason=part.reason,
        reference=reference,
        return_reference=return_reference_of(line.row, number),
        created_ms=at.now_ms,
        number=account,
        payer_name=None if line.payer is None else line.payer.name,
        payer_last4=None if line.payer is None else line.payer.last4,
        payer_fingerprint=None if line.payer is None else line.payer.fingerprint,
        description="\n".join(text for text in (line.row.description, line.row.remittance) if text),
        bank_reference=line.row.bank_reference,
        statement_line=line.row.id,
    )


def return_reference_of(row: StatementLineRow, number: int) -> str:
    """Return the reference by which a part of a line (from 1) goes back: the same when it is read after a restore."""
    return new_reference(f"{row.scope.account}/{row.bank_account}/{row.line_key}/{number}", length=RETURN_BODY)


async def credit(
    conn: Conn,
    transfer: IncomingTransfer,
    instructions: FundingInstructions,
    *,
    renderers: Renderers,
    moment: OwnerTime,
    at: OwnerTime,
) -> IncomingTransfer:
    """Write a new transfer with its top-up; into suspense where the account is closed."""
    try:
        topup = await receive_topup(
            conn,
            instructions.owner_scope,
            amount=transfer.amount,
            currency=transfer.currency,
            description=instructions.description,
            metadata=instructions.metadata,
            bank_account=transfer.bank_account,
            reference=transfer.line,
            renderers=renderers,
            moment=moment,
        )
    except AccountClosedError:
        closed = msgspec.structs.replace(
            transfer, status=TransferStatus.SUSPENDED, reason=SuspenseReason.ACCOUNT_CLOSED
        )
        return await _suspend(conn, closed, renderers=renderers, at=at)
    credited = msgspec.structs.replace(
        transfer, status=TransferStatus.CREDITED, owner=instructions.owner, topup=topup.id
    )
    credited = await store.insert_transfer(conn, credited)
    await announce(conn, credited, renderers=renderers, at=at)
    return credited


async def _suspend(conn: Conn, transfer: IncomingTransfer, *, renderers: Renderers, at: OwnerTime) -> IncomingTransfer:
    """Write a new transfer that is in suspense, and post it."""
    transfer = await store.insert_transfer(conn, transfer)
    await post(conn, transfer, SuspenseStep.RECEIVED, at=at)
    await announce(conn, transfer, renderers=renderers, at=at)
    return transfer


async def release_held_parts(
    conn: Conn, instructions: FundingInstructions, *, renderers: Renderers, moment: OwnerTime, at: OwnerTime
) -> None:
    """Credit the first parts of an expected amount once all of it has come; the instructions are held."""
    if instructions.amount is None:
        return
    now = (await store.fetch_instructions(conn, instructions.scope, [instructions.id]))[instructions.id]
    if now.received < instructions.amount:
        return
    for held in await store.find_held_parts(conn, instructions.scope, instructions.id):
        transfer = await store.lock_transfer(conn, instructions.scope, held)
        if transfer is None or transfer.status is not TransferStatus.SUSPENDED or transfer.proposed is not None:
            continue
        with suppress(AccountClosedError):  # a person decides about it then
            await leave_suspense(
                conn,
                transfer,
                owner=instructions.owner_scope,
                description=instructions.description,
                metadata=instructions.metadata,
                renderers=renderers,
                moment=moment,
                at=at,
            )


async def leave_suspense(  # noqa: PLR0913  what, to whom, when
    conn: Conn,
    transfer: IncomingTransfer,
    *,
    owner: AccountScope,
    description: str | None,
    metadata: dict[str, str],
    renderers: Renderers,
    moment: OwnerTime,
    at: OwnerTime,
    cause: Cause = BY_ITSELF,
) -> IncomingTransfer:
    """Make a top-up of a transfer in suspense that the transaction holds.

    Raises:
        AccountClosedError: the account takes none.
    """
    topup = await receive_topup(
        conn,
        owner,
        amount=transfer.amount,
        currency=transfer.currency,
        description=description,
        metadata=metadata,
        bank_account=transfer.bank_account,
        reference=transfer.line,
        renderers=renderers,
        moment=moment,
        cause=cause,
    )
    credited = msgspec.structs.replace(
        transfer, status=TransferStatus.CREDITED, owner=owner.account, topup=topup.id, ended_ms=at.now_ms
    )
    await store.update_transfer(conn, credited)
    await post(conn, credited, STEPS[TransferStatus.CREDITED], at=at)
    await announce(conn, credited, renderers=renderers, at=at, cause=cause)
    return credited


async def find_taken_back(
    conn: Conn, scope: AccountScope, texts: Sequence[str], *, amount: int, currency: str, bank_account: str
) -> str | None:
    """Return the id of the transfer that a debit of a positive amount takes back; None where none is certain.

    A debit that names the reference under which one was to be sent back means that one. By the payer's reference, or
    the virtual account number that it went to, whoever had that then, it means one only if no other of the same amount
    has it. It never means one that came to another bank account.
    """
    found = await store.find_outgoing(
        conn,
        scope,
        references=find_references(texts),
        return_references=find_references(texts, length=RETURN_BODY),
        numbers=find_numbers(texts),
        currency=currency,
        amount=amount,
        bank_account=bank_account,
    )
    sent_back = list(dict.fromkeys(each.id for each in found if each.by_return_reference))
    taken: str | None = the_one(sent_back or list(dict.fromkeys(each.id for each in found)))
    return taken


async def take_back_line(
    conn: Conn,
    scope: AccountScope,
    transfer_id: str,
    *,
    line: str,
    renderers: Renderers,
    now_ms: int,
    ids: IdFactory,
) -> str | None:
    """Post a debit that takes a transfer back; return why it could not be posted, None where it was.

    One in suspense leaves it. The top-up of one that was credited is reversed, which may take the balance below zero.

    Args:
        conn: the transaction that has written the line.
        scope: the platform.
        transfer_id: which one.
        line: the statement's line, as confirmations name it.
        renderers: write what events show.
        now_ms: the time.
        ids: makes ids.

    Raises:
        ClockAdvancingError: the test clock of the account, or of the platform, is on its way.
    """
    at = await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    before = (await store.fetch_transfers(conn, scope, [transfer_id]))[transfer_id]
    moment = at
    if before.owner is not None:
        owner = AccountScope(before.owner, scope.livemode)
        moment = await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
    transfer = await store.lock_transfer(conn, scope, transfer_id)
    if transfer is None:
        raise AssertionError("transfers are never removed")
    if transfer.status is TransferStatus.CREDITED:
        problem = await _reverse(conn, transfer, line=line, renderers=renderers, moment=moment)
        if problem is not None:
            return problem
        ended = TransferStatus.RECALLED
    elif transfer.status is TransferStatus.RETURNING:
        ended = TransferStatus.RETURNED
    elif transfer.status is TransferStatus.SUSPENDED:
        ended = TransferStatus.RECALLED
    else:
        return f"The line reverses {transfer.id}, which is already {transfer.status}."
    after = msgspec.structs.replace(transfer, status=ended, ended_by=line, ended_ms=at.now_ms)
    await store.update_transfer(conn, after)
    if transfer.status is not TransferStatus.CREDITED:
        await post(conn, after, STEPS[ended], at=at)
    await announce(conn, after, renderers=renderers, at=at)
    return None


async def hold_for_itemizing(
    conn: Conn, scope: AccountScope, transfer_id: str, *, now_ms: int, ids: IdFactory
) -> IncomingTransfer | None:
    """Return a transfer whose payments may take its place, held until the caller's transaction ends; None where not.

    One that was credited, that somebody has proposed something for, or that names instructions stays what it is.

    Raises:
        ClockAdvancingError: the test clock of the platform is on its way.
    """
    await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    transfer = await store.lock_transfer(conn, scope, transfer_id)
    return transfer if transfer is not None and may_itemize(transfer) else None


async def itemize_transfer(conn: Conn, held: IncomingTransfer, *, now_ms: int, ids: IdFactory) -> IncomingTransfer:
    """Take a transfer that is held out of suspense; the transaction has written the lines of its payments."""
    at = await lock_owner_time(conn, held.scope, now_ms=now_ms, ids=ids)
    after = msgspec.structs.replace(held, status=TransferStatus.ITEMIZED, ended_ms=at.now_ms)
    await store.update_transfer(conn, after)
    await post(conn, after, STEPS[TransferStatus.ITEMIZED], at=at)
    _log.info("incoming transfer updated", incoming_transfer=after.id, status=after.status, reason=after.reason)
    return after


async def _reverse(
    conn: Conn, transfer: IncomingTransfer, *, line: str, renderers: Renderers, moment: OwnerTime
) -> str | None:
    """Reverse the top-up of a transfer that the bank has taken back; return why that cannot be, if so."""
    owner = AccountScope(transfer.owner or "", transfer.scope.livemode)
    topup = await lock_topup(conn, owner, transfer.topup or "")
    if topup is None or topup.status is not Status.SUCCEEDED:
        where = "missing" if topup is None else topup.status
        return f"The bank has recalled {transfer.id}, whose top-up {transfer.topup} is {where}."
    transition = follow(topup, Return(RECALLED_CODE, RECALLED_MESSAGE), moment, BY_ITSELF, renderers=renderers)
    if transition is None:
        raise AssertionError("unreachable")
    await write_changes(conn, [Change(transition, topup, moment, BY_ITSELF)], renderers=renderers)
    confirmation = BankConfirmation(
        scope=owner,
        topup=topup.id,
        step=BankStep.RETURN,
        bank_account=transfer.bank_account,
        amount=transfer.amount,
        reference=line,
    )
    await confirm_by_bank(conn, [(confirmation, moment)])
    return None


async def post(conn: Conn, transfer: IncomingTransfer, step: SuspenseStep, *, at: OwnerTime) -> None:
    """Post a step of a transfer in suspense."""
    entry_id = at.new_id("je_")
    await ledger.post_entries(conn, [suspense_posting(transfer, step, entry_id=entry_id, created=at.ids.newest_second)])


async def announce(
    conn: Conn, transfer: IncomingTransfer, *, renderers: Renderers, at: OwnerTime, cause: Cause = BY_ITSELF
) -> None:
    """Announce a transfer's new status to its platform, in the caller's transaction."""
    await insert_events(conn, [announcement(transfer, renderers=renderers, at=at, cause=cause)])
    _log.info(
        "incoming transfer updated", incoming_transfer=transfer.id, status=transfer.status, reason=transfer.reason
    )


def announcement(transfer: IncomingTransfer, *, renderers: Renderers, at: OwnerTime, cause: Cause = BY_ITSELF) -> Event:
    """Return the event that tells a platform of a transfer's new status."""
    kind = _EVENTS[transfer.status]
    return new_event(transfer.scope, kind, transfer.id, renderers.payload(kind, transfer), at, cause)

"""Transfers of test mode: what a customer would send, as a line of the statement that test mode's bank would write."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.actor import Actor
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.events import Renderers
from brim.core.push import store
from brim.core.push.receiving import TransferLine, find_taken_back, receive_line, take_back_line
from brim.core.push.references import written
from brim.core.push.rules import TRANSFER_PREFIX, FundingInstructions, IncomingTransfer, Policy
from brim.core.push.service import SANDBOX_BANK_ACCOUNT, retrieve_instructions
from brim.core.reconciliation import LINE_PREFIX, MatchKind, StatementLineRow, insert_new_line
from brim.core.time import OwnerTime, check_test_mode, lock_owner_time
from brim.platform.database import Conn

_LINE_PREFIX: Final = "tline_"
_CREDIT: Final = "195"
_DEBIT: Final = "495"
"""The type codes of an incoming and an outgoing money transfer. Source: BAI2."""
_DAMAGED_AT: Final = 8


class Scenario(StrEnum):
    """What a customer sends, and what becomes of it."""

    EXACT = "exact"
    """What is expected."""
    SHORT = "short"
    """Half of what is expected."""
    OVER = "over"
    """A tenth more than is expected."""
    TWICE = "twice"
    """The same transfer two times."""
    DAMAGED_REFERENCE = "damaged_reference"
    """Two digits of the reference are exchanged."""
    NO_REFERENCE = "no_reference"
    """The payer has written nothing."""
    RECALLED = "recalled"
    """The bank takes it back afterwards."""


class NoAmountError(BrimError):
    """Specify the amount: these instructions expect none."""

    def __init__(self, instructions: str) -> None:
        super().__init__(f"{instructions} expects no amount: send one.")


async def play_transfer(  # noqa: PLR0913  what is sent, by whom and when
    conn: Conn,
    owner: AccountScope,
    instructions_id: str,
    *,
    amount: int | None,
    currency: str | None,
    reference: str | None,
    scenario: Scenario,
    renderers: Renderers,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> IncomingTransfer:
    """Let a transfer arrive by an account's instructions, and return the outcome, of the last where several do.

    Everything from the line on happens as it does with a bank's statement.

    Args:
        conn: the transaction.
        owner: the account.
        instructions_id: by which instructions.
        amount: how much, in minor units; by default what is still expected.
        currency: by default that of the instructions.
        reference: what the payer writes; by default the reference of the instructions.
        scenario: what the customer does; `amount` is what `exact` would be.
        renderers: write what events show.
        by: who does it.
        now_ms: the time.
        ids: makes ids.

    Raises:
        NotInLiveModeError: real money arrives by itself.
        ResourceMissingError: the account has no such instructions.
        NoAmountError: it is not clear how much is sent.
        ClockAdvancingError: the account's test clock is advancing.
    """
    check_test_mode(owner)
    moment = await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
    instructions = await retrieve_instructions(conn, owner, instructions_id)
    expected = amount or instructions.remaining
    if not expected:
        raise NoAmountError(instructions.id)
    playing = _Playing(conn, instructions, moment, renderers, currency or instructions.currency, now_ms, ids)
    text = _text(instructions, reference, scenario)
    played: IncomingTransfer | None = None
    for sent in _amounts(expected, scenario):
        played = await playing.receive(sent, text)
    if played is None:
        raise AssertionError("unreachable")
    if scenario is Scenario.RECALLED:
        await playing.take_back(expected, f"Recall {played.return_reference}")
    await audit.record(
        conn,
        by,
        Action.TRANSFER_SIMULATED,
        object_type=ObjectType.INCOMING_TRANSFER,
        object_id=played.id,
        scope=owner,
        detail=f"{instructions.id}: {scenario}",
        now_ms=now_ms,
        ids=ids,
    )
    return (await store.fetch_transfers(conn, instructions.scope, [played.id]))[played.id]


def _amounts(expected: int, scenario: Scenario) -> tuple[int, ...]:
    """Return what is sent, in order, where an amount is expected."""
    match scenario:
        case Scenario.SHORT:
            return (max(expected // 2, 1),)
        case Scenario.OVER:
            return (expected + max(expected // 10, 1),)
        case Scenario.TWICE:
            return expected, expected
        case _:
            return (expected,)


def _text(instructions: FundingInstructions, reference: str | None, scenario: Scenario) -> str:
    """Return what the payer writes."""
    if scenario is Scenario.NO_REFERENCE:
        return "Payment"
    text = instructions.reference
    if scenario is Scenario.DAMAGED_REFERENCE:
        return "Payment " + written(_damaged(text))
    return reference if reference is not None else "Payment " + written(text)


def _damaged(reference: str) -> str:
    """Return a reference with the first two neighboring digits exchanged that differ, from the middle on."""
    for at in range(_DAMAGED_AT, len(reference) - 1):
        if reference[at] != reference[at + 1]:
            return reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    return reference[:-1]


class _Playing(msgspec.Struct, frozen=True):
    """Test mode's bank, as it writes lines about one set of instructions."""

    conn: Conn
    instructions: FundingInstructions
    moment: OwnerTime
    renderers: Renderers
    currency: str
    now_ms: int
    ids: IdFactory

    async def receive(self, amount: int, text: str) -> IncomingTransfer:
        transfer = self.ids.new_at(TRANSFER_PREFIX, self.now_ms)
        row = await self._write(amount, text, kind=MatchKind.TRANSFER, matched=transfer)
        line = TransferLine(row=row, texts=(text,), transfer=transfer)
        policy = Policy()
        received = await receive_line(
            self.conn, line, policy=policy, renderers=self.renderers, now_ms=self.now_ms, ids=self.ids
        )
        return received[0]

    async def take_back(self, amount: int, text: str) -> None:
        scope = self.instructions.scope
        found = await find_taken_back(
            self.conn, scope, [text], amount=amount, currency=self.currency, bank_account=SANDBOX_BANK_ACCOUNT
        )
        if found is None:
            return
        row = await self._write(-amount, text, kind=MatchKind.TRANSFER_BACK, matched=found)
        await take_back_line(
            self.conn,
            scope,
            found,
            line=f"{row.bank_account}/{row.line_key}",
            renderers=self.renderers,
            now_ms=self.now_ms,
            ids=self.ids,
        )

    async def _write(self, amount: int, text: str, *, kind: MatchKind, matched: str) -> StatementLineRow:
        key = self.ids.new_at(_LINE_PREFIX, self.now_ms)
        row = StatementLineRow(
            id=self.ids.new_at(LINE_PREFIX, self.now_ms),
            scope=self.instructions.scope,
            bank_account=SANDBOX_BANK_ACCOUNT,
            line_key=key,
            bank_file=SANDBOX_BANK_ACCOUNT,
            position=1,
            booked_on=datetime.fromtimestamp(self.moment.now_ms / 1000, tz=UTC).date(),
            amount=amount,
            currency=self.currency,
            type_code=_CREDIT if amount > 0 else _DEBIT,
            bank_reference=key,
            reference=None,
            description=text,
            matched_kind=kind,
            matched=matched,
            created_ms=self.now_ms,
        )
        stored = await insert_new_line(self.conn, row, is_new=True)
        if stored is None:
            raise AssertionError("unreachable")
        return stored

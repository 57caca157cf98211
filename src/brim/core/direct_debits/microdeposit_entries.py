"""The entries of micro-deposits: made with their amounts, released, and posted when the bank's statement has them.

The platform pays for them: what it sends is an expense (`verification`), which the debit and what comes back lower.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.direct_debits import entry_store
from brim.core.direct_debits import prenote_store as store
from brim.core.direct_debits.microdeposit_rules import (
    CREDIT_CODES,
    CREDITS,
    DEBIT,
    DEBIT_CODES,
    Amounts,
    amount_of,
    class_of,
    decode_amounts,
)
from brim.core.direct_debits.prenote_rules import Prenote, PrenoteStatus
from brim.core.direct_debits.rules import Entry, EntryStatus
from brim.core.ledger import (
    FEES,
    VERIFICATION,
    EntryLine,
    JournalEntry,
    Posting,
    bank_ledger_account,
    fetch_entries,
    numbered_step,
    post_entries,
)
from brim.core.time import lock_owner_time
from brim.platform.database import Conn
from brim.platform.vault import Vault

SOURCE_TYPE: Final = "microdeposits"
"""What journal entries of micro-deposits name as their source."""
CREDIT_STEP: Final = "microdeposit_credit"
DEBIT_STEP: Final = "microdeposit_debit"
RETURN_STEP: Final = "microdeposit_return"
_CURRENCY: Final = "usd"


class PostedBeforeError(BrimError):
    """A statement has two lines about the same micro-deposits."""

    def __init__(self, source: str, step: str) -> None:
        super().__init__(f"The {step} of {source} was booked before, by another line.")


def presented_set(vault: Vault, first: Entry, microdeposits: Prenote, *, is_savings: bool) -> list[Entry]:
    """Return the entries of a set, which differ from the first in number, code, class and what seals their number.

    Args:
        vault: opens and seals the account number.
        first: a presentment of no amount, of the class under which the holder has authorized debits.
        microdeposits: what it presents.
        is_savings: whether the bank account is one.
    """
    number = vault.open(first.sealed, place=first.place)
    numbers = (*CREDITS, DEBIT) if microdeposits.has_debit else CREDITS
    entries = []
    for each in numbers:
        is_debit = each == DEBIT
        entry = msgspec.structs.replace(
            first,
            number=each,
            transaction_code=(DEBIT_CODES if is_debit else CREDIT_CODES)[is_savings],
            sec_code=class_of(first.sec_code, is_debit=is_debit),
        )
        entries.append(msgspec.structs.replace(entry, sealed=vault.seal(number, place=entry.place)))
    return entries


def open_amounts(vault: Vault, microdeposits: Prenote) -> Amounts | None:
    """Return the amounts of micro-deposits; None once they were erased.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read them.
    """
    if microdeposits.sealed is None:
        return None
    return decode_amounts(vault.open(microdeposits.sealed, place=microdeposits.place))


async def with_amounts(conn: Conn, vault: Vault, entries: Sequence[Entry]) -> list[Entry]:
    """Return entries with the amounts of the micro-deposits among them, 0 where these were erased.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read them.
    """
    found = await _sets_of(conn, entries)
    amounts = {each: open_amounts(vault, microdeposits) for each, microdeposits in found.items()}
    return [
        msgspec.structs.replace(entry, amount=amount_of(entry, known))
        if entry.is_microdeposit and (known := amounts.get(entry.topup)) is not None
        else entry
        for entry in entries
    ]


async def _sets_of(conn: Conn, entries: Iterable[Entry]) -> dict[str, Prenote]:
    by_owner: dict[AccountScope, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.is_microdeposit:
            by_owner[entry.owner_scope].add(entry.topup)
    found: dict[str, Prenote] = {}
    for owner, ids in by_owner.items():
        found |= await store.fetch_prenotes(conn, owner, sorted(ids))
    return found


async def release_stated(conn: Conn, entries: Sequence[Entry]) -> None:
    """Write that nothing more is expected of micro-deposits that the bank has confirmed and that have ended.

    The transaction holds the entries, so one that ends meanwhile releases them itself.
    """
    ended = {
        each for each, found in (await _sets_of(conn, entries)).items() if found.status is not PrenoteStatus.PENDING
    }
    over = [entry for entry in entries if entry.topup in ended]
    if over:
        await entry_store.set_status(conn, over, EntryStatus.RELEASED, was=EntryStatus.CONFIRMED)


async def post_booked(
    conn: Conn, scope: AccountScope, entries: Sequence[Entry], *, bank_account: str, now_ms: int, ids: IdFactory
) -> None:
    """Post that the bank has booked the credits or the debit of micro-deposits, in the books of their platform.

    Raises:
        PostedBeforeError: another line has booked one of them.
    """
    sums: dict[tuple[str, bool], int] = defaultdict(int)
    for entry in entries:
        if entry.is_microdeposit and entry.amount:
            sums[entry.topup, entry.is_credit] += entry.amount
    bank = bank_ledger_account(bank_account)
    await _post(
        conn,
        scope,
        [
            (source, CREDIT_STEP if is_credit else DEBIT_STEP, [_line(bank, amount, is_coming=not is_credit)])
            for (source, is_credit), amount in sorted(sums.items())
        ],
        now_ms=now_ms,
        ids=ids,
    )


async def post_returned(
    conn: Conn, scope: AccountScope, entry: Entry, *, amount: int, bank_account: str, now_ms: int, ids: IdFactory
) -> None:
    """Post that the bank has booked the return of a micro-deposit, as `amount`; what exceeds a debit is its fee.

    Raises:
        PostedBeforeError: another line has booked it.
    """
    bank = bank_ledger_account(bank_account)
    lines = [_line(bank, entry.amount, is_coming=entry.is_credit)]
    if amount > entry.amount:
        fee = EntryLine(debit_account=FEES, credit_account=bank, amount=amount - entry.amount, currency=_CURRENCY)
        lines.append(fee)
    step = numbered_step(RETURN_STEP, entry.number)
    await _post(conn, scope, [(entry.topup, step, lines)], now_ms=now_ms, ids=ids)


def _line(bank: str, amount: int, *, is_coming: bool) -> EntryLine:
    debit, credit = (bank, VERIFICATION) if is_coming else (VERIFICATION, bank)
    return EntryLine(debit_account=debit, credit_account=credit, amount=amount, currency=_CURRENCY)


async def _post(
    conn: Conn,
    scope: AccountScope,
    wanted: Sequence[tuple[str, str, Sequence[EntryLine]]],
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    if not wanted:
        return
    moment = await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    for source, step, _ in wanted:
        if step in {entry.step for entry in await fetch_entries(conn, scope, source)}:
            raise PostedBeforeError(source, step)
    postings = [
        Posting(
            entry=JournalEntry(
                scope=scope,
                id=moment.new_id("je_"),
                source_type=SOURCE_TYPE,
                source=source,
                step=step,
                lines=tuple(lines),
                created=moment.now_ms // 1000,
            )
        )
        for source, step, lines in wanted
    ]
    await post_entries(conn, postings)

"""A message of SEPA that has left, read back after a restore: which top-ups it collects, and what is written of them.

A message, a batch and a collection each say by their id what of ours they are, so nothing is guessed. Pure.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from brim.base.ids import created_of
from brim.base.scope import AccountScope
from brim.core.direct_debits.building import MODIFIERS
from brim.core.direct_debits.entry_store import KnownTopup
from brim.core.direct_debits.messages import batch_named, file_named
from brim.core.direct_debits.rules import CHECKING_DEBIT, AchFile, Batch, Entry, EntryStatus, FileStatus
from brim.core.direct_debits.sent_lists import ListedFile
from brim.core.originators import Originator
from brim.core.rails.ach import SecCode
from brim.core.rails.sepa import (
    CURRENCY,
    SentCollection,
    SentMessage,
    SepaTerms,
    SequenceType,
    UnreadableMessageError,
    read_sent,
    recount,
)

LONGEST_ID: Final = 64
"""As many last characters of a top-up's id are all of it."""
_COLLECTED: Final = re.compile(r"tu-(?P<topup>[0-9A-Za-z]+)(?:-(?P<number>[0-9]{1,4}))?")


class SentDebit(msgspec.Struct, frozen=True, kw_only=True):
    """A collection of a message that has left, its batch, and the day on which it is due.

    `topup` is what it collects the n-th time (`number`); an empty text where the end-to-end id is none of ours.
    """

    collection: SentCollection
    batch: int
    sec_code: str
    sequence: str
    due: date
    topup: str
    number: int

    @property
    def uses_mandate(self) -> bool:
        """Whether its mandate is for it alone, or it alone tells banks of its mandate's amendments."""
        found = self.collection
        is_amended = found.former_reference or found.former_creditor_identifier or found.former_creditor_name
        return self.sequence == SequenceType.ONE_OFF or bool(is_amended) or found.is_of_new_account


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A message that has left, and its collections."""

    file_id: str
    message: SentMessage
    debits: tuple[SentDebit, ...]


def is_message(content: bytes) -> bool:
    """Tell whether the bytes of a file are a message of SEPA, and not a NACHA file."""
    return content.lstrip().startswith(b"<")


def read_message(content: bytes) -> Sent:
    """Return what a message has sent, after it was counted.

    Raises:
        UnreadableMessageError: it cannot be read, its own totals differ, or an id of it is none of ours.
    """
    found = recount(content)
    if found.problems:
        raise UnreadableMessageError("; ".join(found.problems[:3]))
    message = read_sent(content)
    file_id = file_named(message.id)
    if file_id is None:
        raise UnreadableMessageError(f"its id {message.id[:35]} is unknown")
    debits = []
    for batch in message.batches:
        named = batch_named(batch.id)
        if named is None or named[0] != file_id:
            raise UnreadableMessageError(f"its batch {batch.id[:35]} is unknown")
        sec_code = SecCode(batch.instrument)
        for each in batch.collections:
            topup, number = _collected_by(each.end_to_end_id)
            debits.append(
                SentDebit(
                    collection=each,
                    batch=named[1],
                    sec_code=sec_code,
                    sequence=batch.sequence,
                    due=batch.collection_date,
                    topup=topup,
                    number=number,
                )
            )
    return Sent(file_id=file_id, message=message, debits=tuple(debits))


def _collected_by(end_to_end_id: str) -> tuple[str, int]:
    found = _COLLECTED.fullmatch(end_to_end_id)
    return ("", 1) if found is None else (f"tu_{found['topup']}", int(found["number"] or 1))


def is_of_creditor(sent: Sent, terms: SepaTerms) -> bool:
    """Tell whether a message collects for a creditor, whatever the business code in its identifier."""
    wanted = _without_business_code(terms.creditor_identifier)
    return all(_without_business_code(each.creditor_identifier) == wanted for each in sent.message.batches)


def _without_business_code(identifier: str) -> str:
    """Return a creditor identifier without its characters 5 to 7. Source: EPC262-08."""
    return identifier[:4] + identifier[7:]


def topup_of(debit: SentDebit, topups: Mapping[str, Sequence[KnownTopup]]) -> KnownTopup | None:
    """Return the top-up that a collection is of, by its end-to-end id and the amount."""
    fitting = [each for each in topups.get(debit.topup, ()) if each.amount == debit.collection.amount]
    return fitting[0] if len(fitting) == 1 else None


def batches_of(sent: Sent) -> list[Batch]:
    """Return the batches of a message as they are kept."""
    return [
        Batch(
            number=(batch_named(batch.id) or ("", 0))[1],
            sec_code=SecCode(batch.instrument),
            effective_date=batch.collection_date,
            entry_count=len(batch.collections),
            total_debit=batch.total,
            company_name=batch.creditor_name,
            company_id=batch.creditor_identifier,
            description=batch.sequence,
        )
        for batch in sent.message.batches
    ]


def file_of(
    originator: Originator,
    sent: Sent,
    listed: ListedFile,
    content: bytes,
    *,
    used: set[str],
    by: str,
    clock: str | None,
    now_ms: int,
) -> AchFile:
    """Return a message as it is kept once it has left.

    Args:
        originator: who has sent it.
        sent: what it says.
        listed: its line in the list of what has left.
        content: its bytes.
        used: the modifiers that other files of its day have.
        by: who compares.
        clock: the clock that keeps the time of all its top-ups; None for real time.
        now_ms: the moment.
    """
    made, made_ms = sent.message.made, created_of(sent.file_id) * 1000
    name = originator.profile.file_name
    free = [each for each in MODIFIERS if each not in used] or [""]
    told = {"date": f"{made:%Y%m%d}", "time": f"{made:%H%M}", "id": sent.file_id}
    fitting = [each for each in free if name.format(**told, modifier=each) == listed.name]
    return AchFile(
        scope=originator.scope,
        id=sent.file_id,
        originator=originator.id,
        test_clock=clock,
        status=FileStatus.SENT,
        name=listed.name,
        file_date=made.date(),
        file_time=f"{made:%H%M}",
        modifier=(fitting or free)[0],
        effective_date=min(batch.collection_date for batch in sent.message.batches),
        entry_count=len(sent.debits),
        total_debit=sum(batch.total for batch in sent.message.batches),
        total_credit=0,
        byte_count=len(content),
        sha256=hashlib.sha256(content).digest(),
        built_ms=made_ms,
        approved_ms=made_ms,
        approved_by=by,
        sent_ms=now_ms,
        currency=CURRENCY,
    )


def references_in(sent: Sent) -> set[str]:
    """Return the references of the mandates of a message, former ones too."""
    found = [each.collection for each in sent.debits]
    return {name for each in found for name in (each.mandate_reference, each.former_reference) if name is not None}


def mandate_of(
    debit: SentDebit, mandates: Mapping[str, tuple[AccountScope, str]], owner: str | None
) -> tuple[AccountScope, str] | None:
    """Return the mandate of a collection: by its reference, or where its amendment is not known here, by the former.

    It is one of `owner`, the account of the top-up, where that is known.
    """
    for name in (debit.collection.mandate_reference, debit.collection.former_reference):
        found = mandates.get(name or "")
        if found is not None and owner in {None, found[0].account}:
            return found
    return None


def entry_of(
    file: AchFile, debit: SentDebit, topup: KnownTopup, before: Entry | None, *, authorization_id: str | None
) -> Entry:
    """Return the entry of a collection that has left, its IBAN yet to be sealed."""
    collection = debit.collection
    return Entry(
        scope=file.scope,
        topup=topup.id,
        number=debit.number,
        owner=topup.owner,
        originator=file.originator,
        test_clock=topup.test_clock or (before.test_clock if before else None),
        status=EntryStatus.IN_FILE,
        amount=collection.amount,
        hold_days=topup.settlement_days or 0,
        transaction_code=CHECKING_DEBIT,
        sec_code=debit.sec_code,
        routing_number="",
        last4=collection.debtor_iban[-4:],
        sealed=b"",
        receiver_name=collection.debtor_name,
        claimed_ms=file.built_ms,
        effective_date=debit.due,
        file=file.id,
        batch=debit.batch,
        trace=collection.end_to_end_id,
        mandate_reference=collection.mandate_reference,
        mandate_signed_on=collection.signed_on,
        authorization_id=authorization_id,
        sequence_type=debit.sequence,
        former_reference=collection.former_reference,
        is_of_new_account=collection.is_of_new_account,
        former_creditor_identifier=collection.former_creditor_identifier,
        former_creditor_name=collection.former_creditor_name,
    )

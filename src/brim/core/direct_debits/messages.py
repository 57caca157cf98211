"""Makes the bytes of a file of a SEPA originator, a pain.008 message, and reads what banks say that name its parts."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from brim.core.direct_debits.encoding import Header
from brim.core.direct_debits.positions import BATCH_NUMBERS
from brim.core.direct_debits.rules import FILE_PREFIX, Batch, Entry, EntryStatus
from brim.core.originators import Originator
from brim.core.rails.sepa import (
    Collection,
    CollectionBatch,
    Creditor,
    DirectDebitMessage,
    LocalInstrument,
    Mandate,
    MessageError,
    SepaTerms,
    SequenceType,
    identifier_of,
    write_message,
)
from brim.core.rails.sepa import fits as fits_message

_ORDER: Final = [(scheme.value, sequence.value) for scheme in LocalInstrument for sequence in SequenceType]
"""The schemes and sequence types of batches in the order in which a message has them."""
_BATCH: Final = re.compile(r"(?<![0-9A-Za-z])(?P<file>[0-9A-Za-z]{20,28})-(?P<batch>[0-9]{1,7})(?![0-9A-Za-z])")


def place_collections(
    taken: Sequence[Entry], file_id: str, header: Header, originator: Originator, next_batch: int
) -> tuple[list[Entry], list[Batch]]:
    """Return collections with their positions in a file, and the batches: each scheme and sequence type has its own."""
    terms = _terms_of(originator)
    by_kind: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in taken:
        by_kind[entry.sec_code, entry.sequence_type or SequenceType.RECURRENT].append(entry)
    placed: list[Entry] = []
    batches: list[Batch] = []
    for offset, (scheme, sequence) in enumerate(sorted(by_kind, key=_ORDER.index)):
        together = by_kind[scheme, sequence]
        number = (next_batch + offset - 1) % BATCH_NUMBERS + 1
        placed += [
            msgspec.structs.replace(
                entry,
                status=EntryStatus.IN_FILE,
                file=file_id,
                batch=number,
                effective_date=header.effective_date,
                trace=identifier_of(entry.retry_of or entry.topup, number=entry.number),
            )
            for entry in together
        ]
        batches.append(
            Batch(
                number=number,
                sec_code=scheme,
                effective_date=header.effective_date,
                entry_count=len(together),
                total_debit=sum(entry.amount for entry in together),
                company_name=terms.creditor_name,
                company_id=terms.creditor_identifier,
                description=sequence,
            )
        )
    return placed, batches


def encode_message(
    originator: Originator,
    file_id: str,
    header: Header,
    batches: Sequence[Batch],
    entries: Sequence[Entry],
    account_numbers: Mapping[str, str],
    own_account: str,
) -> bytes:
    """Return the bytes of a file.

    Args:
        originator: who collects.
        file_id: names the message.
        header: when it was made.
        batches: in the order of their numbers.
        entries: with their batches and traces.
        account_numbers: the IBAN of each top-up's entry.
        own_account: that of the originator.

    Raises:
        MessageError: something does not fit; nothing of the file may be used.
    """
    terms = _terms_of(originator)
    creditor = Creditor(name=terms.creditor_name, identifier=terms.creditor_identifier, iban=own_account, bic=terms.bic)
    made = [
        CollectionBatch(
            id=name_of_batch(file_id, batch.number),
            instrument=LocalInstrument(batch.sec_code),
            sequence=SequenceType(batch.description or SequenceType.RECURRENT),
            collection_date=batch.effective_date,
            collections=tuple(
                _collection(entry, account_numbers[entry.topup], terms)
                for entry in entries
                if entry.batch == batch.number
            ),
        )
        for batch in batches
    ]
    message = DirectDebitMessage(
        id=name_of_file(file_id),
        made=header.made,
        initiating_party=terms.creditor_name,
        creditor=creditor,
        batches=tuple(made),
        version=terms.message,
    )
    return write_message(message)


def fits_collection(entry: Entry, account_number: str, originator: Originator) -> bool:
    """Tell whether what is known of an entry fits a message."""
    try:
        return fits_message(_collection(entry, account_number, _terms_of(originator)))
    except MessageError:
        return False


def name_of_file(file_id: str) -> str:
    """Return how a message calls itself."""
    return identifier_of(file_id)


def name_of_batch(file_id: str, number: int) -> str:
    """Return how a message calls a batch."""
    return f"{file_id.removeprefix(FILE_PREFIX)}-{number}"


def file_named(name: str) -> str | None:
    """Return the id of the file that a bank names, None if it names none of ours."""
    prefix = identifier_of(FILE_PREFIX)
    return FILE_PREFIX + name[len(prefix) :] if name.startswith(prefix) else None


def batch_named(name: str) -> tuple[str, int] | None:
    """Return the id of the file and the number of the batch that a bank names, None if it names none of ours."""
    found = _BATCH.fullmatch(name.strip())
    return _file_and_number(found) if found else None


def batches_named_in(text: str) -> list[tuple[str, int]]:
    """Return the ids of the files and the numbers of the batches that stand in a text."""
    return [_file_and_number(found) for found in _BATCH.finditer(text)]


def _file_and_number(found: re.Match[str]) -> tuple[str, int]:
    return FILE_PREFIX + found["file"], int(found["batch"])


def _collection(entry: Entry, iban: str, terms: SepaTerms) -> Collection:
    if entry.mandate_reference is None or entry.mandate_signed_on is None:
        raise MessageError("mandate", "nothing is known of it")
    return Collection(
        end_to_end_id=entry.trace or identifier_of(entry.topup, number=entry.number),
        amount=entry.amount,
        mandate=Mandate(
            reference=entry.mandate_reference,
            signed_on=entry.mandate_signed_on,
            former_reference=entry.former_reference,
            is_of_new_account=entry.is_of_new_account,
            former_creditor_identifier=entry.former_creditor_identifier,
            former_creditor_name=entry.former_creditor_name,
        ),
        debtor_name=entry.receiver_name,
        debtor_iban=iban,
        remittance=terms.remittance,
    )


def _terms_of(originator: Originator) -> SepaTerms:
    terms = originator.profile.sepa
    if terms is None:
        raise ValueError(f"{originator.id} does not collect by SEPA")
    return terms

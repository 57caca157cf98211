"""A message of direct debits, as data: who collects, in which batches, from whom under which mandate."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

LARGEST_COLLECTION: Final = 99_999_999_999
"""Cents: 999,999,999.99 EUR. Source: EPC130-08, AT-06."""
LONGEST_NAME: Final = 70
LONGEST_REMITTANCE: Final = 140
"""Characters. Source: EPC130-08, AT-14 and AT-22."""
NOT_PROVIDED: Final = "NOTPROVIDED"
"""What is written for the BIC of a bank that is known by the IBAN alone. Source: EPC130-08."""


class Version(StrEnum):
    """The version of pain.008 that a bank takes."""

    V2 = "pain.008.001.02"
    V8 = "pain.008.001.08"


class LocalInstrument(StrEnum):
    """The scheme of a collection."""

    CORE = "CORE"
    """Anybody's account; the debtor has eight weeks to claim it back."""
    B2B = "B2B"
    """Accounts of businesses, whose bank has to know the mandate."""


class SequenceType(StrEnum):
    """Whether a mandate is for one collection or for several."""

    RECURRENT = "RCUR"
    """Any of several: the first need not be told apart. Source: EPC016-06, 4.2, since 2016-11-20."""
    ONE_OFF = "OOFF"


class Creditor(msgspec.Struct, frozen=True, kw_only=True):
    """Who collects, and into which account. `bic` is None where the bank takes the IBAN alone."""

    name: str
    identifier: str
    iban: str
    bic: str | None = None


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """What the debtor has signed.

    What follows has changed since the last collection: `former_reference` is the reference that it had,
    `is_of_new_account` says that it was for another account, at any bank, and `former_creditor_identifier` and
    `former_creditor_name` are what the creditor was known by.
    """

    reference: str
    signed_on: date
    former_reference: str | None = None
    is_of_new_account: bool = False
    former_creditor_identifier: str | None = None
    former_creditor_name: str | None = None

    @property
    def is_amended(self) -> bool:
        """Whether the bank of the debtor is told of a change."""
        former = (self.former_reference, self.former_creditor_identifier, self.former_creditor_name)
        return self.is_of_new_account or any(each is not None for each in former)


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """One direct debit. `amount` is in cents of EUR; `remittance` is what the debtor reads, none for an empty text."""

    end_to_end_id: str
    amount: int
    mandate: Mandate
    debtor_name: str
    debtor_iban: str
    debtor_bic: str | None = None
    remittance: str = ""


class CollectionBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Collections of one scheme and sequence type that are due on one day, which banks book together."""

    id: str
    instrument: LocalInstrument
    sequence: SequenceType
    collection_date: date
    collections: tuple[Collection, ...]

    @property
    def total(self) -> int:
        """The sum of its collections, in cents."""
        return sum(each.amount for each in self.collections)


class DirectDebitMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message: `id` tells it from all others of its sender, `made` is when, in the sender's wall time."""

    id: str
    made: datetime
    initiating_party: str
    creditor: Creditor
    batches: tuple[CollectionBatch, ...]
    version: Version = Version.V8

"""SEPA direct debits: identifiers, characters, days, reasons of banks, and the messages that collect.

Pure: no database, no clock, no network. Neighbours: `calendars` has TARGET's days, `reconciliation.formats` reads what
banks answer. Start reading at `messages`, then `writer` and `recount`; `sent` reads a message back.
"""

from brim.core.rails.sepa.creditors import (
    BicInvalidError,
    CreditorIdentifierInvalidError,
    check_bic,
    check_creditor_identifier,
)
from brim.core.rails.sepa.days import (
    CALENDAR,
    LEAD_DAYS,
    PRENOTIFICATION_DAYS,
    REFUND_DAYS,
    RETURN_DAYS_OF_B2B,
    UNAUTHORIZED_MONTHS,
    banking_day_after,
    claimable_until,
    collection_date_of,
    is_banking_day,
    lapses_on,
    months_after,
    refundable_until,
    returnable_until_of_b2b,
)
from brim.core.rails.sepa.identifiers import (
    IbanInvalidError,
    MandateReferenceInvalidError,
    check_debtor_iban,
    check_iban,
    check_mandate_reference,
    identifier_of,
    is_identifier,
)
from brim.core.rails.sepa.messages import (
    LARGEST_COLLECTION,
    LONGEST_NAME,
    LONGEST_REMITTANCE,
    Collection,
    CollectionBatch,
    Creditor,
    DirectDebitMessage,
    LocalInstrument,
    Mandate,
    SequenceType,
    Version,
)
from brim.core.rails.sepa.profile import CURRENCY, SEPA, SepaTerms
from brim.core.rails.sepa.reasons import REASONS, Blame, Reason, find_reason
from brim.core.rails.sepa.recount import Recount, recount
from brim.core.rails.sepa.sent import SentBatch, SentCollection, SentMessage, UnreadableMessageError, read_sent
from brim.core.rails.sepa.text import to_sepa_text
from brim.core.rails.sepa.writer import MessageError, fits, write_message

__all__ = [
    "CALENDAR",
    "CURRENCY",
    "LARGEST_COLLECTION",
    "LEAD_DAYS",
    "LONGEST_NAME",
    "LONGEST_REMITTANCE",
    "PRENOTIFICATION_DAYS",
    "REASONS",
    "REFUND_DAYS",
    "RETURN_DAYS_OF_B2B",
    "SEPA",
    "UNAUTHORIZED_MONTHS",
    "BicInvalidError",
    "Blame",
    "Collection",
    "CollectionBatch",
    "Creditor",
    "CreditorIdentifierInvalidError",
    "DirectDebitMessage",
    "IbanInvalidError",
    "LocalInstrument",
    "Mandate",
    "MandateReferenceInvalidError",
    "MessageError",
    "Reason",
    "Recount",
    "SentBatch",
    "SentCollection",
    "SentMessage",
    "SepaTerms",
    "SequenceType",
    "UnreadableMessageError",
    "Version",
    "banking_day_after",
    "check_bic",
    "check_creditor_identifier",
    "check_debtor_iban",
    "check_iban",
    "check_mandate_reference",
    "claimable_until",
    "collection_date_of",
    "find_reason",
    "fits",
    "identifier_of",
    "is_banking_day",
    "is_identifier",
    "lapses_on",
    "months_after",
    "read_sent",
    "recount",
    "refundable_until",
    "returnable_until_of_b2b",
    "to_sepa_text",
    "write_message",
]

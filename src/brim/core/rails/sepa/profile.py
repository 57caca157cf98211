"""What an originator that collects by SEPA has beside what all have: the creditor, and what its bank takes."""

from typing import Annotated, Final

import msgspec

from brim.core.rails.sepa.days import PRENOTIFICATION_DAYS
from brim.core.rails.sepa.messages import LONGEST_NAME, LONGEST_REMITTANCE, Version

SEPA: Final = "sepa"
"""The name of the rail, which its top-ups keep."""
CURRENCY: Final = "eur"


class SepaTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The creditor of an originator, and how its bank takes messages. Its account is the originator's, an IBAN.

    Attributes:
        creditor_identifier: as the creditor's country or bank assigned it.
        creditor_name: what debtors read.
        bic: the bank that takes the messages.
        message: the version of pain.008 that the bank takes.
        remittance: what debtors read about each collection.
        prenotification_days: how many days before a collection debtors are told of it, as was agreed with them.
    """

    creditor_identifier: Annotated[str, msgspec.Meta(max_length=35)]
    creditor_name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
    bic: Annotated[str, msgspec.Meta(max_length=11)]
    message: Version = Version.V8
    remittance: Annotated[str, msgspec.Meta(max_length=LONGEST_REMITTANCE)] = "Top-up"
    prenotification_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = PRENOTIFICATION_DAYS

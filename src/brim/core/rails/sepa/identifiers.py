"""What SEPA knows debtors and messages by: IBANs, and references of mandates and collections.

Structures and check digits are the library's (`stdnum`). Sources: ISO 13616 (IBAN), the implementation guidelines
EPC130-08 (references).
"""

import re
from typing import Final

from stdnum import iban as iban_numbers
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from brim.base.errors import BrimError

LONGEST_IDENTIFIER: Final = 35
"""Characters of an identifier in a message. Source: ISO 20022, Max35Text."""

EEA: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)
"""Countries whose IBANs can be debited without the address of their holder.

Source: EPC016-06, the address of the debtor is mandatory where one of both banks is in SEPA, but not in the EEA.
"""
SEPA: Final = EEA | frozenset("AD AL CH GB GI MC MD ME MK RS SM VA".split())
"""Countries of the schemes' geographical scope by the first letters of their IBANs. Source: EPC409-09."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9+?/:().,'-]+( +[A-Za-z0-9+?/:().,'-]+)*")


class IbanInvalidError(BrimError):
    """The IBAN isn't valid, or can't be debited."""

    def __init__(self, reason: str, *, param: str) -> None:
        super().__init__(f"Invalid IBAN: {reason}.")
        self.param = param


class MandateReferenceInvalidError(BrimError):
    """The text cannot be the reference of a mandate."""

    def __init__(self, reason: str, *, param: str) -> None:
        super().__init__(f"Invalid mandate reference: {reason}.")
        self.param = param


def check_iban(text: str, *, param: str) -> str:
    """Return an IBAN without blanks and in capitals, of any country of SEPA.

    Raises:
        IbanInvalidError: its structure, its length or its check digits are wrong, or its country is not in SEPA.
    """
    try:
        iban = str(iban_numbers.validate(text, check_country=False))  # else a bank that opens later is refused
    except InvalidChecksum:
        raise IbanInvalidError("its check digits are wrong", param=param) from None
    except InvalidComponent:
        raise IbanInvalidError("it begins with no country that has IBANs", param=param) from None
    except ValidationError:
        raise IbanInvalidError(
            "it doesn't have the length or the structure of its country's IBANs", param=param
        ) from None
    if iban[:2] not in SEPA:
        raise IbanInvalidError(f"accounts in {iban[:2]} cannot be reached by SEPA", param=param)
    return iban


def check_debtor_iban(text: str, *, param: str) -> str:
    """Return an IBAN that can be debited without the address of its holder.

    Raises:
        IbanInvalidError: it is none, or none of the EEA.
    """
    iban = check_iban(text, param=param)
    if iban[:2] not in EEA:
        reason = f"debits of accounts in {iban[:2]}, outside of the EEA, need the address of their holder"
        raise IbanInvalidError(f"{reason}, which is not sent", param=param)
    return iban


def check_mandate_reference(text: str, *, param: str) -> str:
    """Return the reference of a mandate as it goes to banks.

    Raises:
        MandateReferenceInvalidError: it is longer than 35 characters, or has others than the schemes allow.
    """
    if not 0 < len(text) <= LONGEST_IDENTIFIER:
        raise MandateReferenceInvalidError(f"it has 1 to {LONGEST_IDENTIFIER} characters", param=param)
    if not is_identifier(text):
        reason = "it has letters from A to Z, digits, + ? / - : ( ) . , ' and single blanks, and no slash at its ends"
        raise MandateReferenceInvalidError(f"{reason} and no two in a row", param=param)
    return text


def is_identifier(text: str) -> bool:
    """Tell whether a text can be a reference in a message: by its length, its characters and its slashes.

    Source: EPC130-08, 1.4: references neither begin nor end with a slash, and have no two of them in a row.
    """
    is_short = len(text) <= LONGEST_IDENTIFIER
    slashes = text.startswith("/") or text.endswith("/") or "//" in text
    return is_short and not slashes and _IDENTIFIER.fullmatch(text) is not None


def identifier_of(object_id: str, *, number: int = 1) -> str:
    """Return how messages name an object of ours the n-th time: by its id, without the underscore that banks refuse."""
    plain = object_id.replace("_", "-")
    return plain if number == 1 else f"{plain}-{number}"

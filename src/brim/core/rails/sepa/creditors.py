"""What SEPA knows creditors by: their identifiers, and the BICs of their banks.

Structures and check digits are the library's (`stdnum`). Sources: ISO 9362 (BIC), EPC262-08 (creditor identifiers).
"""

import re
from typing import Final

from stdnum import bic as bic_numbers
from stdnum.eu import at_02
from stdnum.exceptions import ValidationError

from brim.base.errors import BrimError
from brim.core.rails.sepa.identifiers import SEPA

_CREDITOR_IDENTIFIER: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")


class BicInvalidError(BrimError):
    """The text is no BIC."""

    def __init__(self, *, param: str) -> None:
        super().__init__("Invalid BIC: it must have 8 or 11 characters, of which the fifth and sixth name a country.")
        self.param = param


class CreditorIdentifierInvalidError(BrimError):
    """The text is no creditor identifier."""

    def __init__(self, reason: str, *, param: str) -> None:
        super().__init__(f"Invalid creditor identifier: {reason}.")
        self.param = param


def check_bic(text: str, *, param: str) -> str:
    """Return a BIC in capitals.

    Raises:
        BicInvalidError: it is none.
    """
    try:
        return str(bic_numbers.validate(text))
    except ValidationError:
        raise BicInvalidError(param=param) from None


def check_creditor_identifier(text: str, *, param: str) -> str:
    """Return a creditor identifier without blanks and in capitals.

    Check digits are over the national part and the country; the business code, characters 5 to 7, does not count. Only
    one's own is checked: banks send others' that are wrong.

    Raises:
        CreditorIdentifierInvalidError: its form or its check digits are wrong, or its country is not in SEPA.
    """
    identifier = re.sub(r"\s", "", text).upper()
    if not _CREDITOR_IDENTIFIER.fullmatch(identifier):
        reason = "it is a country, two check digits, a business code of three characters and a national part"
        raise CreditorIdentifierInvalidError(reason, param=param)
    if identifier[:2] not in SEPA:
        raise CreditorIdentifierInvalidError(f"{identifier[:2]} is not in SEPA", param=param)
    if not at_02.is_valid(identifier):
        raise CreditorIdentifierInvalidError("its check digits are wrong", param=param)
    return identifier

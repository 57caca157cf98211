"""Bank accounts: their numbers, whose they are, and how they are verified."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError

TEST_BANK_ROUTING_NUMBER: Final = "110000000"

US: Final = "US"
TEST_BANK_NAME: Final = "STRIPE TEST BANK"
"""Source: Stripe's published fixtures."""


SHOWN_DIGITS: Final = 4

_ROUTING_NUMBER: Final = re.compile(r"[0-9]{9}")

_ROUTING_WEIGHTS: Final = (3, 7, 1) * 3
"""Source: American Bankers Association, the check digit of routing numbers."""

_ACCOUNT_NUMBER: Final = re.compile(r"[0-9]{1,17}")
"""Source: Nacha, the DFI account number has up to 17 positions."""


class Verification(StrEnum):
    """Whether it is known that a bank account may be debited; it never leaves `failed`."""

    VERIFIED = "verified"
    PENDING = "pending"
    FAILED = "failed"


class BankNumbers(msgspec.Struct, frozen=True):
    """The numbers of a bank account, as a request gave them; its text shows the end of the account number only.

    Of an account that has an IBAN, that is the account number, and there is no routing number.
    """

    routing_number: str
    account_number: str

    @property
    def is_iban(self) -> bool:
        """Whether the account number is an IBAN."""
        return not self.routing_number

    def __repr__(self) -> str:
        return f"BankNumbers({self.routing_number!r}, '...{self.last4}')"

    @property
    def last4(self) -> str:
        """What may be shown of the account number."""
        return self.account_number[-SHOWN_DIGITS:]


class BankAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What may be known of a bank account; `currency` is that of a source or a token, None for a payment method.

    One that has an IBAN has no routing number, and its `country` is none of the US.
    """

    routing_number: str
    last4: str
    fingerprint: str
    bank_name: str | None
    country: str = "US"
    currency: str | None = None
    holder_type: str | None = None
    account_type: str | None = None

    @property
    def has_iban(self) -> bool:
        """Whether it is known by an IBAN, and debited by SEPA."""
        return self.country != US


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A postal address, as far as it is known."""

    city: str | None = None
    country: str | None = None
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    state: str | None = None


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a bank account is: a payment method's billing details, a source's owner."""

    address: Address | None = None
    email: str | None = None
    name: str | None = None
    phone: str | None = None


class RoutingNumberInvalidError(BrimError):
    """The routing number isn't one of a US bank."""

    def __init__(self, param: str) -> None:
        super().__init__(
            "Invalid routing number: it must have 9 digits, and the last one must be the correct check digit. "
            "In test mode use 110000000."
        )
        self.param = param


class AccountNumberInvalidError(BrimError):
    """The account number isn't valid for a US bank account."""

    def __init__(self, param: str) -> None:
        super().__init__("Invalid account number: it must have 1 to 17 digits and nothing else.")
        self.param = param


def has_right_check_digit(routing_number: str) -> bool:
    """Tell whether nine digits are a routing number as far as their check digit says."""
    total = sum(weight * int(digit) for weight, digit in zip(_ROUTING_WEIGHTS, routing_number, strict=True))
    return total % 10 == 0 and routing_number != "0" * 9


def check_routing_number(text: str, *, param: str) -> str:
    """Return a routing number that a US bank could have.

    Raises:
        RoutingNumberInvalidError: it is not nine digits, or its check digit is wrong.
    """
    if not _ROUTING_NUMBER.fullmatch(text):
        raise RoutingNumberInvalidError(param)
    if not has_right_check_digit(text):
        raise RoutingNumberInvalidError(param)
    return text


def check_account_number(text: str, *, param: str) -> str:
    """Return an account number that a US bank could have.

    Raises:
        AccountNumberInvalidError: it is not 1 to 17 digits.
    """
    if not _ACCOUNT_NUMBER.fullmatch(text):
        raise AccountNumberInvalidError(param)
    return text


class Guess(StrEnum):
    """What a guess at micro-deposits turned out to be."""

    RIGHT = "right"
    WRONG = "wrong"
    ONE_TOO_MANY = "one too many"
    TOO_LATE = "too late"


def bank_name_of(routing_number: str) -> str | None:
    """Return a bank's name by its routing number; we know that of the test bank only."""
    return TEST_BANK_NAME if routing_number == TEST_BANK_ROUTING_NUMBER else None

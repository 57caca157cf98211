"""Bank accounts as such: their numbers, whose they are, and the states of their verification.

Pure rules that `funding`, `accounts` and `rails` share. Start reading at `rules`.
"""

from brim.core.bank_accounts.number_ranges import (
    NumberRange,
    NumberRangeError,
    find_numbers,
    is_iban,
    parse_number_range,
    plain_number,
)
from brim.core.bank_accounts.rules import (
    SHOWN_DIGITS,
    TEST_BANK_NAME,
    TEST_BANK_ROUTING_NUMBER,
    AccountNumberInvalidError,
    Address,
    BankAccount,
    BankNumbers,
    Guess,
    Party,
    RoutingNumberInvalidError,
    Verification,
    bank_name_of,
    check_account_number,
    check_routing_number,
    has_right_check_digit,
)

__all__ = [
    "SHOWN_DIGITS",
    "TEST_BANK_NAME",
    "TEST_BANK_ROUTING_NUMBER",
    "AccountNumberInvalidError",
    "Address",
    "BankAccount",
    "BankNumbers",
    "Guess",
    "NumberRange",
    "NumberRangeError",
    "Party",
    "RoutingNumberInvalidError",
    "Verification",
    "bank_name_of",
    "check_account_number",
    "check_routing_number",
    "find_numbers",
    "has_right_check_digit",
    "is_iban",
    "parse_number_range",
    "plain_number",
]

"""BAI2's type codes: what a detail is, and whether it is a credit.

Source: BAI2, appendix A: 101 to 399 are credits, 401 to 699 debits; 100 and 400 are totals; 700 to 899 are loans and
information; 900 to 999 are each bank's own, so that a bank's map must say what they are.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

Direction: TypeAlias = Literal["credit", "debit"]
NON_MONETARY: Final = "890"


class TypeCode(msgspec.Struct, frozen=True):
    """The bank's name for a detail, and whether it sends back or takes back an earlier one."""

    name: str
    is_return: bool = False
    is_reversal: bool = False


UNNAMED: Final = TypeCode("")

TYPE_CODES: Final[Mapping[str, TypeCode]] = {
    "108": TypeCode("Credit"),
    "115": TypeCode("Lockbox deposit"),
    "142": TypeCode("ACH credit received"),
    "158": TypeCode("Real-time payment credit"),
    "164": TypeCode("Corporate trade payment credit"),
    "165": TypeCode("Preauthorized ACH credit"),
    "166": TypeCode("ACH settlement credit"),
    "168": TypeCode("ACH return or adjustment settlement credit", is_return=True),
    "169": TypeCode("Miscellaneous ACH credit"),
    "175": TypeCode("Check deposit package"),
    "191": TypeCode("Incoming internal money transfer"),
    "195": TypeCode("Incoming money transfer"),
    "201": TypeCode("Automatic transfer credit"),
    "206": TypeCode("Book transfer credit"),
    "208": TypeCode("International money transfer credit"),
    "218": TypeCode("Letter of credit"),
    "252": TypeCode("Debit reversal", is_reversal=True),
    "255": TypeCode("Check posted and returned", is_return=True),
    "257": TypeCode("ACH return item credit", is_return=True),
    "258": TypeCode("ACH reversal credit", is_reversal=True),
    "261": TypeCode("Rejected credit", is_return=True),
    "266": TypeCode("Return item credit", is_return=True),
    "354": TypeCode("Interest credit"),
    "399": TypeCode("Miscellaneous credit"),
    "408": TypeCode("Float adjustment"),
    "451": TypeCode("ACH debit received"),
    "455": TypeCode("Preauthorized ACH debit"),
    "466": TypeCode("ACH settlement debit"),
    "468": TypeCode("ACH return or adjustment settlement debit", is_return=True),
    "469": TypeCode("Miscellaneous ACH debit"),
    "475": TypeCode("Check paid"),
    "491": TypeCode("Outgoing internal money transfer"),
    "495": TypeCode("Outgoing money transfer"),
    "501": TypeCode("Automatic transfer debit"),
    "506": TypeCode("Book transfer debit"),
    "508": TypeCode("International money transfer debit"),
    "552": TypeCode("Credit reversal", is_reversal=True),
    "555": TypeCode("Deposited item returned", is_return=True),
    "557": TypeCode("ACH return item debit", is_return=True),
    "558": TypeCode("ACH reversal debit", is_reversal=True),
    "561": TypeCode("Rejected debit", is_return=True),
    "566": TypeCode("Return item debit", is_return=True),
    "698": TypeCode("Miscellaneous fees"),
    "699": TypeCode("Miscellaneous debit"),
}


def direction_of(code: str, bank: Mapping[str, Direction]) -> Direction | None:
    """Return the direction of a detail by the bank's own map, then by the code's range; None where neither says."""
    if code in bank:
        return bank[code]
    if len(code) == 3 and code.isascii() and code.isdigit():
        if 101 <= int(code) <= 399:
            return "credit"
        if 401 <= int(code) <= 699:
            return "debit"
    return None

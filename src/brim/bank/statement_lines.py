"""What a day's statement says, whatever its format."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A booking; a positive amount is the originator's, and the kind says what it is for."""

    kind: str
    amount: int
    count: int
    bank_reference: str
    customer_reference: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A day of the account: opening and the lines give the closing balance, unless a script says otherwise.

    In euros the account is an IBAN, and the routing number a BIC.
    """

    number: int
    day: date
    made: datetime
    routing: str
    account: str
    opening: int
    closing: int
    lines: Sequence[StatementLine]
    currency: str = "USD"

"""What is agreed when a bank is created."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brim.bank.failures import InvalidSettingError
from brim.bank.inspection import Agreement, valid_routing

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True)
class BankSettings:
    """Folders, numbers and habits of a bank; they never change."""

    inbox: str
    outbox: str
    routing: str
    account: str
    company_ids: tuple[str, ...]
    time_zone: str
    statement_format: str
    settlement_lag: int
    return_fee: int
    balanced: bool = False
    scheme: str = "ach"

    @property
    def is_sepa(self) -> bool:
        """Whether it takes direct debits of SEPA: `routing` is its BIC then, and `account` an IBAN."""
        return self.scheme == "sepa"

    @property
    def currency(self) -> str:
        """The currency of the account, by its ISO code."""
        return "EUR" if self.is_sepa else "USD"

    @property
    def agreement(self) -> Agreement:
        """What files are checked against."""
        return Agreement(self.routing, self.account, self.company_ids, balanced=self.balanced)

    def check(self) -> None:
        """Refuse settings with which no bank can work.

        Raises:
            InvalidSettingError: one of them.
        """
        if self.is_sepa:
            self._check_sepa()
        elif not valid_routing(self.routing):
            raise InvalidSettingError(f"{self.routing} is not a routing number: nine digits, the last a check digit.")
        if not self.is_sepa and not (self.account.isalnum() and self.account.isascii() and len(self.account) <= 17):
            raise InvalidSettingError("The account number must be 1 to 17 letters and digits.")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise InvalidSettingError(f"There is no time zone {self.time_zone}.") from None
        if Path(self.inbox) == Path(self.outbox):
            raise InvalidSettingError("Inbox and outbox must be two folders.")

    def _check_sepa(self) -> None:
        if not _BIC.fullmatch(self.routing):
            raise InvalidSettingError(f"{self.routing} is not a BIC: eight or eleven characters.")
        if not _IBAN.fullmatch(self.account):
            raise InvalidSettingError("The account number must be an IBAN, without blanks.")
        if self.statement_format != "camt053" or self.balanced:
            raise InvalidSettingError("With SEPA statements are camt053, and files have no offsets.")

    def to_json(self) -> str:
        """Return the settings as they are stored."""
        return json.dumps(asdict(self), sort_keys=True)


def from_json(text: str) -> BankSettings:
    """Return settings that were stored."""
    found = json.loads(text)
    return BankSettings(**{**found, "company_ids": tuple(found["company_ids"])})

"""What is agreed when a bank is created."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brim.bank.failures import InvalidSettingError
from brim.bank.inspection import Agreement, valid_routing


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

    @property
    def agreement(self) -> Agreement:
        """What files are checked against."""
        return Agreement(self.routing, self.account, self.company_ids, balanced=self.balanced)

    def check(self) -> None:
        """Refuse settings with which no bank can work.

        Raises:
            InvalidSettingError: one of them.
        """
        if not valid_routing(self.routing):
            raise InvalidSettingError(f"{self.routing} is not a routing number: nine digits, the last a check digit.")
        if not self.account.isalnum() or not self.account.isascii() or len(self.account) > 17:
            raise InvalidSettingError("The account number must be 1 to 17 letters and digits.")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise InvalidSettingError(f"There is no time zone {self.time_zone}.") from None
        if Path(self.inbox) == Path(self.outbox):
            raise InvalidSettingError("Inbox and outbox must be two folders.")

    def to_json(self) -> str:
        """Return the settings as they are stored."""
        return json.dumps(asdict(self), sort_keys=True)


def from_json(text: str) -> BankSettings:
    """Return settings that were stored."""
    found = json.loads(text)
    return BankSettings(**{**found, "company_ids": tuple(found["company_ids"])})

"""What a counterparty can play in the sandbox: the first answer to a top-up, and how the money goes back if it does."""

from typing import Final

import msgspec

from brim.core.rails.failures import FAILURES
from brim.core.rails.protocol import Fail, Return, Succeed, Wait

RETURN_DAYS: Final = 2
"""Banking days until an ordinary return. Source: Nacha, returns R01 to R04 reach the originator within two."""

LATE_RETURN_DAYS: Final = 60
"""Calendar days until a return for want of authorization. Source: Nacha, returns R05, R07, R10 and R29."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a top-up: its first answer, and how the money goes back if it does.

    `days` are banking days, or calendar days where the return is `late`. If `is_rejected`, the bank rejects the
    first file that it is in, and `then` names the scenario that is played once it is presented again.
    """

    first: Succeed | Fail | Wait = Succeed()
    returns: Return | None = None
    days: int = RETURN_DAYS
    late: bool = False
    is_rejected: bool = False
    then: str | None = None


def _fails(code: str) -> Scenario:
    return Scenario(first=Fail(code, FAILURES[code]))


def _returns(code: str, *, late: bool = False) -> Scenario:
    return Scenario(returns=Return(code, FAILURES[code]), days=LATE_RETURN_DAYS if late else RETURN_DAYS, late=late)


SUCCESS: Final = Scenario()
SCENARIOS: Final[dict[str | None, Scenario]] = {
    None: SUCCESS,
    "no_account": _fails("no_account"),
    "account_closed": _fails("account_closed"),
    "insufficient_funds": _fails("insufficient_funds"),
    "debit_not_authorized": _fails("debit_not_authorized"),
    "invalid_currency": _fails("invalid_currency"),
    "returned": _returns("insufficient_funds"),
    "returned_late": _returns("debit_not_authorized", late=True),
    "disputed": _returns("debit_not_authorized"),
    "corrected": SUCCESS,  # and its bank notifies a change
    "file_rejected": Scenario(is_rejected=True),
    "file_rejected_fails": Scenario(is_rejected=True, then="insufficient_funds"),
    "pending": Scenario(first=Wait()),
}
"""Every scenario by its name; None is plain success."""

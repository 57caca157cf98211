"""What a counterparty can play in the sandbox: the first answer to a top-up, and how the money goes back if it does."""

from typing import Final

import msgspec

from brim.core.rails.failures import FAILURES
from brim.core.rails.protocol import Fail, Return, Succeed, Wait

RETURN_DAYS: Final = 2
"""Banking days until an ordinary return. Source: Nacha, returns R01 to R04 reach the originator within two."""

LATE_RETURN_DAYS: Final = 60
"""Calendar days until a return for want of authorization. Source: Nacha, returns R05, R07, R10 and R29."""


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """How a return is dishonored, by the network's codes, and whether its receiving bank contests that.

    `information` is what the dishonor says of its code. Where `contest_code` is None the money stays.
    """

    return_code: str
    dishonor_code: str
    information: str | None = None
    contest_code: str | None = None


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a top-up: its first answer, and how the money goes back if it does.

    `days` are banking days, or calendar days where the return is `late`. If `is_rejected`, the bank rejects the
    first file that it is in, and `then` names the scenario that is played once it is presented again. `dispute` is what
    comes of its return, whether it fails or is reversed.
    """

    first: Succeed | Fail | Wait = Succeed()
    returns: Return | None = None
    days: int = RETURN_DAYS
    late: bool = False
    is_rejected: bool = False
    then: str | None = None
    dispute: Dispute | None = None


def _fails(code: str, dispute: Dispute | None = None) -> Scenario:
    return Scenario(first=Fail(code, FAILURES[code]), dispute=dispute)


def _returns(code: str, *, late: bool = False, dispute: Dispute | None = None) -> Scenario:
    days = LATE_RETURN_DAYS if late else RETURN_DAYS
    return Scenario(returns=Return(code, FAILURES[code]), days=days, late=late, dispute=dispute)


_WRONG_ACCOUNT: Final = Dispute(return_code="R03", dishonor_code="R69", information="01")
_UNTIMELY: Final = Dispute(return_code="R01", dishonor_code="R68")


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
    "dishonored": _fails("no_account", _WRONG_ACCOUNT),
    "dishonor_contested": _fails("no_account", msgspec.structs.replace(_WRONG_ACCOUNT, contest_code="R76")),
    "returned_dishonored": _returns("insufficient_funds", dispute=_UNTIMELY),
    "returned_dishonor_contested": _returns(
        "insufficient_funds", dispute=msgspec.structs.replace(_UNTIMELY, contest_code="R73")
    ),
    "pending": Scenario(first=Wait()),
}
"""Every scenario by its name; None is plain success."""

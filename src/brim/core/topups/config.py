"""What a new top-up of an account depends on, beside its own parameters."""

from typing import Final

import msgspec

from brim.core.funding import Funding
from brim.core.time import TestClock


class AccountConfig(msgspec.Struct, frozen=True, kw_only=True):
    """An account's terms as of one version; each change makes the next, and a create is made under the one in force.

    `settlement_days` is how many banking days money takes by the account's own agreement, None as the rail has it;
    `defaults` is what pays for a top-up that names nothing, by currency. No top-up is made
    of an account that `is_closed`.
    """

    version: int = 0
    settlement_days: int | None = None
    test_clock: TestClock | None = None
    defaults: dict[str, Funding] = {}
    is_closed: bool = False


NO_TERMS: Final = AccountConfig()
"""Those of an account who never changed anything."""

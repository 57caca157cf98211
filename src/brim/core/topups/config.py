"""What a new top-up of an account depends on, beside its own parameters."""

from typing import Final

import msgspec

from brim.core.funding import Funding
from brim.core.time import TestClock


class AccountConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an account's configuration; each change makes the next, and a create needs the current one.

    `settlement_days` is how many banking days money takes by the account's own agreement; None means as the rail says.
    `defaults` is the funding source, by currency, of a top-up that names none. A closed account cannot be topped up.
    """

    version: int = 0
    settlement_days: int | None = None
    test_clock: TestClock | None = None
    defaults: dict[str, Funding] = {}
    is_closed: bool = False


NO_CONFIG: Final = AccountConfig()
"""Those of an account who never changed anything."""

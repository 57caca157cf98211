"""The operation on money at risk. It is ours alone, and for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.money_at_risk import handlers
from brim.api.resources.money_at_risk.wire import MoneyAtRiskObject
from brim.base.errors import NotInTestModeError
from brim.core.accounts import NotPlatformError

MONEY_AT_RISK: Final = (
    Operation(
        method="GET",
        path=handlers.MONEY_AT_RISK,
        operation_id="GetBrimMoneyAtRisk",
        summary="Retrieve money at risk",
        description=(
            "Returns how much available live money can still be returned, by currency and by account and funding "
            "source: not booked by a bank statement yet, returnable for ordinary reasons, or returnable as "
            "unauthorized. It also returns pending money, and the days on which it is expected to be confirmed and "
            "available."
        ),
        parameters=(),
        handler=handlers.retrieve,
        resource="ach",
        level="read",
        returns=MoneyAtRiskObject,
        errors=(NotPlatformError, NotInTestModeError),
    ),
)

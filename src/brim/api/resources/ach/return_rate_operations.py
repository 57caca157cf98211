"""The operations on return rates. They are ours alone, and for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.ach import params as declared
from brim.api.resources.ach import return_rate_handlers as handlers
from brim.api.resources.ach.return_rate_wire import ReturnRateObject
from brim.base.errors import NotInTestModeError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.originators import SecondPersonError
from brim.core.return_rates import NoOverrideError, OverrideEndError

_SUBJECT: Final = f"{handlers.RETURN_RATES}/{{subject}}"
_REFUSED: Final = (NotPlatformError, ResourceMissingError)

RETURN_RATES: Final = (
    Operation(
        method="GET",
        path=handlers.RETURN_RATES,
        operation_id="GetBrimAchReturnRates",
        summary="List return rates",
        description=(
            "Returns Nacha's return rates of each originator, and of those accounts whose rates are near a limit, have "
            "reached it, or are overridden."
        ),
        parameters=(),
        handler=handlers.list_rates,
        resource="ach",
        level="read",
        returns=ReturnRateObject,
        in_list=True,
        errors=(NotPlatformError, NotInTestModeError),
    ),
    Operation(
        method="GET",
        path=_SUBJECT,
        operation_id="GetBrimAchReturnRatesSubject",
        summary="Retrieve return rates",
        description="Returns the return rates of an originator, by its id, or of an account, by the account's id.",
        parameters=(),
        handler=handlers.retrieve_rates,
        resource="ach",
        level="read",
        returns=ReturnRateObject,
        errors=_REFUSED,
    ),
    Operation(
        method="POST",
        path=f"{_SUBJECT}/override",
        operation_id="PostBrimAchReturnRatesSubjectOverride",
        summary="Request an override of a return rate",
        description=(
            "Requests that new debits of an account or an originator are allowed even though a return rate has "
            "reached its limit. Nothing changes until an operator approves it: another one, if there are several."
        ),
        parameters=declared.OVERRIDE_ASK,
        handler=handlers.ask_for_override,
        resource="ach",
        level="write",
        returns=ReturnRateObject,
        errors=(*_REFUSED, SecondPersonError, OverrideEndError),
    ),
    Operation(
        method="POST",
        path=f"{_SUBJECT}/approve_override",
        operation_id="PostBrimAchReturnRatesSubjectApproveOverride",
        summary="Approve an override of a return rate",
        description=(
            "Approves an override: new debits are allowed until it expires. Not available to API keys: an operator "
            "does this in the dashboard. If there are several operators, it can't be the one who requested it."
        ),
        parameters=declared.OVERRIDE_APPROVE,
        handler=handlers.approve_override,
        resource="ach_approvals",
        level="write",
        returns=ReturnRateObject,
        errors=(*_REFUSED, SecondPersonError, NoOverrideError, OverrideEndError),
    ),
    Operation(
        method="POST",
        path=f"{_SUBJECT}/end_override",
        operation_id="PostBrimAchReturnRatesSubjectEndOverride",
        summary="End an override of a return rate",
        description="Withdraws a requested override, and ends the one in force immediately.",
        parameters=(),
        handler=handlers.end_override,
        resource="ach",
        level="write",
        returns=ReturnRateObject,
        errors=(*_REFUSED, NoOverrideError),
    ),
)

"""The table of operations: it routes, it validates, and it is published at `/openapi.json`. Start reading here.

The legacy paths `/v1/balance/history` answer as `/v1/balance_transactions` does. Source: Stripe API reference and
its published OpenAPI document, for paths and operation ids.
"""

from typing import Final

from brim.api import balance, events, topups
from brim.api import declarations as declared
from brim.api.operation import Operation
from brim.domain import wire
from brim.domain.amounts import AmountTooLargeError
from brim.domain.errors import ExclusiveParametersError, ResourceMissingError
from brim.domain.topups import InvalidTransitionError, NoFundingSourceError
from brim.kit.currency import InvalidAmountStepError, InvalidCurrencyError

_TOPUPS: Final = (
    Operation(
        method="POST",
        path="/v1/topups",
        operation_id="PostTopups",
        summary="Create a top-up",
        parameters=declared.TOPUP_CREATE,
        handler=topups.create,
        resource="topups",
        level="write",
        returns=wire.TopupObject,
        errors=(
            InvalidCurrencyError,
            AmountTooLargeError,
            InvalidAmountStepError,
            ExclusiveParametersError,
            ResourceMissingError,
            NoFundingSourceError,
        ),
    ),
    Operation(
        method="GET",
        path="/v1/topups",
        operation_id="GetTopups",
        summary="List all top-ups",
        parameters=declared.TOPUP_LIST,
        handler=topups.list_all,
        resource="topups",
        level="read",
        returns=wire.TopupObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path="/v1/topups/{topup}",
        operation_id="GetTopupsTopup",
        summary="Retrieve a top-up",
        parameters=declared.TOPUP_RETRIEVE,
        handler=topups.retrieve,
        resource="topups",
        level="read",
        returns=wire.TopupObject,
    ),
    Operation(
        method="POST",
        path="/v1/topups/{topup}",
        operation_id="PostTopupsTopup",
        summary="Update a top-up",
        parameters=declared.TOPUP_UPDATE,
        handler=topups.update,
        resource="topups",
        level="write",
        returns=wire.TopupObject,
    ),
    Operation(
        method="POST",
        path="/v1/topups/{topup}/cancel",
        operation_id="PostTopupsTopupCancel",
        summary="Cancel a top-up",
        parameters=declared.TOPUP_CANCEL,
        handler=topups.cancel,
        resource="topups",
        level="write",
        returns=wire.TopupObject,
        errors=(InvalidTransitionError,),
    ),
)


def _balance_transactions(path: str, operation_id: str, *, note: str = "") -> tuple[Operation, Operation]:
    """Return the list and the retrieve of balance transactions at one path."""
    listing = Operation(
        method="GET",
        path=path,
        operation_id=operation_id,
        summary=f"List all balance transactions{note}",
        parameters=declared.BALANCE_TRANSACTION_LIST,
        handler=balance.list_transactions,
        resource="balance_transactions",
        level="read",
        returns=wire.BalanceTransactionObject,
        in_list=True,
    )
    retrieving = Operation(
        method="GET",
        path=f"{path}/{{id}}",
        operation_id=f"{operation_id}Id",
        summary=f"Retrieve a balance transaction{note}",
        parameters=declared.BALANCE_TRANSACTION_RETRIEVE,
        handler=balance.retrieve_transaction,
        resource="balance_transactions",
        level="read",
        returns=wire.BalanceTransactionObject,
    )
    return listing, retrieving


_BALANCE: Final = (
    Operation(
        method="GET",
        path="/v1/balance",
        operation_id="GetBalance",
        summary="Retrieve the balance",
        parameters=declared.BALANCE_RETRIEVE,
        handler=balance.retrieve,
        resource="balance",
        level="read",
        returns=wire.BalanceObject,
    ),
    *_balance_transactions("/v1/balance_transactions", "GetBalanceTransactions"),
    *_balance_transactions("/v1/balance/history", "GetBalanceHistory", note=" (legacy path)"),
)

_EVENTS: Final = (
    Operation(
        method="GET",
        path="/v1/events",
        operation_id="GetEvents",
        summary="List all events",
        parameters=declared.EVENT_LIST,
        handler=events.list_all,
        resource="events",
        level="read",
        returns=wire.EventObject,
        in_list=True,
        errors=(ExclusiveParametersError,),
    ),
    Operation(
        method="GET",
        path="/v1/events/{id}",
        operation_id="GetEventsId",
        summary="Retrieve an event",
        parameters=declared.EVENT_RETRIEVE,
        handler=events.retrieve,
        resource="events",
        level="read",
        returns=wire.EventObject,
    ),
)

OPERATIONS: Final = (*_TOPUPS, *_BALANCE, *_EVENTS)
"""Every operation that Brim serves under `/v1`."""

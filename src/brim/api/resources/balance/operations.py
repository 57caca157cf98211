"""The operations on the balance and its statement. Source: Stripe API reference, Balance and Balance Transactions.

The legacy paths `/v1/balance/history` answer as `/v1/balance_transactions` does.
"""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.balance import handlers as balance
from brim.api.resources.balance import params as declared
from brim.api.resources.balance import wire as balance_wire


def _balance_transactions(path: str, operation_id: str, *, note: str = "") -> tuple[Operation, Operation]:
    """Return the list and the retrieve of balance transactions at one path."""
    listing = Operation(
        method="GET",
        path=path,
        operation_id=operation_id,
        summary=f"List all balance transactions{note}",
        description="Returns your balance transactions, newest first.",
        parameters=declared.BALANCE_TRANSACTION_LIST,
        handler=balance.list_transactions,
        resource="balance_transactions",
        level="read",
        returns=balance_wire.BalanceTransactionObject,
        in_list=True,
    )
    retrieving = Operation(
        method="GET",
        path=f"{path}/{{id}}",
        operation_id=f"{operation_id}Id",
        summary=f"Retrieve a balance transaction{note}",
        description="Returns a balance transaction.",
        parameters=declared.BALANCE_TRANSACTION_RETRIEVE,
        handler=balance.retrieve_transaction,
        resource="balance_transactions",
        level="read",
        returns=balance_wire.BalanceTransactionObject,
    )
    return listing, retrieving


BALANCE: Final = (
    Operation(
        method="GET",
        path="/v1/balance",
        operation_id="GetBalance",
        summary="Retrieve the balance",
        description=(
            "Returns the funds that you can use, by currency. Pending top-ups are not included; they count once "
            "they succeed."
        ),
        parameters=declared.BALANCE_RETRIEVE,
        handler=balance.retrieve,
        resource="balance",
        level="read",
        returns=balance_wire.BalanceObject,
    ),
    *_balance_transactions("/v1/balance_transactions", "GetBalanceTransactions"),
    *_balance_transactions("/v1/balance/history", "GetBalanceHistory", note=" (legacy path)"),
    Operation(
        method="GET",
        path=balance.RUNNING,
        operation_id="GetBrimBalanceTransactions",
        summary="List balance transactions with running balances",
        description="Returns your balance transactions, newest first, each with the balance right after it.",
        parameters=declared.RUNNING_LIST,
        handler=balance.list_running,
        resource="balance_transactions",
        level="read",
        returns=balance_wire.RunningBalanceObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{balance.RUNNING}/{{id}}",
        operation_id="GetBrimBalanceTransactionsId",
        summary="Retrieve a balance transaction with its running balance",
        description="Returns a balance transaction and the balance right after it.",
        parameters=(),
        handler=balance.retrieve_running,
        resource="balance_transactions",
        level="read",
        returns=balance_wire.RunningBalanceObject,
    ),
)

"""The parameters of the operations on the balance and its statement.

Source: Stripe API reference, Balance and Balance Transactions.
"""

from typing import Final

from brim.api.framework.common_params import PAGE, created, expand
from brim.api.framework.kinds import CurrencyCode, Text
from brim.api.framework.params import Parameter
from brim.core.ledger import BalanceTransactionType

_TYPES: Final = list(BalanceTransactionType)

BALANCE_RETRIEVE: Final = (expand("balance"),)

BALANCE_TRANSACTION_RETRIEVE: Final = (expand("balance_transaction"),)
_FILTERS: Final = (
    created("balance transactions"),
    Parameter(name="currency", kind=CurrencyCode(), description="Only balance transactions in this currency."),
    Parameter(name="source", kind=Text(), description="Only balance transactions of this top-up, by its id."),
    Parameter(
        name="type",
        kind=Text(),
        description=f"Only balance transactions of that type: {' or '.join(f'`{kind}`' for kind in _TYPES)}.",
    ),
)
BALANCE_TRANSACTION_LIST: Final = (
    *_FILTERS,
    Parameter(
        name="payout",
        kind=Text(),
        description="Only balance transactions of this payout. Brim makes no payouts, so the list is empty.",
    ),
    *PAGE,
    expand("balance_transaction", in_list=True),
)
RUNNING_LIST: Final = (*_FILTERS, *PAGE)

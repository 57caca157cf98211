"""The operation on accounts and their balances. It is ours alone."""

from typing import Final

from brim.api.framework.common_params import PAGE, created
from brim.api.framework.kinds import Text
from brim.api.framework.operation import Operation
from brim.api.framework.params import Parameter
from brim.api.resources.account_overview import handlers
from brim.api.resources.account_overview.wire import AccountSummaryObject
from brim.base.errors import ExclusiveParametersError

ACCOUNT_OVERVIEW: Final = (
    Operation(
        method="GET",
        path=handlers.URL,
        operation_id="GetBrimAccounts",
        summary="Search accounts and their balances",
        description=(
            "Returns your connected accounts, newest first, with their available balances in the key's mode, if the "
            "key may read balances."
        ),
        parameters=(
            created("accounts"),
            *PAGE,
            Parameter(
                name="query",
                kind=Text(),
                description="The beginning of an account ID, or of words of the business name.",
            ),
        ),
        handler=handlers.list_all,
        resource="accounts",
        level="read",
        returns=AccountSummaryObject,
        in_list=True,
        errors=(ExclusiveParametersError,),
    ),
)

"""The operations on accounts. Source: Stripe API reference, Accounts.

There is none that deletes: an account has books, and books stay.
"""

from typing import Final

from brim.api import accounts
from brim.api.declarations import accounts as declared
from brim.api.operation import Operation
from brim.domain import account_wire
from brim.domain.accounts import NestedPlatformError, PlatformAgreementError

ACCOUNTS: Final = (
    Operation(
        method="POST",
        path="/v1/accounts",
        operation_id="PostAccounts",
        summary="Create an account under your own",
        description=(
            "Makes an account under yours, ready at once. It has books, events and endpoints of its own; act for "
            "it with the `Stripe-Account` header."
        ),
        parameters=declared.ACCOUNT_CREATE,
        handler=accounts.create,
        resource="accounts",
        level="write",
        returns=account_wire.AccountObject,
        errors=(NestedPlatformError,),
    ),
    Operation(
        method="GET",
        path="/v1/accounts",
        operation_id="GetAccounts",
        summary="List all accounts under your own",
        description="Returns the accounts under yours, the newest first.",
        parameters=declared.ACCOUNT_LIST,
        handler=accounts.list_all,
        resource="accounts",
        level="read",
        returns=account_wire.AccountObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path="/v1/accounts/{account}",
        operation_id="GetAccountsAccount",
        summary="Retrieve your own account, or one under it",
        description="Returns your own account, or one under it.",
        parameters=declared.ACCOUNT_RETRIEVE,
        handler=accounts.retrieve,
        resource="accounts",
        level="read",
        returns=account_wire.AccountObject,
    ),
    Operation(
        method="POST",
        path="/v1/accounts/{account}",
        operation_id="PostAccountsAccount",
        summary="Update your own account, or one under it",
        description=(
            "Changes what is known of an account. What is agreed about its settlement only its platform may change."
        ),
        parameters=declared.ACCOUNT_UPDATE,
        handler=accounts.update,
        resource="accounts",
        level="write",
        returns=account_wire.AccountObject,
        errors=(PlatformAgreementError,),
    ),
    Operation(
        method="GET",
        path="/v1/account",
        operation_id="GetAccount",
        summary="Retrieve your own account",
        description="Returns the account that the key belongs to.",
        parameters=declared.ACCOUNT_RETRIEVE,
        handler=accounts.retrieve_own,
        resource="accounts",
        level="read",
        returns=account_wire.AccountObject,
    ),
)

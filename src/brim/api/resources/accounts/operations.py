"""The operations on accounts and what belongs to them. Source: Stripe API reference, Accounts.

One that deletes an account leaves its books.
"""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.framework.params import Errors
from brim.api.resources.accounts import external_handlers as external_accounts
from brim.api.resources.accounts import handlers as accounts
from brim.api.resources.accounts import params as declared
from brim.api.resources.accounts import wire as account_wire
from brim.base import wire
from brim.base.errors import ResourceMissingError
from brim.core.accounts import (
    AccountInUseError,
    DefaultExternalAccountError,
    LiveAccountError,
    NestedPlatformError,
    NoDashboardError,
    NotAuthorizedError,
    PlatformAgreementError,
    TooManyExternalAccountsError,
    TypeAndControllerError,
)
from brim.core.funding import TokenAlreadyUsedError
from brim.core.legal_holds import LegalHoldError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

_ACCOUNT: Final = "/v1/accounts/{account}"
_CAPABILITIES: Final = f"{_ACCOUNT}/capabilities"
_EXTERNAL: Final = f"{_ACCOUNT}/external_accounts"
_ADDING: Final[Errors] = (
    ResourceMissingError,
    TokenAlreadyUsedError,
    TooManyExternalAccountsError,
    NoEncryptionKeyError,
    SecretUnreadableError,
)

_OPERATIONS: Final = (
    Operation(
        method="POST",
        path="/v1/accounts",
        operation_id="PostAccounts",
        summary="Create a connected account",
        description=(
            "Creates a connected account, which can be used immediately: nothing is verified. It has its own books, "
            "events and endpoints; act on its behalf with the `Stripe-Account` header. Identity numbers, dates "
            "of birth and documents aren't stored; other details are stored as you send them."
        ),
        parameters=declared.ACCOUNT_CREATE,
        handler=accounts.create,
        resource="accounts",
        level="write",
        returns=account_wire.AccountObject,
        errors=(NestedPlatformError, TypeAndControllerError, *_ADDING),
    ),
    Operation(
        method="GET",
        path="/v1/accounts",
        operation_id="GetAccounts",
        summary="List all connected accounts",
        description="Returns your connected accounts, newest first.",
        parameters=declared.ACCOUNT_LIST,
        handler=accounts.list_all,
        resource="accounts",
        level="read",
        returns=account_wire.AccountObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=_ACCOUNT,
        operation_id="GetAccountsAccount",
        summary="Retrieve your account or a connected account",
        description="Returns your account, or one of your connected accounts.",
        parameters=declared.ACCOUNT_RETRIEVE,
        handler=accounts.retrieve,
        resource="accounts",
        level="read",
        returns=account_wire.AccountObject,
    ),
    Operation(
        method="POST",
        path=_ACCOUNT,
        operation_id="PostAccountsAccount",
        summary="Update your account or a connected account",
        description=(
            "Updates an account in both modes; its settlement days and external account change only in the mode of the "
            "key. Updating an account that is used in live mode requires a live key. Only its platform can change its "
            "settlement days."
        ),
        parameters=declared.ACCOUNT_UPDATE,
        handler=accounts.update,
        resource="accounts",
        level="write",
        returns=account_wire.AccountObject,
        errors=(LiveAccountError, PlatformAgreementError, *_ADDING),
    ),
    Operation(
        method="GET",
        path="/v1/account",
        operation_id="GetAccount",
        summary="Retrieve your account",
        description="Returns the account that the key belongs to.",
        parameters=declared.ACCOUNT_RETRIEVE,
        handler=accounts.retrieve_own,
        resource="accounts",
        level="read",
        returns=account_wire.AccountObject,
    ),
    Operation(
        method="DELETE",
        path=_ACCOUNT,
        operation_id="DeleteAccountsAccount",
        summary="Delete a connected account",
        description=(
            "Deletes a connected account: its keys expire, and its details are erased. Its books are kept. It must "
            "have no balance and no pending top-ups in live mode; if it is used in live mode, this requires a live "
            "key."
        ),
        parameters=declared.ACCOUNT_DELETE,
        handler=accounts.delete,
        resource="accounts",
        level="write",
        returns=wire.DeletedObject,
        errors=(NotAuthorizedError, LiveAccountError, AccountInUseError, LegalHoldError),
    ),
    Operation(
        method="POST",
        path=f"{_ACCOUNT}/reject",
        operation_id="PostAccountsAccountReject",
        summary="Reject a connected account",
        description=(
            "Rejects a connected account: it can no longer be topped up. It must have no balance and no pending "
            "top-ups in live mode; if it is used in live mode, this requires a live key."
        ),
        parameters=declared.ACCOUNT_REJECT,
        handler=accounts.reject,
        resource="accounts",
        level="write",
        returns=account_wire.AccountObject,
        errors=(NotAuthorizedError, LiveAccountError, AccountInUseError),
    ),
)
_CAPABILITY_OPERATIONS: Final = (
    Operation(
        method="GET",
        path=_CAPABILITIES,
        operation_id="GetAccountsAccountCapabilities",
        summary="List all capabilities of an account",
        description="Returns all capabilities that have been requested for an account, by name.",
        parameters=declared.CAPABILITY_LIST,
        handler=accounts.list_capabilities,
        resource="accounts",
        level="read",
        returns=account_wire.CapabilityObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{_CAPABILITIES}/{{capability}}",
        operation_id="GetAccountsAccountCapabilitiesCapability",
        summary="Retrieve a capability of an account",
        description="Returns a capability, requested or not.",
        parameters=declared.CAPABILITY_RETRIEVE,
        handler=accounts.retrieve_capability,
        resource="accounts",
        level="read",
        returns=account_wire.CapabilityObject,
    ),
    Operation(
        method="POST",
        path=f"{_CAPABILITIES}/{{capability}}",
        operation_id="PostAccountsAccountCapabilitiesCapability",
        summary="Update a capability of an account",
        description=(
            "Requests a capability, which is granted immediately, or drops the request. Capabilities have no effect "
            "in Brim."
        ),
        parameters=declared.CAPABILITY_UPDATE,
        handler=accounts.update_capability,
        resource="accounts",
        level="write",
        returns=account_wire.CapabilityObject,
        errors=(LiveAccountError,),
    ),
)
_EXTERNAL_OPERATIONS: Final = (
    Operation(
        method="POST",
        path=_EXTERNAL,
        operation_id="PostAccountsAccountExternalAccounts",
        summary="Create an external account",
        description=(
            "Adds a bank account for payouts to an account, in the mode of the key. Brim makes no payouts, and "
            "external accounts don't fund top-ups: use a payment method or a source for that. Only the last four "
            "digits of its number are kept."
        ),
        parameters=declared.EXTERNAL_ACCOUNT_CREATE,
        handler=external_accounts.create,
        resource="accounts",
        level="write",
        returns=account_wire.ExternalAccountObject,
        errors=_ADDING,
    ),
    Operation(
        method="GET",
        path=_EXTERNAL,
        operation_id="GetAccountsAccountExternalAccounts",
        summary="List all external accounts",
        description="Returns an account's external accounts in the mode of the key, newest first.",
        parameters=declared.EXTERNAL_ACCOUNT_LIST,
        handler=external_accounts.list_all,
        resource="accounts",
        level="read",
        returns=account_wire.ExternalAccountObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{_EXTERNAL}/{{id}}",
        operation_id="GetAccountsAccountExternalAccountsId",
        summary="Retrieve an external account",
        description="Returns an external account.",
        parameters=declared.EXTERNAL_ACCOUNT_RETRIEVE,
        handler=external_accounts.retrieve,
        resource="accounts",
        level="read",
        returns=account_wire.ExternalAccountObject,
    ),
    Operation(
        method="POST",
        path=f"{_EXTERNAL}/{{id}}",
        operation_id="PostAccountsAccountExternalAccountsId",
        summary="Update an external account",
        description="Updates an external account, or makes it the default of its currency.",
        parameters=declared.EXTERNAL_ACCOUNT_UPDATE,
        handler=external_accounts.update,
        resource="accounts",
        level="write",
        returns=account_wire.ExternalAccountObject,
    ),
    Operation(
        method="DELETE",
        path=f"{_EXTERNAL}/{{id}}",
        operation_id="DeleteAccountsAccountExternalAccountsId",
        summary="Delete an external account",
        description=(
            "Deletes an external account. A currency's default can't be deleted while the currency has other external "
            "accounts, or if it is the account's default currency."
        ),
        parameters=(),
        handler=external_accounts.delete,
        resource="accounts",
        level="write",
        returns=wire.DeletedObject,
        errors=(DefaultExternalAccountError, LegalHoldError),
    ),
)
_LOGIN_LINKS: Final = (
    Operation(
        method="POST",
        path=f"{_ACCOUNT}/login_links",
        operation_id="PostAccountsAccountLoginLinks",
        summary="Create a login link",
        description="Always refused: Brim has no dashboard for connected accounts to log in to.",
        parameters=declared.LOGIN_LINK_CREATE,
        handler=accounts.create_login_link,
        resource="accounts",
        level="write",
        returns=account_wire.LoginLinkObject,
        errors=(NoDashboardError,),
    ),
)

ACCOUNTS: Final = (*_OPERATIONS, *_CAPABILITY_OPERATIONS, *_EXTERNAL_OPERATIONS, *_LOGIN_LINKS)

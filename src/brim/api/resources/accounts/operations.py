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
        summary="Create an account under your own",
        description=(
            "Makes an account under yours, ready at once: nothing is checked. It has books, events and endpoints of "
            "its own; act for it with the `Stripe-Account` header. What identifies a person is not kept."
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
        summary="List all accounts under your own",
        description="Returns the accounts under yours, newest first.",
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
        path=_ACCOUNT,
        operation_id="PostAccountsAccount",
        summary="Update your own account, or one under it",
        description=(
            "Changes what is known of an account, in both modes: one that is used in live mode takes a live key. "
            "What is agreed about its settlement only its platform may change."
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
        summary="Retrieve your own account",
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
        summary="Delete an account under your own",
        description=(
            "Lets nobody reach an account any more: its keys end, and what it said of itself is forgotten. Its books "
            "stay. It must have no balance and no pending top-ups in live mode, and one used there takes a live key."
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
        summary="Reject an account under your own",
        description=(
            "Lets an account not be topped up any more. It must have no balance and no pending top-ups in live mode, "
            "and one used there takes a live key."
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
        description="Returns the capabilities that were ever requested for an account, by name.",
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
        description="Requests a capability, which is granted at once, or gives it up. None has an effect here.",
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
            "Adds a bank account that an account is paid out to, in the mode of the key. There are no payouts here, "
            "and it pays for no top-up: that takes a payment method or a source. Of its number the last four digits "
            "are kept."
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
        description="Changes what is known of an external account, or makes it the default of its currency.",
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
        description="Forgets an external account, unless it is a default that is needed.",
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
        description="Always refused: there is no dashboard for an account's own people that a link could lead to.",
        parameters=declared.LOGIN_LINK_CREATE,
        handler=accounts.create_login_link,
        resource="accounts",
        level="write",
        returns=account_wire.LoginLinkObject,
        errors=(NoDashboardError,),
    ),
)

ACCOUNTS: Final = (*_OPERATIONS, *_CAPABILITY_OPERATIONS, *_EXTERNAL_OPERATIONS, *_LOGIN_LINKS)

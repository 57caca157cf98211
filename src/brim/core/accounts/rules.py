"""Accounts: who owns rows, who looks after an account, and the one level there is of platforms.

Source of the object and its words: Stripe API reference, Accounts. Neighbours: `account_details` is what an account
says of itself beyond that.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base.errors import BrimError
from brim.core.accounts.details import AccountDetails, merged

ACCOUNT_PREFIX: Final = "acct_"
ACCOUNT_CHARS: Final = 16
"""Source: the vendor's published ids. Eight of time, so that an account's id sorts by when it was made, and eight of
chance."""

TYPES: Final = ("custom", "express", "standard")
NO_TYPE: Final = "none"
"""The type of an account whose controller is no usual one."""

_CONTROLLERS: Final[dict[str, tuple[str, str, str, str]]] = {
    "standard": ("account", "stripe", "stripe", "full"),
    "express": ("application", "application", "stripe", "express"),
    "custom": ("application", "application", "application", "none"),
}
"""What a type stands for: who pays fees, who bears losses, who collects requirements, and the dashboard.

Source: Stripe, Connect account types and their controller properties.
"""

MAX_SETTLEMENT_DAYS: Final = 30
"""No bank takes longer; the table of account configuration has the same bound."""

BUSINESS_TYPES: Final = ("company", "government_entity", "individual", "non_profit")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Who owns rows, in both modes.

    `platform` names the account whose keys may act for this one; `created` is in Unix seconds. `settlement_days` is how
    many banking days money takes by the account's own agreement, in the mode that the account was read for; None
    leaves it to the rail.
    """

    account: str
    platform: str | None
    created: int
    type: str = "standard"
    country: str = "US"
    default_currency: str = "usd"
    email: str | None = None
    business_name: str | None = None
    business_type: str | None = None
    metadata: dict[str, str] = {}
    details: AccountDetails = AccountDetails()
    settlement_days: int | None = None

    @property
    def id(self) -> str:
        """The same as `account`, under the name that every object of the wire has for it."""
        return self.account


class NestedPlatformError(BrimError):
    """A connected account can't be a platform."""

    def __init__(self, account: str, platform: str) -> None:
        super().__init__(
            f"Account {account} is under the platform {platform}, so it cannot have accounts of its own. Use a key of "
            "the platform, without a Stripe-Account header."
        )


class PlatformAgreementError(BrimError):
    """Only the account's platform can change its settlement days."""

    def __init__(self, account: str, platform: str) -> None:
        super().__init__(
            f"The settlement days of account {account} can be changed only by its platform {platform}. Use a key of "
            "the platform."
        )


class TypeAndControllerError(BrimError):
    """`type` and `controller` can't be sent together."""

    def __init__(self) -> None:
        super().__init__(
            "You may not provide the `type` parameter and `controller` parameters simultaneously. They are mutually "
            "exclusive."
        )


class NotAuthorizedError(BrimError):
    """Only the account's platform can do this."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This application is not authorized to {what} this account.")


class AccountInUseError(BrimError):
    """The account has a live balance or pending live top-ups, so it can't be deleted or rejected."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(
            f"This account cannot be {what} because {reason} in live mode. All balances must be zero, and no top-up "
            "may be pending."
        )


class LiveAccountError(BrimError):
    """The account is used in live mode, so changing it requires a live key."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"The account {account} is used in live mode, and a test mode key was used to change it. Use a live mode "
            "key."
        )


class AccountClosedError(BrimError):
    """The account was rejected or deleted, so it can't be topped up."""

    def __init__(self, account: str) -> None:
        super().__init__(f"The account {account} has been rejected by its platform and cannot be topped up.")


class NoDashboardError(BrimError):
    """Login links aren't available: Brim has no dashboard for connected accounts."""

    def __init__(self, account_type: str) -> None:
        reason = (
            "this server has no Express Dashboard: its pages are for its operators, who sign in with passwords"
            if account_type == "express"
            else "it is not an Express account" + ("" if account_type == NO_TYPE else f" but a {account_type} one")
        )
        super().__init__(f"Cannot create a login link for this account because {reason}.")


def controller_of(account_type: str | None, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return an account's type and controller: those of a usual type, or what was asked for in single points.

    Raises:
        TypeAndControllerError: both are given.
    """
    if given and account_type is not None:
        raise TypeAndControllerError
    if not given:
        account_type = account_type or "standard"
        payer, *rest = _CONTROLLERS[account_type]
        return account_type, _controller(f"application_{account_type}" if payer == "application" else payer, *rest)
    controller = merged(_controller(*_CONTROLLERS["standard"]), given)
    points = (
        controller["fees"]["payer"],
        controller["losses"]["payments"],
        controller["requirement_collection"],
        controller["stripe_dashboard"]["type"],
    )
    return next((name for name, usual in _CONTROLLERS.items() if usual == points), NO_TYPE), controller


def _controller(payer: str, losses: str, collection: str, dashboard: str) -> dict[str, Any]:
    return {
        "fees": {"payer": payer},
        "losses": {"payments": losses},
        "requirement_collection": collection,
        "stripe_dashboard": {"type": dashboard},
    }


def check_controlled(account: Account, *, asking: str, what: str) -> None:
    """Let an account's platform pass, and nobody else.

    Raises:
        NotAuthorizedError: somebody else asks.
    """
    if account.platform != asking:
        raise NotAuthorizedError(what)


def check_platform(account: Account) -> None:
    """Let an account pass that may have accounts under it: platforms have one level.

    Raises:
        NestedPlatformError: it is under a platform itself.
    """
    if account.platform is not None:
        raise NestedPlatformError(account.account, account.platform)


def check_agreement(account: Account, *, asking: str) -> None:
    """Let the account that asks change another's settlement days, or its own.

    Raises:
        PlatformAgreementError: they are its platform's to change.
    """
    if account.platform not in {None, asking}:
        raise PlatformAgreementError(account.account, str(account.platform))


class NotPlatformError(BrimError):
    """Only available to platforms, not to connected accounts."""

    def __init__(self) -> None:
        super().__init__(
            "Only available to a platform. Use a key of an account that isn't connected to another one, "
            "without a Stripe-Account header."
        )


class NotOperatorError(BrimError):
    """Only available to the platform account."""

    def __init__(self) -> None:
        super().__init__("Only available to the platform account. Use one of its keys.")

"""Accounts: who owns rows, what an account says of itself, and the one level there is of platforms.

Source of the object and its words: Stripe API reference, Accounts; the smallest part of it that a service without
onboarding can mean.
"""

from typing import Final

import msgspec

from brim.kit.errors import BrimError

ACCOUNT_PREFIX: Final = "acct_"
ACCOUNT_CHARS: Final = 16
"""Source: the vendor's published ids. Eight of time, so that an account's id sorts by when it was made, and eight of
chance."""

TYPES: Final = ("custom", "express", "standard")
MAX_SETTLEMENT_DAYS: Final = 30
"""No bank takes longer; the table of terms has the same bound."""

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
    settlement_days: int | None = None

    @property
    def id(self) -> str:
        """The same as `account`, under the name that every object of the wire has for it."""
        return self.account


class NestedPlatformError(BrimError):
    """An account that is under a platform was to be the platform of another."""

    def __init__(self, account: str, platform: str) -> None:
        super().__init__(
            f"Account {account} is under the platform {platform}, so it cannot have accounts of its own. Use a key of "
            "the platform, without a Stripe-Account header."
        )


class PlatformAgreementError(BrimError):
    """An account was to change by itself what its platform has agreed for it."""

    def __init__(self, account: str, platform: str) -> None:
        super().__init__(
            f"The settlement days of account {account} can be changed by its platform {platform} only. Use a key of "
            "the platform."
        )


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

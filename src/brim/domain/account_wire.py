"""How accounts are written for clients. Source of every field: Stripe API reference and SDK types (Account)."""

import msgspec

from brim.domain.accounts import Account
from brim.domain.wire import encode


class AccountExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim knows of an account beyond the vendor's object."""

    settlement_days: int | None


class BusinessProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What an account's customers see of it."""

    name: str | None


class AccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Account object, without what belongs to onboarding: an account is ready for all it can do when it is made."""

    id: str
    object: str = "account"
    brim: AccountExtras
    business_profile: BusinessProfile
    business_type: str | None
    capabilities: dict[str, str] = {}
    charges_enabled: bool = True
    country: str
    created: int
    default_currency: str
    details_submitted: bool = True
    email: str | None
    metadata: dict[str, str]
    payouts_enabled: bool = True
    type: str


def account_json(account: Account) -> bytes:
    """Return an account's compact JSON, with its agreement in the mode that it was read for."""
    return encode(
        AccountObject(
            id=account.account,
            brim=AccountExtras(settlement_days=account.settlement_days),
            business_profile=BusinessProfile(name=account.business_name),
            business_type=account.business_type,
            country=account.country,
            created=account.created,
            default_currency=account.default_currency,
            email=account.email,
            metadata=dict(sorted(account.metadata.items())),
            type=account.type,
        )
    )

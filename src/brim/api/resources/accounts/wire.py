"""How accounts are written for clients, with what belongs to them.

Source of every field: Stripe API reference and SDK types (Account, Capability, Bank account). There are no identity
checks here, and none are invented: requirements are always empty, and an account may do at once whatever there is.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from brim.base.json_codec import encode
from brim.core.accounts import (
    SHOWN_WITH_ACCOUNT,
    Account,
    CapabilityState,
    ExternalAccount,
    controller_of,
    merged,
    status_of,
)
from brim.core.bank_accounts import Address

Details = dict[str, Any]


class AccountExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim knows of an account beyond the vendor's object; there only when it is asked for."""

    settlement_days: int | None


class BusinessProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What an account's customers see of it."""

    annual_revenue: Details | None = None
    estimated_worker_count: int | None = None
    mcc: str | None = None
    minority_owned_business_designation: list[str] | None = None
    monthly_estimated_revenue: Details | None = None
    name: str | None
    product_description: str | None = None
    specified_commercial_transactions_act_url: str | None = None
    support_address: Address | None = None
    support_email: str | None = None
    support_phone: str | None = None
    support_url: str | None = None
    url: str | None = None


class ControllerObject(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks after an account. Of one without a platform only the type is there."""

    fees: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    is_controller: bool | msgspec.UnsetType = msgspec.UNSET
    losses: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    requirement_collection: str | msgspec.UnsetType = msgspec.UNSET
    stripe_dashboard: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    type: str


class RequirementsObject(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be known of an account or for a capability: nothing. A rejected account says by whom it was."""

    alternatives: tuple[()] = ()
    current_deadline: None = None
    currently_due: tuple[()] = ()
    disabled_reason: str | None = None
    errors: tuple[()] = ()
    eventually_due: tuple[()] = ()
    past_due: tuple[()] = ()
    pending_verification: tuple[()] = ()


class BankRequirements(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be known of a bank account: nothing."""

    currently_due: tuple[()] = ()
    errors: tuple[()] = ()
    past_due: tuple[()] = ()
    pending_verification: tuple[()] = ()


class ExternalAccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The BankAccount object of an account."""

    id: str
    object: str = "bank_account"
    account: str
    account_holder_name: str | None
    account_holder_type: str | None
    account_type: str | None
    available_payout_methods: tuple[str, ...] = ("standard",)
    bank_name: str | None
    country: str
    currency: str
    default_for_currency: bool
    fingerprint: str
    future_requirements: BankRequirements = BankRequirements()
    last4: str
    metadata: dict[str, str]
    requirements: BankRequirements = BankRequirements()
    routing_number: str
    status: str = "new"


class ExternalAccountList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest bank accounts of an account, in its object."""

    object: str = "list"
    data: list[ExternalAccountObject]
    has_more: bool
    total_count: int
    url: str


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has chosen; kept, and without effect."""

    bacs_debit_payments: Details
    branding: Details
    card_issuing: Details
    card_payments: Details
    dashboard: Details
    invoices: Details
    payments: Details
    payouts: Details
    sepa_debit_payments: Details
    treasury: Details | msgspec.UnsetType = msgspec.UNSET


class TosAcceptance(msgspec.Struct, frozen=True, kw_only=True):
    """Who accepted the terms of service, as it was told."""

    date: int | None = None
    ip: str | None = None
    service_agreement: str | msgspec.UnsetType = msgspec.UNSET
    user_agent: str | None = None


class AccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Account object."""

    id: str
    object: str = "account"
    brim: AccountExtras | msgspec.UnsetType = msgspec.UNSET
    business_profile: BusinessProfile
    business_type: str | None
    capabilities: dict[str, str]
    charges_enabled: bool
    company: Details | msgspec.UnsetType = msgspec.UNSET
    controller: ControllerObject
    country: str
    created: int
    default_currency: str
    details_submitted: bool = True
    email: str | None
    external_accounts: ExternalAccountList
    future_requirements: RequirementsObject = RequirementsObject()
    groups: dict[str, str | None]
    individual: Details | msgspec.UnsetType = msgspec.UNSET
    metadata: dict[str, str]
    payouts_enabled: bool
    requirements: RequirementsObject
    settings: AccountSettings
    tos_acceptance: TosAcceptance
    type: str


class CapabilityObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Capability object."""

    id: str
    object: str = "capability"
    account: str
    future_requirements: RequirementsObject = RequirementsObject()
    requested: bool
    requested_at: int | None
    requirements: RequirementsObject = RequirementsObject()
    status: str


class LoginLinkObject(msgspec.Struct, frozen=True, kw_only=True):
    """The LoginLink object, which nobody ever gets: there is no dashboard for the people of an account."""

    object: str = "login_link"
    created: int
    url: str


_TIME_ZONE: Final = "Etc/UTC"
_NO_TERMS: Final = {"date": None, "ip": None, "user_agent": None}
_SETTINGS: Final[Details] = {
    "bacs_debit_payments": {"display_name": None, "service_user_number": None},
    "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
    "card_issuing": {"tos_acceptance": _NO_TERMS},
    "card_payments": {
        "decline_on": {"avs_failure": False, "cvc_failure": False},
        "statement_descriptor_prefix": None,
        "statement_descriptor_prefix_kana": None,
        "statement_descriptor_prefix_kanji": None,
    },
    "dashboard": {"display_name": None, "timezone": _TIME_ZONE},
    "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": None},
    "payments": {
        "statement_descriptor": None,
        "statement_descriptor_kana": None,
        "statement_descriptor_kanji": None,
    },
    "payouts": {
        "debit_negative_balances": False,
        "schedule": {"delay_days": 2, "interval": "daily"},
        "statement_descriptor": None,
    },
    "sepa_debit_payments": {},
}
"""Those of an account that has chosen nothing. Source: the vendor's published fixtures."""

_COMPANY: Final[Details] = {
    "directors_provided": False,
    "executives_provided": False,
    "owners_provided": False,
    "tax_id_provided": False,
    "vat_id_provided": False,
    "verification": {"document": {"back": None, "details": None, "details_code": None, "front": None}},
}
_DOCUMENT: Final = {"back": None, "details": None, "details_code": None, "front": None}
_INDIVIDUAL: Final[Details] = {
    "dob": {"day": None, "month": None, "year": None},
    "id_number_provided": False,
    "metadata": {},
    "relationship": {
        "director": False,
        "executive": False,
        "owner": False,
        "percent_ownership": None,
        "representative": True,
        "title": None,
    },
    "ssn_last_4_provided": False,
    "verification": {
        "additional_document": _DOCUMENT,
        "details": None,
        "details_code": None,
        "document": _DOCUMENT,
        "status": "unverified",
    },
}


def account_json(
    account: Account, externals: Sequence[ExternalAccount] = (), total: int | None = None, *, with_extras: bool = False
) -> bytes:
    """Return an account's compact JSON.

    Args:
        account: with its agreement in the mode that it was read for.
        externals: its newest external accounts in that mode, newest first.
        total: how many it has; None for as many as there are here.
        with_extras: whether `brim` is there too.
    """
    details = account.details
    is_enabled = details.rejected is None
    return encode(
        AccountObject(
            id=account.account,
            brim=AccountExtras(settlement_days=account.settlement_days) if with_extras else msgspec.UNSET,
            business_profile=_business_profile(account),
            business_type=account.business_type,
            capabilities={name: status_of(state, details) for name, state in sorted(details.capabilities.items())},
            charges_enabled=is_enabled,
            company=_sorted(merged(_COMPANY, details.company)) if details.company else msgspec.UNSET,
            controller=_controller(account),
            country=account.country,
            created=account.created,
            default_currency=account.default_currency,
            email=account.email,
            external_accounts=_external_accounts(account, externals, total),
            groups={"payments_pricing": None, **details.groups},
            individual=_individual(account) if details.individual else msgspec.UNSET,
            metadata=dict(sorted(account.metadata.items())),
            payouts_enabled=is_enabled,
            requirements=RequirementsObject(
                disabled_reason=None if details.rejected is None else f"rejected.{details.rejected}"
            ),
            settings=_settings(account),
            tos_acceptance=TosAcceptance(**details.tos_acceptance),
            type=account.type,
        )
    )


def _business_profile(account: Account) -> BusinessProfile:
    profile = account.details.business_profile
    address = profile.get("support_address")
    return BusinessProfile(
        name=account.business_name,
        **{**profile, "support_address": None if address is None else Address(**address)},
    )


def _controller(account: Account) -> ControllerObject:
    if account.platform is None:
        return ControllerObject(type="account")
    if account.details.controller:
        controller: Mapping[str, Any] = account.details.controller
    else:
        _, controller = controller_of(account.type, {})
    return ControllerObject(is_controller=True, type="application", **controller)


def _individual(account: Account) -> Details:
    """Return the person behind an account: who they are, and of what identifies them only that it was given."""
    given = {name: value for name, value in account.details.individual.items() if name != "metadata"}
    person = _sorted(merged(_INDIVIDUAL, given)) | {"metadata": account.details.individual.get("metadata", {})}
    head = {
        "id": "person_" + account.account.partition("_")[2],
        "object": "person",
        "account": account.account,
        "created": account.created,
    }
    return head | person


def _settings(account: Account) -> AccountSettings:
    settings = merged(_SETTINGS, account.details.settings)
    settings["dashboard"] = {"display_name": account.business_name, "timezone": _TIME_ZONE}
    return AccountSettings(**settings)


def _sorted(parts: Mapping[str, Any]) -> Details:
    return dict(sorted(parts.items()))


def _external_accounts(
    account: Account, externals: Sequence[ExternalAccount], total: int | None
) -> ExternalAccountList:
    count = len(externals) if total is None else total
    return ExternalAccountList(
        data=[_external(external) for external in externals[:SHOWN_WITH_ACCOUNT]],
        has_more=count > SHOWN_WITH_ACCOUNT,
        total_count=count,
        url=external_accounts_url(account.account),
    )


def external_accounts_url(account_id: str) -> str:
    """Return where an account's external accounts are."""
    return f"/v1/accounts/{account_id}/external_accounts"


def external_account_json(external: ExternalAccount) -> bytes:
    """Return an external account's compact JSON."""
    return encode(_external(external))


def _external(external: ExternalAccount) -> ExternalAccountObject:
    account = external.bank_account
    return ExternalAccountObject(
        id=external.id,
        account=external.scope.account,
        account_holder_name=external.holder_name,
        account_holder_type=account.holder_type,
        account_type=account.account_type,
        bank_name=account.bank_name,
        country=account.country,
        currency=external.currency,
        default_for_currency=external.is_default,
        fingerprint=account.fingerprint,
        last4=account.last4,
        metadata=dict(sorted(external.metadata.items())),
        routing_number=account.routing_number,
    )


def capability_json(account: Account, name: str, state: CapabilityState) -> bytes:
    """Return a capability's compact JSON."""
    return encode(
        CapabilityObject(
            id=name,
            account=account.account,
            requested=state.requested,
            requested_at=state.requested_at,
            status=status_of(state, account.details),
        )
    )

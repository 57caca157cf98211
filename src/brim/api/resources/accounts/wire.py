"""How accounts are written for clients, with what belongs to them.

Source of every field: Stripe API reference and SDK types (Account, Capability, Bank account). There are no identity
checks here, and none are invented: requirements are always empty, and an account may do at once whatever there is.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec

from brim.api.framework.kinds import MAX_EMAIL
from brim.api.framework.schema import CURRENCY, METADATA, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.accounts import (
    BUSINESS_TYPES,
    MAX_SETTLEMENT_DAYS,
    NO_TYPE,
    SHOWN_WITH_ACCOUNT,
    TYPES,
    Account,
    CapabilityState,
    ExternalAccount,
    controller_of,
    merged,
    status_of,
)
from brim.core.bank_accounts import Address

_ID: Final = described("The account's id.", pattern="^acct_[0-9A-Za-z]{16}$", **TEXT)

Details = dict[str, Any]


class AccountExtras(msgspec.Struct, frozen=True, kw_only=True):
    """What Brim adds to the Stripe object. Only present when it is expanded."""

    settlement_days: Annotated[
        int | None,
        described(
            "The account's own number of banking days until money is available: in live mode, from settlement, "
            "instead of the originator's hold; in test mode, from submission. Null if it has none.",
            minimum=0,
            maximum=MAX_SETTLEMENT_DAYS,
        ),
    ]


class BusinessProfile(msgspec.Struct, frozen=True, kw_only=True):
    """Details of a business that its customers see."""

    annual_revenue: Annotated[Details | None, described("Its annual revenue.")] = None
    estimated_worker_count: Annotated[int | None, described("The estimated number of workers.")] = None
    mcc: Annotated[str | None, described("Its merchant category code.", **TEXT)] = None
    minority_owned_business_designation: Annotated[
        list[str] | None, described("Its designations as a minority-owned business.")
    ] = None
    monthly_estimated_revenue: Annotated[Details | None, described("Its estimated monthly revenue.")] = None
    name: Annotated[str | None, described("The name it does business under.", **TEXT)]
    product_description: Annotated[str | None, described("What it sells.", **TEXT)] = None
    specified_commercial_transactions_act_url: Annotated[
        str | None,
        described(
            "The URL of the disclosures that Japan's Act on Specified Commercial Transactions requires.",
            **TEXT,
        ),
    ] = None
    support_address: Annotated[Address | None, described("The address of its support.")] = None
    support_email: Annotated[str | None, described("The email address of its support.", **TEXT)] = None
    support_phone: Annotated[str | None, described("The phone number of its support.", **TEXT)] = None
    support_url: Annotated[str | None, described("The website of its support.", **TEXT)] = None
    url: Annotated[str | None, described("Its website.", **TEXT)] = None


class ControllerObject(msgspec.Struct, frozen=True, kw_only=True):
    """Who is responsible for an account. An account without a platform only has the type."""

    fees: Annotated[dict[str, str] | msgspec.UnsetType, described("Who pays fees.")] = msgspec.UNSET
    is_controller: Annotated[bool | msgspec.UnsetType, described("Whether its platform does: always.")] = msgspec.UNSET
    losses: Annotated[dict[str, str] | msgspec.UnsetType, described("Who is liable for losses.")] = msgspec.UNSET
    requirement_collection: Annotated[
        str | msgspec.UnsetType, described("Who collects required information.", enum=["application", "stripe"])
    ] = msgspec.UNSET
    stripe_dashboard: Annotated[dict[str, str] | msgspec.UnsetType, described("Which dashboard it has.")] = (
        msgspec.UNSET
    )
    type: Annotated[str, described("A platform, or the account itself.", enum=["account", "application"])]


class RequirementsObject(msgspec.Struct, frozen=True, kw_only=True):
    """What is required of an account or for a capability: nothing. `disabled_reason` says who rejected it."""

    alternatives: Annotated[tuple[()], described("Empty.")] = ()
    current_deadline: Annotated[None, described("Always null.")] = None
    currently_due: Annotated[tuple[()], described("Empty.")] = ()
    disabled_reason: Annotated[str | None, described("Why its platform rejected it; null if it didn't.")] = None
    errors: Annotated[tuple[()], described("Empty.")] = ()
    eventually_due: Annotated[tuple[()], described("Empty.")] = ()
    past_due: Annotated[tuple[()], described("Empty.")] = ()
    pending_verification: Annotated[tuple[()], described("Empty.")] = ()


class BankRequirements(msgspec.Struct, frozen=True, kw_only=True):
    """What is required of a bank account: nothing."""

    currently_due: Annotated[tuple[()], described("Empty.")] = ()
    errors: Annotated[tuple[()], described("Empty.")] = ()
    past_due: Annotated[tuple[()], described("Empty.")] = ()
    pending_verification: Annotated[tuple[()], described("Empty.")] = ()


class ExternalAccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The BankAccount object of an account."""

    id: Annotated[str, identifier("ba", "bank account")]
    object: Annotated[str, constant("bank_account")] = "bank_account"
    account: Annotated[str, _ID]
    account_holder_name: Annotated[str | None, described("The holder's name.", **TEXT)]
    account_holder_type: Annotated[str | None, described("The type of account holder: `individual` or `company`.")]
    account_type: Annotated[str | None, described("The type of account: `checking` or `savings`.")]
    available_payout_methods: Annotated[tuple[str, ...], described("The payout methods that are available.")] = (
        "standard",
    )
    bank_name: Annotated[str | None, described("The bank's name. Null if it isn't known.", **TEXT)]
    country: Annotated[str, described("The bank's country, as a two-letter ISO code.")]
    currency: Annotated[str, CURRENCY]
    default_for_currency: Annotated[bool, described("Whether it is the default of its currency.")]
    fingerprint: Annotated[
        str,
        described(
            "Uniquely identifies the bank account: equal numbers have equal fingerprints, and the number can't be "
            "derived from it."
        ),
    ]
    future_requirements: Annotated[
        BankRequirements, described("Information that will be required later. Always empty.")
    ] = BankRequirements()
    last4: Annotated[str, described("The last four digits of the account number.", maxLength=4)]
    metadata: Annotated[dict[str, str], METADATA]
    requirements: Annotated[
        BankRequirements, described("Information that is required. Always empty: Brim asks for none.")
    ] = BankRequirements()
    routing_number: Annotated[str, described("The bank's ACH routing number.", pattern="^[0-9]{9}$")]
    status: Annotated[str, described("Always new: nothing was ever paid out to it.", const="new")] = "new"


class ExternalAccountList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest bank accounts of an account, in its object."""

    object: Annotated[str, constant("list")] = "list"
    data: Annotated[list[ExternalAccountObject], described("The newest of them.")]
    has_more: Annotated[bool, described("Whether there are more than these.")]
    total_count: Annotated[int, described("How many there are.")]
    url: Annotated[str, described("The URL of the full list.", **TEXT)]


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """An account's settings. They are kept, and have no effect in Brim."""

    bacs_debit_payments: Annotated[Details, described("Settings for Bacs debits.")]
    branding: Annotated[Details, described("Settings for branding.")]
    card_issuing: Annotated[Details, described("Settings for card issuing.")]
    card_payments: Annotated[Details, described("Settings for card payments.")]
    dashboard: Annotated[Details, described("Settings for the dashboard.")]
    invoices: Annotated[Details, described("Settings for invoices.")]
    payments: Annotated[Details, described("Settings for payments.")]
    payouts: Annotated[Details, described("Settings for payouts.")]
    sepa_debit_payments: Annotated[Details, described("Settings for SEPA debits.")]
    treasury: Annotated[Details | msgspec.UnsetType, described("Treasury settings; present if you sent any.")] = (
        msgspec.UNSET
    )


class TosAcceptance(msgspec.Struct, frozen=True, kw_only=True):
    """Who accepted the terms of service, as you sent it."""

    date: Annotated[int | None, described("When the terms were accepted, as you sent it.", **TIME)] = None
    ip: Annotated[
        str | None, described("The IP address from which the terms were accepted, as you sent it.", **TEXT)
    ] = None
    service_agreement: Annotated[
        str | msgspec.UnsetType, described("The terms that were accepted; present if you sent it.", **TEXT)
    ] = msgspec.UNSET
    user_agent: Annotated[
        str | None, described("The browser with which the terms were accepted, as you sent it.", **TEXT)
    ] = None


class AccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Account object."""

    id: Annotated[str, _ID]
    object: Annotated[str, constant("account")] = "account"
    brim: Annotated[
        AccountExtras | msgspec.UnsetType,
        described("What Brim adds to the Stripe object, for the key's mode. Only present when `brim` is expanded."),
    ] = msgspec.UNSET
    business_profile: Annotated[BusinessProfile, described("What the account's customers see of the business.")]
    business_type: Annotated[str | None, described("The type of business.", enum=[*BUSINESS_TYPES, None])]
    capabilities: Annotated[
        dict[str, str],
        described("The capabilities that were requested, by name, and their status. They are active at once."),
    ]
    charges_enabled: Annotated[bool, described("Whether the account can be topped up. `false` once it is rejected.")]
    company: Annotated[
        Details | msgspec.UnsetType, described("The company. Only present once you have given details of it.")
    ] = msgspec.UNSET
    controller: Annotated[ControllerObject, described("Who is responsible for the account.")]
    country: Annotated[
        str, described("The account's country, as a two-letter ISO code in upper case.", pattern="^[A-Z]{2}$")
    ]
    created: Annotated[int, described("When it was created, in Unix seconds.", **TIME)]
    default_currency: Annotated[str, CURRENCY]
    details_submitted: Annotated[bool, described("Always true: Brim asks for no details.")] = True
    email: Annotated[
        str | None,
        described(
            "The email address that you gave, to tell accounts apart. Brim sends nothing to it.", maxLength=MAX_EMAIL
        ),
    ]
    external_accounts: Annotated[
        ExternalAccountList,
        described("The bank accounts that the account is paid out to, in the key's mode. Brim makes no payouts."),
    ]
    future_requirements: Annotated[
        RequirementsObject, described("Information that will be required later. Always empty.")
    ] = RequirementsObject()
    groups: Annotated[dict[str, str | None], described("The groups it belongs to.")]
    individual: Annotated[
        Details | msgspec.UnsetType, described("The person. Only present once you have given details of them.")
    ] = msgspec.UNSET
    metadata: Annotated[dict[str, str], METADATA]
    payouts_enabled: Annotated[bool, described("The same as `charges_enabled`.")]
    requirements: Annotated[
        RequirementsObject,
        described(
            "Information that is required. Always empty: Brim asks for none. `disabled_reason` says why a rejected "
            "account is disabled."
        ),
    ]
    settings: Annotated[
        AccountSettings, described("Settings, which are kept as you sent them and have no effect in Brim.")
    ]
    tos_acceptance: Annotated[TosAcceptance, described("The acceptance of the terms of service, as you sent it.")]
    type: Annotated[str, described("The type of account: who is responsible for it.", enum=[*TYPES, NO_TYPE])]


class CapabilityObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Capability object."""

    id: Annotated[str, described("Its name.", examples=["transfers"], **TEXT)]
    object: Annotated[str, constant("capability")] = "capability"
    account: Annotated[str, _ID]
    future_requirements: Annotated[RequirementsObject, described("What will be required for it: nothing.")] = (
        RequirementsObject()
    )
    requested: Annotated[bool, described("Whether the account requested it.")]
    requested_at: Annotated[int | None, described("When the account requested it; null if it didn't.", **TIME)]
    requirements: Annotated[RequirementsObject, described("What is required for it: nothing.")] = RequirementsObject()
    status: Annotated[str, described("The status of the capability.", enum=["active", "inactive", "unrequested"])]


class LoginLinkObject(msgspec.Struct, frozen=True, kw_only=True):
    """The LoginLink object, which is never returned: Brim has no dashboard for connected accounts."""

    object: Annotated[str, constant("login_link")] = "login_link"
    created: Annotated[int, described("When it was created, in Unix seconds.", **TIME)]
    url: Annotated[str, described("The URL that it links to.", **TEXT)]


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

"""The schemas of accounts and what belongs to them."""

from typing import Final

from brim.api.framework.kinds import MAX_EMAIL
from brim.api.framework.params import Schema
from brim.api.framework.schema import CURRENCY, METADATA, TEXT, TIME, Component, constant, identifier
from brim.api.resources.accounts import wire as account_wire
from brim.core.accounts import BUSINESS_TYPES, MAX_SETTLEMENT_DAYS, NO_TYPE, TYPES

_ID: Final[Schema] = {"description": "The account's id.", "pattern": "^acct_[0-9A-Za-z]{16}$", **TEXT}
_ACCOUNT: Final[dict[str, Schema]] = {
    "id": _ID,
    "object": constant("account"),
    "brim": {"description": "What has been agreed, in the mode of the key; there only when `brim` is expanded."},
    "business_profile": {"description": "What the account's customers see of it."},
    "business_type": {"description": "What kind of business it is.", "enum": [*BUSINESS_TYPES, None]},
    "capabilities": {"description": "What was requested, by name: active at once."},
    "charges_enabled": {"description": "Whether it can be topped up: until it is rejected."},
    "company": {"description": "The company behind it; there once something was said of it."},
    "controller": {"description": "Who looks after it."},
    "country": {"description": "Its country's ISO code, in upper case.", "pattern": "^[A-Z]{2}$"},
    "created": {"description": "When it was made.", **TIME},
    "default_currency": CURRENCY,
    "details_submitted": {"description": "Always true: no details are asked for."},
    "email": {"description": "Its address, to tell it from others.", "maxLength": MAX_EMAIL},
    "external_accounts": {"description": "The bank accounts it is paid out to, in the mode of the key."},
    "future_requirements": {"description": "What will have to be known of it: nothing."},
    "groups": {"description": "The groups it belongs to."},
    "individual": {"description": "The person behind it; there once something was said of them."},
    "metadata": METADATA,
    "payouts_enabled": {"description": "The same as `charges_enabled`."},
    "requirements": {"description": "What has to be known of it: nothing."},
    "settings": {"description": "What it has chosen; kept, and without effect."},
    "tos_acceptance": {"description": "Who accepted the terms of service, as you told."},
    "type": {"description": "Who looks after it, in one word.", "enum": [*TYPES, NO_TYPE]},
}
_ACCOUNT_EXTRAS: Final[dict[str, Schema]] = {
    "settlement_days": {
        "description": "How many banking days money takes by its own agreement; null leaves it to the rail.",
        "minimum": 0,
        "maximum": MAX_SETTLEMENT_DAYS,
    },
}
_BUSINESS_PROFILE: Final[dict[str, Schema]] = {
    "annual_revenue": {"description": "What it earns in a year."},
    "estimated_worker_count": {"description": "How many people work there."},
    "mcc": {"description": "Its merchant category code.", **TEXT},
    "minority_owned_business_designation": {"description": "Whether its owners belong to a minority."},
    "monthly_estimated_revenue": {"description": "What it earns in a month."},
    "name": {"description": "The name it does business under.", **TEXT},
    "product_description": {"description": "What it sells.", **TEXT},
    "specified_commercial_transactions_act_url": {"description": "A page that Japanese law asks for.", **TEXT},
    "support_address": {"description": "Where its support is."},
    "support_email": {"description": "Its support's email address.", **TEXT},
    "support_phone": {"description": "Its support's phone number.", **TEXT},
    "support_url": {"description": "Its support's page.", **TEXT},
    "url": {"description": "Its own page.", **TEXT},
}
_CONTROLLER: Final[dict[str, Schema]] = {
    "fees": {"description": "Who pays fees."},
    "is_controller": {"description": "Whether its platform does: always."},
    "losses": {"description": "Who bears losses."},
    "requirement_collection": {"description": "Who asks for what has to be known.", "enum": ["application", "stripe"]},
    "stripe_dashboard": {"description": "Which dashboard it has."},
    "type": {"description": "A platform, or the account itself.", "enum": ["account", "application"]},
}
_BANK_REQUIREMENTS: Final[dict[str, Schema]] = {
    "currently_due": {"description": "Empty."},
    "errors": {"description": "Empty."},
    "past_due": {"description": "Empty."},
    "pending_verification": {"description": "Empty."},
}
_REQUIREMENTS: Final[dict[str, Schema]] = {
    "alternatives": {"description": "Empty."},
    "current_deadline": {"description": "Null."},
    "disabled_reason": {"description": "Why its platform has rejected it; null where it has not."},
    "eventually_due": {"description": "Empty."},
    **_BANK_REQUIREMENTS,
}
_EXTERNAL_ACCOUNT: Final[dict[str, Schema]] = {
    "id": identifier("ba", "bank account"),
    "object": constant("bank_account"),
    "account": _ID,
    "account_holder_name": {"description": "The holder's name.", **TEXT},
    "account_holder_type": {"description": "What kind of holder it has: `individual` or `company`."},
    "account_type": {"description": "What kind of account it is: `checking` or `savings`."},
    "available_payout_methods": {"description": "How it could be paid out to."},
    "bank_name": {"description": "The bank's name, if it is known.", **TEXT},
    "country": {"description": "The bank's country, as two letters."},
    "currency": CURRENCY,
    "default_for_currency": {"description": "Whether it is the default of its currency."},
    "fingerprint": {"description": "The same for equal numbers, and nobody can tell them by it."},
    "future_requirements": {"description": "What will have to be known of it: nothing."},
    "last4": {"description": "The last digits of the account number.", "maxLength": 4},
    "metadata": METADATA,
    "requirements": {"description": "What has to be known of it: nothing."},
    "routing_number": {"description": "The bank's ACH routing number.", "pattern": "^[0-9]{9}$"},
    "status": {"description": "Always new: nothing was ever paid out to it.", "const": "new"},
}
_EXTERNAL_LIST: Final[dict[str, Schema]] = {
    "object": constant("list"),
    "data": {"description": "The newest of them."},
    "has_more": {"description": "Whether there are others."},
    "total_count": {"description": "How many there are."},
    "url": {"description": "Where all of them are.", **TEXT},
}
_SETTINGS: Final[dict[str, Schema]] = {
    "bacs_debit_payments": {"description": "Of Bacs debits."},
    "branding": {"description": "Of how pages look."},
    "card_issuing": {"description": "Of cards that are issued."},
    "card_payments": {"description": "Of card payments."},
    "dashboard": {"description": "Of the dashboard."},
    "invoices": {"description": "Of invoices."},
    "payments": {"description": "Of payments."},
    "payouts": {"description": "Of payouts."},
    "sepa_debit_payments": {"description": "Of SEPA debits."},
    "treasury": {"description": "Of treasury; there once something was said of it."},
}
_TOS: Final[dict[str, Schema]] = {
    "date": {"description": "When.", **TIME},
    "ip": {"description": "From which address.", **TEXT},
    "service_agreement": {"description": "Which terms; there once it was said.", **TEXT},
    "user_agent": {"description": "With which browser.", **TEXT},
}
_CAPABILITY: Final[dict[str, Schema]] = {
    "id": {"description": "Its name.", "examples": ["transfers"], **TEXT},
    "object": constant("capability"),
    "account": _ID,
    "future_requirements": {"description": "What will have to be known for it: nothing."},
    "requested": {"description": "Whether the account asks for it."},
    "requested_at": {"description": "Since when; null where it does not.", **TIME},
    "requirements": {"description": "What has to be known for it: nothing."},
    "status": {"description": "Whether the account has it.", "enum": ["active", "inactive", "unrequested"]},
}
_LOGIN_LINK: Final[dict[str, Schema]] = {
    "object": constant("login_link"),
    "created": {"description": "When it was made.", **TIME},
    "url": {"description": "Where it leads.", **TEXT},
}

ACCOUNTS: Final = (
    Component(account_wire.AccountObject, "account", _ACCOUNT),
    Component(account_wire.AccountExtras, "account_extras", _ACCOUNT_EXTRAS),
    Component(account_wire.BusinessProfile, "account_business_profile", _BUSINESS_PROFILE),
    Component(account_wire.ControllerObject, "account_controller", _CONTROLLER),
    Component(account_wire.RequirementsObject, "account_requirements", _REQUIREMENTS),
    Component(account_wire.AccountSettings, "account_settings", _SETTINGS),
    Component(account_wire.TosAcceptance, "account_tos_acceptance", _TOS),
    Component(account_wire.ExternalAccountObject, "external_account", _EXTERNAL_ACCOUNT),
    Component(account_wire.ExternalAccountList, "external_account_list", _EXTERNAL_LIST),
    Component(account_wire.BankRequirements, "external_account_requirements", _BANK_REQUIREMENTS),
    Component(account_wire.CapabilityObject, "capability", _CAPABILITY),
    Component(account_wire.LoginLinkObject, "login_link", _LOGIN_LINK),
)

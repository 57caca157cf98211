"""The schemas of payment methods, sources, tokens and defaults."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import LIVEMODE, METADATA, TEXT, TIME, Component, constant, identifier
from brim.api.resources.funding import wire as funding_wire
from brim.core import bank_accounts

_BANK_ACCOUNT_PARTS: Final[dict[str, Schema]] = {
    "bank_name": {"description": "The bank's name, if it is known.", **TEXT},
    "fingerprint": {"description": "The same for equal routing and account numbers, and nobody can tell them by it."},
    "last4": {"description": "The last digits of the account number.", "maxLength": 4},
    "routing_number": {"description": "The bank's ACH routing number.", "pattern": "^[0-9]{9}$"},
}
_HOLDER_TYPE: Final[Schema] = {"description": "What kind of holder it has: `individual` or `company`."}
_ACCOUNT_TYPE: Final[Schema] = {"description": "What kind of account it is: `checking` or `savings`."}
_COUNTRY: Final[Schema] = {"description": "The bank's country, as two letters."}
_REDISPLAY: Final[Schema] = {
    "description": "Whether it may be shown again.",
    "enum": ["always", "limited", "unspecified"],
}
_PERSON: Final[dict[str, Schema]] = {
    "address": {"description": "The address."},
    "email": {"description": "Email address.", **TEXT},
    "name": {"description": "Full name.", **TEXT},
    "phone": {"description": "Phone number.", **TEXT},
}
_PAYMENT_METHOD: Final[dict[str, Schema]] = {
    "id": {"description": "The payment method's id, or a test id.", **TEXT},
    "object": constant("payment_method"),
    "allow_redisplay": _REDISPLAY,
    "billing_details": {"description": "Whose it is."},
    "brim": {"description": "Its state, when it is asked for with `expand[]=brim`; ours."},
    "created": {"description": "When it was made.", **TIME},
    "customer": {"description": "The customer it was attached to, by the id that you gave.", **TEXT},
    "customer_account": {"description": "The account it was attached to, by the id that you gave.", **TEXT},
    "livemode": LIVEMODE,
    "metadata": METADATA,
    "type": {"description": "The kind of payment method.", "const": "us_bank_account"},
    "us_bank_account": {"description": "The bank account."},
}
_BILLING_DETAILS: Final[dict[str, Schema]] = {**_PERSON, "tax_id": {"description": "Null: nobody asks for it."}}
_ADDRESS: Final[dict[str, Schema]] = {
    "city": {"description": "City.", **TEXT},
    "country": {"description": "Two-letter country code.", **TEXT},
    "line1": {"description": "Street and number.", **TEXT},
    "line2": {"description": "Flat, floor or building.", **TEXT},
    "postal_code": {"description": "Postal code.", **TEXT},
    "state": {"description": "State or province.", **TEXT},
}
_US_BANK_ACCOUNT: Final[dict[str, Schema]] = {
    **_BANK_ACCOUNT_PARTS,
    "account_holder_type": _HOLDER_TYPE,
    "account_type": _ACCOUNT_TYPE,
    "financial_connections_account": {"description": "Null: numbers are given by hand."},
    "networks": {"description": "Which networks reach it."},
    "status_details": {"description": "Empty: nothing blocks it."},
}
_NETWORKS: Final[dict[str, Schema]] = {
    "preferred": {"description": "The one that is used."},
    "supported": {"description": "All of them."},
}
_FUNDING_STATE: Final[dict[str, Schema]] = {
    "detached": {"description": "Whether no new top-up can be paid from it."},
    "verification": {"description": "Whether it may be debited."},
}
_VERIFICATION: Final[dict[str, Schema]] = {
    "attempts_remaining": {"description": "How often its micro-deposits may still be guessed wrong.", "minimum": 0},
    "status": {"description": "How far it is.", "enum": sorted(bank_accounts.Verification)},
}
_SOURCE: Final[dict[str, Schema]] = {
    "id": identifier("src", "source"),
    "object": constant("source"),
    "ach_debit": {"description": "The bank account."},
    "allow_redisplay": _REDISPLAY,
    "amount": {"description": "Null: it pays any amount."},
    "client_secret": {"description": "A secret of the source's own.", **TEXT},
    "code_verification": {"description": "How far its verification is; left out once it is verified."},
    "created": {"description": "When it was made.", **TIME},
    "currency": {"description": "The currency of the account.", "examples": ["usd"]},
    "flow": {"description": "How it is verified.", "const": "code_verification"},
    "livemode": LIVEMODE,
    "metadata": METADATA,
    "owner": {"description": "Whose it is."},
    "statement_descriptor": {"description": "Null: a top-up has its own."},
    "status": {"description": "Whether it can be debited.", "enum": ["chargeable", "consumed", "failed", "pending"]},
    "type": {"description": "The kind of source.", "const": "ach_debit"},
    "usage": {"description": "Whether it can be debited again.", "const": "reusable"},
}
_ACH_DEBIT: Final[dict[str, Schema]] = {**_BANK_ACCOUNT_PARTS, "country": _COUNTRY, "type": _HOLDER_TYPE}
_SOURCE_OWNER: Final[dict[str, Schema]] = {
    **_PERSON,
    **{f"verified_{name}": {"description": "Null: nobody verifies it."} for name in _PERSON},
}
_TOKEN: Final[dict[str, Schema]] = {
    "id": identifier("btok", "token"),
    "object": constant("token"),
    "bank_account": {"description": "The bank account."},
    "client_ip": {"description": "Null: it is not kept."},
    "created": {"description": "When it was made.", **TIME},
    "livemode": LIVEMODE,
    "type": {"description": "The kind of token.", "const": "bank_account"},
    "used": {"description": "Whether it has become a source."},
}
_BANK_ACCOUNT: Final[dict[str, Schema]] = {
    **_BANK_ACCOUNT_PARTS,
    "id": identifier("ba", "bank account"),
    "object": constant("bank_account"),
    "account_holder_name": {"description": "The holder's name.", **TEXT},
    "account_holder_type": _HOLDER_TYPE,
    "account_type": _ACCOUNT_TYPE,
    "country": _COUNTRY,
    "currency": {"description": "The currency of the account.", "examples": ["usd"]},
    "status": {"description": "Always new.", "const": "new"},
}
_DEFAULT_FUNDING: Final[dict[str, Schema]] = {
    "id": {"description": "The currency, or `implicit`.", **TEXT},
    "object": constant("brim.default_funding_source"),
    "currency": {"description": "What it pays for; null for every currency that has no default of its own."},
    "funding_source": {"description": "The id of the payment method or source; null for test mode's own."},
    "implicit": {"description": "Whether it is the bank account that test mode has by itself."},
    "livemode": LIVEMODE,
}

FUNDING: Final = (
    Component(funding_wire.PaymentMethodObject, "payment_method", _PAYMENT_METHOD),
    Component(funding_wire.BillingDetailsObject, "billing_details", _BILLING_DETAILS),
    Component(funding_wire.UsBankAccountObject, "us_bank_account", _US_BANK_ACCOUNT),
    Component(funding_wire.NetworksObject, "bank_account_networks", _NETWORKS),
    Component(funding_wire.FundingStateObject, "brim.funding_state", _FUNDING_STATE),
    Component(funding_wire.VerificationObject, "brim.funding_verification", _VERIFICATION),
    Component(funding_wire.SourceObject, "source", _SOURCE),
    Component(funding_wire.AchDebitObject, "ach_debit", _ACH_DEBIT),
    Component(funding_wire.SourceOwnerObject, "source_owner", _SOURCE_OWNER),
    Component(funding_wire.TokenObject, "token", _TOKEN),
    Component(funding_wire.BankAccountObject, "bank_account", _BANK_ACCOUNT),
    Component(funding_wire.DefaultFundingObject, "brim.default_funding_source", _DEFAULT_FUNDING),
    Component(bank_accounts.Address, "address", _ADDRESS),
)

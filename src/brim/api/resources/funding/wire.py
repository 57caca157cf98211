"""How bank accounts are written for clients: payment methods, sources, tokens and defaults.

Source of every field: Stripe's API reference and SDK types (PaymentMethod, Source, Token, BankAccount).
"""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import LIVEMODE, METADATA, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.base.scope import AccountScope
from brim.core import bank_accounts
from brim.core.bank_accounts import Address, BankAccount, Verification
from brim.core.funding import BankToken, FundingSource

_HOLDER_TYPE: Final = described("The type of account holder: `individual` or `company`.")
_ACCOUNT_TYPE: Final = described("The type of account: `checking` or `savings`.")
_COUNTRY: Final = described("The bank's country, as a two-letter ISO code.")
_REDISPLAY: Final = described(
    "Whether it may be shown to the customer again. Kept for compatibility; Brim doesn't use it.",
    enum=["always", "limited", "unspecified"],
)


class BillingDetailsObject(msgspec.Struct, frozen=True, kw_only=True):
    """The account holder of a payment method. The address is always an object."""

    address: Annotated[Address, described("The address.")]
    email: Annotated[str | None, described("Email address.", **TEXT)]
    name: Annotated[str | None, described("Full name.", **TEXT)]
    phone: Annotated[str | None, described("Phone number.", **TEXT)]
    tax_id: Annotated[str | None, described("Always null.")] = None


class NetworksObject(msgspec.Struct, frozen=True):
    """The networks that reach a bank account."""

    preferred: Annotated[str, described("The preferred network.")]
    supported: Annotated[list[str], described("All of them.")]


class UsBankAccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account of a payment method."""

    account_holder_type: Annotated[str | None, _HOLDER_TYPE]
    account_type: Annotated[str | None, _ACCOUNT_TYPE]
    bank_name: Annotated[str | None, described("The bank's name. Null if it isn't known.", **TEXT)]
    financial_connections_account: Annotated[
        str | None, described("Always null: Brim doesn't use Financial Connections.")
    ] = None
    fingerprint: Annotated[
        str,
        described(
            "Uniquely identifies the bank account: equal numbers have equal fingerprints, and the number can't be "
            "derived from it."
        ),
    ]
    last4: Annotated[str, described("The last four digits of the account number.", maxLength=4)]
    networks: Annotated[NetworksObject, described("Which networks reach it.")]
    routing_number: Annotated[str, described("The bank's ACH routing number.", pattern="^[0-9]{9}$")]
    status_details: Annotated[dict[str, str], described("Empty: nothing blocks it.")]


class VerificationObject(msgspec.Struct, frozen=True):
    """The verification of a bank account. Brim only."""

    attempts_remaining: Annotated[
        int, described("How many attempts are left to confirm the amounts of its micro-deposits.", minimum=0)
    ]
    status: Annotated[
        str,
        described(
            "Whether the bank account is verified. Only a verified one can be debited.",
            enum=sorted(bank_accounts.Verification),
        ),
    ]


class FundingStateObject(msgspec.Struct, frozen=True):
    """What Brim adds to the Stripe object. Only present when it is expanded."""

    detached: Annotated[
        bool, described("Whether it was detached, so that it can't fund new top-ups. Past top-ups are unaffected.")
    ]
    verification: Annotated[VerificationObject, described("Whether it can be debited.")]


class PaymentMethodObject(msgspec.Struct, frozen=True, kw_only=True):
    """The PaymentMethod object, of type `us_bank_account`."""

    id: Annotated[
        str, described("Unique identifier of the PaymentMethod, or the name of a test PaymentMethod.", **TEXT)
    ]
    object: Annotated[str, constant("payment_method")] = "payment_method"
    allow_redisplay: Annotated[str, _REDISPLAY]
    billing_details: Annotated[
        BillingDetailsObject, described("The account holder's details, as you provided them. They aren't verified.")
    ]
    brim: Annotated[
        FundingStateObject | msgspec.UnsetType,
        described("What Brim adds to the Stripe object. Only present when `brim` is expanded."),
    ] = msgspec.UNSET
    created: Annotated[int, described("When it was created, in Unix seconds.", **TIME)]
    customer: Annotated[
        str | None,
        described("The customer that it was attached to, by the id that you gave. Brim keeps no customers.", **TEXT),
    ] = None
    customer_account: Annotated[
        str | None, described("The account that it was attached to, by the id that you gave.", **TEXT)
    ] = None
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    type: Annotated[str, described("The type of payment method.", const="us_bank_account")] = "us_bank_account"
    us_bank_account: Annotated[UsBankAccountObject, described("The bank account.")]


class AchDebitObject(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account of a source."""

    bank_name: Annotated[str | None, described("The bank's name. Null if it isn't known.", **TEXT)]
    country: Annotated[str, _COUNTRY]
    fingerprint: Annotated[
        str,
        described(
            "Uniquely identifies the bank account: equal numbers have equal fingerprints, and the number can't be "
            "derived from it."
        ),
    ]
    last4: Annotated[str, described("The last four digits of the account number.", maxLength=4)]
    routing_number: Annotated[str, described("The bank's ACH routing number.", pattern="^[0-9]{9}$")]
    type: Annotated[str | None, _HOLDER_TYPE]


class SepaDebitObject(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account of a source of the type `sepa_debit`."""

    bank_code: Annotated[str | None, described("Always null: the IBAN is stored encrypted.")] = None
    branch_code: Annotated[str | None, described("Always null: the IBAN is stored encrypted.")] = None
    country: Annotated[str, described("Two-letter code of the country whose bank has it.", **TEXT)]
    fingerprint: Annotated[
        str,
        described(
            "Uniquely identifies the IBAN: equal ones have equal fingerprints, and the IBAN can't be derived from it."
        ),
    ]
    last4: Annotated[str, described("The last four characters of the IBAN.", maxLength=4)]
    mandate_reference: Annotated[
        str | None, described("Always null: the mandate is an authorization, which has its reference.")
    ] = None
    mandate_url: Annotated[str | None, described("Always null: mandates have no page.")] = None


class SourceOwnerObject(msgspec.Struct, frozen=True, kw_only=True):
    """The owner of a source, which nobody verifies."""

    address: Annotated[Address | None, described("The address.")]
    email: Annotated[str | None, described("Email address.", **TEXT)]
    name: Annotated[str | None, described("Full name.", **TEXT)]
    phone: Annotated[str | None, described("Phone number.", **TEXT)]
    verified_address: Annotated[Address | None, described("Always null: nobody verifies it.")] = None
    verified_email: Annotated[str | None, described("Always null: nobody verifies it.")] = None
    verified_name: Annotated[str | None, described("Always null: nobody verifies it.")] = None
    verified_phone: Annotated[str | None, described("Always null: nobody verifies it.")] = None


class SourceObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Source object, of the type `ach_debit` or `sepa_debit`, with the bank account under that name."""

    id: Annotated[str, identifier("src", "source")]
    object: Annotated[str, constant("source")] = "source"
    ach_debit: Annotated[
        AchDebitObject | msgspec.UnsetType, described("The bank account. Not present for other types.")
    ] = msgspec.UNSET
    allow_redisplay: Annotated[str, _REDISPLAY]
    amount: Annotated[int | None, described("Always null: the source can be debited for any amount.")] = None
    client_secret: Annotated[
        str, described("A secret with which a browser could retrieve the source. Don't log it.", **TEXT)
    ]
    code_verification: Annotated[
        VerificationObject | msgspec.UnsetType,
        described("The state of its verification. Not present once it is verified."),
    ]
    created: Annotated[int, described("When it was created, in Unix seconds.", **TIME)]
    currency: Annotated[str | None, described("The currency of the account.", examples=["usd"])]
    flow: Annotated[str, described("How the bank account is verified.", enum=["code_verification", "none"])] = (
        "code_verification"
    )
    livemode: Annotated[bool, LIVEMODE]
    metadata: Annotated[dict[str, str], METADATA]
    owner: Annotated[
        SourceOwnerObject, described("The account holder's details, as you provided them. They aren't verified.")
    ]
    sepa_debit: Annotated[
        SepaDebitObject | msgspec.UnsetType, described("The bank account. Not present for other types.")
    ] = msgspec.UNSET
    statement_descriptor: Annotated[str | None, described("Always null: each top-up has its own.")] = None
    status: Annotated[
        str,
        described(
            "The status of the source. Only a `chargeable` one funds a top-up.",
            enum=["chargeable", "consumed", "failed", "pending"],
        ),
    ]
    type: Annotated[
        str,
        described(
            "The type of source; the bank account is in the attribute of this name.", enum=["ach_debit", "sepa_debit"]
        ),
    ] = "ach_debit"
    usage: Annotated[str, described("Whether it can be debited more than once.", const="reusable")] = "reusable"


class BankAccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The BankAccount object in a token."""

    id: Annotated[str, identifier("ba", "bank account")]
    object: Annotated[str, constant("bank_account")] = "bank_account"
    account_holder_name: Annotated[str | None, described("The holder's name.", **TEXT)]
    account_holder_type: Annotated[str | None, _HOLDER_TYPE]
    account_type: Annotated[str | None, _ACCOUNT_TYPE]
    bank_name: Annotated[str | None, described("The bank's name. Null if it isn't known.", **TEXT)]
    country: Annotated[str, _COUNTRY]
    currency: Annotated[str | None, described("The currency of the account.", examples=["usd"])]
    fingerprint: Annotated[
        str,
        described(
            "Uniquely identifies the bank account: equal numbers have equal fingerprints, and the number can't be "
            "derived from it."
        ),
    ]
    last4: Annotated[str, described("The last four digits of the account number.", maxLength=4)]
    routing_number: Annotated[str, described("The bank's ACH routing number.", pattern="^[0-9]{9}$")]
    status: Annotated[str, described("The status of the bank account; always `new`.", const="new")] = "new"


class TokenObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Token object, of type `bank_account`."""

    id: Annotated[str, identifier("btok", "token")]
    object: Annotated[str, constant("token")] = "token"
    bank_account: Annotated[BankAccountObject, described("The bank account.")]
    client_ip: Annotated[str | None, described("Always null: the address is not kept.")] = None
    created: Annotated[int, described("When it was created, in Unix seconds.", **TIME)]
    livemode: Annotated[bool, LIVEMODE]
    type: Annotated[str, described("The type of token.", const="bank_account")] = "bank_account"
    used: Annotated[
        bool, described("Whether a source or an external account was created from it. A token can be used once.")
    ]


class DefaultFundingObject(msgspec.Struct, frozen=True, kw_only=True):
    """The default funding source of a currency. Brim only."""

    id: Annotated[str, described("The currency, or `implicit`.", **TEXT)]
    object: Annotated[str, constant("brim.default_funding_source")] = "brim.default_funding_source"
    currency: Annotated[
        str | None, described("The currency that it funds. Null for every currency without a default of its own.")
    ]
    funding_source: Annotated[
        str | None, described("The PaymentMethod or source, by its id. Null for test mode's own bank account.")
    ]
    implicit: Annotated[bool, described("Whether it is the bank account that test mode has by default.")] = False
    livemode: Annotated[bool, LIVEMODE]


def payment_method_json(method: FundingSource, *, with_state: bool = False) -> bytes:
    """Return a payment method's compact JSON, `with_state` of its verification under our own key."""
    account, party = method.bank_account, method.party
    return encode(
        PaymentMethodObject(
            id=method.id,
            allow_redisplay=method.allow_redisplay,
            billing_details=BillingDetailsObject(
                address=party.address or Address(), email=party.email, name=party.name, phone=party.phone
            ),
            brim=FundingStateObject(method.is_detached, _verification(method)) if with_state else msgspec.UNSET,
            created=method.created,
            customer=method.customer,
            customer_account=method.customer_account,
            livemode=method.scope.livemode,
            metadata=dict(sorted(method.metadata.items())),
            us_bank_account=UsBankAccountObject(
                account_holder_type=account.holder_type,
                account_type=account.account_type,
                bank_name=account.bank_name,
                fingerprint=account.fingerprint,
                last4=account.last4,
                networks=NetworksObject("ach", ["ach"]),
                routing_number=account.routing_number,
                status_details={},
            ),
        )
    )


def source_json(source: FundingSource) -> bytes:
    """Return a source's compact JSON."""
    account, party = source.bank_account, source.party
    is_verified = source.verification is Verification.VERIFIED
    return encode(
        SourceObject(
            id=source.id,
            ach_debit=msgspec.UNSET if account.has_iban else _ach_debit(account),
            allow_redisplay=source.allow_redisplay,
            client_secret=source.client_secret or "",
            code_verification=msgspec.UNSET if is_verified else _verification(source),
            created=source.created,
            currency=account.currency,
            flow="none" if account.has_iban else "code_verification",
            livemode=source.scope.livemode,
            metadata=dict(sorted(source.metadata.items())),
            owner=SourceOwnerObject(address=party.address, email=party.email, name=party.name, phone=party.phone),
            sepa_debit=_sepa_debit(account) if account.has_iban else msgspec.UNSET,
            status=_source_status(source),
            type="sepa_debit" if account.has_iban else "ach_debit",
        )
    )


def _ach_debit(account: BankAccount) -> AchDebitObject:
    return AchDebitObject(
        bank_name=account.bank_name,
        country=account.country,
        fingerprint=account.fingerprint,
        last4=account.last4,
        routing_number=account.routing_number,
        type=account.holder_type,
    )


def _sepa_debit(account: BankAccount) -> SepaDebitObject:
    return SepaDebitObject(country=account.country, fingerprint=account.fingerprint, last4=account.last4)


_SOURCE_STATUS: Final = {
    Verification.VERIFIED: "chargeable",
    Verification.PENDING: "pending",
    Verification.FAILED: "failed",
}


def _source_status(source: FundingSource) -> str:
    """Return the wire's status; a detached source is consumed. Source: Stripe API reference, detach a source."""
    return "consumed" if source.is_detached else _SOURCE_STATUS[source.verification]


def _verification(source: FundingSource) -> VerificationObject:
    return VerificationObject(source.attempts_left, source.verification)


def token_json(token: BankToken) -> bytes:
    """Return a token's compact JSON."""
    account = token.bank_account
    return encode(
        TokenObject(
            id=token.id,
            bank_account=BankAccountObject(
                id=f"ba_{token.id.rpartition('_')[2]}",
                account_holder_name=token.holder_name,
                account_holder_type=account.holder_type,
                account_type=account.account_type,
                bank_name=account.bank_name,
                country=account.country,
                currency=account.currency,
                fingerprint=account.fingerprint,
                last4=account.last4,
                routing_number=account.routing_number,
            ),
            created=token.created,
            livemode=token.scope.livemode,
            used=token.used_as is not None,
        )
    )


def default_json(owner: AccountScope, currency: str, funding_source: str) -> bytes:
    """Return the compact JSON of what pays in a currency."""
    return encode(
        DefaultFundingObject(id=currency, currency=currency, funding_source=funding_source, livemode=owner.livemode)
    )


def implicit_default_json(owner: AccountScope) -> bytes:
    """Return the compact JSON of what pays in test mode in every other currency."""
    return encode(
        DefaultFundingObject(id="implicit", currency=None, funding_source=None, implicit=True, livemode=owner.livemode)
    )

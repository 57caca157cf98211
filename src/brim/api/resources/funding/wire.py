"""How bank accounts are written for clients: payment methods, sources, tokens and defaults.

Source of every field: Stripe's API reference and SDK types (PaymentMethod, Source, Token, BankAccount).
"""

from typing import Final

import msgspec

from brim.base.json_codec import encode
from brim.base.scope import AccountScope
from brim.core.bank_accounts import Address, Verification
from brim.core.funding import BankToken, FundingSource


class BillingDetailsObject(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a payment method is; the address is always an object."""

    address: Address
    email: str | None
    name: str | None
    phone: str | None
    tax_id: str | None = None


class NetworksObject(msgspec.Struct, frozen=True):
    """The networks that reach a bank account."""

    preferred: str
    supported: list[str]


class UsBankAccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account of a payment method."""

    account_holder_type: str | None
    account_type: str | None
    bank_name: str | None
    financial_connections_account: str | None = None
    fingerprint: str
    last4: str
    networks: NetworksObject
    routing_number: str
    status_details: dict[str, str]


class VerificationObject(msgspec.Struct, frozen=True):
    """How far the verification of a bank account is; ours."""

    attempts_remaining: int
    status: str


class FundingStateObject(msgspec.Struct, frozen=True):
    """What the wire has no words for; ours, and there only when it is asked for."""

    detached: bool
    verification: VerificationObject


class PaymentMethodObject(msgspec.Struct, frozen=True, kw_only=True):
    """The PaymentMethod object, of type `us_bank_account`."""

    id: str
    object: str = "payment_method"
    allow_redisplay: str
    billing_details: BillingDetailsObject
    brim: FundingStateObject | msgspec.UnsetType = msgspec.UNSET
    created: int
    customer: str | None = None
    customer_account: str | None = None
    livemode: bool
    metadata: dict[str, str]
    type: str = "us_bank_account"
    us_bank_account: UsBankAccountObject


class AchDebitObject(msgspec.Struct, frozen=True, kw_only=True):
    """The bank account of a source."""

    bank_name: str | None
    country: str
    fingerprint: str
    last4: str
    routing_number: str
    type: str | None


class SourceOwnerObject(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a source is; nobody verifies it."""

    address: Address | None
    email: str | None
    name: str | None
    phone: str | None
    verified_address: Address | None = None
    verified_email: str | None = None
    verified_name: str | None = None
    verified_phone: str | None = None


class SourceObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Source object, of type `ach_debit`; `code_verification` is there unless it is verified."""

    id: str
    object: str = "source"
    ach_debit: AchDebitObject
    allow_redisplay: str
    amount: int | None = None
    client_secret: str
    code_verification: VerificationObject | msgspec.UnsetType
    created: int
    currency: str | None
    flow: str = "code_verification"
    livemode: bool
    metadata: dict[str, str]
    owner: SourceOwnerObject
    statement_descriptor: str | None = None
    status: str
    type: str = "ach_debit"
    usage: str = "reusable"


class BankAccountObject(msgspec.Struct, frozen=True, kw_only=True):
    """The BankAccount object in a token."""

    id: str
    object: str = "bank_account"
    account_holder_name: str | None
    account_holder_type: str | None
    account_type: str | None
    bank_name: str | None
    country: str
    currency: str | None
    fingerprint: str
    last4: str
    routing_number: str
    status: str = "new"


class TokenObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Token object, of type `bank_account`."""

    id: str
    object: str = "token"
    bank_account: BankAccountObject
    client_ip: str | None = None
    created: int
    livemode: bool
    type: str = "bank_account"
    used: bool


class DefaultFundingObject(msgspec.Struct, frozen=True, kw_only=True):
    """What pays for a top-up that names nothing; ours. `implicit` marks the bank account that test mode has by itself.

    `id` is the currency, or `implicit`.
    """

    id: str
    object: str = "brim.default_funding_source"
    currency: str | None
    funding_source: str | None
    implicit: bool = False
    livemode: bool


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
            ach_debit=AchDebitObject(
                bank_name=account.bank_name,
                country=account.country,
                fingerprint=account.fingerprint,
                last4=account.last4,
                routing_number=account.routing_number,
                type=account.holder_type,
            ),
            allow_redisplay=source.allow_redisplay,
            client_secret=source.client_secret or "",
            code_verification=msgspec.UNSET if is_verified else _verification(source),
            created=source.created,
            currency=account.currency,
            livemode=source.scope.livemode,
            metadata=dict(sorted(source.metadata.items())),
            owner=SourceOwnerObject(address=party.address, email=party.email, name=party.name, phone=party.phone),
            status=_source_status(source),
        )
    )


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

"""Bank accounts that pay for top-ups: payment methods, sources, and the tokens that become sources.

An account number is in `BankNumbers` only, on its way to be sealed; what is read back has its last digits and a
fingerprint. Neighbours: `reference` is what a top-up takes from here.
Source of the objects: Stripe API reference, PaymentMethods, Sources and Tokens.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError, KeptRefusalError, ResourceMissingError
from brim.base.scope import AccountScope
from brim.core.bank_accounts import Address, BankAccount, Guess, Party, Verification

ATTEMPTS: Final = 3
"""Wrong guesses at micro-deposits that a bank account may have; the third is the last."""


class FundingKind(StrEnum):
    """What a bank account on file is, by the wire's names."""

    PAYMENT_METHOD = "payment_method"
    SOURCE = "source"


PREFIXES: Final = {FundingKind.PAYMENT_METHOD: "pm_", FundingKind.SOURCE: "src_"}
KIND_WORDS: Final = {FundingKind.PAYMENT_METHOD: "PaymentMethod", FundingKind.SOURCE: "source"}
"""What the wire's sentences call each."""

TOKEN_PREFIX: Final = "btok_"  # noqa: S105  how a token begins


class FundingSource(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account on file.

    `created` is in Unix seconds; `scenario` is what its rail knows of it, which only the rail reads;
    `client_secret` is a source's; `attempts_left` counts the guesses at its micro-deposits. `customer` and
    `customer_account` name for whom a payment method is kept: ids of the client's own, which mean nothing here.
    """

    scope: AccountScope
    id: str
    kind: FundingKind
    created: int
    bank_account: BankAccount
    verification: Verification
    attempts_left: int = ATTEMPTS
    is_detached: bool = False
    party: Party = Party()
    metadata: dict[str, str] = {}
    allow_redisplay: str = "unspecified"
    scenario: str | None = None
    client_secret: str | None = None
    customer: str | None = None
    customer_account: str | None = None


class BankToken(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a bank account on their way to become a source, once.

    `used_as` names that source, `used_by` the request that made it: its idempotency key, or else its id.
    """

    scope: AccountScope
    id: str
    created: int
    bank_account: BankAccount
    holder_name: str | None = None
    used_as: str | None = None
    used_by: str | None = None


class PartyChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a request changes of a party; UNSET stays as it is, None is cleared."""

    address: dict[str, str | None] | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    name: str | msgspec.UnsetType | None = msgspec.UNSET
    phone: str | msgspec.UnsetType | None = msgspec.UNSET


class UnverifiedFundingError(BrimError):
    """The bank account isn't verified, so it can't be debited."""

    def __init__(self, funding_id: str, verification: Verification, *, param: str) -> None:
        reason = "its verification has failed" if verification is Verification.FAILED else "it is not verified yet"
        super().__init__(f"The bank account {funding_id} cannot be debited because {reason}.")
        self.param = param


class RehearsalOnlyError(BrimError):
    """The method `rehearsal` is only available in a rehearsal installation."""

    def __init__(self) -> None:
        super().__init__(
            "The method rehearsal skips verification, so it is available only in a rehearsal installation."
        )


class AlreadyVerifiedError(BrimError):
    """The bank account is already verified."""

    def __init__(self, funding_id: str) -> None:
        super().__init__(f"The bank account {funding_id} is already verified.")


class MicrodepositsNotSentError(BrimError):
    """No micro-deposits were sent to the bank account."""

    def __init__(self, funding_id: str, *, reason: str | None = None) -> None:
        super().__init__(
            f"No micro-deposits were sent to the bank account {funding_id}, so it cannot be verified by them."
            if reason is None
            else f"The bank account {funding_id} cannot be verified by its micro-deposits: {reason}."
        )


class MicrodepositAmountsInvalidError(BrimError):
    """The amounts aren't valid micro-deposit amounts."""

    def __init__(self, param: str) -> None:
        super().__init__("The amounts of the micro-deposits must be two whole numbers of cents, each from 1 to 99.")
        self.param = param


class MicrodepositAmountsMismatchError(KeptRefusalError):
    """The amounts don't match the micro-deposits."""

    def __init__(self, attempts_left: int, *, param: str) -> None:
        super().__init__(f"The amounts are incorrect. {_attempts(attempts_left)}")
        self.param = param


class DescriptorCodeMismatchError(KeptRefusalError):
    """The descriptor code doesn't match the micro-deposit."""

    def __init__(self, attempts_left: int, *, param: str) -> None:
        super().__init__(f"The code is incorrect. {_attempts(attempts_left)}")
        self.param = param


class TooManyAttemptsError(KeptRefusalError):
    """No attempts are left to confirm the micro-deposits."""

    def __init__(self, funding_id: str) -> None:
        super().__init__(
            f"The verification of the bank account {funding_id} has failed after too many wrong attempts. "
            f"Add the bank account again."
        )


class MicrodepositsTimedOutError(KeptRefusalError):
    """The micro-deposits weren't confirmed in time."""

    def __init__(self, funding_id: str) -> None:
        super().__init__(
            f"The verification of the bank account {funding_id} has failed: its micro-deposits weren't "
            f"confirmed in time. Add the bank account again."
        )


class AlreadyAttachedError(BrimError):
    """The payment method is already attached to another customer."""

    def __init__(self) -> None:
        super().__init__("The payment method you provided has already been attached to a customer.")


class SepaCurrencyError(BrimError):
    """SEPA only debits euros."""

    def __init__(self) -> None:
        super().__init__("A source of the type sepa_debit is debited in eur: leave the currency out.")
        self.param = "currency"


class TokenAlreadyUsedError(BrimError):
    """The token has already been used."""

    def __init__(self, token_id: str) -> None:
        super().__init__(f"You cannot use a Stripe token more than once: {token_id}.")


def _attempts(left: int) -> str:
    return "1 attempt left." if left == 1 else f"{left} attempts left."


_CUSTOMERS: Final = {"customer": ("customer", "cus_"), "customer_account": ("account", "acct_")}
"""What the ids of those a payment method can be kept for are called in a sentence, and how they begin."""


def check_customer(customer_id: str, *, param: str) -> None:
    """Let an id pass by which a client may know a customer, as far as can be told: none is kept here.

    Raises:
        ResourceMissingError: no customer could have it.
    """
    kind, prefix = _CUSTOMERS[param]
    if not re.fullmatch(prefix + r"[0-9A-Za-z_]+", customer_id):
        raise ResourceMissingError(kind, customer_id, param=param)


def attached(method: FundingSource, *, customer: str | None, customer_account: str | None) -> FundingSource:
    """Return a payment method as it is once it is kept for a customer.

    Raises:
        AlreadyAttachedError: it is kept for another one.
    """
    before, after = (method.customer, method.customer_account), (customer, customer_account)
    if before not in {(None, None), after}:
        raise AlreadyAttachedError
    return msgspec.structs.replace(method, customer=customer, customer_account=customer_account)


def check_can_be_guessed(source: FundingSource) -> None:
    """Let a bank account pass whose micro-deposits may be guessed.

    Raises:
        AlreadyVerifiedError: there is no need.
        TooManyAttemptsError: it has failed before.
        MicrodepositsNotSentError: there are none.
    """
    if source.verification is Verification.VERIFIED:
        raise AlreadyVerifiedError(source.id)
    if source.verification is Verification.FAILED and source.attempts_left == 0:
        raise TooManyAttemptsError(source.id)
    if source.verification is Verification.FAILED or source.scope.livemode:
        raise MicrodepositsNotSentError(source.id)


def judged(source: FundingSource, guess: Guess) -> FundingSource:
    """Return a bank account as it is after a guess at its micro-deposits; a wrong one costs an attempt."""
    if guess is Guess.RIGHT:
        return msgspec.structs.replace(source, verification=Verification.VERIFIED)
    left = source.attempts_left - 1 if guess is Guess.WRONG else 0
    verification = Verification.PENDING if left else Verification.FAILED
    return msgspec.structs.replace(source, verification=verification, attempts_left=left)


def check_usable(source: FundingSource | None, funding_id: str, *, param: str) -> FundingSource:
    """Return a bank account that may be debited.

    Raises:
        ResourceMissingError: there is none of that id, or it was detached.
        UnverifiedFundingError: nobody has shown that it is theirs.
    """
    if source is None or source.is_detached:
        raise missing_funding(funding_id, param=param)
    check_verified(source.verification, funding_id, param=param)
    return source


def check_verified(verification: Verification, funding_id: str, *, param: str) -> None:
    """Let a bank account pass that may be debited.

    Raises:
        UnverifiedFundingError: nobody has shown that it is theirs.
    """
    if verification is not Verification.VERIFIED:
        raise UnverifiedFundingError(funding_id, verification, param=param)


def missing_funding(funding_id: str, *, param: str) -> ResourceMissingError:
    """Return the error for a `source` or `payment_method` that does not exist, worded by the id's prefix."""
    kind = _KIND_OF_PREFIX.get(funding_id.partition("_")[0], "PaymentMethod" if param == "payment_method" else "source")
    return ResourceMissingError(kind, funding_id, param=param)


_KIND_OF_PREFIX: Final = {"btok": "token", "tok": "token", "pm": "PaymentMethod", "src": "source"}


def merged_party(party: Party, change: PartyChange) -> Party:
    """Return a party with what a request changes of it."""
    address = party.address
    if change.address is not msgspec.UNSET:
        address = msgspec.structs.replace(address or Address(), **change.address)
    return Party(
        address=address,
        email=party.email if change.email is msgspec.UNSET else change.email,
        name=party.name if change.name is msgspec.UNSET else change.name,
        phone=party.phone if change.phone is msgspec.UNSET else change.phone,
    )


class FundingFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which bank accounts on file: all given filters hold. `kept_for` is a customer, of either kind."""

    allow_redisplay: str | None = None
    kept_for: str | None = None

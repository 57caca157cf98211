"""The bank accounts that documented test ids stand for; they are in no table."""

import hashlib
from typing import Final

from brim.base.scope import AccountScope
from brim.core.bank_accounts import TEST_BANK_NAME, TEST_BANK_ROUTING_NUMBER, BankAccount, Verification
from brim.core.funding.rules import FundingKind, FundingSource

_TEST_ID_CREATED: Final = 1_234_567_890
"""When a documented test PaymentMethod was made: the date of the published fixtures."""


def documented_payment_method(scope: AccountScope, payment_method: str, *, verification: Verification) -> FundingSource:
    """Return the payment method that a documented test id stands for; it is in no table."""
    digest = hashlib.sha256(f"{scope.account}:{payment_method}".encode()).hexdigest()
    return FundingSource(
        scope=scope,
        id=payment_method,
        kind=FundingKind.PAYMENT_METHOD,
        created=_TEST_ID_CREATED,
        bank_account=BankAccount(
            routing_number=TEST_BANK_ROUTING_NUMBER,
            last4="6789",
            fingerprint=digest[:16],
            bank_name=TEST_BANK_NAME,
            holder_type="individual",
            account_type="checking",
        ),
        verification=verification,
    )

"""Where the money of a top-up comes from: payment methods, sources, tokens, and the default of each currency.

Neighbours: `bank_accounts` below; `topups` asks what pays. Start reading at `rules`, then `service`.
"""

from brim.core.funding.bank_secrets import BankSecrets
from brim.core.funding.defaults import delete_default, list_defaults, set_default
from brim.core.funding.reference import IMPLICIT, Funding
from brim.core.funding.resolution import find_funding, preview_funding
from brim.core.funding.rules import (
    AlreadyAttachedError,
    AlreadyVerifiedError,
    DescriptorCodeMismatchError,
    FundingFilters,
    FundingKind,
    FundingSource,
    MicrodepositAmountsInvalidError,
    MicrodepositAmountsMismatchError,
    MicrodepositsNotSentError,
    MicrodepositsTimedOutError,
    PartyChange,
    TokenAlreadyUsedError,
    TooManyAttemptsError,
    UnverifiedFundingError,
    check_customer,
    merged_party,
    missing_funding,
)
from brim.core.funding.service import (
    EditFundingSource,
    MicrodepositGuess,
    NewPaymentMethod,
    Render,
    attach_payment_method,
    create_payment_method,
    detach_funding_source,
    fetch_payment_methods,
    list_funding_sources,
    retrieve_funding_source,
    update_funding_source,
    verify_funding_source,
)
from brim.core.funding.store import (
    bank_account_from_record,
    funding_source_from_record,
    lock_bank_token,
    use_bank_token,
)
from brim.core.funding.tokens import NewBankToken, NewSource, create_source, create_token, open_token, retrieve_token

__all__ = [
    "IMPLICIT",
    "AlreadyAttachedError",
    "AlreadyVerifiedError",
    "BankSecrets",
    "DescriptorCodeMismatchError",
    "EditFundingSource",
    "Funding",
    "FundingFilters",
    "FundingKind",
    "FundingSource",
    "MicrodepositAmountsInvalidError",
    "MicrodepositAmountsMismatchError",
    "MicrodepositGuess",
    "MicrodepositsNotSentError",
    "MicrodepositsTimedOutError",
    "NewBankToken",
    "NewPaymentMethod",
    "NewSource",
    "PartyChange",
    "Render",
    "TokenAlreadyUsedError",
    "TooManyAttemptsError",
    "UnverifiedFundingError",
    "attach_payment_method",
    "bank_account_from_record",
    "check_customer",
    "create_payment_method",
    "create_source",
    "create_token",
    "delete_default",
    "detach_funding_source",
    "fetch_payment_methods",
    "find_funding",
    "funding_source_from_record",
    "list_defaults",
    "list_funding_sources",
    "lock_bank_token",
    "merged_party",
    "missing_funding",
    "open_token",
    "preview_funding",
    "retrieve_funding_source",
    "retrieve_token",
    "set_default",
    "update_funding_source",
    "use_bank_token",
    "verify_funding_source",
]

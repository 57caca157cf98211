"""The sandbox: the rail of test mode. Start reading at `scenarios`, then `rail` and `bank_accounts`."""

from brim.core.rails.sandbox.bank_accounts import (
    ACCOUNT_NUMBER_SCENARIOS,
    CORRECTED_NUMBER,
    CORRECTS,
    NUMBER_TO_CORRECT,
    PAYMENT_METHOD_SCENARIOS,
    SOURCE_SCENARIOS,
    SandboxBankAccounts,
)
from brim.core.rails.sandbox.rail import SANDBOX, SandboxRail, dispute_of
from brim.core.rails.sandbox.scenarios import Dispute

__all__ = [
    "ACCOUNT_NUMBER_SCENARIOS",
    "CORRECTED_NUMBER",
    "CORRECTS",
    "NUMBER_TO_CORRECT",
    "PAYMENT_METHOD_SCENARIOS",
    "SANDBOX",
    "SOURCE_SCENARIOS",
    "Dispute",
    "SandboxBankAccounts",
    "SandboxRail",
    "dispute_of",
]

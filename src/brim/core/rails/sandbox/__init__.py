"""The sandbox: the rail of test mode. Start reading at `scenarios`, then `rail` and `bank_accounts`."""

from brim.core.rails.sandbox.bank_accounts import CORRECTED_NUMBER, CORRECTS, NUMBER_TO_CORRECT, SandboxBankAccounts
from brim.core.rails.sandbox.rail import SANDBOX, SandboxRail, dispute_of
from brim.core.rails.sandbox.scenarios import Dispute

__all__ = [
    "CORRECTED_NUMBER",
    "CORRECTS",
    "NUMBER_TO_CORRECT",
    "SANDBOX",
    "Dispute",
    "SandboxBankAccounts",
    "SandboxRail",
    "dispute_of",
]

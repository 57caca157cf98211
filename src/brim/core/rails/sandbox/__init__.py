"""The sandbox: the rail of test mode. Start reading at `scenarios`, then `rail` and `bank_accounts`."""

from brim.core.rails.sandbox.bank_accounts import SandboxBankAccounts
from brim.core.rails.sandbox.rail import SANDBOX, SandboxRail

__all__ = ["SANDBOX", "SandboxBankAccounts", "SandboxRail"]

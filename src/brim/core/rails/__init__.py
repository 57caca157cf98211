"""How money is collected: one folder for each rail, all answering the same questions.

When will the money be usable, when is an answer due, and what came back? Rails know no top-ups: they see an
instruction. Pure: no database, no network, no clock. Neighbours: `topups` and `funding` ask. Start reading at
`protocol`, then `registry`.
"""

from brim.core.rails.bank_accounts import BankAccountRules, Counterparty
from brim.core.rails.failures import DEFAULT_FAILURE, DEFAULT_RETURN, FAILURES
from brim.core.rails.protocol import (
    AnsweringRail,
    Fail,
    Instruction,
    Outcome,
    Plan,
    PresentAgain,
    Rail,
    Return,
    Succeed,
    Wait,
)
from brim.core.rails.registry import (
    CONFIRMED_RAILS,
    FILE_RAILS,
    RAILS,
    RailEntry,
    Rails,
    UnknownRailError,
    bank_account_rules,
)
from brim.core.rails.sandbox import SandboxRail

__all__ = [
    "CONFIRMED_RAILS",
    "DEFAULT_FAILURE",
    "DEFAULT_RETURN",
    "FAILURES",
    "FILE_RAILS",
    "RAILS",
    "AnsweringRail",
    "BankAccountRules",
    "Counterparty",
    "Fail",
    "Instruction",
    "Outcome",
    "Plan",
    "PresentAgain",
    "Rail",
    "RailEntry",
    "Rails",
    "Return",
    "SandboxRail",
    "Succeed",
    "UnknownRailError",
    "Wait",
    "bank_account_rules",
]

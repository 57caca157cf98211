"""How money is collected: one module for each rail, all answering the same questions.

When will the money be usable, when is an answer due, and what came back? Rails know no top-ups: they see an
instruction. Pure: no database, no network, no clock. Neighbours: `topups` asks. Start reading at `protocol`.
"""

from brim.core.rails.failures import DEFAULT_FAILURE, DEFAULT_RETURN, FAILURES
from brim.core.rails.protocol import Fail, Instruction, Outcome, Rail, Return, Succeed, Wait
from brim.core.rails.registry import CONFIRMED_RAILS, RAILS
from brim.core.rails.sandbox import (
    PAYMENT_METHOD_SCENARIOS,
    SOURCE_SCENARIOS,
    TOKEN_NUMBERS,
    UNVERIFIED_PAYMENT_METHODS,
    SandboxRail,
    behaviour_of,
    judge_amounts,
    judge_descriptor_code,
)

__all__ = [
    "CONFIRMED_RAILS",
    "DEFAULT_FAILURE",
    "DEFAULT_RETURN",
    "FAILURES",
    "PAYMENT_METHOD_SCENARIOS",
    "RAILS",
    "SOURCE_SCENARIOS",
    "TOKEN_NUMBERS",
    "UNVERIFIED_PAYMENT_METHODS",
    "Fail",
    "Instruction",
    "Outcome",
    "Rail",
    "Return",
    "SandboxRail",
    "Succeed",
    "Wait",
    "behaviour_of",
    "judge_amounts",
    "judge_descriptor_code",
]

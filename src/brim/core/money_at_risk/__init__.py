"""Money that is usable and may still be taken back, by account and funding source; and when pending money arrives.

A live top-up has two clocks: its money is usable when its hold is over, and the bank confirms it with its statement.
Neighbours: `ach`, whose entries and files are read here, and `rails.ach`, which knows the days. Start reading at
`rules`.
"""

from brim.core.money_at_risk.rules import CURRENCY, Arrival, AtRisk, MoneyAtRisk, Risk, Stage, Sum, returnable_on
from brim.core.money_at_risk.service import read_clocks, read_money_at_risk, total_at_risk
from brim.core.money_at_risk.store import Clocks

__all__ = [
    "CURRENCY",
    "Arrival",
    "AtRisk",
    "Clocks",
    "MoneyAtRisk",
    "Risk",
    "Stage",
    "Sum",
    "read_clocks",
    "read_money_at_risk",
    "returnable_on",
    "total_at_risk",
]

"""The version of what an account is configured to: each change counts it, and a create holds it.

So a process may remember a configuration without asking, and no top-up is made under an old one. Neighbours: `topups`
reads the configuration, `funding`, `accounts` and `test_clocks` change it. Start reading at `store`.
"""

from brim.core.account_config.store import bump_config_version, close, reopen, set_settlement_days

__all__ = [
    "bump_config_version",
    "close",
    "reopen",
    "set_settlement_days",
]

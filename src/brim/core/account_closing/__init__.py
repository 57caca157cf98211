"""The end of an account: nothing new is made of it, its keys end, its history stays.

Neighbours: `accounts`, `access`, `account_config`. Start reading at `service`.
"""

from brim.core.account_closing.service import delete_account, reject_account, set_closed

__all__ = [
    "delete_account",
    "reject_account",
    "set_closed",
]

"""Services of the tests with operators, in which a password's hash takes a millisecond.

At the recommended parameters each takes a quarter of a second of a core, and people of tests sign in all the time. That
`Passwords` takes the recommended ones is shown in tests/db/test_sign_in.py.
"""

from functools import partialmethod

from argon2 import PasswordHasher


def weaken_hashes() -> None:
    """Have this process, and those forked from it, hash passwords quickly."""
    PasswordHasher.__init__ = partialmethod(  # type: ignore[method-assign, assignment]
        PasswordHasher.__init__, time_cost=1, memory_cost=8, parallelism=1
    )

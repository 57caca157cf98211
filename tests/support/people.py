"""Operators for tests: weak hashes, so that a test takes milliseconds, and shorthand for who asks."""

from typing import Final

from argon2 import PasswordHasher

from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.core.operators.passwords import Passwords
from brim.core.operators.rules import Operator, Role
from brim.core.operators.service import NewOperator, add_operator
from brim.core.operators.sign_in import SignIn
from brim.platform.database import Database
from brim.platform.vault import Vault

NOW_MS: Final = 1_790_000_000_000
KEY: Final = "mV1nUQ8Xg0s3kq3rY0mF0b5m0a2c4e6g8i0k2m4o6q8="
EMAIL: Final = "ada@example.com"
PASSWORD: Final = "analytical engine 1843"
ADDRESS: Final = "203.0.113.7"
LIFE_MS: Final = 12 * 3600 * 1000
IDLE_MS: Final = 2 * 3600 * 1000
BY: Final = Actor(kind=ActorKind.CLI, name="root")
IDS: Final = IdFactory()
VAULT: Final = Vault([KEY])


def weak_passwords(*, time_cost: int = 1) -> Passwords:
    """Return what hashes in a millisecond. Never do so outside of tests."""
    return Passwords(PasswordHasher(time_cost=time_cost, memory_cost=8, parallelism=1))


async def add(database: Database, email: str = EMAIL, role: Role = Role.ADMIN, *, now_ms: int = NOW_MS) -> Operator:
    """Return a new operator with `PASSWORD`."""
    wanted = NewOperator(email=email, name="Ada Lovelace", role=role, password=PASSWORD)
    return await add_operator(database, weak_passwords(), wanted, by=BY, now_ms=now_ms, ids=IDS)


def sign_in_of(database: Database, passwords: Passwords | None = None) -> SignIn:
    """Return one process's way to sign people in."""
    return SignIn(database, passwords or weak_passwords(), VAULT, life_ms=LIFE_MS, ids=IDS)

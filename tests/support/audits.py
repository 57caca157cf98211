"""Who does something in tests that are about something else."""

from typing import Final

from brim.core.audit import Actor, ActorKind

TESTER: Final = Actor(kind=ActorKind.API_KEY, id="mk_test", name="sk_test_abcd...wxyz")
"""A key that asks."""

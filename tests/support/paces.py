"""Paces of verifications: their steps with other rests than a worker's."""

from brim.core.verification import Pace


async def nobody() -> bool:
    """Tell that nobody waits for a verification."""
    return False


def without_rests(for_s: float = 2.0) -> Pace:
    """Return a pace with which each step has a snapshot of its own for so many seconds, and no rest follows."""
    return Pace(for_s, nobody, sleep=_at_once)


async def _at_once(_seconds: float) -> None:
    pass

"""Lanes: the unit of group commit, and of every transaction that gathers several accounts.

A transaction never leaves its lane. Plain PostgreSQL has one; on a cluster sharded by account a lane is a
shard, so that no transaction ever needs two-phase commit (docs/adr/0002-lanes.md).
"""

from typing import Final

PLAIN_LANE: Final = 0
LANES: Final = (PLAIN_LANE,)
"""All lanes there are."""


def lane_of(_account: str) -> int:
    """Return the lane that holds an account's rows."""
    return PLAIN_LANE
